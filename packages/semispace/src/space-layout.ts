// The collector's state: words of a region of its own, so that another thread that opens the heap
// finds it there. The space in use is one run of adjacent arenas; objects fill it from below.
//
//   start             mapped        free                 end
//   │ object │ object │ object │ … │ never used since the flip │
//   └ in the start map ┘
//
//   from start                                       from end       only while a collection runs
//   │ the space that is left, forwarding references in its headers │
//
// Bundlers fold constants of a file without imports into the code that names them.

export const STATE_SIZE_WORDS = 16;

/** First word of the space in use; it, free and end are 0 when there is none. */
export const SPACE_START = 0;
/** Where the next object goes; a granule. */
export const SPACE_FREE = 1;
/** One past the space's last arena. */
export const SPACE_END = 2;
/** Objects in the space in use, dead ones that no collection has met included. */
export const LIVE_COUNT = 3;
/** Objects below this word are entered in the start map. */
export const MAPPED_END = 4;
/** The space that a running collection leaves; both are 0 at other times. */
export const FROM_START = 5;
export const FROM_END = 6;
/** Words of the request that was refused last, since the last collection. */
export const REFUSED_WORDS = 7;
export const COLLECTION_COUNT = 8;
/** The total of objects reclaimed: the low word counts to `TOTAL_UNIT`, the high one those. */
export const RECLAIMED_LOW = 9;
export const RECLAIMED_HIGH = 10;
export const TOTAL_UNIT = 2 ** 30;
/** 1 while a collection runs. */
export const IS_COLLECTING = 11;
/** Safepoints passed since the last collection; counted only for stress. */
export const SAFEPOINT_COUNT = 12;
/** All that spaces have held objects in lies between these; both are 0 before the first. */
export const TOUCHED_START = 13;
export const TOUCHED_END = 14;
/** Where the space ended before it was trimmed; 0 if it was not since the last collection. */
export const TRIMMED_END = 15;

/**
 * What the words of a space that was left are filled with on request: not none, not an immediate,
 * and no reference, since those are multiples of 4.
 */
export const POISON = 0x7bad_bad1;
