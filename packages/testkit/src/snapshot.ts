// A snapshot: what the shadow heap holds at one moment, and what became of it in the heap under
// test. Two of them, around the step that broke, are what a drawing is made of.

import type { ShadowHeap, ShadowObject, ShadowValue, SlotName } from "./shadow-heap.js";

/** `lost` is what must not be: reachable, and not there. */
export type Fate = "reachable" | "garbage" | "freed" | "lost" | DetectorFate;

/** Of objects that a detector was asked about: rightly found, wrongly, and not though garbage. */
export type DetectorFate = "found" | "found wrongly" | "missed";

export interface SnapshotObject {
  /** Births are counted from 1. */
  readonly serial: number;
  readonly type: string;
  /** Serial numbers of objects; 0 for none, immediates below 0. */
  readonly slots: readonly number[];
  readonly fate: Fate;
  /** What else is said of it: drawn before what its fate is called. */
  readonly note?: string;
  /** Whether the note says what must not be. */
  readonly isWrong?: boolean;
}

export interface SnapshotRoot {
  readonly name: SlotName;
  readonly value: number;
  /** Refers to an object without holding it. */
  readonly isWeak?: boolean;
  /** What else is said of it: such a one is drawn though it refers to none. */
  readonly note?: string;
  /** Whether the note says what must not be. */
  readonly isWrong?: boolean;
}

export interface Snapshot {
  readonly roots: readonly SnapshotRoot[];
  /** What roots are called: default, slots and handles by their numbers. */
  rootText?(root: SnapshotRoot): string;
  /** What objects are called. Default: `#` and the serial number. */
  objectText?(serial: number): string;
  readonly objects: readonly SnapshotObject[];
}

const numberOf = (value: ShadowValue): number => (typeof value === "number" ? value : value.serial);

/** What is said of objects beside their fate. */
export type NoteOf = (object: ShadowObject) => string | undefined;

/**
 * Of all objects that `known` holds; what is freed is taken out of `known`. `isThere` is asked for
 * the state of the heap under test. O(objects).
 */
export function takeSnapshot(
  shadow: ShadowHeap,
  known: Set<ShadowObject>,
  isThere: (object: ShadowObject) => boolean,
  noteOf: NoteOf = () => undefined,
): Snapshot {
  const reachable = shadow.reachable();
  for (const object of reachable) known.add(object);
  const objects: SnapshotObject[] = [];
  for (const object of [...known].sort((one, other) => one.serial - other.serial)) {
    const { serial, type, slots } = object;
    const fate = fateOf(reachable.has(object), isThere(object));
    const note = noteOf(object);
    objects.push({
      ...{ serial, type: type.descriptor.name, slots: slots.map(numberOf), fate },
      ...(note === undefined ? {} : { note }),
    });
    if (fate === "freed") known.delete(object);
  }
  const roots = shadow.rootNames().map((name) => ({ name, value: numberOf(shadow.root(name)) }));
  return { roots, objects };
}

/** By whether it should be there, and is. */
export function fateOf(isReachable: boolean, isThere: boolean): Fate {
  if (isReachable) return isThere ? "reachable" : "lost";
  return isThere ? "garbage" : "freed";
}
