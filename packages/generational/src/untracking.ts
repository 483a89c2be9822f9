// Untracking: an object that cannot be in a cycle is not worth a detector's look. A tuple whose
// items are all atoms or untracked tuples never changes again and leaves the lists in the first
// collection that sees it; a dict without trackable values leaves in a full one, and comes back
// when one is stored.
//
//   untracked: atom, untracked tuple            trackable: all else that is collected
//
// An untracked dict inside a tuple keeps the tuple tracked, for the dict may come back. Source:
// CPython 3.13 Objects/tupleobject.c `_PyTuple_MaybeUntrack`, Objects/dictobject.c
// `_PyDict_MaybeUntrack`. A "tuple" of ours that changes all the same is for the barrier to notice:
// all that left come back, and no object of its type leaves again.

import {
  LENGTH_WORD_OFFSET,
  ROW_FLAGS,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TYPE_COLLECTED,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";
import { createLeavingWalk, type LeavingWalk } from "./leaving-walk.js";

export interface Untracking {
  /** Whether a cycle could go through the object now or later. O(1). */
  mayBeTracked(object: number): boolean;
  /** Whether an object is of a kind that leaves the lists, and holds nothing that keeps it. */
  canLeave(object: number, flag: number): boolean;
  /** Whether the type of the object has the flag. */
  hasFlag(object: number, flag: number): boolean;
  /** The reached candidates of a map that are of such a kind. */
  readonly walkLeaving: LeavingWalk;
}

export function createUntracking(
  words: Int32Array,
  types: TypeTable,
  isTracked: (object: number) => boolean,
): Untracking {
  const rows = types.base;
  const get = (word: number): number => words[word] as number;
  const rowOf = (object: number): number =>
    rows + ((get(object + TYPE_WORD_OFFSET) & TYPE_MASK) << TYPE_ROW_SHIFT);

  function mayBeTracked(object: number): boolean {
    const flags = get(rowOf(object) + ROW_FLAGS);
    if ((flags & TYPE_COLLECTED) === 0) return false;
    return (flags & TYPE_UNTRACKS_AS_TUPLE) === 0 || isTracked(object);
  }

  function canLeave(object: number, flag: number): boolean {
    const row = rowOf(object);
    if ((get(row + ROW_FLAGS) & flag) === 0) return false;
    const length = get(object + LENGTH_WORD_OFFSET) & get(row + ROW_VISITED_MASK);
    const end = object + get(row + ROW_VISITED_END) + length;
    for (let slot = object + get(row + ROW_SLOTS_START); slot < end; slot++) {
      const value = get(slot);
      if (value > 0 && mayBeTracked(value)) return false;
    }
    return true;
  }

  return {
    mayBeTracked,
    canLeave,
    hasFlag: (object, flag) => (get(rowOf(object) + ROW_FLAGS) & flag) !== 0,
    walkLeaving: createLeavingWalk(words, types),
  };
}

export { TYPE_UNTRACKS_AS_DICT as AS_DICT, TYPE_UNTRACKS_AS_TUPLE as AS_TUPLE };
