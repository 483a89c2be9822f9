import { expect, it } from "vitest";
import {
  createSnapshot,
  findDominators,
  foldedStacksOf,
  retentionProfileOf,
} from "../src/index.js";
import { BOX, imageOfNodes, NODE } from "./graphs.js";

it("folds a chain of one type into one frame, however long it is", () => {
  const count = 100_000;
  const links = Array.from({ length: count }, (_, index) => (index + 1 < count ? [index + 1] : []));
  const snapshot = createSnapshot(imageOfNodes(links, [0]));
  const profile = retentionProfileOf(snapshot, findDominators(snapshot), "chain");
  expect(profile.samples).toHaveLength(1);
  expect(profile.samples[0]?.liveCount).toBe(count);
  expect(foldedStacksOf(profile, "liveCount")).toBe(`(roots);node ${count}\n`);
});

it("stacks who dominates whom, and holds every object once, garbage too", () => {
  // Roots hold node 0; it holds box 1, which owns node 2; nodes 3 and 4 are a garbage cycle.
  const image = imageOfNodes([], [0], {
    types: [NODE, BOX],
    objectTypes: Int32Array.of(0, 1, 0, 0, 0),
    lengths: Int32Array.of(1, 0, 0, 1, 1),
    states: new Uint8Array(5),
    values: Int32Array.of(2, 3, 5, 4),
    rawWords: new Int32Array(3),
  });
  const snapshot = createSnapshot(image);
  const profile = retentionProfileOf(snapshot, findDominators(snapshot), "heap");
  expect(foldedStacksOf(profile, "liveCount").split("\n").sort().join("\n").trim()).toBe(
    ["(garbage);node 2", "(roots);node 1", "(roots);node;box 1", "(roots);node;box;node 1"].join(
      "\n",
    ),
  );
  const bytes = profile.samples.reduce((sum, { liveBytes }) => sum + liveBytes, 0);
  expect(bytes).toBe(snapshot.sizesBytes.reduce((sum, size) => sum + size, 0));
});

it("ends a stack at its hundredth frame", () => {
  const links = Array.from({ length: 300 }, (_, index) => (index < 299 ? [index + 1] : []));
  const snapshot = createSnapshot(imageOfNodes(links, [0]), { label: String });
  let turn = 0;
  const names = { ...snapshot, typeNameOf: () => `type ${turn++ % 2}` };
  const profile = retentionProfileOf(names, findDominators(snapshot), "deep");
  const depths = profile.samples.map(({ sites }) => sites.length);
  expect(Math.max(...depths)).toBe(100);
});
