// The size router by the word: what it copies between its two, the order of its walk, its figures.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, type Block } from "@ouro/interfaces";
import { expect, it } from "vitest";
import {
  createBumpAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
} from "../src/index.js";

function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * ARENA_SIZE_BYTES });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  return { heap, small, large, router: createSizeRouter({ source: heap, small, large }) };
}

it("a block that moves to the large allocator takes its own words along, and no others", () => {
  const { heap, large, router } = setUp();
  const [block, behind] = [router.allocate(40), router.allocate(40)];
  heap.words.fill(5, block, block + 12);
  heap.words.fill(6, behind, behind + 12);
  const hole = large.allocate(600);
  large.allocate(8);
  heap.words.fill(-1, hole, hole + 150);
  large.free(hole);
  expect(router.reallocate(block, 600)).toBe(hole);
  expect([...heap.words.subarray(hole, hole + 14)]).toEqual([...Array(12).fill(5), -1, -1]);
  expect(router.owns(block)).toBe(false);
  const empty = router.reallocate(behind, 0);
  expect(large.owns(empty)).toBe(true);
  expect(heap.words[empty]).not.toBe(6);
  expect(router.statistics().liveBlockCount).toBe(3);
});

it("a block stays with its allocator while its size does", () => {
  const { small, large, router } = setUp();
  let one = router.allocate(100);
  for (const requestBytes of [1, 512]) {
    one = router.reallocate(one, requestBytes);
    expect(small.owns(one)).toBe(true);
  }
  const other = router.allocate(513);
  for (const requestBytes of [600, 513, 512, 1, 0, 5000]) {
    expect(large.owns(router.reallocate(other, requestBytes))).toBe(true);
  }
});

it("each call is refused by the one whose the block is", () => {
  const { router } = setUp();
  const [one, other] = [router.allocate(100), router.allocate(1000)];
  expect(router.usableSizeBytes(one)).toBe(112);
  expect(router.usableSizeBytes(other)).toBe(1000);
  expect(() => router.free((one + 1) as Block)).toThrow(/^pools\.free/);
  expect(() => router.free((other + 1) as Block)).toThrow(/^large\.free/);
  expect(() => router.usableSizeBytes((one + 1) as Block)).toThrow(/^pools\./);
  expect(() => router.usableSizeBytes((other + 1) as Block)).toThrow(/^large\./);
  expect(() => router.reallocate((one + 1) as Block, 600)).toThrow(/^pools\./);
  expect(() => router.reallocate((other + 1) as Block, 6)).toThrow(/^large\./);
});

it("walks blocks of both in one order, wherever the arenas of each lie", () => {
  const { router } = setUp();
  const blocks: Block[] = [];
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 2100; count++) blocks.push(router.allocate(512));
    blocks.push(router.allocate(1000), router.allocate(900_000));
  }
  const walked: number[][] = [];
  router.walk((block, sizeBytes) => walked.push([block, sizeBytes]));
  const sorted = [...blocks].sort((one, other) => one - other);
  expect(walked).toEqual(sorted.map((block) => [block, router.usableSizeBytes(block)]));
});

it("adds up the figures of both, and names the higher of their top blocks", () => {
  const { small, large, router } = setUp();
  expect(router.statistics()).toMatchObject({ name: "router", topBlock: undefined });
  const tiny = router.allocate(16);
  expect(router.statistics().topBlock?.block).toBe(tiny);
  const wide = router.allocate(1000);
  expect(router.statistics().topBlock).toEqual({ block: wide, usableSizeBytes: 1000 });
  const [one, other] = [small.statistics(), large.statistics()];
  expect(router.statistics()).toEqual({
    name: "router",
    liveBlockCount: 2,
    usedBytes: one.usedBytes + other.usedBytes,
    freeBytes: one.freeBytes + other.freeBytes,
    overheadBytes: one.overheadBytes + other.overheadBytes,
    lentArenaCount: 2,
    lentBytes: 2 * ARENA_SIZE_BYTES,
    topBlock: { block: wide, usableSizeBytes: 1000 },
  });
  router.free(tiny);
  expect(router.statistics().topBlock?.block).toBe(wide);
  const { router: reversed } = setUp();
  const lower = reversed.allocate(1000);
  expect(reversed.statistics().topBlock?.block).toBe(lower);
  const upper = reversed.allocate(16);
  expect(reversed.statistics().topBlock?.block).toBe(upper);
});

it("validates and trims both", () => {
  for (const requestBytes of [16, 1000]) {
    const { heap, router } = setUp();
    const block = router.allocate(requestBytes);
    const word = heap.arenaTable + (block >>> 18);
    const owner = heap.words[word] as number;
    heap.words[word] = 0;
    expect(() => router.validate()).toThrow(/broken/);
    heap.words[word] = owner;
    router.validate();
    router.free(block);
    router.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
  }
});

it("trims those that can be trimmed, and offers no sweep that one of them has not", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * ARENA_SIZE_BYTES });
  const small = createPoolAllocator({ source: heap });
  const large = createBumpAllocator({ source: heap });
  const router = createSizeRouter({ source: heap, small, large, name: "both" });
  expect(["beginSweep", "finishSweep", "isSweeping"].filter((call) => call in router)).toEqual([]);
  for (const requestBytes of [16, 1000]) router.free(router.allocate(requestBytes));
  expect(heap.statistics().lentArenaCount).toBe(2);
  router.trim?.();
  expect(heap.statistics().lentArenaCount).toBe(0);
  const { trim: _, ...bare } = small;
  const without = createSizeRouter({ source: heap, small: bare, large: small, name: "bare" });
  without.free(without.allocate(16));
  without.trim?.();
  expect(heap.statistics().lentArenaCount).toBe(0);
  expect(() => router.allocate(-1)).toThrow(/^both: requestBytes -1/);
});
