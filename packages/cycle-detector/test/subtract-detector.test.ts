import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { IMMORTAL, makeGraphRig, plain } from "./graph-rig.js";

describe("The exact detector", () => {
  it("takes immortal objects out of the lists, and what they hold for reached", () => {
    const rig = makeGraphRig([plain(1), plain(2), plain(1)]);
    rig.words[rig.objects[0] as number] = IMMORTAL;
    const list = rig.makeList([0, 1, 2]);
    expect(rig.makeDetector(parts).find(list)).toMatchObject({ reachedCount: 2, end: 2 });
    expect(rig.untracked).toEqual([0]);
    expect(rig.makeDetector(parts).name).toBe("subtract-references");
    expect(rig.entries(list, 0, 2)).toEqual([1, 2]);
  });

  it("takes an object on its way to its end for held, and all that it holds", () => {
    const rig = makeGraphRig([plain(1), plain(0)]);
    rig.words[rig.objects[0] as number] = ~0;
    const list = rig.makeList([0, 1]);
    expect(rig.makeDetector(parts).find(list)).toMatchObject({ reachedCount: 2, end: 2 });
    expect(rig.areMarksClear()).toBe(true);
  });

  it("names the object, its type and count, and a holder, when a count is too small", () => {
    const rig = makeGraphRig([plain(1, 1), plain()]);
    const [holder, object] = rig.objects;
    rig.words[object as number] = 1;
    expect(() => rig.makeDetector(parts).find(rig.makeList([0, 1]))).toThrow(
      `object at word ${object} is broken: its count is 1, and more references than that to this ` +
        `"0 0 false" were found in tracked objects, the last of them in ${holder}`,
    );
  });

  it("takes an object outside of the list for a root", () => {
    const rig = makeGraphRig([plain(1), plain(2), plain(1)]);
    const detector = rig.makeDetector(parts);
    expect(detector.find(rig.makeList([1, 2])).reachedCount).toBe(2);
    const other = makeGraphRig([plain(1), plain(2), plain(1)]);
    expect(other.makeDetector(parts).find(other.makeList([0, 1, 2])).reachedCount).toBe(0);
  });

  it("puts those that it rescued in the order in which their holder visits them", () => {
    for (const isBackward of [false, true]) {
      const holder = { references: [2, 0, 1], ownedCount: 0, outsideCount: 1, isBackward };
      const rig = makeGraphRig([plain(), plain(), plain(), holder]);
      const list = rig.makeList([0, 1, 2, 3]);
      rig.makeDetector(parts).find(list);
      expect(rig.entries(list, 0, 4)).toEqual(isBackward ? [3, 1, 0, 2] : [3, 2, 0, 1]);
    }
  });
});
