// The allocator contract: bytes asked for, blocks given. Every allocator of the house offers it, so
// that a caller can change the allocator, and layers can wrap one another (PEP 445).

import type { Block, WordIndex } from "./word.js";

/** A budget word that holds this number is no limit, and is not counted down. */
export const NO_BUDGET = 0x7fffffff;

/**
 * **Invariants:** live blocks never overlap and keep their contents until freed; each starts at a
 * multiple of 16 bytes; a refused call changes nothing.
 */
export interface Allocator {
  readonly name: string;
  /** The largest request this allocator serves. Unit: bytes. */
  readonly requestLimitBytes: number;
  /**
   * A block of at least `requestBytes` bytes with undefined contents; size 0 gives a distinct
   * block. Throws `OutOfMemoryError` when nothing is left, `UsageError` for a size that is no
   * integer from 0 to `requestLimitBytes`. O(1) except when an arena is reserved.
   */
  allocate(requestBytes: number): Block;
  /** As `allocate`, but answers 0 when nothing is left, so that a caller may collect and retry. */
  tryAllocate(requestBytes: number): Block;
  /** As `allocate`; the first `requestBytes` bytes are zero. */
  allocateZeroed(requestBytes: number): Block;
  /**
   * A block with the first min(old, new) bytes of `block`, which is freed unless it is the same.
   * When it throws, `block` is untouched. Throws as `allocate` and `free` do.
   */
  reallocate(block: Block, requestBytes: number): Block;
  /**
   * Gives a block back. Throws `DoubleFreeError` for a block already free and
   * `InvalidAddressError` for a number that is no block of this allocator; both change nothing.
   */
  free(block: Block): void;
  /** Bytes that may be used in a live block, at least its request. Throws as `free` does. */
  usableSizeBytes(block: Block): number;
  /** Whether `block` is a live block of this allocator. Never throws. O(1). */
  owns(block: number): boolean;
  /** Visits every live block in address order. The visitor must not allocate or free. */
  walk(visit: (block: Block, usableSizeBytes: number) => void): void;
  /**
   * Gives back to the source what is kept for what comes next: wholly free arenas, and freed blocks
   * that a layer holds. No live block moves. Who keeps nothing need not have it. O(what is kept).
   */
  trim?(): void;
  statistics(): AllocatorStatistics;
  /** Throws `HeapCorruptionError` naming the first structure found broken. O(heap). */
  validate(): void;
}

/**
 * An allocator whose blocks a tracing collector reclaims by a map of marks: one bit a granule, laid
 * out as the word of block b at `marks + (b >>> 7)`, bit `(b >>> 2) & 31`. Sweeping is lazy: a call
 * for a block sweeps until it finds one, so that no sweep is ever a pause.
 *
 * **Invariant:** no block is handed out from memory that is not swept yet.
 */
export interface SweepableAllocator extends Allocator {
  /**
   * From now on every live block without a mark is garbage: `owns`, `walk` and `statistics` leave
   * it out, swept or not. The caller leaves the marks as they are until the sweep is over; the
   * sweep before must be. The allocator may mark blocks that it hands out meanwhile. O(pools), and
   * the garbage among large blocks.
   */
  beginSweep(marks: WordIndex): SweepCensus;
  /** Sweeps what is left. O(pools). */
  finishSweep(): void;
  isSweeping(): boolean;
}

/** The blocks there are when a sweep begins. Bytes are block sizes, as `statistics` counts them. */
export interface SweepCensus {
  readonly liveCount: number;
  readonly liveBytes: number;
  readonly garbageCount: number;
  readonly garbageBytes: number;
}

/** **Invariant:** used + free + overhead = lent, to the byte. */
export interface AllocatorStatistics {
  readonly name: string;
  readonly liveBlockCount: number;
  /** Bytes of live blocks as given (block sizes, without headers). */
  readonly usedBytes: number;
  /** Bytes that a later request can get without another arena. */
  readonly freeBytes: number;
  /** Headers, tails that hold no block, and padding. */
  readonly overheadBytes: number;
  readonly lentArenaCount: number;
  readonly lentBytes: number;
  /** The highest live block: it pins its arena and all below. Undefined when there is none. */
  readonly topBlock: { readonly block: Block; readonly usableSizeBytes: number } | undefined;
}

/** One row of the pool allocator's class table. */
export interface SizeClassStatistics {
  readonly blockSizeBytes: number;
  readonly poolCount: number;
  readonly usedBlockCount: number;
  readonly availableBlockCount: number;
}

export interface PoolStatistics extends AllocatorStatistics {
  /** All size classes, the ones without pools included. */
  readonly classes: readonly SizeClassStatistics[];
  readonly arenas: {
    readonly reservedTotalCount: number;
    readonly releasedTotalCount: number;
    readonly highWaterCount: number;
    readonly currentCount: number;
  };
  readonly poolsPerArena: number;
  readonly freePoolCount: number;
  readonly neverUsedPoolCount: number;
}
