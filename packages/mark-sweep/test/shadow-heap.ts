// The model that the properties compare the collector with: plain objects that hold one another,
// and reachability by a naive walk. Nothing moves under mark-sweep, so a reference is an object's
// name.

import type { Reference, TypeId } from "@ouro/interfaces";

/** An object as the program wrote it: slots and raw words, by field. */
export interface ShadowObject {
  readonly reference: Reference;
  readonly type: TypeId;
  readonly sizeBytes: number;
  /** Field of the first slot. */
  readonly firstField: number;
  /** A reference's object, or the immediate or none that the slot holds. */
  readonly slots: (ShadowObject | number)[];
  readonly raw: number[];
}

export type ShadowValue = ShadowObject | number;

/** Everything that can be reached from these values. */
export function reachableFrom(roots: Iterable<ShadowValue>): Set<ShadowObject> {
  const found = new Set<ShadowObject>();
  const pending = [...roots];
  while (pending.length > 0) {
    const value = pending.pop() as ShadowValue;
    if (typeof value === "number" || found.has(value)) continue;
    found.add(value);
    pending.push(...value.slots);
  }
  return found;
}

export function wordOf(value: ShadowValue): number {
  return typeof value === "number" ? value : value.reference;
}
