// What `trim` of a manager gives back: all that is kept, whatever kept it, and no live object.

import assert from "node:assert/strict";
import { createPrivateHeap } from "@ouro/heap";
import { immediateOf, isOuroError, type Reference, type Strategy, slotAt } from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";

const OBJECT_COUNT = 150_000;

function compose(strategy: Strategy): MemoryManager {
  return composeMemoryManager({ strategy, reservationBytes: 2 ** 26 });
}

/** A list of objects in a root slot, and a large one: several arenas. */
function fill(manager: MemoryManager, objectCount = OBJECT_COUNT) {
  const { mutator } = manager;
  const pair =
    manager.types.find("pair") ?? manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const page =
    manager.types.find("page") ?? manager.defineType({ name: "page", variablePart: "raw" });
  const frame = mutator.enter(3);
  const next = slotAt(frame, 1);
  mutator.allocateArray(page, 100_000, slotAt(frame, 2));
  for (let count = 0; count < objectCount; count++) {
    mutator.allocate(pair, next);
    mutator.give(mutator.root(next) as Reference, 0, frame);
    mutator.moveRoot(frame, next);
  }
  return { frame, pair };
}

const lentBy = ({ heap }: MemoryManager): number => heap.statistics().lentArenaCount;

/** Twice, so that what was given back is borrowed anew. */
export function givesEverythingBack(strategy: Strategy): void {
  const manager = compose(strategy);
  for (let round = 0; round < 2; round++) {
    const { frame } = fill(manager);
    manager.mutator.leave(frame);
    manager.mutator.collect();
    const keptCount = lentBy(manager);
    assert.equal(manager.trim(), keptCount, "it says how many arenas it gave back");
    assert.equal(lentBy(manager), 0, "no arena is left");
    assert.equal(manager.trim(), 0, "nothing is left to give back");
    manager.validate();
  }
}

export function keepsWhatLives(strategy: Strategy): void {
  const manager = compose(strategy);
  const { mutator } = manager;
  const { frame, pair } = fill(manager);
  const small = mutator.enter(1);
  mutator.allocate(pair, small);
  mutator.set(mutator.root(small) as Reference, 1, immediateOf(7));
  for (const slot of [frame, slotAt(frame, 2)]) mutator.setRoot(slot, 0);
  const place = mutator.root(small);
  manager.trim();
  manager.validate();
  assert.equal(mutator.root(small), place, "nothing moves");
  assert.equal(mutator.get(place as Reference, 1), immediateOf(7), "contents stay");
}

/** One small object lives: nothing but what holds it is lent, and it can go on. */
export function keepsNoMore(strategy: Strategy): void {
  const manager = compose(strategy);
  const { mutator } = manager;
  const { frame, pair } = fill(manager);
  mutator.leave(frame);
  const slot = mutator.enter(1);
  mutator.allocate(pair, slot);
  mutator.collect();
  manager.trim();
  manager.validate();
  assert.equal(lentBy(manager), 1, "an arena that holds nothing is lent");
  assert.equal(manager.trim(), 0, "nothing is left to give back");
}

/** A trim is no reason to collect: what was given back is taken back, as far as it is free. */
export function collectsNoSooner(strategy: () => Strategy): void {
  const counts = [false, true].map((trims) => {
    const manager = compose(strategy());
    const { mutator, collector } = manager;
    const { frame, pair } = fill(manager);
    mutator.collect();
    for (let round = 0; round < 3; round++) {
      if (trims) manager.trim();
      for (let count = 0; count < 20_000; count++) mutator.allocate(pair, slotAt(frame, 1));
      manager.validate();
    }
    return collector.statistics().collectionCount;
  });
  assert.equal(counts[1], counts[0], "a trim brought a collection forward");
}

/** Somebody else has what was given back: the manager collects, or says that memory is out. */
export function goesOnWithoutWhatItGave(strategy: () => Strategy): void {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 25, regionBytes: 2 ** 22 });
  const manager = composeMemoryManager({ strategy: strategy(), heap });
  const { mutator } = manager;
  const { frame, pair } = fill(manager);
  mutator.setRoot(slotAt(frame, 2), 0);
  mutator.collect();
  manager.trim();
  const other = heap.registerBorrower("other");
  while (heap.reserveArenas(other, 1) !== 0);
  for (let count = 0; count < 200_000; count++) {
    try {
      mutator.allocate(pair, slotAt(frame, 1));
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
      break;
    }
  }
  manager.validate();
  let object = mutator.root(frame);
  for (let count = 0; count < OBJECT_COUNT; count++) object = mutator.get(object as Reference, 0);
  assert.equal(object, 0, "the list is as long as it was");
}

/** What a lazy sweep has not come to is given back, too. */
export function sweepsFirst(strategy: Strategy): void {
  const manager = compose(strategy);
  const { mutator, collector } = manager;
  const { frame, pair } = fill(manager, 3 * OBJECT_COUNT);
  mutator.leave(frame);
  const last = mutator.enter(1);
  const { collectionCount } = collector.statistics();
  while (collector.statistics().collectionCount === collectionCount) mutator.allocate(pair, last);
  mutator.leave(last);
  manager.trim();
  manager.validate();
  // One object was born before the collection marked and one after, maybe in two arenas.
  assert.ok(lentBy(manager) <= 2, `${lentBy(manager)} arenas are left of garbage`);
}

/** Without a collection, which empties the lists as well. */
export function emptiesFreeLists(make: (maxima: Record<string, number>) => Strategy): void {
  const manager = compose(make({ pair: 1000 }));
  manager.mutator.leave(fill(manager).frame);
  manager.trim();
  manager.validate();
  assert.equal(lentBy(manager), 0, "no arena is left of what the free lists kept");
}
