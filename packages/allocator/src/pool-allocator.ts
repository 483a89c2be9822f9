// The pool allocator serves requests of up to 512 bytes, in 32 size classes of 16, 32, … 512 bytes.
// A request takes the lowest free block of the first used pool of its size class. It touches the
// pool's record and one word of the allocated map, and so does a free; neither touches the block,
// and nothing else, however many blocks live.
//
//   size class 3 → pool ↔ pool ↔ pool
//                  └ first used pool: free words → word of the map → block
//
// A formerly full pool goes to the front, so that it fills up again; an empty one goes back to its
// arena (arena-list.ts). After CPython's obmalloc (pymalloc_alloc, pymalloc_free,
// pymalloc_realloc), but for how free blocks are found (pool-layout.ts).

import {
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  type ArenaSource,
  type Block,
  checkInteger,
  checkOptions,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  isObserved,
  NO_BUDGET,
  type Observer,
  POOL_SIZE_WORDS,
  type PoolStatistics,
  SIZE_CLASS_COUNT,
  SMALL_REQUEST_LIMIT_BYTES,
  type SweepableAllocator,
  type WordIndex,
} from "@ouro/interfaces";
import { MAP_SHIFT, reserveAllocatedMap, walkAllocatedMap } from "./allocated-map.js";
import { createArenaList } from "./arena-list.js";
import * as layout from "./pool-layout.js";
import { type PoolVisitor, poolStatistics } from "./pool-statistics.js";
import { bitCount, createPoolSweep, isUnswept, liveBits, liveCountOf } from "./pool-sweep.js";
import { validatePools } from "./pool-validate.js";
import { refuseBlock, refuseForMemory, refuseRequest } from "./refusal.js";

/** Where a pool allocator borrows, who listens, and what it may give. */
export interface PoolAllocatorOptions {
  /** Where its arenas are borrowed and its own words reserved. */
  source: ArenaSource;
  /** Names the borrower; two pool allocators in one heap need two names. Default `pools`. */
  name?: string;
  /** Told when a pool is taken and released; blocks are `observedAllocator`'s. */
  observer?: Observer;
  /**
   * A heap word that counts granules down: a pool that begins to serve is charged with the blocks
   * it has to give, and at 0 none begins any more: requests are answered as if nothing were left.
   * `NO_BUDGET` is no limit.
   */
  budgetWord?: WordIndex;
  /** Whether one wholly free arena is kept for what comes next, until `trim`. Default: true. */
  keepsArena?: boolean;
}

/** An allocator of small blocks, which a tracing collector can sweep. */
export interface PoolAllocator extends SweepableAllocator {
  /** The number that stands in the arena table for this allocator's arenas. */
  readonly borrower: number;
  /** The word of the allocated map of block b is at `allocatedMap + (b >>> 7)`. */
  readonly allocatedMap: WordIndex;
  /** Arenas lent to it now. O(1). */
  arenaCount(): number;
  /**
   * Frees all blocks of a pool, named by its first word, whose bits are set in the 32 words from
   * `dead` on, which are laid out as the pool's words of the allocated map. Throws
   * `InvalidAddressError` if one of them is not live, and then frees none. O(1).
   */
  freeMarked(pool: WordIndex, dead: WordIndex): void;
  /** Gives the arena back that is kept for what comes next. O(1). */
  trim(): void;
  /** Visits each pool that was ever carved, in address order; an empty pool has `usedCount` 0. */
  walkPools(visit: PoolVisitor): void;
  /** Pools by size class and arenas over time, beside every allocator's figures. O(pools). */
  statistics(): PoolStatistics;
}

/**
 * Makes a pool allocator over a source's arenas, or opens the one of that name in a heap that
 * another thread made. Throws `UsageError` for a missing or unknown option, and `OutOfMemoryError`
 * when the source has no room for its tables.
 */
export function createPoolAllocator(options: PoolAllocatorOptions): PoolAllocator {
  checkOptions("createPoolAllocator", options, "source|name observer budgetWord keepsArena");
  const { source, name = "pools", observer, budgetWord = 0, keepsArena = true } = options;
  checkInteger("createPoolAllocator", "budgetWord", budgetWord, 0, source.words.length - 1);
  const context = makeContext(source, name);
  const { words, allocatedMap, poolRecords } = context;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const FREE_WORDS = layout.FREE_WORDS;
  const USED_COUNT = layout.USED_COUNT;
  const NEXT_POOL = layout.NEXT_POOL;
  const PREVIOUS_POOL = layout.PREVIOUS_POOL;
  const SIZE_CLASS = layout.SIZE_CLASS;
  const POOL_SHIFT = layout.POOL_SHIFT;
  const POOL_RECORD_SHIFT = layout.POOL_RECORD_SHIFT;
  const mapShift = MAP_SHIFT;
  const { clz32 } = Math;
  const limitBytes = SMALL_REQUEST_LIMIT_BYTES;
  const classCount = SIZE_CLASS_COUNT;
  // Indexed by granules, 1 to 32; the list of 0 granules is empty, and size 0 is found out there.
  const usedPools = context.state + layout.USED_POOLS;
  const noPool = context.state + layout.NO_POOL;
  const starts = context.state + layout.STARTS;
  const startingWords = context.state + layout.STARTING_WORDS;
  // The first map word of the pool with record r is at `poolMaps + 4 r`.
  const poolMaps = allocatedMap - (poolRecords << 2);
  const sweepCursor = context.state + layout.SWEEP_CURSOR;
  const sweepNumber = context.state + layout.SWEEP_NUMBER;
  const waitingPool = context.state + layout.WAITING_POOL;
  const arenas = createArenaList(context, source, keepsArena);
  const { takePool, releasePool, isNext } = arenas;
  const sweep = createPoolSweep(context, { makeFirst, release, releaseWaiting });
  const { sweepFor } = sweep;
  const takeObserver = isObserved(observer, EVENT_POOL_TAKE) ? observer : undefined;
  const releaseObserver = isObserved(observer, EVENT_POOL_RELEASE) ? observer : undefined;
  // A budget is charged and an observer told for each pool that is taken.
  const waits = budgetWord === 0 && takeObserver === undefined && releaseObserver === undefined;
  const firstWord = source.firstArenaIndex * ARENA_SIZE_WORDS;
  const spanWords = source.arenaCount * ARENA_SIZE_WORDS - firstWord;

  function tryAllocate(requestBytes: number): Block {
    // Only whole numbers from 0 to 1023 are their own lowest ten bits.
    const granules = (requestBytes + 15) >> 4;
    if (requestBytes !== (requestBytes & 1023) || granules > classCount) refuseSize(requestBytes);
    const pool = words[usedPools + granules] as number;
    const freeWords = words[pool + FREE_WORDS] as number;
    // With `| 0` the compiled code knows a whole number; a call may answer anything.
    if (freeWords === 0) return (allocateFromNextPool(pool, granules) | 0) as Block;
    const lowestWord = freeWords & -freeWords;
    const wordIndex = 31 - clz32(lowestWord);
    const mapWord = (poolMaps + (pool << 2) + wordIndex) | 0;
    const map = words[mapWord] as number;
    const free = ~map & (words[(starts + (granules << 5) + wordIndex) | 0] as number);
    const bit = free & -free;
    words[mapWord] = map | bit;
    words[pool + USED_COUNT] = ((words[pool + USED_COUNT] as number) + 1) | 0;
    if (free === bit) words[pool + FREE_WORDS] = freeWords ^ lowestWord;
    return (((mapWord - allocatedMap) << mapShift) | ((31 - clz32(bit)) << 2)) as Block;
  }

  /** The first pool has no free block: let it go, and the next one has. */
  function allocateFromNextPool(pool: number, granules: number): Block {
    if (granules === 0) return tryAllocate(1);
    const next = nextPool(pool, granules);
    if (next === noPool) return allocateFromNewPool(granules);
    return next === 0 ? (0 as Block) : tryAllocate(granules << 4);
  }

  function refuseSize(requestBytes: number): void {
    refuseRequest(name, requestBytes, limitBytes);
  }

  /** The pool that serves after `pool`; `no pool` for a new one, 0 when the budget is spent. */
  function nextPool(pool: number, granules: number): number {
    if (budgetWord !== 0 && (words[budgetWord] as number) <= 0) return 0;
    let next = words[pool + NEXT_POOL] as number;
    if (next === noPool) next = sweepFor(granules);
    if (next === noPool) return noPool;
    words[usedPools + granules] = next;
    charge(next, granules);
    return next;
  }

  function charge(pool: number, granules: number): void {
    if (budgetWord === 0 || words[budgetWord] === NO_BUDGET) return;
    const blockCount = layout.blocksPerPool(granules - 1) - (words[pool + USED_COUNT] as number);
    words[budgetWord] = Math.max(0, (words[budgetWord] as number) - blockCount * granules);
  }

  function allocateFromNewPool(granules: number): Block {
    if (!startPool(granules)) return 0 as Block;
    const block = tryAllocate(granules << 4);
    if (takeObserver !== undefined) emit(takeObserver, EVENT_POOL_TAKE, recordOf(block));
    return block;
  }

  function startPool(granules: number): boolean {
    releaseWaiting();
    const pool = takePool();
    if (pool === 0) return false;
    words[pool + SIZE_CLASS] = granules - 1;
    words[pool + FREE_WORDS] = words[startingWords + granules] as number;
    words[pool + layout.SWEPT_IN] = words[sweepNumber] as number;
    words[pool + NEXT_POOL] = noPool;
    charge(pool, granules);
    words[usedPools + granules] = pool;
    return true;
  }

  function emit(
    listener: Observer,
    code: typeof EVENT_POOL_TAKE | typeof EVENT_POOL_RELEASE,
    record: number,
  ): void {
    const pool = words[record + layout.POOL] as number;
    const arena = (pool >>> ARENA_SHIFT) * ARENA_SIZE_WORDS;
    listener.event(code, pool, words[record + SIZE_CLASS] as number, arena);
  }

  function free(block: Block): void {
    if (block !== (block | 0) || (block & 3) !== 0 || (block - firstWord) >>> 0 >= spanWords) {
      refuse("free", block);
    }
    const mapWord = allocatedMap + (block >>> mapShift);
    const bit = 1 << (block >>> 2);
    const map = words[mapWord] as number;
    if ((map & bit) === 0) refuse("free", block);
    words[mapWord] = map ^ bit;
    const pool = poolRecords + ((block >>> POOL_SHIFT) << POOL_RECORD_SHIFT);
    const freeWords = words[pool + FREE_WORDS] as number;
    const usedCount = ((words[pool + USED_COUNT] as number) - 1) | 0;
    words[pool + FREE_WORDS] = freeWords | (1 << (block >>> mapShift));
    words[pool + USED_COUNT] = usedCount;
    if (freeWords === 0) makeFirst(pool);
    else if (usedCount === 0) releaseEmpty(pool);
  }

  /** As `free` of each; what stays free of the pool is found out once. */
  function freeMarked(pool: WordIndex, dead: WordIndex): void {
    const record = recordOf(pool);
    const map = allocatedMap + (pool >>> mapShift);
    for (let index = 0; index < 32; index++) {
      const wrong = (words[dead + index] as number) & ~(words[map + index] as number);
      if (wrong !== 0) refuse("freeMarked", pool + ((index << 7) | ((31 - clz32(wrong)) << 2)));
    }
    const freeWords = words[record + FREE_WORDS] as number;
    const freed = clearMarked(map, dead);
    const usedCount = (words[record + USED_COUNT] as number) - freed.count;
    words[record + FREE_WORDS] = freeWords | freed.wordBits;
    words[record + USED_COUNT] = usedCount;
    if (freeWords === 0 && freed.count > 0) makeFirst(record);
    if (usedCount === 0 && freed.count > 0) releaseEmpty(record);
  }

  function clearMarked(map: number, dead: number): { count: number; wordBits: number } {
    let count = 0;
    let wordBits = 0;
    for (let index = 0; index < 32; index++) {
      const bits = words[dead + index] as number;
      if (bits === 0) continue;
      words[map + index] = (words[map + index] as number) & ~bits;
      wordBits |= 1 << index;
      count += bitCount(bits);
    }
    return { count, wordBits };
  }

  function recordOf(block: number): number {
    return poolRecords + ((block >>> POOL_SHIFT) << POOL_RECORD_SHIFT);
  }

  function isOutside(block: number): boolean {
    return block !== (block | 0) || (block & 3) !== 0 || (block - firstWord) >>> 0 >= spanWords;
  }

  /** A formerly full pool goes to the front; the one that was first may have to leave the list. */
  function makeFirst(pool: number): void {
    // What waits for the sweep is in no list.
    if (words[sweepCursor] !== 0 && isUnswept(context, pool)) return;
    const head = (usedPools + 1 + (words[pool + SIZE_CLASS] as number)) | 0;
    let next = words[head] as number;
    if (next === pool) return;
    if (words[next + FREE_WORDS] === 0) next = words[next + NEXT_POOL] as number;
    words[pool + NEXT_POOL] = next;
    words[next + PREVIOUS_POOL] = pool;
    words[head] = pool;
  }

  function releaseEmpty(pool: number): void {
    if (words[waitingPool] === pool) return;
    releaseWaiting();
    if (mayWait(pool)) {
      words[waitingPool] = pool;
      return;
    }
    if (!isUnswept(context, pool)) unlink(pool);
    release(pool);
  }

  /** Last of its list, it serves when a pool would be taken: its arena must be the one to give. */
  function mayWait(pool: number): boolean {
    return words[pool + NEXT_POOL] === noPool && waits && words[sweepCursor] === 0 && isNext(pool);
  }

  /** Before anything else is taken or given back: the arenas are then as if it had not waited. */
  function releaseWaiting(): void {
    const pool = words[waitingPool] as number;
    if (pool === 0) return;
    words[waitingPool] = 0;
    if (words[pool + USED_COUNT] !== 0) return;
    unlink(pool);
    release(pool);
  }

  function trim(): void {
    releaseWaiting();
    arenas.releaseKept();
  }

  function unlink(pool: number): void {
    const next = words[pool + NEXT_POOL] as number;
    const previous = words[pool + PREVIOUS_POOL] as number;
    const head = usedPools + 1 + (words[pool + SIZE_CLASS] as number);
    if (words[head] === pool) words[head] = next;
    else words[previous + NEXT_POOL] = next;
    words[next + PREVIOUS_POOL] = previous;
  }

  function release(pool: number): void {
    releasePool(pool);
    if (releaseObserver !== undefined) emit(releaseObserver, EVENT_POOL_RELEASE, pool);
  }

  function owns(block: number): boolean {
    if (block !== (block | 0) || (block & 3) !== 0 || (block - firstWord) >>> 0 >= spanWords) {
      return false;
    }
    const mapWord = allocatedMap + (block >>> mapShift);
    const bits = words[sweepCursor] === 0 ? words[mapWord] : unsweptBits(block, mapWord);
    return ((bits as number) & (1 << (block >>> 2))) !== 0;
  }

  function unsweptBits(block: number, mapWord: number): number {
    return liveBits(context, recordOf(block), mapWord);
  }

  /** A number that is no live block: does a free one begin there? */
  function refuse(call: string, block: number): never {
    const isOurs =
      !isOutside(block) && words[source.arenaTable + (block >>> ARENA_SHIFT)] === context.borrower;
    refuseBlock(`${name}.${call}`, block, isOurs && isFreeBlock(block));
  }

  function isFreeBlock(block: number): boolean {
    const pool = recordOf(block);
    const arena = layout.arenaRecord(context, block >>> ARENA_SHIFT);
    if (pool >= (words[arena + layout.NEXT_POOL_CARVE] as number)) return false;
    const granules = (words[pool + SIZE_CLASS] as number) + 1;
    const wordIndex = (block >>> mapShift) & 31;
    return ((words[starts + (granules << 5) + wordIndex] as number) & (1 << (block >>> 2))) !== 0;
  }

  function usableSizeBytes(block: Block): number {
    if (!owns(block)) refuse("usableSizeBytes", block);
    return layout.blockSizeBytes(words[recordOf(block) + SIZE_CLASS] as number);
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

  /**
   * Moves on growth, and on a shrink that saves a quarter or more and ends in another size class.
   * CPython moves on such a shrink within a class too, to a block of the same size. O(1), or the
   * words it copies.
   */
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

  function walkPools(visit: PoolVisitor): void {
    for (let index = source.firstArenaIndex; index < source.arenaCount; index++) {
      if (words[source.arenaTable + index] !== context.borrower) continue;
      const end = words[layout.arenaRecord(context, index) + layout.NEXT_POOL_CARVE] as number;
      const first = layout.firstPoolRecord(context, index);
      for (let pool = first; pool < end; pool += 1 << POOL_RECORD_SHIFT) {
        const sizeClass = words[pool + SIZE_CLASS] as number;
        const start = words[pool + layout.POOL] as number;
        const usedCount = liveCountOf(context, pool);
        visit(start, sizeClass, usedCount, layout.blocksPerPool(sizeClass));
      }
    }
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    walkPools((pool, sizeClass, usedCount) => {
      if (usedCount === 0) return;
      const sizeBytes = layout.blockSizeBytes(sizeClass);
      walkAllocatedMap(words, allocatedMap, pool, pool + POOL_SIZE_WORDS, (block) => {
        if (words[sweepCursor] === 0 || owns(block)) visit(block as Block, sizeBytes);
      });
    });
  }

  return {
    name,
    requestLimitBytes: limitBytes,
    borrower: context.borrower,
    allocatedMap,
    allocate,
    tryAllocate,
    allocateZeroed,
    reallocate,
    free,
    freeMarked,
    usableSizeBytes,
    owns,
    walk,
    walkPools,
    beginSweep: sweep.beginSweep,
    finishSweep: sweep.finishSweep,
    isSweeping: sweep.isSweeping,
    trim,
    arenaCount: () => words[context.state + layout.CURRENT_ARENA_COUNT] as number,
    statistics: () => poolStatistics(context, walkPools),
    validate: () => validatePools(context),
  };
}

/** A block stays unless moving saves a quarter of it (CPython's rule), or where it saves none. */
function isSameSize(requestBytes: number, sizeBytes: number): boolean {
  return 4 * requestBytes > 3 * sizeBytes || requestBytes > sizeBytes - 16;
}

function makeContext(source: ArenaSource, name: string): layout.PoolContext {
  const borrower = source.registerBorrower(name);
  const sizeWords = layout.regionSizeWords(source.arenaCount - source.firstArenaIndex);
  const region = source.reserveRegion(borrower, "pools", sizeWords);
  const state = region.start;
  if (!region.existed) {
    const noPool = state + layout.NO_POOL;
    source.words.fill(noPool, state + layout.USED_POOLS, noPool);
    source.words[noPool + layout.NEXT_POOL] = noPool;
    layout.writeStarts(source.words, state);
  }
  const firstIndex = source.firstArenaIndex;
  const lentableCount = source.arenaCount - firstIndex;
  const arenaRecords = state + layout.ARENA_RECORDS;
  const poolRecords = arenaRecords + lentableCount * layout.ARENA_RECORD_SIZE_WORDS;
  return {
    words: source.words,
    name,
    state,
    // As if the records of the arenas below the first one stood before them.
    arenaRecords: arenaRecords - firstIndex * layout.ARENA_RECORD_SIZE_WORDS,
    poolRecords: poolRecords - firstIndex * (layout.POOLS_PER_ARENA << layout.POOL_RECORD_SHIFT),
    allocatedMap: reserveAllocatedMap(source, borrower),
    borrower,
    arenaTable: source.arenaTable,
    firstArenaIndex: source.firstArenaIndex,
    arenaCount: source.arenaCount,
  };
}
