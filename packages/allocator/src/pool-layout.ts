// A pool is one 16 KiB slice of an arena, cut into blocks of one size class from its first word on.
// What is known of a pool stands in its record: eight words of a dense table in the allocator's
// region, found from any block by a shift. CPython keeps them at the pool's own start; there they
// would all fall into the same few sets of the processor's cache, 16 KiB apart as they are.
//
//   record  │ free words │ used count │ size class │ next │ previous │ pool │ swept in │ – │
//
// Which blocks are free, the allocated map says (allocated-map.ts): 32 words of it are the pool's,
// a bit a granule. A bit of `free words` is set when that word of the map has a free block in it.
// So the lowest free block is found by two bit scans, and neither an allocation nor a free touches
// the block: CPython links free blocks through themselves and must.
//
//   free words   0 … 0 1 0 1 0        STARTS of 3 granules   …01001001001
//                      │   └ word 1 ─────────────── & ~map   …01000001000    lowest bit: the block
//
// A pool is in one of three states:
//   used    some blocks live, some not; its record is linked in the used pools of its size class
//   full    all blocks live, `free words` is 0; in no list, or still the first of its list, until
//           the next allocation or the next pool to come first finds out
//   empty   no block live; in the free pools of its arena, linked by `next`, or waiting
// An empty pool may wait in its list: the last there, and in the arena that gives the next pool.
// The next allocation of its size takes it as it is, where it would have been given back and taken
// anew. Before any other pool is taken or given back, it goes to its arena, if it is still empty.
// While a sweep runs a used or full pool may wait to be swept: then it is in no list, whatever its
// blocks (pool-sweep.ts).
//
// Blocks are taken lowest first: what was never needed was never touched.
// A list ends at `no pool`, a record without blocks, so that no step needs to ask whether there is
// a next pool. The first of a list has a stale `previous`: the head tells that it is the first.
//
// The allocator's own words, one region of the heap:
//
//   │ used pools, a head a size in granules: 33, padded │ no pool: 8 │ last arena with n free
//   │ pools: 65 │ counters │ sweep: 3 │ waiting, padded │ starts: 33 × 32
//   │ starting words: 33, padded │ arena records, 8 words an arena │ pool records, 8 words a pool │
//
//   arena record  │ free pools │ free pool count │ next carve │ next │ previous │ – – – │
//
// After CPython's obmalloc (`struct pool_header`, `struct arena_object`).

// Bundlers fold constants of a file without imports into the code that names them.

export const POOLS_PER_ARENA = 64;
/** `block >>> POOL_SHIFT` is the pool's index, counted from word 0. */
export const POOL_SHIFT = 12;

/** Offsets in a pool's record. */
export const FREE_WORDS = 0;
export const USED_COUNT = 1;
export const SIZE_CLASS = 2;
export const NEXT_POOL = 3;
export const PREVIOUS_POOL = 4;
/** The pool's first word. */
export const POOL = 5;
/** The number of the last sweep in which it was swept or taken. */
export const SWEPT_IN = 6;
export const POOL_RECORD_SHIFT = 3;

/**
 * Offsets in the allocator's region. `USED_POOLS + n` heads the pools with blocks of n granules.
 */
export const USED_POOLS = 0;
export const NO_POOL = 40;
export const LAST_ARENA_WITH = NO_POOL + 8;
export const USABLE_ARENAS = LAST_ARENA_WITH + POOLS_PER_ARENA + 1;
export const RESERVED_ARENA_TOTAL = USABLE_ARENAS + 1;
export const RELEASED_ARENA_TOTAL = USABLE_ARENAS + 2;
export const CURRENT_ARENA_COUNT = USABLE_ARENAS + 3;
export const HIGH_WATER_ARENA_COUNT = USABLE_ARENAS + 4;
/**
 * The index of the first pool that may not be swept yet, counted from word 0; 0 = no sweep runs.
 */
export const SWEEP_CURSOR = USABLE_ARENAS + 5;
/** Counts the sweeps; wraps. */
export const SWEEP_NUMBER = USABLE_ARENAS + 6;
/** The marks' word of block b is at this + (b >>> 7). */
export const SWEEP_MARKS = USABLE_ARENAS + 7;
/** A pool that waits, if nothing lives in it; 0 = none. */
export const WAITING_POOL = USABLE_ARENAS + 8;
/** `STARTS + 32 n + w`: where blocks of n granules begin in word w of a pool's map. */
export const STARTS = 128;
/** `STARTING_WORDS + n`: the words of a pool's map in which blocks of n granules begin. */
export const STARTING_WORDS = STARTS + 33 * 32;
export const ARENA_RECORDS = STARTING_WORDS + 40;

/** Offsets in an arena's record. `NEXT_POOL_CARVE` is the record of the first pool never used. */
export const FREE_POOLS = 0;
export const FREE_POOL_COUNT = 1;
export const NEXT_POOL_CARVE = 2;
export const NEXT_ARENA = 3;
export const PREVIOUS_ARENA = 4;
export const ARENA_RECORD_SIZE_WORDS = 8;

export function blockSizeBytes(sizeClass: number): number {
  return (sizeClass + 1) << 4;
}

/** A pool holds 1024 granules. */
export function blocksPerPool(sizeClass: number): number {
  return Math.floor(1024 / (sizeClass + 1));
}

/** What the pool allocator's parts share: the memory and where its words lie in it. */
export interface PoolContext {
  readonly words: Int32Array;
  readonly name: string;
  /** First word of the allocator's region. */
  readonly state: number;
  /** The record of arena i is at `arenaRecords + i * ARENA_RECORD_SIZE_WORDS`. */
  readonly arenaRecords: number;
  /** The record of the pool of block b is at `poolRecords + (b >>> POOL_SHIFT << 3)`. */
  readonly poolRecords: number;
  /** The allocated map's word of block b is at `allocatedMap + (b >>> 7)`. */
  readonly allocatedMap: number;
  readonly borrower: number;
  readonly arenaTable: number;
  readonly firstArenaIndex: number;
  readonly arenaCount: number;
}

/** Words of the allocator's region for so many arenas. */
export function regionSizeWords(arenaCount: number): number {
  return ARENA_RECORDS + arenaCount * (ARENA_RECORD_SIZE_WORDS + (POOLS_PER_ARENA << 3));
}

/** The record of an arena's first pool; the next arena's begins where this one's end. */
export function firstPoolRecord(context: PoolContext, arenaIndex: number): number {
  return context.poolRecords + ((arenaIndex * POOLS_PER_ARENA) << POOL_RECORD_SHIFT);
}

export function arenaRecord(context: PoolContext, arenaIndex: number): number {
  return context.arenaRecords + arenaIndex * ARENA_RECORD_SIZE_WORDS;
}

/** Fills the tables of where blocks begin, for each size. */
export function writeStarts(words: Int32Array, state: number): void {
  for (let granules = 1; granules <= 32; granules++) {
    for (let block = 0; block < blocksPerPool(granules - 1); block++) {
      const granule = block * granules;
      const word = state + STARTS + granules * 32 + (granule >> 5);
      words[word] = (words[word] as number) | (1 << granule);
      const starting = state + STARTING_WORDS + granules;
      words[starting] = (words[starting] as number) | (1 << (granule >> 5));
    }
  }
}
