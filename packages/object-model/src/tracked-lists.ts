// Tracked lists: which objects a cycle detector watches, in the order in which it must see them.
// One list a generation, one of the permanent ones, and the gathered one that is being collected:
// dense runs of references, so that an object costs 4 bytes and a walk reads them in a row.
//
//   region   │ count │ live │ directory │ of each list … │ free pieces │ first fresh piece │
//            │ directory of each list … │ piece │ piece │ …
//   list     directory ─► piece of 1024 references ─► piece ─► …      order: entry 0 first
//   object   word 1: tracked, generation            mark: a word a granule, 0 at rest
//
// An object that leaves, by its death too, is not searched for: its tracked bit is cleared and its
// entry is stale from then on. An entry counts if an object begins there, is tracked, says this
// generation, and no later entry names it: a reused address, or an object tracked again, is always
// behind what it was before. A compact drops the others before anybody reads a list, and after a
// death, when they are more than a quarter of the live ones and a piece. So a list of n objects
// never has more than 1.25 n + 1024 entries: 4 bytes an object when compact, 5 bytes and 4 KiB at
// worst, and a word of the directory for each piece. Between two compacts of n entries at least
// n / 5 objects left, so that each pays for five entries. The pieces lie in a region that is
// reserved and committed as it is used, so that tracking an object never fails.
//
// Nothing that keeps its order densely is always at 4 bytes: to close each gap at once is to move
// all that lies behind it, and with a share s of stale entries a leave pays for 1 + 1/s of them. At
// an eighth, 4.5 bytes, a program that replaces objects at random was a fifth slower. Every
// collection compacts what it gathers, so that slack is in old lists between full collections.
//
// While a collection runs, its objects are in the gathered list and keep the generation they had; a
// mark below 0 says that an object was found unreachable, and is nobody else's.

import {
  type Collector,
  expectSound,
  LIST_PIECE_SHIFT,
  NOT_TRACKED,
  PERMANENT_GENERATION,
  type ReferenceList,
  type Region,
  type WordIndex,
} from "@ouro/interfaces";

const LIST_COUNT = PERMANENT_GENERATION + 2;
const GATHERED = PERMANENT_GENERATION + 1;
const COUNT = 0;
const LIVE = 1;
const DIRECTORY = 2;
const RECORD_SHIFT = 2;
const FREE_PIECE = LIST_COUNT << RECORD_SHIFT;
const FRESH_PIECE = FREE_PIECE + 1;
const HEADER_SIZE_WORDS = (FREE_PIECE + 4) | 0;
const PIECE_SIZE = 1 << LIST_PIECE_SHIFT;
const PIECE_MASK = PIECE_SIZE - 1;

/** What the lists take of a side table. Unit: bytes a granule. */
export const TRACKED_LISTS_BYTES_PER_GRANULE = 5.5;

export interface TrackedListsOptions {
  words: Int32Array;
  /** `TRACKED_LISTS_BYTES_PER_GRANULE` for every granule that can be lent, zero-filled. */
  region: Region;
  /** The mark of object o is word `marks + (o >> 2)`. */
  marks: WordIndex;
  /** Masks in word 1 of an object; the generation takes two bits. */
  trackedMask: number;
  generationMask: number;
  isObject: (word: number) => boolean;
}

export interface TrackedLists {
  /** Puts an object that is not tracked at the end of a generation. O(1) amortised. */
  track(object: WordIndex, generation: number): void;
  /** Takes an object out of its list, or of what was gathered. Does nothing if untracked. O(1). */
  untrack(object: WordIndex): void;
  isTracked(object: WordIndex): boolean;
  /** 0 to 3, or `NOT_TRACKED`. O(1). */
  generationOf(object: WordIndex): number;
  liveCount(generation: number): number;
  /** The generation, then 0 and so on to below it, as one list to collect. O(those). */
  gather(generation: number): ReferenceList;
  /** Appends the gathered entries from `start` up to `end` to a generation, skipping zeros. */
  promote(start: number, end: number, generation: number): void;
  /** A gathered entry; 0 for one that is dropped. */
  gathered(index: number): number;
  /** Untracks a gathered object that was reached. O(1). */
  dropGathered(index: number): void;
  /** Ends what `gather` began; what is left there leaves the lists. O(1) a piece. */
  release(): void;
  /** All of a generation to the end of another. O(those). */
  moveAll(from: number, to: number): void;
  /** In list order. The visitor must not track or untrack others. O(list). */
  walk(generation: number, visit: (object: WordIndex) => void): void;
  /** Forgets everything: no object is tracked. O(tracked). */
  clear(): void;
  /** Throws `HeapCorruptionError` naming the first list or object found broken. O(heap). */
  validate(walk: Collector["walk"]): void;
}

export function createTrackedLists(options: TrackedListsOptions): TrackedLists {
  const { words, region, marks, trackedMask, generationMask, isObject } = options;
  const generationShift = 31 - Math.clz32(generationMask & -generationMask);
  const keptMask = ~(trackedMask | generationMask);
  const start = region.start;
  const pieceLimit = Math.floor((region.sizeWords - HEADER_SIZE_WORDS) / (PIECE_SIZE + LIST_COUNT));
  const firstPiece = start + HEADER_SIZE_WORDS + LIST_COUNT * pieceLimit;
  const piecesEnd = firstPiece + pieceLimit * PIECE_SIZE;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const SHIFT = LIST_PIECE_SHIFT;
  const MASK = PIECE_MASK;
  initialize();

  function initialize(): void {
    if (words[start + FRESH_PIECE] !== 0) return;
    for (let list = 0; list < LIST_COUNT; list++) {
      words[recordOf(list) + DIRECTORY] = start + HEADER_SIZE_WORDS + list * pieceLimit;
    }
    words[start + FRESH_PIECE] = firstPiece;
  }

  function recordOf(list: number): number {
    return start + (list << RECORD_SHIFT);
  }

  function countOf(list: number): number {
    return words[recordOf(list) + COUNT] as number;
  }

  function placeOf(list: number, index: number): number {
    const directory = words[recordOf(list) + DIRECTORY] as number;
    return (words[directory + (index >> SHIFT)] as number) + (index & MASK);
  }

  function append(list: number, object: number): void {
    const record = recordOf(list);
    if (((words[record + COUNT] as number) & MASK) === 0) makeRoom(list);
    const count = words[record + COUNT] as number;
    words[placeOf(list, count)] = object;
    words[record + COUNT] = count + 1;
  }

  /** The last piece is full: room behind it. */
  function makeRoom(list: number): void {
    const record = recordOf(list);
    if (words[start + FREE_PIECE] === 0 && words[start + FRESH_PIECE] === piecesEnd) compactAll();
    const count = words[record + COUNT] as number;
    const entry = (words[record + DIRECTORY] as number) + (count >> SHIFT);
    if (words[entry] === 0) words[entry] = takePiece();
  }

  function takePiece(): number {
    const free = words[start + FREE_PIECE] as number;
    if (free !== 0) {
      words[start + FREE_PIECE] = words[free] as number;
      return free;
    }
    const fresh = words[start + FRESH_PIECE] as number;
    expectSound(fresh < piecesEnd, "tracked lists", start, "they have more entries than objects");
    words[start + FRESH_PIECE] = fresh + PIECE_SIZE;
    return fresh;
  }

  /** Without stale entries there are fewer than granules, and room for so many. */
  function compactAll(): void {
    for (let list = 0; list <= PERMANENT_GENERATION; list++) compact(list);
  }

  function givePiece(entry: number): void {
    const piece = words[entry] as number;
    if (piece === 0) return;
    words[piece] = words[start + FREE_PIECE] as number;
    words[start + FREE_PIECE] = piece;
    words[entry] = 0;
  }

  /** Gives back the pieces behind the last entry. */
  function trim(list: number, oldCount: number): void {
    const directory = words[recordOf(list) + DIRECTORY] as number;
    const first = (countOf(list) + PIECE_MASK) >> SHIFT;
    for (let index = oldCount >> SHIFT; index >= first; index--) givePiece(directory + index);
  }

  function isEntryOf(list: number, object: number): boolean {
    const header = words[object + 1] as number;
    return (
      (header & trackedMask) !== 0 &&
      (header & generationMask) >>> generationShift === list &&
      words[marks + (object >> 2)] === 0 &&
      isObject(object)
    );
  }

  /** Drops stale entries. From the end: of several entries of one object the last is valid. */
  function compact(list: number): void {
    const record = recordOf(list);
    const count = words[record + COUNT] as number;
    if (count === words[record + LIVE]) return;
    let index = count - 1;
    while (index >= 0) {
      const piece = placeOf(list, index) - index;
      for (const stop = index & ~MASK; index >= stop; index--) {
        const object = words[piece + index] as number;
        if (isEntryOf(list, object)) words[marks + (object >> 2)] = 1;
        else words[piece + index] = 0;
      }
    }
    words[record + COUNT] = closeGaps(list, count);
    trim(list, count);
  }

  /** How many entries are left. */
  function closeGaps(list: number, count: number): number {
    let kept = 0;
    let index = 0;
    while (index < count) {
      const piece = placeOf(list, index) - index;
      for (const stop = Math.min(count, (index | MASK) + 1); index < stop; index++) {
        const object = words[piece + index] as number;
        if (object === 0) continue;
        words[marks + (object >> 2)] = 0;
        if (kept !== index) words[placeOf(list, kept)] = object;
        kept++;
      }
    }
    return kept;
  }

  function track(object: number, generation: number): void {
    append(generation, object);
    const header = words[object + 1] as number;
    words[object + 1] = (header & keptMask) | trackedMask | (generation << generationShift);
    countLive(generation, 1);
  }

  function countLive(list: number, change: number): void {
    const live = recordOf(list) + LIVE;
    words[live] = (words[live] as number) + change;
  }

  function untrack(object: number): void {
    const header = words[object + 1] as number;
    if ((header & trackedMask) === 0) return;
    words[object + 1] = header & keptMask;
    if (countOf(GATHERED) > 0 && words[marks + (object >> 2)] !== 0) {
      words[marks + (object >> 2)] = 0;
      return;
    }
    const list = (header & generationMask) >>> generationShift;
    countLive(list, -1);
    // What was tracked last often goes first. One piece is kept behind the last one in use.
    const last = countOf(list) - 1;
    if (last >= 0 && words[placeOf(list, last)] === object) {
      words[recordOf(list) + COUNT] = last;
      if ((last & MASK) === MASK) givePiece(entryOf(list, last) + 1);
    }
    if (countOf(list) > limitOf(list)) compact(list);
  }

  /** Entries that the list may have: its live ones, and stale ones for a quarter and a piece. */
  function limitOf(list: number): number {
    const live = words[recordOf(list) + LIVE] as number;
    return live + (live >> 2) + PIECE_SIZE;
  }

  const isTracked = (object: number): boolean =>
    ((words[object + 1] as number) & trackedMask) !== 0;

  function generationOf(object: number): number {
    const header = words[object + 1] as number;
    if ((header & trackedMask) === 0) return NOT_TRACKED;
    return (header & generationMask) >>> generationShift;
  }

  function gather(generation: number): ReferenceList {
    for (let list = 0; list <= generation; list++) compact(list);
    swap(generation, GATHERED);
    for (let list = 0; list < generation; list++) {
      const count = countOf(list);
      if (countOf(GATHERED) === 0) {
        swap(list, GATHERED);
        continue;
      }
      for (let index = 0; index < count; index++) {
        append(GATHERED, words[placeOf(list, index)] as number);
        if ((index & MASK) === MASK) givePiece(entryOf(list, index));
      }
      empty(list);
    }
    const end = countOf(GATHERED);
    return { directory: words[recordOf(GATHERED) + DIRECTORY] as number, start: 0, end };
  }

  function entryOf(list: number, index: number): number {
    return (words[recordOf(list) + DIRECTORY] as number) + (index >> SHIFT);
  }

  /** Pieces of `list` go to the gathered list, which is empty. */
  function swap(list: number, other: number): void {
    for (const word of [COUNT, DIRECTORY]) {
      const kept = words[recordOf(list) + word] as number;
      words[recordOf(list) + word] = words[recordOf(other) + word] as number;
      words[recordOf(other) + word] = kept;
    }
    words[recordOf(list) + LIVE] = 0;
  }

  function empty(list: number): void {
    const count = countOf(list);
    words[recordOf(list) + COUNT] = 0;
    words[recordOf(list) + LIVE] = 0;
    trim(list, count);
  }

  function promote(from: number, end: number, generation: number): void {
    const bits = trackedMask | (generation << generationShift);
    const live = recordOf(generation) + LIVE;
    let index = from;
    while (index < end) {
      const stop = Math.min(end, (index | MASK) + 1);
      const piece = placeOf(GATHERED, index) - index;
      for (; index < stop; index++) {
        const object = words[piece + index] as number;
        if (object === 0) continue;
        append(generation, object);
        words[object + 1] = ((words[object + 1] as number) & keptMask) | bits;
        words[live] = (words[live] as number) + 1;
      }
      if ((index & MASK) === 0) givePiece(entryOf(GATHERED, index - 1));
    }
  }

  function moveAll(from: number, to: number): void {
    compact(from);
    const count = countOf(from);
    for (let index = 0; index < count; index++) {
      const object = words[placeOf(from, index)] as number;
      append(to, object);
      const header = (words[object + 1] as number) & keptMask;
      words[object + 1] = header | trackedMask | (to << generationShift);
      countLive(to, 1);
      if ((index & MASK) === MASK) givePiece(entryOf(from, index));
    }
    empty(from);
  }

  function walk(generation: number, visit: (object: number) => void): void {
    compact(generation);
    const count = countOf(generation);
    for (let index = 0; index < count; index++) visit(words[placeOf(generation, index)] as number);
  }

  function clear(): void {
    for (let list = 0; list <= PERMANENT_GENERATION; list++) {
      walk(list, (object) => {
        words[object + 1] = (words[object + 1] as number) & keptMask;
      });
      empty(list);
    }
  }

  function validate(walkHeap: Collector["walk"]): void {
    const tracked = new Int32Array(LIST_COUNT);
    walkHeap((object) => {
      const generation = generationOf(object);
      const mark = words[marks + (object >> 2)] as number;
      const isFound = mark < 0 && countOf(GATHERED) > 0;
      expectSound(mark === 0 || isFound, "object", object, () => `its mark is ${mark} at rest`);
      if (mark !== 0 || generation === NOT_TRACKED) return;
      tracked[generation] = (tracked[generation] as number) + 1;
    });
    for (let list = 0; list <= PERMANENT_GENERATION; list++) {
      validateList(list, tracked[list] as number);
    }
  }

  /** Reads a list as `compact` would, and changes nothing. */
  function validateList(list: number, tracked: number): void {
    const record = recordOf(list);
    const live = words[record + LIVE] as number;
    const count = countOf(list);
    const problem = `${tracked} objects say that they are in it, and its count is ${live}`;
    expectSound(tracked === live, `list ${list}`, record, problem);
    expectSound(
      count <= limitOf(list),
      `list ${list}`,
      record,
      `${count} entries for ${live} objects`,
    );
    const seen = new Set<number>();
    for (let index = 0; index < count; index++) {
      const object = words[placeOf(list, index)] as number;
      if (isEntryOf(list, object)) seen.add(object);
    }
    const missing = `${tracked - seen.size} objects that say they are in it have no entry`;
    expectSound(seen.size === tracked, `list ${list}`, record, missing);
  }

  return {
    track,
    untrack,
    isTracked,
    generationOf,
    liveCount: (generation) => words[recordOf(generation) + LIVE] as number,
    gather,
    promote,
    gathered: (index) => words[placeOf(GATHERED, index)] as number,
    dropGathered(index) {
      const place = placeOf(GATHERED, index);
      const object = words[place] as number;
      words[object + 1] = (words[object + 1] as number) & keptMask;
      words[place] = 0;
    },
    release: () => empty(GATHERED),
    moveAll,
    walk,
    clear,
    validate,
  };
}
