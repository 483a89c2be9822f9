// What must hold of the pool allocator, as executable documentation. Arenas first, then pools, then
// blocks: each list is walked with a bound, so that a broken link ends in a message, not a hang.

import {
  ARENA_SHIFT,
  HeapCorruptionError,
  POOL_SIZE_WORDS,
  SIZE_CLASS_COUNT,
} from "@ouro/interfaces";
import { walkAllocatedMap } from "./allocated-map.js";
import * as layout from "./pool-layout.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(memory lent). */
export function validatePools(context: layout.PoolContext): void {
  const usedPools = collectUsedPools(context);
  let linkedCount = 0;
  let lentCount = 0;
  let usableCount = 0;
  for (let index = context.firstArenaIndex; index < context.arenaCount; index++) {
    if (context.words[context.arenaTable + index] !== context.borrower) continue;
    lentCount++;
    const freePools = validateFreePools(context, index);
    if (freePools.size + neverUsedPoolCount(context, index) > 0) usableCount++;
    linkedCount += validatePoolsOf(context, index, freePools, usedPools);
  }
  const { state, words } = context;
  const current = words[state + layout.CURRENT_ARENA_COUNT];
  expect(current === lentCount, "pool allocator", state, `${lentCount} arenas are lent to it`);
  expect(linkedCount === usedPools.size, "used pools", state, "a linked pool is in no arena");
  validateArenaOrder(context, usableCount);
}

/** Every pool in a list of used pools, with its size class; checks the links on the way. */
function collectUsedPools({ words, state }: layout.PoolContext): Map<number, number> {
  const linked = new Map<number, number>();
  const noPool = state + layout.NO_POOL;
  for (let sizeClass = 0; sizeClass < SIZE_CLASS_COUNT; sizeClass++) {
    let previous = noPool;
    let pool = words[state + layout.USED_POOLS + sizeClass + 1] as number;
    while (pool !== noPool) {
      const isFirst = previous === noPool;
      const isLinkedBack = isFirst || words[pool + layout.PREVIOUS_POOL] === previous;
      const hasFree = isFirst || words[pool + layout.FREE_BLOCK] !== 0;
      expect(!linked.has(pool), "pool", pool, "it is linked twice");
      expect(words[pool + layout.SIZE_CLASS] === sizeClass, "pool", pool, "it is in a wrong list");
      expect(isLinkedBack, "pool", pool, "its back link is wrong");
      expect(hasFree, "pool", pool, "it is not the first of its list and has no free block");
      linked.set(pool, sizeClass);
      previous = pool;
      pool = words[pool + layout.NEXT_POOL] as number;
    }
  }
  const isNoPool =
    words[noPool + layout.FREE_BLOCK] === 0 && words[noPool + layout.CARVE_END] === 0;
  expect(isNoPool, "pool", noPool, "the record that ends the lists has blocks");
  return linked;
}

function neverUsedPoolCount(context: layout.PoolContext, arenaIndex: number): number {
  const record = layout.arenaRecord(context, arenaIndex);
  const carve = context.words[record + layout.NEXT_POOL_CARVE] as number;
  return (layout.firstPoolRecord(context, arenaIndex + 1) - carve) >> layout.POOL_RECORD_SHIFT;
}

function validateFreePools(context: layout.PoolContext, arenaIndex: number): Set<number> {
  const { words } = context;
  const record = layout.arenaRecord(context, arenaIndex);
  const freePools = new Set<number>();
  let pool = words[record + layout.FREE_POOLS] as number;
  while (pool !== 0) {
    expect(!freePools.has(pool), "free pools", pool, "a pool is linked twice");
    const owner = (words[pool + layout.POOL] as number) >>> ARENA_SHIFT;
    expect(owner === arenaIndex, "free pools", pool, "a pool of another arena is linked");
    freePools.add(pool);
    pool = words[pool + layout.NEXT_POOL] as number;
  }
  const count = freePools.size + neverUsedPoolCount(context, arenaIndex);
  expect(words[record + layout.FREE_POOL_COUNT] === count, "arena", record, `${count} are free`);
  return freePools;
}

/** Checks each carved pool of an arena; the number of them that are linked as used. */
function validatePoolsOf(
  context: layout.PoolContext,
  arenaIndex: number,
  freePools: ReadonlySet<number>,
  usedPools: ReadonlyMap<number, number>,
): number {
  const { words } = context;
  const record = layout.arenaRecord(context, arenaIndex);
  const end = words[record + layout.NEXT_POOL_CARVE] as number;
  const first = layout.firstPoolRecord(context, arenaIndex);
  let linkedCount = 0;
  for (let pool = first; pool < end; pool += 1 << layout.POOL_RECORD_SHIFT) {
    const usedCount = words[pool + layout.USED_COUNT] as number;
    const isLinked = usedPools.has(pool);
    if (isLinked) linkedCount++;
    if (words[pool + layout.SIZE_CLASS] === -1) {
      expect(freePools.has(pool), "pool", pool, "it was taken but not initialised");
      continue;
    }
    const sizeClass = words[pool + layout.SIZE_CLASS] as number;
    const isFull = usedCount === layout.blocksPerPool(sizeClass);
    const isFirst = words[context.state + layout.USED_POOLS + sizeClass + 1] === pool;
    expect(freePools.has(pool) === (usedCount === 0), "pool", pool, "empty and free differ");
    const isRight = isLinked === (usedCount > 0 && (!isFull || isFirst));
    expect(isRight, "pool", pool, "its list and state differ");
    validateBlocks(context, pool);
  }
  return linkedCount;
}

/** Live blocks, free blocks and blocks not yet carved tile the pool. */
function validateBlocks({ words, allocatedMap }: layout.PoolContext, pool: number): void {
  const sizeClass = words[pool + layout.SIZE_CLASS] as number;
  const sizeWords = layout.blockSizeWords(sizeClass);
  const first = words[pool + layout.POOL] as number;
  const carveEnd = first + layout.blocksPerPool(sizeClass) * sizeWords;
  const nextCarve = words[pool + layout.NEXT_CARVE] as number;
  expect(words[pool + layout.CARVE_END] === carveEnd, "pool", pool, `carving ends at ${carveEnd}`);
  expect(nextCarve <= carveEnd, "pool", pool, "it was carved past its end");
  const isBlock = (block: number): boolean =>
    block >= first && block < nextCarve && (block - first) % sizeWords === 0;
  const live = new Set<number>();
  walkAllocatedMap(words, allocatedMap, first, first + POOL_SIZE_WORDS, (block) => {
    expect(isBlock(block), "allocated map", block, "a bit is set where no block begins");
    live.add(block);
  });
  expect(words[pool + layout.USED_COUNT] === live.size, "pool", pool, `${live.size} blocks live`);
  const seen = new Set<number>();
  let block = words[pool + layout.FREE_BLOCK] as number;
  while (block !== 0) {
    expect(isBlock(block), "free block", block, "it is no block of its pool");
    expect(!live.has(block), "free block", block, "it is live as well");
    expect(!seen.has(block), "free block", block, "it is linked twice");
    seen.add(block);
    block = words[block] as number;
  }
  const carvedCount = (nextCarve - first) / sizeWords;
  expect(live.size + seen.size === carvedCount, "pool", pool, "a carved block is lost");
}

/** The usable arenas ascend by free pool count, and the index of last ones is right. */
function validateArenaOrder(context: layout.PoolContext, usableCount: number): void {
  const { words, state } = context;
  const lastWith = new Map<number, number>();
  let previous = 0;
  let previousCount = 1;
  let linkedCount = 0;
  let record = words[state + layout.USABLE_ARENAS] as number;
  while (record !== 0) {
    const count = words[record + layout.FREE_POOL_COUNT] as number;
    linkedCount++;
    expect(linkedCount <= usableCount, "usable arenas", record, "an arena is linked twice");
    expect(count >= previousCount, "usable arenas", record, "the order is not by free pools");
    expect(words[record + layout.PREVIOUS_ARENA] === previous, "arena", record, "a link is wrong");
    lastWith.set(count, record);
    previous = record;
    previousCount = count;
    record = words[record + layout.NEXT_ARENA] as number;
  }
  expect(linkedCount === usableCount, "usable arenas", state, `${usableCount} have free pools`);
  for (let count = 0; count <= layout.POOLS_PER_ARENA; count++) {
    const word = state + layout.LAST_ARENA_WITH + count;
    expect(words[word] === (lastWith.get(count) ?? 0), "arena index", word, "a last one is wrong");
  }
}

function expect(fact: boolean, structure: string, word: number, problem: string): void {
  if (!fact) throw new HeapCorruptionError({ structure, word, problem });
}
