// What was once wrong in a memory manager as a whole, found by running random programs on CPython
// as well (`npm run test:cpython`), where the case says what CPython does, or by `npm run prove`.

import {
  EVENT_OBJECT_UNREACHABLE,
  EVENT_WEAK_REFERENCE_CLEAR,
  type Finalization,
  type Mutator,
  OutOfMemoryError,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import {
  createGc,
  createMemoryManager,
  DEBUG_COLLECTABLE,
  type PresetName,
  type WeakReferences,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { collectsChangedTuples } from "./changed-tuples.js";
import { reportsDeathErrors } from "./death-observers.js";

describe("is_finalized", () => {
  function seenInFinalizer(dies: "by count" | "in a collection"): boolean[] {
    const manager = createMemoryManager("cpython-3.13", { reservationBytes: 1 << 25 });
    const { mutator } = manager;
    const gc = createGc(manager);
    const type = manager.defineType({ name: "node", visitedSlotCount: 1, finalizer: true });
    const frame = mutator.enter(2);
    const kept = slotAt(frame, 1);
    const seen: boolean[] = [];
    (manager.finalization as Finalization).setFinalizer(type, (slot: Slot) => {
      const self = mutator.root(slot) as never;
      mutator.setRoot(kept, self);
      seen.push(gc.isFinalized(self));
    });
    const object = mutator.allocate(type, frame);
    if (dies === "in a collection") mutator.set(object, 0, object);
    mutator.setRoot(frame, 0 as Value);
    gc.collect();
    seen.push(gc.isFinalized(mutator.root(kept) as never));
    return seen;
  }

  it("is false inside the finalizer of an object that dies by its count, true after it", () => {
    expect(seenInFinalizer("by count")).toEqual([false, true]);
  });

  it("is true inside the finalizer of an object that a collection found", () => {
    expect(seenInFinalizer("in a collection")).toEqual([true, true]);
  });
});

describe("Callbacks of weak references to an object that dies by its count", () => {
  /** The types of generation 0 while the newest of so many callbacks runs. */
  function youngInCallback(preset: PresetName, callbackCount: number): string[] {
    const manager = createMemoryManager(preset, { reservationBytes: 1 << 25 });
    const { mutator, types, weakReferences } = manager;
    const gc = createGc(manager);
    const type = manager.defineType({ name: "node", visitedSlotCount: 1, weaklyReferable: true });
    const frame = mutator.enter(1 + callbackCount);
    mutator.allocate(type, frame);
    const seen: string[][] = [];
    for (let each = 1; each <= callbackCount; each++) {
      (weakReferences as WeakReferences).create(slotAt(frame, each), frame, () => {
        seen.push(gc.getObjects(0).map((object) => types.descriptor(mutator.typeOf(object)).name));
      });
    }
    gc.collect();
    const [before] = gc.getCount();
    mutator.setRoot(frame, 0 as Value);
    expect(seen.length).toBe(callbackCount);
    expect(gc.getObjects().map((object) => types.descriptor(mutator.typeOf(object)).name)).toEqual(
      new Array(callbackCount).fill("weak reference"),
    );
    // Neither the birth nor the death of what held them is counted; the count is never below 0.
    expect(gc.getCount()[0]).toBe(Math.max(0, before - 1));
    manager.validate();
    return seen[0] as string[];
  }

  const HOLDER = "callbacks of weak references";

  it("are held by an object of generation 0 while they run, in 3.12 from two of them on", () => {
    expect(youngInCallback("cpython-3.13", 1)).toEqual([HOLDER]);
    expect(youngInCallback("cpython-3.13", 3)).toEqual([HOLDER]);
    expect(youngInCallback("cpython-3.12", 1)).toEqual([]);
    expect(youngInCallback("cpython-3.12", 2)).toEqual([HOLDER]);
    expect(youngInCallback("cpython-3.13-fast", 2)).toEqual([]);
  });

  it("run all the same when memory is full, or the name of the holder's type is taken", () => {
    for (const problem of ["memory", "name"]) {
      const manager = createMemoryManager("cpython-3.13", { reservationBytes: 1 << 23 });
      const { mutator } = manager;
      const type = manager.defineType({ name: "node", visitedSlotCount: 1, weaklyReferable: true });
      const full = manager.defineType({ name: "full", visitedSlotCount: 2 });
      if (problem === "name") manager.defineType({ name: HOLDER, visitedSlotCount: 3 });
      const frame = mutator.enter(4);
      mutator.allocate(type, frame);
      let callCount = 0;
      for (const each of [1, 2]) {
        const weak = manager.weakReferences as WeakReferences;
        weak.create(slotAt(frame, each), frame, () => callCount++);
      }
      if (problem === "memory") fill(mutator, full, slotAt(frame, 3));
      mutator.setRoot(frame, 0 as Value);
      expect(callCount).toBe(2);
      expect(manager.finalization?.programErrorCount).toBe(0);
      manager.validate();
    }
  });
});

describe("A weak reference of a checked manager (prove, round 1)", () => {
  // A checked reference carries an epoch: finalization looked at the wrong words.
  it.each(["cpython-3.13", "cpython-3.13-fast"] as const)(
    "gives the object it was made for, under %s, and none once that died",
    (preset) => {
      const manager = createMemoryManager(preset, { checked: true, reservationBytes: 1 << 25 });
      const { mutator, weakReferences } = manager;
      const type = manager.defineType({
        name: "node",
        visitedSlotCount: 1,
        rawWordCount: 1,
        weaklyReferable: true,
      });
      const frame = mutator.enter(3);
      const [weak, target] = [slotAt(frame, 1), slotAt(frame, 2)];
      for (let round = 1; round <= 3; round++) {
        // In a word that lived before, and with other objects beside it.
        mutator.setWord(mutator.allocate(type, frame), 1, round);
        weakReferences?.create(weak, frame);
        mutator.allocate(type, target);
        expect(weakReferences?.strengthen(target, weak)).toBe(true);
        expect(mutator.word(mutator.root(target) as never, 1)).toBe(round);
        mutator.setRoot(target, 0);
        mutator.setRoot(frame, 0);
        expect(weakReferences?.strengthen(target, weak)).toBe(false);
        expect(mutator.root(target)).toBe(0);
      }
      manager.validate();
    },
  );
});

describe("A tuple that goes out of watch in a young collection (conformance, seed 1)", () => {
  // Alone in its word of the map of candidates, its mark stayed behind: whoever was born there next
  // was taken for reached.
  it("leaves no mark behind it under cpython-3.13-fast", () => {
    const manager = createMemoryManager("cpython-3.13-fast", { reservationBytes: 1 << 25 });
    const { mutator } = manager;
    const type = manager.defineType({
      name: "tuple",
      visitedSlotCount: 1,
      variablePart: "visited",
      untracking: "tuple",
      clearable: false,
    });
    mutator.allocateArray(type, 10, mutator.enter(1));
    mutator.collect(0);
    expect(() => manager.validate()).not.toThrow();
  });
});

/** Two sizes of block at least: a chain of pairs until nothing fits. */
function fill(mutator: Mutator, type: TypeId, slot: Slot): void {
  try {
    for (;;) {
      const frame = mutator.enter(1);
      const next = mutator.allocate(type, frame);
      mutator.set(next, 0, mutator.root(slot));
      mutator.setRoot(slot, next);
      mutator.leave(frame);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfMemoryError);
  }
}

describe("A requested collection of refcount-trial-deletion", () => {
  it("looks again at who lost a reference from garbage, and counts that again", () => {
    const manager = createMemoryManager("refcount-trial-deletion", { reservationBytes: 1 << 25 });
    const { mutator } = manager;
    const type = manager.defineType({ name: "node", visitedSlotCount: 2 });
    const frame = mutator.enter(2);
    const [garbage, kept] = [slotAt(frame, 0), slotAt(frame, 1)];
    mutator.allocate(type, garbage);
    mutator.allocate(type, kept);
    const node = mutator.root(garbage) as never;
    mutator.set(node, 0, node);
    mutator.set(node, 1, mutator.root(kept));
    mutator.setRoot(garbage, 0 as Value);
    const { examinedCount, reclaimedCount } = mutator.collect();
    expect({ examinedCount, reclaimedCount }).toEqual({ examinedCount: 3, reclaimedCount: 1 });
    expect(manager.statistics().liveCount).toBe(1);
  });
});

describe("A weak reference to garbage, made by who is told that it was found", () => {
  it.each(["cpython-3.13", "cpython-3.13-fast"] as const)("is emptied under %s", (preset) => {
    const manager = createMemoryManager(preset, { reservationBytes: 1 << 25 });
    const { mutator, finalization, weakReferences } = manager;
    const type = manager.defineType({ name: "node", visitedSlotCount: 1, weaklyReferable: true });
    const frame = mutator.enter(2);
    const [held, weak] = [slotAt(frame, 0), slotAt(frame, 1)];
    const node = mutator.allocate(type, held);
    mutator.set(node, 0, node);
    mutator.setRoot(held, 0 as Value);
    manager.collector.generations?.setDebugging({
      savesAll: false,
      onSaved() {},
      onCollectable(object) {
        mutator.setRoot(held, object);
        weakReferences?.create(weak, held);
        mutator.setRoot(held, 0 as Value);
      },
    });
    expect(mutator.collect().reclaimedCount).toBe(1);
    expect(finalization?.targetOf(mutator.root(weak) as never)).toBe(0);
    expect(manager.statistics().liveCount).toBe(1);
    manager.validate();
  });
});

describe("Whoever is told of what a collection found may store it", () => {
  const GENERATIONAL = [
    ...["cpython-3.13", "cpython-3.12", "cpython-3.13-fast", "refcount-whole-heap"],
  ] as PresetName[];

  /** A node that refers to itself and to another one, in roots 0 and 1; root 2 takes a weak one. */
  function makeGarbage(preset: PresetName, hear?: (object: Reference) => void, code = 0) {
    const wants = [code as typeof EVENT_OBJECT_UNREACHABLE];
    const observer = { wants, event: (_: number, one: number, other: number) => told(one, other) };
    const told = (one: number, other: number) =>
      hear?.((code === EVENT_WEAK_REFERENCE_CLEAR ? other : one) as Reference);
    const options = { reservationBytes: 1 << 25, ...(hear === undefined ? {} : { observer }) };
    const manager = createMemoryManager(preset, options);
    const { mutator } = manager;
    const type = manager.defineType({ name: "node", visitedSlotCount: 2, weaklyReferable: true });
    const frame = mutator.enter(4);
    const first = mutator.allocate(type, frame);
    const other = mutator.allocate(type, slotAt(frame, 1));
    mutator.set(first, 0, first);
    mutator.set(first, 1, other);
    (manager.weakReferences as WeakReferences).create(slotAt(frame, 2), frame);
    const drop = (): void => {
      mutator.setRoot(frame, 0 as Value);
      mutator.setRoot(slotAt(frame, 1), 0 as Value);
    };
    return { manager, mutator, frame, first, other, drop, kept: slotAt(frame, 3) };
  }

  function expectWhole({ manager, mutator, first, other, kept }: ReturnType<typeof makeGarbage>) {
    expect(mutator.root(kept)).toBe(first);
    expect([mutator.get(first, 0), mutator.get(first, 1)]).toEqual([first, other]);
    manager.validate();
    mutator.setRoot(kept, 0 as Value);
    mutator.collect();
    expect(manager.statistics().liveCount).toBe(1);
  }

  it.each(GENERATIONAL)("follows a weak reference as a debug line is written (%s)", (preset) => {
    const garbage = makeGarbage(preset);
    const { weakReferences } = garbage.manager;
    const weak = slotAt(garbage.frame, 2);
    const write = (line: string): void => {
      if (line.startsWith("gc: collectable")) weakReferences?.strengthen(garbage.kept, weak);
    };
    const gc = createGc(garbage.manager, { write });
    gc.setDebug(DEBUG_COLLECTABLE);
    garbage.drop();
    expect(gc.collect()).toBe(0);
    gc.setDebug(0);
    expectWhole(garbage);
  });

  it.each([
    ...[...GENERATIONAL, "refcount-trial-deletion" as const].flatMap((preset) => [
      [preset, "that it is unreachable", EVENT_OBJECT_UNREACHABLE] as const,
      [preset, "that a weak reference to it is emptied", EVENT_WEAK_REFERENCE_CLEAR] as const,
    ]),
  ])("holds what it hears of as an observer (%s, %s)", (preset, _, code) => {
    let didHear = false;
    const hear = (object: Reference): void => {
      if (didHear || object !== garbage.first) return;
      didHear = true;
      garbage.mutator.setRoot(garbage.kept, object);
    };
    const garbage = makeGarbage(preset, hear, code);
    garbage.drop();
    const { resurrectedCount, reclaimedCount } = garbage.mutator.collect();
    expect({ resurrectedCount, reclaimedCount }).toEqual({
      resurrectedCount: 2,
      reclaimedCount: 0,
    });
    expectWhole(garbage);
  });
});

describe("What an observer throws when it is told of a death in a collection", () => {
  const COUNTING = ["cpython-3.13", "cpython-3.13-fast", "refcount-whole-heap"] as const;
  it.each([...COUNTING, "refcount-trial-deletion"] as const)(
    "is reported there under %s, and no later call throws it",
    (preset) => reportsDeathErrors((options) => createMemoryManager(preset, options)),
  );
});

describe("A tuple that changes after it left the lists", () => {
  const LISTED = ["cpython-3.13", "cpython-3.12", "cpython-3.13-fast"] as const;
  it.each([...LISTED, "refcount-whole-heap", "refcount-trial-deletion"] as const)(
    "is in no cycle that stays, nor is what holds it, under %s",
    (preset) => collectsChangedTuples((options) => createMemoryManager(preset, options)),
  );
});
