// Whether counting alone frees a heap: it is restored on a memory manager that does nothing else,
// every root is dropped, and what is left was kept by cycles. Some references may be left out, as
// if they had been weak from the beginning.
//
//   image ─► without the weak ones ─► restore on refcount-only ─► drop all roots ─► who is left
//
// What nothing refers to any more then, or never did, is held by a root of its own and dropped
// last: to a counter such an object is one that lost its last reference before. Immortal objects
// are counted as any other, since the question is what cycles keep.

import { type HeapImage, IMAGE_IMMORTAL } from "@ouro/interfaces";
import { createMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import { objectsInImageOrder } from "@ouro/object-model";
import { createGraphSubject, type ManagedHeapSubject } from "@ouro/trace";

/** What counts, and does nothing besides. */
export const COUNTING_PRESET = "refcount-only";

/** A slot of an object of the image. */
export interface WeakSlot {
  readonly holder: number;
  readonly slot: number;
}

/** A heap on a manager that only counts. */
export interface CountedHeap {
  readonly manager: MemoryManager;
  /** For each object of the image its address. */
  readonly addresses: Int32Array;
  /** Root slots of the image that hold an object. */
  readonly rootCount: number;
  /** Objects that nothing holds, root or object: each is dropped as a root is. */
  readonly unheldCount: number;
  /** Drops every root. For each object of the image 1 if it is left, else 0. O(heap). */
  dropRoots(): Uint8Array;
}

/**
 * An image that any strategy takes: no program code runs, nothing is immortal, every object can be
 * emptied, and what handles hold stands before the frame slots.
 */
export function plainImage(image: HeapImage): HeapImage {
  const held = image.handles.filter((_, index) => index % 2 === 1);
  const frames = new Int32Array(held.length + image.frames.length);
  frames.set(held);
  frames.set(image.frames, held.length);
  return {
    ...image,
    types: image.types.map((type) => ({
      ...type,
      finalizer: false,
      weakReference: false,
      clearable: type.collected,
    })),
    states: image.states.map((state) => state & ~IMAGE_IMMORTAL),
    handles: new Int32Array(0),
    frames,
    weakReferences: new Int32Array(0),
  };
}

/** Throws what the restore throws. O(image). */
export function countHeap(given: HeapImage, weak: readonly WeakSlot[] = []): CountedHeap {
  const plain = plainImage(given);
  const values = emptied(plain, weak);
  const frames = rootsOf(plain, values);
  let made: MemoryManager | undefined;
  const subject: ManagedHeapSubject = createGraphSubject((needs) => {
    made = createMemoryManager(COUNTING_PRESET, needs);
    return made;
  });
  subject.restore({ ...plain, values, frames }, new Set());
  const manager = made as unknown as MemoryManager;
  return {
    manager,
    addresses: objectsInImageOrder(manager),
    rootCount: plain.frames.reduce((count, value) => count + (value > 0 ? 1 : 0), 0),
    unheldCount: frames.length - plain.frames.length,
    dropRoots() {
      for (let index = 0; index < frames.length; index++) subject.clearFrameSlot(index);
      const isLeft = new Uint8Array(plain.objectTypes.length).fill(1);
      for (const object of Array.from(subject.takeDeaths())) isLeft[object] = 0;
      return isLeft;
    },
  };
}

/** The values of all slots, but for the weak ones. */
function emptied(image: HeapImage, weak: readonly WeakSlot[]): Int32Array {
  if (weak.length === 0) return image.values;
  const values = image.values.slice();
  const starts = valueStartsOf(image);
  for (const { holder, slot } of weak) values[(starts[holder] as number) + slot] = 0;
  return values;
}

/** For each object the place of its first slot in the image's values. */
function valueStartsOf({ types, objectTypes, lengths }: HeapImage): Int32Array {
  const rows = types.map(({ visitedSlotCount, ownedSlotCount, variablePart }) => ({
    fixed: visitedSlotCount + ownedSlotCount,
    repeats: variablePart === "visited" || variablePart === "owned" ? 1 : 0,
  }));
  const starts = new Int32Array(objectTypes.length);
  let place = 0;
  for (let object = 0; object < starts.length; object++) {
    starts[object] = place;
    const { fixed, repeats } = rows[objectTypes[object] as number] as (typeof rows)[number];
    place += fixed + repeats * (lengths[object] as number);
  }
  return starts;
}

/** What the image's roots hold, and one root for each object that nothing holds. */
function rootsOf(image: HeapImage, values: Int32Array): Int32Array {
  const held = new Uint8Array(image.objectTypes.length);
  const roots = Array.from(image.frames);
  const hold = (value: number): void => {
    if (value > 0) held[value - 1] = 1;
  };
  roots.forEach(hold);
  values.forEach(hold);
  for (let object = 0; object < held.length; object++) {
    if (held[object] === 0) roots.push(object + 1);
  }
  return Int32Array.from(roots);
}
