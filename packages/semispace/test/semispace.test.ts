import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  type EventCode,
  isOuroError,
  type Reference,
  slotAt,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { type SemispaceOptions, semispaceStrategy } from "../src/index.js";

const MIB = 2 ** 20;

function make(options: SemispaceOptions = {}, limitBytes = 64 * MIB) {
  const manager = composeMemoryManager({
    strategy: semispaceStrategy({ minimumBytes: MIB, ...options }),
    reservationBytes: 256 * MIB,
    limitBytes,
  });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const bytes = manager.defineType({ name: "bytes", variablePart: "bytes" });
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  return { ...manager, node, bytes, array, frame: manager.mutator.enter(4) };
}

describe("the semispace collector", () => {
  it("copies a list of a million nodes without a stack", () => {
    const { mutator, collector, node, frame, heap } = make({}, 128 * MIB);
    const next = slotAt(frame, 1);
    for (let index = 0; index < 1_000_000; index++) {
      const object = mutator.allocate(node, next);
      mutator.fill(object, 0, frame);
      mutator.moveRoot(frame, next);
    }
    expect(mutator.collect().reclaimedCount).toBe(0);
    let length = 0;
    for (let at = mutator.root(frame); at !== 0; at = mutator.get(at as Reference, 0)) length++;
    expect(length).toBe(1_000_000);
    expect(collector.statistics().liveBytes).toBe(16_000_000);
    mutator.leave(frame);
    expect(mutator.collect().reclaimedCount).toBe(1_000_000);
    expect(heap.statistics().lentArenaCount).toBe(0);
  });

  it("updates every slot of a wide array", () => {
    const { mutator, collector, node, array, frame, validate } = make();
    const count = 100_000;
    mutator.allocateArray(array, count, frame);
    for (let field = 1; field <= count; field += 2) {
      mutator.allocate(node, slotAt(frame, 1));
      mutator.give(mutator.root(frame) as Reference, field, slotAt(frame, 1));
    }
    mutator.collect();
    validate();
    expect(collector.statistics().liveCount).toBe(1 + count / 2);
  });

  it("holds nearly half of its limit, and says out of memory beyond", () => {
    const { mutator, node, frame, collector, validate } = make({}, 16 * ARENA_SIZE_BYTES);
    const next = slotAt(frame, 1);
    let count = 0;
    try {
      for (; ; count++) {
        const object = mutator.allocate(node, next);
        mutator.fill(object, 0, frame);
        mutator.moveRoot(frame, next);
      }
    } catch (error) {
      expect(isOuroError(error, "out-of-memory")).toBe(true);
    }
    expect(count).toBe((8 * ARENA_SIZE_BYTES) / 16);
    validate();
    mutator.setRoot(frame, 0);
    mutator.allocate(node, frame);
    expect(collector.statistics().liveCount).toBe(1);
  });

  it("keeps everything when the limit leaves no room for the copies, and works after it", () => {
    const { mutator, node, bytes, frame, heap, collector, validate } = make();
    mutator.allocate(node, frame);
    const before = mutator.root(frame);
    heap.setLimitBytes(0);
    expect(mutator.collect().examinedCount).toBe(0);
    expect(mutator.root(frame)).toBe(before);
    expect(() => mutator.allocateArray(bytes, 2 * MIB, slotAt(frame, 1))).toThrow(/no room/);
    expect(mutator.root(slotAt(frame, 1))).toBe(0);
    validate();
    heap.setLimitBytes(64 * MIB);
    mutator.allocateArray(bytes, 2 * MIB, slotAt(frame, 1));
    mutator.collect();
    expect(collector.statistics().liveCount).toBe(2);
    expect(mutator.root(frame)).not.toBe(before);
  });

  it("lives beside another manager in one heap", () => {
    const heap = createPrivateHeap({ reservationBytes: 64 * MIB, regionBytes: 4 * MIB });
    const both = ["one", "other"].map((name) => {
      const strategy = semispaceStrategy({ minimumBytes: MIB });
      const limits = { frameSlotLimitCount: 64, handleLimitCount: 64 };
      const manager = composeMemoryManager({ strategy, heap, name, ...limits });
      const type = manager.defineType({ name: "words", variablePart: "raw" });
      return { manager, type, frame: manager.mutator.enter(2) };
    });
    for (let round = 0; round < 40; round++) {
      for (const { manager, type, frame } of both) {
        const { mutator } = manager;
        const object = mutator.allocateArray(type, 100_000 + round, slotAt(frame, round % 2));
        mutator.setWord(object, 1, round);
        manager.validate();
        if (round % 7 === 0) mutator.collect();
        const old = mutator.root(slotAt(frame, (round + 1) % 2)) as Reference;
        if (round > 0) expect(mutator.word(old, 1)).toBe(round - 1);
      }
    }
    for (const { manager, frame } of both) {
      manager.mutator.leave(frame);
      manager.mutator.collect();
    }
    expect(heap.statistics().lentArenaCount).toBe(0);
  });

  it("never moves anything in tryAllocate, and grows where it lies", () => {
    const { collector, mutator, node, bytes, frame } = make();
    const first = mutator.allocate(node, frame);
    for (let index = 0; index < 20; index++) {
      expect(collector.tryAllocate(bytes, 100_000)).toBeGreaterThan(first);
    }
    expect(mutator.root(frame)).toBe(first);
    expect(collector.statistics().collectionCount).toBe(0);
  });

  it("tells of each collection's start and end, with counts", () => {
    const told: number[][] = [];
    const { mutator, defineType } = composeMemoryManager({
      strategy: semispaceStrategy(),
      reservationBytes: 64 * MIB,
      observer: {
        wants: [EVENT_COLLECTION_START, EVENT_COLLECTION_END],
        event: (code: EventCode, ...numbers) => told.push([code, ...numbers]),
      },
    });
    const node = defineType({ name: "node", visitedSlotCount: 2 });
    const frame = mutator.enter(1);
    mutator.allocate(node, frame);
    mutator.allocate(node, frame);
    mutator.collect();
    expect(told).toEqual([
      [EVENT_COLLECTION_START, 0, 2, 0],
      [EVENT_COLLECTION_END, 0, 1, 0],
    ]);
  });

  it("collects at polls only under stress, and its traits say so", () => {
    const calm = make();
    const stressed = make({ collectionIntervalCount: 2 });
    expect(calm.strategy.traits.collectsAt).toEqual(["allocate", "collect"]);
    expect(stressed.strategy.traits.collectsAt).toEqual(["allocate", "poll", "collect"]);
    for (const { mutator, node, frame } of [calm, stressed]) {
      mutator.allocate(node, frame);
      mutator.poll();
    }
    expect(calm.collector.statistics().collectionCount).toBe(0);
    expect(stressed.collector.statistics().collectionCount).toBe(1);
  });

  it.each<[string, SemispaceOptions]>([
    ["growthFactor 1", { growthFactor: 1 }],
    ["growthFactor NaN", { growthFactor: Number.NaN }],
    ["growthFactor 2", { growthFactor: "2" as unknown as number }],
    ["minimumBytes -1", { minimumBytes: -1 }],
    ["collectionIntervalCount 0.5", { collectionIntervalCount: 0.5 }],
  ])("refuses %s", (message, options) => {
    expect(() => semispaceStrategy(options)).toThrow(message);
  });
});
