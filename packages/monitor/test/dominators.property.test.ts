import fc from "fast-check";
import { expect, it } from "vitest";
import { createSnapshot, findDominators, findReachable, findRetentionPath } from "../src/index.js";
import { imageOfNodes } from "./graphs.js";

const SIZE = 9;

const heaps = fc.integer({ min: 1, max: SIZE }).chain((count) =>
  fc.record({
    links: fc.array(fc.array(fc.option(fc.nat(count - 1), { nil: undefined }), { maxLength: 4 }), {
      minLength: count,
      maxLength: count,
    }),
    roots: fc.array(fc.nat(count - 1), { maxLength: 3 }),
  }),
);

type Links = readonly (readonly (number | undefined)[])[];

/** Distances from the roots by the plainest search, without what is left out. */
function reach(links: Links, roots: readonly number[], without = -1): Map<number, number> {
  const distances = new Map<number, number>();
  let front = roots.filter((root) => root !== without);
  for (let distance = 1; front.length > 0; distance++) {
    for (const object of front) if (!distances.has(object)) distances.set(object, distance);
    const next = front.flatMap((object) => links[object] ?? []);
    front = [...new Set(next)].filter(
      (object): object is number =>
        object !== undefined && object !== without && !distances.has(object),
    );
  }
  return distances;
}

it("finds what each object retains: what no root reaches without it", () => {
  fc.assert(
    fc.property(heaps, ({ links, roots }) => {
      const snapshot = createSnapshot(imageOfNodes(links, roots));
      const { retainedBytes, retainedCounts } = findDominators(snapshot);
      const reached = reach(links, roots);
      for (let object = 0; object < links.length; object++) {
        const left = reach(links, roots, object);
        const gone = reached.has(object)
          ? [...reached.keys()].filter((other) => !left.has(other))
          : [];
        expect(retainedCounts[object]).toBe(gone.length);
        const bytes = gone.reduce((sum, other) => sum + (snapshot.sizesBytes[other] as number), 0);
        expect(retainedBytes[object]).toBe(bytes);
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});

it("finds for each reachable object a shortest way that is there, and its dominators on it", () => {
  fc.assert(
    fc.property(heaps, ({ links, roots }) => {
      const snapshot = createSnapshot(imageOfNodes(links, roots));
      const reachability = findReachable(snapshot);
      const dominators = findDominators(snapshot);
      const reached = reach(links, roots);
      for (let object = 0; object < links.length; object++) {
        const path = findRetentionPath(snapshot, reachability, dominators, object);
        expect(path?.length).toBe(reached.get(object));
        if (path === undefined) continue;
        expect(path.at(-1)?.object).toBe(object);
        expect(roots).toContain(path[0]?.object);
        for (const [index, { object: at, slotName, isDominator }] of path.entries()) {
          const holder = path[index - 1]?.object;
          const slot = Number(/\d+/.exec(slotName)?.[0]);
          expect(holder === undefined ? roots[slot] : links[holder]?.[slot]).toBe(at);
          expect(isDominator).toBe(at === object || !reach(links, roots, at).has(object));
        }
      }
    }),
    { numRuns: 500, seed: 2 },
  );
});

it("takes a list of a million objects without recursing", () => {
  const count = 1_000_000;
  const image = imageOfNodes([], [0], {
    objectTypes: new Int32Array(count),
    lengths: new Int32Array(count).fill(1),
    states: new Uint8Array(count),
    values: Int32Array.from({ length: count }, (_, object) =>
      object + 1 < count ? object + 2 : 0,
    ),
  });
  const snapshot = createSnapshot(image);
  const { retainedCounts, dominators } = findDominators(snapshot);
  expect(retainedCounts[0]).toBe(count);
  expect(dominators[count - 1]).toBe(count - 2);
  expect(findReachable(snapshot).distances[count - 1]).toBe(count);
});
