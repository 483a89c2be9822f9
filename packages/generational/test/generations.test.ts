// One rule a test. What a whole preset does with finalizers and weak references is tested where it
// is put together; here the steps of a collection are the test's own.

import { EVENT_COLLECTION_END, EVENT_COLLECTION_START } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeGenerationsRig, type RigOptions } from "./generations-rig.js";

const makeRig = (options: RigOptions = {}) => makeGenerationsRig(parts, options);

/** Two nodes that hold each other; the first of them. */
function makeRing(rig: ReturnType<typeof makeRig>): number {
  const [one, other] = [rig.make(), rig.make()];
  rig.store(one, 0, other);
  rig.store(other, 0, one);
  rig.release(other);
  return one;
}

describe("A collection", () => {
  it("is due when the count is strictly greater than the threshold, and comes at a poll", () => {
    const rig = makeRig({ thresholds: { young: 2, middle: 10, old: 10 } });
    for (const expected of [0, 0, 1]) {
      rig.make();
      expect(rig.generations.statistics()[0]?.collections).toBe(0);
      rig.collector.poll();
      expect(rig.generations.statistics()[0]?.collections).toBe(expected);
    }
  });

  it("is never due with a threshold of 0, and comes when it is asked for", () => {
    const rig = makeRig({ thresholds: { young: 0, middle: 0, old: 0 } });
    for (let count = 0; count < 50; count++) rig.make();
    rig.collector.poll();
    expect(rig.generations.statistics()[0]?.collections).toBe(0);
    expect(rig.generations.counts()).toEqual([50, 0, 0]);
    expect(rig.generations.collect(0)).toBe(0);
    expect(rig.generations.counts()).toEqual([0, 1, 0]);
  });

  it("that was requested does not come after a disable", () => {
    const rig = makeRig({ thresholds: { young: 1, middle: 10, old: 10 } });
    for (let count = 0; count < 3; count++) rig.make();
    rig.generations.setEnabled(false);
    rig.collector.poll();
    rig.generations.setEnabled(true);
    rig.collector.poll();
    expect(rig.generations.statistics()[0]?.collections).toBe(0);
  });

  it("of everything waits for a quarter of new survivors, unless it is asked for", () => {
    const rig = makeRig({ thresholds: { young: 1, middle: 0, old: 0 } });
    rig.generations.setEnabled(false);
    for (let count = 0; count < 40; count++) rig.make();
    rig.generations.collect(2);
    expect(rig.generations.longLived()).toEqual({ totalCount: 40, pendingCount: 0 });
    for (let count = 0; count < 9; count++) rig.make();
    rig.generations.collect(1);
    rig.generations.setEnabled(true);
    const collectNext = (): number[] => {
      for (let count = 0; count < 3; count++) rig.release(rig.make());
      for (let count = 0; count < 2; count++) rig.make();
      rig.collector.poll();
      return rig.generations.statistics().map(({ collections }) => collections);
    };
    expect(rig.generations.longLived().pendingCount).toBe(9);
    rig.generations.collect(0);
    expect(collectNext()).toEqual([1, 2, 1]); // due are 1 and 2; 9 is less than 40 / 4
    expect(rig.generations.longLived().pendingCount).toBe(11);
    rig.generations.collect(0);
    expect(collectNext()).toEqual([2, 2, 2]);
  });

  it("answers 0 and does nothing inside another one, however that ends", () => {
    const answers: number[] = [];
    const rig = makeRig({
      death: {
        finalize() {
          answers.push(rig.generations.collect(2), rig.collector.collect(2).examinedCount);
          return false;
        },
      },
    });
    rig.generations.callbacks.push(() => answers.push(rig.generations.collect(0)));
    rig.release(makeRing(rig));
    expect(rig.generations.collect(2)).toBe(2);
    expect(answers).toEqual([0, 0, 0, 0, 0, 0]);
    expect(rig.generations.isCollecting()).toBe(false);
    expect(rig.generations.statistics()[2]?.collections).toBe(1);
  });

  it("that the detector refuses loses no object, and can be tried again", () => {
    const rig = makeRig();
    const ring = makeRing(rig);
    const young = rig.make();
    rig.generations.collect(0);
    const fresh = rig.make();
    rig.words[ring] = 0;
    expect(() => rig.generations.collect(1)).toThrow(/more references than its count/);
    rig.words[ring] = 2;
    rig.validate();
    expect(rig.generations.isCollecting()).toBe(false);
    expect(new Set(rig.listOf(1))).toEqual(
      new Set([ring, ...rig.referencesOf(ring), young, fresh]),
    );
    expect(rig.generations.collect(2)).toBe(0);
  });

  it("calls weak references' step, then finalizers, looks again, and empties the rest", () => {
    const log: string[] = [];
    const rig = makeRig({
      death: {
        emptyWeakReferences(walkFound) {
          walkFound((object) => log.push(`empty ${nameOf(object)}`));
          return 0;
        },
        finalize(object) {
          log.push(`finalize ${nameOf(object)}`);
          if (nameOf(object) === "kept") rig.words[object] = (rig.words[object] as number) + 1;
          return true;
        },
      },
    });
    const kept = makeRing(rig);
    const lost = makeRing(rig);
    const names = new Map([
      [kept, "kept"],
      [lost, "lost"],
    ]);
    const nameOf = (object: number): string => names.get(object) ?? "other";
    rig.release(kept);
    rig.release(lost);
    const collection = rig.collector.collect(0);
    expect(log).toEqual([
      ...["empty kept", "empty other", "empty lost", "empty other"],
      ...["finalize kept", "finalize other", "finalize lost", "finalize other"],
    ]);
    expect(collection).toMatchObject({ resurrectedCount: 2, reclaimedCount: 2, examinedCount: 4 });
    expect(rig.listOf(1)).toEqual([kept, ...rig.referencesOf(kept)]);
    rig.validate();
  });

  it("empties weak references once more, where that is asked for, after the second look", () => {
    for (const emptiesWeakReferencesAgain of [false, true]) {
      let callCount = 0;
      const rig = makeRig({
        emptiesWeakReferencesAgain,
        death: { emptyWeakReferences: () => callCount++ * 0 },
      });
      rig.release(makeRing(rig));
      rig.generations.collect(2);
      expect(callCount).toBe(emptiesWeakReferencesAgain ? 2 : 1);
    }
  });

  it("does not count, nor touch again, what died by its count meanwhile", () => {
    const rig = makeRig({
      death: {
        finalize(object) {
          rig.store(object, 0, 0);
          return true;
        },
      },
    });
    rig.release(makeRing(rig));
    expect(rig.generations.collect(2)).toBe(0);
    expect(rig.live.size).toBe(0);
    rig.validate();
  });

  it("calls back before and after, in order, also callbacks that come while it calls", () => {
    const rig = makeRig();
    const calls: unknown[] = [];
    const late = (phase: string): void => void calls.push(`late ${phase}`);
    rig.generations.callbacks.push(
      (phase, info) => calls.push([phase, info]),
      () => {
        throw new Error("a callback's own problem");
      },
      (phase) => {
        if (phase === "start") rig.generations.callbacks.push(late);
      },
    );
    rig.release(makeRing(rig));
    expect(rig.generations.collect(1)).toBe(2);
    expect(calls).toEqual([
      ["start", { generation: 1, collected: 0, uncollectable: 0 }],
      "late start",
      ["stop", { generation: 1, collected: 2, uncollectable: 0 }],
      "late stop",
    ]);
    expect(rig.errors.length).toBe(2);
  });

  it("keeps what it found, where a debugger wants it saved, in the next generation", () => {
    const rig = makeRig();
    const saved: number[] = [];
    const found: number[] = [];
    rig.generations.setDebugging({
      savesAll: true,
      onSaved: (object) => saved.push(object),
      onCollectable: (object) => found.push(object),
    });
    const ring = makeRing(rig);
    rig.release(ring);
    expect(rig.generations.collect(0)).toBe(2);
    expect(saved).toEqual([ring, ...rig.referencesOf(ring)]);
    expect(found).toEqual(saved);
    expect(rig.listOf(1)).toEqual(saved);
    rig.generations.setDebugging(undefined);
    expect(rig.generations.collect(1)).toBe(2);
    expect(rig.live.size).toBe(0);
    rig.validate();
  });

  it("tells an observer, whose errors change nothing", () => {
    const events: number[][] = [];
    const rig = makeRig({
      observer: {
        wants: [EVENT_COLLECTION_START, EVENT_COLLECTION_END],
        event(code, ...rest) {
          events.push([code, ...rest]);
          throw new Error("an observer's own problem");
        },
      },
    });
    rig.release(makeRing(rig));
    expect(rig.generations.collect(0)).toBe(2);
    expect(events).toEqual([
      [EVENT_COLLECTION_START, 0, 2, 0],
      [EVENT_COLLECTION_END, 0, 2, 0],
    ]);
    expect(rig.errors.length).toBe(2);
  });
});

describe("Generations", () => {
  it("refuse thresholds and generations that are none", () => {
    const { generations } = makeRig();
    expect(() => generations.setThresholds({ young: -1, middle: 1, old: 1 })).toThrow(/young -1/);
    expect(() => generations.collect(3)).toThrow(/generation 3/);
    expect(() => generations.collect(0.5)).toThrow(/generation 0.5/);
  });

  it("take a frozen object for a root", () => {
    const rig = makeRig();
    const ring = makeRing(rig);
    const other = rig.make();
    rig.store(ring, 1, other);
    rig.release(other);
    rig.generations.freeze();
    rig.release(ring);
    expect(rig.generations.collect(2)).toBe(0);
    expect(rig.live.size).toBe(3);
    rig.generations.unfreeze();
    expect(rig.generations.collect(1)).toBe(0);
    expect(rig.generations.collect(2)).toBe(3);
    expect(rig.live.size).toBe(0);
  });

  it("say which word of their state cannot be", () => {
    const rig = makeRig();
    const state = rig.words.indexOf(2000);
    rig.words[state - 3] = -1;
    expect(() => rig.collector.validate()).toThrow(/word 0 is -1/);
  });
});

describe("A trigger by growth", () => {
  it("is due above its limit, which each collection sets anew", () => {
    let liveBytes = 0;
    const trigger = parts.createGrowthTrigger({ liveBytes: () => liveBytes, startBytes: 1000 });
    const dueAt = (bytes: number): number => {
      liveBytes = bytes;
      return trigger.due(0);
    };
    expect([dueAt(1000), dueAt(1001)]).toEqual([-1, 0]);
    liveBytes = 2000;
    trigger.done(makeRig().collector.collect(0));
    expect([trigger.limitBytes(), dueAt(3000), dueAt(3001)]).toEqual([3000, -1, 0]);
    liveBytes = 10;
    trigger.done(makeRig().collector.collect(0));
    expect(trigger.limitBytes()).toBe(1000);
  });
});
