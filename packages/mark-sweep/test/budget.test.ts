// What the collector says of itself, what it refuses, and when it collects: the numbers that random
// programs meet, and never hold against a figure.

import {
  ARENA_SIZE_BYTES,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_UNREACHABLE,
  type EventCode,
  isOuroError,
  NO_BUDGET,
  type Slot,
  type StrategyParts,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManagerOptions } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { type MarkSweepOptions, markSweepStrategy } from "../src/index.js";

const MIB = 1 << 20;

/** A manager, and the parts that its collector was made of. */
function manage(options: MarkSweepOptions = {}, rest: Partial<MemoryManagerOptions> = {}) {
  const strategy = markSweepStrategy(options);
  let parts: StrategyParts | undefined;
  const manager = composeMemoryManager({
    strategy: {
      ...strategy,
      create(given) {
        parts = given;
        return strategy.create(given);
      },
    },
    reservationBytes: 32 * MIB,
    ...rest,
  });
  const { budgetWord, sideTable } = parts as unknown as StrategyParts;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const raw = manager.defineType({ name: "raw", variablePart: "raw" });
  const { words } = manager.heap;
  const budget = (): number => words[budgetWord] as number;
  const collections = (): number => manager.collector.statistics().collectionCount;
  return { ...manager, node, raw, words, sideTable, budgetWord, budget, collections };
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("the strategy", () => {
  it("promises what it does, and nothing else", () => {
    const { name, traits } = markSweepStrategy();
    expect(name).toBe("mark-sweep");
    expect(traits).toEqual({
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
    });
  });

  it.each<[object, string]>([
    [{ growthFactor: Number.POSITIVE_INFINITY }, "growthFactor Infinity is not a number from 1"],
    [{ growthFactor: 0.99 }, "Give one: 2 lets memory grow to twice what lives"],
    [{ minimumBudgetBytes: 0.5 }, "minimumBudgetBytes 0.5 is not a whole number"],
    [{ markStackWords: 2 ** 28 + 1 }, `markStackWords ${2 ** 28 + 1} is not`],
    [{ markStackWord: 4 }, "markStackWord"],
  ])("refuses %j, and says what it would take", (options, problem) => {
    const message = messageOf(() => markSweepStrategy(options));
    expect(message).toMatch(/^markSweepStrategy: /);
    expect(message).toContain(problem);
  });

  it("takes its least options", () => {
    const options = { growthFactor: 1, minimumBudgetBytes: 0, markStackWords: 1 };
    expect(() => markSweepStrategy(options)).not.toThrow();
    expect(() => markSweepStrategy({ markStackWords: 2 ** 28 })).not.toThrow();
  });

  it("names both parts and the reason when the allocator cannot sweep", () => {
    const parts = { allocator: { name: "bump" }, heap: { words: new Int32Array(1) } };
    const message = messageOf(() => markSweepStrategy().create(parts as never));
    expect(message).toContain("mark-sweep");
    expect(message).toContain("the allocator cannot sweep");
    expect(message).toContain("Use a pool or large block allocator, or a size router of the two");
  });

  it("names the call that asks for another generation", () => {
    expect(messageOf(() => manage().collector.collect(1))).toMatch(
      /^mark-sweep\.collect: generati/,
    );
  });

  it("reserves its mark stack by its name: a word for 64 of the heap, or what it is given", () => {
    for (const markStackWords of [undefined, 16]) {
      const { heap, sideTable } = manage(markStackWords === undefined ? {} : { markStackWords });
      const arenaCount = heap.arenaCount - heap.firstArenaIndex;
      const borrower = heap.registerBorrower("mark-sweep");
      expect(
        heap
          .statistics()
          .borrowers.map(({ name }) => name)
          .at(-1),
      ).toBe("mark-sweep");
      const sizeWords = markStackWords ?? (arenaCount * ARENA_SIZE_BYTES) / 4 / 64;
      const region = heap.reserveRegion(borrower, `mark-stack-${sideTable.start}`, sizeWords);
      expect(region.existed).toBe(true);
    }
  });
});

describe("the budget", () => {
  it("is the least one at first, and again after a collection that leaves little", () => {
    const { mutator, budget, node } = manage({ minimumBudgetBytes: 1 << 16 });
    expect(budget()).toBe(1 << 12);
    mutator.allocate(node, mutator.enter(1));
    mutator.collect();
    expect(budget()).toBe(1 << 12);
  });

  it("is what lives, times the growth factor less one, in whole granules", () => {
    for (const [growthFactor, share] of [
      [1, 0],
      [1.5, 0.5],
      [2, 1],
      [3, 2],
    ] as const) {
      const managed = manage({ minimumBudgetBytes: 0, growthFactor });
      const { mutator, collector, raw, budget } = managed;
      mutator.allocateArray(raw, 5_001, mutator.enter(1));
      mutator.collect();
      const { liveBytes } = collector.statistics();
      expect(liveBytes).toBeGreaterThan(20_000);
      expect(budget()).toBe(Math.floor((liveBytes * share) / 16));
      // An image brings objects that were never paid for.
      managed.words[managed.budgetWord] = 7;
      collector.restored();
      expect(budget()).toBe(Math.floor((liveBytes * share) / 16));
    }
  });

  it("is never more than a word says", () => {
    expect(manage({ minimumBudgetBytes: 2 ** 40 }).budget()).toBe(NO_BUDGET);
  });

  it("that is spent makes a poll collect, and no poll before", () => {
    const { mutator, words, budgetWord, collections } = manage();
    for (const [left, count] of [
      [1, 0],
      [0, 1],
      [-1, 2],
    ] as const) {
      words[budgetWord] = left;
      mutator.poll();
      expect(collections()).toBe(count);
    }
  });

  it("serves a large block to its last granule, and collects for one more", () => {
    const budgetGranules = 4096;
    for (const [sizeWords, count] of [
      [budgetGranules * 4 - 2, 0],
      [budgetGranules * 4 - 1, 1],
    ] as const) {
      const { mutator, raw, collections } = manage({ minimumBudgetBytes: budgetGranules * 16 });
      mutator.allocateArray(raw, sizeWords - 3, mutator.enter(1));
      expect(collections()).toBe(count);
    }
  });

  it("that is spent stops no allocation that must not collect, and stays as it is", () => {
    const { collector, words, budgetWord, budget, node, raw, collections } = manage();
    words[budgetWord] = 0;
    for (const [type, sizeWords] of [
      [node, 4],
      [raw, 5_000],
    ] as const) {
      expect(collector.tryAllocate(type, sizeWords)).toBeGreaterThan(0);
    }
    expect(budget()).toBe(0);
    expect(collections()).toBe(0);
  });

  it("is not what an allocation waits for if memory is full: the sweep is finished for it", () => {
    const managed = manage({ minimumBudgetBytes: 2 ** 30 }, { limitBytes: 4 * MIB });
    const { mutator, collector, raw, words, budgetWord } = managed;
    const frame = mutator.enter(1);
    for (let index = 0; index < 120; index++) mutator.allocateArray(raw, 8_000, frame);
    mutator.setRoot(frame, 0);
    words[budgetWord] = 0;
    mutator.poll();
    // All is garbage and waits to be swept: no block is free for a request of half the limit.
    expect(collector.tryAllocate(raw, (2 * MIB) / 4)).toBeGreaterThan(0);
    managed.validate();
  });
});

describe("a collection", () => {
  it("says all that it did", () => {
    const { mutator, node } = manage();
    const frame = mutator.enter(1);
    for (let index = 0; index < 3; index++) mutator.allocate(node, frame);
    expect(mutator.collect()).toEqual({
      generation: 0,
      examinedCount: 3,
      promotedCount: 0,
      reclaimedCount: 2,
      reclaimedBytes: 32,
      resurrectedCount: 0,
      uncollectableCount: 0,
    });
  });

  it("inside another examines nothing, and says so in full", () => {
    let inner: unknown;
    let collect = (): unknown => undefined;
    const observer = {
      wants: [EVENT_OBJECT_UNREACHABLE] as EventCode[],
      event(): void {
        inner = collect();
      },
    };
    const { mutator, collector, node, validate, collections } = manage({}, { observer });
    collect = () => collector.collect(0);
    const frame = mutator.enter(1);
    mutator.allocate(node, frame);
    mutator.allocate(node, frame);
    expect(mutator.collect().reclaimedCount).toBe(1);
    expect(inner).toEqual({
      generation: 0,
      examinedCount: 0,
      promotedCount: 0,
      reclaimedCount: 0,
      reclaimedBytes: 0,
      resurrectedCount: 0,
      uncollectableCount: 0,
    });
    expect(collections()).toBe(1);
    validate();
  });

  it.each([
    ["unreachable", EVENT_OBJECT_UNREACHABLE, 0],
    ["reclaimed", EVENT_OBJECT_RECLAIM, 1],
  ] as const)("tells who asks only for that what is %s, once", (_name, code, sizeWords) => {
    const told: number[][] = [];
    const event = (...numbers: number[]): void => void told.push(numbers);
    const { mutator, node, raw } = manage({}, { observer: { wants: [code], event } });
    const frame = mutator.enter(2);
    const kept = mutator.allocate(node, frame);
    const dead = [
      [mutator.allocateArray(raw, 3, (frame + 1) as Slot), raw, 6 * sizeWords],
      [mutator.allocate(node, (frame + 1) as Slot), node, 4 * sizeWords],
    ] as const;
    mutator.setRoot((frame + 1) as Slot, 0);
    mutator.collect();
    mutator.collect();
    const expected = dead.map((each) => [code, ...each]);
    expect(told.sort()).toEqual(expected.sort());
    expect(told.map(([, object]) => object)).not.toContain(kept);
  });

  it("leaves no mark where no object is, and a validation finds one that is", () => {
    const { mutator, node, words, sideTable, heap, validate } = manage();
    const object = mutator.allocate(node, mutator.enter(1));
    mutator.collect();
    validate();
    const granule = (object >>> 2) - heap.firstArenaIndex * (ARENA_SIZE_BYTES / 16) + 1;
    const word = sideTable.start + (granule >>> 5);
    words[word] = (words[word] as number) | (1 << (granule & 31));
    expect(messageOf(validate)).toBe(
      `mark map at word ${object + 4} is broken: an object is marked where none is. ` +
        "Something wrote where it must not: stop using the heap.",
    );
  });
});
