// A sweep by the word: its census, what lives while it runs, and the order in which it takes pools
// and arenas.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, type Block, POOL_SIZE_WORDS } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "../src/index.js";
import { reserveMarks } from "./rigs.js";

function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * ARENA_SIZE_BYTES });
  const marks = reserveMarks(heap);
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const router = createSizeRouter({ source: heap, small, large });
  const isMarked = (block: number): boolean =>
    (((heap.words[marks + (block >>> 7)] as number) >>> (block >>> 2)) & 1) === 1;
  const mark = (blocks: readonly number[]): void => {
    for (const block of blocks) {
      heap.words[marks + (block >>> 7)] =
        (heap.words[marks + (block >>> 7)] as number) | (1 << (block >>> 2));
    }
  };
  const many = (count: number, bytes: number): Block[] =>
    Array.from({ length: count }, () => router.allocate(bytes));
  return { heap, marks, small, large, router, mark, many, isMarked };
}

const everyOther = (blocks: readonly Block[]): Block[] =>
  blocks.filter((_, index) => index % 2 === 0);

describe("a sweep's census", () => {
  it("counts what lives and what does not, in pools and among large blocks", () => {
    const { marks, small, large, router, mark, many } = setUp();
    const [tiny, wide, huge] = [many(100, 16), many(70, 512), many(9, 2000)];
    mark([...everyOther(tiny), ...wide.slice(0, 33), ...huge.slice(0, 4)]);
    expect(router.beginSweep(marks)).toEqual({
      liveCount: 50 + 33 + 4,
      liveBytes: 50 * 16 + 33 * 512 + 4 * 2008,
      garbageCount: 50 + 37 + 5,
      garbageBytes: 50 * 16 + 37 * 512 + 5 * 2008,
    });
    expect([small, large, router].map((each) => each.isSweeping())).toEqual([true, true, true]);
    expect(router.statistics()).toMatchObject({
      liveBlockCount: 87,
      usedBytes: 50 * 16 + 33 * 512 + 4 * 2008,
    });
    small.finishSweep();
    expect([small, large, router].map((each) => each.isSweeping())).toEqual([false, true, true]);
    router.finishSweep();
    expect([small, large, router].map((each) => each.isSweeping())).toEqual([false, false, false]);
    expect(router.statistics().liveBlockCount).toBe(87);
    router.validate();
  });

  it("is of nothing in a heap that is empty, and each sweep has one of its own", () => {
    const { heap, marks, router, mark, many } = setUp();
    const nothing = { liveCount: 0, liveBytes: 0, garbageCount: 0, garbageBytes: 0 };
    expect(router.beginSweep(marks)).toEqual(nothing);
    router.finishSweep();
    const blocks = [...many(5, 100), ...many(5, 1000)];
    mark(blocks);
    const all = { liveCount: 10, liveBytes: 5 * 112 + 5 * 1000, garbageCount: 0, garbageBytes: 0 };
    for (let round = 0; round < 3; round++) {
      expect(router.beginSweep(marks)).toEqual(all);
      router.validate();
      router.finishSweep();
      router.validate();
    }
    for (const block of blocks) heap.words[marks + (block >>> 7)] = 0;
    expect(router.beginSweep(marks)).toMatchObject({ liveCount: 0, garbageCount: 10 });
    router.finishSweep();
    router.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
  });
});

describe("while a sweep runs", () => {
  it("what has no mark does not live: it is walked past, not owned, and on no top", () => {
    const { marks, small, large, router, mark, many } = setUp();
    const blocks = [...many(70, 512), ...many(5, 2000)];
    const live = everyOther(blocks);
    mark(live);
    router.beginSweep(marks);
    const check = (): void => {
      const walked: number[] = [];
      router.walk((block) => walked.push(block));
      expect(walked).toEqual([...live].sort((one, other) => one - other));
      expect(blocks.filter((block) => router.owns(block))).toEqual(live);
      expect(small.statistics().topBlock?.block).toBe(live.filter(small.owns).at(-1));
      expect(large.statistics().topBlock?.block).toBe(live.filter(large.owns).at(-1));
      router.validate();
    };
    check();
    const usedCounts: number[] = [];
    small.walkPools((_pool, _class, usedCount) => usedCounts.push(usedCount));
    expect(usedCounts).toEqual([16, 16, 3]);
    router.finishSweep();
    check();
    for (const block of live) router.free(block);
    expect(router.statistics().liveBlockCount).toBe(0);
  });

  it("what is given lives on, though it has no mark of the collector's", () => {
    const { marks, router, many, isMarked, large } = setUp();
    many(40, 512);
    many(4, 2000);
    router.beginSweep(marks);
    const fresh = [...many(3, 512), ...many(3, 2000), ...many(2, 40)];
    expect(fresh.filter((block) => large.owns(block)).every(isMarked)).toBe(true);
    router.validate();
    expect(fresh.every((block) => router.owns(block))).toBe(true);
    router.finishSweep();
    expect(fresh.every((block) => router.owns(block))).toBe(true);
    expect(router.statistics().liveBlockCount).toBe(8);
    router.validate();
  });

  it("pools are swept from the lowest on, just as far as a free block of the size needs", () => {
    const { marks, small, router, mark, many } = setUp();
    const [one, two, three, four] = [many(32, 512), many(32, 512), many(42, 384), many(32, 512)];
    mark([...one, ...everyOther(two), ...everyOther(three), ...four]);
    router.beginSweep(marks);
    expect(router.allocate(512)).toBe(two[1]);
    expect(router.allocate(384)).toBe(three[1]);
    expect(router.allocate(512)).toBe(two[3]);
    expect(small.isSweeping()).toBe(true);
    // The last pool is full of what lives: the sweep is over, and a new pool begins.
    for (let count = 0; count < 14; count++) router.allocate(512);
    expect(router.allocate(512)).toBe((four[0] as Block) + POOL_SIZE_WORDS);
    expect(small.isSweeping()).toBe(false);
    router.validate();
  });

  it("a free in a pool that is not swept yet leaves it for the sweep", () => {
    const { marks, small, router, mark, many } = setUp();
    const [full, used] = [many(32, 512), many(20, 512)];
    mark([...everyOther(full), ...everyOther(used)]);
    router.beginSweep(marks);
    for (const block of [full[0], used[0], used[2]] as Block[]) {
      router.free(block);
      router.validate();
    }
    expect(small.statistics().liveBlockCount).toBe(16 - 1 + 10 - 2);
    expect(router.allocate(512)).toBe(full[0]);
    expect(router.allocate(512)).toBe(full[1]);
    router.finishSweep();
    router.validate();
    expect(small.statistics().liveBlockCount).toBe(25);
  });

  it("a pool all of whose marked blocks are freed goes back when its garbage is swept", () => {
    const { marks, small, router, mark, many } = setUp();
    const [kept, gone] = [many(32, 512), many(32, 512)];
    mark([kept[0], gone[0]] as Block[]);
    router.beginSweep(marks);
    router.free(gone[0] as Block);
    router.validate();
    router.finishSweep();
    const usedCounts: number[] = [];
    small.walkPools((_pool, _class, usedCount) => usedCounts.push(usedCount));
    expect(usedCounts).toEqual([1, 0]);
    expect(router.allocate(16)).toBe(gone[0]);
    router.validate();
  });

  it("an arena that comes free goes back, and large blocks are swept an arena at a time", () => {
    const { heap, marks, large, mark, many } = setUp();
    const blocks = many(4, ARENA_SIZE_BYTES - 24);
    mark([blocks[3] as Block]);
    large.beginSweep(marks);
    expect(heap.statistics().lentArenaCount).toBe(4);
    expect(large.allocate(ARENA_SIZE_BYTES / 2)).toBe(blocks[0]);
    expect(large.isSweeping()).toBe(true);
    large.validate();
    large.finishSweep();
    expect(large.isSweeping()).toBe(false);
    // The header of the block that lives lies at the end of the arena before its own.
    expect(heap.statistics().lentArenaCount).toBe(3);
    large.validate();
    large.finishSweep();
  });

  it("a pool that is taken above the cursor is none of the sweep's", () => {
    const { marks, small, router, mark, many } = setUp();
    const blocks = many(128 * 32, 512);
    const pool = (index: number): Block[] => blocks.slice(index * 32, index * 32 + 32);
    // Of the higher arena one pool is free, of the lower one two: the higher gives first.
    for (const index of [2, 3, 100]) for (const block of pool(index)) router.free(block);
    // Nothing lives in the first pool and in the last.
    mark([...Array(126).keys()].flatMap((index) => pool(index + 1)).filter(small.owns));
    router.beginSweep(marks);
    const fresh = many(5, 16);
    expect(fresh[0]).toBe(pool(100)[0]);
    router.validate();
    expect(small.isSweeping()).toBe(true);
    router.finishSweep();
    expect(fresh.every((block) => router.owns(block))).toBe(true);
    router.validate();
    expect(small.statistics().liveBlockCount).toBe(123 * 32 + 5);
  });

  it("pools are found behind an arena of another", () => {
    const { heap, marks, router, mark, many } = setUp();
    const live = many(64 * 32, 512);
    heap.reserveArenas(heap.registerBorrower("other"), 1);
    const garbage = many(3 * 32, 512);
    mark(live);
    router.beginSweep(marks);
    expect(router.allocate(512)).toBe(garbage[0]);
    router.finishSweep();
    router.validate();
    expect(router.statistics().liveBlockCount).toBe(live.length + 1);
  });

  it("a budget is charged with what a swept pool has to give, not with what lives there", () => {
    const heap = createPrivateHeap({ reservationBytes: 4 * ARENA_SIZE_BYTES });
    const marks = reserveMarks(heap);
    const budgetWord = heap.reserveRegion(heap.registerBorrower("test"), "budget", 4).start;
    heap.words[budgetWord] = 10_000;
    const pools = createPoolAllocator({ source: heap, budgetWord });
    const blocks = Array.from({ length: 32 }, () => pools.allocate(512));
    expect(heap.words[budgetWord]).toBe(10_000 - 1024);
    for (const block of blocks.slice(0, 20)) {
      heap.words[marks + (block >>> 7)] = 1 << (block >>> 2);
    }
    pools.beginSweep(marks);
    expect(pools.allocate(512)).toBe(blocks[20]);
    expect(heap.words[budgetWord]).toBe(10_000 - 1024 - 12 * 32);
  });
});
