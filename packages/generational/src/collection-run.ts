// One collection, from the gathered list to the last death.
//
//   gathered ─► detector ─► reached │ found           and what kinds of objects there were at all:
//                                                      steps for kinds that are not there fall out
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
  TYPE_FINALIZER,
  TYPE_WEAK_REFERENCE,
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
  /** A bit in word 1: the object has weak references. Default: any may have some. */
  weakMask?: number;
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
  const { oldestGeneration, emptiesWeakReferencesAgain, weakMask = -1 } = options;

  function collect(generation: number): Run {
    const list = lists.gather(generation);
    const old = Math.min(generation + 1, oldestGeneration);
    const examined = findOrRestore(list, generation);
    const promoted = promoteReached(generation, examined, old);
    const first = examined.reachedCount;
    const run = { examined: list.end, promoted, collected: 0, uncollectable: 0, resurrected: 0 };
    if (examined.end > first) dispose(list.directory, examined, old, run);
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
    const { reachedCount, typeFlags = -1 } = examined;
    if ((typeFlags & AS_TUPLE) !== 0) untrackGathered(reachedCount, AS_TUPLE);
    const mayUntrackDicts = generation === oldestGeneration && (typeFlags & AS_DICT) !== 0;
    if (mayUntrackDicts) untrackGathered(reachedCount, AS_DICT);
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

  function dispose(directory: number, examined: Examined, old: number, run: Run): void {
    const { reachedCount: start, end, typeFlags = -1 } = examined;
    const walkFound = (visit: (object: number) => void): void => walkFrom(start, end, visit);
    const attachedCount = death.attachedCount();
    const isHeard = reports.wantsFound();
    if (isHeard) walkFound(reports.found);
    // Whoever was told of what is found may have stored it, or made a weak reference to it.
    const isAttached = death.attachedCount() !== attachedCount;
    let didRun = isHeard;
    if (isAttached || hasWeakReferences(examined)) {
      run.collected += death.emptyWeakReferences(walkFound, detector.isFound, (weak) => {
        didRun = true;
        retrack(weak, old);
      });
    }
    if ((typeFlags & TYPE_FINALIZER) !== 0 && finalizeFound(start, end)) didRun = true;
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
    run.collected += last - first;
    empty(first, last, old);
  }

  /** True if a finalizer ran. */
  function finalizeFound(start: number, end: number): boolean {
    let didRun = false;
    for (let index = start; index < end; index++) {
      const object = foundAt(index);
      if (object !== 0 && death.finalize(object)) didRun = true;
    }
    return didRun;
  }

  function hasWeakReferences({ typeFlags = -1, headers = -1 }: Examined): boolean {
    return (typeFlags & TYPE_WEAK_REFERENCE) !== 0 || (headers & weakMask) !== 0;
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
    const savesAll = reports.savesAll();
    let left = last;
    for (let index = first; index < last; index++) {
      const object = foundAt(index);
      if (object === 0) continue;
      if (savesAll) reports.saved(object);
      else if (untracking.hasFlag(object, TYPE_CLEARABLE)) death.clear(object);
      if (left === last && detector.isFound(object)) left = index;
    }
    left = nextFound(left, last);
    if (!savesAll) walkFrom(left, last, death.clear);
    walkFrom(left, last, (object) => {
      lists.untrack(object);
      lists.track(object, old);
    });
  }

  /** The first index from `index` on of an object that is still found, or `end`. */
  function nextFound(index: number, end: number): number {
    let next = index;
    while (next < end && foundAt(next) === 0) next++;
    return next;
  }

  return collect;
}
