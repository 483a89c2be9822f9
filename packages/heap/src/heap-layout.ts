// Where the heap keeps its own state: in the memory it manages, so that another thread that opens
// the same shared buffer finds the same heap. Only this file knows the offsets.
//
//   window start                                            first arena (1 MiB aligned)
//   │ header │ borrowers │ region directory │ arena table │ regions … │  arena │ arena │ …
//   │ 32 w   │ 16 × 12 w │ 32 × 12 w        │ 1 w an arena│           │
//
// A word at 0 is never a block: the header, or the window's start, lies there. The header's counts
// are in arenas and words, so that each fits a small integer with a 4 GiB reservation.
//
// Bundlers fold constants of a file without imports into the code that names them.

export const HEAP_MAGIC = 0x4f55524f; // "OURO"
export const HEAP_VERSION = 1;

/** Offsets of the header's words from the window's first word. */
export const MAGIC = 0;
export const VERSION = 1;
export const WINDOW_START = 2;
export const WINDOW_END = 3;
export const FIRST_ARENA_INDEX = 4;
export const ARENA_COUNT = 5;
export const LIMIT_ARENAS = 6;
export const SOFT_LIMIT_ARENAS = 7;
export const LENT_ARENAS = 8;
export const HIGH_WATER_ARENAS = 9;
export const RESERVE_COUNT = 10;
export const RELEASED_ARENAS = 11;
export const RETURNED_ARENAS = 12;
/** One past the highest arena ever lent: the memory above was never touched. */
export const TOUCHED_ARENA_END = 13;
/** One past the highest arena lent now. */
export const TOP_ARENA_END = 14;
/** No arena below this index is free; a hint, not a promise that this one is. */
export const LOWEST_FREE_HINT = 15;
export const BORROWER_COUNT = 16;
export const REGION_COUNT = 17;
export const REGION_TOP = 18;
export const BACKING = 19;
export const HEADER_USED_WORDS = 20;

export const BORROWER_LIMIT = 16;
export const REGION_LIMIT = 32;
export const RECORD_SIZE_WORDS = 12;
/** Offsets in a record, after its name. The owner of a borrower's record is 0. */
export const RECORD_OWNER = 8;
export const BORROWER_LENT_ARENAS = 9;
export const REGION_START = 9;
export const REGION_SIZE = 10;

/** The header ends where the borrowers' records begin. */
export const BORROWERS = 32;
export const REGIONS = BORROWERS + BORROWER_LIMIT * RECORD_SIZE_WORDS;
export const TABLE = REGIONS + REGION_LIMIT * RECORD_SIZE_WORDS;
