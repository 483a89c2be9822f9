// Generations: when to ask a cycle detector about which objects, and what follows from its answer.
// New objects are in generation 0; what survives a collection of its generation is older.
//
//   birth ─► count 0 ─► above the threshold: requested ─► at a safepoint the trigger says which
//
//   collect(g)   counts ─► g, 0 … g − 1 gathered ─► detector ─► reached: generation g + 1
//                                                           └─► found: they die (collection-run.ts)
//
// An older generation is not looked at: what it refers to has a count from outside the list. With
// one generation, and a trigger that looks at bytes, the same parts collect the whole heap.
//
// Source: CPython 3.13 Python/gc.c, `gc_collect_main`, `_PyObject_GC_Link`.

import {
  type Collection,
  checkInteger,
  type Generations,
  type GenerationThresholds,
  type Observer,
  OLDEST_GENERATION,
  PERMANENT_GENERATION,
  type Reference,
  type Region,
  type Trigger,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import { type CollectionReports, createCollectionReports } from "./collection-reports.js";
import type { Run } from "./collection-run.js";
import {
  COUNT,
  createGenerationState,
  IS_COLLECTING,
  IS_ENABLED,
  IS_REQUESTED,
  PENDING,
  THRESHOLD,
  TOTAL,
} from "./generation-state.js";
import { createThresholdTrigger } from "./threshold-trigger.js";
import { createUntracking, type Untracking } from "./untracking.js";

/** CPython 3.13's; up to 3.12 `young` was 700. */
export const DEFAULT_THRESHOLDS: GenerationThresholds = Object.freeze({
  young: 2000,
  middle: 10,
  old: 10,
});

/** What generations need of whatever holds the tracked objects, lists or maps. */
export interface GenerationSets {
  isTracked(object: WordIndex): boolean;
  generationOf(object: WordIndex): number;
  liveCount(generation: number): number;
  moveAll(from: number, to: number): void;
  walk(generation: number, visit: (object: WordIndex) => void): void;
}

/** What a run is made with, whatever it runs over. */
export interface SharedRunOptions {
  readonly untracking: Untracking;
  readonly reports: CollectionReports;
  readonly oldestGeneration: number;
  readonly emptiesWeakReferencesAgain: boolean;
}

export interface GenerationsOptions {
  words: Int32Array;
  types: TypeTable;
  /** Words for the state, at least `GENERATIONS_STATE_WORDS`. */
  state: Region;
  lists: GenerationSets;
  /** Makes the function that collects a generation and the younger ones. */
  createRun: (shared: SharedRunOptions) => (generation: number) => Run;
  /** Calls program code; what it throws is reported. */
  call: (code: () => void, source: "collection callback" | "observer") => void;
  /** What observers of deaths threw since: reported at the end of a collection. */
  takeErrors?: (() => readonly unknown[]) | undefined;
  thresholds?: GenerationThresholds | undefined;
  /** Asked at a safepoint after a request. Default: CPython's thresholds and its 25 % rule. */
  trigger?: Trigger | undefined;
  /** Survivors of it stay in it. Default 2; with 0 there is one generation. */
  oldestGeneration?: number | undefined;
  /**
   * Empty weak references to what is still unreachable once more after finalizers, without
   * callbacks (CPython issue 136401, later than 3.13.0). Default: false.
   */
  emptiesWeakReferencesAgain?: boolean | undefined;
  observer?: Observer | undefined;
}

export interface GenerationalCollector {
  readonly generations: Generations;
  /** A tracked or trackable object is born. Requests above the threshold. O(1). */
  noteBirth(): void;
  /** So many objects of types that are watched are reclaimed. O(1). */
  noteDeath(objectCount: number): void;
  /** So many objects of any type are reclaimed, in a collection. O(1). */
  noteReclaim(objectCount: number, sizeWords: number): void;
  /** Has the trigger asked at the next safepoint, unless automatic collection is off. O(1). */
  request(): void;
  /** A collection if one is requested and the trigger says so. */
  poll(): void;
  collect(generation: number): Collection;
  isCollecting(): boolean;
  /** Whether a cycle could go through the object now or later. */
  mayBeTracked(object: number): boolean;
  /** Counts are 0 again, nothing is requested. */
  reset(): void;
  /** Throws `HeapCorruptionError` naming what is broken in the state. O(1). */
  validate(): void;
}

export function createGenerations(options: GenerationsOptions): GenerationalCollector {
  const { words, types, lists, call, observer, takeErrors } = options;
  const { emptiesWeakReferencesAgain = false, oldestGeneration = OLDEST_GENERATION } = options;
  const state = createGenerationState(words, options.state);
  const { get, set } = state;
  const trigger = options.trigger ?? createThresholdTrigger(state);
  const untracking = createUntracking(words, types, lists.isTracked);
  const reports = createCollectionReports({ words, call, observer });
  const collectGathered = options.createRun({
    ...{ untracking, reports, oldestGeneration, emptiesWeakReferencesAgain },
  });
  const countWord = options.state.start + COUNT;
  const thresholdWord = options.state.start + THRESHOLD;
  const requestedWord = options.state.start + IS_REQUESTED;
  // Of the collection that runs.
  let reclaimedCount = 0;
  let reclaimedWords = 0;
  state.setThresholds(options.thresholds ?? DEFAULT_THRESHOLDS);

  // ── When ──────────────────────────────────────────────────────────────────────────────────────

  function noteBirth(): void {
    const count = (words[countWord] as number) + 1;
    words[countWord] = count;
    if (count > (words[thresholdWord] as number)) requestAbove(count);
  }

  function requestAbove(count: number): void {
    const threshold = get(THRESHOLD);
    if (threshold === 0 || !isAutomatic()) return;
    if (get(IS_REQUESTED) === 0) reports.requested(count, threshold);
    set(IS_REQUESTED, 1);
  }

  function request(): void {
    if (isAutomatic()) set(IS_REQUESTED, 1);
  }

  function isAutomatic(): boolean {
    return get(IS_ENABLED) === 1 && get(IS_COLLECTING) === 0;
  }

  function noteDeath(objectCount: number): void {
    const count = (words[countWord] as number) - objectCount;
    words[countWord] = Math.max(count, 0);
  }

  function poll(): void {
    if (words[requestedWord] === 0) return;
    set(IS_REQUESTED, 0);
    if (!isAutomatic()) return;
    const generation = trigger.due(get(COUNT));
    if (generation >= 0) run(generation);
  }

  // ── A collection ──────────────────────────────────────────────────────────────────────────────

  /** What `gc.collect` answers, and what was done. */
  function run(generation: number): { found: number; collection: Collection } {
    if (get(IS_COLLECTING) === 1) return { found: 0, collection: describe(generation, NOTHING) };
    set(IS_COLLECTING, 1);
    reclaimedCount = 0;
    reclaimedWords = 0;
    try {
      reports.started(generation);
      state.beginCollection(generation, oldestGeneration);
      reports.begun(generation, lists.liveCount);
      const done = collectGathered(generation);
      const collection = describe(generation, done);
      trigger.done(collection);
      const { collected, uncollectable } = done;
      reports.stopped(collected, uncollectable);
      state.countCollection(generation, collected, uncollectable);
      reports.ended(generation, collected, uncollectable);
      reports.failed(takeErrors?.() ?? []);
      return { found: collected + uncollectable, collection };
    } finally {
      set(IS_COLLECTING, 0);
    }
  }

  function describe(generation: number, done: Run): Collection {
    return {
      generation,
      examinedCount: done.examined,
      promotedCount: done.promoted,
      reclaimedCount: done === NOTHING ? 0 : reclaimedCount,
      reclaimedBytes: done === NOTHING ? 0 : reclaimedWords * 4,
      resurrectedCount: done.resurrected,
      uncollectableCount: done.uncollectable,
    };
  }

  function freeze(): void {
    for (let generation = 0; generation <= oldestGeneration; generation++) {
      lists.moveAll(generation, PERMANENT_GENERATION);
      set(COUNT + generation, 0);
    }
  }

  const generations: Generations = {
    oldestGeneration,
    collect(generation) {
      checkInteger("collect", "generation", generation, 0, oldestGeneration);
      return run(generation).found;
    },
    isEnabled: () => get(IS_ENABLED) === 1,
    setEnabled: (isEnabled) => set(IS_ENABLED, isEnabled ? 1 : 0),
    isCollecting: () => get(IS_COLLECTING) === 1,
    thresholds: state.thresholds,
    setThresholds: state.setThresholds,
    counts: () => [get(COUNT), get(COUNT + 1), get(COUNT + 2)],
    statistics: state.statistics,
    longLived: () => ({ totalCount: get(TOTAL), pendingCount: get(PENDING) }),
    generationOf: lists.generationOf,
    liveCount: lists.liveCount,
    walk: (generation, visit) => lists.walk(generation, (object) => visit(object as Reference)),
    freeze,
    unfreeze: () => lists.moveAll(PERMANENT_GENERATION, oldestGeneration),
    callbacks: reports.callbacks,
    garbage: reports.garbage,
    setDebugging: reports.setDebugging,
    debugging: reports.debugging,
  };

  return {
    generations,
    noteBirth,
    noteDeath,
    noteReclaim(objectCount, sizeWords) {
      reclaimedCount += objectCount;
      reclaimedWords += sizeWords;
    },
    request,
    poll,
    collect(generation) {
      checkInteger("collect", "generation", generation, 0, oldestGeneration);
      return run(generation).collection;
    },
    isCollecting: () => get(IS_COLLECTING) === 1,
    mayBeTracked: untracking.mayBeTracked,
    reset() {
      for (const word of [COUNT, COUNT + 1, COUNT + 2, IS_REQUESTED]) set(word, 0);
    },
    validate: state.validate,
  };
}

const NOTHING: Run = Object.freeze({
  examined: 0,
  promoted: 0,
  collected: 0,
  uncollectable: 0,
  resurrected: 0,
});
