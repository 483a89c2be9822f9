// A collection of candidates, from the buffer to the last death.
//
//   candidates ─► trial deletion ─► found
//       ▲           weak references, callbacks ─► finalizers ─► trial deletion of the found again
//       │                                              ├─► reached after all: candidates again
//       └── lost a reference meanwhile ◄────────────── └─► emptied, one by one
//
// Everything is found before anything is freed, and every finalizer has run before the first object
// is emptied: program code sees whole objects only, and counts that are what the slots say. It may
// do anything but collect, which does nothing then. What dies meanwhile takes references off other
// objects, which become candidates: a collection that was asked for goes on until there are none.

import type { CandidateBuffer, TrialDetector } from "@ouro/cycle-detector";
import {
  type Collection,
  type Collector,
  type Death,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_UNREACHABLE,
  EVENT_WEAK_REFERENCE_CLEAR,
  type EventCode,
  isObserved,
  type Observer,
  ROW_FLAGS,
  TYPE_CLEARABLE,
} from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";

/** Passes after one in which program code ran: it may make garbage for ever. */
const LATE_PASS_LIMIT = 4;

export interface CandidateCollectionOptions {
  words: Int32Array;
  layout: ObjectLayout;
  buffer: CandidateBuffer;
  detector: TrialDetector;
  death: Death;
  call: (code: () => void, source: "observer") => void;
  /** What observers of deaths threw, who could not be stopped in the middle. */
  takeErrors: () => readonly unknown[];
  walk: Collector["walk"];
  observer: Observer | undefined;
  /** What was examined and not told of yet; undefined where nobody wants to know. */
  examined: number[] | undefined;
}

export interface CandidateCollection {
  /** One pass, or passes until there is no candidate left. Not while one runs. */
  collect(isThorough: boolean): Collection;
  isCollecting(): boolean;
  /** An object is reclaimed, in a collection. O(1). */
  noteReclaim(object: number): void;
}

export const NO_COLLECTION: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});

export function createCandidateCollection(
  options: CandidateCollectionOptions,
): CandidateCollection {
  const { words, layout, buffer, detector, death, call, takeErrors, walk, observer, examined } =
    options;
  const isFoundObserved =
    isObserved(observer, EVENT_OBJECT_UNREACHABLE) ||
    isObserved(observer, EVENT_WEAK_REFERENCE_CLEAR);
  let isCollecting = false;
  // Of the collection that runs.
  let examinedCount = 0;
  let resurrectedCount = 0;
  let reclaimedCount = 0;
  let reclaimedWords = 0;

  function emit(code: EventCode, a: number, b = 0, c = 0): void {
    if (isObserved(observer, code)) call(() => observer.event(code, a, b, c), "observer");
  }

  function collect(isThorough: boolean): Collection {
    isCollecting = true;
    examinedCount = 0;
    resurrectedCount = 0;
    reclaimedCount = 0;
    reclaimedWords = 0;
    try {
      buffer.mendOverrun(walk);
      emit(EVENT_COLLECTION_START, 0, buffer.candidateCount());
      let latePasses = 0;
      while (latePasses <= LATE_PASS_LIMIT && buffer.candidateCount() > 0) {
        const before = reclaimedCount;
        if (passOnce()) latePasses++;
        else if (reclaimedCount === before) break;
        if (!isThorough) break;
      }
      emit(EVENT_COLLECTION_END, 0, reclaimedCount);
      for (const error of takeErrors()) {
        call(() => {
          throw error;
        }, "observer");
      }
    } finally {
      isCollecting = false;
    }
    const reclaimedBytes = reclaimedWords * 4;
    return { ...NO_COLLECTION, examinedCount, reclaimedCount, reclaimedBytes, resurrectedCount };
  }

  /** Whether program code ran. */
  function passOnce(): boolean {
    const examination = detector.find();
    examinedCount += examination.examinedCount;
    tellExamined();
    if (examination.foundCount === 0) return false;
    try {
      return dispose();
    } finally {
      buffer.release();
    }
  }

  function dispose(): boolean {
    if (isFoundObserved) walkFound(tellFound);
    let didRun = false;
    const deadCount = death.emptyWeakReferences(walkFound, detector.isFound, () => {
      didRun = true;
    });
    walkFound((object) => {
      if (death.finalize(object)) didRun = true;
    });
    if (didRun || isFoundObserved) resurrectedCount += findAgain(didRun);
    walkFound((object) => {
      if (isClearable(object)) death.clear(object);
    });
    // What is alive after that hangs on objects that cannot be emptied one by one elsewhere.
    walkFound(death.clear);
    return didRun || deadCount > 0;
  }

  /** Whoever was told of what is found may have stored it. If not, the look is not told of. */
  function findAgain(didRun: boolean): number {
    const { examinedCount: stillThere, foundCount } = detector.findAgain();
    if (!didRun && foundCount === stillThere) {
      examined?.splice(0);
      return 0;
    }
    examinedCount += stillThere;
    tellExamined();
    return stillThere - foundCount;
  }

  function walkFound(visit: (object: number) => void): void {
    for (let index = 0; index < buffer.foundCount(); index++) {
      const object = buffer.foundAt(index);
      if (object !== 0) visit(object);
    }
  }

  /** When the heap is whole again: an observer may validate it. */
  function tellExamined(): void {
    for (const object of examined?.splice(0) ?? []) {
      emit(EVENT_OBJECT_EXAMINE, object, layout.typeOf(object), words[object]);
    }
  }

  function tellFound(object: number): void {
    emit(EVENT_OBJECT_UNREACHABLE, object, layout.typeOf(object));
  }

  function isClearable(object: number): boolean {
    return ((words[layout.rowOf(object) + ROW_FLAGS] as number) & TYPE_CLEARABLE) !== 0;
  }

  return {
    collect,
    isCollecting: () => isCollecting,
    noteReclaim(object) {
      reclaimedCount++;
      reclaimedWords += layout.sizeWords(object);
    },
  };
}
