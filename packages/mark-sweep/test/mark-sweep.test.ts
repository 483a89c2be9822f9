// Examples: what a program sees of mark-sweep, at the edges that random programs seldom meet.

import { createPrivateHeap } from "@ouro/heap";
import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_MARK,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_UNREACHABLE,
  type Observer,
  type Reference,
  type Slot,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManagerOptions } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { type MarkSweepOptions, markSweepStrategy } from "../src/index.js";

const MIB = 1 << 20;

function manage(options: MarkSweepOptions = {}, rest: Partial<MemoryManagerOptions> = {}) {
  const manager = composeMemoryManager({
    strategy: markSweepStrategy(options),
    ...(rest.heap === undefined ? { reservationBytes: 32 * MIB } : {}),
    ...rest,
  });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  const bytes = manager.defineType({ name: "bytes", variablePart: "bytes" });
  return { ...manager, node, array, bytes };
}

type Managed = ReturnType<typeof manage>;

/** A list of `count` nodes, the newest first, in `into`; the slot after it is used too. */
function growList({ mutator, node }: Managed, into: Slot, count: number): void {
  const spare = (into + 1) as Slot;
  for (let index = 0; index < count; index++) {
    const head = mutator.allocate(node, spare);
    mutator.give(head, 1, into);
    mutator.moveRoot(into, spare);
  }
}

describe("a collection that is asked for", () => {
  it("reclaims cycles and keeps what a root reaches", () => {
    const { mutator, collector, node, validate } = manage();
    const frame = mutator.enter(2);
    for (let index = 0; index < 100; index++) {
      const one = mutator.allocate(node, frame);
      mutator.set(one, 0, one);
    }
    const { reclaimedCount, reclaimedBytes, examinedCount } = mutator.collect();
    expect([examinedCount, reclaimedCount, reclaimedBytes]).toEqual([100, 99, 99 * 16]);
    expect(collector.isObject(mutator.root(frame))).toBe(true);
    expect(collector.statistics()).toEqual({
      liveCount: 1,
      liveBytes: 16,
      collectionCount: 1,
      reclaimedCount: 99,
    });
    validate();
  });

  it("follows a list of a million nodes with a mark stack of one word", () => {
    const managed = manage({ markStackWords: 1 }, { reservationBytes: 64 * MIB });
    const frame = managed.mutator.enter(2);
    growList(managed, frame, 1_000_000);
    expect(managed.mutator.collect().reclaimedCount).toBe(0);
    managed.mutator.setRoot(frame, 0);
    expect(managed.mutator.collect().reclaimedCount).toBe(1_000_000);
    expect(managed.heap.statistics().lentArenaCount).toBeLessThanOrEqual(1);
  });

  it("follows an array far wider than its mark stack, whose elements hold more", () => {
    const managed = manage({ markStackWords: 3 });
    const { mutator, array, node } = managed;
    const frame = mutator.enter(4);
    mutator.allocateArray(array, 50_000, frame);
    for (let index = 0; index < 50_000; index++) {
      const inner = mutator.allocate(node, (frame + 1) as Slot);
      mutator.allocate(node, (frame + 2) as Slot);
      mutator.give(inner, 0, (frame + 2) as Slot);
      mutator.give(mutator.root(frame) as Reference, 1 + index, (frame + 1) as Slot);
    }
    expect(mutator.collect()).toMatchObject({ examinedCount: 100_001, reclaimedCount: 0 });
    managed.validate();
  });

  it("keeps and reclaims objects of several arenas", () => {
    const { mutator, collector, bytes, array, heap, validate } = manage();
    const frame = mutator.enter(2);
    mutator.allocateArray(bytes, 3 * MIB, frame);
    const holder = mutator.allocateArray(array, 700_000, (frame + 1) as Slot);
    mutator.give(holder, 700_000, frame);
    expect(mutator.collect().reclaimedCount).toBe(0);
    expect(mutator.lengthOf(mutator.get(holder, 700_000) as Reference)).toBe(3 * MIB);
    mutator.setRoot((frame + 1) as Slot, 0);
    expect(mutator.collect().reclaimedCount).toBe(2);
    expect(collector.statistics().liveBytes).toBe(0);
    expect(heap.statistics().lentArenaCount).toBe(0);
    validate();
  });

  it("takes no generation but 0", () => {
    expect(() => manage().mutator.collect(1)).toThrow("generation 1");
  });
});

describe("a collection that falls due", () => {
  it("comes when the budget is spent, and the budget grows with what lives", () => {
    const managed = manage({ minimumBudgetBytes: MIB });
    const { mutator, collector, node } = managed;
    const frame = mutator.enter(2);
    const collections = () => collector.statistics().collectionCount;
    for (let index = 0; index < 65_536; index++) mutator.allocate(node, frame);
    expect(collections()).toBe(0);
    mutator.allocate(node, frame);
    expect(collections()).toBe(1);
    growList(managed, frame, 300_000);
    const before = collections();
    mutator.collect();
    for (let index = 0; index < 250_000; index++) mutator.allocate(node, (frame + 1) as Slot);
    expect(collections()).toBe(before + 1);
  });

  it("leaves the sweep to the allocations after it, and says of each object what it is", () => {
    const managed = manage({ minimumBudgetBytes: 256 << 10 });
    const { mutator, collector, node } = managed;
    const frame = mutator.enter(3);
    const dead: number[] = [];
    const live: number[] = [];
    while (collector.statistics().collectionCount === 0) {
      dead.push(mutator.allocate(node, (frame + 2) as Slot));
      growList(managed, frame, 1);
      live.push(mutator.root(frame));
    }
    // When the collection ran a root held one of the last two; memory of the first serves again.
    const inUse = new Set([...live, ...dead.slice(-2)]);
    const unused = dead.filter((object) => !inUse.has(object));
    expect(unused.length).toBeGreaterThan(8_000);
    expect(unused.filter((object) => collector.isObject(object))).toEqual([]);
    expect(live.every((object) => collector.isObject(object))).toBe(true);
    managed.validate();
    const walked = new Set<number>();
    collector.walk((object) => void walked.add(object));
    expect(live.every((object) => walked.has(object))).toBe(true);
    expect(walked.size).toBe(collector.statistics().liveCount);
    for (let index = 0; index < 5_000; index++) {
      growList(managed, frame, 1);
      if (index % 2_500 === 0) managed.validate();
    }
    expect(live.every((object) => collector.isObject(object))).toBe(true);
  });

  it("does not come at a poll before the budget is spent", () => {
    const { mutator, collector } = manage();
    mutator.poll();
    expect(collector.statistics().collectionCount).toBe(0);
  });
});

describe("memory that is full", () => {
  it("of garbage serves the next object after a collection, whatever the budget", () => {
    const { mutator, node, bytes, heap, validate } = manage({ minimumBudgetBytes: 2 ** 40 });
    const frame = mutator.enter(1);
    const full = heap.limitBytes / 16;
    for (let index = 0; index < full + 10; index++) mutator.allocate(node, frame);
    mutator.allocateArray(bytes, 5 * MIB, frame);
    validate();
  });

  it("of live objects is out of memory, and serves again once some are dropped", () => {
    const managed = manage({}, { limitBytes: 3 * MIB });
    const { mutator, collector } = managed;
    const frame = mutator.enter(2);
    expect(() => growList(managed, frame, 10_000_000)).toThrow("no room");
    managed.validate();
    const { liveCount } = collector.statistics();
    expect(liveCount).toBeGreaterThan(190_000);
    expect(() => growList(managed, frame, 1)).toThrow("no room");
    mutator.setRoot(frame, 0);
    growList(managed, frame, liveCount);
    expect(collector.statistics().liveCount).toBe(liveCount);
  });

  it("because the limit was lowered is collected before it is said to be full", () => {
    const managed = manage({ minimumBudgetBytes: 2 ** 30 });
    const { mutator, heap } = managed;
    const frame = mutator.enter(2);
    growList(managed, frame, 500_000);
    mutator.setRoot(frame, 0);
    heap.setLimitBytes(2 * MIB);
    growList(managed, frame, 100_000);
    expect(heap.statistics().lentBytes).toBeLessThanOrEqual(2 * MIB);
    managed.validate();
  });

  it("while a sweep is under way is swept before it is said to be full", () => {
    const { mutator, node, bytes, collector } = manage({ minimumBudgetBytes: MIB });
    const frame = mutator.enter(1);
    while (collector.statistics().collectionCount === 0) mutator.allocate(node, frame);
    mutator.setRoot(frame, 0);
    for (let round = 0; round < 20; round++) mutator.allocateArray(bytes, 8 * MIB, frame);
    expect(collector.statistics().liveCount).toBeLessThanOrEqual(3);
  });

  it("does not stop a request above the budget while there is room", () => {
    const { mutator, bytes, collector } = manage({ minimumBudgetBytes: 0, growthFactor: 1 });
    const frame = mutator.enter(2);
    mutator.allocateArray(bytes, 4 * MIB, frame);
    mutator.allocateArray(bytes, 4 * MIB, (frame + 1) as Slot);
    expect(collector.statistics().liveCount).toBe(2);
    expect(collector.tryAllocate(1 as never, 4)).not.toBe(0);
  });
});

describe("an observer", () => {
  const wants: Observer["wants"] = [
    EVENT_COLLECTION_START,
    EVENT_OBJECT_MARK,
    EVENT_OBJECT_UNREACHABLE,
    EVENT_OBJECT_RECLAIM,
    EVENT_COLLECTION_END,
  ];

  it("hears of a collection, its marks and its dead, in this order, over a valid heap", () => {
    const heard: number[][] = [];
    let validate = (): void => {};
    const event: Observer["event"] = (code, a, b, c) => {
      heard.push([code, a, b, c]);
      validate();
    };
    const managed = manage({}, { observer: { wants, event } });
    const { mutator, node } = managed;
    validate = managed.validate;
    const frame = mutator.enter(2);
    const dead = mutator.allocate(node, frame);
    growList(managed, frame, 1);
    mutator.set(mutator.root(frame) as Reference, 1, 0);
    growList(managed, frame, 1);
    const head = mutator.root(frame) as Reference;
    const tail = mutator.get(head, 1);
    mutator.collect();
    expect(heard).toEqual([
      [EVENT_COLLECTION_START, 0, 3, 0],
      [EVENT_OBJECT_MARK, head, 0, 0],
      [EVENT_OBJECT_MARK, tail, head, 0],
      [EVENT_OBJECT_UNREACHABLE, dead, node, 0],
      [EVENT_OBJECT_RECLAIM, dead, node, 4],
      [EVENT_COLLECTION_END, 0, 1, 0],
    ]);
  });

  it("that throws ends a collection, and the next one is whole", () => {
    let isThrowing = true;
    const event = (): void => {
      if (isThrowing) throw new Error("enough");
    };
    const managed = manage({}, { observer: { wants: [EVENT_OBJECT_MARK], event } });
    const frame = managed.mutator.enter(2);
    growList(managed, frame, 10);
    expect(() => managed.mutator.collect()).toThrow("enough");
    managed.validate();
    isThrowing = false;
    expect(managed.mutator.collect()).toMatchObject({ examinedCount: 10, reclaimedCount: 0 });
  });

  it("that asks for a collection within one gets none", () => {
    let inner: unknown;
    let collect = (): unknown => undefined;
    const event = (): void => {
      inner = collect();
    };
    const managed = manage({}, { observer: { wants: [EVENT_COLLECTION_START], event } });
    collect = () => managed.mutator.collect();
    growList(managed, managed.mutator.enter(2), 3);
    managed.mutator.collect();
    expect(inner).toMatchObject({ examinedCount: 0, reclaimedCount: 0 });
  });
});

describe("the strategy", () => {
  it("refuses options out of range", () => {
    expect(() => markSweepStrategy({ growthFactor: 0.5 })).toThrow("growthFactor 0.5");
    expect(() => markSweepStrategy({ growthFactor: Number.NaN })).toThrow("growthFactor");
    const text = "2" as unknown as number; // compares as a number, and is added as a text
    expect(() => markSweepStrategy({ growthFactor: text })).toThrow("growthFactor 2");
    expect(() => markSweepStrategy({ minimumBudgetBytes: -1 })).toThrow("minimumBudgetBytes");
    expect(() => markSweepStrategy({ markStackWords: 0 })).toThrow("markStackWords");
  });

  it("refuses an allocator that cannot sweep", () => {
    const strategy = markSweepStrategy();
    const parts = { allocator: { name: "bump" }, heap: { words: new Int32Array(1) } };
    expect(() => strategy.create(parts as never)).toThrow("cannot sweep");
  });

  it("works twice in one heap", () => {
    const heap = createPrivateHeap({ reservationBytes: 32 * MIB, regionBytes: 5 * MIB });
    const one = manage({}, { heap, name: "one" });
    const other = manage({ markStackWords: 7 }, { heap, name: "other" });
    const frames = [one, other].map((each) => each.mutator.enter(2));
    for (let round = 0; round < 5; round++) {
      growList(one, frames[0] as Slot, 20_000);
      growList(other, frames[1] as Slot, 10_000);
      one.mutator.collect();
    }
    other.mutator.collect();
    expect(one.collector.statistics().liveCount).toBe(100_000);
    expect(other.collector.statistics().liveCount).toBe(50_000);
    one.validate();
    other.validate();
  });
});
