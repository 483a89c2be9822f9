// Program code around a death: who is told of it, what it may rely on, and what becomes of what it
// throws.

import {
  EVENT_CALLBACK_RUN,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_RESURRECT,
  EVENT_WEAK_REFERENCE_CLEAR,
  isOuroError,
  type Reference,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeFinalizationRig } from "./finalization-rig.js";

type Rig = ReturnType<typeof makeFinalizationRig>;

function makeRig(options: Parameters<typeof makeFinalizationRig>[1] = {}) {
  return makeFinalizationRig(parts, options);
}

function refer(rig: Rig, slot: number, to: number, callback?: () => void): number {
  const weak = rig.make(rig.weakType, slot);
  rig.finalization.attach(weak as Reference, to as Reference, callback);
  return weak;
}

/** Empties the weak references to and among what a detector would have found. */
function empty(rig: Rig, found: readonly number[], onCalled: (weak: number) => void = () => {}) {
  const walk = (visit: (object: number) => void): void => found.forEach((each) => void visit(each));
  return rig.death.emptyWeakReferences(walk, (object) => found.includes(object), onCalled);
}

describe("An observer", () => {
  function makeObserved() {
    const events: number[][] = [];
    const rig = makeRig({ observer: { event: (...event) => void events.push(event) } });
    return { ...rig, events };
  }

  it("is told of finalizers, weak references that are emptied and callbacks, in order", () => {
    const rig = makeObserved();
    rig.finalization.setFinalizer(rig.node, () => rig.events.push([0]));
    const object = rig.make(rig.node, 0);
    const called = refer(rig, 1, object, () => rig.events.push([1]));
    const silent = refer(rig, 2, object);
    rig.setRoot(0, 0);
    expect(rig.events).toEqual([
      [EVENT_FINALIZER_RUN, object, rig.node, 0],
      [0],
      [EVENT_WEAK_REFERENCE_CLEAR, silent, object, 0],
      [EVENT_WEAK_REFERENCE_CLEAR, called, object, 0],
      [EVENT_CALLBACK_RUN, called, 0, 0],
      [1],
    ]);
  });

  it("is told of what a finalizer made reachable again, and of what is emptied", () => {
    const rig = makeObserved();
    const object = rig.make(rig.node, 0);
    rig.finalization.setFinalizer(rig.node, () => rig.setRoot(1, object));
    rig.setRoot(0, 0);
    rig.death.clear(object);
    expect(rig.events).toEqual([
      [EVENT_FINALIZER_RUN, object, rig.node, 0],
      [EVENT_OBJECT_RESURRECT, object, rig.node, 0],
      [EVENT_OBJECT_CLEAR, object, rig.node, 0],
    ]);
  });

  it("is told only of the events that it asked for", () => {
    const events: number[][] = [];
    const event = (...told: number[]): void => void events.push(told);
    const rig = makeRig({ observer: { wants: [EVENT_OBJECT_CLEAR], event } });
    const object = rig.make(rig.node, 0);
    refer(rig, 1, object, () => {});
    rig.death.clear(object);
    rig.setRoot(0, 0);
    expect(events).toEqual([[EVENT_OBJECT_CLEAR, object, rig.node, 0]]);
  });
});

describe("Errors of program code", () => {
  it("are told to the reporter with the kind of code that threw, even if it throws itself", () => {
    const problem = new Error("the program's own problem");
    const fail = (): never => {
      throw problem;
    };
    const rig = makeRig({ observer: { wants: [EVENT_OBJECT_CLEAR], event: fail } });
    const told: unknown[] = [];
    rig.finalization.setErrorReporter((...error) => {
      told.push(error);
      fail();
    });
    rig.finalization.setFinalizer(rig.node, fail);
    rig.finalization.setCallable(rig.plain, fail);
    const object = rig.make(rig.node, 0);
    refer(rig, 1, object, fail);
    const weak = rig.make(rig.weakType, 2);
    rig.set(weak, 0, rig.make(rig.plain, 3));
    rig.finalization.attach(weak as Reference, object as Reference);
    rig.death.clear(rig.rootOf(3));
    rig.setRoot(0, 0);
    rig.call(fail, "collection callback");
    const sources = ["observer", "finalizer", "weak callback", "weak callback"];
    expect(told).toEqual([...sources, "collection callback"].map((source) => [problem, source]));
    expect(rig.finalization.programErrorCount).toBe(5);
    expect(rig.finalization.programErrors).toEqual([]);
  });

  it("are kept without a reporter, the first 16 of them, and all counted", () => {
    const rig = makeRig();
    for (let number = 0; number < 20; number++) {
      rig.call(() => {
        throw number;
      }, "observer");
    }
    expect(rig.finalization.programErrors).toEqual(Array.from({ length: 16 }, (_, each) => each));
    expect(rig.finalization.programErrorCount).toBe(20);
  });

  it("say how much room for frames was missing, of what, and how to have more", () => {
    const rig = makeRig({ frameSlotLimitCount: 9 });
    rig.finalization.setFinalizer(rig.node, () => {});
    const object = rig.make(rig.node, 0);
    refer(rig, 1, object, () => {});
    rig.setRoot(0, 0);
    const [finalizer, callback] = rig.finalization.programErrors as Error[];
    expect(isOuroError(finalizer, "out-of-memory")).toBe(true);
    expect(finalizer).toMatchObject({ requestBytes: 4, lentBytes: 36, limitBytes: 36 });
    expect(finalizer?.message).toMatch(/^call of a finalizer \(frameSlotLimitCount sets the room/);
    expect(callback).toMatchObject({ requestBytes: 16, lentBytes: 36, limitBytes: 36 });
    expect(callback?.message).toMatch(/^call of a weak callback \(/);
  });
});

describe("Room for frames", () => {
  it("is enough to the last slot: 1 for a finalizer, 4 for callbacks, 3 in a collection", () => {
    const rooms = [
      { slots: 1, dies: (rig: Rig) => rig.setRoot(0, 0) },
      { slots: 1, dies: (rig: Rig) => void rig.death.finalize(rig.rootOf(0)) },
      { slots: 4, dies: (rig: Rig) => rig.setRoot(2, 0) },
      { slots: 3, dies: (rig: Rig) => void empty(rig, [rig.rootOf(2)]) },
    ];
    for (const { slots, dies } of rooms) {
      const called = [slots, slots - 1].map((room) => {
        const rig = makeRig({ frameSlotLimitCount: 9 + room });
        let calls = 0;
        rig.finalization.setFinalizer(rig.node, () => calls++);
        rig.make(rig.node, 0);
        rig.make(rig.other, 2);
        refer(rig, 3, rig.rootOf(2), () => calls++);
        dies(rig);
        expect(rig.finalization.programErrorCount).toBe(1 - calls);
        rig.validate();
        return calls;
      });
      expect(called, `${slots} slots`).toEqual([1, 0]);
    }
  });

  it("is missing for a finalizer: it counts as run, in a collection as well", () => {
    const rig = makeRig({ frameSlotLimitCount: 9 });
    rig.finalization.setFinalizer(rig.node, () => {});
    const object = rig.make(rig.node, 0) as Reference;
    expect(rig.death.finalize(object)).toBe(false);
    expect(rig.finalization.isFinalized(object)).toBe(true);
    expect(rig.typeOf(object)).toBe(rig.node);
    expect(rig.finalization.programErrors.map(String)).toEqual([
      expect.stringContaining("call of a finalizer ("),
    ]);
    rig.setRoot(0, 0);
    expect(rig.finalization.programErrorCount).toBe(1);
    expect(rig.live.size).toBe(0);
  });

  it("is missing to hold what is emptied: it dies by the last of its slots all the same", () => {
    const rig = makeRig({ frameSlotLimitCount: 9 });
    const object = rig.make(rig.plain, 0);
    rig.set(object, 0, object);
    rig.setRoot(0, 0);
    rig.death.clear(object);
    expect(rig.ends).toEqual([object]);
    expect(String(rig.finalization.programErrors[0])).toContain("call of a finalizer (");
    rig.validate();
  });

  it("is missing for callbacks: an empty weak reference keeps its own, waiting for nothing", () => {
    const rig = makeRig({ frameSlotLimitCount: 9 });
    const [one, two] = [rig.make(rig.node, 0), rig.make(rig.node, 1)];
    const weaks = [refer(rig, 2, one, () => {}), refer(rig, 3, two, () => {})];
    const called: number[] = [];
    expect(empty(rig, [one, two], (weak) => called.push(weak))).toBe(0);
    expect(called).toEqual([]);
    for (const error of rig.finalization.programErrors) {
      expect(String(error)).toContain("call of a weak callback (");
    }
    expect(weaks.map((weak) => rig.targetOf(weak))).toEqual([0, 0]);
    rig.finalization.attach(weaks[0] as Reference, one as Reference);
    expect(rig.targetOf(weaks[0] as number)).toBe(one);
  });
});

it("Program code finds its slots empty, and leaves alone what lies above them", () => {
  const rig = makeRig();
  const stale = rig.make(rig.plain, 1);
  const seen: unknown[] = [];
  const look = (slot: number): void => void seen.push(rig.words[slot + 1]);
  rig.finalization.setFinalizer(rig.node, () => {});
  const top = rig.words[rig.roots.topWord] as number;
  const dies: (() => void)[] = [
    () => rig.setRoot(0, 0),
    () => void rig.death.finalize(rig.rootOf(0)),
    () => void empty(rig, [rig.rootOf(0)]),
    () => rig.death.clear(rig.rootOf(0)),
  ];
  for (const die of dies) {
    const object = rig.make(rig.node, 0);
    rig.finalization.attach(rig.make(rig.weakType, 2) as Reference, object as Reference, look);
    rig.words.fill(stale, top, top + 8);
    die();
    expect(rig.words[stale]).toBe(1);
    rig.validate();
  }
  // A host function for callback takes one of two slots.
  expect(seen).toEqual([0, 0, 0]);
});

it("An object in a collection's finalizer is not taken for one that died by its count", () => {
  const rig = makeRig();
  const seen: boolean[] = [];
  rig.finalization.setFinalizer(rig.node, (slot) => {
    seen.push(rig.finalization.isFinalized(rig.words[slot] as Reference));
  });
  rig.make(rig.node, 0);
  rig.setRoot(0, 0);
  rig.death.finalize(rig.make(rig.node, 0));
  expect(seen).toEqual([false, true]);
});

it("Program code is said to be called while it is, however it ends", () => {
  const rig = makeRig();
  const seen: boolean[] = [];
  const look = (): void => void seen.push(rig.isCalling());
  look();
  rig.call(() => rig.call(look, "observer"), "observer");
  rig.call(() => {
    look();
    throw new Error("the program's own problem");
  }, "observer");
  look();
  expect(seen).toEqual([false, true, true, false]);
});

it("An object is said to be finalized while it dies in a collection, not by its count", () => {
  const rig = makeRig();
  const seen: boolean[] = [];
  const object = rig.make(rig.node, 0);
  const other = rig.make(rig.node, 1);
  const before = rig.make(rig.node, 3);
  rig.finalization.setFinalizer(rig.node, () => {});
  rig.death.finalize(before);
  rig.finalization.setFinalizer(rig.node, () => {
    seen.push(rig.finalization.isFinalized(object as Reference));
    expect(rig.finalization.isFinalized(before as Reference)).toBe(true);
    rig.setRoot(2, object);
  });
  seen.push(rig.finalization.isFinalized(object as Reference));
  rig.setRoot(0, 0);
  seen.push(rig.finalization.isFinalized(object as Reference));
  rig.death.finalize(other);
  expect(seen).toEqual([false, false, true, true]);
});

it("An object whose finalizer gives it away, and takes it back, is ended once", () => {
  const rig = makeRig();
  rig.finalization.setFinalizer(rig.node, (slot) => {
    rig.write(slot, 0);
  });
  const object = rig.make(rig.node, 0);
  rig.setRoot(0, 0);
  expect(rig.ends).toEqual([object]);
  rig.validate();
});

describe("What a detector watches", () => {
  it("holds an object in generation 0 while its finalizer runs, and not when it is dead", () => {
    const rig = makeRig();
    const object = rig.make(rig.node, 0);
    rig.tracked.set(object, 2);
    const seen: unknown[] = [];
    rig.finalization.setFinalizer(rig.node, () => seen.push(rig.tracked.get(object)));
    rig.setRoot(0, 0);
    expect(seen).toEqual([0]);
    expect(rig.tracked.has(object)).toBe(false);
  });

  it("never holds an object of a type that it does not watch", () => {
    const rig = makeRig();
    const object = rig.make(rig.unwatched, 0);
    rig.tracked.delete(object);
    const seen: unknown[] = [];
    rig.finalization.setFinalizer(rig.unwatched, () => seen.push(rig.tracked.has(object)));
    rig.setRoot(0, 0);
    expect(seen).toEqual([false]);
    expect(rig.ends).toEqual([object]);
  });
});
