// The counts by themselves: what they add up to, where they end, and what their validate() says.

import { expect, it } from "vitest";
import { createAllocationCounts, createAllocationSites } from "../src/index.js";

it("counts a block of up to 16 bytes in the first class, and those of 512 and 513 apart", () => {
  const counts = createAllocationCounts();
  for (const sizeBytes of [0, 1, 16, 17, 512, 513, 2 ** 20]) counts.add("obj", 0, sizeBytes);
  const rows = counts.byClass();
  expect(rows.map((row) => row.blockSizeBytes)).toEqual([
    ...Array.from({ length: 32 }, (_, row) => (row + 1) * 16),
    Infinity,
  ]);
  const counted = rows.filter((row) => row.allocatedCount > 0);
  expect(counted.map((row) => [row.blockSizeBytes, row.allocatedCount])).toEqual([
    [16, 3],
    [32, 1],
    [512, 1],
    [Infinity, 2],
  ]);
  counts.validate();
});

it("keeps the most that ever lived, though less lives now", () => {
  const counts = createAllocationCounts();
  counts.add("mem", 0, 100);
  counts.add("mem", 0, 200);
  counts.remove("mem", 0, 200);
  counts.add("mem", 0, 50);
  expect(counts.total()).toEqual({
    allocatedCount: 3,
    freedCount: 1,
    liveCount: 2,
    liveBytes: 150,
    peakLiveBytes: 300,
  });
});

it("has a row for each site however many there are, the one that holds most first", () => {
  const sites = createAllocationSites();
  const counts = createAllocationCounts({ sites });
  const numbers = Array.from({ length: 40 }, (_, index) => sites.numberOf(`site ${index}`));
  for (const number of [...numbers].reverse()) counts.add("obj", number, number);
  expect(counts.bySite().map((row) => [row.site, row.liveBytes])).toEqual(
    numbers.map((number) => [`site ${number - 1}`, number]).reverse(),
  );
  counts.validate();
});

it("names a site that nobody named", () => {
  const counts = createAllocationCounts();
  counts.add("raw", 0, 8);
  expect(counts.bySite()).toEqual([expect.objectContaining({ site: "unknown site" })]);
  const sites = createAllocationSites();
  expect(sites.numberOf("unknown site")).toBe(0);
  expect(() => sites.nameOf(3)).toThrow(/^sites\.nameOf: site 3/);
  expect(() => sites.enter(3)).toThrow(/^sites\.enter: site 3/);
});

/** No domain of ours: what is counted for it is in no row of the domains. */
const none = "none" as "obj";

it.each<
  [what: string, act: (counts: ReturnType<typeof createAllocationCounts>) => void, said: string]
>([
  [
    "a free of nothing",
    (counts) => counts.remove("obj", 0, 0),
    "size classes at word 0 is broken: less than nothing",
  ],
  [
    "a free of more bytes than were given",
    (counts) => {
      counts.add("obj", 0, 20);
      counts.add("obj", 0, 60);
      counts.remove("obj", 0, 30);
    },
    "size classes at word 1 is broken: less than nothing",
  ],
  [
    "a block of no domain",
    (counts) => counts.add(none, 0, 20),
    "counts by domains at word 0 is broken: their sum is not the total",
  ],
  [
    "a block of no bytes and no domain that was given and freed by one",
    (counts) => {
      counts.add(none, 0, 0);
      counts.remove(none, 0, 0);
    },
    "counts by domains at word 0 is broken: their sum is not the total",
  ],
  [
    "a block of no bytes that was freed by no site",
    (counts) => {
      counts.add("obj", 0, 8);
      counts.add("obj", 0, 0);
      counts.remove("obj", 7, 0);
    },
    "counts by sites at word 0 is broken: their sum is not the total",
  ],
  [
    "a block of no size",
    (counts) => counts.add("obj", 0, Number.NaN),
    "counts by size classes at word 0 is broken: their sum is not the total",
  ],
])("validate() tells of %s", (_, act, said) => {
  const counts = createAllocationCounts();
  counts.validate();
  act(counts);
  expect(() => counts.validate()).toThrow(said);
});
