// What must hold of a private heap, as executable documentation: the arena table is the truth, and
// each figure of the header is recomputed from it, or held between the figures that bound it. Words
// that nothing uses are zero.

import { ARENA_SIZE_WORDS, expectSound } from "@ouro/interfaces";
import { BACKING_KINDS } from "./backing.js";
import type { HeapContext } from "./heap-context.js";
import {
  ARENA_COUNT,
  BACKING,
  BORROWER_COUNT,
  BORROWER_LENT_ARENAS,
  BORROWER_LIMIT,
  BORROWERS,
  FIRST_ARENA_INDEX,
  HEADER_USED_WORDS,
  HEAP_MAGIC,
  HEAP_VERSION,
  HIGH_WATER_ARENAS,
  LENT_ARENAS,
  LIMIT_ARENAS,
  LOWEST_FREE_HINT,
  MAGIC,
  RECORD_OWNER,
  RECORD_SIZE_WORDS,
  REGION_COUNT,
  REGION_LIMIT,
  REGION_SIZE,
  REGION_START,
  REGION_TOP,
  REGIONS,
  RELEASED_ARENAS,
  RESERVE_COUNT,
  RETURNED_ARENAS,
  SOFT_LIMIT_ARENAS,
  TOP_ARENA_END,
  TOUCHED_ARENA_END,
  VERSION,
  WINDOW_END,
  WINDOW_START,
} from "./heap-layout.js";
import { heldName, paddedName } from "./records.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(arenas). */
export function validateHeap(context: HeapContext): void {
  context.checkAttached("validate");
  validateHeader(context);
  validateRecords(context, BORROWERS, BORROWER_COUNT, BORROWER_LIMIT);
  validateRecords(context, REGIONS, REGION_COUNT, REGION_LIMIT);
  validateArenas(context);
}

/** The word at an offset from the header is in [from, to]. */
function check({ base, get }: HeapContext, offset: number, from: number, to: number = from): void {
  const actual = get(offset);
  if (actual >= from && actual <= to) return;
  expectSound(false, "private heap", base + offset, `${actual} is not from ${from} to ${to}`);
}

/** The words that never change, and the counts that the other checks rely on. */
function validateHeader(context: HeapContext): void {
  const { backing, base, windowEnd, firstArenaIndex, arenaCount, get } = context;
  const usableCount = arenaCount - firstArenaIndex;
  const bounds: [offset: number, from: number, to?: number][] = [
    [MAGIC, HEAP_MAGIC],
    [VERSION, HEAP_VERSION],
    [WINDOW_START, base],
    [WINDOW_END, windowEnd],
    [FIRST_ARENA_INDEX, firstArenaIndex],
    [ARENA_COUNT, arenaCount],
    [BACKING, BACKING_KINDS.indexOf(backing)],
    [LIMIT_ARENAS, 0, usableCount],
    [SOFT_LIMIT_ARENAS, 0, usableCount],
    [HIGH_WATER_ARENAS, get(LENT_ARENAS), usableCount],
    [TOUCHED_ARENA_END, get(TOP_ARENA_END), arenaCount],
    [BORROWER_COUNT, 0, BORROWER_LIMIT],
    [REGION_COUNT, 0, REGION_LIMIT],
  ];
  for (const [offset, from, to] of bounds) check(context, offset, from, to);
  if (backing !== "resizable") check(context, RETURNED_ARENAS, 0);
  checkZero(context, HEADER_USED_WORDS, BORROWERS);
}

/**
 * Names are well-formed and differ, regions follow one another and have a borrower, and what lies
 * behind the last record is unused.
 */
function validateRecords(
  context: HeapContext,
  records: number,
  countOffset: number,
  limit: number,
): void {
  const { base, get } = context;
  const isRegion = records === REGIONS;
  const names = new Set<string>();
  let regionEnd = context.firstRegion;
  let record = records;
  for (let index = 0; index < get(countOffset); index++) {
    const held = heldName(context, record);
    const owner = get(record + RECORD_OWNER);
    const key = `${owner} ${held}`;
    const isName = paddedName(held.split("\0")[0]) === held && !names.has(key);
    expectSound(isName, "private heap", base + record, "no name, or not the only one");
    names.add(key);
    const owners = isRegion ? [1, get(BORROWER_COUNT)] : [0];
    check(context, record + RECORD_OWNER, owners[0]!, owners[1]);
    if (isRegion) {
      check(context, record + REGION_START, regionEnd);
      const sizeWords = get(record + REGION_SIZE);
      check(context, record + REGION_SIZE, Math.max(sizeWords & ~3, 4));
      regionEnd += sizeWords;
    } else checkZero(context, record + REGION_SIZE, record + REGION_SIZE + 1);
    record += RECORD_SIZE_WORDS;
    checkZero(context, record - 1, record);
  }
  checkZero(context, record, records + limit * RECORD_SIZE_WORDS);
  if (!isRegion) return;
  check(context, REGION_TOP, regionEnd);
  check(context, REGION_TOP, 0, context.firstArenaIndex * ARENA_SIZE_WORDS);
}

function validateArenas(context: HeapContext): void {
  const { words, base, firstArenaIndex, arenaCount, get } = context;
  const table = context.arenaTable - base;
  const lentByBorrower = new Array<number>(get(BORROWER_COUNT) + 1).fill(0);
  let topEnd = firstArenaIndex;
  let lowestFree = arenaCount;
  checkZero(context, table, table + firstArenaIndex);
  checkZero(context, table + arenaCount, context.firstRegion - base);
  for (let index = arenaCount - 1; index >= firstArenaIndex; index--) {
    check(context, table + index, 0, lentByBorrower.length - 1);
    const borrower = get(table + index);
    lentByBorrower[borrower]!++;
    if (borrower === 0) lowestFree = index;
    else topEnd = Math.max(topEnd, index + 1);
  }
  const usableCount = arenaCount - firstArenaIndex;
  const lentCount = usableCount - lentByBorrower[0]!;
  const lentSoFar = lentCount + (get(RELEASED_ARENAS) >>> 0);
  const reserveCount = get(RESERVE_COUNT) >>> 0;
  check(context, LENT_ARENAS, lentCount);
  check(context, TOP_ARENA_END, topEnd);
  check(context, LOWEST_FREE_HINT, firstArenaIndex, lowestFree);
  check(context, HIGH_WATER_ARENAS, 0, lentSoFar);
  const isPossible = reserveCount <= lentSoFar && lentSoFar <= reserveCount * usableCount;
  expectSound(isPossible, "private heap", base + RESERVE_COUNT, "count of reservations");
  for (let borrower = 1; borrower < lentByBorrower.length; borrower++) {
    const record = BORROWERS + (borrower - 1) * RECORD_SIZE_WORDS;
    check(context, record + BORROWER_LENT_ARENAS, lentByBorrower[borrower]!);
  }
  const isFitted = context.backing !== "resizable" || words.length === topEnd * ARENA_SIZE_WORDS;
  expectSound(isFitted, "private heap", base, "the memory does not end with its top arena");
}

function checkZero(context: HeapContext, start: number, end: number): void {
  for (let offset = start; offset < end; offset++) {
    if (context.get(offset) !== 0) check(context, offset, 0);
  }
}
