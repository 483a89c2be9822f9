// What must hold of a private heap, as executable documentation: the arena table is the truth, and
// each figure of the header is recomputed from it.

import { ARENA_SIZE_WORDS, HeapCorruptionError } from "@ouro/interfaces";
import type { BorrowerTable } from "./borrower-table.js";
import type { HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(arenas). */
export function validateHeap(context: HeapContext, borrowers: BorrowerTable): void {
  const { words, base, heapLayout } = context;
  const { arenaTable, firstArenaIndex, arenaCount } = heapLayout;
  expect(words.length > 0, base, "its memory was detached, as growing a WebAssembly.Memory does");
  expect(words[base + layout.MAGIC] === layout.HEAP_MAGIC, base, "the header's mark is gone");
  expect(words[base + layout.ARENA_COUNT] === arenaCount, base, "the arena count changed");
  const lentByBorrower = new Array<number>(borrowers.count() + 1).fill(0);
  let lentCount = 0;
  let topEnd = firstArenaIndex;
  let lowestFree = arenaCount;
  for (let index = 0; index < arenaCount; index++) {
    const borrower = words[arenaTable + index]!;
    const word = arenaTable + index;
    expect(borrower >= 0 && borrower <= borrowers.count(), word, `no borrower is ${borrower}`);
    if (borrower === 0) {
      if (index >= firstArenaIndex && index < lowestFree) lowestFree = index;
      continue;
    }
    expect(index >= firstArenaIndex, word, "an arena over the heap's own tables is lent");
    lentCount++;
    lentByBorrower[borrower]!++;
    topEnd = index + 1;
  }
  expect(words[base + layout.LENT_ARENAS] === lentCount, base, `${lentCount} arenas are lent`);
  expect(words[base + layout.TOP_ARENA_END] === topEnd, base, `the top arena ends at ${topEnd}`);
  expect(words[base + layout.LOWEST_FREE_HINT]! <= lowestFree, base, "a free arena is overlooked");
  expect(words[base + layout.TOUCHED_ARENA_END]! >= topEnd, base, "a lent arena was never touched");
  expect(words[base + layout.HIGH_WATER_ARENAS]! >= lentCount, base, "the high water is too low");
  for (let borrower = 1; borrower <= borrowers.count(); borrower++) {
    const isEqual = borrowers.lentArenaCount(borrower) === lentByBorrower[borrower];
    expect(isEqual, base, `borrower ${borrower} has ${lentByBorrower[borrower]} arenas`);
  }
  validateRegions(context);
}

function validateRegions({ words, base, heapLayout }: HeapContext): void {
  let end = heapLayout.firstRegion;
  for (let index = 0; index < words[base + layout.REGION_COUNT]!; index++) {
    const record = base + layout.REGIONS + index * layout.RECORD_SIZE_WORDS;
    expect(words[record + layout.REGION_START] === end, record, `region ${index} is not at ${end}`);
    end += words[record + layout.REGION_SIZE]!;
  }
  expect(words[base + layout.REGION_TOP] === end, base, `the regions end at ${end}`);
  const room = heapLayout.firstArenaIndex * ARENA_SIZE_WORDS;
  expect(end <= room, base, "the regions reach into the first arena");
}

function expect(fact: boolean, word: number, problem: string): void {
  if (!fact) throw new HeapCorruptionError({ structure: "private heap", word, problem });
}
