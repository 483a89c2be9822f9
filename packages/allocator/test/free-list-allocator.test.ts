import { createPrivateHeap } from "@ouro/heap";
import { DoubleFreeError, HeapCorruptionError, UsageError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  CPYTHON_FREE_LISTS,
  createFreeListAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  type FreeListSpec,
} from "../src/index.js";

function makeLists(lists: readonly FreeListSpec[] = CPYTHON_FREE_LISTS) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
  const pools = createPoolAllocator({ source: heap });
  const allocator = createFreeListAllocator({ source: heap, allocator: pools, lists });
  return { heap, pools, allocator };
}

describe("the free list allocator", () => {
  it("keeps as many blocks of each type as CPython 3.13, and frees the others", () => {
    const { pools, allocator } = makeLists();
    for (const [list, { name, maximumCount }] of CPYTHON_FREE_LISTS.entries()) {
      expect(allocator.listOf(name)).toBe(list);
      const blocks = Array.from({ length: maximumCount + 5 }, () => allocator.allocateObject(list));
      for (const block of blocks) allocator.freeObject(list, block);
      expect(allocator.keptCount(list)).toBe(maximumCount);
      expect(pools.statistics().liveBlockCount).toBe(maximumCount);
      allocator.validate();
      expect(allocator.clear()).toBe(maximumCount);
    }
    const maxima = CPYTHON_FREE_LISTS.map(({ maximumCount }) => maximumCount);
    expect(maxima).toEqual([100, ...Array(20).fill(2000), 80, 80, 80, 1, 255, 80, 80]);
  });

  it("gives the block freed last, and none of another type", () => {
    const { allocator } = makeLists();
    const [list, slice] = [allocator.listOf("list"), allocator.listOf("slice")];
    const [one, two] = [allocator.allocateObject(list), allocator.allocateObject(list)];
    allocator.freeObject(list, one);
    allocator.freeObject(list, two);
    expect(allocator.allocateObject(slice)).not.toBe(two);
    expect(allocator.allocateObject(list)).toBe(two);
    expect(allocator.allocateObject(list)).toBe(one);
  });

  it("is emptied by clear, which gives the arenas' pools back", () => {
    const { pools, allocator } = makeLists();
    const blocks = Array.from({ length: 50 }, () => allocator.allocate(24));
    for (const block of blocks) allocator.free(block);
    expect(allocator.statistics().liveBlockCount).toBe(0);
    expect(pools.statistics().liveBlockCount).toBe(50);
    expect(allocator.clear()).toBe(50);
    expect(pools.statistics().liveBlockCount).toBe(0);
    expect(allocator.clear()).toBe(0);
  });

  it("refuses every use of a kept block as a double free", () => {
    const { allocator } = makeLists();
    const list = allocator.listOf("float");
    const block = allocator.allocateObject(list);
    allocator.freeObject(list, block);
    expect(() => allocator.free(block)).toThrow(DoubleFreeError);
    expect(() => allocator.freeObject(list, block)).toThrow(DoubleFreeError);
    expect(() => allocator.reallocate(block, 8)).toThrow(DoubleFreeError);
    expect(() => allocator.usableSizeBytes(block)).toThrow(DoubleFreeError);
    expect(allocator.owns(block)).toBe(false);
  });

  it("does not take a live block for a kept one, whatever it holds", () => {
    const { heap, allocator } = makeLists();
    const kept = allocator.allocate(24);
    const live = allocator.allocate(24);
    allocator.free(kept);
    heap.words[live] = heap.words[kept] as number;
    expect(allocator.owns(live)).toBe(true);
    allocator.free(live);
    allocator.validate();
  });

  it("notices a write into a kept block when it is taken and when it is validated", () => {
    const { heap, allocator } = makeLists();
    const block = allocator.allocate(24);
    allocator.free(block);
    heap.words[block] = 7;
    expect(() => allocator.validate()).toThrow(HeapCorruptionError);
    expect(() => allocator.allocate(24)).toThrow(/written after it had been freed/);
  });

  it("gives kept blocks back before it says that memory ran out", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23, limitBytes: 2 ** 20 });
    const large = createLargeBlockAllocator({ source: heap });
    const lists = [{ name: "buffer", requestBytes: 4096, maximumCount: 300 }];
    const allocator = createFreeListAllocator({ source: heap, allocator: large, lists });
    const blocks = Array.from({ length: 200 }, () => allocator.allocate(4096));
    for (const block of blocks) allocator.free(block);
    expect(allocator.keptCount(0)).toBe(200);
    expect(allocator.tryAllocate(900_000)).toBeGreaterThan(0);
    expect(allocator.keptCount(0)).toBe(0);
  });

  it.each([
    ["a size of nothing", [{ name: "a", requestBytes: 0, maximumCount: 1 }]],
    ["a size beyond 4096 bytes", [{ name: "a", requestBytes: 4097, maximumCount: 1 }]],
    ["a list that keeps nothing", [{ name: "a", requestBytes: 8, maximumCount: 0 }]],
    [
      "two lists of one name",
      [
        { name: "a", requestBytes: 8, maximumCount: 1 },
        { name: "a", requestBytes: 16, maximumCount: 1 },
      ],
    ],
  ])("refuses %s", (_, lists) => {
    expect(() => makeLists(lists)).toThrow(UsageError);
  });

  it("refuses lists that are not there, and blocks too small for theirs", () => {
    const { allocator } = makeLists();
    expect(() => allocator.listOf("set")).toThrow(/There are float, tuple of 1/);
    expect(() => allocator.allocateObject(99)).toThrow(UsageError);
    expect(() => allocator.freeObject(-1, allocator.allocate(8))).toThrow(UsageError);
    const small = allocator.allocate(16);
    expect(() => allocator.freeObject(allocator.listOf("dict"), small)).toThrow(/too small/);
    expect(allocator.owns(small)).toBe(true);
  });
});
