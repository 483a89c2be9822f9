// One collection, from the gathered list to the last death.
//
//   gathered ─► detector ─► reached │ found
//                reached: tuples untracked (dicts, in the oldest) ─► next generation, if any
//                found:   weak references, callbacks ─► finalizers ─► detector again
//                         ├─► reached after all: next generation
//                         └─► emptied, one by one: they die by their counts
//
// Program code runs in the middle of it and may do anything but collect, which does nothing then.
// Objects that die by their count leave the lists themselves; nothing here remembers an object over
// a call without asking the detector whether it is still the one that was found.
//
// Source: CPython 3.13 Python/gc.c, `gc_collect_main`, `delete_garbage`.

import {
  type Death,
  type Detector,
  type Examined,
  type ReferenceList,
  TYPE_CLEARABLE,
} from "@ouro/interfaces";
import type { CollectionReports } from "./collection-reports.js";
import type { GenerationLists } from "./generation-lists.js";
import { AS_DICT, AS_TUPLE, type Untracking } from "./untracking.js";

export interface CollectionRunOptions {
  lists: GenerationLists;
  detector: Detector;
  death: Death;
  untracking: Untracking;
  reports: CollectionReports;
  oldestGeneration: number;
  emptiesWeakReferencesAgain: boolean;
}

/** What one run did, as CPython counts it. */
export interface Run {
  readonly examined: number;
  readonly promoted: number;
  collected: number;
  uncollectable: number;
  resurrected: number;
}

/** Makes the function that collects `generation` and the younger ones. */
export function createCollectionRun(options: CollectionRunOptions): (generation: number) => Run {
  const { lists, detector, death, untracking, reports } = options;
  const { oldestGeneration, emptiesWeakReferencesAgain } = options;

  function collect(generation: number): Run {
    const list = lists.gather(generation);
    const old = Math.min(generation + 1, oldestGeneration);
    const examined = findOrRestore(list, generation);
    const promoted = promoteReached(generation, examined, old);
    const first = examined.reachedCount;
    const run = { examined: list.end, promoted, collected: 0, uncollectable: 0, resurrected: 0 };
    if (examined.end > first) dispose(list.directory, first, examined.end, old, run);
    lists.release();
    return run;
  }

  /** A count that is too small ends the collection, and no list loses an object. */
  function findOrRestore(list: ReferenceList, generation: number): Examined {
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
    if (generation === oldestGeneration) untrackGathered(examined.reachedCount, AS_DICT);
    const before = lists.liveCount(old);
    lists.promote(0, examined.reachedCount, old);
    return lists.liveCount(old) - before;
  }

  function untrackGathered(end: number, flag: number): void {
    for (let index = 0; index < end; index++) {
      const object = lists.gathered(index);
      if (object === 0 || !lists.isTracked(object)) continue;
      if (untracking.canLeave(object, flag)) lists.dropGathered(index);
    }
  }

  function dispose(directory: number, start: number, end: number, old: number, run: Run): void {
    if (reports.wantsFound()) walkFrom(start, end, reports.found);
    const walkFound = (visit: (object: number) => void): void => walkFrom(start, end, visit);
    let didRun = false;
    run.collected += death.emptyWeakReferences(walkFound, detector.isFound, (weak) => {
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
      run.resurrected = again.reachedCount;
      lists.promote(start, first, old);
    }
    if (emptiesWeakReferencesAgain) emptyWeakReferencesAgain(first, last);
    for (let index = first; index < last; index++) if (foundAt(index) !== 0) run.collected++;
    empty(first, last, old);
  }

  /** Of those that finalizers made: nobody is called. CPython issue 136401. */
  function emptyWeakReferencesAgain(first: number, last: number): void {
    const walkFound = (visit: (object: number) => void): void => walkFrom(first, last, visit);
    death.emptyWeakReferences(
      walkFound,
      () => true,
      () => {},
    );
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
      if (reports.savesAll()) reports.saved(object);
      else if (untracking.hasFlag(object, TYPE_CLEARABLE)) death.clear(object);
    });
    if (!reports.savesAll()) walkFrom(first, last, death.clear);
    walkFrom(first, last, (object) => {
      lists.untrack(object);
      lists.track(object, old);
    });
  }

  return collect;
}
