// The map detector over objects that are laid down by hand: counts that a byte does not hold, more
// objects reached late than its queue has room for, what it refuses and what a validation finds.

import { isOuroError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { IMMORTAL, type MapKind, type MapRig, makeMapRig } from "./map-rig.js";

/** So many objects one behind the other; their granules. */
function putMany(rig: MapRig, kind: MapKind, count: number, first = 0): number[] {
  const granules: number[] = [];
  for (let at = first; granules.length < count; ) {
    granules.push(at);
    at = rig.put(at, kind);
  }
  return granules;
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error, "heap-corruption")) return error.message;
    throw error;
  }
  return "";
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, each) => each);

describe("The map detector counts", () => {
  /** An array that holds each of the crowd so often, in turns, and is held by the first of it. */
  function crowd(rig: MapRig, size: number, times: number): number[] {
    const members = putMany(rig, "one", size);
    const array = (members.at(-1) as number) + 1;
    rig.put(array, "many", 0, size * times);
    for (const turn of upTo(times)) {
      for (const [index, member] of members.entries()) {
        rig.link(array, turn * size + index, member);
      }
    }
    rig.link(members[0] as number, 0, array);
    return [...members, array];
  }

  it.each([250, 251, 252, 253, 254, 255, 256, 300])("%i references to one object", (times) => {
    for (const isWhole of [false, true]) {
      const rig = makeMapRig();
      const all = crowd(rig, 1, times);
      rig.setCandidates(all);
      expect(rig.find(isWhole)).toMatchObject({ count: 2, found: all });
      rig.release();
      rig.hold(0, 1);
      expect(rig.find(isWhole).found).toEqual([]);
      rig.release();
    }
  });

  it.each([2, 47, 48, 49, 97, 200])("more than a byte holds of %i objects", (size) => {
    const rig = makeMapRig();
    const all = crowd(rig, size, 260);
    rig.setCandidates(all);
    for (const isWhole of [false, true, false]) {
      expect(rig.find(isWhole).found).toEqual(all);
      rig.release();
    }
    // Whoever is held from outside is reached, and nobody else: the first one alone holds others.
    const held = all.filter((_, index) => index % 3 === 2 && index < size);
    for (const granule of held) rig.hold(granule, 1);
    expect(rig.find(true).found).toEqual(all.filter((each) => !held.includes(each)));
    rig.release();
    rig.hold(0, 1);
    expect(rig.find(true).found).toEqual([]);
    rig.release();
  });

  it("as many such objects as an arena has room for, with references to them", () => {
    const rig = makeMapRig(true);
    const all = crowd(rig, 1000, 252);
    rig.setCandidates(all);
    expect(rig.find(true).count).toBe(all.length);
    rig.release();
  });

  it("what is left in arenas that are lent, and names it", () => {
    const rig = makeMapRig();
    const [beforeAll, behindAll] = [-(1 << 16), 1 << 16];
    for (const granule of [beforeAll, 0, 77, behindAll - 1]) {
      const place = rig.countPlace(granule);
      rig.bytes[place] = 1;
      expect(messageOf(rig.detector.validate)).toContain(
        `counts of references inside at word ${place >> 2} is broken: one is left. `,
      );
      rig.bytes[place] = 0;
    }
    rig.bytes[rig.countPlace(behindAll)] = 1;
    expect(messageOf(rig.detector.validate)).toBe("");
  });
});

describe("A count that is too small for the map detector", () => {
  it.each([1, 48, 300])("is refused by the object's name, with %i references less", (missing) => {
    for (const isWhole of [false, true]) {
      const rig = makeMapRig();
      const [object, holder] = [0, 1];
      rig.put(object, "one");
      rig.put(holder, "many", 0, 300);
      for (const field of upTo(300)) rig.link(holder, field, object);
      rig.hold(object, 1 - missing);
      rig.hold(object, -1);
      rig.link(object, 0, holder);
      rig.setCandidates([object, holder]);
      if (missing === 300) rig.hold(object, 1);
      const count = rig.words[rig.objectAt(object)];
      expect(messageOf(() => rig.find(isWhole))).toContain(
        `object at word ${rig.objectAt(object)} is broken: its count is ${count}, and more ` +
          'references than that to this "one" were found in tracked objects. ',
      );
      rig.release();
      rig.words[rig.objectAt(object)] = 300;
      expect(rig.find(isWhole).count).toBe(2);
      rig.release();
    }
  });
});

describe("References in one slot of objects of one shape", () => {
  const SLOTS: [MapKind, number][] = [
    ...[
      ["one", 0],
      ["two", 0],
      ["two", 1],
      ["three", 0],
      ["three", 1],
      ["three", 2],
    ],
    ...[
      ["four", 0],
      ["four", 1],
      ["four", 2],
      ["four", 3],
      ["five", 4],
    ],
  ] as [MapKind, number][];

  /** More neighbours than a word of a map has, and three far away; the last one holds the first. */
  function ring(kind: MapKind, slot: number): { rig: MapRig; all: number[] } {
    const rig = makeMapRig();
    const all = [...putMany(rig, kind, 70), ...putMany(rig, kind, 3, 5000)];
    for (const [index, granule] of all.entries()) {
      rig.link(granule, slot, all[(index + 1) % all.length] as number);
    }
    rig.setCandidates(all);
    return { rig, all };
  }

  it.each(SLOTS)("of kind %s, slot %i, are counted and followed", (kind, slot) => {
    const { rig, all } = ring(kind, slot);
    for (const isWhole of [false, true, true, false]) {
      expect(rig.find(isWhole).found).toEqual(all);
      rig.release();
      for (const held of [0, 31, 32, 69, 70].map((index) => all[index] as number)) {
        rig.hold(held, 1);
        expect(rig.find(isWhole).count).toBe(0);
        rig.release();
        rig.hold(held, -1);
      }
    }
  });

  it.each(SLOTS)("of kind %s, slot %i, from who is no candidate hold", (kind, slot) => {
    const { rig, all } = ring(kind, slot);
    rig.setCandidates(all.slice(1));
    for (const isWhole of [false, true, true, false]) {
      expect(rig.find(isWhole).count).toBe(0);
      rig.release();
    }
  });
});

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
  /** Behind all: an array that holds each of the first ones, and is held from outside. */
  function heldByArray(kind: MapKind, count: number, grow: (rig: MapRig, granule: number) => void) {
    const rig = makeMapRig(true);
    const direct = putMany(rig, kind, count);
    const array = 40_000;
    rig.put(array, "many", 1, count);
    for (const [field, granule] of direct.entries()) rig.link(array, field, granule);
    for (const granule of direct) grow(rig, granule);
    return { rig, direct, array };
  }

  it.each([1022, 1023, 1024, 2046, 2047, 2048, 3000])("may be %i", (count) => {
    const { rig, direct, array } = heldByArray("two", count, () => {});
    rig.setCandidates([...direct, array]);
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

  it("may hold others of their kind, whether the queue goes round its end or is full", () => {
    for (const count of [700, 2500]) {
      let free = 10_000;
      const further: number[] = [];
      const { rig, direct, array } = heldByArray("two", count, (each, granule) => {
        for (const field of [0, 1]) {
          further.push(free);
          const next = each.put(free, "two");
          each.link(granule, field, free);
          free = next;
        }
      });
      for (const granule of further) rig.link(granule, 1, array);
      rig.setCandidates([...direct, ...further, array]);
      const seen = rig.find(false);
      expect([seen.count, seen.rescued.length]).toEqual([0, 3 * count]);
      rig.release();
      rig.hold(array, -1);
      expect(rig.find(false).count).toBe(3 * count + 1);
      rig.release();
    }
  });
});

describe("Immortal objects and those that die, which the map detector", () => {
  it.each([IMMORTAL, IMMORTAL + 5, ~0])("untracks at a count of %i, and scans", (count) => {
    const rig = makeMapRig();
    const [first, object, last] = [3, 40, 80];
    for (const granule of [first, object, last]) rig.put(granule, "two");
    rig.link(object, 0, first);
    rig.link(object, 1, last);
    // Alone in its word of the maps, it has a count that goes back to zero all the same.
    rig.link(first, 0, object);
    rig.words[rig.objectAt(object)] = count;
    for (const isWhole of [false, true]) {
      rig.setCandidates([first, object, last]);
      expect(rig.find(isWhole)).toMatchObject({ found: [], untracked: [object] });
      rig.release();
    }
    rig.words[rig.objectAt(object)] = IMMORTAL - 1;
    rig.setCandidates([first, object, last]);
    expect(rig.find(false)).toMatchObject({ found: [], untracked: [] });
    rig.release();
  });
});
