// A collector owns the objects of one memory manager: it places them, decides which are garbage and
// reclaims those. First it finds, without changing an object; then it hands over to finalization;
// then it reclaims what is still unreachable.
//
//   allocate: a collection if one is due → place → 0 when nothing is left
//   then the mutator: collect everything → tryAllocate → OutOfMemoryError
//
// That order is why allocators offer `tryAllocate`: a heap full of garbage is not out of memory.

import type { Barrier } from "./barrier.js";
import type { Finalization } from "./finalization.js";
import type { Generations } from "./generations.js";
import type { Traits } from "./traits.js";
import type { Reference, TypeId, WordIndex } from "./word.js";

/** What one collection did. Plain numbers, made once a collection. */
export interface Collection {
  /** The oldest generation examined; 0 for a strategy without generations. */
  readonly generation: number;
  /** Objects looked at; what a further pass of the collection looks at again counts again. */
  readonly examinedCount: number;
  readonly promotedCount: number;
  readonly reclaimedCount: number;
  readonly reclaimedBytes: number;
  readonly resurrectedCount: number;
  /** Found unreachable and not reclaimed, because the strategy must not (legacy finalizers). */
  readonly uncollectableCount: number;
}

/** **Invariant:** born − reclaimed = live; garbage not yet reclaimed counts as live. */
export interface CollectorStatistics {
  readonly liveCount: number;
  /** Bytes of live objects as placed. */
  readonly liveBytes: number;
  readonly collectionCount: number;
  readonly reclaimedCount: number;
}

/**
 * **Invariants:** a reachable object is never reclaimed; an object is reclaimed at most once; a
 * collection that begins while another runs examines nothing; it has exactly the barrier hooks that
 * its traits name.
 */
export interface Collector extends Partial<Barrier> {
  readonly name: string;
  readonly traits: Traits;
  /** The highest number that `collect` takes. */
  readonly oldestGeneration: number;
  /**
   * Memory for an object of `sizeWords` words: type written, every other word but the strategy's
   * own zero; or 0 when nothing is left. Collects first when a collection is due. The mutator
   * writes the length, then stores the object with `born`, before anything else happens.
   */
  allocate(type: TypeId, sizeWords: number): Reference | 0;
  /** As `allocate`, but never collects: nothing moves and nothing dies. */
  tryAllocate(type: TypeId, sizeWords: number): Reference | 0;
  /**
   * Collects generations 0 to `generation`, completely. Throws `UsageError` for one that there is
   * not. O(what the strategy examines).
   */
  collect(generation: number): Collection;
  /** Collects if a collection is due, and runs what is queued. */
  poll(): void;
  /** For traits that say `slices`: works for about so many units, true when a cycle is finished. */
  step?(budgetUnits: number): boolean;
  /** Whether an object that is not reclaimed begins at `word`. Never throws. O(1). */
  isObject(word: number): boolean;
  /**
   * Visits every object that is not reclaimed, in address order. The visitor must not allocate,
   * store or collect.
   */
  walk(visit: (object: Reference) => void): void;
  /**
   * Takes back an object from `tryAllocate` that was never born and is none's slot. Only for
   * strategies in which an object born and dropped would stay after a full collection.
   */
  withdraw?(object: Reference): void;
  /**
   * Moves what the root slot `from` holds into the heap slot `into`, which holds none: for
   * strategies that want to know what an object holds from its first slot on. O(1).
   */
  fill?(into: WordIndex, from: WordIndex, holder: Reference): void;
  /** Finalizers and weak references, where the strategy has them. */
  readonly finalization?: Finalization;
  /** What the strategy's generations tell and can be told, where it has them. */
  readonly generations?: Generations;
  /**
   * What a heap image keeps of an object beside its contents: bits `IMAGE_*` and the generation. A
   * strategy that knows none of them has neither of the two. O(1).
   */
  stateOf?(object: Reference): number;
  /**
   * Makes a restored object's state what an image says, as far as the strategy has it; called
   * before `restored`, for tracked objects in the order of the image's lists. O(1).
   */
  setState?(object: Reference, state: number): void;
  /**
   * Told that an image was restored: the heap was filled by `tryAllocate`, the slots and roots by
   * bare stores. Makes its own state of it (a counting strategy its counts). O(heap).
   */
  restored(): void;
  /**
   * Gives back to the heap what is kept for what comes next: object free lists, wholly free arenas.
   * No object moves, dies or is looked at; a strategy that keeps nothing need not have it.
   */
  trim?(): void;
  statistics(): CollectorStatistics;
  /** Throws `HeapCorruptionError` naming the first structure found broken. O(heap). */
  validate(): void;
}
