import { describe, expect, it } from "vitest";
import { findCycles, formatCycles } from "../src/index.js";
import { type GraphNode, makeGraphRig, plain } from "./graph-rig.js";

function makeRing(count: number): GraphNode[] {
  return Array.from({ length: count }, (_, index) => plain((index + 1) % count));
}

/** Each node refers to two others, by a rule that looks like chance. */
function makeTangle(count: number): GraphNode[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % count;
  };
  return Array.from({ length: count }, () => plain(next(), next()));
}

describe("The report of cycles", () => {
  it("names one of the two references between objects that hold each other", () => {
    const rig = makeGraphRig([plain(1), plain(0, 2), plain()]);
    const { cycles, count, bytes, objectCount } = findCycles(rig);
    const [one, two] = rig.objects;
    expect([count, bytes, objectCount]).toEqual([2, 28, 3]);
    expect(cycles).toEqual([
      {
        members: [one, two],
        bytes: 28,
        types: [
          { name: "2 0 false", count: 1, bytes: 16 },
          { name: "1 0 false", count: 1, bytes: 12 },
        ],
        referenceCount: 2,
        weaken: [{ from: two, fromType: "2 0 false", field: 0, to: one, toType: "1 0 false" }],
        lowerBound: 1,
        isShortest: true,
      },
    ]);
  });

  it("looks at given objects alone", () => {
    const rig = makeGraphRig(makeRing(3));
    const objects = rig.objects.slice(0, 2);
    expect(findCycles(rig, { objects })).toMatchObject({ objectCount: 2, count: 0 });
    expect(findCycles(rig, { objects: rig.objects })).toMatchObject({ count: 3 });
    expect(findCycles(rig, { objects: [] })).toMatchObject({ objectCount: 0, count: 0 });
  });

  it("takes objects in any order, and no word behind an object's slots for a reference", () => {
    const rig = makeGraphRig([...makeRing(3), plain(-1)]);
    const alone = rig.objects[3] as number;
    rig.words[alone + 3] = alone;
    const expected = findCycles(rig);
    expect(expected).toMatchObject({ objectCount: 4, count: 3 });
    const objects = [...rig.objects].reverse();
    expect(findCycles(rig, { objects })).toEqual(expected);
    const walk = (visit: (object: (typeof objects)[number]) => void) => objects.forEach(visit);
    expect(findCycles({ ...rig, collector: { walk } })).toEqual(expected);
  });

  it("counts each slot: two references from one object to another are two to weaken", () => {
    const rig = makeGraphRig([plain(1, 1), plain(0, 0, 0)]);
    expect(findCycles(rig).cycles[0]?.weaken.map(({ field }) => field)).toEqual([0, 1]);
    const alone = findCycles(makeGraphRig([plain(0, 0)]));
    expect(alone.cycles[0]).toMatchObject({ lowerBound: 2, isShortest: true, referenceCount: 2 });
  });

  it("puts the largest cycle first, and of equal ones the one that begins first", () => {
    const rig = makeGraphRig([
      ...[plain(0, 2), plain(1, 4), plain(2, 3), plain(3, 1), plain(4, 5)],
      ...[plain(6, 7), plain(5), plain(7), plain(7, 9, 8), plain(-1, 10), plain(9)],
    ]);
    const members = findCycles(rig).cycles.map((cycle) =>
      cycle.members.map((object) => rig.objects.indexOf(object)),
    );
    expect(members).toEqual([[5, 6], [9, 10], [8], [0], [1], [2], [3], [4], [7]]);
  });

  it("names references in the order of their places", () => {
    const rig = makeGraphRig([plain(1, 0, 2), plain(0, 1), plain(2, 0, 1)]);
    const [cycle] = findCycles(rig).cycles;
    const places = cycle?.weaken.map(({ from, field }) => `${rig.objects.indexOf(from)}.${field}`);
    expect(places).toEqual([...(places as string[])].sort());
    expect(places?.length).toBe(5);
  });

  it("prints for people", () => {
    const rig = makeGraphRig(makeRing(3));
    const [first, , last] = rig.objects;
    expect(formatCycles(findCycles(rig))).toBe(
      `1 cycles: 3 of 3 objects, 36 bytes
  3 × 1 0 false: 36 bytes, 3 references
    weak references needed: 1 (the fewest)
      1 0 false @${last}, field 0 ─► 1 0 false @${first}
`,
    );
    expect(formatCycles(findCycles(makeGraphRig([plain()])))).toBe("no cycles in 1 objects\n");
    const eight = makeGraphRig([plain(0, 0, 0, 0, 0, 0, 0, 0)]);
    expect(formatCycles(findCycles(eight)).split("\n").length).toBe(3 + 8 + 1);
    const mixed = makeGraphRig([plain(0, 0, 0, 0, 0, 0, 0, 1), plain(0, 1), plain(0)]);
    const lines = formatCycles(findCycles(mixed)).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "1 cycles: 2 of 3 objects, 56 bytes",
      "  1 × 8 0 false, 1 × 2 0 false: 56 bytes, 10 references",
      "    weak references needed: 9 (the fewest)",
    ]);
    expect(lines.slice(3 + 8)).toEqual(["      and 1 more", ""]);
    const tangle = formatCycles(findCycles(makeGraphRig(makeTangle(200))));
    expect(tangle).toMatch(/at least \d+ are needed/);
    expect(tangle).toMatch(/and \d+ more/);
  });

  it("bears many objects, in one ring and in a tangle, and recurses nowhere", () => {
    const count = 2 ** 12;
    const ring = findCycles(makeGraphRig(makeRing(count), 1 << 23));
    expect(ring).toMatchObject({ count, cycles: [{ isShortest: true, lowerBound: 1 }] });
    const tangle = findCycles(makeGraphRig(makeTangle(count), 1 << 23));
    const [largest] = tangle.cycles;
    expect(largest?.members.length).toBeGreaterThan(count / 2);
    expect(largest?.lowerBound).toBeGreaterThan(count / 1000);
    expect(largest?.weaken.length).toBeGreaterThanOrEqual(largest?.lowerBound as number);
  });
});
