// Trial deletion: what would be left of the counts if the candidates were gone? Everything that
// they reach is examined, and the references among the examined are counted; an object with more
// references than that is held from outside, and so is what it reaches. The rest is garbage.
//
//   entries      │ candidate … │ what they reach, in the order in which it is met … │
//   pass 1       each entry: its children get one internal reference more; new ones are appended
//   pass 2       each entry: fewer internal references than its count? it and all it reaches live
//   pass 3       the living leave, the others move up: found, in the order in which they were met
//
//   mark of an object meanwhile
//     0          not met                        ~c    met, c references from examined objects
//     next > 2   lives, its children wait: ~ the stack of pass 2, down to 1
//     2          lives, done
//
// Each pass goes over all candidates before the next one begins, which makes it linear; candidate
// by candidate it is quadratic on chains of them (Lins 1990). The entries are the queue of pass 1
// and the marks hold the stack of pass 2, so no pass needs memory or recurses. Bacon and Rajan
// take trial references off the counts themselves and put them back; counted up beside the heap,
// no count ever changes, and there is nothing to restore.
//
// An acyclic object is not entered: what it holds is held from outside. A count that is saturated
// or immortal is never met by its number of references, so such an object lives, and holds.
//
// Source: Bacon and Rajan: Concurrent cycle collection in reference counted systems (2001),
// section 3, the synchronous algorithm; Lins: Cyclic reference counting with lazy mark-scan (1992).

import {
  HeapCorruptionError,
  LENGTH_WORD_OFFSET,
  type Region,
  ROW_FLAGS,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TYPE_ACYCLIC,
  TYPE_COLLECTED,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import { END, FOUND_END, START } from "./candidate-buffer.js";

const BOTTOM = 1;
const DONE = 2;

export interface TrialDetectorOptions {
  words: Int32Array;
  types: TypeTable;
  /** Of the candidate buffer, and the two that follow. */
  state: Region;
  entries: Region;
  marks: WordIndex;
  bufferedMask: number;
  /** The count of objects that never die. */
  immortalCount: number;
  /**
   * Told of each object that is examined, in the middle of it: it must look at nothing. Left out,
   * there is no call.
   */
  onExamine?: (object: WordIndex) => void;
}

/** What one examination looked at, and found. */
export interface Examination {
  readonly examinedCount: number;
  /** References looked at in the first pass; each later one looks at no more. */
  readonly referenceCount: number;
  readonly foundCount: number;
}

/**
 * **Invariants:** a detector changes no count and no slot; between `find` and the buffer's
 * `release` a mark is below 0 for exactly the objects found and not yet removed. What a refused
 * call found is forgotten.
 */
export interface TrialDetector {
  readonly name: string;
  /**
   * Which of the objects that candidates reach nothing outside holds. The buffer then has these as
   * found, and no candidate. Throws `HeapCorruptionError` naming an object that has more
   * references than its count; the candidates stay. O(what they reach), no recursion, no memory.
   */
  find(): Examination;
  /**
   * The same about what is found, after program code ran: what it made reachable, and all that
   * reaches, become candidates. `foundCount` is what is left. O(the found).
   */
  findAgain(): Examination;
  isFound(object: WordIndex): boolean;
}

export function createTrialDetector(options: TrialDetectorOptions): TrialDetector {
  const { words, types, state, marks, bufferedMask, immortalCount, onExamine } = options;
  const rows = types.base;
  const entries = options.entries.start;
  const foundEndWord = state.start + FOUND_END;
  const startWord = state.start + START;
  const endWord = state.start + END;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const KINDS = TYPE_COLLECTED | TYPE_ACYCLIC;
  const CYCLIC = TYPE_COLLECTED;
  let referenceCount = 0;

  const markOf = (object: number): number => marks + (object >> 2);

  function rowOf(object: number): number {
    return rows + (((words[object + TYPE] as number) & TYPE_MASK) << TYPE_ROW_SHIFT);
  }

  function visitedEnd(object: number, row: number): number {
    const length =
      (words[object + LENGTH_WORD_OFFSET] as number) & (words[row + ROW_VISITED_MASK] as number);
    return object + (words[row + ROW_VISITED_END] as number) + length;
  }

  /** Whether it can be garbage: counted, not ending, and of a type that cycles go through. */
  function canBeFound(object: number): boolean {
    const count = words[object] as number;
    if (count <= 0 || count >= immortalCount) return false;
    return ((words[rowOf(object) + ROW_FLAGS] as number) & KINDS) === CYCLIC;
  }

  /** Candidates that may be garbage, closed up and met; how many. */
  function meetCandidates(): number {
    const end = words[endWord] as number;
    let kept = 0;
    for (let index = words[startWord] as number; index < end; index++) {
      const object = words[entries + index] as number;
      if (canBeFound(object)) {
        words[markOf(object)] = ~0;
        words[entries + kept++] = object;
      } else leave(object);
    }
    return kept;
  }

  function leave(object: number): void {
    words[markOf(object)] = 0;
    words[object + TYPE] = (words[object + TYPE] as number) & ~bufferedMask;
  }

  /** Pass 1. One past the last entry. */
  function countReferences(candidateCount: number, isClosed: boolean): number {
    let end = candidateCount;
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      if (object !== 0) end = countFrom(object, end, isClosed);
    }
    return end;
  }

  /** In a closed set nothing is met that is not of it. */
  function countFrom(object: number, entryEnd: number, isClosed: boolean): number {
    const row = rowOf(object);
    const first = object + (words[row + ROW_SLOTS_START] as number);
    const stop = visitedEnd(object, row);
    let end = entryEnd;
    for (let slot = first; slot < stop; slot++) {
      const value = words[slot] as number;
      if (value <= 0) continue;
      const mark = words[markOf(value)] as number;
      if (mark < 0) words[markOf(value)] = mark - 1;
      else if (!isClosed && canBeFound(value)) {
        words[markOf(value)] = ~1;
        words[entries + end++] = value;
      }
    }
    referenceCount += stop - first;
    return end;
  }

  /** Pass 2. Throws for a count that is too small. */
  function reachAll(end: number): void {
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      const mark = object === 0 ? 0 : (words[markOf(object)] as number);
      if (mark >= 0) continue;
      const count = words[object] as number;
      if (~mark > count) refuse(object, count, ~mark);
      if (~mark < count) reachFrom(object);
    }
  }

  function reachFrom(first: number): void {
    words[markOf(first)] = BOTTOM;
    let top = first;
    while (top !== 0) {
      const object = top;
      const link = words[markOf(object)] as number;
      top = link === BOTTOM ? 0 : link;
      words[markOf(object)] = DONE;
      const row = rowOf(object);
      const stop = visitedEnd(object, row);
      for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < stop; slot++) {
        const value = words[slot] as number;
        if (value <= 0 || (words[markOf(value)] as number) >= 0) continue;
        words[markOf(value)] = top === 0 ? BOTTOM : top;
        top = value;
      }
    }
  }

  function refuse(object: number, count: number, references: number): never {
    const problem = `its count is ${count}, and ${references} examined references hold it`;
    throw new HeapCorruptionError({ structure: "object", word: object, problem });
  }

  /** Pass 3. */
  function keepFound(end: number): number {
    let found = 0;
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      if ((words[markOf(object)] as number) > 0) leave(object);
      else found = putFound(object, found);
    }
    words[foundEndWord] = found;
    words[startWord] = found;
    words[endWord] = found;
    return found;
  }

  function putFound(object: number, index: number): number {
    words[entries + index] = object;
    words[markOf(object)] = ~index;
    words[object + TYPE] = (words[object + TYPE] as number) | bufferedMask;
    return index + 1;
  }

  function putFoundAgain(index: number): void {
    const object = words[entries + index] as number;
    if (object !== 0) words[markOf(object)] = ~index;
  }

  /** The first `candidateCount` entries are candidates again, and nothing else is marked. */
  function putBack(candidateCount: number, end: number): void {
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      words[markOf(object)] = index < candidateCount ? index + 1 : 0;
    }
    words[startWord] = 0;
    words[endWord] = candidateCount;
  }

  function tellExamined(end: number): void {
    if (onExamine === undefined) return;
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      if (object !== 0) onExamine(object as WordIndex);
    }
  }

  function find(): Examination {
    referenceCount = 0;
    const candidateCount = meetCandidates();
    const end = countReferences(candidateCount, false);
    tellExamined(end);
    try {
      reachAll(end);
    } catch (error) {
      putBack(candidateCount, end);
      throw error;
    }
    return { examinedCount: end, referenceCount, foundCount: keepFound(end) };
  }

  /** What is reached goes, by a chain through its marks, to where candidates begin. */
  function partReached(end: number): number {
    let chain = 0;
    let found = 0;
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      if (object === 0) continue;
      if ((words[markOf(object)] as number) < 0) found = putFound(object, found);
      else {
        words[markOf(object)] = chain;
        chain = object;
      }
    }
    let start = words[startWord] as number;
    while (chain !== 0) {
      const object = chain;
      chain = words[markOf(object)] as number;
      words[entries + --start] = object;
      words[markOf(object)] = start + 1;
    }
    words[startWord] = start;
    words[foundEndWord] = found;
    return found;
  }

  function findAgain(): Examination {
    referenceCount = 0;
    const end = words[foundEndWord] as number;
    let examinedCount = 0;
    for (let index = 0; index < end; index++) {
      const object = words[entries + index] as number;
      if (object === 0) continue;
      examinedCount++;
      words[markOf(object)] = ~0;
    }
    countReferences(end, true);
    tellExamined(end);
    try {
      reachAll(end);
    } catch (error) {
      for (let index = 0; index < end; index++) putFoundAgain(index);
      throw error;
    }
    return { examinedCount, referenceCount, foundCount: partReached(end) };
  }

  return {
    name: "trial-deletion",
    find,
    findAgain,
    isFound: (object) => (words[markOf(object)] as number) < 0,
  };
}
