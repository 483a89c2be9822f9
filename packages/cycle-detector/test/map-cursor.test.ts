// Whom the cursor of the map detector passes before they are reached: in its own word of the maps,
// in others, and more of them than the queue has room for.

import { describe, expect, it } from "vitest";
import { type MapKind, type MapRig, makeMapRig } from "./map-rig.js";
import { putLateOnes, putMany } from "./map-shapes.js";

describe("The map detector's cursor", () => {
  /** Over several tracts: each holds the one before, or behind it, and one end is held. */
  function chain(kind: MapKind, isDown: boolean): MapRig {
    const rig = makeMapRig();
    const all = putMany(rig, kind, 3000);
    for (const [index, granule] of all.entries()) {
      const next = all[isDown ? index - 1 : index + 1];
      if (next !== undefined) rig.link(granule, 0, next);
    }
    rig.hold(all.at(isDown ? -1 : 0) as number, 1);
    rig.setCandidates(all);
    return rig;
  }

  /** Tracts in which it passed somebody who was not reached yet, and all others. */
  function passes(rig: MapRig, isWhole: boolean): [number, number] {
    const { found, summaries } = rig.find(isWhole);
    expect(found).toEqual([]);
    rig.release();
    const againCount = summaries.filter((summary) => summary.endsWith("found")).length;
    return [againCount, summaries.length - againCount];
  }

  it("goes the way in which most references point, where all objects have two slots", () => {
    for (const isDown of [false, true]) {
      const rig = chain("two", isDown);
      for (const isWhole of [false, true, true]) expect(passes(rig, isWhole)).toEqual([0, 3]);
    }
  });

  /** First slots of objects with two of them, by granule; nobody else tells a direction. */
  const asked: [
    string,
    readonly (readonly [number, "up" | "down" | "itself" | "immediate"])[],
    boolean,
  ][] = [
    ["nobody", [], false],
    ["one that points down", [[5, "down"]], true],
    ["one that points up", [[5, "up"]], false],
    [
      "one of each",
      [
        [5, "down"],
        [6, "up"],
      ],
      false,
    ],
    [
      "two to one",
      [
        [5, "down"],
        [6, "up"],
        [20, "down"],
      ],
      true,
    ],
    [
      "one to two",
      [
        [5, "down"],
        [6, "up"],
        [20, "up"],
      ],
      false,
    ],
    [
      "one that holds itself, against one",
      [
        [5, "itself"],
        [6, "down"],
      ],
      false,
    ],
    [
      "one that holds itself, against two",
      [
        [5, "itself"],
        [6, "down"],
        [7, "down"],
      ],
      true,
    ],
    ["an immediate", [[5, "immediate"]], false],
    [
      "the last ones of a tract alone",
      [
        [5, "up"],
        [6, "up"],
        [300, "down"],
      ],
      true,
    ],
    [
      "the last ones of a tract, at its end",
      [
        [5, "down"],
        [6, "down"],
        [1023, "up"],
      ],
      false,
    ],
    [
      "each tract for itself",
      [
        [70, "down"],
        [71, "down"],
        [1024 + 40, "up"],
      ],
      true,
    ],
    [
      "the second tract",
      [
        [5, "immediate"],
        [1024 + 40, "down"],
      ],
      true,
    ],
  ];

  it.each(asked)("asks %s", (_, first, isDown) => {
    const rig = makeMapRig();
    const [holder, held, low, high] = [20_000, 30_000, 10_000, 40_000];
    for (const granule of [holder, held]) rig.put(granule, "two");
    for (const granule of [low, high]) rig.put(granule, "two", 1);
    rig.link(holder, 1, held);
    rig.hold(holder, 1);
    for (const [granule, direction] of first) {
      rig.put(granule, "two", 1);
      if (direction === "immediate") rig.words[rig.fieldOf(granule, 0)] = -7;
      else rig.link(granule, 0, direction === "itself" ? granule : direction === "up" ? high : 0);
    }
    // What lies below all of them is no candidate.
    rig.put(0, "two", 1);
    rig.setCandidates([...first.map(([granule]) => granule), holder, held]);
    const { found, summaries } = rig.find(false);
    expect(found).toEqual([]);
    // Who is held by one below it has been passed by a cursor that comes from above.
    expect(summaries.at(-1)?.endsWith("found")).toBe(isDown);
    rig.release();
  });

  it.each<[MapKind, number]>([
    ["one", 3],
    ["three", 6],
    ["four", 6],
    ["five", 6],
  ])("goes up where all have %s, and looks again at those it has passed", (kind, tractCount) => {
    expect(passes(chain(kind, false), false)).toEqual([0, tractCount]);
    expect(passes(chain(kind, true), false)).toEqual([tractCount, 0]);
  });
});

describe("Objects that the map detector reaches late", () => {
  it.each([1022, 1023, 1024, 2046, 2047, 2048, 3000])("may be %i", (count) => {
    const rig = makeMapRig(true);
    const { array } = putLateOnes(rig, count);
    for (const isWhole of [false, true]) {
      const seen = rig.find(isWhole);
      expect([seen.count, seen.found, seen.rescued.length]).toEqual([0, [], count]);
      rig.release();
    }
    rig.hold(array, -1);
    const gone = rig.find(true);
    expect([gone.count, gone.rescued]).toEqual([count + 1, []]);
    rig.release();
  });

  it("are what a tuple holds, too, and what that holds, when the queue is full", () => {
    const rig = makeMapRig(true);
    const { direct, array } = putLateOnes(rig, 2500);
    const [tuple, item, leaf] = [50_000, 50_010, 50_020];
    rig.put(tuple, "tuple", 1, 1);
    for (const granule of [item, leaf]) rig.put(granule, "one");
    rig.link(tuple, 0, item);
    rig.link(item, 0, leaf);
    rig.setCandidates([...direct, array, tuple, item, leaf]);
    expect(rig.find(false)).toMatchObject({ count: 0, rescued: [...direct, item, leaf] });
    rig.release();
  });

  it("may be many beside large counts", () => {
    const rig = makeMapRig(true);
    const { direct, array } = putLateOnes(rig, 6000);
    const [object, holder] = [50_000, 50_001];
    rig.put(object, "one");
    rig.put(holder, "many", 0, 300);
    for (let field = 0; field < 300; field++) rig.link(holder, field, object);
    rig.link(object, 0, holder);
    rig.setCandidates([...direct, array, object, holder]);
    const { found, rescued } = rig.find(false);
    expect([found, rescued.length]).toEqual([[object, holder], 6000]);
    rig.release();
  });

  it("may hold others of their kind, whether the queue goes round its end or is full", () => {
    for (const count of [700, 2500]) {
      const rig = makeMapRig(true);
      const { array } = putLateOnes(rig, count, true);
      const seen = rig.find(false);
      expect([seen.count, seen.rescued.length]).toEqual([0, 4 * count]);
      rig.release();
      rig.hold(array, -1);
      expect(rig.find(false).count).toBe(4 * count + 1);
      rig.release();
    }
  });
});

describe("Who is reached behind the map detector's cursor", () => {
  /** At these granules a ─► b ─► c by the last slots; the first ones say which way it goes. */
  function chainOfThree(kind: MapKind, slot: number, granules: readonly number[], isDown: boolean) {
    const rig = makeMapRig();
    const [a, b, c] = granules as [number, number, number];
    for (const granule of granules) rig.put(granule, kind);
    rig.link(a, slot, b);
    rig.link(b, slot, c);
    if (slot > 0)
      for (const each of granules) rig.link(each, 0, isDown ? Math.min(...granules) : each);
    rig.setCandidates(granules);
    return { rig, a };
  }

  const SLOTS = [
    ["one", 0],
    ["two", 1],
    ["three", 2],
    ["four", 3],
    ["five", 4],
  ] as const;

  it.each(SLOTS)("is scanned, of kind %s, slot %i", (kind, slot) => {
    for (const step of [2, 40, 1500]) {
      for (const isDown of [false, true]) {
        const up = [0, step, 2 * step];
        const { rig, a } = chainOfThree(kind, slot, isDown ? up : up.reverse(), isDown);
        for (const isWhole of [false, true, true]) {
          expect(rig.find(isWhole).count).toBe(3);
          rig.release();
          rig.hold(a, 1);
          const { found, rescued } = rig.find(isWhole);
          const lateCount = kind === "five" && !isDown ? 2 : 0;
          expect([found, rescued.length]).toEqual([[], lateCount]);
          rig.release();
          rig.hold(a, -1);
        }
      }
    }
  });

  it("is counted in the tracts of its own examination alone", () => {
    const rig = makeMapRig();
    const [first, last] = [3, 2000];
    for (const granule of [first, last]) {
      rig.put(granule, "two");
      rig.link(granule, 0, granule);
    }
    rig.setCandidates([first, last]);
    expect(rig.find(false).count).toBe(2);
    rig.release();
    rig.setCandidates([first]);
    expect([rig.find(false).count, rig.detector.name]).toEqual([1, "count-up"]);
    rig.release();
  });
});
