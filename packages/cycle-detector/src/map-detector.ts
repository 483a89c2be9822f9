// The fast detector: the question and the answer of subtract-detector.ts, over maps instead of
// lists. References between candidates are counted up, in a byte a granule beside the heap; a
// candidate whose count equals its reference count has no reference from outside.
//
//   count     every candidate, in address order, adds one to the byte of each object that it
//             refers to (inside-counts.ts)
//   reach     all candidates stand in the found map. A cursor goes over them once more: what is
//             reached, or referred to from outside, is scanned, and it and what it refers to leave
//             the map. Ahead of the cursor the cursor will come by, behind it the object goes into
//             the queue (object-queue.ts)
//             ── cursor ──► │ behind: queue │ x │ ahead: its cleared bit is enough │
//   queue     those behind, in the order in which they were reached
//   found     who is in the map now (found-map.ts); bytes go back to zero in `release`
//
// A bit says both that somebody is a candidate and that nobody has reached it: one load of a map
// that is an eighth as large as the counts, where references lead all over the heap.
//
// Whoever is scanned when the cursor comes by is who CPython leaves in its list, and the queue is
// the list's tail, to which it moves what it had exiled too early: the algorithm is the same,
// without lists, copies of counts and writes to objects. What a tuple holds is older than the
// tuple, so that it counts as behind the cursor wherever it lies.
//
// `reachTwo`, `reachFew` and `drainTwo` are written out for objects of one shape (tract-shape.ts);
// `reachAny` and `drain`, which read the rows of the type table, are what they must agree with.
// Where all have two slots and most references point down, the cursor goes down, and "ahead" is
// below it: the order is nobody's to see, as no object of such a shape untracks.
//
// Source: CPython 3.13 Python/gc.c, `subtract_refs`, `move_unreachable`; Christopher, Reference
// count garbage collection (1984), for counting only what is inside.

import {
  ARENA_SHIFT,
  type ArenaSource,
  type CandidateMap,
  HeapCorruptionError,
  LENGTH_WORD_OFFSET,
  type LinearMemory,
  type MapDetector,
  OBJECT_HEADER_SIZE_WORDS,
  type Region,
  ROW_FLAGS,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TRACT_ENTRY_SHIFT,
  TRACT_HAS_FOUND,
  TRACT_MAP_WORDS,
  TRACT_SHIFT,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_TUPLE,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import { MANY, RESCUED, WAITING } from "./count-bytes.js";
import { createCountMap } from "./count-map.js";
import { createFoundMap } from "./found-map.js";
import { createInsideCounts } from "./inside-counts.js";
import { createObjectQueue } from "./object-queue.js";
import { pointsDown } from "./reference-direction.js";
import { leavingIn, TRACT_HAS_LEAVING } from "./tract-shape.js";

/** Bytes a granule of a side table: counts, the queue, and room for every large count. */
export const MAP_DETECTOR_BYTES_PER_GRANULE = 2;

export interface MapDetectorOptions {
  memory: LinearMemory;
  types: TypeTable;
  /** `MAP_DETECTOR_BYTES_PER_GRANULE` for every granule that can be lent, zero-filled. */
  region: Region;
  /** Which arenas are lent, those that can be: what is not lent has no counts. */
  source: Pick<ArenaSource, "arenaTable" | "firstArenaIndex" | "arenaCount">;
  /** The count of objects that never die. */
  immortalCount: number;
  /** A bit in word 1: the object has weak references. */
  weakMask: number;
  /** Takes an object out of what is tracked. */
  untrack: (object: WordIndex) => void;
}

/** Counts references inside up; finds all garbage among the candidates, in address order. */
export function createMapDetector(options: MapDetectorOptions): MapDetector {
  const { types, region, source, immortalCount, weakMask, untrack } = options;
  const { words, bytes } = options.memory;
  const rows = types.base;
  const granuleCount = (source.arenaCount - source.firstArenaIndex) << (ARENA_SHIFT - 2);
  const countMap = createCountMap(words, region, source);
  const { counts } = countMap;
  const countWords = granuleCount >> 2;
  const queueWords = granuleCount >> 4;
  const queue = createObjectQueue(words, part(region, countWords, queueWords));
  const { push, take, touchAhead } = queue;
  const overflowWords = (granuleCount >> 3) + (granuleCount >> 4);
  const overflowRegion = part(region, countWords + queueWords, overflowWords);
  const foundMap = createFoundMap(words, rows, weakMask);
  const inside = createInsideCounts({ memory: options.memory, types, counts, overflowRegion });
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const FIELDS = OBJECT_HEADER_SIZE_WORDS;
  const TYPE = TYPE_WORD_OFFSET;
  const LENGTH = LENGTH_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const ROW_SHIFT = TYPE_ROW_SHIFT;
  const IMMORTAL_LESS_1 = immortalCount - 1;
  const { clz32 } = Math;
  const NOWHERE = 0x7fffffff;
  // Of the examination under way.
  let candidates = 0;
  let found = 0;
  let first = 0;
  let last = 0;
  let isWhole = false;
  let isTwo = false;
  let isAnyLeaving = false;
  let isSweepNeeded = false;
  let hasLeft = false;

  // ── Reaching ──────────────────────────────────────────────────────────────────────────────────

  /** A candidate that nobody has reached is, from here on. */
  function reach(value: number, from: number): void {
    if (value <= 0) return;
    const place = found + (value >>> 7);
    const unreached = words[place] as number;
    const bit = 1 << (value >>> 2);
    if ((unreached & bit) === 0) return;
    words[place] = unreached ^ bit;
    if (value < from) rescue(value);
  }

  /**
   * The same of an object in another word of the map. Of one in the cursor's own word, which is in
   * a register, it answers the bit: most references are to neighbours, and a load that waits for
   * the store before it takes longer than all else that is done for an object. For a cursor that
   * goes down, what lies above is behind.
   */
  function reachFar(value: number, from: number, here: number, isDown: boolean): number {
    const there = value >>> 7;
    const bit = 1 << (value >>> 2);
    if (there === here) return bit;
    if (value <= 0) return 0;
    const unreached = words[found + there] as number;
    if ((unreached & bit) === 0) return 0;
    words[found + there] = unreached ^ bit;
    if (value < from !== isDown) rescue(value);
    return 0;
  }

  /** Those in the cursor's word that it has passed. */
  function rescueNear(here: number, behind: number): void {
    for (let bits = behind; bits !== 0; bits &= bits - 1) {
      rescue((here << 7) | ((31 - clz32(bits & -bits)) << 2));
    }
  }

  /** It is behind the cursor: into the queue, or marked for a sweep. */
  function rescue(value: number): void {
    if (push(value)) {
      if (isAnyLeaving) bytes[counts + (value >> 2)] = RESCUED;
      return;
    }
    bytes[counts + (value >> 2)] = WAITING;
    isSweepNeeded = true;
  }

  /**
   * Whether the cursor may scan the object: something from outside refers to it, or it is reached.
   */
  function isScanned(object: number, unreached: number): boolean {
    const mark = bytes[counts + (object >> 2)] as number;
    const count = words[object] as number;
    if (unreached === 0) {
      // Unsigned, all but the counts of mortals that live are too large.
      if ((count - 1) >>> 0 >= IMMORTAL_LESS_1) leave(object);
      return mark < WAITING;
    }
    if (mark === count && mark !== MANY) return false;
    return isHeldFromOutside(object, mark, count);
  }

  function isHeldFromOutside(object: number, mark: number, count: number): boolean {
    if ((count - 1) >>> 0 >= IMMORTAL_LESS_1) leave(object);
    else if (mark >= count || mark === MANY) {
      const known = inside.exactly(object, mark);
      if (known === count) return false;
      if (known > count) refuseCount(object);
    }
    return true;
  }

  /** It is immortal, or being deallocated: of no generation, and what it holds is not garbage. */
  function leave(object: number): void {
    untrack(object);
    hasLeft = true;
  }

  function refuseCount(object: number): never {
    const type = (words[object + TYPE] as number) & MASK;
    const name = types.descriptor(type as never).name;
    const problem =
      `its count is ${words[object]}, and more references than that to this "${name}" were found ` +
      "in tracked objects";
    throw new HeapCorruptionError({ structure: "object", word: object, problem });
  }

  /** Moves the cursor over a tract. Answers what its entry's summary has to say. */
  function reachTract(tract: number, slotCount: number): number {
    if (slotCount === 0) return reachAny(tract);
    if (slotCount === 2) return reachTwo(tract);
    return reachFew(tract, slotCount);
  }

  function isUnreached(value: number): boolean {
    return (((words[found + (value >>> 7)] as number) >>> (value >>> 2)) & 1) !== 0;
  }

  function reachTwo(tract: number): number {
    const group = candidates + (tract << 7);
    let summary = 0;
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      if (bits === 0) continue;
      const here = (tract << 5) | word;
      let unreached = words[found + here] as number;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = (here << 7) | ((31 - clz32(bit)) << 2);
        if (isScanned(object, unreached & bit)) {
          let near = reachFar(words[object + FIELDS] as number, object, here, false);
          near |= reachFar(words[object + FIELDS + 1] as number, object, here, false);
          const behind = near & unreached & (bit - 1);
          unreached &= ~(near | bit);
          if (behind !== 0) rescueNear(here, behind);
        } else summary = TRACT_HAS_FOUND;
      }
      words[found + here] = unreached;
    }
    return summary;
  }

  /** `reachTwo` with a cursor that goes down. */
  function reachTwoDown(tract: number): number {
    const group = candidates + (tract << 7);
    let summary = 0;
    for (let word = TRACT_MAP_WORDS - 1; word >= 0; word--) {
      let bits = words[group + (word << 2)] as number;
      if (bits === 0) continue;
      const here = (tract << 5) | word;
      let unreached = words[found + here] as number;
      while (bits !== 0) {
        const index = 31 - clz32(bits);
        const bit = 1 << index;
        bits ^= bit;
        const object = (here << 7) | (index << 2);
        if (isScanned(object, unreached & bit)) {
          let near = reachFar(words[object + FIELDS] as number, object, here, true);
          near |= reachFar(words[object + FIELDS + 1] as number, object, here, true);
          const behind = near & unreached & ~(bit | (bit - 1));
          unreached &= ~(near | bit);
          if (behind !== 0) rescueNear(here, behind);
        } else summary = TRACT_HAS_FOUND;
      }
      words[found + here] = unreached;
    }
    return summary;
  }

  function reachFew(tract: number, slotCount: number): number {
    const group = candidates + (tract << 7);
    let summary = 0;
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = words[group + (word << 2)] as number;
      if (bits === 0) continue;
      const here = (tract << 5) | word;
      let unreached = words[found + here] as number;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = (here << 7) | ((31 - clz32(bit)) << 2);
        if (!isScanned(object, unreached & bit)) {
          summary = TRACT_HAS_FOUND;
          continue;
        }
        const near = reachSlots(object, here, slotCount);
        const behind = near & unreached & (bit - 1);
        unreached &= ~(near | bit);
        if (behind !== 0) rescueNear(here, behind);
      }
      words[found + here] = unreached;
    }
    return summary;
  }

  /** Slots 1 to 4, and their bits in the cursor's word. */
  function reachSlots(object: number, here: number, slotCount: number): number {
    const slot = object + FIELDS;
    let near = reachFar(words[slot] as number, object, here, false);
    if (slotCount === 1) return near;
    near |= reachFar(words[slot + 1] as number, object, here, false);
    if (slotCount === 2) return near;
    near |= reachFar(words[slot + 2] as number, object, here, false);
    if (slotCount === 4) near |= reachFar(words[slot + 3] as number, object, here, false);
    return near;
  }

  function reachAny(tract: number): number {
    const group = candidates + (tract << 7);
    const map = found + (tract << 5);
    let summary = 0;
    let flags = 0;
    let type = -1;
    let row = 0;
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
          flags |= words[row + ROW_FLAGS] as number;
        }
        if (isScanned(object, (words[map + word] as number) & bit)) {
          words[map + word] = (words[map + word] as number) & ~bit;
          scanRow(object, row, object);
        } else summary |= TRACT_HAS_FOUND;
      }
    }
    return summary | leavingIn(flags);
  }

  function rowOf(object: number): number {
    return rows + (((words[object + TYPE] as number) & MASK) << ROW_SHIFT);
  }

  function scanRow(object: number, row: number, from: number): void {
    const isTuple = ((words[row + ROW_FLAGS] as number) & TYPE_UNTRACKS_AS_TUPLE) !== 0;
    if (isTuple && from === object) rescueOlder(object);
    const length = (words[object + LENGTH] as number) & (words[row + ROW_VISITED_MASK] as number);
    const end = object + (words[row + ROW_VISITED_END] as number) + length;
    for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {
      reach(words[slot] as number, from);
    }
  }

  function scan(object: number, from: number): void {
    scanRow(object, rowOf(object), from);
  }

  /** What only candidates hold of a tuple's items, wherever it lies: CPython has passed it. */
  function rescueOlder(object: number): void {
    const row = rowOf(object);
    const length = (words[object + LENGTH] as number) & (words[row + ROW_VISITED_MASK] as number);
    const end = object + (words[row + ROW_VISITED_END] as number) + length;
    for (let slot = object + (words[row + ROW_SLOTS_START] as number); slot < end; slot++) {
      const value = words[slot] as number;
      if (value <= object || !isUnreached(value)) continue;
      const known = inside.exactly(value, bytes[counts + (value >> 2)] as number);
      if (known === words[value]) reach(value, NOWHERE);
    }
  }

  /**
   * Those reached behind the cursor; what they reach joins them. In a full collection some are no
   * candidates, and what they hold is reached already: a reference from outside holds it.
   */
  function drain(): void {
    if (isTwo) {
      drainTwo();
      return;
    }
    let ahead = 0;
    let type = -1;
    let startOffset = 0;
    let endOffset = 0;
    let lengthMask = 0;
    for (let object = take(); object !== 0; object = take()) {
      if (ahead === 0) ahead = touchAhead();
      ahead--;
      const typeNow = (words[object + TYPE] as number) & MASK;
      if (typeNow !== type) {
        type = typeNow;
        const row = rows + (type << ROW_SHIFT);
        startOffset = words[row + ROW_SLOTS_START] as number;
        endOffset = words[row + ROW_VISITED_END] as number;
        lengthMask = words[row + ROW_VISITED_MASK] as number;
      }
      const end = object + endOffset + ((words[object + LENGTH] as number) & lengthMask);
      for (let slot = object + startOffset; slot < end; slot++) {
        reach(words[slot] as number, NOWHERE);
      }
    }
  }

  /** They are few enough to be near, and all have two slots. */
  function drainTwo(): void {
    for (let object = take(); object !== 0; object = take()) {
      reach(words[object + FIELDS] as number, NOWHERE);
      reach(words[object + FIELDS + 1] as number, NOWHERE);
    }
  }

  /** When the queue was full: whoever waits is found by its mark. */
  function sweepWaiting(list: number, end: number): void {
    while (isSweepNeeded) {
      isSweepNeeded = false;
      for (let entry = list; entry < end; entry += 2) {
        eachCandidate(words[entry] as number, (object) => {
          const place = counts + (object >> 2);
          if (bytes[place] !== WAITING) return;
          bytes[place] = RESCUED;
          scan(object, NOWHERE);
          drain();
        });
      }
    }
  }

  function eachCandidate(tract: number, visit: (object: number) => void): void {
    const group = candidates + (tract << 7);
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      for (let bits = words[group + (word << 2)] as number; bits !== 0; bits &= bits - 1) {
        visit((tract << TRACT_SHIFT) + (word << 7) + ((31 - clz32(bits & -bits)) << 2));
      }
    }
  }

  // ── Found ─────────────────────────────────────────────────────────────────────────────────────

  function release(): void {
    inside.resetLarge();
    queue.reset();
    isSweepNeeded = false;
    if (isWhole) countMap.clear();
    else {
      for (let entry = first; entry < last; entry += 2) {
        const hasLeaving = ((words[entry + 1] as number) & TRACT_HAS_LEAVING) !== 0;
        countMap.clearTract(words[entry] as number, candidates, hasLeft || hasLeaving);
      }
    }
    last = first;
    hasLeft = false;
  }

  function find(map: CandidateMap): number {
    const { list, tractCount, special } = map;
    const end = list + (tractCount << TRACT_ENTRY_SHIFT);
    candidates = map.candidates;
    found = map.found;
    isWhole = map.isWhole;
    first = list;
    last = end;
    for (let entry = list; entry < end; entry += 2) {
      foundMap.begin(words[entry] as number, candidates, found);
    }
    const slotCount = inside.countAll(map);
    isAnyLeaving = slotCount === 0;
    isTwo = slotCount === 2 && !isWhole;
    if (slotCount === 2 && pointsDown(words, map)) {
      for (let entry = end - 2; entry >= list; entry -= 2) {
        words[entry + 1] = reachTwoDown(words[entry] as number);
      }
    } else {
      for (let entry = list; entry < end; entry += 2) {
        words[entry + 1] = reachTract(words[entry] as number, words[entry + 1] as number);
      }
    }
    drain();
    sweepWaiting(list, end);
    let foundCount = 0;
    for (let entry = list; entry < end; entry += 2) {
      if (((words[entry + 1] as number) & TRACT_HAS_FOUND) === 0) continue;
      foundCount += foundMap.count(words[entry] as number, found, special);
    }
    return foundCount;
  }

  return {
    name: "count-up",
    find,
    isRescued(object) {
      const mark = bytes[counts + (object >> 2)] as number;
      return mark === RESCUED || mark === WAITING;
    },
    release,
    validate: countMap.validate,
  };
}

function part(region: Region, startWords: number, sizeWords: number): Region {
  return { start: region.start + startWords, sizeWords, existed: region.existed };
}
