// When a collection is due: triggers by what they are told, and generations by the trigger that
// they are given.

import { type Collection, isOuroError, type Trigger } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeGenerationsRig } from "./generations-rig.js";

const NOT_DUE = -1;

function collectionOf(examinedCount: number, reclaimedCount: number): Collection {
  const counts = { promotedCount: 0, reclaimedBytes: 0, resurrectedCount: 0 };
  return { generation: 0, examinedCount, reclaimedCount, ...counts, uncollectableCount: 0 };
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error, "usage")) return error.message;
    throw error;
  }
  return "";
}

describe("A trigger by candidates", () => {
  it.each([
    // least, then what was examined and reclaimed, and the threshold after it
    ["stays at its least when all was garbage", 100, [[300, 300]], 100],
    ["goes up by half when nothing was", 100, [[10_000, 0]], 2_500],
    ["goes up to a quarter of what was in vain", 100, [[1_000, 0]], 250],
    ["goes up by half where a quarter is less", 100, [[400, 0]], 150],
    ["goes up no further than what was in vain", 100, [[120, 0]], 120],
    ["rounds up on its way up", 101, [[400, 100]], 152],
    ["comes down by a third when half was garbage", 100, [...rise(), [9_000, 4_500]], 1_666],
    ["goes up when less than half was", 100, [...rise(), [9_000, 4_499]], 3_750],
    ["comes down no lower than a quarter of the vain", 100, [...rise(), [16_000, 8_000]], 2_000],
    ["rounds that quarter up", 100, [[1_001, 0]], 251],
    ["comes down at once to what was in vain", 100, [...rise(), [400, 200]], 200],
    ["takes more reclaimed than examined for all of it", 100, [...rise(), [10, 50]], 100],
  ])("%s", (_name, leastCount, collections, threshold) => {
    const trigger = parts.createCandidateTrigger({ leastCount });
    for (const [examined = 0, reclaimed = 0] of collections) {
      trigger.done(collectionOf(examined, reclaimed));
    }
    expect(trigger.threshold()).toBe(threshold);
    expect([trigger.due(threshold), trigger.due(threshold + 1)]).toEqual([NOT_DUE, 0]);
  });

  /** To a threshold of 2500. */
  function rise(): number[][] {
    return [[10_000, 0]];
  }

  it("has a name and a least count, and refuses one that is none", () => {
    const trigger = parts.createCandidateTrigger();
    expect([trigger.name, trigger.threshold()]).toEqual(["candidates", 2000]);
    for (const leastCount of [-1, 0.5, 0x40000000]) {
      const message = messageOf(() => parts.createCandidateTrigger({ leastCount }));
      expect(message).toMatch(/^createCandidateTrigger: leastCount /);
    }
    expect(parts.createCandidateTrigger({ leastCount: 0x3fffffff }).threshold()).toBe(0x3fffffff);
  });
});

describe("A trigger by growth", () => {
  const makeTrigger = (options: Partial<parts.GrowthTriggerOptions>, bytes = { live: 0 }) =>
    parts.createGrowthTrigger({ liveBytes: () => bytes.live, ...options });

  it("has a name, a start and a factor, which round down", () => {
    const bytes = { live: (256 << 10) + 1 };
    const trigger = makeTrigger({}, bytes);
    expect([trigger.name, trigger.limitBytes(), trigger.due(0)]).toEqual(["growth", 256 << 10, 0]);
    trigger.done(collectionOf(0, 0));
    expect(trigger.limitBytes()).toBe(Math.floor(bytes.live * 1.5));
  });

  it("names the generation that is due", () => {
    const bytes = { live: 11 };
    const trigger = makeTrigger({ startBytes: 10, generation: 2, growthFactor: 3 }, bytes);
    expect(trigger.due(0)).toBe(2);
    trigger.done(collectionOf(0, 0));
    expect([trigger.due(0), trigger.limitBytes()]).toEqual([NOT_DUE, 33]);
  });

  it("refuses a start and a factor that are none, and says what it would take", () => {
    expect(messageOf(() => makeTrigger({ startBytes: -1 }))).toMatch(
      /^createGrowthTrigger: startBytes -1 /,
    );
    for (const growthFactor of [1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(messageOf(() => makeTrigger({ growthFactor }))).toBe(
        `createGrowthTrigger: growthFactor ${growthFactor} is not a number above 1. ` +
          "Give one: 1.5 lets memory grow by half between two collections",
      );
    }
    expect(makeTrigger({ startBytes: 0, growthFactor: 1.001 }).limitBytes()).toBe(0);
  });
});

describe("Generations", () => {
  /** Generations with a trigger that says what it is told to, and notes what it is told. */
  function makeTriggered(due: number, options: Parameters<typeof makeGenerationsRig>[1] = {}) {
    const told: unknown[] = [];
    const trigger: Trigger = {
      name: "told",
      due(netCount) {
        told.push(netCount);
        return due;
      },
      done: (collection) => void told.push(collection),
    };
    return { ...makeGenerationsRig(parts, { ...options, trigger }), told };
  }

  it("ask the trigger once for each request, with what was born less what died", () => {
    const rig = makeTriggered(NOT_DUE);
    rig.make();
    rig.release(rig.make());
    rig.make();
    rig.collector.poll();
    expect(rig.told).toEqual([]);
    rig.collector.request();
    rig.collector.poll();
    rig.collector.poll();
    expect(rig.told).toEqual([2]);
  });

  it("collect what the trigger says, and tell it what was done", () => {
    const rig = makeTriggered(1);
    const [kept, lost] = [rig.make(), rig.make()];
    rig.store(lost, 0, lost);
    rig.release(lost);
    rig.collector.request();
    rig.collector.poll();
    const collection = {
      generation: 1,
      examinedCount: 2,
      promotedCount: 1,
      reclaimedCount: 1,
      reclaimedBytes: 32,
      resurrectedCount: 0,
      uncollectableCount: 0,
    };
    expect(rig.told).toEqual([2, collection]);
    expect(rig.generations.generationOf(kept as never)).toBe(2);
    expect(rig.generations.counts()).toEqual([0, 0, 1]);
  });

  it("answer a collection within another with one that did nothing", () => {
    const answers: Collection[] = [];
    const rig = makeTriggered(NOT_DUE, {
      death: {
        finalize() {
          answers.push(rig.collector.collect(2));
          return false;
        },
      },
    });
    const lost = rig.make();
    rig.store(lost, 0, lost);
    rig.release(lost);
    expect(rig.collector.collect(0).reclaimedCount).toBe(1);
    expect(answers).toEqual([{ ...collectionOf(0, 0), generation: 2 }]);
    expect(rig.told.length).toBe(1);
    expect(rig.collector.collect(0)).toMatchObject({ reclaimedCount: 0, reclaimedBytes: 0 });
  });

  it("take no request while they are off or collect, and ask nobody for one from before", () => {
    const rig = makeTriggered(0, {
      death: {
        finalize() {
          rig.collector.request();
          return false;
        },
      },
    });
    rig.generations.setEnabled(false);
    rig.collector.request();
    rig.generations.setEnabled(true);
    const lost = rig.make();
    rig.store(lost, 0, lost);
    rig.release(lost);
    rig.generations.collect(0);
    rig.told.length = 0;
    rig.collector.poll();
    expect(rig.told).toEqual([]);
  });

  it("of which there is one collect nothing but that, and promote nobody", () => {
    const rig = makeTriggered(0, { oldestGeneration: 0 });
    const object = rig.make();
    expect(rig.generations.collect(0)).toBe(0);
    expect(rig.generations.collect(0)).toBe(0);
    expect(rig.generations.generationOf(object as never)).toBe(0);
    expect(rig.generations.counts()).toEqual([0, 0, 0]);
    expect(messageOf(() => rig.generations.collect(1))).toMatch(/^collect: generation 1 /);
    expect(messageOf(() => rig.collector.collect(1))).toMatch(/^collect: generation 1 /);
    rig.generations.freeze();
    rig.generations.unfreeze();
    expect(rig.listOf(0)).toEqual([object]);
  });

  it("begin with CPython's thresholds, on, and with nothing counted", () => {
    const { generations } = makeGenerationsRig(parts);
    expect(generations.thresholds()).toEqual({ young: 2000, middle: 10, old: 10 });
    expect(Object.isFrozen(parts.DEFAULT_THRESHOLDS)).toBe(true);
    expect(generations.isEnabled()).toBe(true);
    expect(generations.counts()).toEqual([0, 0, 0]);
    expect(generations.oldestGeneration).toBe(2);
    const none = { collections: 0, collected: 0, uncollectable: 0 };
    expect(generations.statistics()).toEqual([none, none, none]);
    generations.setEnabled(false);
    expect(generations.isEnabled()).toBe(false);
  });

  it("refuse a threshold that is none, with its name, and keep those they had", () => {
    const { generations } = makeGenerationsRig(parts);
    const good = { young: 1, middle: 2, old: 3 };
    generations.setThresholds(good);
    for (const name of ["young", "middle", "old"] as const) {
      for (const value of [-1, 0.5, 0x80000000]) {
        const message = messageOf(() => generations.setThresholds({ ...good, [name]: value }));
        expect(message).toMatch(new RegExp(`^setThresholds: ${name} ${value} `));
      }
    }
    expect(generations.thresholds()).toEqual(good);
    const most = { young: 0x7fffffff, middle: 0x7fffffff, old: 0x7fffffff };
    generations.setThresholds(most);
    expect(generations.thresholds()).toEqual(most);
  });

  it("forget counts and requests when an image was restored", () => {
    const rig = makeTriggered(0);
    rig.make();
    rig.generations.collect(0);
    rig.generations.collect(1);
    rig.make();
    rig.collector.request();
    rig.collector.reset();
    rig.collector.poll();
    expect(rig.generations.counts()).toEqual([0, 0, 0]);
    expect(rig.told.filter((each) => typeof each === "number")).toEqual([]);
  });

  it("count deaths no further than to nothing", () => {
    const rig = makeGenerationsRig(parts);
    rig.make();
    rig.collector.noteDeath(5);
    expect(rig.generations.counts()[0]).toBe(0);
    rig.make();
    expect(rig.generations.counts()[0]).toBe(1);
  });

  it("find each word of their state that cannot be, and say which", () => {
    const rig = makeGenerationsRig(parts);
    const start = rig.words.indexOf(2000) - 3;
    for (let word = 0; word < parts.GENERATIONS_STATE_WORDS; word++) {
      const before = rig.words[start + word] as number;
      rig.words[start + word] = -1;
      expect(() => rig.collector.validate()).toThrow(
        `generations at word ${start} is broken: word ${word} is -1, and none is below 0. `,
      );
      rig.words[start + word] = 2;
      const isFlag = word >= 6 && word <= 8;
      if (isFlag) {
        const problem = `word ${word} is 2, and is 0 or 1. `;
        expect(() => rig.collector.validate()).toThrow(problem);
      } else rig.collector.validate();
      rig.words[start + word] = before;
    }
  });
});
