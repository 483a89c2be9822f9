// A pool's way through its states: full and still first, empty and waiting, given back.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  type Block,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  type Observer,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createPoolAllocator, type PoolAllocatorOptions } from "../src/index.js";

const POOL_BLOCK_COUNT = 32;

function setUp(options: Partial<PoolAllocatorOptions> = {}) {
  const heap = createPrivateHeap({ reservationBytes: 4 * ARENA_SIZE_BYTES });
  const budgetWord = heap.reserveRegion(heap.registerBorrower("test"), "budget", 4).start;
  heap.words[budgetWord] = 100_000;
  const make = (more = options) => createPoolAllocator({ source: heap, ...more });
  const pools = make();
  const fill = (count: number): Block[] => Array.from({ length: count }, () => pools.allocate(512));
  return { heap, budgetWord, make, pools, fill };
}

describe("a pool", () => {
  it("that is full and still the first of its list stays the first when a block comes free", () => {
    const { pools, fill } = setUp();
    const blocks = fill(POOL_BLOCK_COUNT);
    for (const index of [31, 0, 7]) {
      pools.free(blocks[index] as Block);
      pools.validate();
      expect(pools.allocate(512)).toBe(blocks[index]);
      pools.validate();
    }
    pools.free(blocks[3] as Block);
    pools.free(blocks[4] as Block);
    expect(fill(3)).toEqual([blocks[3], blocks[4], (blocks[31] as Block) + 128]);
    pools.validate();
  });

  it("that waits is taken as it is, and waits again, as often as it comes empty", () => {
    const { pools } = setUp();
    pools.allocate(16);
    const block = pools.allocate(512);
    for (let round = 0; round < 3; round++) {
      pools.free(block);
      pools.validate();
      expect(pools.allocate(512)).toBe(block);
      pools.validate();
    }
    pools.free(block);
    expect(pools.allocate(64)).toBe(block);
    pools.validate();
  });

  it("that waits gives way to another that comes empty", () => {
    const { pools } = setUp();
    pools.allocate(16);
    const [one, two] = [pools.allocate(512), pools.allocate(256)];
    pools.free(one);
    pools.free(two);
    pools.validate();
    expect(pools.allocate(256)).toBe(two);
    expect(pools.allocate(64)).toBe(one);
    pools.trim();
    pools.validate();
  });

  it("is found by a second view of the allocator in the state in which the first left it", () => {
    const { pools, make, fill } = setUp();
    const blocks = fill(POOL_BLOCK_COUNT + 3);
    const again = make();
    again.validate();
    expect(again.allocate(512)).toBe((blocks.at(-1) as Block) + 128);
    again.free(blocks[0] as Block);
    pools.validate();
    expect(pools.allocate(512)).toBe(blocks[0]);
  });
});

describe("an empty pool does not wait, but is given back and taken anew", () => {
  it("where a budget is charged for it", () => {
    const { heap, budgetWord, make } = setUp();
    const pools = make({ budgetWord, name: "budgeted" });
    pools.allocate(16);
    const before = heap.words[budgetWord] as number;
    for (let round = 1; round <= 3; round++) {
      pools.free(pools.allocate(512));
      pools.validate();
      expect(heap.words[budgetWord]).toBe(before - round * 1024);
    }
  });

  it.each([
    ["both", [EVENT_POOL_TAKE, EVENT_POOL_RELEASE]],
    ["taken pools", [EVENT_POOL_TAKE]],
    ["pools given back", [EVENT_POOL_RELEASE]],
  ] as const)("where an observer hears of %s", (_, wants) => {
    const seen: number[] = [];
    const observer: Observer = { wants, event: (code) => void seen.push(code) };
    const { pools } = setUp({ observer });
    pools.allocate(16);
    seen.length = 0;
    for (let round = 0; round < 2; round++) pools.free(pools.allocate(512));
    const both = [EVENT_POOL_TAKE, EVENT_POOL_RELEASE];
    const heard = both.filter((code) => (wants as readonly number[]).includes(code));
    expect(seen).toEqual([...heard, ...heard]);
  });
});
