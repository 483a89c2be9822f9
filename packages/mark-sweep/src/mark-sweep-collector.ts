// The mark-sweep collector. It marks what the roots reach in a map of bits and hands the map to the
// allocators, which from then on take every object without a mark for free memory. They sweep as
// they need it: a collection is as long as its marking. Objects are never touched by it and never
// move, and their headers hold nothing of it.
//
//   allocate ─► block of the allocator ─► zeros, type
//       └ 0: the budget is spent ─► collection: finish the last sweep, clear, mark, begin to sweep
//       └ 0: memory is full ──────► finish the sweep; else the mutator asks for a collection
//
// The budget is how much may be handed out until the next collection: as much as lives after the
// last one, times the growth factor − 1. It is a word of the heap that the allocators count down
// when a pool begins to serve and for each large block, so that an allocation pays nothing for it.
//
// After McCarthy: Recursive functions of symbolic expressions and their computation by machine
// (1960); Hughes (1982) for the lazy sweep; Boehm and Weiser: Garbage collection in an
// uncooperative environment (1988) for marks beside the objects.

import {
  type Block,
  type Collection,
  type Collector,
  checkInteger,
  checkOptions,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  type EventCode,
  expectSound,
  GRANULE_SIZE_BYTES,
  GRANULE_SIZE_WORDS,
  IncompatiblePartsError,
  isObserved,
  NO_BUDGET,
  numberText,
  type Reference,
  type Strategy,
  type StrategyParts,
  type SweepableAllocator,
  type Traits,
  TYPE_WORD_OFFSET,
  type TypeId,
  UsageError,
} from "@ouro/interfaces";
import { createDeathReport } from "./death-report.js";
import { clearMarks, marksOf, walkMarks } from "./mark-map.js";
import { createMarker } from "./marker.js";

export interface MarkSweepOptions {
  /**
   * What may be in use when the next collection begins, as a multiple of what lived after the last
   * one. At least 1. Default 2: memory up to twice the live, a collection for each doubling.
   */
  growthFactor?: number;
  /** Bytes that may be handed out between two collections however little lives. Default 4 MiB. */
  minimumBudgetBytes?: number;
  /**
   * Room for objects that are marked and not yet looked at; an object a word. With less than a
   * graph needs, marking takes longer. Default: a word for 64 of the heap.
   */
  markStackWords?: number;
}

const name = "mark-sweep";

const traits: Traits = {
  moves: false,
  collectsAt: ["allocate", "poll", "collect"],
  counts: false,
  cycles: "full collection",
  death: "collection",
  exact: true,
  slices: false,
  programCode: "at safepoints",
  finalizationOrder: "weak references first",
  resurrection: false,
  hooks: [],
  headerBits: [],
  sideBytesPerGranule: 1 / 8,
};

const NOTHING: Collection = Object.freeze({
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
});

/** Marks and sweeps. Throws `UsageError` for an option out of its range. */
export function markSweepStrategy(options: MarkSweepOptions = {}): Strategy {
  const where = "markSweepStrategy";
  checkOptions(where, options, "|growthFactor minimumBudgetBytes markStackWords");
  const { growthFactor = 2, minimumBudgetBytes = 4 << 20, markStackWords } = options;
  if (!(Number.isFinite(growthFactor) && growthFactor >= 1)) {
    throw new UsageError({
      where,
      argument: `growthFactor ${numberText(growthFactor)}`,
      problem: "is not a number from 1",
      remedy: "Give one: 2 lets memory grow to twice what lives",
    });
  }
  checkInteger(where, "minimumBudgetBytes", minimumBudgetBytes, 0);
  if (markStackWords !== undefined) {
    checkInteger(where, "markStackWords", markStackWords, 1, 2 ** 28);
  }
  const given = { growthFactor, minimumBudgetBytes, markStackWords };
  return { name, traits, create: (parts) => createMarkSweepCollector(parts, given) };
}

interface GivenOptions {
  readonly growthFactor: number;
  readonly minimumBudgetBytes: number;
  readonly markStackWords: number | undefined;
}

function createMarkSweepCollector(parts: StrategyParts, options: GivenOptions): Collector {
  const { heap, budgetWord, observer } = parts;
  const { words } = heap;
  const allocator = sweepable(parts);
  const { tryAllocate: tryAllocateBlock, owns, finishSweep } = allocator;
  const sizeLimitWords = Math.floor(allocator.requestLimitBytes / 4);
  const marks = marksOf(heap, parts.sideTable);
  const marker = createMarker(parts, marks, reserveStack(parts, options.markStackWords));
  const deathReport = createDeathReport(parts, marker.isMarked);
  const TYPE = TYPE_WORD_OFFSET;
  const SMALLEST = GRANULE_SIZE_WORDS;
  let collectionCount = 0;
  let reclaimedCount = 0;
  let isCollecting = false;
  setBudget(0);

  /** Most objects have four words; the request is then a constant for who inlines this. */
  function allocate(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords !== SMALLEST) return (allocateAnySize(type, sizeWords) | 0) as Reference | 0;
    const object = tryAllocateBlock(SMALLEST << 2) || allocateAfterWork(SMALLEST) | 0;
    if (object === 0) return 0;
    words[object] = 0;
    words[object + TYPE] = type;
    words[object + 2] = 0;
    words[object + 3] = 0;
    return object as Reference;
  }

  function allocateAnySize(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords > sizeLimitWords) return 0;
    const block = tryAllocateBlock(sizeWords * 4) || allocateAfterWork(sizeWords);
    return block === 0 ? 0 : makeObject(block, type, sizeWords);
  }

  /** The block's words are anything; it has four at least. */
  function makeObject(block: number, type: TypeId, sizeWords: number): Reference {
    words[block] = 0;
    words[block + TYPE] = type;
    words[block + 2] = 0;
    words[block + 3] = 0;
    if (sizeWords > 32) words.fill(0, block + 4, block + sizeWords);
    else for (let word = block + 4; word < block + sizeWords; word++) words[word] = 0;
    return block as Reference;
  }

  /** The allocator had nothing: the budget is spent, or memory waits to be swept, or it is full. */
  function allocateAfterWork(sizeWords: number): number {
    if (isBudgetSpent(sizeWords)) {
      collectLazily();
      const block = tryAllocateBlock(sizeWords * 4);
      if (block !== 0) return block;
    }
    return allocateWithout(sizeWords);
  }

  function isBudgetSpent(sizeWords: number): boolean {
    // A large block's header is charged with it.
    return (words[budgetWord] as number) < (sizeWords + 5) >> 2;
  }

  /** Without a collection and outside of the budget: 0 says that memory is full. */
  function allocateWithout(sizeWords: number): number {
    const budget = words[budgetWord] as number;
    words[budgetWord] = NO_BUDGET;
    let block: number = tryAllocateBlock(sizeWords * 4);
    if (block === 0 && allocator.isSweeping()) {
      finishSweep();
      block = tryAllocateBlock(sizeWords * 4);
    }
    words[budgetWord] = budget;
    return block;
  }

  function tryAllocate(type: TypeId, sizeWords: number): Reference | 0 {
    if (sizeWords > sizeLimitWords) return 0;
    const block = tryAllocateBlock(sizeWords * 4) || allocateWithout(sizeWords);
    return block === 0 ? 0 : makeObject(block, type, sizeWords);
  }

  function collect(generation: number): Collection {
    checkInteger(`${name}.collect`, "generation", generation, 0, 0);
    const collection = collectLazily();
    if (!isCollecting) finishSweep();
    return collection;
  }

  /** Marks, and leaves the sweep to the allocations that follow. */
  function collectLazily(): Collection {
    if (isCollecting) return NOTHING;
    isCollecting = true;
    try {
      return collectNow();
    } finally {
      isCollecting = false;
    }
  }

  function collectNow(): Collection {
    finishSweep();
    if (isObserved(observer, EVENT_COLLECTION_START)) {
      const { liveBlockCount } = allocator.statistics();
      observer.event(EVENT_COLLECTION_START, 0, liveBlockCount, 0);
    }
    clearMarks(heap, marks);
    marker.mark();
    deathReport.tellUnreachable(allocator);
    const { liveCount, liveBytes, garbageCount, garbageBytes } = allocator.beginSweep(marks);
    collectionCount++;
    reclaimedCount += garbageCount;
    setBudget(liveBytes);
    deathReport.tellReclaimed();
    emit(EVENT_COLLECTION_END, garbageCount);
    return {
      ...NOTHING,
      examinedCount: liveCount + garbageCount,
      reclaimedCount: garbageCount,
      reclaimedBytes: garbageBytes,
    };
  }

  function emit(code: EventCode, count: number): void {
    if (isObserved(observer, code)) observer.event(code, 0, count, 0);
  }

  function setBudget(liveBytes: number): void {
    const { growthFactor, minimumBudgetBytes } = options;
    const budgetBytes = Math.max(minimumBudgetBytes, liveBytes * (growthFactor - 1));
    words[budgetWord] = Math.min(NO_BUDGET, Math.floor(budgetBytes / GRANULE_SIZE_BYTES));
  }

  return {
    name,
    traits,
    oldestGeneration: 0,
    allocate,
    tryAllocate,
    collect,
    poll() {
      if ((words[budgetWord] as number) <= 0) collectLazily();
    },
    isObject: owns,
    walk: (visit) => allocator.walk((block: Block) => visit(block as number as Reference)),
    restored: () => setBudget(allocator.statistics().usedBytes),
    /** What waits to be swept keeps arenas, too. */
    trim() {
      if (isCollecting) return;
      finishSweep();
      allocator.trim?.();
    },
    statistics() {
      const { liveBlockCount: liveCount, usedBytes: liveBytes } = allocator.statistics();
      return { liveCount, liveBytes, collectionCount, reclaimedCount };
    },
    validate() {
      allocator.validate();
      walkMarks(heap, marks, heap.firstArenaIndex << 18, (object) => {
        expectSound(owns(object), "mark map", object, "an object is marked where none is");
      });
    },
  };
}

function sweepable({ allocator }: StrategyParts): SweepableAllocator {
  if ("beginSweep" in allocator) return allocator as SweepableAllocator;
  throw new IncompatiblePartsError({
    parts: [name, allocator.name],
    reason: "the allocator cannot sweep",
    remedy: "Use a pool or large block allocator, or a size router of the two",
  });
}

/** Named by its side table, so that two managers in one heap have two. */
function reserveStack({ heap, sideTable }: StrategyParts, markStackWords: number | undefined) {
  const heapWords = (heap.arenaCount - heap.firstArenaIndex) << 18;
  const sizeWords = markStackWords ?? heapWords >>> 6;
  const borrower = heap.registerBorrower(name);
  const region = heap.reserveRegion(borrower, `mark-stack-${sideTable.start}`, sizeWords);
  // A region is whole granules; a stack of the test's size is what it says.
  return { ...region, sizeWords };
}
