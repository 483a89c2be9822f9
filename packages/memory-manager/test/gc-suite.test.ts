// What CPython's own tests of its module `gc` ask (Lib/test/test_gc.py of 3.13), in own words, as
// far as it needs no interpreter: the facade, finalizers and weak references over a few objects.

import type { Finalization, Reference, Slot, Value } from "@ouro/interfaces";
import {
  createGc,
  createMemoryManager,
  DEBUG_SAVEALL,
  type PresetName,
  type WeakReferences,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

const NONE = 0 as Value;

function makeRig(preset: PresetName) {
  const manager = createMemoryManager(preset, { reservationBytes: 1 << 25 });
  const { mutator } = manager;
  const gc = createGc(manager);
  const finalization = manager.finalization as Finalization;
  const weak = manager.weakReferences as WeakReferences;
  const slots = { visitedSlotCount: 2, weaklyReferable: true };
  const node = manager.defineType({ name: "node", ...slots });
  const final = manager.defineType({ name: "final", ...slots, finalizer: true });
  const frame = mutator.enter(8);
  const at = (index: number): Slot => (frame + index) as Slot;
  const make = (index: number, type = node): Reference => mutator.allocate(type, at(index));
  const drop = (...indexes: number[]): void => {
    for (const index of indexes) mutator.setRoot(at(index), NONE);
  };
  /** Two that hold each other, dropped; one kind each. */
  function makeCycle(type = node): void {
    const one = make(6, type);
    const other = make(7, type);
    mutator.set(one, 0, other);
    mutator.set(other, 0, one);
    drop(6, 7);
  }
  const liveCount = (): number => manager.statistics().liveCount;
  return {
    manager,
    mutator,
    gc,
    finalization,
    weak,
    node,
    final,
    at,
    make,
    drop,
    makeCycle,
    liveCount,
  };
}

describe.each(["cpython-3.13", "cpython-3.13-fast"] as const)("test_gc under %s", (preset) => {
  it("collects an object that holds itself, as one, and a pair as two", () => {
    const { gc, make, mutator, drop, makeCycle, liveCount } = makeRig(preset);
    const object = make(0);
    mutator.set(object, 0, object);
    expect(gc.collect()).toBe(0);
    drop(0);
    expect(gc.collect()).toBe(1);
    makeCycle();
    expect([gc.collect(), gc.collect(), liveCount()]).toEqual([2, 0, 0]);
  });

  it("moves the counts of generations as it collects them", () => {
    const { gc, make } = makeRig(preset);
    gc.collect();
    make(0);
    expect(gc.getCount()).toEqual([1, 0, 0]);
    gc.collect(0);
    expect(gc.getCount()).toEqual([0, 1, 0]);
    gc.collect(1);
    expect(gc.getCount()).toEqual([0, 0, 1]);
    gc.collect(2);
    expect(gc.getCount()).toEqual([0, 0, 0]);
  });

  it("lists an object in one generation after the other", () => {
    const { gc, make } = makeRig(preset);
    const object = make(0);
    const places = (): boolean[] => [0, 1, 2].map((each) => gc.getObjects(each).includes(object));
    expect(places()).toEqual([true, false, false]);
    gc.collect(0);
    expect(places()).toEqual([false, true, false]);
    gc.collect(1);
    expect(places()).toEqual([false, false, true]);
    gc.collect(2);
    expect(places()).toEqual([false, false, true]);
    expect(() => gc.getObjects(-1)).toThrow(/generation -1/);
    expect(() => gc.getObjects(1.5)).toThrow(/generation 1.5/);
  });

  it("names what objects refer to, one after the other, and not what is no reference", () => {
    const { gc, make, mutator } = makeRig(preset);
    const [one, other] = [make(0), make(1)];
    expect(gc.getReferents(one)).toEqual([]);
    mutator.set(one, 0, other);
    mutator.set(one, 1, one);
    mutator.set(other, 1, one);
    expect(gc.getReferents()).toEqual([]);
    expect([...gc.getReferents(one, other)].sort()).toEqual([one, one, other].sort());
  });

  it("finalizes and keeps what its finalizer stored, once for each object", () => {
    const { gc, mutator, finalization, final, at, makeCycle, drop, liveCount } = makeRig(preset);
    let callCount = 0;
    finalization.setFinalizer(final, (slot) => {
      callCount++;
      mutator.setRoot(at(0), mutator.root(slot));
    });
    makeCycle(final);
    expect([gc.collect(), callCount, liveCount()]).toEqual([0, 2, 2]);
    const stored = mutator.root(at(0)) as Reference;
    expect(gc.isFinalized(stored)).toBe(true);
    // Its cargo is whole: the other object of the cycle, and that refers back.
    expect(gc.getReferents(mutator.get(stored, 0) as Reference)).toEqual([stored]);
    drop(0);
    expect([gc.collect(), callCount, liveCount()]).toEqual([2, 2, 0]);
  });

  it("collects the rest though some of the garbage was resurrected", () => {
    const { gc, mutator, finalization, final, at, makeCycle } = makeRig(preset);
    const before = gc.getStats()[2]?.collected as number;
    let isOn = true;
    finalization.setFinalizer(final, (slot) => {
      if (isOn) mutator.setRoot(at(0), mutator.root(slot));
    });
    const count = 50;
    for (let each = 0; each < count; each++) makeCycle();
    expect(gc.collect()).toBe(2 * count);
    makeCycle(final);
    expect(gc.collect()).toBe(0);
    for (let each = 0; each < count; each++) makeCycle();
    expect(gc.collect()).toBe(2 * count);
    isOn = false;
    mutator.setRoot(at(0), NONE);
    expect(gc.collect()).toBe(2);
    expect((gc.getStats()[2]?.collected as number) - before).toBe(4 * count + 2);
  });

  it("keeps garbage on demand, the very object", () => {
    const { gc, make, mutator, drop } = makeRig(preset);
    const object = make(0);
    mutator.set(object, 0, object);
    gc.setDebug(DEBUG_SAVEALL);
    drop(0);
    expect(gc.collect()).toBe(1);
    gc.setDebug(0);
    expect(gc.garbage.map((handle) => handle.value)).toEqual([object]);
  });

  it("shows callbacks no garbage: weak references to it are empty when they run", () => {
    const { gc, make, mutator, weak, finalization, at, drop } = makeRig(preset);
    const states: boolean[] = [];
    const cycle = [make(0), make(1)] as const;
    mutator.set(cycle[0], 0, cycle[1]);
    mutator.set(cycle[1], 0, cycle[0]);
    const isEmpty = (index: number): boolean =>
      finalization.targetOf(mutator.root(at(index)) as Reference) === 0;
    weak.create(at(2), at(0), () => states.push(isEmpty(2), isEmpty(3)));
    weak.create(at(3), at(1), () => states.push(isEmpty(2), isEmpty(3)));
    drop(0, 1);
    expect(gc.collect()).toBe(2);
    expect(states).toEqual([true, true, true, true]);
  });

  it("answers 0 in a finalizer, and bears one that collects at each death of a deep chain", () => {
    const { gc, make, mutator, finalization, final, at, drop, liveCount } = makeRig(preset);
    const answers = new Set<number>();
    let deathCount = 0;
    finalization.setFinalizer(final, () => {
      if (++deathCount % 17 === 0) answers.add(gc.collect());
    });
    for (let depth = 0; depth < 2000; depth++) {
      const outer = make(1, final);
      mutator.set(outer, 0, mutator.root(at(0)));
      mutator.setRoot(at(0), outer);
    }
    drop(1);
    drop(0);
    expect([deathCount, liveCount(), [...answers]]).toEqual([2000, 0, [0]]);
  });

  it("never collects by itself when it is off, whatever is born", () => {
    const { gc, make, mutator, makeCycle } = makeRig(preset);
    gc.setThreshold(1);
    makeCycle();
    gc.disable();
    for (let count = 0; count < 10_000; count++) make(0);
    mutator.poll();
    expect(gc.getStats().map(({ collections }) => collections)).toEqual([0, 0, 0]);
    expect(gc.collect()).toBe(2);
  });

  it("freezes what there is, and forgets that it did", () => {
    const { gc, make } = makeRig(preset);
    make(0);
    gc.freeze();
    expect(gc.getFreezeCount()).toBeGreaterThan(0);
    gc.unfreeze();
    expect(gc.getFreezeCount()).toBe(0);
  });
});
