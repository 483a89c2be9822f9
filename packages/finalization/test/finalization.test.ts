// The steps of a collection, one by one, and what is refused. Death by count has its own model.

import type { Reference, Slot } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { type FinalizationRigOptions, makeFinalizationRig } from "./finalization-rig.js";

function makeRig(options: FinalizationRigOptions = {}) {
  const rig = makeFinalizationRig(parts, options);
  const log: string[] = [];
  const refer = (slot: number, to: number, callback?: () => void): number => {
    const weak = rig.make(rig.weakType, slot);
    rig.finalization.attach(weak as Reference, to as Reference, callback);
    return weak;
  };
  const targetOf = (weak: number): number => rig.finalization.targetOf(weak as Reference);
  /** What a detector would have found. */
  const empty = (found: readonly number[]) => {
    const lived: number[] = [];
    const deadCount = rig.death.emptyWeakReferences(
      (visit) => found.filter((object) => rig.live.has(object)).forEach(visit),
      (object) => found.includes(object),
      (weak) => lived.push(weak),
    );
    return { deadCount, lived };
  };
  return { ...rig, log, refer, targetOf, empty };
}

describe("In a collection", () => {
  it("all weak references to garbage are empty before the first callback is called", () => {
    const rig = makeRig();
    const [one, two] = [rig.make(rig.node, 0), rig.make(rig.node, 1)];
    const look = (name: string) => (): void => {
      rig.log.push(`${name} ${[2, 3, 4].map((slot) => rig.targetOf(rig.rootOf(slot))).join()}`);
    };
    const older = rig.refer(2, one, look("older"));
    const newer = rig.refer(3, one, look("newer"));
    const other = rig.refer(4, two);
    expect(rig.empty([one, two])).toEqual({ deadCount: 0, lived: [newer, older] });
    expect(rig.log).toEqual(["newer 0,0,0", "older 0,0,0"]);
    expect(rig.targetOf(other)).toBe(0);
    rig.validate();
  });

  it("the callback of a weak reference that is garbage itself is never called", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    const weak = rig.refer(1, object, () => rig.log.push("called"));
    expect(rig.empty([object, weak])).toEqual({ deadCount: 0, lived: [] });
    rig.setRoot(1, 0);
    rig.setRoot(0, 0);
    expect(rig.log).toEqual([]);
    rig.validate();
  });

  it("a weak reference that is garbage is emptied, whatever it refers to", () => {
    const rig = makeRig();
    const kept = rig.make(rig.node, 0);
    const weak = rig.refer(1, kept);
    rig.empty([weak]);
    expect(rig.targetOf(weak)).toBe(0);
    expect(rig.finalization.weakReferencesTo(kept as Reference)).toEqual([]);
  });

  it("a weak reference that its callback lets go is counted, and is not told to live on", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    rig.refer(1, object, () => rig.setRoot(1, 0));
    expect(rig.empty([object])).toEqual({ deadCount: 1, lived: [] });
    rig.validate();
  });

  it("a finalizer runs once, and what it throws is reported", () => {
    const rig = makeRig();
    const problem = new Error("a finalizer's own problem");
    rig.finalization.setFinalizer(rig.node, () => {
      throw problem;
    });
    const object = rig.make(rig.node, 0);
    expect([rig.death.finalize(object), rig.death.finalize(object)]).toEqual([true, false]);
    expect(rig.finalization.programErrors).toEqual([problem]);
    expect(rig.finalization.isFinalized(object as Reference)).toBe(true);
    rig.setRoot(0, 0);
    expect(rig.finalization.programErrorCount).toBe(1);
    expect(rig.live.size).toBe(0);
  });

  it("an object is emptied while it is held, so that it dies once, at the end", () => {
    const rig = makeRig();
    const object = rig.make(rig.plain, 0);
    rig.set(object, 0, object);
    rig.set(object, 1, rig.make(rig.plain, 1));
    rig.setRoot(1, 0);
    rig.setRoot(0, 0);
    expect(rig.ends).toEqual([]);
    rig.death.clear(object);
    expect(rig.ends.length).toBe(2);
    expect(rig.ends[1]).toBe(object);
    expect(rig.live.size).toBe(0);
  });
});

it("A weak reference that is used again lets its last callback go", () => {
  const rig = makeRig();
  const object = rig.make(rig.node, 0);
  const weak = rig.make(rig.weakType, 1);
  const callable = rig.make(rig.plain, 2);
  rig.set(weak, 0, callable);
  rig.setRoot(2, 0);
  rig.finalization.attach(weak as Reference, object as Reference);
  rig.empty([object]);
  expect(rig.live.has(callable)).toBe(true);
  rig.finalization.attach(weak as Reference, object as Reference, () => rig.log.push("called"));
  expect(rig.live.has(callable)).toBe(false);
  rig.setRoot(0, 0);
  expect(rig.log).toEqual(["called"]);
  rig.validate();
});

describe("On death by count", () => {
  it("callbacks are out of all weak references before the first runs, and held to the last", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    const callable = rig.make(rig.plain, 1);
    const weaks = [2, 3].map((slot) => {
      const weak = rig.make(rig.weakType, slot);
      rig.set(weak, 0, callable);
      rig.finalization.attach(weak as Reference, object as Reference);
      return weak;
    });
    rig.setRoot(1, 0);
    rig.finalization.setCallable(rig.plain, (self, weak) => {
      const left = weaks.map((each) => rig.words[each + 2]);
      const seen = [rig.words[self], rig.words[callable], weaks.indexOf(rig.words[weak] as number)];
      rig.log.push([...seen, ...left].join());
      rig.validate();
    });
    rig.setRoot(0, 0);
    expect(rig.log).toEqual([`${callable},3,1,0,0`, `${callable},3,0,0,0`]);
    expect(rig.live.has(callable)).toBe(false);
    rig.validate();
  });

  it("a weak reference that waits for its call cannot be given another referent", () => {
    const rig = makeRig();
    const attach = (reference: number, target: number) => (): void =>
      rig.finalization.attach(reference as Reference, target as Reference, () => {});
    for (const dies of ["by count", "in a collection"]) {
      const object = rig.make(rig.node, 0);
      const other = rig.make(rig.node, 1);
      const older = rig.refer(2, object, () => {});
      rig.refer(3, object, () => {
        expect(attach(older, other)).toThrow(/is being called back/);
        rig.log.push(dies);
      });
      if (dies === "by count") rig.setRoot(0, 0);
      else rig.empty([object]);
      attach(older, other)();
      expect(rig.targetOf(older)).toBe(other);
    }
    expect(rig.log).toEqual(["by count", "in a collection"]);
    rig.validate();
  });
});

describe("Weak references", () => {
  it("without callback are one for each object; others come behind it, the newest first", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0) as Reference;
    const [first, second] = [rig.refer(1, object, () => {}), rig.refer(2, object, () => {})];
    const shared = rig.refer(3, object);
    expect(rig.finalization.sharedWeakReference(object)).toBe(shared);
    expect(rig.finalization.weakReferencesTo(object)).toEqual([shared, second, first]);
    expect(() => rig.refer(4, object)).toThrow(/has a weak reference without callback/);
  });

  it("are refused for what allows none, and for what is none", () => {
    const rig = makeRig();
    const plain = rig.make(rig.plain, 0);
    const node = rig.make(rig.node, 1);
    expect(() => rig.refer(2, plain)).toThrow(/type "plain" allows no weak references/);
    expect(() => rig.finalization.attach(plain as Reference, node as Reference)).toThrow(
      /is no weak reference/,
    );
    const weak = rig.refer(3, node) as Reference;
    expect(() => rig.finalization.attach(weak, node as Reference)).toThrow(/refers to something/);
    expect(() => rig.finalization.setFinalizer(rig.plain, () => {})).toThrow(/has no finalizer/);
  });

  it("give nobody an object that is about to die", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    const shared = rig.refer(1, object);
    rig.refer(2, object, () => rig.log.push(`shared ${rig.targetOf(shared)}`));
    rig.setRoot(0, 0);
    expect(rig.log).toEqual(["shared 0"]);
  });

  it("whose head is gone, or said by no header, are found broken", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    rig.refer(1, object);
    const header = rig.words[object + 1] as number;
    rig.words[object + 1] = header & 0xffff;
    expect(() => rig.validate()).toThrow(`object at word ${object} is broken`);
    rig.words[object + 1] = header;
    rig.validate();
  });
});

it("Program code without room for its slots is skipped, reported, and nothing leaks", () => {
  const rig = makeRig({ frameSlotLimitCount: 8 }); // the frame of the tests alone
  let callCount = 0;
  rig.finalization.setFinalizer(rig.node, () => callCount++);
  const object = rig.make(rig.node, 0);
  rig.refer(1, object, () => callCount++);
  rig.setRoot(0, 0);
  expect([callCount, rig.finalization.programErrorCount]).toEqual([0, 2]);
  expect(rig.targetOf(rig.rootOf(1))).toBe(0);
  expect(rig.live.size).toBe(1);
  rig.validate();
});

it("What program code leaves in its slots, and in frames it forgets, is released", () => {
  const rig = makeRig();
  rig.finalization.setFinalizer(rig.node, (slot: Slot) => {
    const top = rig.words[rig.roots.topWord] as number;
    rig.words[rig.roots.topWord] = top + 2;
    rig.words.fill(0, top, top + 2);
    rig.write(top, rig.rootOf(1));
    expect(slot).toBe(top - 1);
  });
  rig.make(rig.plain, 1);
  rig.make(rig.node, 0);
  rig.setRoot(0, 0);
  rig.validate();
  rig.setRoot(1, 0);
  expect(rig.live.size).toBe(0);
});
