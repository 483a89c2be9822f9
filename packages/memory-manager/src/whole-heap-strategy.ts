// Counting, and now and then the whole heap as one generation: the references between all objects
// are subtracted from their counts. When, is a matter of bytes: a collection is due when half as
// much again is allocated as the last one left. QuickJS does it so.
//
//   allocate ─► block ─► an object
//       └ 0: the budget is spent ─► trigger: bytes above the limit? ─► collection ─► new limit
//                                                           └ no ────► budget for what is left
//
// The budget is a word of the heap that the allocators count down when a pool begins to serve and
// for each large block, so that no birth pays for the trigger. What died since is not put back into
// it: that is found out when the trigger is asked. It is asked at most once a pool, or once in 1/64
// of the heap, and so late by as much.
//
// Source: QuickJS 2024 quickjs.c, `JS_TriggerGC`, `gc_decref`, `gc_scan`, `gc_free_cycles`.

import { createGrowthTrigger } from "@ouro/generational";
import {
  type Collection,
  GRANULE_SIZE_BYTES,
  NO_BUDGET,
  type ProgramErrorReporter,
  type Reference,
  type Strategy,
  type StrategyParts,
  type TypeId,
} from "@ouro/interfaces";
import { COUNTING_TRAITS, createCountingCollector } from "./cpython-strategy.js";
import { checkStrategyOptions } from "./strategy-options.js";

export interface WholeHeapOptions {
  /** A collection is due above what the last one left, times this. Above 1. Default 1.5. */
  growthFactor?: number;
  /** No collection is due below so many bytes. Default 256 KiB. */
  startBytes?: number;
  /** Where errors of program code go. Default: `finalization.programErrors`. */
  onProgramError?: ProgramErrorReporter;
}

const name = "refcount-whole-heap";
/** A pool of 16 KiB in granules. */
const POOL_GRANULES = 1024;

/** Counts, and collects everything by growth. Its `create` throws `UsageError` for its options. */
export function wholeHeapStrategy(options: WholeHeapOptions = {}): Strategy {
  checkStrategyOptions("wholeHeapStrategy", options, "|growthFactor startBytes onProgramError");
  return { name, traits: COUNTING_TRAITS, create: (parts) => createWholeHeap(parts, options) };
}

function createWholeHeap(parts: StrategyParts, { onProgramError, ...given }: WholeHeapOptions) {
  const { heap, allocator, budgetWord } = parts;
  const { words } = heap;
  const liveBytes = (): number => allocator.statistics().usedBytes;
  const growth = createGrowthTrigger({ liveBytes, ...given });
  const trigger = {
    ...growth,
    done(collection: Collection): void {
      growth.done(collection);
      arm(0);
    },
  };
  const { collector, generational } = createCountingCollector(parts, name, {
    ...{ trigger, oldestGeneration: 0 },
    // Births request nothing: the budget does.
    thresholds: { young: 0, middle: 0, old: 0 },
    ...(onProgramError === undefined ? {} : { onProgramError }),
  });
  const { tryAllocate: place } = collector;
  arm(0);

  /** What may be handed out until the trigger is asked again; enough for a request at least. */
  function arm(requestGranules: number): void {
    const live = liveBytes();
    const left = Math.floor((growth.limitBytes() - live) / GRANULE_SIZE_BYTES);
    const least = Math.max(POOL_GRANULES, live >>> 10, requestGranules);
    words[budgetWord] = Math.min(NO_BUDGET, Math.max(left, least));
  }

  /** Collects if the trigger says so, and lets the program go on. */
  function ask(requestGranules: number): void {
    generational.request();
    generational.poll();
    arm(requestGranules);
  }

  function allocate(type: TypeId, sizeWords: number): Reference | 0 {
    const object = place(type, sizeWords);
    if (object !== 0) return object;
    // A large block's header is charged with it.
    const granules = (sizeWords + 5) >> 2;
    if ((words[budgetWord] as number) >= Math.max(1, granules)) return 0;
    ask(granules);
    return place(type, sizeWords);
  }

  /** Outside of the budget: 0 says that memory is full. */
  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    const object = place(type, sizeWords);
    if (object !== 0) return object;
    const budget = words[budgetWord] as number;
    words[budgetWord] = NO_BUDGET;
    const last = place(type, sizeWords);
    words[budgetWord] = budget;
    return last;
  }

  return {
    ...collector,
    allocate,
    tryAllocate,
    poll() {
      if ((words[budgetWord] as number) <= 0) ask(0);
      else generational.poll();
    },
    /** What an image brought counts as left by a collection. */
    restored() {
      collector.restored();
      trigger.done(NOTHING);
    },
  };
}

const NOTHING: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});
