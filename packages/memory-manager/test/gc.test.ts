import type { Reference, Slot } from "@ouro/interfaces";
import {
  createGc,
  createMemoryManager,
  DEBUG_LEAK,
  DEBUG_SAVEALL,
  DEBUG_STATS,
  type PresetName,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

function makeRigOf(preset: PresetName, options: { handleLimitCount?: number } = {}) {
  const manager = createMemoryManager(preset, { reservationBytes: 1 << 25, ...options });
  const { mutator } = manager;
  const lines: string[] = [];
  const gc = createGc(manager, { write: (line) => lines.push(line) });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = mutator.enter(4);
  const at = (index: number): Slot => (frame + index) as Slot;
  const make = (index: number): Reference => mutator.allocate(pair, at(index));
  /** A pair that holds itself and is dropped. */
  function makeGarbage(): void {
    const object = make(3);
    mutator.set(object, 0, object);
    mutator.setRoot(at(3), 0 as never);
  }
  return { manager, mutator, gc, at, make, makeGarbage, lines };
}

describe.each(["cpython-3.13", "cpython-3.13-fast"] as const)("gc under %s", (preset) => {
  const makeRig = () => makeRigOf(preset);

  it("has Python's thresholds, counts and statistics", () => {
    const { gc, make, makeGarbage } = makeRig();
    expect(gc.getThreshold()).toEqual([2000, 10, 10]);
    expect(createGc(makeRigOf("cpython-3.12").manager).getThreshold()).toEqual([700, 10, 10]);
    gc.setThreshold(5);
    expect(gc.getThreshold()).toEqual([5, 10, 10]);
    gc.setThreshold(0, 1, 2);
    expect(gc.getThreshold()).toEqual([0, 1, 2]);
    make(0);
    makeGarbage();
    expect(gc.getCount()).toEqual([2, 0, 0]);
    expect(gc.collect(0)).toBe(1);
    expect(gc.getCount()).toEqual([0, 1, 0]);
    expect(gc.collect()).toBe(0);
    expect(gc.getStats()).toEqual([
      { collections: 1, collected: 1, uncollectable: 0 },
      { collections: 0, collected: 0, uncollectable: 0 },
      { collections: 1, collected: 0, uncollectable: 0 },
    ]);
    expect(() => gc.collect(3)).toThrow(/generation 3/);
    expect(() => gc.setThreshold(-1)).toThrow(/young -1/);
  });

  it("lists tracked objects by generation, referrers and referents", () => {
    const { gc, make, mutator, at } = makeRig();
    const old = make(0);
    gc.collect(0);
    const young = make(1);
    mutator.set(young, 1, old);
    mutator.set(young, 0, young);
    expect([0, 1, 2].map((generation) => gc.getObjects(generation))).toEqual([[young], [old], []]);
    expect(gc.getObjects()).toEqual([young, old]);
    expect(gc.getReferents(young, old)).toEqual([young, old]);
    expect(gc.getReferrers(old)).toEqual([young]);
    expect(gc.isTracked(old)).toBe(true);
    expect(gc.isFinalized(old)).toBe(false);
    expect(() => gc.getObjects(3)).toThrow(/generation 3/);
    expect(mutator.root(at(0))).toBe(old);
  });

  it("freezes what is tracked, out of every collection, and gives it back to the oldest", () => {
    const { gc, make, makeGarbage } = makeRig();
    const object = make(0);
    makeGarbage();
    gc.freeze();
    expect([gc.getFreezeCount(), gc.getCount(), gc.collect()]).toEqual([2, [0, 0, 0], 0]);
    expect(gc.getObjects()).toEqual([]);
    gc.unfreeze();
    expect(gc.getFreezeCount()).toBe(0);
    expect(gc.collect(1)).toBe(0);
    expect(gc.collect(2)).toBe(1);
    expect(gc.getObjects(2)).toEqual([object]);
  });

  it("is turned off and on", () => {
    const { gc, makeGarbage, mutator } = makeRig();
    gc.setThreshold(1);
    gc.disable();
    for (let count = 0; count < 4; count++) makeGarbage();
    mutator.poll();
    expect([gc.isEnabled(), gc.getCount()[0]]).toEqual([false, 4]);
    gc.enable();
    makeGarbage();
    mutator.poll();
    expect([gc.isEnabled(), gc.getCount()[0]]).toEqual([true, 0]);
  });

  it("calls back before and after a collection, and reports what a callback throws", () => {
    const { gc, makeGarbage, manager } = makeRig();
    const calls: unknown[] = [];
    gc.callbacks.push((phase, info) => calls.push([phase, info]));
    gc.callbacks.push(() => {
      throw new Error("a callback's own problem");
    });
    makeGarbage();
    expect(gc.collect(1)).toBe(1);
    expect(calls).toEqual([
      ["start", { generation: 1, collected: 0, uncollectable: 0 }],
      ["stop", { generation: 1, collected: 1, uncollectable: 0 }],
    ]);
    expect(manager.finalization?.programErrorCount).toBe(2);
  });

  it("keeps garbage, and tells of it, when its debug flags say so", () => {
    const { gc, makeGarbage, manager, lines } = makeRig();
    gc.setDebug(DEBUG_LEAK | DEBUG_STATS);
    makeGarbage();
    expect(gc.collect()).toBe(1);
    expect(gc.garbage.length).toBe(1);
    expect(gc.getReferents(gc.garbage[0]?.value as Reference)).toEqual([gc.garbage[0]?.value]);
    expect(lines).toEqual([
      "gc: collecting generation 2...",
      "gc: objects in each generation: 1 0 0",
      "gc: objects in permanent generation: 0",
      `gc: collectable <pair ${gc.garbage[0]?.value}>`,
      "gc: done, 1 unreachable, 0 uncollectable",
    ]);
    manager.validate();
    gc.setDebug(0);
    gc.garbage.pop()?.dispose();
    expect(gc.collect()).toBe(1);
    expect(manager.statistics().liveCount).toBe(0);
    gc.setDebug(DEBUG_SAVEALL);
    expect(gc.getDebug()).toBe(DEBUG_SAVEALL);
    expect(() => gc.setDebug(8)).toThrow(/flags 8/);
  });

  it("keeps as much garbage as there is room for handles, until they are disposed of", () => {
    const { gc, makeGarbage, manager } = makeRigOf(preset, { handleLimitCount: 2 });
    gc.setDebug(DEBUG_SAVEALL);
    for (let count = 0; count < 3; count++) makeGarbage();
    expect(gc.collect()).toBe(3);
    expect([gc.garbage.length, manager.finalization?.programErrorCount]).toEqual([2, 1]);
    gc.setDebug(0);
    expect(gc.collect()).toBe(1);
    for (const handle of gc.garbage.splice(1)) handle.dispose();
    gc.garbage.length = 0;
    expect(gc.collect()).toBe(1);
    expect(manager.statistics().liveCount).toBe(1);
    manager.validate();
  });

  it("needs a strategy with generations", () => {
    const manager = createMemoryManager("mark-sweep", { reservationBytes: 1 << 25 });
    expect(() => createGc(manager)).toThrow(/"mark-sweep" has no generations/);
  });
});
