// The pool allocator serves requests of up to 512 bytes, in 32 size classes of 16, 32, … 512 bytes.
// A request takes the first free block of the first used pool of its size class; a free puts the
// block back at the front of its pool. Both touch the pool and one word of the allocated map, and
// nothing else, however many blocks live.
//
//   size class 3 → pool ↔ pool ↔ pool          free block → block → block → 0
//                  └ first used pool                 └ carved only when the list would be empty
//
// A formerly full pool goes to the front, so that it fills up again; an empty one goes back to its
// arena (arena-list.ts). After CPython's obmalloc (pymalloc_alloc, pymalloc_free, pymalloc_realloc).

import {
  type Allocator,
  ARENA_SIZE_WORDS,
  type ArenaSource,
  type Block,
  POOL_SIZE_WORDS,
  type PoolStatistics,
  SMALL_REQUEST_LIMIT_BYTES,
} from "@ouro/interfaces";
import { MAP_SHIFT, reserveAllocatedMap, walkAllocatedMap } from "./allocated-map.js";
import { createArenaList } from "./arena-list.js";
import * as layout from "./pool-layout.js";
import { poolStatistics } from "./pool-statistics.js";
import { validatePools } from "./pool-validate.js";
import { refuseBlock, refuseForMemory, refuseRequest } from "./refusal.js";

const { FREE_BLOCK, USED_COUNT, NEXT_CARVE, CARVE_END, POOL_MASK } = layout;

export interface PoolAllocatorOptions {
  source: ArenaSource;
  /** Names the borrower; two pool allocators in one heap need two names. Default `pools`. */
  name?: string;
}

export interface PoolAllocator extends Allocator {
  /** The number that stands in the arena table for this allocator's arenas. */
  readonly borrower: number;
  /** Arenas lent to it now. O(1). */
  arenaCount(): number;
  /** Visits each pool that was ever carved, in address order; an empty pool has `usedCount` 0. */
  walkPools(
    visit: (pool: number, sizeClass: number, usedCount: number, blockCount: number) => void,
  ): void;
  statistics(): PoolStatistics;
}

/**
 * Makes a pool allocator over a source's arenas, or opens the one of that name in a heap that another
 * thread made. Throws `OutOfMemoryError` when the source has no room for its tables.
 */
export function createPoolAllocator(options: PoolAllocatorOptions): PoolAllocator {
  const { source, name = "pools" } = options;
  const context = makeContext(source, name);
  const { words, allocatedMap } = context;
  const usedPools = context.state + layout.USED_POOLS;
  const { takePool, releasePool } = createArenaList(context, source);
  const firstWord = source.firstArenaIndex * ARENA_SIZE_WORDS;
  const spanWords = source.arenaCount * ARENA_SIZE_WORDS - firstWord;

  function tryAllocate(requestBytes: number): Block {
    if (requestBytes >>> 0 !== requestBytes || requestBytes > SMALL_REQUEST_LIMIT_BYTES) {
      refuseRequest(name, requestBytes, SMALL_REQUEST_LIMIT_BYTES);
    }
    const sizeClass = requestBytes === 0 ? 0 : (requestBytes - 1) >> 4;
    const pool = words[usedPools + sizeClass] as number;
    if (pool === 0) return allocateFromNewPool(sizeClass) as Block;
    const block = words[pool + FREE_BLOCK] as number;
    const next = words[block] as number;
    words[pool + FREE_BLOCK] = next;
    words[pool + USED_COUNT] = (words[pool + USED_COUNT] as number) + 1;
    if (next === 0) carveOrUnlink(pool, sizeClass);
    const mapWord = allocatedMap + (block >>> MAP_SHIFT);
    words[mapWord] = (words[mapWord] as number) | (1 << (block >>> 2));
    return block as Block;
  }

  /** The free list ran out: carve the next block, or the pool is full and leaves the list. */
  function carveOrUnlink(pool: number, sizeClass: number): void {
    const carved = words[pool + NEXT_CARVE] as number;
    if (carved < (words[pool + CARVE_END] as number)) {
      words[pool + FREE_BLOCK] = carved;
      words[carved] = 0;
      words[pool + NEXT_CARVE] = carved + ((sizeClass + 1) << 2);
      return;
    }
    const next = words[pool + layout.NEXT_POOL] as number;
    words[usedPools + sizeClass] = next;
    if (next !== 0) words[next + layout.PREVIOUS_POOL] = 0;
  }

  function allocateFromNewPool(sizeClass: number): number {
    const pool = takePool();
    if (pool === 0) return 0;
    if (words[pool + layout.SIZE_CLASS] !== sizeClass) initialisePool(pool, sizeClass);
    words[pool + layout.NEXT_POOL] = 0;
    words[pool + layout.PREVIOUS_POOL] = 0;
    words[usedPools + sizeClass] = pool;
    return tryAllocate((sizeClass + 1) * 16);
  }

  function initialisePool(pool: number, sizeClass: number): void {
    const first = pool + layout.POOL_HEADER_SIZE_WORDS;
    const sizeWords = layout.blockSizeWords(sizeClass);
    words[pool + USED_COUNT] = 0;
    words[pool + layout.SIZE_CLASS] = sizeClass;
    words[pool + FREE_BLOCK] = first;
    words[first] = 0;
    words[pool + NEXT_CARVE] = first + sizeWords;
    words[pool + CARVE_END] = first + layout.blocksPerPool(sizeClass) * sizeWords;
  }

  function free(block: Block): void {
    const mapWord = allocatedMap + (block >>> MAP_SHIFT);
    const bit = 1 << (block >>> 2);
    if (isOutside(block) || ((words[mapWord] as number) & bit) === 0) refuse("free", block);
    words[mapWord] = (words[mapWord] as number) & ~bit;
    const pool = block & POOL_MASK;
    const first = words[pool + FREE_BLOCK] as number;
    const usedCount = (words[pool + USED_COUNT] as number) - 1;
    words[block] = first;
    words[pool + FREE_BLOCK] = block;
    words[pool + USED_COUNT] = usedCount;
    if (first === 0) linkFirst(pool);
    else if (usedCount === 0) releaseEmpty(pool);
  }

  function isOutside(block: number): boolean {
    return block !== (block | 0) || (block & 3) !== 0 || (block - firstWord) >>> 0 >= spanWords;
  }

  /** A formerly full pool goes to the front of its size class. */
  function linkFirst(pool: number): void {
    const head = usedPools + (words[pool + layout.SIZE_CLASS] as number);
    const next = words[head] as number;
    words[pool + layout.NEXT_POOL] = next;
    words[pool + layout.PREVIOUS_POOL] = 0;
    if (next !== 0) words[next + layout.PREVIOUS_POOL] = pool;
    words[head] = pool;
  }

  function releaseEmpty(pool: number): void {
    const next = words[pool + layout.NEXT_POOL] as number;
    const previous = words[pool + layout.PREVIOUS_POOL] as number;
    const sizeClass = words[pool + layout.SIZE_CLASS] as number;
    if (previous === 0) words[usedPools + sizeClass] = next;
    else words[previous + layout.NEXT_POOL] = next;
    if (next !== 0) words[next + layout.PREVIOUS_POOL] = previous;
    releasePool(pool);
  }

  function owns(block: number): boolean {
    if (isOutside(block)) return false;
    const bits = words[allocatedMap + (block >>> MAP_SHIFT)] as number;
    return (bits & (1 << (block >>> 2))) !== 0;
  }

  /** A number that is no live block: was one of ours carved there before? */
  function refuse(call: string, block: number): never {
    const isOurs =
      !isOutside(block) && words[source.arenaTable + (block >>> 18)] === context.borrower;
    refuseBlock(`${name}.${call}`, block, isOurs && isCarved(block));
  }

  function isCarved(block: number): boolean {
    const pool = block & POOL_MASK;
    const record = context.arenaRecords + (block >>> 18) * layout.ARENA_RECORD_SIZE_WORDS;
    if (pool >= (words[record + layout.NEXT_POOL_CARVE] as number)) return false;
    const offset = block - pool - layout.POOL_HEADER_SIZE_WORDS;
    const sizeWords = layout.blockSizeWords(words[pool + layout.SIZE_CLASS] as number);
    return offset >= 0 && offset % sizeWords === 0 && block < (words[pool + NEXT_CARVE] as number);
  }

  function usableSizeBytes(block: Block): number {
    if (!owns(block)) refuse("usableSizeBytes", block);
    return layout.blockSizeBytes(words[(block & POOL_MASK) + layout.SIZE_CLASS] as number);
  }

  function allocate(requestBytes: number): Block {
    const block = tryAllocate(requestBytes);
    if (block === 0) refuseForMemory(`${name}.allocate`, requestBytes, source);
    return block;
  }

  function allocateZeroed(requestBytes: number): Block {
    const block = allocate(requestBytes);
    const end = block + ((requestBytes + 3) >> 2);
    for (let word = block as number; word < end; word++) words[word] = 0;
    return block;
  }

  /** Moves on growth, and on a shrink that saves a quarter or more, as CPython does. */
  function reallocate(block: Block, requestBytes: number): Block {
    const sizeBytes = usableSizeBytes(block);
    const isKept = requestBytes <= sizeBytes && isSameSize(requestBytes, sizeBytes);
    if (isKept && requestBytes >= 0 && Number.isInteger(requestBytes)) return block;
    const moved = allocate(requestBytes);
    const copiedWords = Math.min((requestBytes + 3) >> 2, sizeBytes >> 2);
    for (let index = 0; index < copiedWords; index++) {
      words[moved + index] = words[block + index] as number;
    }
    free(block);
    return moved;
  }

  function walkPools(
    visit: (pool: number, sizeClass: number, usedCount: number, blockCount: number) => void,
  ): void {
    for (let index = source.firstArenaIndex; index < source.arenaCount; index++) {
      if (words[source.arenaTable + index] !== context.borrower) continue;
      const record = context.arenaRecords + index * layout.ARENA_RECORD_SIZE_WORDS;
      const end = words[record + layout.NEXT_POOL_CARVE] as number;
      for (let pool = index * ARENA_SIZE_WORDS; pool < end; pool += POOL_SIZE_WORDS) {
        const sizeClass = words[pool + layout.SIZE_CLASS] as number;
        visit(pool, sizeClass, words[pool + USED_COUNT] as number, layout.blocksPerPool(sizeClass));
      }
    }
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    walkPools((pool, sizeClass, usedCount) => {
      if (usedCount === 0) return;
      const sizeBytes = layout.blockSizeBytes(sizeClass);
      walkAllocatedMap(words, allocatedMap, pool, pool + POOL_SIZE_WORDS, (block) =>
        visit(block as Block, sizeBytes),
      );
    });
  }

  return {
    name,
    requestLimitBytes: SMALL_REQUEST_LIMIT_BYTES,
    borrower: context.borrower,
    allocate,
    tryAllocate,
    allocateZeroed,
    reallocate,
    free,
    usableSizeBytes,
    owns,
    walk,
    walkPools,
    arenaCount: () => words[context.state + layout.CURRENT_ARENA_COUNT] as number,
    statistics: () => poolStatistics(context, walkPools),
    validate: () => validatePools(context),
  };
}

/** CPython's rule: a block stays unless moving it would save at least a quarter of it. */
function isSameSize(requestBytes: number, sizeBytes: number): boolean {
  return 4 * requestBytes > 3 * sizeBytes || requestBytes > sizeBytes - 16;
}

function makeContext(source: ArenaSource, name: string): layout.PoolContext {
  const borrower = source.registerBorrower(name);
  const arenaRecordWords = source.arenaCount - source.firstArenaIndex;
  const sizeWords = layout.ARENA_RECORDS + arenaRecordWords * layout.ARENA_RECORD_SIZE_WORDS;
  const state = source.reserveRegion(borrower, "pools", sizeWords).start;
  const skipped = source.firstArenaIndex * layout.ARENA_RECORD_SIZE_WORDS;
  return {
    words: source.words,
    name,
    state,
    arenaRecords: state + layout.ARENA_RECORDS - skipped,
    allocatedMap: reserveAllocatedMap(source, borrower),
    borrower,
    arenaTable: source.arenaTable,
    firstArenaIndex: source.firstArenaIndex,
    arenaCount: source.arenaCount,
  };
}
