// Counts of references from candidates, up from zero, in a byte a granule beside the heap: who is
// referred to is not looked at, so that counting walks over the candidates in address order and
// over bytes, sixteen objects of which share a line of the cache with what four have in the heap.
//
//   candidate ─► slot ─► byte of what it holds + 1       251 + 1 ─► the table of large counts
//
// In a full collection nearly every reference is to a candidate: it is counted unasked, also where
// nobody will read the count. In others a bit says whether who is referred to is one, and only the
// candidates of a tract need be of one shape.
//
// `countTwo` and `countFew` are written out for objects of one shape; `countAny` is what they must
// agree with. Source: CPython 3.13 Python/gc.c, `subtract_refs`.

import {
  type CandidateMap,
  LENGTH_WORD_OFFSET,
  type LinearMemory,
  OBJECT_HEADER_SIZE_WORDS,
  type Region,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TRACT_ENTRY_SHIFT,
  TRACT_MAP_WORDS,
  TRACT_OWNER_MASK,
  TRACT_SHIFT,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";
import { LARGEST, MANY } from "./count-bytes.js";
import { createOverflowCounts } from "./overflow-counts.js";
import { commonShape, slotCountIn } from "./tract-shape.js";

export interface InsideCountsOptions {
  memory: LinearMemory;
  types: TypeTable;
  /** The byte of object o is `bytes[counts + (o >> 2)]`. */
  counts: number;
  /** Words for counts that are too large for a byte. */
  overflowRegion: Region;
}

export interface InsideCounts {
  /**
   * Counts what the candidates of a map refer to. Leaves in each entry of its list, where the
   * summary will be, how many slots each candidate of the tract has, 1 to 4, or 0; answers the same
   * of all candidates.
   */
  countAll(map: CandidateMap): number;
  /** The count of an object whose byte is `mark`. */
  exactly(object: number, mark: number): number;
  /** Forgets the large counts. */
  resetLarge(): void;
}

export function createInsideCounts(options: InsideCountsOptions): InsideCounts {
  const { types, counts } = options;
  const { words, bytes } = options.memory;
  const rows = types.base;
  const overflow = createOverflowCounts(words, options.overflowRegion);
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const FIELDS = OBJECT_HEADER_SIZE_WORDS;
  const TYPE = TYPE_WORD_OFFSET;
  const LENGTH = LENGTH_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const ROW_SHIFT = TYPE_ROW_SHIFT;
  const { clz32 } = Math;
  // Of the examination under way.
  let candidates = 0;
  let found = 0;
  let tracts = 0;
  let isWhole = false;

  /** Unasked, who is no candidate is counted too. */
  function count(value: number, asks: boolean): void {
    if (value <= 0 || (asks && !isCandidate(value))) return;
    const place = counts + (value >> 2);
    const known = bytes[place] as number;
    if (known < LARGEST) bytes[place] = known + 1;
    else countMany(value, place);
  }

  function countMany(value: number, place: number): void {
    if (bytes[place] === MANY) {
      overflow.add(value);
      return;
    }
    bytes[place] = MANY;
    overflow.begin(value, LARGEST + 1);
  }

  function isCandidate(value: number): boolean {
    return (((words[found + (value >>> 7)] as number) >>> (value >>> 2)) & 1) !== 0;
  }

  /** Answers how many slots each candidate of the tract has, 1 to 4; 0 if they differ. */
  function countTract(tract: number): number {
    const recorded = slotCountIn(words[tracts + tract] as number);
    const known = isWhole || recorded !== 0 ? recorded : slotCountNow(tract);
    if (known === 2) countTwo(tract);
    else if (known !== 0) countFew(tract, known);
    else {
      countAny(tract);
      return isWhole ? slotCountIn(words[tracts + tract] as number) : 0;
    }
    return known;
  }

  /** Where older objects are not looked at, the shape is that of the candidates alone. */
  function slotCountNow(tract: number): number {
    const group = candidates + (tract << 7);
    let type = -1;
    let shape = -1;
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      const header = (tract << TRACT_SHIFT) + (word << 7) + TYPE;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const typeNow = (words[header + ((31 - clz32(bit)) << 2)] as number) & MASK;
        if (typeNow === type) continue;
        type = typeNow;
        shape = commonShape(words, shape, rows + (type << ROW_SHIFT));
        if (slotCountIn(shape) === 0) return 0;
      }
    }
    return shape < 0 ? 0 : slotCountIn(shape);
  }

  function countTwo(tract: number): void {
    const asks = !isWhole;
    const group = candidates + (tract << 7);
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      const first = (tract << TRACT_SHIFT) + (word << 7);
      if (bits === -1) {
        for (let object = first; object < first + 128; object += 4) {
          count(words[object + FIELDS] as number, asks);
          count(words[object + FIELDS + 1] as number, asks);
        }
        continue;
      }
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = first + ((31 - clz32(bit)) << 2);
        count(words[object + FIELDS] as number, asks);
        count(words[object + FIELDS + 1] as number, asks);
      }
    }
  }

  function countFew(tract: number, slotCount: number): void {
    const asks = !isWhole;
    const group = candidates + (tract << 7);
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      const first = (tract << TRACT_SHIFT) + (word << 7) + FIELDS;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const slot = first + ((31 - clz32(bit)) << 2);
        count(words[slot] as number, asks);
        if (slotCount === 1) continue;
        count(words[slot + 1] as number, asks);
        if (slotCount === 2) continue;
        count(words[slot + 2] as number, asks);
        if (slotCount === 4) count(words[slot + 3] as number, asks);
      }
    }
  }

  /** Objects of any type. In a full collection it finds out whether they are of one. */
  function countAny(tract: number): void {
    const asks = !isWhole;
    const group = candidates + (tract << 7);
    let type = -1;
    let shape = -1;
    let row = 0;
    let startOffset = 0;
    let endOffset = 0;
    let lengthMask = 0;
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      const first = (tract << TRACT_SHIFT) + (word << 7);
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = first + ((31 - clz32(bit)) << 2);
        const typeNow = (words[object + TYPE] as number) & MASK;
        if (typeNow !== type) {
          type = typeNow;
          row = rows + (type << ROW_SHIFT);
          shape = commonShape(words, shape, row);
          startOffset = words[row + ROW_SLOTS_START] as number;
          endOffset = words[row + ROW_VISITED_END] as number;
          lengthMask = words[row + ROW_VISITED_MASK] as number;
        }
        const end = object + endOffset + ((words[object + LENGTH] as number) & lengthMask);
        for (let slot = object + startOffset; slot < end; slot++) {
          count(words[slot] as number, asks);
        }
      }
    }
    if (isWhole) setShape(tract, shape);
  }

  function setShape(tract: number, shape: number): void {
    words[tracts + tract] = ((words[tracts + tract] as number) & TRACT_OWNER_MASK) | shape;
  }

  return {
    countAll(map) {
      candidates = map.candidates;
      found = map.found;
      tracts = map.tracts;
      isWhole = map.isWhole;
      let common = -1;
      for (let index = 0; index < map.tractCount; index++) {
        const entry = map.list + (index << TRACT_ENTRY_SHIFT);
        const slotCount = countTract(words[entry] as number);
        words[entry + 1] = slotCount;
        common = common === -1 || common === slotCount ? slotCount : 0;
      }
      return Math.max(common, 0);
    },
    exactly: (object, mark) => (mark === MANY ? overflow.countOf(object) : mark),
    resetLarge: overflow.reset,
  };
}
