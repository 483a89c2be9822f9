// What must hold of a private heap, as executable documentation: the arena table is the truth, and
// each figure of the header is recomputed from it, or held between the figures that bound it. Words
// that nothing uses are zero.

import { ARENA_SIZE_WORDS, HeapCorruptionError } from "@ouro/interfaces";
import { BACKING_KINDS } from "./backing.js";
import type { BorrowerTable } from "./borrower-table.js";
import { checkAttached, type HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";
import { holdsName, readName } from "./name-record.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(arenas). */
export function validateHeap(context: HeapContext, borrowers: BorrowerTable): void {
  checkAttached(context.words, "validate");
  validateHeader(context);
  validateRecords(context, layout.BORROWERS, layout.BORROWER_LIMIT, layout.BORROWER_USED_WORDS);
  validateRecords(context, layout.REGIONS, layout.REGION_LIMIT, layout.REGION_USED_WORDS);
  validateArenas(context, borrowers);
  validateRegions(context);
}

/** The words that never change, and the counts that the other checks rely on. */
function validateHeader({ words, base, heapLayout, backing }: HeapContext): void {
  const { windowStart, windowEnd, firstArenaIndex, arenaCount } = heapLayout;
  const usable = arenaCount - firstArenaIndex;
  const check = (offset: number, from: number, to: number): void => {
    const actual = words[base + offset]!;
    if (actual >= from && actual <= to) return;
    fail(base + offset, `header word ${offset} is ${actual}, not from ${from} to ${to}`);
  };
  const same = (offset: number, value: number): void => check(offset, value, value);
  same(layout.MAGIC, layout.HEAP_MAGIC);
  same(layout.VERSION, layout.HEAP_VERSION);
  same(layout.WINDOW_START, windowStart);
  same(layout.WINDOW_END, windowEnd);
  same(layout.FIRST_ARENA_INDEX, firstArenaIndex);
  same(layout.ARENA_COUNT, arenaCount);
  same(layout.BACKING, BACKING_KINDS.indexOf(backing.kind));
  check(layout.LIMIT_ARENAS, 0, usable);
  check(layout.SOFT_LIMIT_ARENAS, 0, usable);
  check(layout.HIGH_WATER_ARENAS, words[base + layout.LENT_ARENAS]!, usable);
  check(layout.TOUCHED_ARENA_END, words[base + layout.TOP_ARENA_END]!, arenaCount);
  check(layout.BORROWER_COUNT, 0, layout.BORROWER_LIMIT);
  check(layout.REGION_COUNT, 0, layout.REGION_LIMIT);
  if (backing.kind !== "resizable") same(layout.RETURNED_ARENAS, 0);
  expectZero(words, base + layout.HEADER_USED_WORDS, base + layout.BORROWERS);
}

/** Names are well-formed and differ, and what lies behind the last record is unused. */
function validateRecords(
  { words, base }: HeapContext,
  offset: number,
  limit: number,
  usedWords: number,
): void {
  const isRegion = offset === layout.REGIONS;
  const count = words[base + (isRegion ? layout.REGION_COUNT : layout.BORROWER_COUNT)]!;
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const record = base + offset + index * layout.RECORD_SIZE_WORDS;
    if (!holdsName(words, record)) fail(record, "a name is no name");
    const owner = isRegion ? words[record + layout.REGION_BORROWER]! : 0;
    names.add(`${owner} ${readName(words, record)}`);
    expectZero(words, record + usedWords, record + layout.RECORD_SIZE_WORDS);
  }
  if (names.size !== count) fail(base + offset, "two records have one name");
  const start = base + offset + count * layout.RECORD_SIZE_WORDS;
  expectZero(words, start, base + offset + limit * layout.RECORD_SIZE_WORDS);
}

function validateArenas(
  { words, base, heapLayout, backing }: HeapContext,
  borrowers: BorrowerTable,
) {
  const { arenaTable, firstArenaIndex, arenaCount, firstRegion } = heapLayout;
  const lentByBorrower = new Array<number>(borrowers.count() + 1).fill(0);
  let lentCount = 0;
  let topEnd = firstArenaIndex;
  let lowestFree = arenaCount;
  expectZero(words, arenaTable, arenaTable + firstArenaIndex);
  expectZero(words, arenaTable + arenaCount, firstRegion);
  for (let index = firstArenaIndex; index < arenaCount; index++) {
    const borrower = words[arenaTable + index]!;
    if (lentByBorrower[borrower] === undefined) fail(arenaTable + index, `no ${borrower} borrows`);
    lentByBorrower[borrower]!++;
    if (borrower === 0) {
      lowestFree = Math.min(lowestFree, index);
      continue;
    }
    lentCount++;
    topEnd = index + 1;
  }
  const hint = words[base + layout.LOWEST_FREE_HINT]!;
  const lentSoFar = lentCount + (words[base + layout.RELEASED_ARENAS]! >>> 0);
  expect(words[base + layout.LENT_ARENAS] === lentCount, base, `${lentCount} arenas are lent`);
  expect(words[base + layout.TOP_ARENA_END] === topEnd, base, `the top arena ends at ${topEnd}`);
  expect(hint >= firstArenaIndex && hint <= lowestFree, base, "a free arena is overlooked");
  expect(words[base + layout.HIGH_WATER_ARENAS]! <= lentSoFar, base, "the high water is too high");
  const reserveCount = words[base + layout.RESERVE_COUNT]! >>> 0;
  const isPossible =
    reserveCount <= lentSoFar && lentSoFar <= reserveCount * (arenaCount - firstArenaIndex);
  expect(isPossible, base, `${reserveCount} reservations lent ${lentSoFar} arenas`);
  for (let borrower = 1; borrower <= borrowers.count(); borrower++) {
    const isEqual = borrowers.lentArenaCount(borrower) === lentByBorrower[borrower];
    expect(isEqual, base, `borrower ${borrower} has ${lentByBorrower[borrower]} arenas`);
  }
  const isFitted = backing.kind !== "resizable" || words.length === topEnd * ARENA_SIZE_WORDS;
  expect(isFitted, base, "the memory does not end with its top arena");
}

function validateRegions({ words, base, heapLayout }: HeapContext): void {
  let end = heapLayout.firstRegion;
  for (let index = 0; index < words[base + layout.REGION_COUNT]!; index++) {
    const record = base + layout.REGIONS + index * layout.RECORD_SIZE_WORDS;
    const borrower = words[record + layout.REGION_BORROWER]!;
    const sizeWords = words[record + layout.REGION_SIZE]!;
    const isBorrower = borrower >= 1 && borrower <= words[base + layout.BORROWER_COUNT]!;
    expect(isBorrower, record, `region ${index} is of no borrower`);
    expect(words[record + layout.REGION_START] === end, record, `region ${index} is not at ${end}`);
    expect(sizeWords > 0 && sizeWords % 4 === 0, record, `region ${index} has ${sizeWords} words`);
    end += sizeWords;
  }
  expect(words[base + layout.REGION_TOP] === end, base, `the regions end at ${end}`);
  const room = heapLayout.firstArenaIndex * ARENA_SIZE_WORDS;
  expect(end <= room, base, "the regions reach into the first arena");
}

function expectZero(words: Int32Array, start: number, end: number): void {
  for (let word = start; word < end; word++) {
    if (words[word] !== 0) fail(word, `an unused word is ${words[word]}`);
  }
}

function expect(fact: boolean, word: number, problem: string): void {
  if (!fact) fail(word, problem);
}

function fail(word: number, problem: string): never {
  throw new HeapCorruptionError({ structure: "private heap", word, problem });
}
