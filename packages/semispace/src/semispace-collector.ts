// The semispace collector: objects are placed one after the other in one space; when it is full,
// what the roots reach is copied to another, and the first is given back whole. Everything moves at
// each collection, the work is that of the live objects, and garbage costs nothing.
//
//   before   │ a │ dead │ b │ dead │ c │ full │
//   copied   │ a │ b │ c │ free ──────────────│      the other space; slots and roots name it
//   after    given back                              what a stale reference still names
//
// How large a space is: after a collection `growthFactor` times what lives and what was asked for,
// at least `minimumBytes`; but never larger than the heap could lend a second time (room.ts). A
// space is trimmed or grown where it lies, over what was left (placement.ts). When nothing lives
// and nothing is asked for, nothing is lent.
//
// If there is no room for the copies, because the limit was lowered or others borrowed, nothing is
// changed: collections examine nothing and allocation answers 0 until there is.

import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type Collection,
  type Collector,
  checkInteger,
  checkOptions,
  numberText,
  type Reference,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeId,
  UsageError,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";
import { createCopier } from "./copier.js";
import { objectEnd } from "./object-end.js";
import { placeForCopies, placeForFirst, type Run } from "./placement.js";
import { createReporter } from "./reporter.js";
import { arenasFor, largestSpace } from "./room.js";
import {
  COLLECTION_COUNT,
  FROM_END,
  FROM_START,
  IS_COLLECTING,
  LIVE_COUNT,
  MAPPED_END,
  POISON,
  RECLAIMED_HIGH,
  RECLAIMED_LOW,
  REFUSED_WORDS,
  SAFEPOINT_COUNT,
  SPACE_END,
  SPACE_FREE,
  SPACE_START,
  STATE_SIZE_WORDS,
  TOTAL_UNIT,
  TOUCHED_END,
  TOUCHED_START,
  TRIMMED_END,
} from "./space-layout.js";
import { validateSpace } from "./space-validate.js";
import { createStartMap } from "./start-map.js";

export interface SemispaceOptions {
  /**
   * The size of the space after a collection, as a multiple of what lives. More is faster and takes
   * more memory: the copying that a placed byte costs is 1 / (factor − 1) bytes. Default 2.
   */
  growthFactor?: number;
  /** The least size of a space that holds something, in whole arenas. Default 16 MiB. */
  minimumBytes?: number;
  /**
   * Fills a space with what is no sound value before it is given back. Default: in checked mode.
   */
  poisonFromSpace?: boolean;
  /**
   * For stress: collects at every nth safepoint, be it an allocation or a poll, full or not.
   * Default 0: only when the space is full.
   */
  collectionIntervalCount?: number;
}

const name = "semispace";
const MINIMUM_DEFAULT_BYTES = 16 * ARENA_SIZE_BYTES;
/** From so many words on, `fill` is faster than a loop. */
const BULK_WORDS = 64;

const traits: Traits = {
  moves: true,
  collectsAt: ["allocate", "collect"],
  counts: false,
  cycles: "full collection",
  death: "collection",
  exact: true,
  slices: false,
  programCode: "at safepoints",
  finalizationOrder: "weak references first",
  resurrection: false,
  hooks: [],
  headerBits: [],
  sideBytesPerGranule: 1 / 8,
};
const stressTraits: Traits = { ...traits, collectsAt: ["allocate", "poll", "collect"] };

const NOTHING: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});

/** Copies what lives, and gives back the rest whole. Throws `UsageError` for unusable options. */
export function semispaceStrategy(options: SemispaceOptions = {}): Strategy {
  const where = "semispaceStrategy";
  const known = "|growthFactor minimumBytes poisonFromSpace collectionIntervalCount";
  checkOptions(where, options, known);
  const { growthFactor = 2, minimumBytes = MINIMUM_DEFAULT_BYTES } = options;
  const { poisonFromSpace, collectionIntervalCount = 0 } = options;
  if (typeof growthFactor !== "number" || !(growthFactor > 1 && growthFactor <= 1024)) {
    throw new UsageError({
      where,
      argument: `growthFactor ${numberText(growthFactor)}`,
      problem: "is no number above 1 and up to 1024",
      remedy: "Give one; 2 is the default",
    });
  }
  if (poisonFromSpace !== undefined && typeof poisonFromSpace !== "boolean") {
    throw new UsageError({
      where,
      argument: `poisonFromSpace ${numberText(poisonFromSpace)}`,
      problem: "is neither true nor false",
      remedy: "Leave it out to poison in checked mode",
    });
  }
  checkInteger(where, "minimumBytes", minimumBytes, 0, 2 ** 32);
  checkInteger(where, "collectionIntervalCount", collectionIntervalCount, 0, 2 ** 30);
  const policy = { growthFactor, minimumBytes, collectionIntervalCount };
  return {
    name,
    traits: collectionIntervalCount > 0 ? stressTraits : traits,
    create: (parts) =>
      createSemispaceCollector(parts, {
        ...policy,
        poisonFromSpace: poisonFromSpace ?? parts.isChecked,
      }),
  };
}

function createSemispaceCollector(
  parts: StrategyParts,
  policy: Required<SemispaceOptions>,
): Collector {
  const { heap, borrower, types, roots, sideTable } = parts;
  const { growthFactor, poisonFromSpace, collectionIntervalCount } = policy;
  const minimumWords = Math.max(policy.minimumBytes / 4, 1);
  const words = heap.words;
  const state = heap.reserveRegion(borrower, name, STATE_SIZE_WORDS).start;
  const layout = createObjectLayout(words, types);
  const startMap = createStartMap(words, layout, state, sideTable.start, heap.firstArenaIndex);
  const { copyReachable } = createCopier(words, types, roots, state);
  const reporter = createReporter(words, layout, parts.observer);
  // A constant of this closure folds into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const freeWord = state + SPACE_FREE;
  const endWord = state + SPACE_END;
  const liveCountWord = state + LIVE_COUNT;
  const get = (offset: number): number => words[state + offset] as number;
  const set = (offset: number, value: number): void => {
    words[state + offset] = value;
  };

  /** An object where the last one ended; 0 when the space is full. */
  function place(type: TypeId, sizeWords: number): Reference | 0 {
    const object = words[freeWord] as number;
    const takenWords = (sizeWords + 3) & -4;
    if (takenWords > (words[endWord] as number) - object) return 0;
    words[freeWord] = object + takenWords;
    words[liveCountWord] = (words[liveCountWord] as number) + 1;
    words[object] = 0;
    words[object + TYPE] = type;
    words[object + 2] = 0;
    words[object + 3] = 0;
    if (takenWords > 4) clearRest(object + 4, object + takenWords);
    return object as Reference;
  }

  function clearRest(start: number, end: number): void {
    if (end - start >= BULK_WORDS) words.fill(0, start, end);
    else for (let word = start; word < end; word++) words[word] = 0;
  }

  function allocate(type: TypeId, sizeWords: number): Reference | 0 {
    return (place(type, sizeWords) || placeAfterCollection(type, sizeWords) | 0) as Reference | 0;
  }

  function placeAfterCollection(type: TypeId, sizeWords: number): Reference | 0 {
    if (takeBack()) {
      const object = place(type, sizeWords);
      if (object !== 0) return object;
    }
    if (get(SPACE_FREE) > get(SPACE_START)) collectFor(sizeWords);
    return tryAllocate(type, sizeWords);
  }

  function allocateUnderStress(type: TypeId, sizeWords: number): Reference | 0 {
    passSafepoint();
    return allocate(type, sizeWords);
  }

  function passSafepoint(): void {
    const count = get(SAFEPOINT_COUNT) + 1;
    set(SAFEPOINT_COUNT, count);
    if (count >= collectionIntervalCount) collectFor(0);
  }

  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    const object = place(type, sizeWords);
    if (object !== 0) return object;
    if (grow(sizeWords)) return place(type, sizeWords);
    set(REFUSED_WORDS, sizeWords);
    return 0;
  }

  /** Makes room for a request behind the objects, where they lie; false if there is none. */
  function grow(requestWords: number): boolean {
    const [start, end] = [get(SPACE_START), get(SPACE_END)];
    const neededWords = get(SPACE_FREE) - start + ((requestWords + 3) & -4);
    const largest = largestSpace(heap, start, end);
    if (arenasFor(neededWords) > largest) return false;
    const size = Math.min(largest, wantedArenas(neededWords));
    if (end > start) {
      const grown = size - (end - start) / ARENA_SIZE_WORDS;
      if (!heap.reserveArenasAt(borrower, end as Arena, grown)) return false;
      set(SPACE_END, end + grown * ARENA_SIZE_WORDS);
      return true;
    }
    const arena = reserve(placeForFirst(heap, size), size);
    if (arena !== 0) enterSpace(arena, size);
    return arena !== 0;
  }

  /** What `trim` gave back, as far as it is still free: so a trim brings no collection forward. */
  function takeBack(): boolean {
    const formerEnd = get(TRIMMED_END);
    set(TRIMMED_END, 0);
    if (formerEnd === 0) return false;
    const [start, end] = [get(SPACE_START), get(SPACE_END)];
    const size = Math.min((formerEnd - start) / ARENA_SIZE_WORDS, largestSpace(heap, start, end));
    const grown = size - (end - start) / ARENA_SIZE_WORDS;
    if (grown <= 0 || !heap.reserveArenasAt(borrower, end as Arena, grown)) return false;
    set(SPACE_END, end + grown * ARENA_SIZE_WORDS);
    return true;
  }

  /** Gives back the arenas behind the last object. */
  function trim(): void {
    if (get(IS_COLLECTING) !== 0) return;
    const [start, free, end] = [get(SPACE_START), get(SPACE_FREE), get(SPACE_END)];
    const newEnd = start + arenasFor(free - start) * ARENA_SIZE_WORDS;
    if (newEnd === end) return;
    if (newEnd === start) enterSpace(0, 0);
    else {
      set(SPACE_END, newEnd);
      if (get(TRIMMED_END) === 0) set(TRIMMED_END, end);
    }
    heap.releaseArenas(borrower, newEnd as Arena, (end - newEnd) / ARENA_SIZE_WORDS);
  }

  /** So many arenas at a place, or in the lowest run if it is 0; 0 if there are none. */
  function reserve(place: number, size: number): number {
    if (place === 0) return heap.reserveArenas(borrower, size);
    return heap.reserveArenasAt(borrower, place as Arena, size) ? place : 0;
  }

  function touchedRun(): Run {
    return { start: get(TOUCHED_START), end: get(TOUCHED_END) };
  }

  /** Notes the arenas that hold the words of a run as touched. */
  function touch(start: number, end: number): void {
    const touched = touchedRun();
    const touchedStart = touched.end === 0 ? start : Math.min(touched.start, start);
    const endOfArenas = start + arenasFor(end - start) * ARENA_SIZE_WORDS;
    set(TOUCHED_START, touchedStart);
    set(TOUCHED_END, Math.max(touched.end, endOfArenas));
  }

  function wantedArenas(neededWords: number): number {
    return arenasFor(Math.max(minimumWords, neededWords * growthFactor));
  }

  function enterSpace(arena: number, size: number): void {
    set(SPACE_START, arena);
    set(SPACE_FREE, arena);
    set(SPACE_END, arena + size * ARENA_SIZE_WORDS);
    set(MAPPED_END, arena);
    set(TRIMMED_END, 0);
  }

  /** Collects, and leaves room for a request if it can; what was refused before counts as one. */
  function collectFor(requestWords: number): Collection {
    if (get(IS_COLLECTING) !== 0) return NOTHING;
    set(IS_COLLECTING, 1);
    set(SAFEPOINT_COUNT, 0);
    const wantedWords = Math.max(requestWords, get(REFUSED_WORDS));
    set(REFUSED_WORDS, 0);
    try {
      reporter.start(get(LIVE_COUNT));
      const collection = flip((wantedWords + 3) & -4);
      reporter.end(collection.reclaimedCount);
      return collection;
    } finally {
      set(IS_COLLECTING, 0);
    }
  }

  function flip(wantedWords: number): Collection {
    const [from, fromFree, fromEnd] = [get(SPACE_START), get(SPACE_FREE), get(SPACE_END)];
    const examinedCount = get(LIVE_COUNT);
    if (fromFree > from) touch(from, fromFree);
    const other = reserveOther({ start: from, end: fromEnd }, fromFree - from, wantedWords);
    if (other.size === 0 && fromFree > from) return NOTHING;
    set(FROM_START, from);
    set(FROM_END, fromEnd);
    enterSpace(other.arena, other.size);
    set(LIVE_COUNT, copyReachable(other.arena));
    const reclaimedCount = examinedCount - get(LIVE_COUNT);
    const reclaimedBytes = (fromFree - from - (get(SPACE_FREE) - get(SPACE_START))) * 4;
    try {
      reporter.left(from, fromFree);
    } finally {
      releaseFrom(fromFree);
      resize(wantedWords);
      set(COLLECTION_COUNT, get(COLLECTION_COUNT) + 1);
      countReclaimed(reclaimedCount);
    }
    return { ...NOTHING, examinedCount, reclaimedCount, reclaimedBytes };
  }

  /** A run for the copies of what the space in use holds. Size 0: there is no room, or no need. */
  function reserveOther(left: Run, usedWords: number, wantedWords: number) {
    if (usedWords === 0) return { arena: 0, size: 0 };
    const used = arenasFor(usedWords);
    const needed = arenasFor(usedWords + wantedWords);
    const grown = wantedArenas(usedWords + wantedWords);
    const place = placeForCopies(heap, left, touchedRun(), used, grown);
    if (place !== 0 && reserve(place, used) !== 0) return { arena: place, size: used };
    // At best as large as the space is now: what lies above a smaller one could be in the way.
    const spaceArenas = (left.end - left.start) / ARENA_SIZE_WORDS;
    for (const size of [Math.max(needed, spaceArenas), needed, used]) {
      const arena = reserve(0, size);
      if (arena !== 0) return { arena, size };
    }
    return { arena: 0, size: 0 };
  }

  function releaseFrom(fromFree: number): void {
    const [from, end] = [get(FROM_START), get(FROM_END)];
    set(FROM_START, 0);
    set(FROM_END, 0);
    if (poisonFromSpace) words.fill(POISON, from, fromFree);
    if (end > from) heap.releaseArenas(borrower, from as Arena, (end - from) / ARENA_SIZE_WORDS);
  }

  /** Gives the space the size that the policy wants for what lives and what was asked for. */
  function resize(wantedWords: number): void {
    const [start, end] = [get(SPACE_START), get(SPACE_END)];
    if (start === end) return;
    const size = (end - start) / ARENA_SIZE_WORDS;
    const liveWords = get(SPACE_FREE) - start;
    const neededWords = liveWords + wantedWords;
    const wanted = neededWords === 0 ? 0 : wantedArenas(neededWords);
    const target = Math.max(arenasFor(liveWords), Math.min(wanted, largestSpace(heap, start, end)));
    const newEnd = start + target * ARENA_SIZE_WORDS;
    if (target > size) {
      if (heap.reserveArenasAt(borrower, end as Arena, target - size)) set(SPACE_END, newEnd);
      return;
    }
    if (target === 0) enterSpace(0, 0);
    else set(SPACE_END, newEnd);
    if (target < size) heap.releaseArenas(borrower, newEnd as Arena, size - target);
  }

  function countReclaimed(count: number): void {
    const low = get(RECLAIMED_LOW) + count;
    set(RECLAIMED_LOW, low % TOTAL_UNIT);
    set(RECLAIMED_HIGH, get(RECLAIMED_HIGH) + Math.floor(low / TOTAL_UNIT));
  }

  return {
    name,
    traits: collectionIntervalCount > 0 ? stressTraits : traits,
    oldestGeneration: 0,
    allocate: collectionIntervalCount > 0 ? allocateUnderStress : allocate,
    tryAllocate,
    collect(generation) {
      checkInteger(`${name}.collect`, "generation", generation, 0, 0);
      return collectFor(0);
    },
    poll: collectionIntervalCount > 0 ? passSafepoint : () => {},
    isObject: (word) => startMap.has(word),
    walk(visit) {
      const free = get(SPACE_FREE);
      let object = get(SPACE_START);
      while (object < free) {
        visit(object as Reference);
        object = objectEnd(layout, object);
      }
    },
    // Word 0 is 0 in every object and nothing is counted: an image is as it should be.
    restored() {},
    trim,
    statistics: () => ({
      liveCount: get(LIVE_COUNT),
      liveBytes: (get(SPACE_FREE) - get(SPACE_START)) * 4,
      collectionCount: get(COLLECTION_COUNT),
      reclaimedCount: get(RECLAIMED_HIGH) * TOTAL_UNIT + get(RECLAIMED_LOW),
    }),
    validate: () => validateSpace(heap, borrower, types, layout, state, startMap),
  };
}
