// A misspelt option is refused, with the list of those that there are, and so is a number that
// cannot be meant: nothing is lost without a word.

import { createPrivateHeap } from "@ouro/heap";
import { UsageError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";

const source = createPrivateHeap({ reservationBytes: 2 ** 24 });
const allocator = parts.createPoolAllocator({ source });
const large = parts.createLargeBlockAllocator({ source });
const counts = parts.createAllocationCounts();
const lists = parts.CPYTHON_FREE_LISTS;

/** Each factory with options that are right. */
const CALLS: [name: string, make: (options: never) => unknown, options: object][] = [
  ["createPoolAllocator", parts.createPoolAllocator, { source, name: "a" }],
  ["createLargeBlockAllocator", parts.createLargeBlockAllocator, { source, name: "b" }],
  ["createBumpAllocator", parts.createBumpAllocator, { source }],
  ["createSizeRouter", parts.createSizeRouter, { source, small: allocator, large }],
  ["createFreeListAllocator", parts.createFreeListAllocator, { source, allocator, lists }],
  ["createCountingAllocator", (o) => parts.createCountingAllocator(allocator, o), { counts }],
  ["createAllocationCounts", parts.createAllocationCounts, {}],
  ["createAllocationSites", parts.createAllocationSites, {}],
  ["createCheckedAllocator", (o) => parts.createCheckedAllocator(allocator, o), { source }],
  ["createMalloc", parts.createMalloc, { memory: source, allocator }],
  [
    "createAllocatorDomains",
    parts.createAllocatorDomains,
    { raw: allocator, mem: allocator, obj: allocator },
  ],
  ["observedAllocator", (o) => parts.observedAllocator(allocator, o), { observer: undefined }],
];

it.each(CALLS)("%s refuses an option that there is not, and one that is missing", (...call) => {
  const [name, make, options] = call;
  make(options as never);
  const misspelt = { ...options, sorce: source };
  expect(() => make(misspelt as never)).toThrow(UsageError);
  expect(() => make(misspelt as never)).toThrow(`${name}: option sorce is not known`);
  const [required] = Object.keys(options);
  if (required === undefined || required === "observer") return;
  expect(() => make({} as never)).toThrow(`${name}: option ${required} is missing`);
});

it("a free list with a misspelt maximum is refused by its name", () => {
  const list = { name: "float", requestBytes: 24, maximumCount: 1, maximum: 5 };
  const options = { source, allocator, lists: [list], name: "misspelt" };
  expect(() => parts.createFreeListAllocator(options)).toThrow(/option maximum is not known/);
});

it.each([-1, 1.5, Number.NaN, "64k", 2 ** 31])(
  "the checked layer holds back no %s bytes",
  (bytes) => {
    for (const option of ["holdBytes", "fillLimitBytes"]) {
      const options = { source, name: "odd", [option]: bytes as number };
      expect(() => parts.createCheckedAllocator(allocator, options)).toThrow(UsageError);
    }
  },
);

it("what is no assertion level is refused, and no element type", () => {
  expect(() => parts.assertedAllocator(allocator, "cheep" as never)).toThrow(/Choose from off/);
  const { mallocAs } = parts.createMalloc({ memory: source, allocator });
  expect(() => mallocAs("toString" as never, 1)).toThrow(/is no element type/);
});
