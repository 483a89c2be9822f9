// A trigger by growth: a collection is due when what is allocated is so many times what the last
// one left. Small heaps are left alone until they are as large as the start.
//
//   bytes │  start ───────┐ collection     left × 1.5 ───────────┐ collection
//         └───────────────┴──── left ────────────────────────────┴──── left
//
// Source: QuickJS `JS_TriggerGC`, whose factor and start are the defaults here; there the limit has
// no floor, as its own tables are more than that.

import {
  type Collection,
  checkInteger,
  NOT_DUE,
  numberText,
  type Trigger,
  UsageError,
} from "@ouro/interfaces";

export interface GrowthTriggerOptions {
  /** Bytes that are allocated now. Asked in `due` and `done` only. */
  liveBytes: () => number;
  /** A collection is due above what the last one left, times this. Above 1. Default 1.5. */
  growthFactor?: number;
  /** No collection is due at or below. Default 256 KiB. */
  startBytes?: number;
  /** The generation that is due: the oldest there is. Default 0. */
  generation?: number;
}

export interface GrowthTrigger extends Trigger {
  /** Bytes above which a collection is due. */
  limitBytes(): number;
}

/** Throws `UsageError` for options out of their range. */
export function createGrowthTrigger(options: GrowthTriggerOptions): GrowthTrigger {
  const { liveBytes, growthFactor = 1.5, startBytes = 256 << 10, generation = 0 } = options;
  checkInteger("createGrowthTrigger", "startBytes", startBytes, 0);
  if (!(Number.isFinite(growthFactor) && growthFactor > 1)) {
    throw new UsageError({
      where: "createGrowthTrigger",
      argument: `growthFactor ${numberText(growthFactor)}`,
      problem: "is not a number above 1",
      remedy: "Give one: 1.5 lets memory grow by half between two collections",
    });
  }
  let limitBytes = startBytes;

  return {
    name: "growth",
    limitBytes: () => limitBytes,
    due: () => (liveBytes() > limitBytes ? generation : NOT_DUE),
    done(_collection: Collection) {
      limitBytes = Math.max(startBytes, Math.floor(liveBytes() * growthFactor));
    },
  };
}
