// What free lists refuse and in which words, what their validate() says, and when they give up
// what they keep.

import { createPrivateHeap } from "@ouro/heap";
import { type Block, HeapCorruptionError, OutOfMemoryError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  CPYTHON_FREE_LISTS,
  createCheckedAllocator,
  createFreeListAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  type FreeListSpec,
} from "../src/index.js";
import { noteRegions, saidOf } from "./turned-words.js";

const LISTS: readonly FreeListSpec[] = [
  { name: "float", requestBytes: 24, maximumCount: 3 },
  { name: "list", requestBytes: 56, maximumCount: 2 },
];

function setUp(lists = LISTS) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
  const { source, startOf } = noteRegions(heap);
  const pools = createPoolAllocator({ source: heap });
  const allocator = createFreeListAllocator({ source, allocator: pools, lists });
  return { heap, pools, allocator, counts: startOf("free-lists") };
}

describe("free lists say", () => {
  it("in which call a kept block was used, and which list there is not", () => {
    const { allocator } = setUp();
    const block = allocator.allocateObject(0);
    allocator.freeObject(0, block);
    for (const [call, act] of [
      ["free", () => allocator.free(block)],
      ["freeObject", () => allocator.freeObject(0, block)],
      ["reallocate", () => allocator.reallocate(block, 8)],
      ["usableSizeBytes", () => allocator.usableSizeBytes(block)],
    ] as const) {
      expect(act).toThrow(expect.objectContaining({ where: `free-lists.${call}`, block }));
    }
    expect(() => allocator.listOf("set")).toThrow(
      'free-lists.listOf: "set" is no free list. There are float, list.',
    );
    expect(() => allocator.allocateObject(2)).toThrow(/^free-lists\.allocateObject: list 2/);
    expect(() => allocator.freeObject(-1, block)).toThrow(/^free-lists\.freeObject: list -1/);
    expect(() => allocator.keptCount(0.5)).toThrow(/^free-lists\.keptCount: list 0.5/);
    const small = allocator.allocate(16);
    expect(() => allocator.freeObject(1, small)).toThrow(
      `free-lists.freeObject: block ${small} is too small for the list "list". ` +
        "Give back only what allocateObject gave for this list.",
    );
  });

  it("which of the lists cannot be, and why", () => {
    const refused = (each: Partial<FreeListSpec>) => () =>
      setUp([{ ...LISTS[0], ...each } as never]);
    expect(refused({ requestBytes: 0 })).toThrow(/^free list "float": requestBytes 0 /);
    expect(refused({ requestBytes: 4097 })).toThrow(/^free list "float": requestBytes 4097 /);
    expect(refused({ maximumCount: 0 })).toThrow(/^free list "float": maximumCount 0 /);
    expect(refused({ maximumCount: 2 ** 20 + 1 })).toThrow(/maximumCount 1048577 /);
    expect(() => setUp([...LISTS, LISTS[0] as FreeListSpec])).toThrow(
      'free-lists: "float" names two free lists. Give each list a name of its own.',
    );
  });

  it("what is wrong with each word of theirs", () => {
    const { heap, pools, allocator, counts } = setUp();
    const blocks = [0, 0, 1].map((list) => allocator.allocateObject(list)) as Block[];
    const live = allocator.allocate(40);
    const [one, two, three] = blocks as [Block, Block, Block];
    for (const [index, block] of blocks.entries()) allocator.freeObject(index < 2 ? 0 : 1, block);
    const places = counts + 4;
    const said = (changes: Record<number, number>) => saidOf(heap, allocator.validate, changes);
    expect([
      said({}),
      said({ [counts]: -1 }),
      said({ [counts]: 4 }),
      said({ [counts]: 1 }),
      said({ [counts]: 3 }),
      said({ [places + 1]: one, [one]: places }),
      said({ [places + 1]: 8 }),
      said({ [places + 2]: live }),
      said({ [places + 3]: one, [places]: two, [counts]: 1, [two]: places, [places + 1]: 0 }),
      said({ [two]: 0 }),
      said({ [three]: 7 }),
    ]).toEqual([
      "sound",
      `free list ${counts}: count`,
      `free list ${counts}: count`,
      `free list ${places + 1}: a place beyond its count`,
      `free list ${places + 2}: a place beyond its count`,
      `free list ${places + 1}: no live block`,
      `free list ${places + 1}: no live block`,
      `free list ${places + 2}: a place beyond its count`,
      `free list ${places + 3}: a block too small for it`,
      `kept block ${two}: it was written after it had been freed`,
      `kept block ${three}: it was written after it had been freed`,
    ]);
    expect(said({ [heap.arenaTable + (one >>> 18)]: 0 })).toMatch(/: arena count$/);
    expect(pools.owns(live)).toBe(true);
  });
});

describe("free lists give up what they keep", () => {
  function full() {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23, limitBytes: 2 ** 20 });
    const large = createLargeBlockAllocator({ source: heap });
    const lists = [{ name: "buffer", requestBytes: 4096, maximumCount: 300 }];
    const allocator = createFreeListAllocator({ source: heap, allocator: large, lists });
    const blocks = Array.from({ length: 200 }, () => allocator.allocate(4096));
    for (const block of blocks) allocator.free(block);
    return { heap, allocator };
  }

  it("to a reallocation that finds no room, which is refused only after that", () => {
    const { allocator } = full();
    const block = allocator.allocate(100);
    expect(allocator.keptCount(0)).toBe(200);
    expect(() => allocator.reallocate(block, -1)).toThrow(/requestBytes/);
    expect(allocator.keptCount(0)).toBe(200);
    const moved = allocator.reallocate(block, 800_000);
    expect(allocator.keptCount(0)).toBe(0);
    expect(() => allocator.reallocate(moved, 2 ** 21)).toThrow(OutOfMemoryError);
    expect(allocator.usableSizeBytes(moved)).toBe(800_008);
  });

  it("to a request beyond all lists, and to a trim", () => {
    const { heap, allocator } = full();
    expect(() => allocator.allocate(2 ** 21)).toThrow(
      expect.objectContaining({ where: "large.allocate", requestBytes: 2 ** 21 }),
    );
    expect(allocator.keptCount(0)).toBe(0);
    allocator.free(allocator.allocate(4096));
    expect(allocator.keptCount(0)).toBe(1);
    allocator.trim?.();
    expect(allocator.keptCount(0)).toBe(0);
    expect(heap.statistics().lentArenaCount).toBe(0);
  });
});

describe("free lists", () => {
  it("stand for the sizes of CPython 3.13", () => {
    const rows = CPYTHON_FREE_LISTS.map(({ name, requestBytes }) => `${name} ${requestBytes}`);
    expect(rows).toEqual([
      "float 24",
      ...Array.from({ length: 20 }, (_, index) => `tuple of ${index + 1} ${48 + 8 * index}`),
      "list 56",
      "dict 64",
      "dict keys 120",
      "slice 56",
      "context 64",
      "async generator value 40",
      "async generator asend 56",
    ]);
  });

  it("serve a size by the first list of it, and what is larger than all by none", () => {
    const lists = [
      ...LISTS,
      { name: "second", requestBytes: 20, maximumCount: 5 },
      { name: "page", requestBytes: 512, maximumCount: 5 },
    ];
    const { allocator, pools } = setUp(lists);
    expect(lists.map(({ name }) => allocator.listOf(name))).toEqual([0, 1, 2, 3]);
    for (const requestBytes of [17, 32, 64, 512, 0, 100])
      allocator.free(allocator.allocate(requestBytes));
    expect([0, 1, 2, 3].map((list) => allocator.keptCount(list))).toEqual([1, 1, 0, 1]);
    expect(pools.statistics().liveBlockCount).toBe(3);
    // An empty list asks by size.
    const kept = allocator.allocateObject(2);
    expect(allocator.keptCount(0)).toBe(0);
    allocator.freeObject(2, kept);
    expect(allocator.keptCount(2)).toBe(1);
    expect(allocator.clear()).toBe(3);
    expect(allocator.requestLimitBytes).toBe(512);
  });

  it("clear just what was asked for: what lies behind may be another's", () => {
    const { heap, allocator } = setUp();
    const block = allocator.allocate(24);
    heap.bytes.fill(7, block * 4, block * 4 + 32);
    allocator.free(block);
    expect(allocator.allocateZeroed(21)).toBe(block);
    const bytes = [...heap.bytes.subarray(block * 4, block * 4 + 32)];
    expect(bytes).toEqual([...Array(21).fill(0), ...Array(11).fill(7)]);
  });

  it("take no live block for a kept one, whatever words say of each other", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
    const other = heap.registerBorrower("other");
    const below = heap.reserveRegion(other, "below", 4).start;
    const pools = createPoolAllocator({ source: heap });
    const allocator = createFreeListAllocator({ source: heap, allocator: pools, lists: LISTS });
    const behind = heap.reserveRegion(other, "behind", 4).start;
    const [one, two] = [allocator.allocate(24), allocator.allocate(24)];
    // The places end within the region, which is padded: three words more are nobody's.
    for (const place of [below, behind - 3, behind - 2, behind - 1, behind, two]) {
      const before = heap.words[place] as number;
      heap.words[place] = one;
      heap.words[one] = place;
      expect(allocator.owns(one), `${place - behind}`).toBe(true);
      heap.words[place] = before;
    }
  });

  it("ask for a list's whole size, where the allocator below serves it", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
    const pools = createPoolAllocator({ source: heap });
    const checked = createCheckedAllocator(pools, { source: heap });
    const lists = [
      { name: "float", requestBytes: 24, maximumCount: 3 },
      { name: "widest", requestBytes: 465, maximumCount: 3 },
      { name: "whole", requestBytes: 464, maximumCount: 3 },
    ];
    const allocator = createFreeListAllocator({ source: heap, allocator: checked, lists });
    const sizes = [20, 32, 465, 460].map((bytes) =>
      allocator.usableSizeBytes(allocator.allocate(bytes)),
    );
    expect(checked.requestLimitBytes).toBe(469);
    expect(sizes).toEqual([32, 32, 465, 464]);
  });

  it("count as free what they keep, and walk past it", () => {
    const { pools, allocator } = setUp();
    const [one, two, three] = [24, 24, 56].map((size) => allocator.allocate(size)) as [
      Block,
      Block,
      Block,
    ];
    allocator.free(one);
    const walked: number[] = [];
    allocator.walk((block, sizeBytes) => walked.push(block, sizeBytes));
    expect(walked).toEqual([two, 32, three, 64]);
    const below = pools.statistics();
    expect(allocator.statistics()).toMatchObject({
      name: "free-lists",
      liveBlockCount: 2,
      usedBytes: 96,
      freeBytes: below.freeBytes + 32,
      topBlock: { block: three, usableSizeBytes: 64 },
    });
    allocator.free(two);
    allocator.free(three);
    expect(allocator.statistics().topBlock).toBeUndefined();
  });

  it("refuse a kept block that was written, by its word", () => {
    const { heap, allocator } = setUp();
    const block = allocator.allocate(24);
    allocator.free(block);
    heap.words[block] = 1;
    expect(() => allocator.allocate(24)).toThrow(HeapCorruptionError);
    expect(() => allocator.allocate(24)).toThrow(
      `kept block at word ${block} is broken: it was written after it had been freed.`,
    );
  });
});
