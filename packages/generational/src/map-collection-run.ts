// One collection over maps, from the candidates to the last death: the steps of collection-run.ts,
// each for many objects at a time.
//
//   candidates ─► detector ─► reached │ found
//                reached: tuples untracked (in the oldest: dicts too) ─► next generation
//                found:   special ones: weak references, callbacks ─► finalizers ─► detector again
//                         ├─► reached after all: next generation
//                         └─► reclaimed together (found-reclaim.ts)
//
// Only tracts whose summary says so are looked at for what has to be untracked or finalized: where
// there is nothing of the kind, nothing is paid for it. The order is that of addresses.
//
// Source: CPython 3.13 Python/gc.c, `gc_collect_main`, `delete_garbage`.

import { type CandidateMap, type Death, type MapDetector, TYPE_CLEARABLE } from "@ouro/interfaces";
import type { CollectionReports } from "./collection-reports.js";
import type { Run } from "./collection-run.js";
import type { FoundReclaim } from "./found-reclaim.js";
import type { TrackedMaps } from "./tracked-maps.js";
import { AS_DICT, AS_TUPLE, type Untracking } from "./untracking.js";

/** Tuples nested deeper, whose addresses descend, leave in a later collection. */
const PASS_LIMIT = 4;

export interface MapCollectionRunOptions {
  maps: TrackedMaps;
  detector: MapDetector;
  death: Death;
  reclaimFound: FoundReclaim;
  untracking: Untracking;
  reports: CollectionReports;
  oldestGeneration: number;
  emptiesWeakReferencesAgain: boolean;
}

/** Makes the function that collects `generation` and the younger ones. */
export function createMapCollectionRun(
  options: MapCollectionRunOptions,
): (generation: number) => Run {
  const { maps, detector, death, reclaimFound, untracking, reports } = options;
  const { oldestGeneration, emptiesWeakReferencesAgain } = options;

  function collect(generation: number): Run {
    const candidates = maps.gather(generation);
    const examined = candidates.candidateCount;
    const old = Math.min(generation + 1, oldestGeneration);
    try {
      const { foundCount, promoted } = examine(candidates, generation, old);
      const run = { examined, promoted, collected: 0, uncollectable: 0, resurrected: 0 };
      if (foundCount > 0) dispose(old, run);
      return run;
    } finally {
      maps.release();
    }
  }

  function examine(candidates: CandidateMap, generation: number, old: number) {
    try {
      const foundCount = detector.find(candidates);
      untrackTuples(candidates);
      if (generation === oldestGeneration) untrackDicts(candidates);
      return { foundCount, promoted: maps.promote(old, (2 << generation) - 1) };
    } finally {
      detector.release();
    }
  }

  /**
   * A tuple waits for the tuples in it. CPython looks at the older one first, but at those that it
   * rescued last, and then at the outer one first.
   */
  function untrackTuples(candidates: CandidateMap): void {
    let didLeave = true;
    for (let pass = 0; didLeave && pass < PASS_LIMIT; pass++) {
      didLeave = false;
      untracking.walkLeaving(candidates, AS_TUPLE, (object) => {
        if (detector.isRescued(object) || !untracking.canLeave(object, AS_TUPLE)) return;
        maps.untrack(object);
        didLeave = true;
      });
    }
    const rescued: number[] = [];
    untracking.walkLeaving(candidates, AS_TUPLE, (object) => {
      if (detector.isRescued(object) && untracking.canLeave(object, AS_TUPLE)) rescued.push(object);
    });
    for (const object of rescued) maps.untrack(object);
  }

  function untrackDicts(candidates: CandidateMap): void {
    untracking.walkLeaving(candidates, AS_DICT, (object) => {
      if (untracking.canLeave(object, AS_DICT)) maps.untrack(object);
    });
  }

  function dispose(old: number, run: Run): void {
    const attachedCount = death.attachedCount();
    const isHeard = reports.wantsFound();
    if (isHeard) maps.walkFound(reports.found);
    // Whoever was told of what is found may have stored it, or made a weak reference to it.
    const isAttached = death.attachedCount() !== attachedCount;
    const walk = isAttached ? maps.walkFound : maps.walkSpecial;
    let didRun = isHeard;
    run.collected += death.emptyWeakReferences(walk, maps.isFound, (weak) => {
      didRun = true;
      if (maps.isTracked(weak)) maps.track(weak, old);
    });
    maps.walkSpecial((object) => {
      if (death.finalize(object)) didRun = true;
    });
    if (didRun) {
      run.resurrected = promoteResurrected(old, death.attachedCount() === attachedCount);
    }
    if (emptiesWeakReferencesAgain) emptyWeakReferencesAgain();
    run.collected += maps.foundCount();
    if (reports.savesAll()) maps.walkFound(reports.saved);
    else if (!reclaimFound()) emptyEach();
    maps.walkFound((object) => maps.track(object, old));
  }

  function promoteResurrected(old: number, knowsSpecial: boolean): number {
    try {
      detector.find(maps.narrow(knowsSpecial));
      return maps.promote(old, 0);
    } finally {
      detector.release();
    }
  }

  /** Of those that finalizers made: nobody is called. CPython issue 136401. */
  function emptyWeakReferencesAgain(): void {
    death.emptyWeakReferences(
      maps.walkSpecial,
      () => true,
      () => {},
    );
  }

  /** One by one, as what a finalizer left behind may call program code at each step. */
  function emptyEach(): void {
    maps.walkFound((object) => {
      if (untracking.hasFlag(object, TYPE_CLEARABLE)) death.clear(object);
    });
    maps.walkFound(death.clear);
  }

  return collect;
}
