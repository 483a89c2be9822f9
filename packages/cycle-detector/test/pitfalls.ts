// What trial deletion is known to go wrong on, each as a small program with an exact outcome. The
// titles say what must hold; the witnesses are bugs of other collectors.

import {
  type Finalization,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import type * as managerPackage from "@ouro/memory-manager";
import type { TrialDeletionOptions, WeakReferences } from "@ouro/memory-manager";
import { IMMORTAL_COUNT, makeImmortal, referenceCount } from "@ouro/refcount";
import { expect } from "./expect.js";
import { workIsLinear } from "./linear-work.js";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = Pick<typeof managerPackage, "composeMemoryManager" | "trialDeletionStrategy">;

const NONE = 0 as Value;

/** A memory manager with nodes of two slots and a number, and slots to hold them. */
export function makeRig(parts: Parts, options: TrialDeletionOptions = {}) {
  const manager = parts.composeMemoryManager({
    strategy: parts.trialDeletionStrategy({ leastCandidateCount: 1 << 20, ...options }),
    reservationBytes: 1 << 26,
  });
  const { mutator } = manager;
  const finalization = manager.finalization as Finalization;
  const weak = manager.weakReferences as WeakReferences;
  const shape = { visitedSlotCount: 2, rawWordCount: 1, weaklyReferable: true };
  const node = manager.defineType({ name: "node", ...shape });
  const final = manager.defineType({ name: "final", ...shape, finalizer: true });
  const plain = manager.defineType({ name: "plain", visitedSlotCount: 2 });
  const box = manager.defineType({ name: "box", visitedSlotCount: 1, acyclic: true });
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  const frame = mutator.enter(8);
  const at = (index: number): Slot => slotAt(frame, index);
  const held = (index: number): Reference => mutator.root(at(index)) as Reference;
  const make = (index: number, type: TypeId = plain) => mutator.allocate(type, at(index));
  const link = (from: number, field: number, to: number): void =>
    mutator.set(held(from), field, held(to));
  const drop = (...indexes: number[]): void => {
    for (const index of indexes) mutator.setRoot(at(index), NONE);
  };
  /** Two objects in the slots that name each other. */
  const makeCycle = (first: number, second: number, type: TypeId = plain): void => {
    make(first, type);
    make(second, type);
    link(first, 0, second);
    link(second, 0, first);
  };
  const liveCount = (): number => manager.statistics().liveCount;
  const collect = () => {
    const collection = mutator.collect();
    manager.validate();
    return collection;
  };
  return {
    ...{ manager, mutator, finalization, weak, node, final, plain, box, array },
    ...{ at, held, make, link, drop, makeCycle, liveCount, collect },
  };
}

type Scenario = (parts: Parts) => void;

/** jac 7149: the paper leaves what dies in the buffer; here it goes, and its place with it. */
function diesWhileBuffered(parts: Parts): void {
  const { mutator, at, held, make, link, drop, manager, liveCount, collect } = makeRig(parts);
  make(0);
  make(1);
  link(1, 0, 0);
  drop(0); // a candidate now, held by the one in slot 1
  mutator.setRoot(at(2), held(1));
  drop(2);
  drop(1); // both are dead, and were candidates
  expect(liveCount()).toBe(0);
  manager.validate();
  make(0); // in the same place
  expect(collect().examinedCount).toBe(0);
  expect(liveCount()).toBe(1);
  for (const index of [1, 3, 4]) {
    make(index);
    mutator.setRoot(at(2), held(index));
    drop(2);
  }
  drop(1); // the first of three candidates
  manager.validate();
}

/** bacon-rajan-cc 18, 29: nothing is freed while some are examined; what follows is collected. */
function findsBeforeItFrees(parts: Parts): void {
  const { manager, mutator, make, makeCycle, link, drop, liveCount, collect, held, box } =
    makeRig(parts);
  makeCycle(0, 1);
  makeCycle(2, 3);
  make(4, box);
  link(1, 1, 4); // the first cycle ─► box ─► the second, which is garbage once the first is gone
  mutator.set(held(4), 0, held(2));
  make(5);
  link(5, 0, 3);
  drop(0, 1, 2, 3, 4);
  collect();
  expect(liveCount()).toBe(3);
  expect(referenceCount(manager, held(5))).toBe(1);
  drop(5);
  collect();
  expect(liveCount()).toBe(0);
  makeCycle(0, 1);
  makeCycle(2, 3);
  make(4, box);
  link(1, 1, 4);
  mutator.set(held(4), 0, held(2));
  drop(0, 1, 2, 3, 4);
  expect(collect().reclaimedCount).toBe(5);
}

/** php-src 3176: white and buffered are no contradiction. */
function reclaimsCyclesOfCandidates(parts: Parts): void {
  const { makeCycle, link, drop, liveCount, collect, make } = makeRig(parts);
  makeCycle(0, 1);
  makeCycle(2, 3);
  link(1, 1, 2); // nested: both share a tail
  link(3, 1, 0);
  make(4);
  link(0, 1, 4);
  link(2, 1, 4);
  drop(4, 3, 2, 1, 0); // every one of them is a candidate
  const { examinedCount, reclaimedCount } = collect();
  expect({ examinedCount, reclaimedCount }).toEqual({ examinedCount: 5, reclaimedCount: 5 });
  expect(liveCount()).toBe(0);
}

/** bacon-rajan-cc 9, 40: a finalizer sees whole neighbours, whoever comes first. */
function finalizersSeeWholeNeighbours(parts: Parts): void {
  const { manager, mutator, finalization, makeCycle, final, drop, collect, liveCount } =
    makeRig(parts);
  const seen: number[] = [];
  finalization.setFinalizer(final, (slot) => {
    const other = mutator.get(mutator.root(slot) as Reference, 0) as Reference;
    seen.push(mutator.get(other, 0) === mutator.root(slot) ? referenceCount(manager, other) : 0);
    manager.validate();
  });
  makeCycle(0, 1, final);
  drop(0, 1);
  collect();
  expect(seen).toEqual([1, 1]);
  expect(finalization.programErrorCount).toBe(0);
  expect(liveCount()).toBe(0);
}

/** Nim 22927, nimskull 1106, php-src 13670: program code makes candidates, collects, resurrects. */
function programCodeMayDoAnything(parts: Parts): void {
  const rig = makeRig(parts, { leastCandidateCount: 0 });
  const { manager, mutator, finalization, makeCycle, final, drop, collect, liveCount, at } = rig;
  let nested = -1;
  finalization.setFinalizer(final, (slot) => {
    makeCycle(4, 5); // garbage, and candidates
    drop(4, 5);
    nested = mutator.collect().examinedCount;
    manager.validate();
    if (rig.held(2) === (0 as Value)) mutator.setRoot(at(2), mutator.root(slot));
  });
  makeCycle(0, 1, final);
  drop(0, 1);
  const { resurrectedCount } = collect();
  expect({ nested, resurrectedCount }).toEqual({ nested: 0, resurrectedCount: 2 });
  expect(liveCount()).toBe(2);
  expect(mutator.get(mutator.get(rig.held(2), 0) as Reference, 0)).toBe(rig.held(2));
  drop(2);
  collect();
  expect(liveCount()).toBe(0);
}

/** A new object ties what was found to itself, without a decrement; it is garbage all the same. */
function whatWasReachedIsACandidateAgain(parts: Parts): void {
  const { mutator, finalization, makeCycle, final, plain, drop, collect, liveCount } =
    makeRig(parts);
  finalization.setFinalizer(final, (slot) => {
    const own = mutator.root(slot) as Reference;
    if (mutator.get(own, 1) !== NONE) return;
    const frame = mutator.enter(1);
    const fresh = mutator.allocate(plain, frame);
    mutator.fill(mutator.root(slot) as Reference, 1, frame); // a leaf: nothing to note
    mutator.set(fresh, 0, mutator.root(slot));
    mutator.leave(frame);
  });
  makeCycle(0, 1, final);
  drop(0, 1);
  collect();
  expect(liveCount()).toBe(0);
}

/** Nim 17991, 18421, 21171, php-src 17127: acyclic objects are no candidates, and are released. */
function acyclicObjects(parts: Parts): void {
  const { mutator, make, makeCycle, link, drop, collect, liveCount, box, at, held, manager } =
    makeRig(parts);
  make(0, box);
  mutator.setRoot(at(1), held(0));
  drop(1);
  expect(collect().examinedCount).toBe(0);
  makeCycle(2, 3);
  link(2, 1, 0);
  drop(0, 2, 3);
  expect(collect()).toMatchObject({ examinedCount: 2, reclaimedCount: 3 });
  expect(liveCount()).toBe(0);
  const many = makeRig(parts, { leastCandidateCount: 5 });
  many.mutator.allocateArray(many.array, 20, many.at(0));
  for (let field = 1; field <= 20; field++) {
    many.mutator.set(many.held(0), field, many.make(1, many.box));
  }
  many.make(1);
  expect(many.manager.statistics().collectionCount).toBe(0);
  make(4, box); // said to be acyclic, and in a cycle: a leak, and no harm
  link(4, 0, 4);
  make(5);
  link(4, 0, 5);
  link(5, 0, 4);
  drop(4, 5);
  collect();
  expect(liveCount()).toBe(2);
  manager.validate();
}

/** quickjs-ng 1570: what a frame or a handle holds is held, however often it is examined. */
function framesHold(parts: Parts): void {
  const { manager, makeCycle, drop, collect, liveCount, held, mutator } = makeRig(parts);
  makeCycle(0, 1);
  const handle = manager.handles.make();
  mutator.setRoot(handle.slot, held(1));
  drop(0, 1);
  expect(collect()).toMatchObject({ examinedCount: 2, reclaimedCount: 0 });
  const inner = mutator.enter(1);
  mutator.setRoot(inner, mutator.root(handle.slot));
  handle.dispose();
  expect(collect().reclaimedCount).toBe(0);
  mutator.leave(inner);
  expect(collect().reclaimedCount).toBe(2);
  expect(liveCount()).toBe(0);
}

/** quickjs 494, quickjs-ng 367, 432, 1318, 1352: weak references are empty before any callback. */
function weakReferencesComeFirst(parts: Parts): void {
  const { manager, mutator, weak, finalization, makeCycle, node, drop, collect, at } =
    makeRig(parts);
  const log: string[] = [];
  makeCycle(0, 1, node);
  for (const index of [2, 3]) {
    weak.create(at(index), at(index - 2), () => {
      const both = [2, 3].map((each) => finalization.targetOf(mutator.root(at(each)) as Reference));
      log.push(both.join());
      manager.validate();
    });
  }
  makeCycle(4, 5, node);
  weak.create(at(6), at(4), () => log.push("of a weak reference that is garbage itself"));
  mutator.set(mutator.root(at(5)) as Reference, 1, mutator.root(at(6)));
  drop(0, 1, 4, 5, 6);
  collect();
  expect(log).toEqual(["0,0", "0,0"]);
  expect(manager.statistics().liveCount).toBe(2);
}

const DEEP_COUNT = 50_000;

/** A ring that is deep in every direction costs no stack. */
function depthCostsNothing(parts: Parts): void {
  const { mutator, make, link, drop, collect, liveCount, at } = makeRig(parts);
  make(0);
  mutator.setRoot(at(1), mutator.root(at(0)));
  for (let born = 1; born < DEEP_COUNT; born++) {
    make(2);
    link(2, 0, 1);
    link(1, 1, 2);
    mutator.moveRoot(at(1), at(2));
  }
  link(0, 0, 1);
  drop(1);
  expect(collect().reclaimedCount).toBe(0);
  drop(0);
  expect(collect().reclaimedCount).toBe(DEEP_COUNT);
  expect(liveCount()).toBe(0);
}

/** A saturated count says nothing: such an object lives, and holds what it refers to. */
function stuckCountsHold(parts: Parts): void {
  const { manager, mutator, makeCycle, drop, collect, held, at, make, link } = makeRig(parts);
  makeCycle(0, 1);
  const stuck = held(0);
  make(2);
  link(2, 0, 0);
  makeImmortal(manager, stuck);
  mutator.setRoot(at(3), held(1));
  drop(0, 1, 2, 3);
  expect(collect().reclaimedCount).toBe(0);
  expect(manager.heap.words[stuck]).toBe(IMMORTAL_COUNT);
  expect(manager.statistics().liveCount).toBe(2);
}

/** Whatever was examined and lives has the count that it had. */
function countsAreAsBefore(parts: Parts): void {
  const { manager, mutator, make, link, drop, collect, held, at, makeCycle } = makeRig(parts);
  makeCycle(0, 1);
  link(0, 1, 0);
  make(2);
  link(1, 1, 2);
  link(2, 0, 2);
  link(2, 1, 0);
  mutator.setRoot(at(3), held(0));
  drop(1, 2);
  drop(3);
  const next = (object: Reference, field: number) => mutator.get(object, field) as Reference;
  const all = [held(0), next(held(0), 0), next(next(held(0), 0), 1)];
  const counts = () => all.map((object) => referenceCount(manager, object));
  const before = counts();
  expect(collect()).toMatchObject({ examinedCount: 3, reclaimedCount: 0 });
  expect(counts()).toEqual(before);
  expect(before).toEqual([4, 1, 2]);
}

/** A reference that moves into an object leaves a root without a decrement. */
function movesAreDecrementsInDisguise(parts: Parts): void {
  const { mutator, make, link, held, at, collect, liveCount, drop } = makeRig(parts);
  make(0);
  make(1);
  link(0, 0, 1);
  drop(1);
  collect(); // nothing is a candidate from here on
  mutator.give(mutator.get(held(0), 0) as Reference, 0, at(0));
  expect(collect().reclaimedCount).toBe(2);
  make(0);
  mutator.fill(held(0), 0, at(0));
  expect(collect().reclaimedCount).toBe(1);
  expect(liveCount()).toBe(0);
}

const CHAIN_COUNT = 2000;

/** Lins 1990: candidates in a chain are examined once, not once each. */
function chainsAreLinear(parts: Parts): void {
  const { mutator, make, link, collect, at, held, drop } = makeRig(parts);
  make(0);
  for (let born = 1; born <= CHAIN_COUNT; born++) {
    make(1);
    link(1, 0, 0);
    mutator.setRoot(at(2), held(0));
    mutator.moveRoot(at(0), at(1));
    drop(2);
  }
  const { examinedCount } = collect();
  expect(examinedCount).toBe(CHAIN_COUNT);
  expect(collect().examinedCount).toBe(0);
}

/** The titles are what must hold. */
export const pitfalls: Readonly<Record<string, Scenario>> = {
  "takes what dies out of the buffer at once": diesWhileBuffered,
  "finds everything before it frees anything, and goes on until nothing is left":
    findsBeforeItFrees,
  "reclaims cycles of which every object is a candidate": reclaimsCyclesOfCandidates,
  "runs every finalizer before the first object is emptied": finalizersSeeWholeNeighbours,
  "lets finalizers make candidates, collect and resurrect": programCodeMayDoAnything,
  "takes what was found and reached for a candidate again": whatWasReachedIsACandidateAgain,
  "neither examines acyclic objects nor forgets to release them": acyclicObjects,
  "reclaims nothing that a frame or a handle holds": framesHold,
  "empties all weak references to garbage before it calls back": weakReferencesComeFirst,
  "needs no stack for deep structures": depthCostsNothing,
  "takes a saturated count for a reference from outside": stuckCountsHold,
  "leaves the counts of survivors as they were": countsAreAsBefore,
  "notes what moves from a root into an object": movesAreDecrementsInDisguise,
  "examines a chain of candidates once": chainsAreLinear,
  "works in proportion to the candidates and what they reach": workIsLinear,
};
