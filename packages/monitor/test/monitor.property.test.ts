import fc from "fast-check";
import { expect, it } from "vitest";
import * as sources from "../src/index.js";
import { createHistogram, createSnapshot, findDominators, findReachable } from "../src/index.js";
import { graphProperties } from "./graph-properties.js";
import { imageOfNodes } from "./graphs.js";
import { listeningProperties } from "./listening-properties.js";
import { measureProperties } from "./measure-properties.js";

const properties = [...graphProperties, ...listeningProperties, ...measureProperties];

it.each(properties)("%s", (_, property) => {
  fc.assert(property(sources), { numRuns: 500, seed: 1 });
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

it("has no quantile before the first value, and refuses what is no whole number", () => {
  const histogram = createHistogram();
  expect([histogram.quantile(0.5), histogram.least, histogram.greatest]).toEqual([0, 0, 0]);
  expect(histogram.steps()).toEqual([]);
  for (const value of [-1, 1.5, Number.NaN, 2 ** 60]) {
    expect(() => histogram.add(value)).toThrow(/Histogram.add/);
  }
});
