// A collector owns the objects of one memory manager: it places them, decides which are garbage and
// reclaims those. First it finds, without changing an object; then it hands over to finalization;
// then it reclaims what is still unreachable.
//
//   allocator answers 0 → collect → ask again → OutOfMemoryError
//
// That order is why allocators offer `tryAllocate`: a heap full of garbage is not out of memory.

import type { Barrier } from "./barrier.js";
import type { Traits } from "./traits.js";
import type { Reference, TypeId } from "./word.js";

/** What one collection did. Plain numbers, made once a collection. */
export interface Collection {
  /** The oldest generation examined; 0 for a strategy without generations. */
  readonly generation: number;
  readonly examinedCount: number;
  readonly promotedCount: number;
  readonly reclaimedCount: number;
  readonly reclaimedBytes: number;
  readonly resurrectedCount: number;
  /** Found unreachable and not reclaimed, because the strategy must not (legacy finalizers). */
  readonly uncollectableCount: number;
}

/**
 * **Invariants:** a reachable object is never reclaimed; an object is reclaimed at most once; a
 * collection that begins while another runs examines nothing.
 */
export interface Collector extends Barrier {
  readonly name: string;
  readonly traits: Traits;
  /** The highest number that `collect` takes. */
  readonly oldestGeneration: number;
  /**
   * Memory for an object of `sizeWords` words, header written and slots none, or 0 when nothing is
   * left even after a collection. The mutator stores it with `born` before anything else happens.
   */
  allocate(type: TypeId, sizeWords: number): Reference | 0;
  /** Collects generations 0 to `generation`. O(what the strategy examines). */
  collect(generation: number): Collection;
  /** Only with the trait `slices`: about `workLimit` units of work; true at the end of a cycle. */
  step?(workLimit: number): boolean;
  /** Visits every object that is not reclaimed, in the order of the strategy. O(heap). */
  walk(visit: (object: Reference, type: TypeId) => void): void;
  /** Throws `HeapCorruptionError` naming the first structure found broken. O(heap). */
  validate(): void;
}
