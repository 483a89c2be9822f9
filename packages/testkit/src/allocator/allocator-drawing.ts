// An allocator's memory drawn: the arenas that are lent to it, and in them the blocks of the book,
// whether it says the same of them or not.
//
//   arena 1, lent to "pools"
//     262144  262160  262164
//     │… 64 B │b1 16 B│▶b2 16 B│… 1 MiB │
//     b2: GIVEN WHILE b1 IS THERE

import { ARENA_SIZE_WORDS, type PrivateHeap } from "@ouro/interfaces";
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
import type { AllocatorLog } from "./allocator-script.js";
import type { AllocatorMaker, AllocatorSubject } from "./allocator-subject.js";
import {
  type BlockBook,
  type BookBlock,
  changeIn,
  createBlockBook,
  endWordOf,
} from "./block-book.js";

/** What is lent, or was given, in the order of addresses. */
interface Run {
  readonly startWord: number;
  readonly endWord: number;
  readonly title: string;
}

/** Memory before the last call and after it; undefined when nothing is called. */
export function drawAllocator(maker: AllocatorMaker, log: AllocatorLog): Drawing | undefined {
  return drawCalls(log, {
    make: () => maker.make(),
    createBook: createBlockBook,
    pictureOf,
    isWrong,
  });
}

function pictureOf(
  book: BlockBook,
  { heap, allocator }: AllocatorSubject,
  about: readonly string[],
): MemoryPicture {
  const spans = spansOf(book, heap, about);
  // A broken list may go round: who contradicts the book is not asked for more.
  const isTorn = isWrong(book, { heap });
  const said = isTorn ? { wrongs: new Map(), notes: [] } : compareBooks(book, allocator);
  let left = spans.map((span) => {
    const more = said.wrongs.get(span.name);
    return more === undefined ? span : { ...span, wrongs: [...span.wrongs, more] };
  });
  const rows: MemoryRow[] = [];
  for (const run of lentRuns(heap)) {
    const isIn = ({ startWord }: MemorySpan): boolean =>
      startWord >= run.startWord && startWord < run.endWord;
    rows.push({ ...run, spans: left.filter(isIn) });
    left = left.filter((span) => !isIn(span));
  }
  const outside = left.filter(({ fate }) => fate === "live");
  if (outside.length > 0) rows.push(rowOutside(outside));
  const notes = rows.length === 0 ? ["no arena is lent"] : [];
  const freed = book.foreign.map((number) => `FREED: ${number}, WHICH IS NO BLOCK`);
  return { rows, notes, wrongs: [...freed, ...said.notes] };
}

/** Whether what was answered contradicts itself, or what was written is gone. */
function isWrong(book: BlockBook, { heap }: Pick<AllocatorSubject, "heap">): boolean {
  if (book.foreign.length > 0) return true;
  return book.blocks.some((one) => wrongsOf(one, book.blocks, heap).length > 0);
}

function rowOutside(spans: readonly MemorySpan[]): MemoryRow {
  const startWord = Math.min(...spans.map((span) => span.startWord));
  return { title: "in no arena that is lent", startWord, endWord: startWord, spans };
}

/** Adjacent arenas of one borrower are one run: a block may lie in several. */
function lentRuns(heap: PrivateHeap): Run[] {
  const { words, arenaTable, arenaCount } = heap;
  const { borrowers } = heap.statistics();
  const runs: Run[] = [];
  for (let first = 0, next = 0; first < arenaCount; first = next) {
    const borrower = words[arenaTable + first] as number;
    next = first + 1;
    while (next < arenaCount && words[arenaTable + next] === borrower) next++;
    if (borrower === 0) continue;
    const name = borrowers[borrower - 1]?.name ?? `borrower ${borrower}`;
    const which = next === first + 1 ? `arena ${first}` : `arenas ${first} to ${next - 1}`;
    const title = `${which}, lent to "${name}"`;
    runs.push({ title, startWord: first * ARENA_SIZE_WORDS, endWord: next * ARENA_SIZE_WORDS });
  }
  return runs;
}

/** Live blocks, and of freed ones those in whose words nobody lives since. */
function spansOf({ blocks }: BlockBook, heap: PrivateHeap, about: readonly string[]): MemorySpan[] {
  const spans: MemorySpan[] = [];
  for (const one of blocks.toReversed()) {
    const { name, block, isLive } = one;
    const extent = { startWord: block, endWord: endWordOf(one) };
    if (!isLive && spans.some((span) => isOver(span, extent))) continue;
    const fate = isLive ? "live" : "freed";
    const note = isLive ? sizeText(one.usableBytes ?? one.requestBytes) : "freed";
    const wrongs = wrongsOf(one, blocks, heap);
    // The program did that: it is shown, and is no fault of the allocator.
    if (isLive && one.changeBefore !== 0) wrongs.push("THE WORD BEFORE IT IS CHANGED");
    spans.push({ name, note, ...extent, fate, isMarked: about.includes(name), wrongs });
  }
  // Freed ones that an older live block lies over.
  return spans
    .reverse()
    .filter(
      (span) =>
        span.fate === "live" ||
        !spans.some((other) => other.fate === "live" && isOver(span, other)),
    );
}

function wrongsOf(one: BookBlock, blocks: readonly BookBlock[], heap: PrivateHeap): string[] {
  if (!one.isLive) return one.isFreedAgain ? ["FREED AGAIN"] : [];
  const wrongs: string[] = [];
  const { block, requestBytes, usableBytes = requestBytes } = one;
  const extent = { startWord: block, endWord: endWordOf(one) };
  const isThere = (other: BookBlock): boolean =>
    other.isLive && isOver(extent, { startWord: other.block, endWord: endWordOf(other) });
  const age = blocks.indexOf(one);
  const older = blocks.slice(0, age).filter(isThere);
  const younger = blocks.slice(age + 1).filter(isThere);
  if (older.length > 0) wrongs.push(`OVER ${namesOf(older)}`);
  if (younger.length > 0) wrongs.push(`UNDER ${namesOf(younger)}`);
  if (block % 4 !== 0) wrongs.push("NOT ON 16 BYTES");
  if (usableBytes < requestBytes) wrongs.push(`${requestBytes} BYTES WERE ASKED FOR`);
  const lastArena = (extent.endWord - 1) >>> 18;
  const isLent = (arena: number): boolean => heap.words[heap.arenaTable + arena] !== 0;
  if (isLent(block >>> 18) && !isLent(lastArena)) wrongs.push("REACHES INTO AN ARENA NOT LENT");
  const change = changeIn(one, heap.words);
  if (change >= 0) wrongs.push(`CHANGED AT ITS WORD ${change}`);
  return wrongs;
}

function namesOf(blocks: readonly BookBlock[]): string {
  const more = blocks.length > 3 ? ` AND ${blocks.length - 3} MORE` : "";
  return (
    blocks
      .slice(0, 3)
      .map(({ name }) => name)
      .join(" ") + more
  );
}

/** More than a walk of these blocks can give. */
const WALK_LIMIT_COUNT = 10_000;
const NOTE_LIMIT_COUNT = 8;

/** What the allocator says of itself, where it differs from what lives by the book. */
function compareBooks(
  { blocks }: BlockBook,
  allocator: AllocatorSubject["allocator"],
): { readonly wrongs: Map<string, string>; readonly notes: string[] } {
  const live = blocks.filter(({ isLive }) => isLive);
  const left = new Map(live.map((one) => [one.block, one]));
  const wrongs = new Map<string, string>();
  const notes: string[] = [];
  let visitCount = 0;
  try {
    const { liveBlockCount } = allocator.statistics();
    if (liveBlockCount !== live.length) {
      notes.push(`STATISTICS: ${liveBlockCount} LIVE, NOT ${live.length}`);
    }
    allocator.walk((block, usableBytes) => {
      if (++visitCount > WALK_LIMIT_COUNT + blocks.length) throw new Error("it does not end");
      const known = left.get(block);
      left.delete(block);
      const dead = blocks.findLast((one) => one.block === block);
      if (known === undefined) notes.push(`WALKED: ${dead?.name ?? block}, WHICH IS NOT LIVE`);
      else if (usableBytes !== (known.usableBytes ?? usableBytes))
        wrongs.set(known.name, `WALKED WITH ${usableBytes} B`);
    });
    for (const { name } of left.values()) wrongs.set(name, "NOT WALKED");
  } catch (error) {
    notes.push(`asked for its books, it threw: ${messageOf(error)}`);
  }
  return { wrongs, notes: notes.slice(0, NOTE_LIMIT_COUNT) };
}
