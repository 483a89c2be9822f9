// Extents: runs of adjacent arenas that large blocks tile. An extent grows when nothing fits, in
// place where the arenas beside it are free, so that a huge block shares its last arena with
// others; and a free block that covers whole arenas gives them back, which may cut its extent in
// two.
//
//   │pad│ live │ free ──────────────────────────── │ live │S│
//   │      arena 4      │     arena 5     │      arena 6    │      arena 5 goes back:
//   │pad│ live │ free │S│                 │pad│free│ live │S│

import { ARENA_SHIFT, ARENA_SIZE_WORDS, type Arena, type ArenaSource } from "@ouro/interfaces";
import type { FreeBlockLists } from "./free-block-lists.js";
import * as layout from "./large-layout.js";

export interface Extents {
  /** Reserves arenas so that a block of this size fits; false when the source refuses. */
  grow(sizeWords: number): boolean;
  /** Lengthens the extent that ends at word `end` by at least this size, in place. */
  growAt(end: number, sizeWords: number): boolean;
  /** Links a free block, without the whole arenas in it, which go back to the source. */
  release(header: number, sizeWords: number): void;
}

export function createExtents(
  context: layout.LargeContext,
  source: ArenaSource,
  lists: FreeBlockLists,
): Extents {
  const { words, state, arenaTable, borrower } = context;
  const get = (word: number): number => words[word] as number;
  // The word after the table is another's, and may hold any number.
  const isOurs = (arenaIndex: number): boolean =>
    arenaIndex < context.arenaCount && words[arenaTable + arenaIndex] === borrower;
  const arenasFor = (sizeWords: number): number => Math.ceil(sizeWords / ARENA_SIZE_WORDS);

  function grow(sizeWords: number): boolean {
    const needed = arenasFor(sizeWords + layout.EXTENT_OVERHEAD_WORDS);
    if (needed > 1 && growCheapest(sizeWords, needed)) return true;
    const arena = source.reserveArenas(borrower, needed);
    if (arena === 0) return false;
    addArenas(arena, needed);
    return true;
  }

  /** Fills the gap beside our extents that takes fewest arenas, if that saves any. O(arenas). */
  function growCheapest(sizeWords: number, limit: number): boolean {
    let cheapest = limit;
    let cheapestArena = 0;
    let index = context.firstArenaIndex;
    while (index < context.arenaCount) {
      const start = index;
      while (index < context.arenaCount && words[arenaTable + index] === 0) index++;
      if (index > start) {
        const needed = arenasToFill(start, index, sizeWords);
        if (Math.abs(needed) < cheapest) {
          cheapest = Math.abs(needed);
          cheapestArena = (needed > 0 ? start : index + needed) * ARENA_SIZE_WORDS;
        }
      }
      index++;
    }
    return cheapestArena !== 0 && reserveAt(cheapestArena, cheapest);
  }

  /**
   * How many arenas of the gap [start, end) make room beside what is free before and behind it;
   * negative when they are to be taken from its end. Infinity when the gap is too small.
   */
  function arenasToFill(start: number, end: number, sizeWords: number): number {
    const tail = isOurs(start - 1) ? freeTailWords(start * ARENA_SIZE_WORDS) : 0;
    const head = isOurs(end) ? freeHeadWords(end * ARENA_SIZE_WORDS) : 0;
    const ends = layout.EXTENT_OVERHEAD_WORDS;
    const fromStart = Math.max(1, arenasFor(sizeWords - tail + (isOurs(start - 1) ? 0 : ends)));
    const fromEnd = Math.max(1, arenasFor(sizeWords - head + (isOurs(end) ? 0 : ends)));
    const gap = end - start;
    if (Math.min(fromStart, fromEnd) < gap) return fromStart <= fromEnd ? fromStart : -fromEnd;
    // The whole gap, with an extent on either side of it, needs neither pad nor sentinel.
    const isBetween = isOurs(start - 1) && isOurs(end);
    const spare = isBetween ? ends : 0;
    const all = gap * ARENA_SIZE_WORDS + tail + head + spare;
    if (isBetween && all >= sizeWords) return gap;
    if (fromStart === gap) return gap;
    return fromEnd === gap ? -gap : Number.POSITIVE_INFINITY;
  }

  function freeHeadWords(arena: number): number {
    const size = get(arena + layout.LARGE_HEADER_SIZE_WORDS);
    return (size & layout.FREE) !== 0 ? size & layout.SIZE_MASK : 0;
  }

  function freeTailWords(end: number): number {
    const sentinel = end - layout.LARGE_HEADER_SIZE_WORDS;
    if ((get(sentinel) & layout.PREVIOUS_FREE) === 0) return 0;
    const tailWords = get(sentinel - 1);
    // The sentinel may have been overwritten: what it says is believed if the block says so too.
    return get(sentinel - tailWords) === (tailWords | layout.FREE) ? tailWords : 0;
  }

  function growAt(end: number, sizeWords: number): boolean {
    return reserveAt(end, arenasFor(sizeWords));
  }

  function reserveAt(end: number, arenaCount: number): boolean {
    if (!source.reserveArenasAt(borrower, end as Arena, arenaCount)) return false;
    addArenas(end, arenaCount);
    return true;
  }

  /** Makes fresh arenas one free block, joined with the extents beside them. */
  function addArenas(arena: number, arenaCount: number): void {
    words[state + layout.LENT_ARENA_COUNT] = get(state + layout.LENT_ARENA_COUNT) + arenaCount;
    const end = arena + arenaCount * ARENA_SIZE_WORDS;
    let first = arena + layout.LARGE_HEADER_SIZE_WORDS;
    if (isOurs((arena >>> ARENA_SHIFT) - 1)) {
      first = arena - layout.LARGE_HEADER_SIZE_WORDS;
      const tailWords = freeTailWords(arena);
      if (tailWords !== 0) {
        first -= tailWords;
        lists.remove(first, tailWords);
      }
    }
    let last = end - layout.LARGE_HEADER_SIZE_WORDS;
    if (isOurs(end >>> ARENA_SHIFT)) {
      last = end + layout.LARGE_HEADER_SIZE_WORDS;
      if ((get(last) & layout.FREE) !== 0) {
        const headWords = get(last) & layout.SIZE_MASK;
        lists.remove(last, headWords);
        last += headWords;
      }
    } else writeSentinel(last);
    lists.insert(first, last - first);
  }

  function writeSentinel(header: number): void {
    words[header + layout.SIZE] = 0;
    words[header + layout.MARK] = layout.liveMark(header);
  }

  function release(header: number, sizeWords: number): void {
    const following = header + sizeWords;
    const isFirst = isExtentStart(header);
    const isLast = get(following) >>> 2 === 0;
    const start = isFirst
      ? header >>> ARENA_SHIFT
      : arenasFor(header + layout.LARGE_HEADER_SIZE_WORDS);
    const end = (following + (isLast ? 2 : -2)) >>> ARENA_SHIFT;
    if (start >= end) lists.insert(header, sizeWords);
    else giveBack(header, following, start, end);
  }

  /** Cuts arenas [start, end) out of the free words [header, following), which no list holds. */
  function giveBack(header: number, following: number, start: number, end: number): void {
    const left = start * ARENA_SIZE_WORDS - layout.LARGE_HEADER_SIZE_WORDS;
    const right = end * ARENA_SIZE_WORDS + layout.LARGE_HEADER_SIZE_WORDS;
    if (header <= left) {
      writeSentinel(left);
      if (header < left) lists.insert(header, left - header);
    }
    if (right < following) lists.insert(right, following - right);
    words[state + layout.LENT_ARENA_COUNT] = get(state + layout.LENT_ARENA_COUNT) - (end - start);
    source.releaseArenas(borrower, (start * ARENA_SIZE_WORDS) as Arena, end - start);
  }

  function isExtentStart(header: number): boolean {
    const arena = header - layout.LARGE_HEADER_SIZE_WORDS;
    return arena % ARENA_SIZE_WORDS === 0 && !isOurs((arena >>> ARENA_SHIFT) - 1);
  }

  return { grow, growAt, release };
}
