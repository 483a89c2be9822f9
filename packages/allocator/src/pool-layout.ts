// A pool is one 16 KiB slice of an arena, cut into blocks of one size class. A pool's first word is
// found from any of its blocks by masking. After CPython's obmalloc (`struct pool_header`).
//
//   word   0           1           2           3           4          5      6      7
//        │ free block│ used count│ size class│ next carve│ carve end│ next │ prev │ – │ block │ …
//
// A pool is in one of three states:
//   used    some blocks live, some free; linked in the used pools of its size class; `free block`
//           is never 0, so that an allocation needs no second look
//   full    all blocks live; `free block` is 0; in no list
//   empty   no block live; in the free pools of its arena, linked by `next`; it keeps its size class
//           and its free blocks, to be used again as it is
//
// Blocks from `next carve` on have never been touched: they are carved one at a time.
//
// The allocator's own words, one region of the heap:
//
//   │ used pools, a head a size class: 32 │ last arena with n free pools: 65 │ counters │ arenas … │
//
//   arena record  │ free pools │ free pool count │ next carve │ next │ prev │ – – – │

import {
  ARENA_SIZE_WORDS,
  GRANULE_SIZE_BYTES,
  GRANULE_SIZE_WORDS,
  POOL_SIZE_WORDS,
  SIZE_CLASS_COUNT,
} from "@ouro/interfaces";

export const POOL_MASK = -POOL_SIZE_WORDS;
export const POOL_HEADER_SIZE_WORDS = 8;
export const POOL_HEADER_SIZE_BYTES = POOL_HEADER_SIZE_WORDS * 4;
export const POOLS_PER_ARENA = ARENA_SIZE_WORDS / POOL_SIZE_WORDS;

/** Offsets in a pool. `FREE_BLOCK` is 0: the quickest word to find. */
export const FREE_BLOCK = 0;
export const USED_COUNT = 1;
export const SIZE_CLASS = 2;
export const NEXT_CARVE = 3;
export const CARVE_END = 4;
export const NEXT_POOL = 5;
export const PREVIOUS_POOL = 6;

/** Offsets in the allocator's region. */
export const USED_POOLS = 0;
export const LAST_ARENA_WITH = SIZE_CLASS_COUNT;
export const USABLE_ARENAS = LAST_ARENA_WITH + POOLS_PER_ARENA + 1;
export const RESERVED_ARENA_TOTAL = USABLE_ARENAS + 1;
export const RELEASED_ARENA_TOTAL = USABLE_ARENAS + 2;
export const CURRENT_ARENA_COUNT = USABLE_ARENAS + 3;
export const HIGH_WATER_ARENA_COUNT = USABLE_ARENAS + 4;
export const ARENA_RECORDS = (USABLE_ARENAS + 5 + 7) & ~7;

/** Offsets in an arena's record. */
export const FREE_POOLS = 0;
export const FREE_POOL_COUNT = 1;
export const NEXT_POOL_CARVE = 2;
export const NEXT_ARENA = 3;
export const PREVIOUS_ARENA = 4;
export const ARENA_RECORD_SIZE_WORDS = 8;

export function blockSizeBytes(sizeClass: number): number {
  return (sizeClass + 1) * GRANULE_SIZE_BYTES;
}

export function blockSizeWords(sizeClass: number): number {
  return (sizeClass + 1) * GRANULE_SIZE_WORDS;
}

export function blocksPerPool(sizeClass: number): number {
  return Math.floor((POOL_SIZE_WORDS - POOL_HEADER_SIZE_WORDS) / blockSizeWords(sizeClass));
}

/** What the pool allocator's parts share: the memory and where its words lie in it. */
export interface PoolContext {
  readonly words: Int32Array;
  readonly name: string;
  /** First word of the allocator's region. */
  readonly state: number;
  /** The record of arena i is at `arenaRecords + i * ARENA_RECORD_SIZE_WORDS`. */
  readonly arenaRecords: number;
  /** The allocated map's word of block b is at `allocatedMap + (b >>> 7)`. */
  readonly allocatedMap: number;
  readonly borrower: number;
  readonly arenaTable: number;
  readonly firstArenaIndex: number;
  readonly arenaCount: number;
}
