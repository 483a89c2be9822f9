// A large block is a header of two words and what follows it, up to the next header. Sizes count
// from header to header, in words, multiples of 4; the two low bits of the size word are flags. The
// header lies two words before a granule, so that the block itself is 16-byte aligned.
//
//   live   │ size │ mark │ block …                       │
//   free   │ size + FREE │ next │ previous │ …   │ size │   the tag in the last word lets the next
//                                                         block find this one
//
// Blocks tile an *extent*, a run of adjacent arenas lent to the allocator, however long:
//
//   │ pad, 2 words │ block │ block │ … │ sentinel, 2 words │      a sentinel is a header of size 0
//
// Free blocks hang in lists by size, two levels deep: level 0 has a list a granule up to 31
// granules, each further level a power of two in 32 steps. A bit a list and a bit a level say which
// have blocks. After Masmano, Ripoll, Crespo, Real: TLSF, a new dynamic memory allocator (ECRTS
// 2004).

/** Flags in the size word. `PREVIOUS_FREE`: the block before is free, its tag may be read. */
export const FREE = 1;
export const PREVIOUS_FREE = 2;
export const SIZE_MASK = ~3;

/** Offsets in a block, from its header. */
export const SIZE = 0;
export const MARK = 1;
export const NEXT_FREE = 1;
export const PREVIOUS_FREE_BLOCK = 2;

export const LARGE_HEADER_SIZE_WORDS = 2;
export const LARGE_HEADER_SIZE_BYTES = LARGE_HEADER_SIZE_WORDS * 4;
/** Pad and sentinel of an extent. */
export const EXTENT_OVERHEAD_WORDS = 4;

export const LEVEL_COUNT = 24;
export const LISTS_PER_LEVEL = 32;

/** Offsets in the allocator's region. */
export const LEVEL_BITS = 0;
export const LIST_BITS = 1;
export const LIST_HEADS = LIST_BITS + LEVEL_COUNT;
export const HELD_WORDS = LIST_HEADS + LEVEL_COUNT * LISTS_PER_LEVEL;
export const LIVE_COUNT = HELD_WORDS + 1;
export const LENT_ARENA_COUNT = HELD_WORDS + 2;
/** The first arena whose blocks are not swept yet, by its first word; 0 = no sweep runs. */
export const SWEEP_CURSOR = HELD_WORDS + 3;
/** The marks' word of block b is at this + (b >>> 7). */
export const SWEEP_MARKS = HELD_WORDS + 4;
export const LARGE_REGION_SIZE_WORDS = HELD_WORDS + 8;

/** What the second header word of a live block holds: an overrun from below shows. */
export function liveMark(header: number): number {
  return header ^ 0x4c495645;
}

/**
 * What stays in that word when a freed block was joined with the one before: a second free shows.
 */
export function freedMark(header: number): number {
  return header ^ 0x46524545;
}

/** The list for free blocks of this size: level × 32 + step. */
export function listOf(sizeWords: number): number {
  const granules = sizeWords >>> 2;
  if (granules < LISTS_PER_LEVEL) return granules;
  const exponent = 31 - Math.clz32(granules);
  return ((exponent - 4) << 5) + ((granules >>> (exponent - 5)) & 31);
}

/** The first list all of whose blocks are at least this large. */
export function listAtLeast(sizeWords: number): number {
  const granules = sizeWords >>> 2;
  if (granules < LISTS_PER_LEVEL) return granules;
  const exponent = 31 - Math.clz32(granules);
  return listOf((granules + (1 << (exponent - 5)) - 1) << 2);
}

/** What the large block allocator's parts share. */
export interface LargeContext {
  readonly words: Int32Array;
  readonly name: string;
  readonly state: number;
  readonly allocatedMap: number;
  readonly borrower: number;
  readonly arenaTable: number;
  readonly firstArenaIndex: number;
  readonly arenaCount: number;
}
