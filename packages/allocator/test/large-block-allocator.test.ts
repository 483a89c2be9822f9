import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_WORDS,
  type Block,
  DoubleFreeError,
  HeapCorruptionError,
  InvalidAddressError,
  OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLargeBlockAllocator } from "../src/index.js";

const MIB = 2 ** 20;

function setUp(options: { limitBytes?: number } = {}) {
  const heap = createPrivateHeap({ reservationBytes: 12 * MIB, ...options });
  return { heap, large: createLargeBlockAllocator({ source: heap }) };
}

const arenaOf = (word: number): number => Math.floor(word / ARENA_SIZE_WORDS);

describe("large blocks", () => {
  it("have a header of at most 8 bytes and start at multiples of 16", () => {
    const { large } = setUp();
    for (const requestBytes of [0, 1, 8, 9, 513, 1000, 65_536, MIB, 3 * MIB]) {
      const heldBefore = large.heldBytes();
      const block = large.allocate(requestBytes);
      expect((block * 4) % 16).toBe(0);
      expect(large.heldBytes() - heldBefore - large.usableSizeBytes(block)).toBe(8);
      expect(large.usableSizeBytes(block)).toBeGreaterThanOrEqual(requestBytes);
      expect(large.usableSizeBytes(block) - requestBytes).toBeLessThan(16);
    }
    large.validate();
  });

  it("of size 0 are distinct", () => {
    const { large } = setUp();
    expect(large.allocate(0)).not.toBe(large.allocate(0));
  });

  it("lie side by side: two of half an arena and their headers fill one", () => {
    const { heap, large } = setUp();
    large.allocate(MIB / 2 - 24);
    large.allocate(MIB / 2 - 24);
    expect(heap.statistics().lentArenaCount).toBe(1);
    large.validate();
  });

  it("share the last arena of a huge one", () => {
    const { heap, large } = setUp();
    const huge = large.allocate(2.5 * MIB);
    expect(heap.statistics().lentArenaCount).toBe(3);
    const sharing = large.allocate(0.25 * MIB);
    expect(arenaOf(sharing)).toBe(arenaOf(huge) + 2);
    const second = large.allocate(1_250_000);
    expect(second).toBeGreaterThan(sharing);
    expect(heap.statistics().lentArenaCount).toBe(4);
    large.validate();
  });

  it("are joined with their free neighbours at once, on both sides", () => {
    const { large } = setUp();
    const [one, two, three] = [1000, 1000, 1000].map((size) => large.allocate(size)) as Block[];
    large.allocate(1000);
    large.free(one as Block);
    large.free(three as Block);
    large.free(two as Block);
    expect(large.allocate(3 * 1008 - 8)).toBe(one);
    large.validate();
  });

  it("have a boundary tag only while they are free: a live one's last word is its own", () => {
    const { heap, large } = setUp();
    const blocks = Array.from({ length: 5 }, () => large.allocate(1000));
    for (const block of blocks) heap.words.fill(-1, block, block + 250);
    const tagOf = (block: Block) => heap.words[block + 249];
    large.free(blocks[1] as Block);
    large.free(blocks[3] as Block);
    expect([0, 2, 4].map((index) => tagOf(blocks[index] as Block))).toEqual([-1, -1, -1]);
    expect(tagOf(blocks[1] as Block)).toBe(252);
    large.free(blocks[2] as Block);
    expect(large.allocate(3 * 1008 - 8)).toBe(blocks[1]);
    expect([0, 4].map((index) => tagOf(blocks[index] as Block))).toEqual([-1, -1]);
    large.validate();
  });

  it("are zero-filled when asked to be, also where a freed block lay", () => {
    const { heap, large } = setUp();
    const block = large.allocate(5000);
    heap.words.fill(-1, block, block + 1250);
    large.free(block);
    expect(large.allocateZeroed(5000)).toBe(block);
    expect(heap.words.subarray(block, block + 1250).every((word) => word === 0)).toBe(true);
  });
});

describe("large reallocation", () => {
  it("grows in place where what follows is free", () => {
    const { large } = setUp();
    const block = large.allocate(1000);
    const behind = large.allocate(1000);
    large.allocate(1000);
    large.free(behind);
    expect(large.reallocate(block, 1900)).toBe(block);
    large.validate();
  });

  it("grows in place into the arenas behind", () => {
    const { heap, large } = setUp();
    const block = large.allocate(900_000);
    expect(large.reallocate(block, 4.5 * MIB)).toBe(block);
    expect(heap.statistics().lentArenaCount).toBe(5);
    large.validate();
  });

  it("shrinks in place by as little as a granule, and joins the rest with what follows", () => {
    const { large } = setUp();
    const block = large.allocate(1000);
    const behind = large.allocate(1000);
    large.allocate(1000);
    expect(large.reallocate(block, 984)).toBe(block);
    expect(large.usableSizeBytes(block)).toBe(984);
    large.validate();
    large.free(behind);
    large.validate();
    expect(large.allocate(1008 + 8)).toBe(behind - 4);
  });

  it("moves where a live block follows, with the contents", () => {
    const { heap, large } = setUp();
    const block = large.allocate(1000);
    large.allocate(1000);
    heap.words.fill(7, block, block + 250);
    const moved = large.reallocate(block, 2000);
    expect(moved).not.toBe(block);
    expect(heap.words.subarray(moved, moved + 250).every((word) => word === 7)).toBe(true);
    expect(large.owns(block)).toBe(false);
  });

  it("shrinks in place and gives back the arenas that it no longer needs", () => {
    const { heap, large } = setUp();
    const block = large.allocate(4 * MIB);
    expect(heap.statistics().lentArenaCount).toBe(5);
    expect(large.reallocate(block, 100)).toBe(block);
    expect(heap.statistics().lentArenaCount).toBe(1);
    large.validate();
  });
});

describe("the large block allocator's arenas", () => {
  it("go back all when nothing lives", () => {
    const { heap, large } = setUp();
    const blocks = [300, 2 * MIB, 70_000, 1.5 * MIB].map((size) => large.allocate(size));
    for (const block of blocks) large.free(block);
    expect(heap.statistics().lentArenaCount).toBe(0);
    expect(large.statistics()).toMatchObject({ lentBytes: 0, usedBytes: 0, freeBytes: 0 });
  });

  it("go back from the middle of a free block, which cuts its extent in two", () => {
    const { heap, large } = setUp();
    const before = large.allocate(1000);
    const middle = large.allocate(3 * MIB);
    const behind = large.allocate(1000);
    expect(heap.statistics().lentArenaCount).toBe(4);
    large.free(middle);
    expect(heap.statistics().lentArenaCount).toBe(2);
    large.validate();
    expect([large.usableSizeBytes(before), large.usableSizeBytes(behind)]).toEqual([1000, 1000]);
    expect(large.allocate(3 * MIB)).toBe(middle);
    large.validate();
  });
});

describe("what the large block allocator refuses", () => {
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 33])(
    "a request of %s bytes is a usage error",
    (requestBytes) => {
      const { large } = setUp();
      const block = large.allocate(1000);
      expect(() => large.allocate(requestBytes)).toThrow(UsageError);
      expect(() => large.allocateZeroed(requestBytes)).toThrow(UsageError);
      expect(() => large.reallocate(block, requestBytes)).toThrow(UsageError);
      large.validate();
    },
  );

  it("a request beyond the heap runs out of memory", () => {
    const { large } = setUp();
    expect(large.tryAllocate(2 ** 31)).toBe(0);
    expect(() => large.allocate(2 ** 32 - 64)).toThrow(OutOfMemoryError);
    large.validate();
  });

  it("a double free is a double free, also when the block was joined with others", () => {
    const { large } = setUp();
    const blocks = [1, 2, 3, 4].map(() => large.allocate(2000)) as [Block, Block, Block, Block];
    for (const block of blocks.slice(0, 3)) large.free(block);
    for (const block of blocks.slice(0, 3)) {
      expect(() => large.free(block)).toThrow(DoubleFreeError);
    }
    large.validate();
  });

  it("the inside of a block is an invalid address", () => {
    const { large } = setUp();
    const block = large.allocate(2000);
    for (const number of [block + 4, block + 1, block + 0.5, -block, 0, 2 ** 40, Number.NaN]) {
      expect(() => large.free(number as Block)).toThrow(InvalidAddressError);
    }
  });

  it("a header that was written over is heap corruption, and changes nothing", () => {
    const { heap, large } = setUp();
    const [before, block] = [large.allocate(1000), large.allocate(1000)];
    const end = before + large.usableSizeBytes(before) / 4;
    const header = heap.words.slice(end, end + 2);
    heap.words.fill(0x41414141, end, end + 2);
    expect(() => large.free(block)).toThrow(/stop using the heap/);
    expect(() => large.validate()).toThrow(HeapCorruptionError);
    heap.words.set(header, end);
    large.validate();
    large.free(block);
  });

  it("a header behind that was written over is made anew, and the error says so", () => {
    const { heap, large } = setUp();
    const [before, block] = [large.allocate(1000), large.allocate(1000)];
    const end = before + large.usableSizeBytes(before) / 4;
    heap.words.fill(0x41414141, end, end + 2);
    expect(() => large.free(before)).toThrow(/this call did nothing; headers are made anew/);
    large.validate();
    large.free(block);
    large.free(before);
    expect(large.statistics()).toMatchObject({ liveBlockCount: 0, lentArenaCount: 0 });
  });
});
