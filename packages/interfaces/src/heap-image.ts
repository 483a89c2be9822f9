// A heap image is everything that a heap means, and nothing of where it lay: objects are numbers,
// references are numbers of objects. It is how recorded graphs are loaded, snapshots written and a
// large graph kept between runs.
//
//   value in an image   n above 0: object n − 1 · 0: none · below 0: the immediate itself
//
// Objects are numbered by type in the order of `types`, within a type by length, and within those
// as they lay in memory; a restored heap lies in that order again. Order that a collector's lists
// add is a list of its own.
//
// **Invariant:** save, restore into an empty memory manager of the same strategy, save gives equal
// images. A strategy that keeps no garbage, or knows none of a state, saves what it has.

import type { TypeDescriptor } from "./type-descriptor.js";

export const HEAP_IMAGE_VERSION = 1;

/** Bits of `states`. The generation lies above them. */
export const IMAGE_TRACKED = 1;
export const IMAGE_FINALIZED = 2;
export const IMAGE_IMMORTAL = 4;
/** Of a collected type, and not tracked. Without this bit and `IMAGE_TRACKED` nobody said. */
export const IMAGE_UNTRACKED = 8;
export const IMAGE_GENERATION_SHIFT = 4;

export interface HeapImage {
  readonly version: typeof HEAP_IMAGE_VERSION;
  readonly types: readonly TypeDescriptor[];
  /** For each object the index of its type in `types`. */
  readonly objectTypes: Int32Array;
  /** For each object its length, 0 if its type has none. */
  readonly lengths: Int32Array;
  readonly states: Uint8Array;
  /**
   * Numbers of the tracked objects in list order, oldest generation first; empty where a collector
   * keeps no order of its own.
   */
  readonly trackedOrder: Int32Array;
  /** The slots of all objects, visited and owned-only ones, object by object. */
  readonly values: Int32Array;
  /** The raw words of all objects, object by object. */
  readonly rawWords: Int32Array;
  /** What handles hold: pairs of the handle's index and its value, ascending. */
  readonly handles: Int32Array;
  /** What the frame slots in use hold. */
  readonly frames: Int32Array;
  /**
   * For each object that is a weak reference, in the order of their numbers, what it refers to as a
   * value; 0 if it is empty. The raw words in which it lies otherwise are 0.
   */
  readonly weakReferences: Int32Array;
}

/** Throws `InputFormatError` for an image that contradicts itself; then nothing has changed. */
export interface HeapImages {
  /** O(heap). */
  save(): HeapImage;
  /**
   * Fills an empty heap. A type table that is empty gets the image's types; in one that is not,
   * each of them must be, by name, with an equal descriptor. Throws `UsageError` if it is not so or
   * the heap or the roots are in use, `OutOfMemoryError` when memory, handles or frame slots do not
   * suffice; then the heap is empty as before, and the types stay defined. O(image).
   */
  restore(image: HeapImage): void;
}
