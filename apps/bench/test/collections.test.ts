import { describe, expect, it } from "vitest";
import { COLLECTIONS, makeCollections } from "../src/collections/collection.js";
import { renderCollection } from "../src/collections/collection-report.js";
import { answerCollectionTargets } from "../src/collections/collection-target.js";
import { shuffled } from "../src/collections/random.js";
import {
  type CollectionResults,
  withCollectionRatios,
} from "../src/collections/run-collections.js";
import { coldAndWarm } from "../src/collections/stopwatch.js";
import { parseOptions } from "../src/options.js";
import { spread } from "../src/statistics.js";

const shuffledLive: CollectionResults = {
  name: "collect-shuffled",
  title: "full collection",
  unit: "ns",
  rows: withCollectionRatios([
    { peer: "cpython-3.13", metric: "warm", cpu: spread([400, 500, 600]), wall: spread([510]) },
    { peer: "mark-sweep", metric: "", problem: "died: out of memory" },
    { peer: "cpython", metric: "warm", cpu: spread([900, 1000, 1100]), wall: spread([1010]) },
  ]),
};

describe("the workloads of collectors", () => {
  it("are all chosen by the one word collections", () => {
    expect(parseOptions(["collections"]).groups).toEqual(COLLECTIONS);
    expect(makeCollections(COLLECTIONS, true)).toHaveLength(COLLECTIONS.length);
  });

  it("shuffle the same way in every language and lose no number", () => {
    const order = shuffled(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from(order, (_, index) => index));
    // What peers/collecting.py prints for shuffled(8).
    expect([...shuffled(8)]).toEqual([6, 5, 0, 3, 7, 2, 4, 1]);
  });

  it("keep the first run apart and leave two more out", () => {
    const runs = [9, 8, 7, 2, 1].map((cpuNs) => ({ cpuNs, wallNs: 10 * cpuNs }));
    const { "first, cold": cold, warm } = coldAndWarm(runs, 2);
    expect(cold.cpu).toEqual([4.5]);
    expect(warm).toEqual({ cpu: [1, 0.5], wall: [10, 5] });
  });

  it("compare medians with CPython's and answer the targets that the run can speak about", () => {
    expect(shuffledLive.rows[0]?.timesBetterThan).toEqual({ cpython: 2 });
    expect(answerCollectionTargets([shuffledLive])).toMatchObject([
      { peer: "cpython-3.13", measured: 2, wanted: 2, isReached: true },
    ]);
  });

  it("print a peer that failed with its reason beside those that did not", () => {
    const text = renderCollection(shuffledLive, { cpython: "CPython 3.13.0" }, "text");
    expect(text).toContain("500 (400–600)");
    expect(text).toContain("died: out of memory");
    expect(text).toContain("CPython 3.13.0");
  });
});
