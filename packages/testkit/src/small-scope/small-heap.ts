// The smallest heaps: a handful of objects of two slots each, as arrays of object numbers. Object
// numbers are 1 and up in the order of birth; 0 is none. Sets of objects are bit masks, so there
// are 30 objects at most.
//
//   slots   [ #1.0 #1.1 │ #2.0 #2.1 │ … ]        roots   [ r0 r1 … ]        live   0b…11
//
// What is live under counting is followed too: what nothing refers to goes at once.

export interface SmallHeap {
  readonly slots: number[];
  readonly roots: number[];
  /** Who is there if counts decide, and full collections if they are exact. */
  live: number;
  /** After a collection of the young alone nobody can say what of the cycles is left. */
  isSure: boolean;
}

export function createSmallHeap(rootCount: number): SmallHeap {
  return { slots: [], roots: new Array<number>(rootCount).fill(0), live: 0, isSure: true };
}

export function copySmallHeap(heap: SmallHeap): SmallHeap {
  return { ...heap, slots: [...heap.slots], roots: [...heap.roots] };
}

/** Makes `into` what `from` is; they have as many roots. */
export function overwriteSmallHeap(into: SmallHeap, from: SmallHeap): void {
  const { slots, roots } = from;
  into.slots.length = slots.length;
  for (let index = 0; index < slots.length; index++) into.slots[index] = slots[index] as number;
  for (let index = 0; index < roots.length; index++) into.roots[index] = roots[index] as number;
  into.live = from.live;
  into.isSure = from.isSure;
}

export const bitOf = (object: number): number => (object === 0 ? 0 : 1 << (object - 1));

/** The lowest number in a set that is not empty. */
export const firstOf = (objects: number): number => 32 - Math.clz32(objects & -objects);

export function countOf(objects: number): number {
  let count = 0;
  for (let left = objects; left !== 0; left &= left - 1) count++;
  return count;
}

/** Whom the roots hold. */
export function rootedIn({ roots }: SmallHeap): number {
  let rooted = 0;
  for (let index = 0; index < roots.length; index++) rooted |= bitOf(roots[index] as number);
  return rooted;
}

/** Whom the slots of these objects refer to. */
export function heldBy(objects: number, { slots }: SmallHeap): number {
  let held = 0;
  for (let left = objects; left !== 0; left &= left - 1) {
    const slot = 2 * firstOf(left) - 2;
    held |= bitOf(slots[slot] as number) | bitOf(slots[slot + 1] as number);
  }
  return held;
}

/** Who a walk from the roots finds. O(objects²). */
export function reachableOf(heap: SmallHeap): number {
  let found = 0;
  let next = rootedIn(heap);
  while (next !== 0) {
    found |= next;
    next = heldBy(next, heap) & ~found;
  }
  return found;
}

/** Those go that nothing refers to, again and again. O(objects²). */
export function settle(heap: SmallHeap): void {
  const rooted = rootedIn(heap);
  for (;;) {
    const left = heap.live & (rooted | heldBy(heap.live, heap));
    if (left === heap.live) return;
    heap.live = left;
  }
}

/** How many references `object` has from roots and from slots of `holders`. O(objects). */
export function referenceCount(
  object: number,
  { slots, roots }: SmallHeap,
  holders: number,
): number {
  let count = 0;
  for (let index = 0; index < roots.length; index++) if (roots[index] === object) count++;
  for (let index = 0; index < slots.length; index++) {
    if (slots[index] === object && (holders & (1 << (index >> 1))) !== 0) count++;
  }
  return count;
}
