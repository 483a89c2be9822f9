// Which arena gives the next pool: the fullest one that has a free pool, so that nearly empty
// arenas drain and go back. The usable arenas (those with a free pool) form a list sorted ascending
// by free pool count; `LAST_ARENA_WITH + n` names the last arena with n free pools, so that an
// arena whose count rises by one finds its new place in O(1). One wholly free arena is kept, the
// lowest of those that came free: a kept arena on top would pin all memory below it.
//
//   usable arenas → [1 free] ↔ [1] ↔ [3] ↔ [64]          last with 1 ─┐  with 3 ─┐  with 64 ─┐
//                             └───────────────────────────────────────┘          …           …
//
// After CPython's obmalloc (`usable_arenas`, `nfp2lasta`, insert_to_freepool).

import { ARENA_SHIFT, ARENA_SIZE_WORDS, type ArenaSource, POOL_SIZE_WORDS } from "@ouro/interfaces";
import * as layout from "./pool-layout.js";

export interface ArenaList {
  /** The record of a pool to use, carved or used before; 0 when the source has no arena left. */
  takePool(): number;
  /** Takes an empty pool back, by its record. O(1). */
  releasePool(pool: number): void;
  /** Whether a pool, given back now, would be the one that `takePool` answers next. O(1). */
  isNext(pool: number): boolean;
  /** Gives the kept arena back, if there is one. O(1). */
  releaseKept(): void;
}

export function createArenaList(
  context: layout.PoolContext,
  source: ArenaSource,
  keepsArena: boolean,
): ArenaList {
  const { words, state, arenaRecords, borrower } = context;
  const lastArenaWith = state + layout.LAST_ARENA_WITH;
  const usableArenas = state + layout.USABLE_ARENAS;

  const get = (word: number): number => words[word] as number;

  function takePool(): number {
    const record = get(usableArenas) || reserveArena();
    if (record === 0) return 0;
    const count = get(record + layout.FREE_POOL_COUNT);
    if (get(lastArenaWith + count) === record) words[lastArenaWith + count] = 0;
    words[record + layout.FREE_POOL_COUNT] = count - 1;
    if (count > 1) words[lastArenaWith + count - 1] = record;
    else unlink(record);
    return takePoolOf(record);
  }

  function takePoolOf(record: number): number {
    const freed = get(record + layout.FREE_POOLS);
    if (freed !== 0) {
      words[record + layout.FREE_POOLS] = get(freed + layout.NEXT_POOL);
      return freed;
    }
    const carved = get(record + layout.NEXT_POOL_CARVE);
    const arenaIndex = (record - arenaRecords) / layout.ARENA_RECORD_SIZE_WORDS;
    const poolIndex = (carved - layout.firstPoolRecord(context, arenaIndex)) >> 3;
    words[record + layout.NEXT_POOL_CARVE] = carved + (1 << layout.POOL_RECORD_SHIFT);
    words[carved + layout.POOL] = arenaIndex * ARENA_SIZE_WORDS + poolIndex * POOL_SIZE_WORDS;
    words[carved + layout.SIZE_CLASS] = -1;
    words[carved + layout.USED_COUNT] = 0;
    return carved;
  }

  /** Makes a fresh arena the only usable one: it is asked for only when there is none. */
  function reserveArena(): number {
    const arena = source.reserveArenas(borrower, 1);
    if (arena === 0) return 0;
    const record = layout.arenaRecord(context, arena >>> ARENA_SHIFT);
    words[record + layout.FREE_POOLS] = 0;
    words[record + layout.FREE_POOL_COUNT] = layout.POOLS_PER_ARENA;
    words[record + layout.NEXT_POOL_CARVE] = layout.firstPoolRecord(context, arena >>> ARENA_SHIFT);
    words[record + layout.NEXT_ARENA] = 0;
    words[record + layout.PREVIOUS_ARENA] = 0;
    words[usableArenas] = record;
    words[lastArenaWith + layout.POOLS_PER_ARENA] = record;
    countArena(1);
    return record;
  }

  function countArena(step: 1 | -1): void {
    const total = state + (step > 0 ? layout.RESERVED_ARENA_TOTAL : layout.RELEASED_ARENA_TOTAL);
    words[total] = get(total) + 1;
    const current = get(state + layout.CURRENT_ARENA_COUNT) + step;
    words[state + layout.CURRENT_ARENA_COUNT] = current;
    const highWater = state + layout.HIGH_WATER_ARENA_COUNT;
    if (current > get(highWater)) words[highWater] = current;
  }

  function releasePool(pool: number): void {
    const record = layout.arenaRecord(context, get(pool + layout.POOL) >>> ARENA_SHIFT);
    words[pool + layout.NEXT_POOL] = get(record + layout.FREE_POOLS);
    words[record + layout.FREE_POOLS] = pool;
    const count = get(record + layout.FREE_POOL_COUNT);
    const last = get(lastArenaWith + count);
    if (last === record) forgetLast(record, count);
    words[record + layout.FREE_POOL_COUNT] = count + 1;
    if (count === 0) linkFirst(record);
    else if (count + 1 === layout.POOLS_PER_ARENA && !isKept(record)) {
      const kept = get(lastArenaWith + layout.POOLS_PER_ARENA);
      if (kept > record) keepInstead(record, kept);
      else releaseArena(record);
    } else {
      if (get(lastArenaWith + count + 1) === 0) words[lastArenaWith + count + 1] = record;
      if (last !== record) moveAfter(record, last);
    }
  }

  /** Its arena gives next and will still do so, and does not go back. */
  function isNext(pool: number): boolean {
    const record = layout.arenaRecord(context, get(pool + layout.POOL) >>> ARENA_SHIFT);
    const count = get(record + layout.FREE_POOL_COUNT);
    if (count === 0) return true;
    const isHead = get(usableArenas) === record && get(lastArenaWith + count) === record;
    return isHead && count + 1 < layout.POOLS_PER_ARENA;
  }

  /** The only usable arena, where one is kept; who keeps none has none with so many free pools. */
  function isKept(record: number): boolean {
    return keepsArena && get(record + layout.NEXT_ARENA) === 0;
  }

  /** `record` is no longer the last with `count` free pools: its predecessor may be. */
  function forgetLast(record: number, count: number): void {
    const previous = count === 0 ? 0 : get(record + layout.PREVIOUS_ARENA);
    const isLast = previous !== 0 && get(previous + layout.FREE_POOL_COUNT) === count;
    words[lastArenaWith + count] = isLast ? previous : 0;
  }

  function linkFirst(record: number): void {
    const head = get(usableArenas);
    words[record + layout.NEXT_ARENA] = head;
    words[record + layout.PREVIOUS_ARENA] = 0;
    if (head !== 0) words[head + layout.PREVIOUS_ARENA] = record;
    words[usableArenas] = record;
    if (get(lastArenaWith + 1) === 0) words[lastArenaWith + 1] = record;
  }

  function unlink(record: number): void {
    const next = get(record + layout.NEXT_ARENA);
    const previous = get(record + layout.PREVIOUS_ARENA);
    if (previous === 0) words[usableArenas] = next;
    else words[previous + layout.NEXT_ARENA] = next;
    if (next !== 0) words[next + layout.PREVIOUS_ARENA] = previous;
  }

  function moveAfter(record: number, last: number): void {
    unlink(record);
    const next = get(last + layout.NEXT_ARENA);
    words[record + layout.PREVIOUS_ARENA] = last;
    words[record + layout.NEXT_ARENA] = next;
    words[last + layout.NEXT_ARENA] = record;
    if (next !== 0) words[next + layout.PREVIOUS_ARENA] = record;
  }

  function keepInstead(record: number, kept: number): void {
    moveAfter(record, kept);
    words[lastArenaWith + layout.POOLS_PER_ARENA] = record;
    releaseArena(kept);
  }

  function releaseKept(): void {
    const kept = get(lastArenaWith + layout.POOLS_PER_ARENA);
    if (kept === 0) return;
    words[lastArenaWith + layout.POOLS_PER_ARENA] = 0;
    releaseArena(kept);
  }

  function releaseArena(record: number): void {
    unlink(record);
    const arenaIndex = (record - arenaRecords) / layout.ARENA_RECORD_SIZE_WORDS;
    countArena(-1);
    source.releaseArenas(borrower, (arenaIndex * ARENA_SIZE_WORDS) as never, 1);
  }

  return { takePool, releasePool, isNext, releaseKept };
}
