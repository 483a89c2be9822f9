// Who is told of a collection: callbacks, a debugger's hooks and an observer, in which order, and
// what it means that one of them held on to what it was told of.

import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_UNREACHABLE,
  EVENT_THRESHOLD_EXCEED,
  EVENT_WEAK_REFERENCE_CLEAR,
  type EventCode,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { CALLBACKS, changesCallbacks } from "./changed-callbacks.js";
import { makeGenerationsRig, type RigOptions } from "./generations-rig.js";

type Rig = ReturnType<typeof makeGenerationsRig>;

/** An object that holds itself, and that nobody else holds. */
function makeLost(rig: Rig): number {
  const lost = rig.make();
  rig.store(lost, 0, lost);
  rig.release(lost);
  return lost;
}

function makeTold(options: RigOptions = {}, wants?: EventCode[]) {
  const told: unknown[] = [];
  const event = (...numbers: number[]): void => void told.push(numbers);
  const observer = wants === undefined ? { event } : { wants, event };
  return { ...makeGenerationsRig(parts, { ...options, observer }), told };
}

describe("A collection", () => {
  it("is told in order: callbacks, hooks, start, what is found, stop, end, callbacks", () => {
    const rig = makeTold();
    const { told, generations } = rig;
    generations.callbacks.push((phase, info) => told.push([phase, info]));
    generations.setDebugging({
      savesAll: false,
      onSaved: (object) => told.push(["saved", object]),
      onCollectable: (object) => told.push(["collectable", object]),
      onStart: (generation) => told.push(["onStart", generation]),
      onStop: (...counts) => told.push(["onStop", ...counts]),
    });
    rig.make();
    generations.collect(0);
    const lost = makeLost(rig);
    told.length = 0;
    expect(generations.collect(1)).toBe(1);
    const type = rig.typeIds.node;
    expect(told).toEqual([
      ["start", { generation: 1, collected: 0, uncollectable: 0 }],
      ["onStart", 1],
      [EVENT_COLLECTION_START, 1, 2, 0],
      ["collectable", lost],
      [EVENT_OBJECT_UNREACHABLE, lost, type, 0],
      ["onStop", 1, 0],
      [EVENT_COLLECTION_END, 1, 1, 0],
      ["stop", { generation: 1, collected: 1, uncollectable: 0 }],
    ]);
    expect([...rig.sources].sort()).toEqual(["collection callback", "observer"]);
  });

  it("asks a debugger for no more hooks than it has", () => {
    const rig = makeGenerationsRig(parts);
    const debugging = { savesAll: false, onSaved: () => {} };
    rig.generations.setDebugging(debugging);
    expect(rig.generations.debugging()).toBe(debugging);
    makeLost(rig);
    expect(rig.generations.collect(0)).toBe(1);
    expect(rig.errors).toEqual([]);
    rig.generations.setDebugging(undefined);
    expect(rig.generations.debugging()).toBeUndefined();
  });

  it("gives each callback facts of its own, which it may change", () => {
    const rig = makeGenerationsRig(parts);
    const seen: number[] = [];
    for (let count = 0; count < 2; count++) {
      rig.generations.callbacks.push((_phase, info) => {
        seen.push(info.generation);
        (info as { generation: number }).generation = 7;
      });
    }
    rig.generations.collect(2);
    expect(seen).toEqual([2, 2, 2, 2]);
    expect(rig.generations.garbage).toEqual([]);
  });

  it(CALLBACKS, () => changesCallbacks(parts));

  it("is requested once, whatever else is born, with the count and the threshold", () => {
    const thresholds = { young: 2, middle: 10, old: 10 };
    const rig = makeTold({ thresholds }, [EVENT_THRESHOLD_EXCEED]);
    for (let count = 0; count < 5; count++) rig.make();
    expect(rig.told).toEqual([[EVENT_THRESHOLD_EXCEED, 0, 3, 2]]);
    rig.collector.poll();
    for (let count = 0; count < 2; count++) rig.make();
    expect(rig.told.length).toBe(1);
    rig.make();
    expect(rig.told.length).toBe(2);
  });

  it.each([
    ["a debugger", undefined, true],
    ["an observer of deaths", EVENT_OBJECT_UNREACHABLE, false],
    ["an observer of weak references", EVENT_WEAK_REFERENCE_CLEAR, false],
  ] as const)(
    "looks again after %s was told, who may have stored what is found",
    (_n, code, hooks) => {
      const wants = code === undefined ? [EVENT_COLLECTION_END] : [code];
      const rig = makeTold({}, wants as EventCode[]);
      const lost = makeLost(rig);
      const keep = (): void => {
        rig.words[lost] = (rig.words[lost] as number) + 1;
      };
      const onCollectable = hooks ? { onCollectable: keep } : {};
      const emptyWeakReferences = (): number => {
        if (code === EVENT_WEAK_REFERENCE_CLEAR) keep();
        return 0;
      };
      rig.death.emptyWeakReferences = emptyWeakReferences;
      rig.generations.setDebugging({ savesAll: false, onSaved() {}, ...onCollectable });
      if (code === EVENT_OBJECT_UNREACHABLE) {
        const push = rig.told.push.bind(rig.told);
        rig.told.push = (...each) => {
          keep();
          return push(...each);
        };
      }
      expect(rig.generations.collect(0)).toBe(0);
      expect(rig.listOf(1)).toEqual([lost]);
      rig.validate();
    },
  );

  it("that nobody heard is not looked at again", () => {
    let findCount = 0;
    const rig = makeGenerationsRig(parts);
    const { findAgain } = rig.detector;
    rig.detector.findAgain = (found) => {
      findCount++;
      return findAgain(found);
    };
    makeLost(rig);
    expect(rig.generations.collect(0)).toBe(1);
    expect(findCount).toBe(0);
  });

  it("that saves what it found counts it, empties nothing and tells of each", () => {
    const rig = makeGenerationsRig(parts);
    const saved: number[] = [];
    rig.generations.setDebugging({ savesAll: true, onSaved: (object) => saved.push(object) });
    const [one, other] = [makeLost(rig), makeLost(rig)];
    expect(rig.collector.collect(0)).toMatchObject({ reclaimedCount: 0, reclaimedBytes: 0 });
    expect(saved).toEqual([one, other]);
    expect(rig.generations.statistics()[0]).toEqual({
      collections: 1,
      collected: 2,
      uncollectable: 0,
    });
    expect(rig.referencesOf(one)).toEqual([one]);
  });

  it("empties tuples last, where nothing else lets go of them", () => {
    const rig = makeGenerationsRig(parts);
    const [one, other] = [rig.make("tuple"), rig.make("tuple")];
    rig.store(one, 0, other);
    rig.store(other, 0, one);
    rig.release(one);
    rig.release(other);
    expect(rig.generations.collect(0)).toBe(2);
    expect(rig.live.size).toBe(0);
    rig.validate();
  });

  it("puts a weak reference that was called back among the survivors, if it is tracked", () => {
    const rig = makeGenerationsRig(parts);
    const [weak, untracked] = [rig.make(), rig.make()];
    rig.lists.untrack(untracked);
    rig.death.emptyWeakReferences = (_walk, _isFound, onCalled) => {
      onCalled(weak);
      onCalled(untracked);
      return 3;
    };
    makeLost(rig);
    expect(rig.generations.collect(1)).toBe(4);
    expect([...rig.listOf(0), ...rig.listOf(1)]).toEqual([]);
    expect(rig.listOf(2)).toEqual([weak]);
    rig.validate();
  });
});

describe("Untracking", () => {
  it("takes out a tuple that holds nothing tracked, and keeps one that holds a node", () => {
    const rig = makeGenerationsRig(parts);
    const node = rig.make();
    const [empty, outer, holding] = [rig.make("tuple"), rig.make("tuple"), rig.make("tuple")];
    rig.store(outer, 1, empty);
    rig.store(holding, 1, node);
    rig.generations.collect(0);
    expect(rig.listOf(1)).toEqual([node, holding]);
    expect(rig.collector.mayBeTracked(empty)).toBe(false);
    expect(rig.collector.mayBeTracked(holding)).toBe(true);
  });

  it("takes out a dict only in a full collection, and never for a tuple that holds one", () => {
    const rig = makeGenerationsRig(parts);
    const node = rig.make();
    const [dict, inner] = [rig.make("dict"), rig.make("dict")];
    const tuple = rig.make("tuple");
    rig.store(dict, 0, node);
    rig.store(dict, 0, 0);
    rig.store(tuple, 0, inner);
    expect(rig.listOf(0)).toEqual([node, tuple, dict]);
    rig.generations.collect(1);
    expect(rig.listOf(2)).toEqual([node, tuple, dict]);
    rig.generations.collect(2);
    expect(rig.listOf(2)).toEqual([node, tuple]);
  });
});
