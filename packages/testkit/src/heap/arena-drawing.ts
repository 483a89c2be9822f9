// A heap drawn: its arenas by number, lent to whom, and its regions by words; what the arena table
// has beside what was answered is said where it differs.
//
//   9 arenas of 1 MiB, limit 8 MiB
//     0               1             3
//     │tables 1 arena │▶pools 2 MiB │… 6 MiB│
//     pools: OVER large

import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, type PrivateHeap } from "@ouro/interfaces";
import { drawCalls } from "../calls/call-drawing.js";
import {
  isOver,
  type MemoryPicture,
  type MemoryRow,
  type MemorySpan,
  sizeText,
} from "../memory/memory-picture.js";
import { messageOf } from "../record.js";
import type { Drawing } from "../report.js";
import { type ArenaBook, type BookRegion, createArenaBook, type Loan } from "./arena-book.js";
import type { HeardHeap } from "./heap-acts.js";
import { BORROWER_NAMES } from "./heap-commands.js";
import { type HeapLog, makeHeard } from "./heap-script.js";
import { type HeapMaker, SOFT_LIMIT_BYTES } from "./heap-subject.js";

/** Arenas before the last call and after it; undefined when nothing is called. */
export function drawHeap(maker: HeapMaker, log: HeapLog): Drawing | undefined {
  return drawCalls(log, {
    make: () => makeHeard(maker, log),
    createBook: createArenaBook,
    pictureOf: (book, { heap, reportCount }, about) =>
      pictureOf(book, heap, about, log.isHeard ? reportCount() : undefined),
    isWrong,
  });
}

function isWrong(book: ArenaBook, { heap }: HeardHeap): boolean {
  const { rows, wrongs } = pictureOf(book, heap, []);
  return wrongs.length > 0 || rows.some(({ spans }) => spans.some(hasWrongs));
}

const hasWrongs = ({ wrongs }: MemorySpan): boolean => wrongs.length > 0;

function pictureOf(
  book: ArenaBook,
  heap: PrivateHeap,
  about: readonly string[],
  reportCount?: number,
): MemoryPicture {
  const told = `, soft limit ${sizeText(SOFT_LIMIT_BYTES)}: reports ${reportCount}`;
  const rows = [arenaRow(book, heap, about, reportCount === undefined ? "" : told)];
  const { regions, releasedWrongly } = book;
  if (regions.length > 0) rows.push(regionRow(regions, heap, about));
  const released = releasedWrongly.map(
    (arena) => `RELEASED: ARENA ${arena}, WHICH WAS NOT LENT SO`,
  );
  return { rows, notes: [], wrongs: [...released, ...booksWrongs(book, heap)] };
}

function arenaRow(
  book: ArenaBook,
  heap: PrivateHeap,
  about: readonly string[],
  soft: string,
): MemoryRow {
  const { firstArenaIndex, arenaCount } = heap;
  const limit = sizeText(book.limitBytes ?? heap.limitBytes);
  const own: MemorySpan = {
    ...{ name: "tables", note: countText(firstArenaIndex), startWord: 0 },
    ...{ endWord: firstArenaIndex * ARENA_SIZE_WORDS, fate: "kept", isMarked: false, wrongs: [] },
  };
  const runs = [...runsOf(book.loans, "live"), ...runsOf(book.released, "freed")];
  return {
    title: `${arenaCount} arenas of ${sizeText(ARENA_SIZE_BYTES)}, limit ${limit}${soft}`,
    startWord: 0,
    endWord: arenaCount * ARENA_SIZE_WORDS,
    spans: [own, ...runs.map((run) => spanOf(run, book, heap, about))],
    boundaryText: (word) => String(word / ARENA_SIZE_WORDS),
  };
}

const countText = (count: number): string => `${count} ${count === 1 ? "arena" : "arenas"}`;

/** Adjacent arenas that one call lent. */
interface Run {
  readonly loans: Loan[];
  readonly fate: "live" | "freed";
}

function runsOf(loans: readonly Loan[], fate: Run["fate"]): Run[] {
  const sorted = [...loans].sort(
    (one, other) => one.callNumber - other.callNumber || one.arenaIndex - other.arenaIndex,
  );
  const runs: Run[] = [];
  for (const loan of sorted) {
    const last = runs.at(-1)?.loans.at(-1);
    const isNext = last?.callNumber === loan.callNumber && last.arenaIndex + 1 === loan.arenaIndex;
    if (isNext) runs.at(-1)?.loans.push(loan);
    else runs.push({ loans: [loan], fate });
  }
  return runs;
}

const nameOf = (borrower: number): string => BORROWER_NAMES[borrower - 1] ?? `borrower ${borrower}`;

function spanOf(
  { loans, fate }: Run,
  book: ArenaBook,
  heap: PrivateHeap,
  about: readonly string[],
): MemorySpan {
  const { arenaIndex, borrower } = loans[0] as Loan;
  const size = sizeText(loans.length * ARENA_SIZE_BYTES);
  return {
    name: nameOf(borrower),
    note: fate === "live" ? size : "released",
    startWord: arenaIndex * ARENA_SIZE_WORDS,
    endWord: (arenaIndex + loans.length) * ARENA_SIZE_WORDS,
    fate,
    isMarked: loans.some((loan) => about.includes(String(loan.arenaIndex))),
    wrongs: fate === "live" ? loans.flatMap((loan) => wrongsOf(loan, book, heap)) : [],
  };
}

function wrongsOf(loan: Loan, { loans }: ArenaBook, heap: PrivateHeap): string[] {
  const { arenaIndex, borrower } = loan;
  const wrongs: string[] = [];
  const others = loans.filter((other) => other !== loan && other.arenaIndex === arenaIndex);
  if (loan.isOverLimit) wrongs.push(`ARENA ${arenaIndex} IS OVER THE LIMIT`);
  for (const other of others) {
    const where = other.callNumber < loan.callNumber ? "OVER" : "UNDER";
    wrongs.push(`${where} ${nameOf(other.borrower)} IN ARENA ${arenaIndex}`);
  }
  const { firstArenaIndex, arenaCount, arenaTable, words } = heap;
  if (!(arenaIndex >= firstArenaIndex && arenaIndex < arenaCount)) {
    return [...wrongs, `ARENA ${arenaIndex} IS NONE THAT CAN BE LENT`];
  }
  const told = words[arenaTable + arenaIndex] as number;
  if (told !== borrower && others.length === 0) {
    const whose = told === 0 ? "IS FREE" : `IS LENT TO ${nameOf(told)}`;
    wrongs.push(`BY THE TABLE ARENA ${arenaIndex} ${whose}`);
  }
  return wrongs;
}

function regionRow(
  regions: readonly BookRegion[],
  { words }: PrivateHeap,
  about: readonly string[],
): MemoryRow {
  const spans = regions.map((region, index): MemorySpan => {
    const { name, key, start, sizeWords, fill } = region;
    const extent = extentOf(region);
    const isThere = (other: BookRegion): boolean => isOver(extent, extentOf(other));
    const changed = words
      .subarray(start, start + sizeWords)
      .findIndex((word) => fill !== undefined && word !== fill);
    return {
      ...{ name: `${name} ${key}`, note: `${sizeWords} words`, ...extent, fate: "kept" },
      isMarked: about.includes(name),
      wrongs: [
        ...regions
          .slice(0, index)
          .filter(isThere)
          .map((other) => `OVER ${other.name}`),
        ...regions
          .slice(index + 1)
          .filter(isThere)
          .map((other) => `UNDER ${other.name}`),
        ...(changed < 0 ? [] : [`CHANGED AT ITS WORD ${changed}`]),
      ],
    };
  });
  const startWord = Math.min(...spans.map((span) => span.startWord));
  return { title: "regions, by borrower and name", startWord, endWord: startWord, spans };
}

const extentOf = ({ start, sizeWords }: BookRegion) => ({
  startWord: start,
  endWord: start + Math.max(1, sizeWords),
});

/** What table, books and walk say of arenas that nobody was lent. */
function booksWrongs({ loans }: ArenaBook, heap: PrivateHeap): string[] {
  const notes: string[] = [];
  const { words, arenaTable, arenaCount } = heap;
  const lent = new Set(loans.map(({ arenaIndex }) => arenaIndex));
  for (let index = 0; index < arenaCount; index++) {
    const told = words[arenaTable + index] as number;
    if (told === 0 || lent.has(index)) continue;
    notes.push(`TABLE: ARENA ${index} IS LENT TO ${nameOf(told)}, AND WAS NOT`);
  }
  try {
    const { lentArenaCount } = heap.statistics();
    if (lentArenaCount !== lent.size) {
      notes.push(`STATISTICS: ${lentArenaCount} ARENAS LENT, NOT ${lent.size}`);
    }
    const walked: number[] = [];
    heap.walkArenas((arena) => void walked.push(arena / ARENA_SIZE_WORDS));
    const expected = [...lent].sort((one, other) => one - other);
    if (walked.join() !== expected.join()) {
      notes.push(
        `WALKED: ARENAS ${walked.join(", ") || "none"}, NOT ${expected.join(", ") || "none"}`,
      );
    }
  } catch (error) {
    notes.push(`asked for its books, it threw: ${messageOf(error)}`);
  }
  return notes;
}
