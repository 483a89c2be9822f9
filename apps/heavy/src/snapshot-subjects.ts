// Heaps whose snapshots the readers are given: random graphs of all that the writer knows of
// (elements, named and hidden references, weak references, garbage, sizes of nothing), a list that
// is long, and a heap that lives.

import type { HeapImage, TypeDescriptor } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { createSnapshot, type Snapshot } from "@ouro/monitor";

export interface SnapshotSubject {
  readonly name: string;
  readonly snapshot: Snapshot;
}

const base: Omit<TypeDescriptor, "name"> = {
  visitedSlotCount: 0,
  ownedSlotCount: 0,
  rawWordCount: 0,
  variablePart: "none",
  visitOrder: "forward",
  releaseOrder: "forward",
  untracking: "never",
  collected: true,
  acyclic: false,
  finalizer: false,
  weaklyReferable: false,
  clearable: true,
  weakReference: false,
};

const LIST: TypeDescriptor = { ...base, name: "list", variablePart: "visited" };
const PAIR: TypeDescriptor = { ...base, name: "Pair", visitedSlotCount: 2, ownedSlotCount: 1 };
const WEAK: TypeDescriptor = { ...base, name: "weakref", rawWordCount: 3, weakReference: true };
const TYPES = [LIST, PAIR, WEAK] as const;
const PAIR_SLOT_COUNT = 3;

/** A generator of whole numbers below a bound, the same for the same seed (mulberry32). */
function createDice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export function randomSubject(seed: number): SnapshotSubject {
  const dice = createDice(seed);
  const objectCount = 1 + dice(30);
  const objectTypes = Int32Array.from({ length: objectCount }, () => dice(TYPES.length));
  const lengths = objectTypes.map((type) => (TYPES[type] === LIST ? dice(5) : 0));
  const values: number[] = [];
  for (let object = 0; object < objectCount; object++) {
    const type = TYPES[objectTypes[object] as number];
    const slotCount = type === PAIR ? PAIR_SLOT_COUNT : (lengths[object] as number);
    for (let slot = 0; slot < slotCount; slot++) {
      values.push(dice(4) === 0 ? 0 : 1 + dice(objectCount));
    }
  }
  const weak = objectTypes.filter((type) => TYPES[type] === WEAK);
  const image: HeapImage = {
    version: 1,
    types: TYPES,
    objectTypes,
    lengths,
    states: new Uint8Array(objectCount),
    trackedOrder: new Int32Array(0),
    values: Int32Array.from(values),
    rawWords: new Int32Array(3 * weak.length),
    handles: Int32Array.of(0, 1 + dice(objectCount)),
    frames: Int32Array.from({ length: dice(3) }, () => 1 + dice(objectCount)),
    weakReferences: weak.map(() => dice(objectCount + 1)),
  };
  const sizesBytes = Float64Array.from({ length: objectCount }, () => 8 * dice(1000));
  const slotName = ({ name }: TypeDescriptor, slot: number) =>
    name === "Pair" ? (["first", "second", "hidden"][slot] as string) : `[${slot}]`;
  return { name: `random ${seed}`, snapshot: createSnapshot(image, { sizesBytes, slotName }) };
}

/** Each names the next: what recurses fails here. */
export function chainSubject(objectCount: number): SnapshotSubject {
  const image: HeapImage = {
    version: 1,
    types: [LIST],
    objectTypes: new Int32Array(objectCount),
    lengths: Int32Array.from({ length: objectCount }, (_, at) => (at + 1 < objectCount ? 1 : 0)),
    states: new Uint8Array(objectCount),
    trackedOrder: new Int32Array(0),
    values: Int32Array.from({ length: objectCount - 1 }, (_, at) => at + 2),
    rawWords: new Int32Array(0),
    handles: new Int32Array(0),
    frames: Int32Array.of(1),
    weakReferences: new Int32Array(0),
  };
  return { name: `a chain of ${objectCount}`, snapshot: createSnapshot(image) };
}

/** Two rings on one root, one of them dropped, in a memory manager that runs. */
export function livingSubject(): SnapshotSubject {
  const manager = createMemoryManager("cpython-3.13");
  const node = manager.defineType({ name: "Node", visitedSlotCount: 2 });
  const { mutator } = manager;
  const frame = mutator.enter(1);
  for (let ring = 0; ring < 2; ring++) {
    const first = mutator.allocate(node, frame);
    mutator.set(first, 0, first);
  }
  return { name: "a heap that lives", snapshot: createSnapshot(manager.saveHeap()) };
}
