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
  /** Who is there if counts decide and cycles stay. */
  live: number;
}

export function createSmallHeap(rootCount: number): SmallHeap {
  return { slots: [], roots: new Array<number>(rootCount).fill(0), live: 0 };
}

export function copySmallHeap({ slots, roots, live }: SmallHeap): SmallHeap {
  return { slots: [...slots], roots: [...roots], live };
}

export const bitOf = (object: number): number => 1 << (object - 1);

export function countOf(objects: number): number {
  let count = 0;
  for (let left = objects; left !== 0; left &= left - 1) count++;
  return count;
}

/** Who a walk from the roots finds. O(objects). */
export function reachableOf({ slots, roots }: SmallHeap): number {
  let found = 0;
  const pending = [...roots];
  for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
    if (object === 0 || (found & bitOf(object)) !== 0) continue;
    found |= bitOf(object);
    pending.push(slots[2 * object - 2] as number, slots[2 * object - 1] as number);
  }
  return found;
}

/** How many references each has from roots and from slots of `holders`; index 0 is not used. */
export function referenceCounts({ slots, roots }: SmallHeap, holders: number): number[] {
  const counts = new Array<number>(slots.length / 2 + 1).fill(0);
  const count = (object: number): void => {
    counts[object] = (counts[object] as number) + 1;
  };
  for (const object of roots) count(object);
  for (let index = 0; index < slots.length; index++) {
    if ((holders & bitOf((index >> 1) + 1)) !== 0) count(slots[index] as number);
  }
  return counts;
}

/** Those go that nothing refers to, again and again. O(objects²). */
export function settle(heap: SmallHeap): void {
  for (;;) {
    const counts = referenceCounts(heap, heap.live);
    let dying = 0;
    for (let object = 1; object < counts.length; object++) {
      if (counts[object] === 0) dying |= bitOf(object) & heap.live;
    }
    if (dying === 0) return;
    heap.live &= ~dying;
  }
}

/** How a program finds an object: a root, and the fields to follow from there. */
export interface SmallPath {
  readonly root: number;
  readonly fields: readonly number[];
}

/** The shortest way from the lowest root on; undefined for what no root reaches. O(objects). */
export function pathTo({ slots, roots }: SmallHeap, object: number): SmallPath | undefined {
  const pending: { readonly at: number; readonly path: SmallPath }[] = [];
  for (const [root, at] of roots.entries()) {
    if (at !== 0) pending.push({ at, path: { root, fields: [] } });
  }
  let seen = 0;
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { at, path } = next;
    if (at === object) return path;
    if ((seen & bitOf(at)) !== 0) continue;
    seen |= bitOf(at);
    for (const field of [0, 1]) {
      const held = slots[2 * at - 2 + field] as number;
      if (held !== 0)
        pending.push({ at: held, path: { root: path.root, fields: [...path.fields, field] } });
    }
  }
  return undefined;
}
