// What a sweep does by example, and the budget that makes a collector sweep at all. Its properties
// are those of the suite for allocators.

import { createPrivateHeap } from "@ouro/heap";
import { describe, expect, it } from "vitest";
import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "../src/index.js";
import { reserveMarks } from "./rigs.js";

describe("a sweep", () => {
  function pools(blockCount: number) {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
    const marks = reserveMarks(heap);
    const allocator = createPoolAllocator({ source: heap });
    const blocks = Array.from({ length: blockCount }, () => allocator.allocate(512));
    return { heap, marks, allocator, blocks };
  }

  it("reuses the pool of lowest address first, and takes no new one while any waits", () => {
    const { heap, marks, allocator, blocks } = pools(320);
    for (const block of blocks.filter((_, index) => index % 2 === 0)) {
      heap.words[marks + (block >>> 7)] = 1 << (block >>> 2);
    }
    allocator.beginSweep(marks);
    const again = Array.from({ length: 160 }, () => allocator.allocate(512));
    expect(again).toEqual(blocks.filter((_, index) => index % 2 === 1));
    expect(allocator.isSweeping()).toBe(true);
    const next = allocator.allocate(512);
    expect(allocator.isSweeping()).toBe(false);
    expect(blocks).not.toContain(next);
    allocator.validate();
  });

  it("gives a pool that it finds empty to any size class", () => {
    const { marks, allocator, blocks } = pools(32);
    allocator.beginSweep(marks);
    expect(allocator.allocate(16)).toBe(blocks[0]);
    expect(allocator.statistics().liveBlockCount).toBe(1);
  });

  it("refuses to free garbage that it has not come to yet, when the block is large", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
    const marks = reserveMarks(heap);
    const large = createLargeBlockAllocator({ source: heap });
    const block = large.allocate(1000);
    large.beginSweep(marks);
    expect(large.owns(block)).toBe(false);
    expect(() => large.free(block)).toThrow("not a live block");
    large.finishSweep();
    expect(heap.statistics().lentArenaCount).toBe(0);
  });

  it("is not offered by a router one of whose allocators cannot", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
    const small = createPoolAllocator({ source: heap });
    const { beginSweep: _, ...large } = createLargeBlockAllocator({ source: heap });
    expect("beginSweep" in createSizeRouter({ source: heap, small, large })).toBe(false);
  });
});

describe("a budget", () => {
  function budgeted(granules: number) {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
    const borrower = heap.registerBorrower("budget");
    const budgetWord = heap.reserveRegion(borrower, "budget", 4).start;
    heap.words[budgetWord] = granules;
    const left = (): number => heap.words[budgetWord] as number;
    return { heap, budgetWord, left };
  }

  it("is charged with a pool's free blocks when the pool begins to serve", () => {
    const { heap, budgetWord, left } = budgeted(2500);
    const pools = createPoolAllocator({ source: heap, budgetWord });
    const blocks = Array.from({ length: 1024 }, () => pools.allocate(16));
    expect(left()).toBe(2500 - 1024);
    for (const block of blocks.slice(0, 10)) pools.free(block);
    for (let count = 0; count < 10; count++) pools.allocate(16);
    expect(left()).toBe(2500 - 1024);
    pools.allocate(48);
    expect(left()).toBe(2500 - 1024 - 341 * 3);
  });

  it("never goes below 0, and at 0 no pool begins to serve though memory is left", () => {
    const { heap, budgetWord, left } = budgeted(100);
    const pools = createPoolAllocator({ source: heap, budgetWord });
    for (let count = 0; count < 1024; count++) expect(pools.tryAllocate(16)).not.toBe(0);
    expect(left()).toBe(0);
    expect(pools.tryAllocate(16)).toBe(0);
    expect(pools.tryAllocate(32)).toBe(0);
    pools.validate();
    heap.words[budgetWord] = 1;
    expect(pools.tryAllocate(16)).not.toBe(0);
  });

  it("is charged with a large block's granules, and refuses the block that it cannot pay", () => {
    const { heap, budgetWord, left } = budgeted(100);
    const large = createLargeBlockAllocator({ source: heap, budgetWord });
    expect(large.tryAllocate(1000)).not.toBe(0);
    expect(left()).toBe(100 - 63);
    expect(large.tryAllocate(600)).toBe(0);
    expect(left()).toBe(37);
    expect(large.tryAllocate(584)).not.toBe(0);
    expect(left()).toBe(0);
    large.validate();
  });
});
