// The map detector over objects that are laid down by hand: counts that a byte does not hold, slots
// of each shape, what it refuses and what a validation finds.

import { isOuroError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { IMMORTAL, type MapKind, type MapRig, makeMapRig } from "./map-rig.js";
import { putCrowd, putMany } from "./map-shapes.js";

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
  it.each([250, 251, 252, 253, 254, 255, 256, 300])("%i references to one object", (times) => {
    for (const isWhole of [false, true]) {
      const rig = makeMapRig();
      const all = putCrowd(rig, 1, times);
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
    const all = putCrowd(rig, size, 260);
    rig.setCandidates(all);
    for (const isWhole of [false, true, false]) {
      expect(rig.find(isWhole).found).toEqual(all);
      rig.release();
      expect(rig.areLargeCountsZero()).toBe(true);
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
    const all = putCrowd(rig, 1000, 252);
    rig.setCandidates(all);
    for (const isWhole of [true, false]) {
      expect(rig.find(isWhole).count).toBe(all.length);
      rig.release();
    }
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

describe("A refused examination by the map detector", () => {
  it("leaves nobody in the queue: the next one begins anew", () => {
    const rig = makeMapRig();
    const [leaf, late, root, broken] = putMany(rig, "five", 4) as [number, number, number, number];
    rig.link(root, 0, late);
    rig.link(late, 0, leaf);
    for (const field of [0, 1]) rig.link(broken, field, broken);
    rig.hold(broken, -1);
    rig.hold(root, 1);
    rig.setCandidates([leaf, late, root, broken]);
    expect(messageOf(() => rig.find(false))).toContain("its count is 1, and more references");
    rig.release();
    rig.hold(broken, 1);
    rig.hold(root, -1);
    expect(rig.find(false).found).toEqual([leaf, late, root, broken]);
    rig.release();
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

  it.each<MapKind>(["one", "two", "three", "five"])("meets once, of kind %s", (kind) => {
    for (const isDown of [false, true]) {
      const rig = makeMapRig();
      // In words 0 of tracts that follow one another, each in another place.
      const all = [5, 1024 + 9, 2048 + 1, 3072 + 20, 4096 + 13];
      for (const [index, granule] of all.entries()) {
        rig.put(granule, kind, 1);
        const next = all[isDown ? index - 1 : index + 1];
        if (next !== undefined && kind !== "five") rig.link(granule, 0, next);
        rig.words[rig.objectAt(granule)] = IMMORTAL;
      }
      rig.setCandidates(all);
      const seen = rig.find(true);
      expect([...seen.untracked].sort((one, other) => one - other)).toEqual(all);
      expect(seen.found).toEqual([]);
      rig.release();
    }
  });

  it.each<MapKind>(["tuple", "dict"])("hears of no more, of kind %s, leave no count", (kind) => {
    const rig = makeMapRig();
    const [holder, object] = [0, 200];
    rig.put(holder, kind, 1, 2);
    rig.put(object, kind, 0, 2);
    rig.link(holder, 0, object);
    rig.setCandidates([holder, object]);
    expect(rig.find(false)).toMatchObject({ found: [], untracked: [] });
    rig.untrack(object);
    rig.release();
  });
});
