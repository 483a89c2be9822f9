// The large block allocator by the word: what it refuses in which call, what it copies and clears,
// which free block it takes, what it makes anew after an overrun, and its figures.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Block,
  DoubleFreeError,
  InvalidAddressError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLargeBlockAllocator, type LargeBlockAllocatorOptions } from "../src/index.js";

const HEADER = 2;

function setUp(options: Partial<LargeBlockAllocatorOptions> & { arenaCount?: number } = {}) {
  const { arenaCount = 7, ...more } = options;
  const heap = createPrivateHeap({ reservationBytes: (arenaCount + 1) * ARENA_SIZE_BYTES });
  const other = heap.registerBorrower("other");
  const guards = [heap.reserveRegion(other, "before", 48)];
  const large = createLargeBlockAllocator({ source: heap, ...more });
  guards.push(heap.reserveRegion(other, "behind", 48));
  for (const { start } of guards) heap.words.fill(-7, start, start + 48);
  const areGuardsWhole = (): boolean =>
    guards.every(({ start }) =>
      heap.words.subarray(start, start + 48).every((word) => word === -7),
    );
  const many = (...sizes: number[]): Block[] => sizes.map((bytes) => large.allocate(bytes));
  return { heap, other, large, many, areGuardsWhole };
}

describe("the large block allocator refuses", () => {
  it("each call in its own name, and tells a freed block from what never was one", () => {
    const { heap, other, large, many } = setUp({ name: "big" });
    const [joined, freed, block, last] = many(1000, 1000, 1000, 1000) as [
      Block,
      Block,
      Block,
      Block,
    ];
    large.free(last);
    large.free(joined);
    large.free(freed);
    const foreign = heap.reserveArenas(other, 1);
    const end = heap.words.length;
    const calls: [string, (wrong: number) => void][] = [
      ["free", (wrong) => large.free(wrong as Block)],
      ["usableSizeBytes", (wrong) => void large.usableSizeBytes(wrong as Block)],
      ["reallocate", (wrong) => void large.reallocate(wrong as Block, 8)],
    ];
    for (const [call, act] of calls) {
      const where = `big.${call}`;
      for (const wrong of [joined, freed, last]) {
        expect(() => act(wrong)).toThrow(DoubleFreeError);
        expect(() => act(wrong)).toThrow(expect.objectContaining({ where, block: wrong }));
      }
      for (const wrong of [
        ...[block + 4, block - 4, block + 1, block + 0.5, -block, block + 2 ** 32],
        ...[foreign, foreign + 4, 0, 4, end, end - 4, Number.NaN],
        heap.firstArenaIndex * ARENA_SIZE_WORDS,
      ]) {
        expect(() => act(wrong), `${wrong}`).toThrow(InvalidAddressError);
        expect(() => act(wrong)).toThrow(expect.objectContaining({ where, address: wrong }));
        expect(large.owns(wrong)).toBe(false);
      }
    }
    large.validate();
  });

  it("a size in its name, a lack of room in the call's, a budget in the factory's", () => {
    const { large } = setUp({ name: "big", arenaCount: 1 });
    const limit = 2 ** 32 - 64;
    expect(large.requestLimitBytes).toBe(limit);
    expect(() => large.allocate(limit + 1)).toThrow(
      /^big: requestBytes 4294967233 is not .* to 4294967232/,
    );
    expect(large.tryAllocate(limit)).toBe(0);
    expect(() => large.allocate(2 ** 20)).toThrow(
      /^big\.allocate: no room for a request of 1048576 /,
    );
    const block = large.allocate(1000);
    large.allocate(1000);
    expect(() => large.reallocate(block, 2 ** 20)).toThrow(/^big\.allocate: no room/);
    expect(() => setUp({ budgetWord: -1 })).toThrow(/^createLargeBlockAllocator: budgetWord -1/);
  });
});

describe("the large block allocator", () => {
  it("clears what was asked for, in whole words, and nothing behind", () => {
    const { heap, large } = setUp();
    for (const bytes of [0, 1, 4, 513, 517, 1000]) {
      const block = large.allocate(bytes);
      large.allocate(8);
      const sizeWords = large.usableSizeBytes(block) / 4;
      large.free(block);
      heap.words.fill(-1, block + 1, block + sizeWords - 1);
      const again = large.allocateZeroed(bytes);
      expect(again).toBe(block);
      const clearedWords = Math.ceil(bytes / 4);
      const own = [...heap.words.subarray(block, block + sizeWords)];
      expect(own.slice(0, clearedWords).every((word) => word === 0)).toBe(true);
      expect(own.slice(Math.max(1, clearedWords), -1).every((word) => word === -1)).toBe(true);
    }
  });

  it("copies all of the old block and nothing behind it", () => {
    const { heap, large, many } = setUp();
    const [block, behind, hole, end] = many(1000, 1000, 5000, 8) as [Block, Block, Block, Block];
    heap.words.fill(5, block, block + 250);
    heap.words.fill(6, behind, behind + 250);
    heap.words.fill(-1, hole, hole + 1250);
    large.free(hole);
    const moved = large.reallocate(block, 4900);
    expect(moved).toBe(hole);
    expect(heap.words.subarray(moved, moved + 250).every((word) => word === 5)).toBe(true);
    expect(heap.words.subarray(moved + 250, moved + 1220).every((word) => word === -1)).toBe(true);
    expect([block, behind, moved, end].map(large.owns)).toEqual([false, true, true, true]);
  });

  it("grows in place over just what is free behind, and stays when the size is the same", () => {
    const { large, many } = setUp();
    const [block, hole, next] = many(1000, 1000, 1000) as [Block, Block, Block];
    large.free(hole);
    expect(large.reallocate(block, 1000)).toBe(block);
    expect(large.reallocate(block, 993)).toBe(block);
    expect(large.reallocate(block, 2008)).toBe(block);
    large.validate();
    expect(large.usableSizeBytes(block)).toBe(2008);
    expect(large.reallocate(block, 1992)).toBe(block);
    large.validate();
    expect(large.heldBytes()).toBe(2000 + 1008);
    expect(large.reallocate(block, 2009)).not.toBe(block);
    expect(large.owns(next)).toBe(true);
    large.validate();
  });

  it("takes the list of just the size first, then the next larger one", () => {
    const { large } = setUp();
    const blocks = [1000, 3000, 1100, 2000, 520, 100_000].map((bytes) => {
      const block = large.allocate(bytes);
      large.allocate(8);
      return block;
    });
    for (const block of blocks) large.free(block);
    const [b1000, b3000, b1100, b2000, b520] = blocks;
    expect(large.allocate(1000)).toBe(b1000);
    expect(large.allocate(1000)).toBe(b1100);
    expect(large.allocate(515)).toBe(b520);
    expect(large.allocate(2500)).toBe(b3000);
    expect(large.allocate(1900)).toBe(b2000);
    large.validate();
  });

  it("looks at eight blocks of a list whose sizes straddle the request, and no more", () => {
    // Blocks of 4096 and 4208 bytes share a list: a step there is 128 bytes.
    const isFound = (narrowCount: number): boolean => {
      const { large } = setUp();
      const make = (bytes: number): Block => {
        const block = large.allocate(bytes - 8);
        large.allocate(8);
        return block;
      };
      const wide = make(4208);
      const narrow = Array.from({ length: narrowCount }, () => make(4096));
      for (const block of [wide, ...narrow]) large.free(block);
      return large.allocate(4208 - 8) === wide;
    };
    expect([0, 1, 7, 8, 9].map(isFound)).toEqual([true, true, true, false, false]);
  });

  it("writes nothing but its own words, whatever is taken and given back", () => {
    const { large, areGuardsWhole } = setUp();
    const live: Block[] = [];
    for (let index = 0; index < 600; index++) {
      const bytes = (index * 7919) % 9000;
      live.push(large.allocate(bytes));
      if (index % 3 === 2) large.free(live.splice((index * 31) % live.length, 1)[0] as Block);
      if (index % 20 === 0) large.validate();
    }
    expect(areGuardsWhole()).toBe(true);
    for (const block of live) large.free(block);
    large.validate();
    expect(areGuardsWhole()).toBe(true);
    expect([large.arenaCount(), large.heldBytes()]).toEqual([0, 0]);
  });

  it("tells its figures to the byte, and the highest block there is", () => {
    const { large, many } = setUp();
    expect(large.statistics().topBlock).toBeUndefined();
    const blocks = many(1000, 2000, 500_000, 700_000, 30) as Block[];
    const topOf = () => large.statistics().topBlock;
    const held = [1008, 2016, 500_016, 700_016, 48];
    const usedBytes = held.reduce((sum, bytes) => sum + bytes - 8, 0);
    const lentBytes = 2 * ARENA_SIZE_BYTES;
    const { liveBlockCount, usedBytes: used, freeBytes, overheadBytes } = large.statistics();
    expect([liveBlockCount, used]).toEqual([5, usedBytes]);
    expect(overheadBytes).toBe(16 + 5 * 8);
    expect(freeBytes).toBe(lentBytes - usedBytes - overheadBytes);
    const walked: [number, number][] = [];
    large.walk((block, sizeBytes) => walked.push([block, sizeBytes]));
    walked.sort(([one], [two]) => one - two);
    for (const [block, usableSizeBytes] of [...walked].reverse()) {
      expect(topOf()).toEqual({ block, usableSizeBytes });
      large.free(block as Block);
    }
    expect(walked.map(([block]) => block)).toEqual([...blocks].sort((one, two) => one - two));
    expect(topOf()).toBeUndefined();
  });
});

describe("after an overrun the large block allocator", () => {
  /** Eight blocks of 1000 bytes, of which the second, the fourth and the sixth are free. */
  function damaged() {
    const made = setUp();
    const blocks = made.many(...Array<number>(8).fill(1000));
    for (const index of [1, 3, 5]) made.large.free(blocks[index] as Block);
    const header = (index: number): number => (blocks[index] as Block) - HEADER;
    const live = [0, 2, 4, 6, 7].map((index) => blocks[index] as Block);
    return { ...made, blocks, header, live };
  }

  it("names the word of the block that the call was for, and where it began anew", () => {
    const { heap, large, header, blocks } = damaged();
    heap.words[header(2) + 1] = 0;
    expect(() => large.free(blocks[2] as Block)).toThrow(
      `large block at word ${blocks[2]} is broken: its header was overwritten, probably by a ` +
        "write past the block before. Something wrote where it must not: " +
        "stop using the heap.",
    );
    heap.words[header(1)] = 9;
    expect(() => large.free(blocks[0] as Block)).toThrow(
      `large block at word ${blocks[1]} is broken: its header was overwritten, probably by a ` +
        "write past the block before. Something wrote where it must not: " +
        "this call did nothing; headers are made anew.",
    );
    large.validate();
  });

  it("is told of a tag that was written over by who frees the block behind it", () => {
    for (const tag of [248, 256, 4, -4]) {
      const { heap, large, header, live, blocks } = damaged();
      heap.words[header(2) - 1] = tag;
      expect(() => large.free(blocks[2] as Block)).toThrow(
        `large block at word ${header(2) - tag + HEADER} is broken`,
      );
      large.validate();
      // The block before has what lies up to this one: no tag says that it is free.
      expect(live.map(large.usableSizeBytes)).toEqual([2008, 1000, 1000, 1000, 1000]);
      large.free(blocks[2] as Block);
      large.validate();
    }
  });

  it("refuses what meets a wrong tag, before a block or at the end of a free one", () => {
    for (const call of ["usableSizeBytes", "reallocate"] as const) {
      const { heap, large, header, blocks } = damaged();
      heap.words[header(2) - 1] = 4;
      expect(() => large[call](blocks[2] as Block, 900)).toThrow(/made anew/);
      large.validate();
    }
    const { heap, large, header } = damaged();
    heap.words[header(5) + 251] = 4;
    expect(() => large.allocate(1000)).toThrow(/made anew/);
    large.validate();
    expect(large.owns(large.allocate(1000))).toBe(true);
    large.validate();
  });

  it("believes a size that the next live block bears out, and else takes all up to it", () => {
    const sizes = (change: (words: Int32Array, at: (index: number) => number) => void) => {
      const { heap, large, header, live, blocks } = damaged();
      change(heap.words, header);
      // The free block behind the fifth block is not to be believed: all is made anew.
      heap.words[header(5)] = 9;
      expect(() => large.free(blocks[4] as Block)).toThrow(/made anew/);
      large.validate();
      return live.map(large.usableSizeBytes);
    };
    const all = [1000, 1000, 1000, 1000, 1000];
    expect(sizes(() => {})).toEqual(all);
    const widen = (words: Int32Array, word: number): void => {
      words[word] = (words[word] as number) + 16;
    };
    const second = [1000, 2008, 1000, 1000, 1000];
    expect(sizes((words, at) => widen(words, at(0)))).toEqual([2008, 1000, 1000, 1000, 1000]);
    expect(sizes((words, at) => widen(words, at(6)))).toEqual(all);
    expect(sizes((words, at) => words.fill(0, at(2) + 1, at(2) + 2))).toEqual(second);
    expect(sizes((words, at) => words.fill(0, at(3) - 1, at(3)))).toEqual(all);
    expect(sizes((words, at) => words.fill(0, at(4) - 1, at(4)))).toEqual(second);
  });
});
