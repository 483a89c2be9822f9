// Which steps a collection takes: those for kinds of objects that were not among the examined fall
// out, and what is told of the found may bring one back.

import { TYPE_FINALIZER, TYPE_UNTRACKS_AS_TUPLE, TYPE_WEAK_REFERENCE } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeGenerationsRig, type RigOptions } from "./generations-rig.js";

/** A rig whose detector says what it examined, and whose finalization notes what it is asked. */
function makeNoting(facts: { typeFlags: number; headers: number }, options: RigOptions = {}) {
  const rig = { ...makeGenerationsRig(parts, options), kept: 0 };
  const steps: unknown[] = [];
  const { find } = rig.detector;
  rig.detector.find = (list) => ({ ...find(list), ...facts });
  rig.death.emptyWeakReferences = (walk, isFound) => {
    const walked: number[] = [];
    walk((object) => walked.push(object));
    steps.push(["empty", walked, isFound(walked[0] as never), isFound(rig.kept as never)]);
    return 0;
  };
  rig.death.finalize = (object) => {
    steps.push(["finalize", object]);
    return false;
  };
  rig.kept = rig.make();
  return Object.assign(rig, { steps });
}

function makeLost(rig: ReturnType<typeof makeNoting>): number {
  const lost = rig.make();
  rig.store(lost, 0, lost);
  rig.release(lost);
  return lost;
}

describe("A collection", () => {
  it.each([
    ["nothing of note", 0, 0, []],
    ["weak references", TYPE_WEAK_REFERENCE, 0, ["empty"]],
    ["a header that says more", 0, 8, ["empty"]],
    ["a finalizer", TYPE_FINALIZER, 0, ["finalize"]],
    ["both", TYPE_FINALIZER | TYPE_WEAK_REFERENCE, 0, ["empty", "finalize"]],
  ])("that examined %s takes no other steps", (_name, typeFlags, headers, expected) => {
    const rig = makeNoting({ typeFlags, headers });
    makeLost(rig);
    expect(rig.generations.collect(0)).toBe(1);
    expect(rig.steps.map((step) => (step as string[])[0])).toEqual(expected);
    rig.validate();
  });

  it("that found nothing asks finalization for nothing", () => {
    const rig = makeNoting({ typeFlags: -1, headers: -1 });
    let askedCount = 0;
    rig.death.attachedCount = () => askedCount++;
    expect(rig.generations.collect(0)).toBe(0);
    expect([rig.steps, askedCount]).toEqual([[], 0]);
  });

  it("whose debugger made a weak reference empties it, whatever was examined", () => {
    for (const isAttached of [false, true]) {
      const rig = makeNoting({ typeFlags: 0, headers: 0 });
      let attachedCount = 3;
      rig.death.attachedCount = () => attachedCount;
      const onCollectable = (): void => void (isAttached ? attachedCount++ : 0);
      rig.generations.setDebugging({ savesAll: false, onSaved() {}, onCollectable });
      const lost = makeLost(rig);
      rig.generations.collect(0);
      expect(rig.steps).toEqual(isAttached ? [["empty", [lost], true, false]] : []);
    }
  });

  it("that empties weak references again asks nobody whether their own are found", () => {
    const facts = { typeFlags: TYPE_WEAK_REFERENCE, headers: 0 };
    const rig = makeNoting(facts, { emptiesWeakReferencesAgain: true });
    const lost = makeLost(rig);
    rig.generations.collect(0);
    expect(rig.steps).toEqual([
      ["empty", [lost], true, false],
      ["empty", [lost], true, true],
    ]);
  });

  it("looks at tuples only if there are some", () => {
    for (const typeFlags of [0, TYPE_UNTRACKS_AS_TUPLE]) {
      const rig = makeNoting({ typeFlags, headers: 0 });
      const tuple = rig.make("tuple");
      rig.generations.collect(0);
      expect(rig.lists.isTracked(tuple)).toBe(typeFlags === 0);
    }
  });
});
