// How much the map detector works: words that it reads and writes, counted from outside. The shapes
// of tracts, words of the maps without candidates, and the order of its cursor are there for that.

import { describe, expect, it } from "vitest";
import { type MapKind, type MapRig, makeMapRig } from "./map-rig.js";
import { putCrowd, putLateOnes, putMany } from "./map-shapes.js";

const SMALL_LIMIT = 3500;
const LARGE_LIMIT = 500_000;

/** More neighbours than a word of a map has, and some in tracts of their own. */
function putScattered(rig: MapRig, kinds: readonly MapKind[]): number[] {
  const granules: number[] = [];
  let at = 0;
  const put = (kind: MapKind): void => {
    granules.push(at);
    at = rig.put(at, kind, 0, 3);
  };
  for (let index = 0; index < 36; index++) put(kinds[index % kinds.length] as MapKind);
  for (const start of [1500, 2300, 6000]) {
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
  const rig = makeMapRig(false, SMALL_LIMIT);
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
  /** Of a ring that nobody holds and of one that is held, from below up and from above down. */
  const CASES: [readonly MapKind[], readonly number[], readonly number[]][] = [
    [["one"], [3965, 3965], [4161, 5021]],
    [["two"], [4497, 4481], [4723, 5027]],
    [["three"], [4301, 4301], [4809, 5669]],
    [["four"], [4457, 4457], [5121, 5981]],
    [["five"], [5184, 5184], [6648, 6900]],
    [["owner"], [3965, 3965], [4161, 5021]],
    [
      ["two", "pair", "final"],
      [5262, 5246],
      [5462, 5922],
    ],
    [
      ["many", "five", "tuple", "weak"],
      [8542, 8542],
      [10_682, 10_646],
    ],
    [
      ["dict", "one", "none"],
      [8914, 9354],
      [8914, 9354],
    ],
  ];
  const RINGS = CASES.flatMap(([kinds, garbage, held]) =>
    [0, 1].flatMap((isDown) => [
      [kinds, isDown === 1, "garbage", garbage[isDown]] as const,
      [kinds, isDown === 1, "held", held[isDown]] as const,
    ]),
  );

  it.each(RINGS)("in a ring of %s (down: %s) that is %s", (kinds, isDown, fate, expected) => {
    const [rig, granules] = makeScattered(kinds, isDown);
    if (fate === "held") rig.hold(granules[20] as number, 1);
    let count = 0;
    for (const isWhole of [false, true, true, false]) count += rig.workOf(isWhole).accessCount;
    expect(count).toBe(expected);
  });

  it("and clears all counts at once in a full collection, those of candidates in others", () => {
    const [rig] = makeScattered(["two"], false);
    expect(rig.workOf(false).filledCount).toBe(0);
    expect(rig.workOf(true).filledCount).toBe(2 * 16_384);
    expect(rig.workOf(false).filledCount).toBe(0);
  });

  const HEAPS: [string, number, (rig: MapRig) => void][] = [
    ["one object in each of forty tracts", 18_961, (rig) => putFar(rig, 40)],
    ["one that is counted often", 1554, (rig) => rig.setCandidates(putCrowd(rig, 1, 300))],
    ["many that are counted often", 87_312, (rig) => rig.setCandidates(putCrowd(rig, 100, 260))],
    ["some that are reached late", 2510, (rig) => void putLateOnes(rig, 50)],
    ["more than the queue begins with", 52_858, (rig) => void putLateOnes(rig, 1500)],
    ["trees that are reached late", 103_782, (rig) => void putLateOnes(rig, 700, true)],
    ["more than the queue holds", 381_764, (rig) => void putLateOnes(rig, 2500, true)],
  ];

  it.each(HEAPS)("with %s", (_, expected, fill) => {
    const rig = makeMapRig(true, LARGE_LIMIT);
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
