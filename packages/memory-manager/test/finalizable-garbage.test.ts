// Trap 7 of the contract: a finalizer that makes finalizable garbage. However its object died, in a
// store, in a collection that was asked for, or in one that an allocation found due, each call must
// end, each object must be finalized exactly once, and in the end nothing may be left.

import { type Finalization, type Slot, slotAt } from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager, wholeHeapStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import {
  finalizesWhatItFound,
  NO_SECOND,
  nestsNoCollection,
  ONE_COLLECTION,
  PASS_LIMIT,
} from "./finalizer-chains.js";
import { presets } from "./presets.js";

/** By growth a collection is due late: for these tests early. */
const strategies = new Map(presets).set("refcount-whole-heap", () =>
  wholeHeapStrategy({ startBytes: 4096 }),
);

const finalizing = [...strategies].flatMap(([name, strategy]) => {
  const make = (checked: boolean) =>
    composeMemoryManager({ strategy: strategy(), reservationBytes: 2 ** 26, checked });
  if (make(false).finalization === undefined) return [];
  return [
    { name, make: () => make(false) },
    { name: `${name}, checked`, make: () => make(true) },
  ];
});

interface Scene extends MemoryManager {
  readonly frame: Slot;
  /** A finalizable object in a cycle with itself, in `into`. */
  makeRing(into: Slot): void;
  /** What a finalizer does; by default nothing. */
  onFinalize: (slot: Slot) => void;
  /** Made so far, and finalized so far. */
  madeCount: number;
  finalizedCount: number;
}

function open(make: () => MemoryManager): Scene {
  const manager = make();
  const { mutator } = manager;
  const type = manager.defineType({ name: "testament", visitedSlotCount: 1, finalizer: true });
  const frame = mutator.enter(2);
  const scene: Scene = {
    ...manager,
    frame,
    makeRing(into) {
      mutator.setRoot(into, 0);
      mutator.allocate(type, into);
      scene.madeCount++;
      mutator.set(mutator.root(into) as never, 0, mutator.root(into));
    },
    onFinalize: () => {},
    madeCount: 0,
    finalizedCount: 0,
  };
  (manager.finalization as Finalization).setFinalizer(type, (slot) => {
    scene.finalizedCount++;
    scene.onFinalize(slot);
  });
  return scene;
}

/** Makes a ring and lets go of it, with a frame of its own, as program code does. */
function dropRing({ mutator, makeRing }: Scene): void {
  const inner = mutator.enter(1);
  makeRing(inner);
  mutator.leave(inner);
}

/** Makes an object without a cycle, which dies when its frame is left. */
function dropStraight({ mutator, makeRing }: Scene): void {
  const inner = mutator.enter(1);
  makeRing(inner);
  mutator.set(mutator.root(inner) as never, 0, 0);
  mutator.leave(inner);
}

function expectNothingLeft(scene: Scene): void {
  scene.onFinalize = () => {};
  scene.mutator.collect();
  scene.mutator.collect();
  expect(scene.finalizedCount).toBe(scene.madeCount);
  expect(scene.statistics().liveCount).toBe(0);
  expect(scene.finalization?.programErrors).toEqual([]);
  scene.validate();
}

it("there are presets with finalization", () => {
  expect(finalizing.length).toBeGreaterThanOrEqual(4);
});

describe.each(finalizing)("A finalizer that makes finalizable garbage, under $name", ({ make }) => {
  it(ONE_COLLECTION, () => finalizesWhatItFound(make()));
  it(NO_SECOND, () => nestsNoCollection(make()));

  it("ends in a poll, in every round", () => {
    const scene = open(make);
    scene.onFinalize = () => dropRing(scene);
    dropRing(scene);
    for (let round = 0; round < 50; round++) scene.mutator.poll();
    expect(scene.finalizedCount).toBe(scene.madeCount - 1);
    expectNothingLeft(scene);
  });

  it("ends in the store, the root write and the leave that let go of the last reference", () => {
    const scene = open(make);
    const { mutator, makeRing, frame } = scene;
    const holder = slotAt(frame, 1);
    const letGo = [
      () => mutator.set(mutator.root(holder) as never, 0, 0),
      () => mutator.setRoot(holder, 0),
      () => mutator.moveRoot(holder, frame),
    ];
    let left = 0;
    scene.onFinalize = () => {
      if (left-- > 0) dropStraight(scene);
    };
    for (const call of letGo) {
      makeRing(frame);
      mutator.set(mutator.root(frame) as never, 0, 0);
      mutator.setRoot(holder, mutator.root(frame));
      makeRing(frame);
      mutator.set(mutator.root(frame) as never, 0, 0);
      mutator.give(mutator.root(holder) as never, 0, frame);
      const before = scene.finalizedCount;
      left = 100;
      call();
      // The holder dies in the two last, and what it holds in all three.
      const owners = call === letGo[0] ? 1 : 2;
      expect(scene.finalizedCount - before).toBe(owners + 100);
      left = 0;
      mutator.setRoot(holder, 0);
    }
    expectNothingLeft(scene);
  });

  it("ends in a collection, which finalizes what it found and leaves the new to the next", () => {
    const scene = open(make);
    scene.onFinalize = () => dropRing(scene);
    dropRing(scene);
    dropRing(scene);
    for (let round = 1; round <= 50; round++) {
      const before = scene.finalizedCount;
      scene.mutator.collect();
      // One pass, or a few where what program code leaves is looked at again; never without end.
      const finalizedCount = scene.finalizedCount - before;
      expect(finalizedCount).toBeGreaterThanOrEqual(2);
      expect(finalizedCount).toBeLessThanOrEqual(2 * PASS_LIMIT);
      expect(finalizedCount % 2).toBe(0);
    }
    expect(scene.madeCount).toBe(scene.finalizedCount + 2);
    expectNothingLeft(scene);
  });

  it("ends in the collections that allocations find due", () => {
    const scene = open(make);
    const { frame, makeRing, collector, mutator } = scene;
    let depth = 0;
    let deepest = 0;
    scene.onFinalize = () => {
      depth++;
      deepest = Math.max(deepest, depth);
      dropRing(scene);
      depth--;
    };
    const collectionCount = () => collector.statistics().collectionCount;
    const wanted = collectionCount() + 3;
    let allocatedCount = 0;
    for (; allocatedCount < 20_000 && collectionCount() < wanted; allocatedCount++) makeRing(frame);
    mutator.setRoot(frame, 0);
    expect(collectionCount()).toBeGreaterThanOrEqual(wanted);
    expect(scene.finalizedCount).toBeGreaterThan(0);
    expect(deepest).toBe(1);
    expect(scene.madeCount).toBe(allocatedCount + scene.finalizedCount);
    expectNothingLeft(scene);
  });

  it("may bring its object back and drop it again: it runs no second time", () => {
    const scene = open(make);
    const { mutator, frame } = scene;
    for (let round = 0; round < 20; round++) {
      scene.onFinalize = (slot) => mutator.setRoot(frame, mutator.root(slot));
      dropRing(scene);
      mutator.collect();
      expect(mutator.root(frame)).toBeGreaterThan(0);
      expect(scene.finalizedCount).toBe(round + 1);
      mutator.setRoot(frame, 0);
      mutator.collect();
      expect(scene.finalizedCount).toBe(round + 1);
    }
    expectNothingLeft(scene);
  });
});
