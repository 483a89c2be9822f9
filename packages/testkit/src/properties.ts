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

/** Which oracle each property is, and where it is from. */
export const ORACLES: Readonly<Record<PropertyName, { oracle: string; source: string }>> = {
  [CONTENTS]: { oracle: "O1 graph isomorphism", source: "CertiGC; Hawblitzel and Petrank" },
  [DEATHS]: { oracle: "O8 death log", source: "AssemblyScript rtrace; wasmtime's drop counts" },
  [ACYCLIC]: { oracle: "O2 liveness", source: "CPython: a count of zero deallocates" },
  [EXACT]: { oracle: "O2 liveness exactness", source: "MMTk's sanity collector" },
  [COUNTS]: { oracle: "O3 count audit", source: "CPython Py_TRACE_REFS" },
  [SOUND]: { oracle: "O4 and O5, audit of structures", source: "HotSpot and V8, verify heap" },
  [SAME_GRAPH]: { oracle: "O6 differential", source: "wasmtime's null collector" },
  [NOTHING_LEFT]: { oracle: "O11 teardown", source: "CPython regrtest -R" },
  [MEMORY]: { oracle: "O12 out of memory", source: "Lua HARDMEMTESTS" },
};

/** Whether a strategy with these traits promises the property. */
export function isPromised(property: PropertyName, traits: Traits): boolean {
  return whyNotPromised(property, traits) === undefined;
}

/** The trait by which a strategy does not promise the property; undefined if it does. */
export function whyNotPromised(property: PropertyName, traits: Traits): string | undefined {
  const collects = traits.collectsAt.length > 0 || traits.death !== "collection";
  const never = "by its traits it reclaims nothing";
  switch (property) {
    case ACYCLIC:
      return collects ? undefined : never;
    case EXACT:
      return traits.exact ? undefined : "its traits do not say exact";
    case COUNTS:
      if (!traits.counts) return "its traits do not say counts";
      return traits.moves ? "it moves: addresses name no object" : undefined;
    case NOTHING_LEFT:
      return collects ? undefined : never;
    default:
      return undefined;
  }
}
