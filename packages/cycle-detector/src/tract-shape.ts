// The shape of a tract: of one type all its objects may be, with so few slots that loops are
// written out for them. It stands in the tract's word, above the bits of the tract's owner, and is
// found out when all objects of the tract are looked at.
//
//   tract   │ type │ – │ slots: 3 │ owner: 4 │      slots: 0 unknown, 1 to 4, 7 mixed
//             8 …    7   4 … 6      0 … 3

import {
  LENGTH_NONE,
  OBJECT_HEADER_SIZE_WORDS,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
} from "@ouro/interfaces";

const SLOTS_SHIFT = 4;
const SLOTS_MASK = 7;
const MIXED = 7;
const TYPE_SHIFT = 8;
const SLOT_LIMIT = 4;

/** Types whose objects may be in the tract and no candidates. */
export const LEAVING = TYPE_UNTRACKS_AS_TUPLE | TYPE_UNTRACKS_AS_DICT;

/** Slots of each object of the tract, 1 to 4; 0 if they differ, or nobody has looked. */
export function slotCountIn(tractWord: number): number {
  const slotCount = (tractWord >> SLOTS_SHIFT) & SLOTS_MASK;
  return slotCount === MIXED ? 0 : slotCount;
}

/** The shape of a tract of objects of one type, whose row is given; of a mixed one for row 0. */
export function shapeOf(words: Int32Array, type: number, row: number): number {
  const slotCount = row === 0 ? MIXED : slotCountOf(words, row);
  return (type << TYPE_SHIFT) | (slotCount << SLOTS_SHIFT);
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
