// CPython's memory management without a word an object for it: the same meaning as
// cpython-strategy.ts, wired of maps instead of lists.
//
//   mutator ─► barrier: a dict that gets its first container is tracked ─► counting ─► zero
//                                                                                      │
//   allocate ─► watched pools, others, large blocks                  finalization ◄─ end
//   poll ─► generations ─► maps ─► map detector ─► finalization ─► reclaimed together
//
//   side table   │ counts: a byte a granule │ queue, large counts │ maps: five bits a granule │
//                │ a head of weak references for each granule │
//
// What a program can see is the same, but for an order where CPython has one by age: objects of one
// collection are finalized, and die, in the order of their addresses.

import {
  createLargeBlockAllocator,
  createPartedAllocator,
  createPoolAllocator,
  type PartedAllocator,
} from "@ouro/allocator";
import { createMapDetector, MAP_DETECTOR_BYTES_PER_GRANULE } from "@ouro/cycle-detector";
import { createFinalization } from "@ouro/finalization";
import {
  createFoundReclaim,
  createGenerations,
  createMapCollectionRun,
  GENERATIONS_STATE_WORDS,
  type GenerationalCollector,
} from "@ouro/generational";
import {
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  type Barrier,
  type Collector,
  type Finalization,
  type MapDetector,
  type Reference,
  ROW_FLAGS,
  SMALL_REQUEST_LIMIT_BYTES,
  type Strategy,
  type StrategyParts,
  type Traits,
  TYPE_COLLECTED,
  TYPE_FINALIZER,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
  TYPE_WORD_OFFSET,
  type TypeId,
  type WordIndex,
} from "@ouro/interfaces";
import {
  createGenerationMaps,
  createObjectLayout,
  GENERATION_MAPS_BYTES_PER_GRANULE,
  type GenerationMaps,
  generationMapsStateWords,
} from "@ouro/object-model";
import {
  type Counting,
  createRefcountCollector,
  type Ending,
  IMMORTAL_COUNT,
} from "@ouro/refcount";
import { COUNTING_TRAITS, type CPythonOptions, thresholdsOf } from "./cpython-strategy.js";
import { checkStrategyOptions } from "./strategy-options.js";
import { createTrackedState } from "./tracked-state.js";
import { createTrackingBarrier } from "./tracking-barrier.js";

export type CPythonFastOptions = Omit<CPythonOptions, "createDetector">;

const HEADS_PER_ARENA = ARENA_SIZE_WORDS >> 2;
/** Committed only where objects are weakly referred to. */
const WEAK_HEAD_BYTES_PER_GRANULE = 4;

const traits: Traits = Object.freeze({
  ...COUNTING_TRAITS,
  collectionOrder: "any",
  headerBits: [
    { name: "out", bitCount: 1 },
    { name: "finalized", bitCount: 1 },
    { name: "weak", bitCount: 1 },
  ],
  sideBytesPerGranule:
    MAP_DETECTOR_BYTES_PER_GRANULE +
    GENERATION_MAPS_BYTES_PER_GRANULE +
    WEAK_HEAD_BYTES_PER_GRANULE,
});

/** Objects live and die as in CPython. Throws `UsageError` for an option that cannot be. */
export function cpythonFastStrategy(options: CPythonFastOptions = {}): Strategy {
  const known = "|version thresholds emptiesWeakReferencesAgain onProgramError";
  checkStrategyOptions("cpythonFastStrategy", options, known);
  const name = `cpython-${options.version ?? "3.13"}-fast`;
  return { name, traits, create: (parts) => createCPythonFastCollector(parts, name, options) };
}

interface Parts {
  readonly maps: GenerationMaps;
  readonly detector: MapDetector;
  readonly finalization: Finalization;
  readonly generational: GenerationalCollector;
  /** Objects that were reclaimed together. */
  reclaimedCount(): number;
}

function createCPythonFastCollector(
  given: StrategyParts,
  name: string,
  options: CPythonFastOptions,
): Collector {
  const allocator = createAllocator(given);
  const parts = withAllocator(given, allocator);
  const { heap, types, roots } = parts;
  const words = heap.words;
  const rows = types.base;
  const outMask = parts.headerMask("out");
  const made: { parts?: Parts } = {};
  const base = createRefcountCollector(parts, {
    createEnding(counting) {
      const { ending, ...rest } = createParts(parts, allocator, options, counting);
      made.parts = rest;
      return ending;
    },
  });
  const { maps, detector, finalization, generational, reclaimedCount } = made.parts as Parts;
  const { noteBirth, poll, generations } = generational;
  const { noteBirth: noteYoung } = maps;
  if (options.onProgramError !== undefined) finalization.setErrorReporter(options.onProgramError);
  const { tryAllocateWatched, requestLimitBytes } = allocator;
  const { tryAllocate: placeOther } = base;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const FLAGS = ROW_FLAGS;
  const SHIFT = TYPE_ROW_SHIFT;
  const COLLECTED = TYPE_COLLECTED;
  const BORN_OUT = TYPE_UNTRACKS_AS_DICT;
  const SMALL_WORDS = SMALL_REQUEST_LIMIT_BYTES >> 2;

  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    const flags = words[rows + (type << SHIFT) + FLAGS] as number;
    if ((flags & COLLECTED) === 0 || sizeWords > SMALL_WORDS) {
      return (tryAllocateRare(type, sizeWords, flags) | 0) as Reference | 0;
    }
    const object = tryAllocateWatched(sizeWords << 2) as number;
    if (object === 0) return 0;
    words[object] = 1;
    words[object + 1] = type;
    words[object + 2] = 0;
    words[object + 3] = 0;
    if (sizeWords > 4) words.fill(0, object + 4, object + sizeWords);
    noteBirth();
    if ((flags & BORN_OUT) === 0) noteYoung(object);
    else beginOut(object);
    return object as Reference;
  }

  /** Objects that no detector looks at, and large ones. */
  function tryAllocateRare(type: TypeId, sizeWords: number, flags: number): Reference | 0 {
    if (sizeWords * 4 > requestLimitBytes) return 0;
    if ((flags & COLLECTED) === 0) {
      const object = placeOther(type, sizeWords);
      if (object !== 0 && sizeWords > SMALL_WORDS) maps.noteUntrackedBirth(object);
      return object;
    }
    const object = tryAllocateWatched(sizeWords * 4) as number;
    if (object === 0) return 0;
    words.fill(0, object, object + sizeWords);
    words[object] = 1;
    words[object + TYPE_WORD_OFFSET] = type;
    noteBirth();
    if ((flags & BORN_OUT) === 0) noteYoung(object);
    else beginOut(object);
    return object as Reference;
  }

  function beginOut(object: number): void {
    maps.untrack(object);
  }

  const { isCollected, calls } = createTrackedState({
    ...{ base, words, rows, sets: maps, generational },
    finalizedMask: parts.headerMask("finalized"),
  });

  return {
    ...base,
    ...calls,
    ...createTrackingBarrier(base as Collector & Barrier, {
      ...{ words, rows, outMask, outBits: outMask },
      track: maps.track,
      mayBeTracked: generational.mayBeTracked,
      walk: base.walk,
    }),
    name,
    traits,
    oldestGeneration: generations.oldestGeneration,
    finalization,
    generations,
    allocate(type, sizeWords) {
      poll();
      return tryAllocate(type, sizeWords);
    },
    tryAllocate,
    poll,
    collect: generational.collect,
    statistics() {
      const statistics = calls.statistics();
      const reclaimed = statistics.reclaimedCount + reclaimedCount();
      return { ...statistics, reclaimedCount: reclaimed };
    },
    validate() {
      base.validate();
      maps.validate(base.walk, isCollected);
      detector.validate();
      finalization.validate(base.walk, base.isObject);
      generational.validate();
      roots.validate();
    },
  };
}

/** A manager's borrowers have its number in their names: no two managers have the same. */
function createAllocator({ heap: source, borrower }: StrategyParts): PartedAllocator {
  return createPartedAllocator({
    source,
    watched: createPoolAllocator({ source, name: `watched-pools-${borrower}` }),
    // One arena is kept for all that is to come, and that is the watched pools'.
    other: createPoolAllocator({ source, name: `other-pools-${borrower}`, keepsArena: false }),
    large: createLargeBlockAllocator({ source, name: `large-blocks-${borrower}` }),
    name: `objects-${borrower}`,
  });
}

/** Not by spreading: the manager makes its own allocator when it is asked for. */
function withAllocator(parts: StrategyParts, allocator: PartedAllocator): StrategyParts {
  const { heap, borrower, types, roots, headerMask, sideTable, budgetWord, isChecked } = parts;
  const { observer } = parts;
  return {
    ...{ heap, borrower, allocator, types, roots, headerMask, sideTable, budgetWord, isChecked },
    observer,
  };
}

const ENDING_FLAGS = TYPE_FINALIZER | TYPE_WEAKLY_REFERABLE | TYPE_WEAK_REFERENCE;

function createParts(
  parts: StrategyParts,
  allocator: PartedAllocator,
  options: CPythonFastOptions,
  counting: Counting,
): Parts & { ending: Ending } {
  const { heap, types, roots, observer, borrower } = parts;
  const { words } = heap;
  const weakMask = parts.headerMask("weak");
  const { maps, detector } = createMapsAndDetector(parts, allocator);
  const { finalization, death, isCalling, call } = createFinalization({
    ...{ words, types, roots, weakMask, observer },
    finalizedMask: parts.headerMask("finalized"),
    weakHeads: weakHeadsOf(parts),
    ...counting,
    lists: maps,
  });
  let reclaimedCount = 0;
  const generational: GenerationalCollector = createGenerations({
    words,
    types,
    state: heap.reserveRegion(borrower, "generations", GENERATIONS_STATE_WORDS),
    lists: maps,
    createRun: (shared) =>
      createMapCollectionRun({
        ...shared,
        ...{ maps, detector, death },
        reclaimFound: createFoundReclaim({
          ...{ words, types, maps, weakMask, death, call, observer },
          ...counting,
          found: maps.found,
          freeMarked: allocator.freeMarked,
          onReclaimed(objectCount, sizeWords) {
            reclaimedCount += objectCount;
            generational.noteDeath(objectCount);
            generational.noteReclaim(objectCount, sizeWords);
          },
        }),
      }),
    call,
    takeErrors: counting.takeErrors,
    thresholds: options.thresholds ?? thresholdsOf(options),
    emptiesWeakReferencesAgain: options.emptiesWeakReferencesAgain,
    observer,
  });
  const ending = createEnding(parts, allocator, { maps, generational });
  return {
    ...{ maps, detector, finalization, generational },
    ending: { ...ending, end: death.endByCount, isCalling },
    reclaimedCount: () => reclaimedCount,
  };
}

/** The last words of the side table, as the first arena that can be lent sees them. */
function weakHeadsOf({ heap, sideTable }: StrategyParts): WordIndex {
  const arenas = heap.arenaCount - heap.firstArenaIndex;
  const start = sideTable.start + sideTable.sizeWords - arenas * HEADS_PER_ARENA;
  return start - heap.firstArenaIndex * HEADS_PER_ARENA;
}

function createMapsAndDetector(
  { heap, types, sideTable, borrower, headerMask }: StrategyParts,
  { mapOf }: PartedAllocator,
): Pick<Parts, "maps" | "detector"> {
  const { words, firstArenaIndex, arenaCount } = heap;
  const arenas = arenaCount - firstArenaIndex;
  const detectorWords = arenas << (ARENA_SHIFT - 2 - 1);
  const { start, sizeWords, existed } = sideTable;
  const state = heap.reserveRegion(borrower, "tracts", generationMapsStateWords(arenas));
  const maps = createGenerationMaps({
    words,
    region: {
      start: start + detectorWords,
      sizeWords: sizeWords - detectorWords - arenas * HEADS_PER_ARENA,
      existed,
    },
    state,
    ...{ firstArenaIndex, arenaCount, mapOf },
    outMask: headerMask("out"),
  });
  const detector = createMapDetector({
    memory: heap,
    types,
    region: { start, sizeWords: detectorWords, existed },
    source: heap,
    immortalCount: IMMORTAL_COUNT,
    weakMask: headerMask("weak"),
    untrack: maps.untrack,
  });
  return { maps, detector };
}

/** What follows an object's end: it is counted, and the maps forget it. */
function createEnding(
  { heap, types }: StrategyParts,
  { isWatchedPool, mapOf }: PartedAllocator,
  { maps, generational }: Pick<Parts, "maps" | "generational">,
): Pick<Ending, "flags" | "reclaimed"> {
  const { words } = heap;
  const layout = createObjectLayout(words, types);
  const { noteDeath, noteReclaim, isCollecting } = generational;
  const { noteDeath: forget } = maps;

  function reclaimed(object: number): void {
    if (isCollecting() || !isWatchedPool(object)) reclaimedRarely(object);
    else {
      noteDeath(1);
      forget(object);
    }
  }

  /** In a collection, a large object, or one that no detector looks at. */
  function reclaimedRarely(object: number): void {
    const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    const flags = words[types.base + (type << TYPE_ROW_SHIFT) + ROW_FLAGS] as number;
    if ((flags & TYPE_COLLECTED) !== 0) noteDeath(1);
    if (mapOf(object >>> ARENA_SHIFT) !== 0) maps.forget(object);
    if (isCollecting()) noteReclaim(1, layout.sizeWords(object));
  }

  return { flags: ENDING_FLAGS, reclaimed };
}
