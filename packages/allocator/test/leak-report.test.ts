// Leaks by site: who comes first, which block is named, and the report's text.

import { createPrivateHeap } from "@ouro/heap";
import { expect, it } from "vitest";
import {
  createAllocationSites,
  createCheckedAllocator,
  createPoolAllocator,
  formatLeakReport,
} from "../src/index.js";

function setUp() {
  const source = createPrivateHeap({ reservationBytes: 2 ** 22 });
  const below = createPoolAllocator({ source });
  const sites = createAllocationSites();
  const at = (name: string) => void sites.enter(sites.numberOf(name));
  return { at, checked: createCheckedAllocator(below, { source, sites, domain: "mem" }) };
}

it("puts the site with most bytes first, and of two with as many the older one", () => {
  const { at, checked } = setUp();
  at("young");
  const freed = checked.allocate(300);
  at("old");
  checked.allocate(100);
  at("young");
  const young = checked.allocate(100);
  at("most");
  checked.allocate(60);
  checked.allocate(60);
  checked.free(freed);
  expect(checked.close()).toEqual([
    expect.objectContaining({ site: "most", requestBytes: 120, oldestSerial: 4, blockCount: 2 }),
    expect.objectContaining({ site: "old", requestBytes: 100, oldestSerial: 2 }),
    expect.objectContaining({ site: "young", oldestBlock: young, oldestSerial: 3 }),
  ]);
});

it("names the oldest block of a site, wherever it lies", () => {
  const { at, checked } = setUp();
  at("maker");
  const hole = checked.allocate(100);
  const oldest = checked.allocate(100);
  checked.free(hole);
  checked.release();
  const youngest = checked.allocate(100);
  expect(youngest).toBeLessThan(oldest);
  expect(checked.close()).toEqual([
    {
      site: "maker",
      domain: "mem",
      blockCount: 2,
      requestBytes: 200,
      oldestBlock: oldest,
      oldestSerial: 2,
    },
  ]);
});

it("writes a line a site, and the sum before them", () => {
  const leaks = [
    {
      site: "reader",
      domain: "obj",
      blockCount: 2,
      requestBytes: 300,
      oldestBlock: 80,
      oldestSerial: 4,
    },
    {
      site: "writer",
      domain: "raw",
      blockCount: 1,
      requestBytes: 20,
      oldestBlock: 40,
      oldestSerial: 9,
    },
  ];
  expect(formatLeakReport(leaks)).toBe(
    "3 blocks of 320 bytes were never freed:\n" +
      "         300 bytes in 2 blocks  obj  reader  (first: block 80, serial 4)\n" +
      "          20 bytes in 1 blocks  raw  writer  (first: block 40, serial 9)\n",
  );
});
