// Program code in the middle of death: finalizers and callbacks that allocate, store, collect,
// resurrect and drop, also inside the death of another object.

import { createSubtractDetector } from "@ouro/cycle-detector";
import {
  EVENT_OBJECT_DEALLOCATE,
  type Finalization,
  type Generations,
  type Reference,
  type Slot,
  type Strategy,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import {
  type CPythonOptions,
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
  createMemoryManager,
  type MemoryManagerOptions,
  type WeakReferences,
} from "@ouro/memory-manager";
import { referenceCount } from "@ouro/refcount";
import { describe, expect, it } from "vitest";

/** Of what holds callbacks while they run, under the presets that have such an object. */
const END_OF_HOLDER = "end callbacks of weak references";

const NONE = 0 as Value;

function makeRigOf(
  makeStrategy: (options: CPythonOptions) => Strategy,
  options: CPythonOptions = {},
  more: Partial<MemoryManagerOptions> = {},
) {
  const log: string[] = [];
  const manager = composeMemoryManager({
    strategy: makeStrategy(options),
    reservationBytes: 1 << 25,
    observer: {
      wants: [EVENT_OBJECT_DEALLOCATE],
      event: (_code, object) => log.push(`end ${nameOf(object as Reference)}`),
    },
    ...more,
  });
  const { mutator } = manager;
  const finalization = manager.finalization as Finalization;
  const weak = manager.weakReferences as WeakReferences;
  const generations = manager.collector.generations as Generations;
  const slots = { visitedSlotCount: 2, rawWordCount: 1, weaklyReferable: true };
  const node = manager.defineType({ name: "node", ...slots });
  const final = manager.defineType({ name: "final", ...slots, finalizer: true });
  const frame = mutator.enter(8);
  const at = (index: number): Slot => slotAt(frame, index);
  const names = new Map<number, string>();
  let madeCount = 0;

  function nameOf(object: Reference): string {
    const type = mutator.typeOf(object);
    if (type !== node && type !== final) return manager.types.descriptor(type).name;
    return names.get(mutator.word(object, 2)) ?? "unnamed";
  }

  function make(name: string, index: number, type: TypeId = node): Reference {
    const object = mutator.allocate(type, at(index));
    names.set(++madeCount, name);
    mutator.setWord(object, 2, madeCount);
    return object;
  }

  /** What finalizers do, by the object's name. */
  function onFinalize(actions: Record<string, (slot: Slot) => void>): void {
    finalization.setFinalizer(final, (slot) => {
      const name = nameOf(mutator.root(slot) as Reference);
      log.push(`finalize ${name}`);
      actions[name]?.(slot);
      manager.validate();
    });
  }

  const liveCount = (): number => manager.statistics().liveCount;
  const set = (index: number, value: Value = NONE): void => mutator.setRoot(at(index), value);
  return {
    ...{ manager, mutator, finalization, weak, generations, node, final, at, make, nameOf, log },
    ...{ onFinalize, liveCount, set },
  };
}

type Rig = ReturnType<typeof makeRigOf>;

describe.each([
  ["cpython-3.13", cpythonStrategy, false],
  ["cpython-3.13-fast", cpythonFastStrategy, true],
] as const)("Under the preset %s", (_, makeStrategy, isTogether) => {
  const makeRig = (options?: CPythonOptions, more?: Partial<MemoryManagerOptions>) =>
    makeRigOf(makeStrategy, options, more);

  describe("death by count", () => {
    it("runs the finalizer once, then empties weak references and calls the newest first", () => {
      const { make, final, weak, at, onFinalize, log, set, finalization, mutator } = makeRig();
      onFinalize({ a: (slot) => log.push(`count ${finalization.isFinalized(root(slot))}`) });
      const root = (slot: Slot): Reference => mutator.root(slot) as Reference;
      make("a", 0, final);
      for (const index of [1, 2, 3]) {
        weak.create(at(index), at(0), (slot) => {
          const isEmpty = [1, 2, 3].every((each) => finalization.targetOf(root(at(each))) === 0);
          log.push(`callback ${index} ${root(slot) === root(at(index))} ${isEmpty}`);
        });
      }
      set(0);
      expect(log.filter((line) => line !== END_OF_HOLDER)).toEqual([
        ...["end a", "finalize a", "count false"],
        ...["callback 3 true true", "callback 2 true true", "callback 1 true true"],
      ]);
    });

    it("is put off by a finalizer that stores its object, and silent the second time", () => {
      const { make, final, at, onFinalize, log, set, mutator, generations, manager } = makeRig();
      onFinalize({ a: (slot) => mutator.setRoot(at(1), mutator.root(slot)) });
      const object = make("a", 0, final);
      generations.collect(2);
      set(0);
      expect(referenceCount(manager, object)).toBe(1);
      expect(generations.generationOf(object)).toBe(0);
      set(1);
      expect(log).toEqual(["end a", "finalize a", "end a"]);
      manager.validate();
    });

    it("is over when the finalizer drops, or moves, the slot that it is given", () => {
      const { make, final, at, onFinalize, log, set, mutator, liveCount, manager } = makeRig();
      onFinalize({
        dropped: (slot) => mutator.setRoot(slot, NONE),
        moved: (slot) => mutator.moveRoot(at(3), slot),
      });
      make("dropped", 0, final);
      set(0);
      expect(liveCount()).toBe(0);
      const moved = make("moved", 0, final);
      set(0);
      expect(mutator.root(at(3))).toBe(moved);
      expect(referenceCount(manager, moved)).toBe(1);
      expect(log).toEqual([
        ...["end dropped", "finalize dropped", "end dropped"],
        ...["end moved", "finalize moved"],
      ]);
    });

    it("may begin, and end, inside the death of another object", () => {
      const { make, final, at, onFinalize, log, set, mutator, liveCount, generations } = makeRig();
      onFinalize({
        child: () => {
          set(2); // a chain of its own, three deep, in the middle of the parent's
          make("fresh", 3);
          set(3);
          expect(generations.collect(2)).toBe(2);
        },
      });
      make("parent", 0);
      make("child", 1, final);
      mutator.set(at0(), 0, mutator.root(at(1)));
      make("sibling", 2);
      mutator.set(at0(), 1, mutator.root(at(2)));
      for (const name of ["one", "two", "three"]) {
        make(name, 3);
        if (name !== "one") mutator.give(mutator.root(at(3)) as Reference, 0, at(2));
        mutator.moveRoot(at(2), at(3));
      }
      for (const index of [4, 5]) make(`ring ${index}`, index);
      mutator.set(mutator.root(at(4)) as Reference, 0, mutator.root(at(5)));
      mutator.set(mutator.root(at(5)) as Reference, 0, mutator.root(at(4)));
      for (const index of [1, 4, 5]) set(index);
      set(0);
      function at0(): Reference {
        return mutator.root(at(0)) as Reference;
      }
      // One by one the second dies of the first; together both end in the order of their addresses.
      const ringEnds = ["end ring 5", "end ring 4"];
      if (isTogether) ringEnds.reverse();
      expect(log).toEqual([
        ...["end parent", "end child", "finalize child"],
        ...["end three", "end two", "end one", "end fresh", ...ringEnds, "end sibling"],
      ]);
      expect(liveCount()).toBe(0);
    });

    it("of what a copy overwrites is not undone by a weak reference", () => {
      const { make, final, at, onFinalize, set, mutator, weak, liveCount, manager } = makeRig();
      const results: boolean[] = [];
      onFinalize({
        first: () => {
          results.push(weak.strengthen(at(5), at(4)));
          manager.mutator.collect();
        },
      });
      make("holder", 0);
      make("first", 1, final);
      make("second", 2);
      weak.create(at(4), at(2));
      const holder = mutator.root(at(0)) as Reference;
      mutator.give(holder, 0, at(1));
      mutator.give(holder, 1, at(2));
      make("source", 3);
      mutator.copy(holder, 0, mutator.root(at(3)) as Reference, 0, 2);
      expect(results).toEqual([false]);
      for (const index of [0, 3, 4]) set(index);
      expect(liveCount()).toBe(0);
    });
  });

  describe("a collection", () => {
    function makeRing(rig: Rig, names: readonly string[]): void {
      const { make, mutator, at, final, set } = rig;
      const first = make(names[0] as string, 6, final);
      let previous = first;
      for (const name of names.slice(1)) {
        const object = make(name, 7, final);
        mutator.set(previous, 0, object);
        previous = object;
      }
      mutator.set(previous, 0, first);
      mutator.setRoot(at(0), first);
      for (const index of [6, 7]) set(index);
    }

    it("calls back, then finalizes all, then looks again and keeps what was resurrected", () => {
      const rig = makeRig();
      const { weak, at, onFinalize, log, set, mutator, generations, liveCount } = rig;
      makeRing(rig, ["a", "b"]);
      weak.create(at(1), at(0), () => log.push("callback"));
      onFinalize({ b: (slot) => mutator.setRoot(at(2), mutator.root(slot)) });
      set(0);
      expect(generations.collect(0)).toBe(0);
      expect(log).toEqual(["callback", "finalize a", "finalize b"]);
      expect(liveCount()).toBe(3);
      expect(generations.generationOf(mutator.root(at(2)) as Reference)).toBe(1);
      set(2);
      expect(generations.collect(1)).toBe(2);
      expect(log.slice(3)).toEqual(["end a", "end b"]);
    });

    it("called in a finalizer, a callback or a collection callback does nothing", () => {
      const rig = makeRig();
      const { weak, at, onFinalize, set, generations, liveCount, mutator } = rig;
      const results: number[] = [];
      const collect = (): void => {
        results.push(generations.collect(2), mutator.collect().examinedCount);
      };
      makeRing(rig, ["a", "b"]);
      weak.create(at(1), at(0), collect);
      onFinalize({ a: collect });
      generations.callbacks.push(collect);
      set(0);
      expect(generations.collect(2)).toBe(2);
      expect(results).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      expect(liveCount()).toBe(1);
    });

    it("does not count what finalizers let die by its count", () => {
      const rig = makeRig();
      const { onFinalize, set, mutator, generations, liveCount } = rig;
      makeRing(rig, ["a", "b"]);
      onFinalize({ a: (slot) => mutator.set(mutator.root(slot) as Reference, 0, NONE) });
      set(0);
      expect(generations.collect(2)).toBe(0);
      expect(liveCount()).toBe(0);
    });

    it("lets program code throw, allocate and forget frames, and reports what it threw", () => {
      const rig = makeRig();
      const { onFinalize, set, mutator, generations, finalization, node, manager } = rig;
      makeRing(rig, ["a", "b"]);
      const problem = new Error("a finalizer's own problem");
      onFinalize({
        a: () => {
          const forgotten = mutator.enter(2);
          for (let count = 0; count < 3000; count++) mutator.allocate(node, forgotten);
          throw problem;
        },
      });
      set(0);
      expect(generations.collect(2)).toBe(2);
      expect(finalization.programErrors).toEqual([problem]);
      expect(manager.statistics().liveCount).toBe(0);
      manager.validate();
    });

    it("refuses a count that is too small, names the object and loses nothing", () => {
      const { make, mutator, at, generations, manager } = makeRig();
      const object = make("a", 0);
      make("b", 1);
      // The fast preset notices it where nothing reached the object first: as many references point
      // up as down, so that it looks at the lower one first.
      mutator.set(object, 0, mutator.root(at(1)));
      mutator.set(mutator.root(at(1)) as Reference, 0, object);
      mutator.set(mutator.root(at(1)) as Reference, 1, object);
      manager.heap.words[object] = 1;
      expect(() => generations.collect(2)).toThrow(`object at word ${object} is broken`);
      manager.heap.words[object] = 3;
      manager.validate();
      expect(generations.collect(2)).toBe(0);
      expect(generations.liveCount(2)).toBe(2);
    });

    it("moves a weak reference whose callback it called to its survivors", () => {
      const { make, final, weak, at, onFinalize, set, mutator, generations } = makeRig();
      onFinalize({ a: (slot) => mutator.setRoot(at(1), mutator.root(slot)) });
      make("a", 0, final);
      const reference = weak.create(at(2), at(0), () => {});
      generations.collect(2);
      set(0); // resurrected, and so younger than its weak reference
      const object = mutator.root(at(1)) as Reference;
      mutator.set(object, 0, object);
      set(1);
      expect(generations.generationOf(reference)).toBe(2);
      expect(generations.collect(0)).toBe(1);
      expect(generations.generationOf(reference)).toBe(1);
    });

    it("untracks tuples of atoms in any, dicts of atoms in a full one; both come back", () => {
      const { manager, make, at, mutator, generations } = makeRig();
      const many = { variablePart: "visited" as const };
      const tuple = manager.defineType({ name: "tuple", ...many, untracking: "tuple" });
      const dict = manager.defineType({ name: "dict", ...many, untracking: "dict" });
      mutator.allocateArray(dict, 2, at(0));
      mutator.allocateArray(tuple, 1, at(1));
      mutator.allocateArray(tuple, 1, at(2));
      mutator.set(mutator.root(at(2)) as Reference, 1, mutator.root(at(0)));
      const states = (): number[] =>
        [0, 1, 2].map((index) => generations.generationOf(mutator.root(at(index)) as Reference));
      expect(states()).toEqual([-1, 0, 0]);
      generations.collect(0);
      expect(states()).toEqual([-1, -1, 1]); // a dict may come back, so its tuple stays
      make("a", 3);
      mutator.set(mutator.root(at(1)) as Reference, 1, mutator.root(at(3)));
      mutator.fill(mutator.root(at(0)) as Reference, 2, at(3));
      expect(states()).toEqual([0, 0, 1]);
      mutator.set(mutator.root(at(0)) as Reference, 2, NONE);
      generations.collect(1);
      expect(states()).toEqual([2, 2, 2]);
      generations.collect(2);
      expect(states()).toEqual([-1, 2, 2]);
    });

    it("that is requested comes at the next safepoint, and not after a disable", () => {
      const { make, set, generations, mutator, at } = makeRig({
        thresholds: { young: 3, middle: 10, old: 10 },
      });
      const makeSelf = (): void => {
        const object = make("self", 0);
        mutator.set(object, 0, object);
        set(0);
      };
      for (let count = 0; count < 4; count++) makeSelf();
      expect(generations.counts()).toEqual([4, 0, 0]);
      mutator.poll();
      expect(generations.counts()).toEqual([0, 1, 0]);
      for (let count = 0; count < 4; count++) makeSelf();
      generations.setEnabled(false);
      mutator.poll();
      expect(generations.counts()).toEqual([4, 1, 0]);
      expect(mutator.root(at(0))).toBe(0);
    });
  });

  describe("weak references", () => {
    it("without callback are shared; those with one are not, and all can be listed", () => {
      const { make, weak, at, finalization, mutator, set, manager } = makeRig();
      const object = make("a", 0);
      const shared = weak.create(at(1), at(0));
      const called = weak.create(at(2), at(0), () => {});
      expect(weak.create(at(3), at(0))).toBe(shared);
      expect(referenceCount(manager, shared)).toBe(2);
      expect(finalization.weakReferencesTo(object)).toEqual([shared, called]);
      expect(weak.strengthen(at(4), at(1))).toBe(true);
      expect(mutator.root(at(4))).toBe(object);
      set(2);
      expect(finalization.weakReferencesTo(object)).toEqual([shared]);
      for (const index of [0, 4]) set(index);
      expect(weak.strengthen(at(4), at(1))).toBe(false);
      expect(finalization.targetOf(shared)).toBe(0);
      manager.validate();
    });

    it("call an object that they own", () => {
      const { make, weak, at, finalization, final, set, nameOf, mutator, log } = makeRig();
      finalization.setCallable(final, (callable) =>
        log.push(`call ${nameOf(mutator.root(callable) as Reference)}`),
      );
      make("a", 0);
      make("f", 1, final);
      weak.createWith(at(2), at(0), at(1));
      for (const index of [1, 0, 2]) set(index);
      const seen = log.filter((line) => line !== END_OF_HOLDER);
      expect(seen).toEqual(["end a", "call f", "end f", "end weak reference"]);
    });

    it("are refused to what does not allow them, and under strategies without finalization", () => {
      const { weak, at, manager } = makeRig();
      manager.mutator.allocate(manager.defineType({ name: "plain", visitedSlotCount: 1 }), at(0));
      expect(() => weak.create(at(1), at(0))).toThrow(/allows no weak references/);
      expect(() => weak.create(at(1), at(2))).toThrow(/holds no object/);
      const other = createMemoryManager("mark-sweep", { reservationBytes: 1 << 25 });
      expect(other.weakReferences).toBeUndefined();
      expect(() => other.defineType({ name: "final", finalizer: true })).toThrow(/has a finalizer/);
    });
  });
});

it("The exact strategy asks the detector that it is given, and believes it", () => {
  const seen: number[] = [];
  const { make, mutator, generations, set, liveCount } = makeRigOf(cpythonStrategy, {
    createDetector(options) {
      const exact = createSubtractDetector(options);
      return {
        ...exact,
        name: "watched",
        find(list) {
          seen.push(list.end - list.start);
          return exact.find(list);
        },
      };
    },
  });
  const object = make("self", 0);
  mutator.set(object, 0, object);
  set(0);
  make("other", 1);
  expect(generations.collect(0)).toBe(1);
  expect([seen, liveCount()]).toEqual([[2], 1]);
});
