// What must hold of the pool allocator, as executable documentation. Lists first, then arenas, then
// pools and blocks: each list is walked with a bound, so that a broken link ends in a message, not
// a hang.

import { ARENA_SHIFT, expectSound, SIZE_CLASS_COUNT } from "@ouro/interfaces";
import * as layout from "./pool-layout.js";
import { isUnswept } from "./pool-sweep.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(memory lent). */
export function validatePools(context: layout.PoolContext): void {
  const { words, state, arenaTable } = context;
  const usedPools = collectUsedPools(context);
  let linkedCount = 0;
  let lentCount = 0;
  let usableCount = 0;
  for (let index = context.firstArenaIndex; index < context.arenaCount; index++) {
    if (words[arenaTable + index] !== context.borrower) continue;
    lentCount++;
    linkedCount += validateArena(context, index, usedPools);
    const record = layout.arenaRecord(context, index);
    if (words[record + layout.FREE_POOL_COUNT] !== 0) usableCount++;
  }
  expectAll("pool allocator", state, [
    [words[state + layout.CURRENT_ARENA_COUNT] === lentCount, "arena count"],
    [linkedCount === usedPools.size, "a linked pool is in no arena"],
  ]);
  validateArenaOrder(context, usableCount);
}

/** Throws for the first fact that does not hold. */
function expectAll(
  structure: string,
  word: number,
  facts: readonly (readonly [fact: boolean, problem: string])[],
): void {
  for (const [fact, problem] of facts) expectSound(fact, structure, word, problem);
}

/** The pools that are linked by `next`, in order; checks each. */
function collectList(
  words: Int32Array,
  first: number,
  end: number,
  next: number,
  factsOf: (item: number, previous: number) => readonly (readonly [boolean, string])[],
  seen: Set<number> = new Set(),
): Set<number> {
  let previous = end;
  for (let item = first; item !== end; item = words[item + next] as number) {
    expectAll("list", item, [[!seen.has(item), "linked twice"], ...factsOf(item, previous)]);
    seen.add(item);
    previous = item;
  }
  return seen;
}

/** Every pool in a list of used pools; checks the links on the way. */
function collectUsedPools(context: layout.PoolContext): Set<number> {
  const { words, state } = context;
  const linked = new Set<number>();
  const noPool = state + layout.NO_POOL;
  for (let sizeClass = 0; sizeClass < SIZE_CLASS_COUNT; sizeClass++) {
    const first = words[state + layout.USED_POOLS + sizeClass + 1] as number;
    const factsOf = (pool: number, previous: number): [boolean, string][] => [
      [words[pool + layout.SIZE_CLASS] === sizeClass, "size class"],
      [!isUnswept(context, pool), "linked before it is swept"],
      [pool === first || words[pool + layout.PREVIOUS_POOL] === previous, "back link"],
      [pool === first || words[pool + layout.FREE_WORDS] !== 0, "full, but not the first"],
    ];
    collectList(words, first, noPool, layout.NEXT_POOL, factsOf, linked);
  }
  expectSound(words[noPool + layout.FREE_WORDS] === 0, "no pool", noPool, "has blocks");
  return linked;
}

/** Checks an arena's free pools and each carved pool; how many of these are linked as used. */
function validateArena(
  context: layout.PoolContext,
  arenaIndex: number,
  usedPools: ReadonlySet<number>,
): number {
  const { words } = context;
  const record = layout.arenaRecord(context, arenaIndex);
  const first = words[record + layout.FREE_POOLS] as number;
  const freePools = collectList(words, first, 0, layout.NEXT_POOL, (pool) => [
    [(words[pool + layout.POOL] as number) >>> ARENA_SHIFT === arenaIndex, "of another arena"],
  ]);
  const carveEnd = words[record + layout.NEXT_POOL_CARVE] as number;
  const end = layout.firstPoolRecord(context, arenaIndex + 1);
  const freeCount = freePools.size + ((end - carveEnd) >> layout.POOL_RECORD_SHIFT);
  const isCounted = words[record + layout.FREE_POOL_COUNT] === freeCount;
  expectSound(isCounted, "arena", record, "free pool count");
  let linkedCount = 0;
  let pool = layout.firstPoolRecord(context, arenaIndex);
  for (; pool < carveEnd; pool += 1 << layout.POOL_RECORD_SHIFT) {
    if (usedPools.has(pool)) linkedCount++;
    validatePool(context, pool, freePools.has(pool), usedPools.has(pool));
  }
  return linkedCount;
}

/** A pool is in the list of its state; and its free words are what the map says. */
function validatePool(
  context: layout.PoolContext,
  pool: number,
  isFree: boolean,
  isLinked: boolean,
): void {
  const { words, state, allocatedMap } = context;
  const sizeClass = words[pool + layout.SIZE_CLASS] as number;
  if (sizeClass === -1) {
    expectSound(isFree, "pool", pool, "not initialised");
    return;
  }
  const usedCount = words[pool + layout.USED_COUNT] as number;
  const isFirst = words[state + layout.USED_POOLS + sizeClass + 1] === pool;
  const blockCount = layout.blocksPerPool(sizeClass);
  const isWaiting = usedCount === 0 && words[state + layout.WAITING_POOL] === pool;
  const isServing = isWaiting || (usedCount > 0 && (usedCount < blockCount || isFirst));
  const waits = usedCount > 0 && isUnswept(context, pool);
  const cursor = words[state + layout.SWEEP_CURSOR] as number;
  const poolIndex = (pool - context.poolRecords) >> layout.POOL_RECORD_SHIFT;
  const firstMapWord = allocatedMap + ((words[pool + layout.POOL] as number) >>> 7);
  const starts = state + layout.STARTS + (sizeClass + 1) * 32;
  let liveCount = 0;
  let freeWords = 0;
  for (let index = 0; index < 32; index++) {
    const map = words[firstMapWord + index] as number;
    const starting = words[starts + index] as number;
    expectSound((map & ~starting) === 0, "allocated map", firstMapWord + index, "no block begins");
    for (let bits = map; bits !== 0; bits &= bits - 1) liveCount++;
    if ((~map & starting) !== 0) freeWords |= 1 << index;
  }
  expectAll("pool", pool, [
    [isFree === (usedCount === 0 && !isWaiting), "empty and free differ"],
    [
      !isWaiting || words[pool + layout.NEXT_POOL] === state + layout.NO_POOL,
      "waits, not the last",
    ],
    [isLinked === (isServing && !waits), "list and state differ"],
    [!waits || poolIndex >= cursor, "the sweep passed it by"],
    [usedCount === liveCount, "used count"],
    [words[pool + layout.FREE_WORDS] === freeWords, "free words"],
  ]);
}

/** The usable arenas ascend by free pool count, and the index of last ones is right. */
function validateArenaOrder({ words, state }: layout.PoolContext, usableCount: number): void {
  const lastWith: number[] = [];
  let count = 1;
  const first = words[state + layout.USABLE_ARENAS] as number;
  const usable = collectList(words, first, 0, layout.NEXT_ARENA, (record, previous) => {
    const previousCount = count;
    count = words[record + layout.FREE_POOL_COUNT] as number;
    lastWith[count] = record;
    return [
      [count >= previousCount && count <= layout.POOLS_PER_ARENA, "order by free pools"],
      [words[record + layout.PREVIOUS_ARENA] === previous, "back link"],
    ];
  });
  expectSound(usable.size === usableCount, "usable arenas", state, "count");
  for (let free = 0; free <= layout.POOLS_PER_ARENA; free++) {
    const word = state + layout.LAST_ARENA_WITH + free;
    expectSound(words[word] === (lastWith[free] ?? 0), "arena index", word, "not the last");
  }
}
