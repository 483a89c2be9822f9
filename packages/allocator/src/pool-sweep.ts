// The sweep of the pools: every live block without a mark goes back to its pool. The allocated map
// is the pools' free list (pool-layout.ts) and the marks are laid out as it is, so that sweeping a
// pool of up to 1024 blocks is 32 times
//
//   map word  &=  marks word          then its free words, its used count, its list
//
// No block is touched, dead or live. The sweep is lazy. `beginSweep` takes every pool out of the
// lists that allocations come from; when a size class has no free block, the pool allocator sweeps
// on, in address order, until a pool with one comes, or a pool without any live block.
//
//   pools   │ swept │ swept │ not yet │ new │ not yet │ …     new: taken since the sweep began, its
//                             ▲ cursor                        blocks have no marks, nor need them
//
// Whether a pool is swept its record says: `swept in` is then the number of this sweep. A pool that
// is not swept yet is in no list, and of its blocks only the marked ones count as live.
//
// After Hughes: A semi-incremental garbage collection algorithm (Software: Practice and Experience,
// 1982), and Boehm's collector.

import { SIZE_CLASS_COUNT, type SweepCensus, type WordIndex } from "@ouro/interfaces";
import * as layout from "./pool-layout.js";

export interface PoolSweep {
  beginSweep(marks: WordIndex): SweepCensus;
  finishSweep(): void;
  isSweeping(): boolean;
  /**
   * Sweeps on until a pool with blocks of so many granules has a free one: that pool's record,
   * first of its list. `no pool` when a wholly free pool came first, or the sweep is over.
   */
  sweepFor(granules: number): number;
}

/** What the sweep does with a pool that it swept. */
export interface SweptPools {
  /** Puts a pool with free and live blocks first in its list. */
  makeFirst(pool: number): void;
  /** Gives a pool back in which nothing lives. */
  release(pool: number): void;
  /** Gives back the empty pool that waits. */
  releaseWaiting(): void;
}

export function createPoolSweep(context: layout.PoolContext, swept: SweptPools): PoolSweep {
  const { words, state } = context;
  const cursor = state + layout.SWEEP_CURSOR;
  const number = state + layout.SWEEP_NUMBER;
  const noPool = state + layout.NO_POOL;
  const get = (word: number): number => words[word] as number;

  function beginSweep(marks: WordIndex): SweepCensus {
    swept.releaseWaiting();
    const used = state + layout.USED_POOLS;
    words.fill(noPool, used + 1, used + 1 + SIZE_CLASS_COUNT);
    words[state + layout.SWEEP_MARKS] = marks;
    words[number] = (get(number) + 1) | 0;
    words[cursor] = context.firstArenaIndex * layout.POOLS_PER_ARENA;
    return census();
  }

  function census(): SweepCensus {
    let liveCount = 0;
    let liveBytes = 0;
    let garbageCount = 0;
    let garbageBytes = 0;
    for (let index = context.firstArenaIndex; index < context.arenaCount; index++) {
      const end = carvedEnd(context, index);
      for (let pool = layout.firstPoolRecord(context, index); pool < end; pool += 8) {
        const usedCount = get(pool + layout.USED_COUNT);
        if (usedCount === 0) continue;
        const sizeBytes = layout.blockSizeBytes(get(pool + layout.SIZE_CLASS));
        const count = liveCountOf(context, pool);
        liveCount += count;
        liveBytes += count * sizeBytes;
        garbageCount += usedCount - count;
        garbageBytes += (usedCount - count) * sizeBytes;
      }
    }
    return { liveCount, liveBytes, garbageCount, garbageBytes };
  }

  function sweepFor(granules: number): number {
    if (words[cursor] === 0) return noPool;
    const end = context.arenaCount * layout.POOLS_PER_ARENA;
    for (let index = get(cursor); index < end; index++) {
      const arenaIndex = Math.floor(index / layout.POOLS_PER_ARENA);
      const pool = context.poolRecords + (index << layout.POOL_RECORD_SHIFT);
      if (pool >= carvedEnd(context, arenaIndex)) {
        index = (arenaIndex + 1) * layout.POOLS_PER_ARENA - 1;
        continue;
      }
      if (!needsSweep(pool)) continue;
      words[cursor] = index + 1;
      if (sweepPool(pool) === 0) return noPool;
      const isServing = get(pool + layout.FREE_WORDS) !== 0;
      if (isServing && get(pool + layout.SIZE_CLASS) === granules - 1) return pool;
    }
    words[cursor] = 0;
    return noPool;
  }

  /** Backwards, so that the lists ascend: low pools fill up, high arenas come free. */
  function finishSweep(): void {
    if (words[cursor] === 0) return;
    const first = context.poolRecords + (get(cursor) << layout.POOL_RECORD_SHIFT);
    for (let index = context.arenaCount - 1; index >= context.firstArenaIndex; index--) {
      const start = Math.max(first, layout.firstPoolRecord(context, index));
      for (let pool = carvedEnd(context, index) - 8; pool >= start; pool -= 8) {
        if (needsSweep(pool)) sweepPool(pool);
      }
    }
    words[cursor] = 0;
  }

  function needsSweep(pool: number): boolean {
    return get(pool + layout.USED_COUNT) !== 0 && words[pool + layout.SWEPT_IN] !== words[number];
  }

  /** How many blocks live on. */
  function sweepPool(pool: number): number {
    const map = firstMapWord(context, pool);
    const toMarks = get(state + layout.SWEEP_MARKS) - context.allocatedMap;
    const starts = state + layout.STARTS + ((get(pool + layout.SIZE_CLASS) + 1) << 5);
    let usedCount = 0;
    let freeWords = 0;
    for (let index = 0; index < 32; index++) {
      const live = get(map + index) & get(map + index + toMarks);
      words[map + index] = live;
      if (live !== 0) usedCount += bitCount(live);
      if ((get(starts + index) & ~live) !== 0) freeWords |= 1 << index;
    }
    words[pool + layout.USED_COUNT] = usedCount;
    words[pool + layout.FREE_WORDS] = freeWords;
    words[pool + layout.SWEPT_IN] = get(number);
    if (usedCount === 0) swept.release(pool);
    else if (freeWords !== 0) swept.makeFirst(pool);
    return usedCount;
  }

  return { beginSweep, finishSweep, isSweeping: () => words[cursor] !== 0, sweepFor };
}

/** Whether a sweep runs that has not come to this pool; meaningless for an empty pool. */
export function isUnswept({ words, state }: layout.PoolContext, pool: number): boolean {
  if (words[state + layout.SWEEP_CURSOR] === 0) return false;
  return words[pool + layout.SWEPT_IN] !== words[state + layout.SWEEP_NUMBER];
}

/** The bits of a word of the pool's map, without garbage that is not swept yet. */
export function liveBits(context: layout.PoolContext, pool: number, mapWord: number): number {
  const { words, state, allocatedMap } = context;
  const bits = words[mapWord] as number;
  if (!isUnswept(context, pool)) return bits;
  const marks = words[state + layout.SWEEP_MARKS] as number;
  return bits & (words[marks + mapWord - allocatedMap] as number);
}

/** Live blocks of a pool, without garbage that is not swept yet. */
export function liveCountOf(context: layout.PoolContext, pool: number): number {
  const usedCount = context.words[pool + layout.USED_COUNT] as number;
  if (usedCount === 0 || !isUnswept(context, pool)) return usedCount;
  const map = firstMapWord(context, pool);
  let count = 0;
  for (let index = 0; index < 32; index++) count += bitCount(liveBits(context, pool, map + index));
  return count;
}

export function firstMapWord(context: layout.PoolContext, pool: number): number {
  return context.allocatedMap + ((context.words[pool + layout.POOL] as number) >>> 7);
}

/** One past the record of the last pool ever carved in an arena; below the first if not ours. */
function carvedEnd(context: layout.PoolContext, arenaIndex: number): number {
  const { words, arenaTable, borrower } = context;
  if (words[arenaTable + arenaIndex] !== borrower) return 0;
  return words[layout.arenaRecord(context, arenaIndex) + layout.NEXT_POOL_CARVE] as number;
}

/** Set bits, added up in parallel (Warren: Hacker's Delight, 5-1). */
export function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
