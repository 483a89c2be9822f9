// What a program costs, without a clock: every event has a price in units, and the same program has
// the same price in every run. One unit is one object or slot that is touched, or one word that is
// written whole.
//
//   the program        object-create 1 + its words · slot-write 1
//   the manager        count-change 1 · collection-start its candidates · object-examine 1 beyond
//                      those · object-move 1 + its words
//                      object-clear, object-reclaim, weak-reference-clear, finalizer-run 1
//
// What the manager does between two calls of `endOperation` is what the program waited for: a
// pause, whether a collection ran or a cascade of deallocations. Counts that change one by one are
// no pause but the price of counting; they are in the totals alone.
//
// Prices are a model, good for comparing: two strategies under the same program, or one before and
// after a change. They are not nanoseconds.

import {
  EVENT_COLLECTION_START,
  EVENT_COUNT_CHANGE,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENT_SLOT_WRITE,
  EVENT_WEAK_REFERENCE_CLEAR,
  type EventCode,
  type Observer,
} from "@ouro/interfaces";
import { createHistogram, type Histogram } from "./histogram.js";

/** Unit: as above. */
export interface CostTotals {
  /** Births and stores, which cost the same under every strategy. */
  readonly program: number;
  /** Counting. */
  readonly counting: number;
  /** Collections, and deallocations outside them. */
  readonly pauses: number;
}

export interface CostModel {
  readonly observer: Observer;
  /** Tells that a call of the program is over: what the manager did since is one pause. O(1). */
  endOperation(): void;
  totals(): CostTotals;
  /** Units of each operation in which the program waited. */
  readonly pauses: Histogram;
}

/** A cost model of one memory manager, or of several one after the other. */
export function createCostModel(): CostModel {
  const totals = { program: 0, counting: 0, pauses: 0 };
  const pauses = createHistogram();
  let pause = 0;
  /** Candidates of this collection that were not told as examined yet. */
  let paidCount = 0;

  function startCollection(candidateCount: number): void {
    pause += candidateCount;
    paidCount = candidateCount;
  }

  function examine(): void {
    if (paidCount > 0) paidCount--;
    else pause++;
  }

  function event(code: EventCode, _a: number, b: number, c: number): void {
    if (code === EVENT_SLOT_WRITE) totals.program++;
    else if (code === EVENT_COUNT_CHANGE) totals.counting++;
    else if (code === EVENT_OBJECT_CREATE) totals.program += 1 + c;
    else if (code === EVENT_COLLECTION_START) startCollection(b);
    else if (code === EVENT_OBJECT_EXAMINE) examine();
    else if (code === EVENT_OBJECT_MOVE) pause += 1 + c;
    else pause++;
  }

  return {
    observer: {
      wants: [
        EVENT_OBJECT_CREATE,
        EVENT_SLOT_WRITE,
        EVENT_COUNT_CHANGE,
        EVENT_COLLECTION_START,
        EVENT_OBJECT_EXAMINE,
        EVENT_OBJECT_MOVE,
        EVENT_OBJECT_CLEAR,
        EVENT_OBJECT_RECLAIM,
        EVENT_WEAK_REFERENCE_CLEAR,
        EVENT_FINALIZER_RUN,
      ],
      event,
    },
    endOperation() {
      if (pause > 0) pauses.add(pause);
      totals.pauses += pause;
      pause = 0;
    },
    totals: () => ({ ...totals }),
    pauses,
  };
}
