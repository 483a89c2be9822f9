// A trigger by candidates: a collection is due when so many objects lost a reference and kept
// others. How many, follows from what the last collection was good for.
//
//   half of what was examined was garbage   ─► due sooner: × 2/3, down to the least
//   less                                    ─► due later:  × 3/2
//   always at least a quarter of what was examined in vain
//
// The quarter keeps the work linear: a candidate costs four objects examined in vain at most,
// however large the structure is that all candidates reach. All that was examined in vain is the
// bound upwards, so that the threshold comes down by itself where little survives; and garbage of
// few candidates and many bytes is for a trigger by growth to notice.
//
// Sources: Nim's cyclic collector, whose factors these are; PHP, whose threshold went up with runs
// that had found their garbage already (php-src 9266) and never down by itself; CPython's quarter
// (issue 4074).

import { type Collection, checkInteger, NOT_DUE, type Trigger } from "@ouro/interfaces";

export interface CandidateTriggerOptions {
  /** No collection is due at or below. Default 2000. */
  leastCount?: number;
}

export interface CandidateTrigger extends Trigger {
  /** A collection is due above so many candidates. */
  threshold(): number;
}

const LEAST_COUNT = 2000;

/** `due` is asked with the number of candidates. Throws `UsageError` for a count below 0. */
export function createCandidateTrigger(options: CandidateTriggerOptions = {}): CandidateTrigger {
  const { leastCount = LEAST_COUNT } = options;
  checkInteger("createCandidateTrigger", "leastCount", leastCount, 0, 0x3fffffff);
  let threshold = leastCount;

  function done({ examinedCount, reclaimedCount }: Collection): void {
    const isUseful = 2 * reclaimedCount >= examinedCount;
    const vainCount = Math.max(0, examinedCount - reclaimedCount);
    const next = isUseful ? Math.floor((threshold * 2) / 3) : Math.ceil((threshold * 3) / 2);
    // Above what is examined in vain there is nothing to be gained by waiting longer.
    const most = Math.max(leastCount, vainCount);
    threshold = Math.max(leastCount, Math.ceil(vainCount / 4), Math.min(next, most));
  }

  return {
    name: "candidates",
    threshold: () => threshold,
    due: (candidateCount) => (candidateCount > threshold ? 0 : NOT_DUE),
    done,
  };
}
