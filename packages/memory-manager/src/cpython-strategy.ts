// CPython's memory management, wired of parts that do not know each other: counting, tracked lists,
// finalization, a cycle detector and generations.
//
//   mutator ─► barrier: a dict that gets its first container is tracked ─► counting ─► zero
//                                                                                      │
//   allocate ─► counting.allocate ─► tracked, count 0 + 1            finalization ◄─ end
//   poll ─► generations ─► lists ─► detector ─► finalization ─► counting.deallocate
//
//   death with callbacks ─► callback-holder.ts: an object of the lists while they are called
//
//   side table   │ a mark for each granule │ a head of weak references │ pieces of the lists │
//
// As far as a program can tell, versions differ in their thresholds, 700, 10, 10 up to 3.12 and
// 2000, 10, 10 in 3.13, and in what holds one single callback. Source: CPython 3.13 Python/gc.c,
// Objects/object.c, Objects/typeobject.c.

import { createSubtractDetector, type SubtractDetectorOptions } from "@ouro/cycle-detector";
import { createFinalization } from "@ouro/finalization";
import {
  createCollectionRun,
  createGenerations,
  DEFAULT_THRESHOLDS,
  GENERATIONS_STATE_WORDS,
  type GenerationalCollector,
} from "@ouro/generational";
import {
  ARENA_SIZE_WORDS,
  type Barrier,
  type Collector,
  type Detector,
  type Finalization,
  type GenerationThresholds,
  type ProgramErrorReporter,
  type Reference,
  ROW_FLAGS,
  type Strategy,
  type StrategyParts,
  type Traits,
  type Trigger,
  TYPE_COLLECTED,
  TYPE_FINALIZER,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
  TYPE_WORD_OFFSET,
  type TypeId,
} from "@ouro/interfaces";
import {
  createObjectLayout,
  createTrackedLists,
  TRACKED_LISTS_BYTES_PER_GRANULE,
  type TrackedLists,
} from "@ouro/object-model";
import {
  type Counting,
  createRefcountCollector,
  type Ending,
  IMMORTAL_COUNT,
} from "@ouro/refcount";
import { createCallbackHolders } from "./callback-holder.js";
import { checkStrategyOptions } from "./strategy-options.js";
import { createTrackedState } from "./tracked-state.js";
import { createTrackingBarrier } from "./tracking-barrier.js";

export interface CPythonOptions {
  /** Sets the default thresholds. Default 3.13. */
  version?: "3.12" | "3.13";
  thresholds?: GenerationThresholds;
  /** Makes the detector; by default CPython's, which subtracts references. */
  createDetector?: (options: SubtractDetectorOptions) => Detector;
  /**
   * Empty weak references to garbage once more after finalizers ran, as later maintenance releases
   * do. Default: false.
   */
  emptiesWeakReferencesAgain?: boolean;
  /** Where errors of program code go. Default: `finalization.programErrors`. */
  onProgramError?: ProgramErrorReporter;
}

const OLD_THRESHOLDS: GenerationThresholds = { young: 700, middle: 10, old: 10 };
const MARK_BYTES_PER_GRANULE = 4;
/** Committed only where objects are weakly referred to. */
const WEAK_HEAD_BYTES_PER_GRANULE = 4;

/** Of every strategy that is wired here. */
export const COUNTING_TRAITS: Traits = {
  moves: false,
  collectsAt: ["allocate", "poll", "collect"],
  counts: true,
  cycles: "full collection",
  cyclesThrough: "visited slots",
  death: "prompt",
  exact: true,
  slices: false,
  programCode: "in place",
  finalizationOrder: "cpython",
  resurrection: true,
  hooks: ["born", "write", "move", "copy", "drop"],
  headerBits: [
    { name: "tracked", bitCount: 1 },
    { name: "generation", bitCount: 2 },
    { name: "finalized", bitCount: 1 },
    { name: "weak", bitCount: 1 },
  ],
  sideBytesPerGranule:
    MARK_BYTES_PER_GRANULE + WEAK_HEAD_BYTES_PER_GRANULE + TRACKED_LISTS_BYTES_PER_GRANULE,
};

/** Objects live and die as in CPython. Throws `UsageError` for an option that cannot be. */
export function cpythonStrategy(options: CPythonOptions = {}): Strategy {
  const known = "|version thresholds createDetector emptiesWeakReferencesAgain onProgramError";
  checkStrategyOptions("cpythonStrategy", options, known);
  const name = `cpython-${options.version ?? "3.13"}`;
  const traits = COUNTING_TRAITS;
  return {
    name,
    traits,
    create(parts) {
      const leastHeldCount = options.version === "3.12" ? 2 : 1;
      return createCountingCollector(parts, name, { ...options, leastHeldCount }).collector;
    },
  };
}

/** What strategies with other generations and another trigger say besides. */
export interface WiringOptions extends CPythonOptions {
  trigger?: Trigger;
  oldestGeneration?: number;
  /** So many callbacks or more, of one that dies by count, are in an object. Default: none are. */
  leastHeldCount?: number;
}

export interface Wired {
  readonly collector: Collector & Pick<Required<Collector>, "generations" | "finalization">;
  readonly generational: GenerationalCollector;
}

interface Parts {
  readonly lists: TrackedLists;
  readonly finalization: Finalization;
  readonly generational: GenerationalCollector;
}

/** Wires counting, lists, finalization, detector and generations to a collector. */
export function createCountingCollector(
  parts: StrategyParts,
  name: string,
  options: WiringOptions,
): Wired {
  const { heap, types, roots } = parts;
  const words = heap.words;
  const rows = types.base;
  const trackedMask = parts.headerMask("tracked");
  const made: { parts?: Parts; holdCallbacks?: (count: number) => number } = {};
  const base = createRefcountCollector(parts, {
    createEnding(counting) {
      const holdCallbacks = (count: number): number => made.holdCallbacks?.(count) ?? 0;
      const { ending, ...rest } = createParts(parts, options, { ...counting, holdCallbacks });
      made.parts = rest;
      return ending;
    },
  });
  const { lists, finalization, generational } = made.parts as Parts;
  const { noteBirth, poll, generations } = generational;
  const { oldestGeneration } = generations;
  if (options.onProgramError !== undefined) finalization.setErrorReporter(options.onProgramError);
  const { tryAllocate: place } = base;
  const { leastHeldCount: leastCount } = options;
  if (leastCount !== undefined) {
    made.holdCallbacks = createCallbackHolders({
      ...{ words, types, leastCount, place },
      track: lists.track,
    });
  }
  const FLAGS = ROW_FLAGS;

  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    const object = place(type, sizeWords);
    if (object === 0) return 0;
    const flags = words[rows + (type << TYPE_ROW_SHIFT) + FLAGS] as number;
    if ((flags & TYPE_COLLECTED) !== 0) {
      noteBirth();
      if ((flags & TYPE_UNTRACKS_AS_DICT) === 0) lists.track(object, 0);
    }
    return object;
  }

  const state = createTrackedState({
    ...{ base, words, rows, sets: lists, generational },
    finalizedMask: parts.headerMask("finalized"),
  });

  const collector: Wired["collector"] = {
    ...base,
    ...state.calls,
    ...createTrackingBarrier(base as Collector & Barrier, {
      ...{ words, rows, outMask: trackedMask, outBits: 0 },
      track: lists.track,
      mayBeTracked: generational.mayBeTracked,
      walk: base.walk,
    }),
    name,
    traits: COUNTING_TRAITS,
    oldestGeneration,
    finalization,
    generations,
    allocate(type, sizeWords) {
      poll();
      return tryAllocate(type, sizeWords);
    },
    tryAllocate,
    poll,
    collect: generational.collect,
    validate() {
      base.validate();
      lists.validate(base.walk);
      finalization.validate(base.walk, base.isObject);
      generational.validate();
      roots.validate();
    },
  };
  return { collector, generational };
}

const ENDING_FLAGS = TYPE_COLLECTED | TYPE_FINALIZER | TYPE_WEAKLY_REFERABLE | TYPE_WEAK_REFERENCE;

function createParts(
  parts: StrategyParts,
  options: WiringOptions,
  counting: Counting & { holdCallbacks: (count: number) => number },
): Parts & { ending: Ending } {
  const { heap, allocator, types, roots, sideTable, observer } = parts;
  const { words } = heap;
  const granulesPerArena = ARENA_SIZE_WORDS >> 2;
  const granules = (heap.arenaCount - heap.firstArenaIndex) * granulesPerArena;
  const marks = sideTable.start - heap.firstArenaIndex * granulesPerArena;
  const lists = createTrackedLists({
    words,
    region: {
      start: sideTable.start + 2 * granules,
      sizeWords: sideTable.sizeWords - 2 * granules,
      existed: sideTable.existed,
    },
    marks,
    trackedMask: parts.headerMask("tracked"),
    generationMask: parts.headerMask("generation"),
    isObject: (word) => allocator.owns(word) && words[word + TYPE_WORD_OFFSET] !== 0,
  });
  const { finalization, death, isCalling, call } = createFinalization({
    words,
    types,
    roots,
    finalizedMask: parts.headerMask("finalized"),
    weakMask: parts.headerMask("weak"),
    weakHeads: marks + granules,
    ...counting,
    lists,
    observer,
  });
  const { createDetector = createSubtractDetector } = options;
  const weakMask = parts.headerMask("weak");
  const untrack = lists.untrack;
  const detector = createDetector({ words, types, marks, immortalCount: IMMORTAL_COUNT, untrack });
  const generational = createGenerations({
    words,
    types,
    state: heap.reserveRegion(parts.borrower, "generations", GENERATIONS_STATE_WORDS),
    lists,
    createRun: (shared) => createCollectionRun({ ...shared, lists, detector, death, weakMask }),
    call,
    takeErrors: counting.takeErrors,
    thresholds: options.thresholds ?? thresholdsOf(options),
    trigger: options.trigger,
    oldestGeneration: options.oldestGeneration,
    emptiesWeakReferencesAgain: options.emptiesWeakReferencesAgain,
    observer,
  });
  const layout = createObjectLayout(words, types);
  const { noteDeath, noteReclaim, isCollecting } = generational;
  const ending: Ending = {
    flags: ENDING_FLAGS,
    end: death.endByCount,
    reclaimed(object) {
      const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
      const flags = words[types.base + (type << TYPE_ROW_SHIFT) + ROW_FLAGS] as number;
      if ((flags & TYPE_COLLECTED) !== 0) noteDeath(1);
      if (isCollecting()) noteReclaim(1, layout.sizeWords(object));
    },
    isCalling,
  };
  return { lists, finalization, generational, ending };
}

/** The defaults of a version. */
export function thresholdsOf({ version }: CPythonOptions): GenerationThresholds {
  return version === "3.12" ? OLD_THRESHOLDS : DEFAULT_THRESHOLDS;
}
