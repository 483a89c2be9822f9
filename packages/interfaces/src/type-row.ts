// A type's row in linear memory: the descriptor as numbers, for those who look at every object. Row
// and object together give the range of the object's slots and its size without a branch on the
// kind of type: a mask is all ones where the length counts, 0 where it does not.
//
//   row  │ slots start │ visited end │ slots end │ size │
//        │ visited mask │ slots mask │ length │ flags │
//
//   length      = words[object + 2]                      some field, for a type of fixed length
//   visited end = object + row[1] + (length & row[4])
//   slots end   = object + row[2] + (length & row[5])
//   size        = row[3], + length words, + length bytes rounded up, as row[6] says
//
// Bundlers fold constants of a file without imports into the code that names them.

/** `types.base + (type << TYPE_ROW_SHIFT)` is the row's first word. */
export const TYPE_ROW_SHIFT = 3;
/** Offset in an object of its first slot. Unit: words. */
export const ROW_SLOTS_START = 0;
/** Offset one past the fixed visited slots. */
export const ROW_VISITED_END = 1;
/** Offset one past the fixed slots, visited and owned-only. */
export const ROW_SLOTS_END = 2;
/** Size without the variable part, header and length word included. Unit: words. */
export const ROW_SIZE = 3;
/** All ones if the variable part is visited, else 0. */
export const ROW_VISITED_MASK = 4;
/** All ones if the variable part is slots, visited or owned-only, else 0. */
export const ROW_SLOTS_MASK = 5;
/** What the length counts: one of `LENGTH_*`. */
export const ROW_LENGTH = 6;
/** Bits `TYPE_*`. */
export const ROW_FLAGS = 7;

export const LENGTH_NONE = 0;
export const LENGTH_WORDS = 1;
export const LENGTH_BYTES = 2;

export const TYPE_COLLECTED = 1 << 0;
export const TYPE_ACYCLIC = 1 << 1;
export const TYPE_FINALIZER = 1 << 2;
export const TYPE_WEAKLY_REFERABLE = 1 << 3;
export const TYPE_CLEARABLE = 1 << 4;
export const TYPE_VISIT_BACKWARD = 1 << 5;
export const TYPE_RELEASE_BACKWARD = 1 << 6;
/** The slots are pairs of key and value in the order in which the keys came in. */
export const TYPE_INSERTION_ORDER = 1 << 7;
export const TYPE_UNTRACKS_AS_TUPLE = 1 << 8;
export const TYPE_UNTRACKS_AS_DICT = 1 << 9;
export const TYPE_WEAK_REFERENCE = 1 << 10;
