// Generations: when to ask a cycle detector about which objects, and what follows from its answer.
// New objects are in generation 0; what survives a collection of its generation is older.
//
//   birth ─► count 0 ─► above the threshold: a collection is requested ─► runs at a safepoint
//
//   collect(g)   counts ─► g, 0 … g − 1 gathered ─► detector ─► reached │ found
//                reached: tuples untracked ─► generation g + 1 (2: dicts untracked, 2)
//                found:   weak references, callbacks ─► finalizers ─► detector again
//                         ├─► reached after all: generation g + 1
//                         └─► emptied, one by one: they die by their counts
//
// An older generation is not looked at: what it refers to has a count from outside the list. Full
// collections wait until those that have survived since the last one are a quarter of what that one
// left, so that their cost stays linear in what is made. Sources: CPython 3.13 Python/gc.c,
// `gc_collect_main`, `gc_select_generation`, `delete_garbage`; issue 4074 for the quarter.
//
// Program code runs in the middle of a collection and may do anything but collect, which does
// nothing then. Objects that die by their count leave the lists themselves; nothing here remembers
// an object over a call without asking the detector whether it is still the one that was found.

import {
  type Collection,
  type CollectionCallback,
  checkInteger,
  type Death,
  type Detector,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_UNREACHABLE,
  EVENT_THRESHOLD_EXCEED,
  type EventCode,
  type Examined,
  type Generations,
  type GenerationsDebugging,
  type GenerationThresholds,
  isObserved,
  type Observer,
  OLDEST_GENERATION,
  PERMANENT_GENERATION,
  type Reference,
  type Region,
  TYPE_CLEARABLE,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";
import type { GenerationLists } from "./generation-lists.js";
import { AS_DICT, AS_TUPLE, createUntracking } from "./untracking.js";

/** CPython 3.13's; up to 3.12 `young` was 700. */
export const DEFAULT_THRESHOLDS: GenerationThresholds = Object.freeze({
  young: 2000,
  middle: 10,
  old: 10,
});

// Words of the state's region.
const COUNT = 0;
const THRESHOLD = 3;
const IS_ENABLED = 6;
const IS_COLLECTING = 7;
const IS_REQUESTED = 8;
const PENDING = 9;
const TOTAL = 10;
const STATISTICS = 11;
export const GENERATIONS_STATE_WORDS = STATISTICS + 9;

export interface GenerationsOptions {
  words: Int32Array;
  types: TypeTable;
  /** Words for the state, at least `GENERATIONS_STATE_WORDS`. */
  state: Region;
  lists: GenerationLists;
  detector: Detector;
  death: Death;
  /** Calls program code; what it throws is reported. */
  call: (code: () => void, source: "collection callback" | "observer") => void;
  thresholds?: GenerationThresholds | undefined;
  /**
   * Empty weak references to what is still unreachable once more after finalizers, without
   * callbacks (CPython issue 136401, later than 3.13.0). Default: false.
   */
  emptiesWeakReferencesAgain?: boolean | undefined;
  observer?: Observer | undefined;
}

export interface GenerationalCollector {
  readonly generations: Generations;
  /** A tracked or trackable object is born. O(1). */
  noteBirth(): void;
  /** An object of a type that is watched is reclaimed. O(1). */
  noteDeath(): void;
  /** Any object is reclaimed, in a collection. O(1). */
  noteReclaim(sizeWords: number): void;
  /** A collection if one is requested and still due. */
  poll(): void;
  collect(generation: number): Collection;
  isCollecting(): boolean;
  /** Whether a cycle could go through the object now or later. */
  mayBeTracked(object: number): boolean;
  /** Counts are 0 again, nothing is requested. */
  reset(): void;
}

export function createGenerations(options: GenerationsOptions): GenerationalCollector {
  const { words, types, lists, detector, death, call, observer } = options;
  const { emptiesWeakReferencesAgain = false } = options;
  const state = options.state.start;
  const untracking = createUntracking(words, types, lists.isTracked);
  const callbacks: CollectionCallback[] = [];
  let debugging: GenerationsDebugging | undefined;
  // Of the collection that runs.
  let reclaimedCount = 0;
  let reclaimedWords = 0;
  if (!options.state.existed) words[state + IS_ENABLED] = 1;
  setThresholds(options.thresholds ?? DEFAULT_THRESHOLDS);

  const get = (word: number): number => words[state + word] as number;

  function set(word: number, value: number): void {
    words[state + word] = value;
  }

  function emit(code: EventCode, a: number, b = 0, c = 0): void {
    if (isObserved(observer, code)) call(() => observer.event(code, a, b, c), "observer");
  }

  // ── When ──────────────────────────────────────────────────────────────────────────────────────

  function noteBirth(): void {
    const count = (words[state + COUNT] as number) + 1;
    words[state + COUNT] = count;
    if (count > (words[state + THRESHOLD] as number)) request(count);
  }

  function request(count: number): void {
    const threshold = get(THRESHOLD);
    if (threshold === 0 || get(IS_ENABLED) === 0 || get(IS_COLLECTING) === 1) return;
    if (get(IS_REQUESTED) === 0) emit(EVENT_THRESHOLD_EXCEED, 0, count, threshold);
    set(IS_REQUESTED, 1);
  }

  function noteDeath(): void {
    const count = words[state + COUNT] as number;
    if (count > 0) words[state + COUNT] = count - 1;
  }

  function noteReclaim(sizeWords: number): void {
    reclaimedCount++;
    reclaimedWords += sizeWords;
  }

  function poll(): void {
    if (words[state + IS_REQUESTED] === 0) return;
    set(IS_REQUESTED, 0);
    if (get(IS_ENABLED) === 0 || get(IS_COLLECTING) === 1) return;
    const generation = choose();
    if (generation >= 0) run(generation);
  }

  /** The oldest generation that is due; full collections wait for a quarter of new survivors. */
  function choose(): number {
    for (let generation = OLDEST_GENERATION; generation >= 0; generation--) {
      if (get(COUNT + generation) <= get(THRESHOLD + generation)) continue;
      if (generation === OLDEST_GENERATION && get(PENDING) < Math.floor(get(TOTAL) / 4)) continue;
      return generation;
    }
    return -1;
  }

  // ── A collection ──────────────────────────────────────────────────────────────────────────────

  /** What `gc.collect` answers, and what was done. */
  function run(generation: number): { found: number; collection: Collection } {
    if (get(IS_COLLECTING) === 1) return { found: 0, collection: nothing(generation) };
    set(IS_COLLECTING, 1);
    reclaimedCount = 0;
    reclaimedWords = 0;
    try {
      tellCallbacks("start", generation, 0, 0);
      debug((hooks) => hooks.onStart?.(generation));
      const done = collectGathered(generation);
      debug((hooks) => hooks.onStop?.(done.collected, done.uncollectable));
      countStatistics(generation, done.collected, done.uncollectable);
      tellCallbacks("stop", generation, done.collected, done.uncollectable);
      const found = done.collected + done.uncollectable;
      return { found, collection: describe(generation, done) };
    } finally {
      set(IS_COLLECTING, 0);
    }
  }

  function collectGathered(generation: number): Done {
    if (generation < OLDEST_GENERATION)
      set(COUNT + generation + 1, get(COUNT + generation + 1) + 1);
    for (let younger = 0; younger <= generation; younger++) set(COUNT + younger, 0);
    const list = lists.gather(generation);
    const old = Math.min(generation + 1, OLDEST_GENERATION);
    emit(EVENT_COLLECTION_START, generation, list.end);
    const examined = findOrRestore(list, generation);
    const promoted = promoteReached(generation, examined, old);
    const first = examined.reachedCount;
    const done = { examined: list.end, promoted, collected: 0, uncollectable: 0, resurrected: 0 };
    if (examined.end > first) dispose(list.directory, first, examined.end, old, done);
    lists.release();
    return done;
  }

  /** A count that is too small ends the collection, and no list loses an object. */
  function findOrRestore(
    list: { end: number; directory: number; start: number },
    generation: number,
  ) {
    try {
      return detector.find(list);
    } catch (error) {
      lists.promote(0, list.end, generation);
      lists.release();
      throw error;
    }
  }

  function promoteReached(generation: number, examined: Examined, old: number): number {
    untrackGathered(examined.reachedCount, AS_TUPLE);
    if (generation === OLDEST_GENERATION) untrackGathered(examined.reachedCount, AS_DICT);
    const before = lists.liveCount(old);
    lists.promote(0, examined.reachedCount, old);
    const promoted = lists.liveCount(old) - before;
    if (generation === OLDEST_GENERATION - 1) set(PENDING, get(PENDING) + promoted);
    if (generation === OLDEST_GENERATION) {
      set(PENDING, 0);
      set(TOTAL, promoted);
    }
    return promoted;
  }

  function untrackGathered(end: number, flag: number): void {
    for (let index = 0; index < end; index++) {
      const object = lists.gathered(index);
      if (object === 0 || !lists.isTracked(object)) continue;
      if (untracking.canLeave(object, flag)) lists.dropGathered(index);
    }
  }

  function dispose(directory: number, start: number, end: number, old: number, done: Done): void {
    tellFound(start, end);
    const walkFound = (visit: (object: number) => void): void => walkFrom(start, end, visit);
    let didRun = false;
    done.collected += death.emptyWeakReferences(walkFound, detector.isFound, (weak) => {
      didRun = true;
      retrack(weak, old);
    });
    for (let index = start; index < end; index++) {
      const object = foundAt(index);
      if (object !== 0 && death.finalize(object)) didRun = true;
    }
    let first = start;
    let last = end;
    if (didRun) {
      const again = detector.findAgain({ directory, start, end });
      first = start + again.reachedCount;
      last = again.end;
      done.resurrected = again.reachedCount;
      lists.promote(start, first, old);
    }
    if (emptiesWeakReferencesAgain) {
      death.emptyWeakReferences(
        (visit) => walkFrom(first, last, visit),
        () => true,
        () => {},
      );
    }
    for (let index = first; index < last; index++) if (foundAt(index) !== 0) done.collected++;
    empty(first, last, old);
  }

  /** Found, and not dead since. */
  function foundAt(index: number): number {
    const object = lists.gathered(index);
    return object !== 0 && detector.isFound(object) ? object : 0;
  }

  function walkFrom(start: number, end: number, visit: (object: number) => void): void {
    for (let index = start; index < end; index++) {
      const object = foundAt(index);
      if (object !== 0) visit(object);
    }
  }

  /** The weak reference lives on: it goes to the survivors of this collection. */
  function retrack(weak: number, old: number): void {
    if (!lists.isTracked(weak)) return;
    lists.untrack(weak);
    lists.track(weak, old);
  }

  /**
   * One by one, in list order. What is alive after that hangs on objects that cannot be emptied;
   * CPython keeps it, as tuples in a cycle of their own cannot be made there. Here they can.
   */
  function empty(first: number, last: number, old: number): void {
    walkFrom(first, last, (object) => {
      if (debugging?.savesAll === true) debug((hooks) => hooks.onSaved(object as Reference));
      else if (untracking.hasFlag(object, TYPE_CLEARABLE)) death.clear(object);
    });
    if (debugging?.savesAll !== true) walkFrom(first, last, death.clear);
    walkFrom(first, last, (object) => {
      lists.untrack(object);
      lists.track(object, old);
    });
  }

  function tellFound(start: number, end: number): void {
    if (debugging?.onCollectable === undefined && observer === undefined) return;
    for (let index = start; index < end; index++) {
      const object = foundAt(index);
      debug((hooks) => hooks.onCollectable?.(object as Reference));
      const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
      emit(EVENT_OBJECT_UNREACHABLE, object, type);
    }
  }

  // ── What is told ──────────────────────────────────────────────────────────────────────────────

  function tellCallbacks(
    phase: "start" | "stop",
    generation: number,
    collected: number,
    uncollectable: number,
  ): void {
    const info = { generation, collected, uncollectable };
    for (let index = 0; index < callbacks.length; index++) {
      const callback = callbacks[index] as CollectionCallback;
      call(() => callback(phase, { ...info }), "collection callback");
    }
  }

  function debug(tell: (hooks: GenerationsDebugging) => void): void {
    const hooks = debugging;
    if (hooks !== undefined) call(() => tell(hooks), "collection callback");
  }

  function countStatistics(generation: number, collected: number, uncollectable: number): void {
    const first = STATISTICS + generation * 3;
    set(first, get(first) + 1);
    set(first + 1, get(first + 1) + collected);
    set(first + 2, get(first + 2) + uncollectable);
    emit(EVENT_COLLECTION_END, generation, collected, uncollectable);
  }

  function describe(generation: number, done: Done): Collection {
    return {
      generation,
      examinedCount: done.examined,
      promotedCount: done.promoted,
      reclaimedCount,
      reclaimedBytes: reclaimedWords * 4,
      resurrectedCount: done.resurrected,
      uncollectableCount: done.uncollectable,
    };
  }

  function setThresholds({ young, middle, old }: GenerationThresholds): void {
    for (const [name, value] of Object.entries({ young, middle, old })) {
      checkInteger("setThresholds", name, value, 0, 0x7fffffff);
    }
    words.set([young, middle, old], state + THRESHOLD);
  }

  function freeze(): void {
    for (let generation = 0; generation <= OLDEST_GENERATION; generation++) {
      lists.moveAll(generation, PERMANENT_GENERATION);
      set(COUNT + generation, 0);
    }
  }

  const generations: Generations = {
    collect(generation) {
      checkInteger("collect", "generation", generation, 0, OLDEST_GENERATION);
      return run(generation).found;
    },
    isEnabled: () => get(IS_ENABLED) === 1,
    setEnabled: (isEnabled) => set(IS_ENABLED, isEnabled ? 1 : 0),
    isCollecting: () => get(IS_COLLECTING) === 1,
    thresholds: () => ({
      young: get(THRESHOLD),
      middle: get(THRESHOLD + 1),
      old: get(THRESHOLD + 2),
    }),
    setThresholds,
    counts: () => [get(COUNT), get(COUNT + 1), get(COUNT + 2)],
    statistics: () =>
      [0, 1, 2].map((generation) => ({
        collections: get(STATISTICS + generation * 3),
        collected: get(STATISTICS + generation * 3 + 1),
        uncollectable: get(STATISTICS + generation * 3 + 2),
      })),
    longLived: () => ({ totalCount: get(TOTAL), pendingCount: get(PENDING) }),
    generationOf: lists.generationOf,
    liveCount: lists.liveCount,
    walk: (generation, visit) => lists.walk(generation, (object) => visit(object as Reference)),
    freeze,
    unfreeze: () => lists.moveAll(PERMANENT_GENERATION, OLDEST_GENERATION),
    callbacks,
    setDebugging(given) {
      debugging = given;
    },
  };

  return {
    generations,
    noteBirth,
    noteDeath,
    noteReclaim,
    poll,
    collect: (generation) => run(generation).collection,
    isCollecting: () => get(IS_COLLECTING) === 1,
    mayBeTracked: untracking.mayBeTracked,
    reset() {
      for (const word of [COUNT, COUNT + 1, COUNT + 2, IS_REQUESTED]) set(word, 0);
    },
  };
}

interface Done {
  readonly examined: number;
  readonly promoted: number;
  collected: number;
  uncollectable: number;
  resurrected: number;
}

function nothing(generation: number): Collection {
  return {
    generation,
    examinedCount: 0,
    promotedCount: 0,
    reclaimedCount: 0,
    reclaimedBytes: 0,
    resurrectedCount: 0,
    uncollectableCount: 0,
  };
}
