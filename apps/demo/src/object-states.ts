// What lives after a step, for the panel of objects: counts, generations, and who refers to whom.

import type { ProgramSubject } from "@ouro/trace";
import type { KnownObject } from "./generation-watch.js";

export interface ObjectState {
  readonly id: number;
  readonly kind: string;
  /** Undefined where the strategy does not count. */
  readonly count: number | undefined;
  /** −1: not tracked. Undefined where there are no generations. */
  readonly generation: number | undefined;
  /** Roots that hold it. */
  readonly roots: readonly number[];
  /** Ids of what its slots hold, without empty ones. */
  readonly slots: readonly number[];
}

/** More are not shown on any screen. */
const STATE_LIMIT = 64;

/** The first objects alive, in the order of their ids. O(objects of the program). */
export function takeStates(
  subject: Pick<ProgramSubject, "refcount" | "generation" | "slot" | "root">,
  known: ReadonlyMap<number, KnownObject>,
  rootCount: number,
): ObjectState[] {
  const roots = new Map<number, number[]>();
  for (let root = 0; root < rootCount; root++) {
    const id = subject.root(root);
    if (id >= 0) roots.set(id, [...(roots.get(id) ?? []), root]);
  }
  const states: ObjectState[] = [];
  for (const [id, { kind, slotCount }] of known) {
    const count = subject.refcount(id);
    if (count <= 0) continue;
    if (states.length === STATE_LIMIT) break;
    const slots = Array.from({ length: slotCount }, (_, slot) => subject.slot(id, slot));
    states.push({
      id,
      kind,
      count,
      generation: subject.generation(id),
      roots: roots.get(id) ?? [],
      slots: slots.filter((value) => value >= 0),
    });
  }
  return states;
}
