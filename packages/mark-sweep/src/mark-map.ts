// The mark map: one bit a granule of every arena that can be lent, laid out as the allocators'
// allocated map, so that a sweep is an AND of the two. It lies in the side table.
//
//   object (word index)   … │ map word: o >>> 7 │ bit: (o >>> 2) & 31 │ 00 │
//
// The word of object 0 would lie at `marks`; the side table begins with the first arena that can be
// lent, so `marks` lies before it.

import { ARENA_SIZE_WORDS, type PrivateHeap, type Region, type WordIndex } from "@ouro/interfaces";

export const MARK_SHIFT = 7;
const MARK_WORDS_PER_ARENA = ARENA_SIZE_WORDS >>> MARK_SHIFT;

/** What is to be added to `object >>> MARK_SHIFT`. */
export function marksOf(heap: PrivateHeap, sideTable: Region): WordIndex {
  return sideTable.start - heap.firstArenaIndex * MARK_WORDS_PER_ARENA;
}

/** Unmarks everything; arenas that are not lent are not touched. O(arenas lent). */
export function clearMarks(heap: PrivateHeap, marks: WordIndex): void {
  const { words, arenaTable, firstArenaIndex, arenaCount } = heap;
  for (let index = firstArenaIndex; index < arenaCount; index++) {
    if (words[arenaTable + index] === 0) continue;
    const first = marks + index * MARK_WORDS_PER_ARENA;
    words.fill(0, first, first + MARK_WORDS_PER_ARENA);
  }
}

/**
 * Calls `visit` for each marked object from `start` on, in address order. What is marked meanwhile
 * behind the object visited is visited too, unless it lies in the same map word. O(memory lent).
 */
export function walkMarks(
  heap: PrivateHeap,
  marks: WordIndex,
  start: WordIndex,
  visit: (object: number) => void,
): void {
  const { words, arenaTable, arenaCount } = heap;
  let object = start & -128;
  const end = arenaCount * ARENA_SIZE_WORDS;
  while (object < end) {
    if (words[arenaTable + Math.floor(object / ARENA_SIZE_WORDS)] === 0) {
      object = (Math.floor(object / ARENA_SIZE_WORDS) + 1) * ARENA_SIZE_WORDS;
      continue;
    }
    let bits = words[marks + (object >>> MARK_SHIFT)] as number;
    for (; bits !== 0; bits &= bits - 1) visit(object + (31 - Math.clz32(bits & -bits)) * 4);
    object += 128;
  }
}
