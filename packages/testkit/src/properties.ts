// The properties of every memory manager, each by its name: what it looks at, and for which traits
// it is promised. A property looks at its own promise alone, so that a fault that is found is found
// by a name that says what broke.

import type { Traits } from "@ouro/interfaces";

export const CONTENTS = "keeps what is reachable alive, with its contents";
export const DEATHS = "frees what is dead exactly once, and nothing else";
export const ACYCLIC = "lets garbage outside cycles go when its traits say";
export const EXACT = "keeps exactly what is reachable after a full collection";
export const COUNTS = "counts references from heap slots, root slots and handles";
export const SOUND = "stays sound after every command";
export const SAME_GRAPH = "ends in the graph in which every memory manager ends";
export const NOTHING_LEFT = "keeps nothing when nothing is held, and gives its arenas back";
export const MEMORY = "loses nothing when memory runs out at any allocation";

export const PROPERTY_NAMES = [
  CONTENTS,
  DEATHS,
  ACYCLIC,
  EXACT,
  COUNTS,
  SOUND,
  SAME_GRAPH,
  NOTHING_LEFT,
  MEMORY,
] as const;
export type PropertyName = (typeof PROPERTY_NAMES)[number];

/** Whether a strategy with these traits promises the property. */
export function isPromised(property: PropertyName, traits: Traits): boolean {
  const collects = traits.collectsAt.length > 0 || traits.death !== "collection";
  switch (property) {
    case ACYCLIC:
      return collects;
    case EXACT:
      return traits.exact;
    case COUNTS:
      return traits.counts && !traits.moves;
    case NOTHING_LEFT:
      return collects;
    default:
      return true;
  }
}
