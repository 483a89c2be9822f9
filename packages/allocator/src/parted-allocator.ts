// The parted allocator keeps the blocks of watched objects in pools of their own: what a cycle
// detector looks at lies together, and whatever it need not look at shares no pool with it. Large
// blocks share their arenas, whoever they are for.
//
//   tryAllocateWatched   1 … 512 bytes ─→ watched pools   otherwise ─→ large blocks
//   tryAllocate          1 … 512 bytes ─→ other pools     otherwise ─→ large blocks
//   free                 arena table[its arena] ─→ whose it is
//
// CPython tells them apart by a header before the object instead (`PyGC_Head`, 16 bytes).

import {
  type Allocator,
  ARENA_SHIFT,
  type ArenaSource,
  type Block,
  checkOptions,
  type WordIndex,
} from "@ouro/interfaces";
import type { LargeBlockAllocator } from "./large-block-allocator.js";
import type { PoolAllocator } from "./pool-allocator.js";
import { addStatistics, createSizeRouter, walkInOrder } from "./size-router.js";

/** The three allocators, which share a source. */
export interface PartedAllocatorOptions {
  /** The source that all three borrow from. */
  source: ArenaSource;
  /** Blocks of objects that a cycle detector looks at, up to 512 bytes. */
  watched: PoolAllocator;
  /** All other blocks of up to 512 bytes. */
  other: PoolAllocator;
  /** Whatever is larger, watched or not. */
  large: LargeBlockAllocator;
  /** Stands in statistics and errors. Default `parted`. */
  name?: string;
}

/** One allocator of three, which knows the watched blocks from the others. */
export interface PartedAllocator extends Allocator {
  /** As `tryAllocate`, of a block for a watched object. */
  tryAllocateWatched(requestBytes: number): Block;
  /** Whether a block lies in a pool of watched ones. O(1). */
  isWatchedPool(block: WordIndex): boolean;
  /**
   * Where the allocated map of an arena lies that may hold watched blocks: the word of block b is
   * at this + (b >>> 7). 0 for any other arena. O(1).
   */
  mapOf(arenaIndex: number): WordIndex;
  /**
   * Frees the blocks of 16 KiB from `start` on whose bits are set in the 32 words from `dead` on.
   */
  freeMarked(start: WordIndex, dead: WordIndex): void;
}

/** Makes one allocator of three that share a source. Throws `UsageError` for other options. */
export function createPartedAllocator(options: PartedAllocatorOptions): PartedAllocator {
  checkOptions("createPartedAllocator", options, "source watched other large|name");
  const { source, watched, other, large, name = "parted" } = options;
  const { words, arenaTable } = source;
  const rest = createSizeRouter({ source, small: other, large, name });
  const { tryAllocate: tryWatched, free: freeWatched, requestLimitBytes: limitBytes } = watched;
  const { tryAllocate: tryLarge } = large;
  const { free: freeOther } = rest;
  const watchedBorrower = watched.borrower;
  const largeBorrower = large.borrower;
  const SHIFT = ARENA_SHIFT;

  const isWatchedPool = (block: number): boolean =>
    words[arenaTable + (block >>> SHIFT)] === watchedBorrower;

  function tryAllocateWatched(requestBytes: number): Block {
    if (requestBytes === (requestBytes | 0) && (requestBytes - 1) >>> 0 < limitBytes) {
      return tryWatched(requestBytes);
    }
    return (tryLarge(requestBytes) | 0) as Block;
  }

  function mapOf(arenaIndex: number): WordIndex {
    const borrower = words[arenaTable + arenaIndex];
    if (borrower === watchedBorrower) return watched.allocatedMap;
    return borrower === largeBorrower ? large.allocatedMap : 0;
  }

  function freeMarked(start: WordIndex, dead: WordIndex): void {
    if (isWatchedPool(start)) {
      watched.freeMarked(start, dead);
      return;
    }
    for (let index = 0; index < 32; index++) {
      for (let bits = words[dead + index] as number; bits !== 0; bits &= bits - 1) {
        large.free((start + (index << 7) + ((31 - Math.clz32(bits & -bits)) << 2)) as Block);
      }
    }
  }

  function reallocate(block: Block, requestBytes: number): Block {
    const isSmall = requestBytes >= 1 && requestBytes <= limitBytes;
    if (!isWatchedPool(block)) return rest.reallocate(block, requestBytes);
    if (isSmall) return watched.reallocate(block, requestBytes);
    const sizeWords = watched.usableSizeBytes(block) >> 2;
    const moved = large.allocate(requestBytes);
    words.copyWithin(moved, block, block + Math.min(sizeWords, (requestBytes + 3) >> 2));
    freeWatched(block);
    return moved;
  }

  return {
    name,
    requestLimitBytes: rest.requestLimitBytes,
    allocate: rest.allocate,
    tryAllocate: rest.tryAllocate,
    allocateZeroed: rest.allocateZeroed,
    tryAllocateWatched,
    isWatchedPool,
    mapOf,
    freeMarked,
    free(block) {
      if (isWatchedPool(block)) freeWatched(block);
      else freeOther(block);
    },
    reallocate,
    usableSizeBytes: (block) => (isWatchedPool(block) ? watched : rest).usableSizeBytes(block),
    owns: (block) => watched.owns(block) || rest.owns(block),
    walk: (visit) => walkInOrder([other, watched, large], visit),
    trim() {
      watched.trim();
      rest.trim?.();
    },
    statistics: () => addStatistics(name, watched.statistics(), rest.statistics()),
    validate() {
      watched.validate();
      rest.validate();
    },
  };
}
