// The shape of a tract: all its objects, of one type or of several, may have equally many slots and
// so few of them that loops are written out for them. It stands in the tract's word, above the bits
// of the tract's owner, and is found out when all objects of the tract are looked at.
//
//   tract   │ – │ slots: 3 │ owner: 4 │      slots: 0 unknown, 1 to 4, 7 mixed
//             7   4 … 6      0 … 3

import {
  LENGTH_NONE,
  OBJECT_HEADER_SIZE_WORDS,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  TRACT_HAS_DICTS,
  TRACT_HAS_TUPLES,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
} from "@ouro/interfaces";

const SLOTS_SHIFT = 4;
const SLOTS_MASK = 7;
const MIXED = 7;
const SLOT_LIMIT = 4;

/** Types whose objects may be in the tract and no candidates. */
const LEAVING = TYPE_UNTRACKS_AS_TUPLE | TYPE_UNTRACKS_AS_DICT;

/** What the summary of a tract says of such types. */
export const TRACT_HAS_LEAVING = TRACT_HAS_TUPLES | TRACT_HAS_DICTS;

/** The same of a tract whose types have these flags together. */
export function leavingIn(flags: number): number {
  const tuples = (flags & TYPE_UNTRACKS_AS_TUPLE) === 0 ? 0 : TRACT_HAS_TUPLES;
  return (flags & TYPE_UNTRACKS_AS_DICT) === 0 ? tuples : tuples | TRACT_HAS_DICTS;
}

/** Slots of each object of the tract, 1 to 4; 0 if they differ, or nobody has looked. */
export function slotCountIn(tractWord: number): number {
  const slotCount = (tractWord >> SLOTS_SHIFT) & SLOTS_MASK;
  return slotCount === MIXED ? 0 : slotCount;
}

/**
 * The shape of a tract that also has objects of the type whose row is given; `shape` is that of the
 * others, -1 if there are none.
 */
export function commonShape(words: Int32Array, shape: number, row: number): number {
  const own = slotCountOf(words, row) << SLOTS_SHIFT;
  return shape === -1 || shape === own ? own : MIXED << SLOTS_SHIFT;
}

/** 1 to 4 slots, all visited, of objects that are never out; else `MIXED`. */
function slotCountOf(words: Int32Array, row: number): number {
  const slotCount = (words[row + ROW_VISITED_END] as number) - OBJECT_HEADER_SIZE_WORDS;
  const isPlain =
    words[row + ROW_LENGTH] === LENGTH_NONE &&
    words[row + ROW_SLOTS_START] === OBJECT_HEADER_SIZE_WORDS &&
    ((words[row + ROW_FLAGS] as number) & LEAVING) === 0;
  return isPlain && slotCount >= 1 && slotCount <= SLOT_LIMIT ? slotCount : MIXED;
}
