// How much the map detector works: words that it reads and writes, counted from outside. The shapes
// of tracts, words of the maps without candidates, and the order of its cursor are there for that.

import { describe, expect, it } from "vitest";
import { type MapKind, type MapRig, makeMapRig } from "./map-rig.js";
import { putCrowd, putLateOnes, putMany } from "./map-shapes.js";

/** In a tract, in one that has few, and in some that have one each. */
function putScattered(rig: MapRig, kinds: readonly MapKind[]): number[] {
  const granules: number[] = [];
  let at = 0;
  const put = (kind: MapKind): void => {
    granules.push(at);
    at = rig.put(at, kind, 0, 3);
  };
  for (let index = 0; index < 100; index++) put(kinds[index % kinds.length] as MapKind);
  for (const start of [1500, 2300, 6000, 7100, 9000]) {
    at = start;
    for (const kind of kinds) put(kind);
  }
  return granules;
}

/** Each holds, in its first slot, the next one or the one before; the end holds the beginning. */
function linkRing(rig: MapRig, granules: readonly number[], isDown: boolean): void {
  for (const [index, granule] of granules.entries()) {
    const next = isDown ? index - 1 : index + 1;
    rig.link(granule, 0, granules.at(next % granules.length) as number);
  }
}

function makeScattered(kinds: readonly MapKind[], isDown: boolean): [MapRig, number[]] {
  const rig = makeMapRig(false, true);
  const granules = putScattered(rig, kinds);
  linkRing(rig, granules, isDown);
  rig.setCandidates(granules);
  return [rig, granules];
}

describe("The map detector reads headers", () => {
  const headersRead = (rig: MapRig, granules: readonly number[], isWhole: boolean): number => {
    const headers = new Set(granules.map((granule) => rig.objectAt(granule) + 1));
    return rig.workOf(isWhole).reads.filter((word) => headers.has(word)).length;
  };

  it.each<MapKind>(["one", "two", "three", "four"])("of %s once, to know the shape", (kind) => {
    const [rig, granules] = makeScattered([kind], false);
    for (const granule of granules) rig.hold(granule, 1);
    const count = granules.length;
    expect(headersRead(rig, granules, false)).toBe(count);
    expect(headersRead(rig, granules, true)).toBe(count);
    expect(headersRead(rig, granules, true)).toBe(0);
    expect(headersRead(rig, granules, false)).toBe(0);
  });

  it("of others to count and to reach", () => {
    const [rig, granules] = makeScattered(["five"], false);
    for (const granule of granules) rig.hold(granule, 1);
    expect(headersRead(rig, granules, true)).toBe(2 * granules.length);
  });
});

// The figures are those of today: whoever changes how it works says so by changing them.
describe("The map detector reads and writes as many words as it did", () => {
  const TURNS = [false, true, true, false];
  const CASES: [readonly MapKind[], up: number, down: number][] = [
    [["one"], 144_811, 146_919],
    [["two"], 146_629, 147_281],
    [["three"], 147_483, 149_583],
    [["four"], 148_743, 150_843],
    [["five"], 155_496, 155_724],
    [["owner"], 144_811, 146_919],
    [["two", "pair", "final"], 149_068, 150_018],
    [["many", "five", "tuple", "weak"], 168_848, 168_836],
    [["dict", "one", "none"], 166_944, 168_032],
  ];

  function accessesOf(kinds: readonly MapKind[], isDown: boolean): number {
    const [rig, granules] = makeScattered(kinds, isDown);
    let count = 0;
    for (const heldCount of [0, 1]) {
      if (heldCount === 1) rig.hold(granules[50] as number, 1);
      for (const isWhole of TURNS) count += rig.workOf(isWhole).accessCount;
    }
    return count;
  }

  it.each(CASES)("in a ring of %s", (kinds, up, down) => {
    expect([accessesOf(kinds, false), accessesOf(kinds, true)]).toEqual([up, down]);
  });

  const HEAPS: [string, number, (rig: MapRig) => void][] = [
    ["one object in each of forty tracts", 35_345, (rig) => putFar(rig, 40)],
    ["one that is counted often", 18_194, (rig) => rig.setCandidates(putCrowd(rig, 1, 300))],
    ["many that are counted often", 105_488, (rig) => rig.setCandidates(putCrowd(rig, 100, 260))],
    ["some that are reached late", 18_894, (rig) => void putLateOnes(rig, 50)],
    ["more than the queue begins with", 69_242, (rig) => void putLateOnes(rig, 1500)],
    ["trees that are reached late", 121_068, (rig) => void putLateOnes(rig, 700, true)],
    ["more than the queue holds", 398_404, (rig) => void putLateOnes(rig, 2500, true)],
  ];

  it.each(HEAPS)("with %s", (_, expected, fill) => {
    const rig = makeMapRig(true, true);
    fill(rig);
    let count = 0;
    for (const isWhole of [false, true]) count += rig.workOf(isWhole).accessCount;
    expect(count).toBe(expected);
  });

  function putFar(rig: MapRig, tractCount: number): void {
    const granules = Array.from({ length: tractCount }, (_, tract) => tract * 1024 + 100);
    for (const granule of granules) putMany(rig, "two", 1, granule);
    linkRing(rig, granules, true);
    rig.setCandidates(granules);
  }
});
