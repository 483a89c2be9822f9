// The exact detector: CPython's. It takes every reference that lies inside the list off the counts;
// what is left over of an object's count comes from outside, and whatever those objects reach is
// reached. No roots are asked for, so that any part of the heap can be examined alone.
//
//   mark of an object (a word a granule, beside the heap)
//     0            not of the list, or reached and done
//     n + 1        n references are not accounted for yet
//     ~(2 next)    exiled: nothing reached it when its turn came; next exiled object's granule
//     ~(2 next+1)  exiled, and reached after all: rescued
//     −1           found unreachable, when `find` is over
//
// CPython moves objects between two linked lists. Here an exiled object's entry becomes 0 and a
// chain through the marks keeps the order of exile; a rescued one goes into the lowest entry that
// is 0, as ~ object. There always is one, its own at the latest, so that nothing needs memory and
// a full heap can be collected. At the end entries above 0 come first, rescued ones next, in the
// order of their entries, then the chain: CPython's orders of `young` and of `unreachable`.
//
// Source: CPython 3.13 Python/gc.c, `update_refs`, `subtract_refs`, `move_unreachable`.

import {
  type Detector,
  type Examined,
  HeapCorruptionError,
  LENGTH_WORD_OFFSET,
  LIST_PIECE_SHIFT,
  type ReferenceList,
  ROW_FLAGS,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_VISIT_BACKWARD,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";

const FOUND = -1;

export interface SubtractDetectorOptions {
  words: Int32Array;
  types: TypeTable;
  /** The mark of object o is word `marks + (o >> 2)`; zero at rest. */
  marks: WordIndex;
  /** The count of objects that never die: they leave the list, as in CPython. */
  immortalCount: number;
  /** Takes an object out of the lists. */
  untrack: (object: WordIndex) => void;
}

/** Subtracts references inside a list; finds all garbage of it, in CPython's order. */
export function createSubtractDetector(options: SubtractDetectorOptions): Detector {
  const { words, types, marks, immortalCount, untrack } = options;
  const rows = types.base;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const SHIFT = LIST_PIECE_SHIFT;
  const PIECE_MASK = (1 << LIST_PIECE_SHIFT) - 1;
  // The list being examined.
  let directory = 0;
  let freeIndex = 0;
  let rescuedCount = 0;
  let typeFlags = 0;
  let headers = 0;

  function placeOf(index: number): number {
    return (words[directory + (index >> SHIFT)] as number) + (index & PIECE_MASK);
  }

  /** One past the last entry that lies in the piece of entry `index`, or `end`. */
  function pieceEnd(index: number, end: number): number {
    return Math.min(end, (index | PIECE_MASK) + 1);
  }

  function markOf(object: number): number {
    return marks + (object >> 2);
  }

  /** Marks each object with its count + 1 and closes the gaps; the number of objects. */
  function takeCounts(start: number, end: number): number {
    let kept = start;
    let index = start;
    while (index < end) {
      const piece = placeOf(index) - index;
      for (const stop = pieceEnd(index, end); index < stop; index++) {
        const object = words[piece + index] as number;
        if (object === 0 || !takeCount(object)) continue;
        if (kept !== index) words[placeOf(kept)] = object;
        kept++;
      }
    }
    return kept;
  }

  function takeCount(object: number): boolean {
    const count = words[object] as number;
    if (count === immortalCount) {
      words[markOf(object)] = FOUND; // of the list, and of no generation
      untrack(object);
      return false;
    }
    // Without a count it waits for its deallocation: what it holds is not garbage yet.
    words[markOf(object)] = count < 0 ? immortalCount : count + 1;
    return true;
  }

  function subtractAll(start: number, end: number): void {
    let index = start;
    while (index < end) {
      const piece = placeOf(index) - index;
      for (const stop = pieceEnd(index, end); index < stop; index++) {
        subtract(words[piece + index] as number);
      }
    }
  }

  function subtract(object: number): void {
    const header = words[object + TYPE_WORD_OFFSET] as number;
    const row = rows + ((header & TYPE_MASK) << TYPE_ROW_SHIFT);
    headers |= header;
    typeFlags |= words[row + ROW_FLAGS] as number;
    const length =
      (words[object + LENGTH_WORD_OFFSET] as number) & (words[row + ROW_VISITED_MASK] as number);
    const end = object + (words[row + ROW_VISITED_END] as number) + length;
    for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {
      const value = words[slot] as number;
      if (value <= 0) continue;
      const mark = words[marks + (value >> 2)] as number;
      if (mark === 0) continue;
      if (mark === 1) refuseCount(value, object);
      words[marks + (value >> 2)] = mark - 1;
    }
  }

  function refuseCount(object: number, holder: number): never {
    const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    const name = types.descriptor(type as never).name;
    const problem =
      `its count is ${words[object]}, and more references than that to this "${name}" were found ` +
      `in tracked objects, the last of them in ${holder}`;
    throw new HeapCorruptionError({ structure: "object", word: object, problem });
  }

  function clearMarks(start: number, end: number): void {
    for (let index = start; index < end; index++)
      words[markOf(words[placeOf(index)] as number)] = 0;
  }

  /** What an object reaches, in the order in which its type is visited. */
  function reachFrom(object: number): void {
    const row =
      rows + (((words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK) << TYPE_ROW_SHIFT);
    const length =
      (words[object + LENGTH_WORD_OFFSET] as number) & (words[row + ROW_VISITED_MASK] as number);
    const start = object + (words[row + ROW_SLOTS_START] as number);
    const end = object + (words[row + ROW_VISITED_END] as number) + length;
    if (((words[row + ROW_FLAGS] as number) & TYPE_VISIT_BACKWARD) === 0) {
      for (let slot = start; slot < end; slot++) reach(words[slot] as number);
    } else for (let slot = end - 1; slot >= start; slot--) reach(words[slot] as number);
  }

  function reach(value: number): void {
    if (value <= 0) return;
    const place = marks + (value >> 2);
    const mark = words[place] as number;
    if (mark === 1) words[place] = 2;
    else if (mark < 0 && (~mark & 1) === 0) {
      words[place] = ~(~mark | 1);
      while (words[placeOf(freeIndex)] !== 0) freeIndex++;
      words[placeOf(freeIndex)] = ~value;
      rescuedCount++;
    }
  }

  /** One look at each entry; the first and the last exiled object come back as a chain. */
  function exileUnreached(start: number, end: number): number {
    freeIndex = start;
    rescuedCount = 0;
    let first = 0;
    let last = 0;
    let index = start;
    while (index < end) {
      const piece = placeOf(index) - index;
      for (const stop = pieceEnd(index, end); index < stop; index++) {
        const object = words[piece + index] as number;
        if ((words[markOf(object)] as number) > 1) {
          reachFrom(object);
          words[markOf(object)] = 0;
          continue;
        }
        words[piece + index] = 0;
        words[markOf(object)] = ~0;
        if (last === 0) first = object;
        // The last one may have been rescued meanwhile: its low bit stays.
        else words[markOf(last)] = ~(~(words[markOf(last)] as number) | ((object >> 2) << 1));
        last = object;
      }
    }
    reachFromRescued(start);
    return first;
  }

  /** What they reach is rescued too, and comes behind them or in between. */
  function reachFromRescued(start: number): void {
    let seen = 0;
    for (let index = start; seen < rescuedCount; index++) {
      const entry = words[placeOf(index)] as number;
      if (entry >= 0) continue;
      seen++;
      reachFrom(~entry);
    }
  }

  /** Takes the rescued out of the chain of the exiled; the first that is left. */
  function dropRescued(chain: number): number {
    let first = 0;
    let last = 0;
    let object = chain;
    while (object !== 0) {
      const link = ~(words[markOf(object)] as number);
      if ((link & 1) === 1) words[markOf(object)] = 0;
      else {
        if (last === 0) first = object;
        else words[markOf(last)] = ~((object >> 2) << 1);
        last = object;
      }
      object = (link >> 1) << 2;
    }
    if (last !== 0) words[markOf(last)] = ~0;
    return first;
  }

  /** Chains the rescued, in the order of their entries. */
  function chainRescued(start: number): number {
    let first = 0;
    let last = 0;
    let seen = 0;
    for (let index = start; seen < rescuedCount; index++) {
      const entry = words[placeOf(index)] as number;
      if (entry >= 0) continue;
      seen++;
      words[placeOf(index)] = 0;
      words[markOf(~entry)] = ~0;
      if (last === 0) first = ~entry;
      else words[markOf(last)] = ~((~entry >> 2) << 1);
      last = ~entry;
    }
    return first;
  }

  /** Writes a chain's objects from `index` on, with a mark; one past the last. */
  function unchain(chain: number, index: number, mark: number): number {
    let object = chain;
    let next = index;
    while (object !== 0) {
      const piece = placeOf(next) - next;
      for (const stop = (next | PIECE_MASK) + 1; object !== 0 && next < stop; next++) {
        const place = marks + (object >> 2);
        const link = ~(words[place] as number);
        words[place] = mark;
        words[piece + next] = object;
        object = (link >> 1) << 2;
      }
    }
    return next;
  }

  /** How many are reached; they come first, the found ones behind them up to `end`. */
  function examine(start: number, end: number): number {
    try {
      subtractAll(start, end);
    } catch (error) {
      clearMarks(start, end);
      throw error;
    }
    const exiled = exileUnreached(start, end);
    if (exiled === 0) return end - start;
    const found = rescuedCount === 0 ? exiled : dropRescued(exiled);
    const rescued = chainRescued(start);
    const kept = unchain(rescued, closeGaps(start, end), 0);
    unchain(found, kept, FOUND);
    return kept - start;
  }

  /** Entries above 0 move together; one past the last. */
  function closeGaps(start: number, end: number): number {
    let kept = start;
    let index = start;
    while (index < end) {
      const piece = placeOf(index) - index;
      for (const stop = pieceEnd(index, end); index < stop; index++) {
        const object = words[piece + index] as number;
        if (object <= 0) continue;
        if (kept !== index) words[placeOf(kept)] = object;
        kept++;
      }
    }
    return kept;
  }

  /**
   * Entries of objects that are still found; forgotten ones, and what took their place, are not.
   */
  function dropForgotten(start: number, end: number): void {
    let index = start;
    while (index < end) {
      const piece = placeOf(index) - index;
      for (const stop = pieceEnd(index, end); index < stop; index++) {
        const object = words[piece + index] as number;
        if (object !== 0 && words[markOf(object)] !== FOUND) words[piece + index] = 0;
      }
    }
  }

  function find(list: ReferenceList): Examined {
    directory = list.directory;
    typeFlags = 0;
    headers = 0;
    const end = takeCounts(list.start, list.end);
    return { reachedCount: examine(list.start, end), end, typeFlags, headers };
  }

  return {
    name: "subtract-references",
    find,
    findAgain(list) {
      directory = list.directory;
      dropForgotten(list.start, list.end);
      return find(list);
    },
    isFound: (object) => words[markOf(object)] === FOUND,
    forget(object) {
      words[markOf(object)] = 0;
    },
  };
}
