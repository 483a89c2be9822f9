// One generation of everything, collected when the bytes have grown by half.

import { EVENT_COLLECTION_START, type Slot, slotAt, type Value } from "@ouro/interfaces";
import {
  composeMemoryManager,
  createGc,
  createMemoryManager,
  DEFAULT_PRESET,
  type WholeHeapOptions,
  wholeHeapStrategy,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

const KIB = 1024;
const NONE = 0 as Value;

function makeRig(options: WholeHeapOptions = {}, limitBytes?: number) {
  /** Bytes that were live when a collection began. */
  const collectedAt: number[] = [];
  const manager = composeMemoryManager({
    strategy: wholeHeapStrategy(options),
    reservationBytes: 1 << 25,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    observer: {
      wants: [EVENT_COLLECTION_START],
      event: () => collectedAt.push(manager.statistics().liveBytes),
    },
  });
  const { mutator } = manager;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const frame = mutator.enter(4);
  const at = (index: number): Slot => slotAt(frame, index);

  /** A node that holds itself, and is dropped. */
  function makeGarbage(): void {
    const object = mutator.allocate(node, at(3));
    mutator.set(object, 0, object);
    mutator.setRoot(at(3), NONE);
  }

  /** A node at the head of a list in slot 0. */
  function keep(): void {
    const object = mutator.allocate(node, at(1));
    mutator.give(object, 0, at(0));
    mutator.moveRoot(at(0), at(1));
  }

  return { manager, mutator, node, at, makeGarbage, keep, collectedAt };
}

describe("The preset refcount-whole-heap", () => {
  it("collects at 256 KiB first, then at half as much again as the last collection left", () => {
    const { manager, keep, makeGarbage, collectedAt } = makeRig();
    while (collectedAt.length === 0) makeGarbage();
    expect(collectedAt[0]).toBeGreaterThan(256 * KIB - 16 * KIB);
    expect(collectedAt[0]).toBeLessThanOrEqual(256 * KIB + 32 * KIB);
    while (manager.statistics().liveBytes < 1024 * KIB) keep();
    manager.mutator.collect();
    collectedAt.length = 0;
    while (collectedAt.length === 0) makeGarbage();
    expect(collectedAt[0]).toBeGreaterThan(1536 * KIB - 32 * KIB);
    expect(collectedAt[0]).toBeLessThanOrEqual(1536 * KIB + 64 * KIB);
    expect(manager.statistics().liveBytes).toBeLessThan(1100 * KIB);
    manager.validate();
  });

  it("does not collect for what is born and dies by its count, however much", () => {
    const { mutator, node, at, collectedAt } = makeRig();
    for (let count = 0; count < 100_000; count++) mutator.allocate(node, at(0));
    expect(collectedAt).toEqual([]);
  });

  it("examines all objects each time, and keeps them in generation 0", () => {
    const { manager, keep, mutator, at } = makeRig();
    for (let count = 0; count < 10; count++) keep();
    const gc = createGc(manager);
    expect(mutator.collect().examinedCount).toBe(10);
    expect(mutator.collect().examinedCount).toBe(10);
    expect(gc.getObjects(0).length).toBe(10);
    expect(() => gc.getObjects(1)).toThrow(/generation 1/);
    expect(() => gc.collect(1)).toThrow(/generation 1/);
    expect(gc.getStats().map(({ collections }) => collections)).toEqual([2, 0, 0]);
    mutator.setRoot(at(0), NONE);
    expect(manager.statistics().liveCount).toBe(0);
  });

  it("is turned off and on as Python's is", () => {
    const { manager, makeGarbage, collectedAt } = makeRig({ startBytes: 64 * KIB });
    const gc = createGc(manager);
    gc.disable();
    for (let count = 0; count < 20_000; count++) makeGarbage();
    expect([collectedAt.length, manager.statistics().liveCount]).toEqual([0, 20_000]);
    gc.enable();
    for (let count = 0; count < 5000; count++) makeGarbage();
    expect(collectedAt.length).toBeGreaterThan(0);
    expect(manager.statistics().liveCount).toBeLessThan(10_000);
  });

  it.each([0, 1])("is due by bytes alone, whatever Python's thresholds are set to: %i", (young) => {
    const { manager, makeGarbage, collectedAt } = makeRig();
    const gc = createGc(manager);
    gc.setThreshold(young);
    expect(gc.getThreshold()[0]).toBe(young);
    while (collectedAt.length === 0) makeGarbage();
    expect(collectedAt[0]).toBeGreaterThan(256 * KIB - 16 * KIB);
    expect(collectedAt[0]).toBeLessThanOrEqual(256 * KIB + 32 * KIB);
  });

  it("collects for large objects too, and before it is out of memory", () => {
    const { manager, mutator, at, collectedAt } = makeRig({ startBytes: 1 << 30 }, 8 << 20);
    const bytes = { visitedSlotCount: 1, variablePart: "raw" as const };
    const large = manager.defineType({ name: "large", ...bytes });
    for (let count = 0; count < 100; count++) {
      const object = mutator.allocateArray(large, 100_000, at(0));
      mutator.set(object, 1, object);
      mutator.setRoot(at(0), NONE);
    }
    expect(collectedAt.length).toBeGreaterThan(2);
    expect(manager.statistics().liveCount).toBeLessThan(30);
    const other = makeRig();
    const type = other.manager.defineType({ name: "large", ...bytes });
    for (let count = 0; count < 40; count++) {
      const object = other.mutator.allocateArray(type, 10_000, other.at(0));
      other.mutator.set(object, 1, object);
      other.mutator.setRoot(other.at(0), NONE);
    }
    expect(other.collectedAt.length).toBeGreaterThan(2);
  });

  it("takes what an image brought as left by a collection", () => {
    const { manager, keep } = makeRig();
    for (let count = 0; count < 40_000; count++) keep();
    const other = makeRig();
    const fresh = composeMemoryManager({
      strategy: wholeHeapStrategy(),
      reservationBytes: 1 << 25,
    });
    fresh.restoreHeap(manager.saveHeap());
    expect(fresh.statistics().liveCount).toBe(40_000);
    fresh.mutator.poll();
    expect(fresh.statistics().collectionCount).toBe(0);
    fresh.validate();
    expect(other.collectedAt).toEqual([]);
  });

  it("refuses a factor that is not above 1", () => {
    expect(() => makeRig({ growthFactor: 1 })).toThrow(/growthFactor 1/);
    expect(() => makeRig({ startBytes: -1 })).toThrow(/startBytes -1/);
  });
});

it("A memory manager without a name is CPython 3.13's", () => {
  expect(DEFAULT_PRESET).toBe("cpython-3.13");
  expect(createMemoryManager().strategy.name).toBe("cpython-3.13");
});
