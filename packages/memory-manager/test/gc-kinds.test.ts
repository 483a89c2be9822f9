// More of what CPython's tests of its module `gc` ask, in own words: cycles through each kind of
// object, which kinds are tracked and when they leave, and the bugs that they remember, with
// automatic collections.

import type { Finalization, Reference, Slot, Value } from "@ouro/interfaces";
import {
  createGc,
  createMemoryManager,
  type PresetName,
  type WeakReferences,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

const NONE = 0 as Value;
/** So many births of containers without a collection are too many. */
const BIRTH_LIMIT = 10_000;

function makeRig(preset: PresetName) {
  const manager = createMemoryManager(preset, { reservationBytes: 1 << 25 });
  const { mutator } = manager;
  const gc = createGc(manager);
  const define = manager.defineType;
  const common = { visitedSlotCount: 3, weaklyReferable: true };
  const types = {
    list: define({ name: "list", variablePart: "visited", visitOrder: "backward" }),
    tuple: define({
      ...{ name: "tuple", variablePart: "visited", untracking: "tuple", clearable: false },
    }),
    dict: define({ name: "dict", variablePart: "visited", untracking: "dict" }),
    instance: define({ name: "instance", ...common }),
    final: define({ name: "final", ...common, finalizer: true }),
    type: define({ name: "type", visitedSlotCount: 3 }),
    number: define({ name: "number", rawWordCount: 2, acyclic: true }),
    box: define({ name: "box", ownedSlotCount: 1, collected: false }),
  };
  type Kind = keyof typeof types;
  const isArray = (kind: Kind): boolean => ["list", "tuple", "dict"].includes(kind);
  const frame = mutator.enter(11);
  const at = (index: number): Slot => (frame + index) as Slot;
  const first = (kind: Kind): number => (isArray(kind) ? 1 : 0);

  /** In root `index`, holding what the roots in `held` hold. */
  function make(index: number, kind: Kind, ...held: number[]): Reference {
    if (isArray(kind)) mutator.allocateArray(types[kind], Math.max(1, held.length), at(index));
    else mutator.allocate(types[kind], at(index));
    for (const [place, from] of held.entries()) put(index, kind, place, from);
    return root(index);
  }

  function put(index: number, kind: Kind, place: number, from: number): void {
    mutator.set(root(index), first(kind) + place, mutator.root(at(from)));
  }

  const root = (index: number): Reference => mutator.root(at(index)) as Reference;
  const drop = (...indexes: number[]): void => {
    for (const index of indexes) mutator.setRoot(at(index), NONE);
  };
  const weak = manager.weakReferences as WeakReferences;
  const finalization = manager.finalization as Finalization;
  const targetIn = (index: number): number => finalization.targetOf(root(index));
  const liveCount = (): number => manager.statistics().liveCount;
  return {
    ...{ manager, mutator, gc, types, at, make, put, root, drop, weak, finalization, targetIn },
    liveCount,
  };
}

type Rig = ReturnType<typeof makeRig>;

describe.each(["cpython-3.13", "cpython-3.13-fast"] as const)("test_gc under %s", (preset) => {
  describe("counts the objects of a cycle through", () => {
    function counted(build: (rig: Rig) => void): number[] {
      const rig = makeRig(preset);
      rig.gc.collect();
      build(rig);
      expect(rig.gc.collect()).toBe(0);
      rig.drop(0, 1, 2, 3);
      const found = [rig.gc.collect(), rig.gc.collect()];
      expect(rig.liveCount()).toBe(0);
      rig.manager.validate();
      return found;
    }

    it("a list that holds itself: one", () => {
      expect(
        counted(({ make, put }) => {
          make(0, "list");
          put(0, "list", 0, 0);
        }),
      ).toEqual([1, 0]);
    });

    it("a dict that holds itself: one", () => {
      expect(
        counted(({ make, put }) => {
          make(0, "dict");
          put(0, "dict", 0, 0);
        }),
      ).toEqual([1, 0]);
    });

    it("a tuple in a list that it holds: two", () => {
      expect(
        counted(({ make, put }) => {
          make(1, "list");
          make(0, "tuple", 1);
          put(1, "list", 0, 0);
        }),
      ).toEqual([2, 0]);
    });

    it("an instance that holds itself and shares a number: one", () => {
      expect(
        counted(({ make, put }) => {
          make(1, "number");
          make(0, "instance", 0, 1);
          put(0, "instance", 0, 0);
        }),
      ).toEqual([1, 0]);
    });

    it("a class, its tuple of bases in order and its dict: three, and its instance with it", () => {
      expect(
        counted(({ make, put }) => {
          make(0, "type");
          make(1, "tuple", 0);
          make(2, "dict", 0);
          put(0, "type", 0, 1);
          put(0, "type", 1, 2);
          make(3, "instance", 0);
        }),
      ).toEqual([3, 0]);
      expect(
        counted(({ make, put }) => {
          make(0, "type");
          make(1, "tuple", 0);
          make(2, "dict", 0);
          put(0, "type", 0, 1);
          put(0, "type", 1, 2);
          make(3, "instance", 0, 3);
          put(3, "instance", 1, 3);
        }),
      ).toEqual([4, 0]);
    });

    it("a bound method on its own instance: two; a function and its globals: two", () => {
      expect(
        counted(({ make, put }) => {
          make(0, "instance");
          make(1, "instance", 0);
          put(0, "instance", 0, 1);
        }),
      ).toEqual([2, 0]);
      expect(
        counted(({ make, put }) => {
          make(0, "dict");
          make(1, "type", 0);
          put(0, "dict", 0, 1);
        }),
      ).toEqual([2, 0]);
    });
  });

  describe("is_tracked", () => {
    it("says no of what cannot be in a cycle, and yes of containers from birth on", () => {
      const { gc, make } = makeRig(preset);
      expect(gc.isTracked(make(0, "number"))).toBe(false);
      expect(gc.isTracked(make(1, "box"))).toBe(false);
      for (const kind of ["list", "instance", "final", "type"] as const) {
        expect([kind, gc.isTracked(make(2, kind))]).toEqual([kind, true]);
      }
      expect(gc.isTracked(make(3, "list", 0))).toBe(true);
      gc.collect();
      expect(gc.isTracked(make(3, "list", 0))).toBe(true);
    });

    it("says yes of a tuple until a collection of any generation found only atoms in it", () => {
      for (const generation of [0, 1, 2]) {
        const { gc, make, root } = makeRig(preset);
        make(0, "number");
        make(1, "list");
        make(2, "tuple", 0, 0);
        make(3, "tuple", 0, 1);
        make(4, "tuple", 2);
        const tracked = (): boolean[] => [2, 3, 4].map((index) => gc.isTracked(root(index)));
        expect(tracked()).toEqual([true, true, true]);
        gc.collect(generation);
        // In the order of the list: the inner one was out when the outer one was looked at.
        expect(tracked()).toEqual([false, true, false]);
      }
    });

    it("needs a run more for a tuple that comes before what it holds", () => {
      const { gc, make, put, root } = makeRig(preset);
      make(0, "number");
      make(2, "tuple");
      make(1, "tuple", 0);
      put(2, "tuple", 0, 1);
      gc.collect();
      expect(gc.isTracked(root(1))).toBe(false);
      gc.collect();
      expect(gc.isTracked(root(2))).toBe(false);
    });

    it("says no of a dict until it gets a container, and again after a full collection", () => {
      const { gc, make, put, root, drop } = makeRig(preset);
      make(0, "number");
      make(1, "dict");
      const isTracked = (): boolean => gc.isTracked(root(1));
      expect(isTracked()).toBe(false);
      put(1, "dict", 0, 0);
      expect(isTracked()).toBe(false);
      make(2, "list");
      put(1, "dict", 0, 2);
      expect(isTracked()).toBe(true);
      put(1, "dict", 0, 0);
      drop(2);
      gc.collect(0);
      gc.collect(1);
      expect(isTracked()).toBe(true);
      gc.collect(2);
      expect(isTracked()).toBe(false);
    });

    it("says yes of a dict that holds a tuple which is tracked itself, no once that is not", () => {
      const { gc, make, root } = makeRig(preset);
      make(0, "number");
      make(2, "tuple", 0);
      make(1, "dict", 2);
      expect(gc.isTracked(root(1))).toBe(true);
      gc.collect();
      expect([gc.isTracked(root(2)), gc.isTracked(root(1))]).toEqual([false, false]);
    });
  });

  it("bears a finalizer that takes its cycle apart in the middle of a collection", () => {
    const { gc, mutator, make, put, drop, finalization, types, liveCount, manager } =
      makeRig(preset);
    let callCount = 0;
    finalization.setFinalizer(types.final, (self) => {
      callCount++;
      mutator.set(mutator.root(self) as Reference, 0, NONE);
    });
    make(2, "instance");
    make(0, "instance");
    make(1, "final", 0, 2);
    put(0, "instance", 0, 1);
    drop(0, 1, 2);
    // All died by their counts meanwhile: none is left that the collection could count.
    expect(gc.collect()).toBe(0);
    expect([callCount, liveCount()]).toEqual([1, 0]);
    manager.validate();
  });

  it("calls back no weak reference that is garbage, whatever holds what it refers to", () => {
    const { gc, at, make, put, drop, weak, liveCount } = makeRig(preset);
    const calls: string[] = [];
    make(0, "instance");
    make(1, "box");
    make(2, "instance");
    put(1, "box", 0, 2);
    put(0, "instance", 0, 0);
    put(0, "instance", 1, 1);
    weak.create(at(3), at(2), () => calls.push("called"));
    put(0, "instance", 2, 3);
    drop(0, 1, 2, 3);
    // The referent is held by what is never traversed, and dies when that does.
    expect(gc.collect()).toBe(2);
    expect([calls, liveCount()]).toEqual([[], 0]);
  });

  /** Births, each of which holds the last, until a collection of generation 0 comes by itself. */
  function waitForCollection({ gc, make, mutator, at }: Rig, isQuiet: () => boolean): void {
    const [young] = gc.getStats();
    for (let births = 0; gc.getStats()[0]?.collections === young?.collections; births++) {
      if (births > BIRTH_LIMIT) throw new Error("no collection came by itself");
      expect(isQuiet()).toBe(true);
      make(9, "list", 10);
      mutator.moveRoot(at(10), at(9));
    }
  }

  it("shows an old object's callback no garbage, in an automatic collection of young ones", () => {
    const rig = makeRig(preset);
    const { gc, at, make, put, drop, weak, targetIn } = rig;
    const seen: number[] = [];
    make(0, "instance");
    put(0, "instance", 0, 0);
    gc.collect();
    // Only the young one holds the old one now; a third one hangs on itself.
    make(1, "instance", 1, 0);
    put(1, "instance", 0, 1);
    put(0, "instance", 0, 8);
    make(2, "instance");
    put(2, "instance", 0, 2);
    weak.create(at(3), at(2));
    weak.create(at(4), at(0), () => seen.push(targetIn(3)));
    drop(0, 1, 2);
    waitForCollection(rig, () => seen.length === 0);
    expect(seen).toEqual([0]);
  });

  it("shows it no finalizer either, of what dies while garbage is emptied", () => {
    const rig = makeRig(preset);
    const { gc, at, make, put, drop, weak, targetIn, finalization, types } = rig;
    const seen: number[] = [];
    finalization.setFinalizer(types.final, () => seen.push(targetIn(3)));
    make(0, "final");
    gc.collect();
    make(1, "instance", 1, 0);
    put(1, "instance", 0, 1);
    make(2, "instance");
    put(2, "instance", 0, 2);
    weak.create(at(3), at(2));
    drop(0, 1, 2);
    waitForCollection(rig, () => seen.length === 0);
    expect(seen).toEqual([0]);
  });

  it("moves statistics by generation, and counts what each collected", () => {
    const { gc, make, put, drop } = makeRig(preset);
    for (const generation of [0, 1, 2]) {
      const before = gc.getStats();
      make(0, "instance");
      put(0, "instance", 0, 0);
      drop(0);
      expect(gc.collect(generation)).toBe(1);
      for (const each of [0, 1, 2]) {
        const isIt = each === generation ? 1 : 0;
        const one = gc.getStats()[each];
        expect((one?.collections as number) - (before[each]?.collections as number)).toBe(isIt);
        expect((one?.collected as number) - (before[each]?.collected as number)).toBe(isIt);
        expect(one?.uncollectable).toBe(0);
      }
    }
  });
});
