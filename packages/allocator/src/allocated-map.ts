// The allocated map says where live blocks begin: one bit a granule of 16 bytes, 8 KiB an arena, in
// a region of the heap. It is what lets `free` refuse foreign, interior and double frees exactly,
// and what a walk reads: no word inside a block can be mistaken for it.
//
//   block (word index)   … │ map word: b >>> 7 │ bit: (b >>> 2) & 31 │ 00 │
//
// The word of block 0 would lie at `map`; the region holds only the words of arenas that can be
// lent, so `map` lies before the region's start.

import { ARENA_SIZE_WORDS, type ArenaSource, type Borrower } from "@ouro/interfaces";

export const MAP_SHIFT = 7;
const MAP_WORDS_PER_ARENA = ARENA_SIZE_WORDS >>> MAP_SHIFT;

/** Reserves the map's region; the result is to be added to `block >>> MAP_SHIFT`. */
export function reserveAllocatedMap(source: ArenaSource, borrower: Borrower): number {
  const { firstArenaIndex, arenaCount } = source;
  const sizeWords = (arenaCount - firstArenaIndex) * MAP_WORDS_PER_ARENA;
  const region = source.reserveRegion(borrower, "allocated-map", sizeWords);
  return region.start - firstArenaIndex * MAP_WORDS_PER_ARENA;
}

/** Calls `visit` for each live block that begins in [start, end), in address order. */
export function walkAllocatedMap(
  words: Int32Array,
  map: number,
  start: number,
  end: number,
  visit: (block: number) => void,
): void {
  for (let block = start; block < end; block += 128) {
    let bits = words[map + (block >>> MAP_SHIFT)] as number;
    while (bits !== 0) {
      const lowest = 31 - Math.clz32(bits & -bits);
      visit(block + lowest * 4);
      bits &= bits - 1;
    }
  }
}
