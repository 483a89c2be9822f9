// The cycles of a heap: which objects reach one another, which references to make weak, and the
// proof that counting alone frees them then.
//
//   heap ─► restore on refcount-only ─► findCycles ─► weak references
//                    └─ drop all roots: who stays     └─► restore without them, drop all roots:
//                                                         nobody may stay

import { type CycleReference, findCycles } from "@ouro/cycle-detector";
import { type HeapImage, IMAGE_IMMORTAL, type TypeDescriptor } from "@ouro/interfaces";
import { findReachable, type Snapshot, type TypeCount } from "@ouro/monitor";
import { countHeap, type WeakSlot } from "./counting-proof.js";
import type { InspectedHeap } from "./inspected-heap.js";
import { createStages, type Work } from "./replay-work.js";

/** A reference to make weak. */
export interface WeakEdge extends WeakSlot {
  readonly target: number;
  readonly slotName: string;
}

export interface FoundCycle {
  /** Objects of the snapshot. */
  readonly members: Int32Array;
  readonly bytes: number;
  /** Most bytes first. */
  readonly types: readonly TypeCount[];
  /** References from members to members. */
  readonly referenceCount: number;
  readonly weaken: readonly WeakEdge[];
  /** No choice has fewer. */
  readonly lowerBound: number;
  readonly isShortest: boolean;
  /** Whether a root reaches it; else it is garbage that counting has not reclaimed. */
  readonly isReachable: boolean;
  /** Members that are never freed, whatever is weak. */
  readonly immortalCount: number;
  /** Members that are left by counting alone, without and with the weak references. */
  readonly leftCount: number;
  readonly leftWeakenedCount: number;
}

export interface CyclesFinding {
  readonly heap: InspectedHeap;
  /** Most bytes first. */
  readonly cycles: readonly FoundCycle[];
  /** Roots that were dropped: of a recorded heap every reference from outside of it. */
  readonly rootCount: number;
  /** Objects that nothing held, dropped with them. */
  readonly unheldCount: number;
  /** References to make weak in all cycles of the heap, shown or not. */
  readonly weakCount: number;
  /** Objects of the whole heap that are left by counting alone, without the weak references. */
  readonly leftCount: number;
  /** And with them: 0, or Ouro has a defect. */
  readonly leftWeakenedCount: number;
}

/** Throws `Stopped` when somebody asked to stop. O(heap). */
export async function findHeapCycles(heap: InspectedHeap, work: Work): Promise<CyclesFinding> {
  const { snapshot, image } = heap;
  const done = createStages(work, "cycles", heap.file, 4);
  const counted = countHeap(image);
  await done();
  const report = findCycles(counted.manager);
  const numberOf = numbersByAddress(counted.addresses);
  const found = report.cycles.map(({ members, weaken, ...rest }) => ({
    ...rest,
    members: Int32Array.from(members, numberOf),
    weaken: weaken.map((reference) => weakEdgeOf(snapshot, image, reference, numberOf)),
  }));
  await done();
  const isLeft = counted.dropRoots();
  await done();
  const weak = found.flatMap(({ weaken }) => weaken);
  const isLeftWeakened = countHeap(image, weak).dropRoots();
  const { distances } = findReachable(snapshot);
  await done();
  const cycles = found.map((cycle): FoundCycle => {
    const types = countMembers(snapshot, cycle.members);
    return {
      ...cycle,
      types,
      bytes: types.reduce((sum, { bytes }) => sum + bytes, 0),
      isReachable: distances[cycle.members[0] as number] !== -1,
      immortalCount: countOf(cycle.members, (object) => isImmortal(image, object)),
      leftCount: countOf(cycle.members, (object) => isLeft[object] === 1),
      leftWeakenedCount: countOf(cycle.members, (object) => isLeftWeakened[object] === 1),
    };
  });
  cycles.sort((one, other) => other.bytes - one.bytes || firstOf(one) - firstOf(other));
  return {
    heap,
    cycles,
    rootCount: counted.rootCount,
    unheldCount: counted.unheldCount,
    weakCount: weak.length,
    leftCount: isLeft.reduce((sum, left) => sum + left, 0),
    leftWeakenedCount: isLeftWeakened.reduce((sum, left) => sum + left, 0),
  };
}

function firstOf({ members }: FoundCycle): number {
  return members[0] as number;
}

function countOf(members: Int32Array, isCounted: (object: number) => boolean): number {
  let count = 0;
  for (const object of members) if (isCounted(object)) count++;
  return count;
}

function isImmortal({ states }: HeapImage, object: number): boolean {
  return ((states[object] as number) & IMAGE_IMMORTAL) !== 0;
}

/** Objects lie at whole granules: a table by granule says which number is where. */
function numbersByAddress(addresses: Int32Array): (address: number) => number {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const address of addresses) {
    first = Math.min(first, address);
    last = Math.max(last, address);
  }
  const numbers = new Int32Array(addresses.length === 0 ? 0 : ((last - first) >> 2) + 1);
  for (let number = 0; number < addresses.length; number++) {
    numbers[((addresses[number] as number) - first) >> 2] = number;
  }
  return (address) => numbers[(address - first) >> 2] as number;
}

/** A field as the mutator counts them becomes the slot and the edge of the snapshot. */
function weakEdgeOf(
  snapshot: Snapshot,
  image: HeapImage,
  { from, field, to }: CycleReference,
  numberOf: (address: number) => number,
): WeakEdge {
  const holder = numberOf(from);
  const type = image.types[image.objectTypes[holder] as number] as TypeDescriptor;
  const slot = type.variablePart === "none" ? field : field - 1;
  const edge = edgeAt(snapshot, holder, slot);
  return { holder, slot, target: numberOf(to), slotName: snapshot.edgeName(edge) };
}

/** The edge that leaves this slot: those of an object are in the order of its slots. */
function edgeAt({ edgeStarts, edgeSlots }: Snapshot, holder: number, slot: number): number {
  let low = edgeStarts[holder] as number;
  let high = edgeStarts[holder + 1] as number;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((edgeSlots[middle] as number) <= slot) low = middle;
    else high = middle;
  }
  return low;
}

function countMembers(snapshot: Snapshot, members: Int32Array): TypeCount[] {
  const rows = new Map<string, { typeName: string; count: number; bytes: number }>();
  for (const object of members) {
    const typeName = snapshot.typeNameOf(object);
    const row = rows.get(typeName) ?? { typeName, count: 0, bytes: 0 };
    row.count++;
    row.bytes += snapshot.sizesBytes[object] as number;
    rows.set(typeName, row);
  }
  return [...rows.values()].sort((one, other) => other.bytes - one.bytes);
}
