// The candidate buffer: objects that lost a reference and kept others. Whatever makes a cycle
// garbage takes a reference off one of its objects, so every garbage cycle has an object in here,
// and trial deletion need look nowhere else. A reference that moves from a root into an object
// takes one off as well, in disguise: where it was before may have been all that held the cycle.
//
//   entries    │ found … │ (gap) │ candidates … │            an entry is an object, or 0
//              0     found end   start         end
//   mark of an object (a word a granule, beside the heap)
//     0        in neither
//     i + 1    a candidate: entry i                         in both cases the header says
//     ~i       found unreachable: entry i                   "buffered", so that one look is enough
//
// An object that dies leaves at once: the last candidate takes its entry. Between collections
// nothing is found and candidates begin at entry 0. Objects of acyclic types, and of types that no
// collector watches, never come in. There is an entry for every granule and an object has one at
// most, so noting a candidate needs no memory and cannot fail; only while found objects die and
// others are born can entries run out, and then the next collection notes every object there is.
//
// Source: Bacon and Rajan: Concurrent cycle collection in reference counted systems (2001),
// `PossibleRoot`; Nim's `unregisterCycle` for the way out.

import {
  type Collector,
  expectSound,
  type Region,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  TYPE_ACYCLIC,
  TYPE_COLLECTED,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";

// Words of the state's region.
export const FOUND_END = 0;
export const START = 1;
export const END = 2;
const IS_OVERRUN = 3;
export const CANDIDATE_STATE_WORDS = 4;

/** An object of more slots, or of any number, is taken to hold something when it is moved. */
const LOOK_LIMIT = 4;

export interface CandidateBufferOptions {
  words: Int32Array;
  types: TypeTable;
  /** `CANDIDATE_STATE_WORDS` words, zero-filled. */
  state: Region;
  /** A word for every granule that can be lent. */
  entries: Region;
  /** The mark of object o is word `marks + (o >> 2)`; zero at rest. */
  marks: WordIndex;
  /** One bit in word 1 of an object. */
  bufferedMask: number;
}

export interface CandidateBuffer {
  /** The object lost a reference and has others. O(1), makes nothing. */
  note(object: WordIndex): void;
  /** The value is about to be moved into `holder`; its count stays as it is. O(1). */
  noteMoved(value: number, holder: WordIndex): void;
  /** The object ends. Does nothing for one that is not in here. O(1). */
  remove(object: WordIndex): void;
  candidateCount(): number;
  /** Notes every object. Candidates that are here already stay where they are. O(heap). */
  noteAll(walk: Collector["walk"]): void;
  /** Notes every object if entries ran out since it was last asked. */
  mendOverrun(walk: Collector["walk"]): void;
  /** Entries of the found, those that are 0 among them. */
  foundCount(): number;
  /** A found object, or 0 for one that is dead or reached. */
  foundAt(index: number): number;
  /** Objects still found are candidates again; candidates begin at entry 0 again. O(both). */
  release(): void;
  /** Throws `HeapCorruptionError` naming the first entry or object found broken. O(heap). */
  validate(walk: Collector["walk"], isObject: (word: number) => boolean): void;
}

export function createCandidateBuffer(options: CandidateBufferOptions): CandidateBuffer {
  const { words, types, state, marks, bufferedMask } = options;
  const rows = types.base;
  const entries = options.entries.start;
  const entryLimit = options.entries.sizeWords;
  const foundEndWord = state.start + FOUND_END;
  const startWord = state.start + START;
  const endWord = state.start + END;
  const overrunWord = state.start + IS_OVERRUN;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const SHIFT = TYPE_ROW_SHIFT;
  const FLAGS = ROW_FLAGS;
  const KINDS = TYPE_COLLECTED | TYPE_ACYCLIC;
  const CYCLIC = TYPE_COLLECTED;

  function note(object: number): void {
    const header = words[object + TYPE] as number;
    if ((header & bufferedMask) !== 0) return;
    if (((words[rows + ((header & MASK) << SHIFT) + FLAGS] as number) & KINDS) !== CYCLIC) return;
    append(object, header);
  }

  function append(object: number, header: number): void {
    const end = words[endWord] as number;
    if (end === entryLimit) {
      words[overrunWord] = 1;
      return;
    }
    words[entries + end] = object;
    words[endWord] = end + 1;
    words[marks + (object >> 2)] = end + 1;
    words[object + TYPE] = header | bufferedMask;
  }

  /** What holds nothing, a leaf of a tree under construction, can be in no cycle yet. */
  function noteMoved(value: number, holder: number): void {
    if (value > 0 && (value === holder || mayHoldSomething(value))) note(value);
  }

  function mayHoldSomething(object: number): boolean {
    const row = rows + (((words[object + TYPE] as number) & MASK) << SHIFT);
    if (words[row + ROW_LENGTH] !== 0) return true;
    const first = object + (words[row + ROW_SLOTS_START] as number);
    const end = object + (words[row + ROW_VISITED_END] as number);
    if (end - first > LOOK_LIMIT) return true;
    for (let slot = first; slot < end; slot++) if ((words[slot] as number) > 0) return true;
    return false;
  }

  function remove(object: number): void {
    const header = words[object + TYPE] as number;
    if ((header & bufferedMask) === 0) return;
    words[object + TYPE] = header & ~bufferedMask;
    const mark = words[marks + (object >> 2)] as number;
    if (mark < 0) words[entries + ~mark] = 0;
    else {
      const last = (words[endWord] as number) - 1;
      const moved = words[entries + last] as number;
      words[endWord] = last;
      words[entries + mark - 1] = moved;
      words[marks + (moved >> 2)] = mark;
    }
    words[marks + (object >> 2)] = 0;
  }

  function noteAll(walk: Collector["walk"]): void {
    walk(note);
  }

  function mendOverrun(walk: Collector["walk"]): void {
    if (words[overrunWord] === 0) return;
    words[overrunWord] = 0;
    noteAll(walk);
  }

  function foundAt(index: number): number {
    return words[entries + index] as number;
  }

  function release(): void {
    const foundEnd = words[foundEndWord] as number;
    const start = words[startWord] as number;
    const end = words[endWord] as number;
    let kept = 0;
    for (let index = 0; index < end; index++) {
      if (index >= foundEnd && index < start) continue;
      const object = words[entries + index] as number;
      if (object === 0) continue;
      words[entries + kept++] = object;
      words[marks + (object >> 2)] = kept;
    }
    words[foundEndWord] = 0;
    words[startWord] = 0;
    words[endWord] = kept;
  }

  function validate(walk: Collector["walk"], isObject: (word: number) => boolean): void {
    const foundEnd = words[foundEndWord] as number;
    const start = words[startWord] as number;
    const end = words[endWord] as number;
    const isOrdered = 0 <= foundEnd && foundEnd <= start && start <= end && end <= entryLimit;
    expectSound(isOrdered, "candidate buffer", state.start, `${foundEnd}, ${start}, ${end}`);
    let entryCount = 0;
    for (let index = 0; index < end; index++) {
      if (index >= foundEnd && index < start) continue;
      const object = words[entries + index] as number;
      if (object === 0 && index < foundEnd) continue;
      entryCount++;
      const where = entries + index;
      expectSound(
        isObject(object),
        "candidate",
        where,
        () => `it is ${object}, where no object is`,
      );
      const mark = words[marks + (object >> 2)] as number;
      const wanted = index < foundEnd ? ~index : index + 1;
      expectSound(mark === wanted, "candidate", where, () => `the mark of ${object} is ${mark}`);
    }
    let bufferedCount = 0;
    walk((object) => {
      const isBuffered = ((words[object + TYPE] as number) & bufferedMask) !== 0;
      const mark = words[marks + (object >> 2)] as number;
      const problem = () => `its mark is ${mark}, and it is ${isBuffered ? "" : "not "}buffered`;
      expectSound(isBuffered === (mark !== 0), "object", object, problem);
      if (isBuffered) bufferedCount++;
    });
    const problem = `${entryCount} entries, and ${bufferedCount} objects that are buffered`;
    expectSound(entryCount === bufferedCount, "candidate buffer", state.start, problem);
  }

  return {
    note,
    noteMoved,
    remove,
    candidateCount: () => (words[endWord] as number) - (words[startWord] as number),
    noteAll,
    mendOverrun,
    foundCount: () => words[foundEndWord] as number,
    foundAt,
    release,
    validate,
  };
}
