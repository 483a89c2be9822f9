import { expect, it } from "vitest";
import { compareTypes, countTypes, createSnapshot, findReferrers } from "../src/index.js";
import { imageOfNodes } from "./graphs.js";

it("counts objects and bytes by type, most bytes first", () => {
  const snapshot = createSnapshot(imageOfNodes([[], [0, 0, 0], []], []), { sizesBytes: [1, 9, 4] });
  expect(countTypes(snapshot)).toEqual([{ typeName: "node", count: 3, bytes: 14 }]);
  expect(countTypes(snapshot, (object) => object !== 1)[0]?.bytes).toBe(5);
});

it("tells what grew, what shrank and what came and went, and nothing of what stayed", () => {
  const before = [
    { typeName: "list", count: 2, bytes: 20 },
    { typeName: "dict", count: 1, bytes: 64 },
    { typeName: "int", count: 5, bytes: 80 },
  ];
  const after = [
    { typeName: "list", count: 5, bytes: 50 },
    { typeName: "node", count: 1, bytes: 16 },
    { typeName: "int", count: 5, bytes: 80 },
  ];
  expect(compareTypes(before, after)).toEqual([
    { typeName: "dict", count: -1, bytes: -64, countBefore: 1, bytesBefore: 64 },
    { typeName: "list", count: 3, bytes: 30, countBefore: 2, bytesBefore: 20 },
    { typeName: "node", count: 1, bytes: 16, countBefore: 0, bytesBefore: 0 },
  ]);
});

it("finds all who refer to an object, roots too", () => {
  const snapshot = createSnapshot(imageOfNodes([[1], [], [0, 1, 1]], [1, 2]));
  expect(findReferrers(snapshot, 1).map(({ holder }) => holder)).toEqual([-1, 0, 2, 2]);
});
