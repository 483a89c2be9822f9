// The pool allocator by the word: what it refuses in which call, what it copies and clears, its
// figures, and that it writes nowhere else.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Block,
  DoubleFreeError,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  InvalidAddressError,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createPoolAllocator, type PoolAllocatorOptions } from "../src/index.js";

const POOL_BLOCK_COUNT = 32;
const ARENA_BLOCK_COUNT = 64 * POOL_BLOCK_COUNT;

function setUp(options: Partial<PoolAllocatorOptions> & { arenaCount?: number } = {}) {
  const { arenaCount = 7, ...more } = options;
  const heap = createPrivateHeap({ reservationBytes: (arenaCount + 1) * ARENA_SIZE_BYTES });
  const other = heap.registerBorrower("other");
  const guards = [heap.reserveRegion(other, "before", 48)];
  const pools = createPoolAllocator({ source: heap, ...more });
  guards.push(heap.reserveRegion(other, "behind", 48));
  for (const { start } of guards) heap.words.fill(-7, start, start + 48);
  const areGuardsWhole = (): boolean =>
    guards.every(({ start }) =>
      heap.words.subarray(start, start + 48).every((word) => word === -7),
    );
  const fill = (count: number, bytes = 512): Block[] =>
    Array.from({ length: count }, () => pools.allocate(bytes));
  return { heap, other, pools, fill, areGuardsWhole };
}

const indexOf = (word: number): number => Math.floor(word / ARENA_SIZE_WORDS);

describe("the pool allocator refuses", () => {
  it("each call in its own name, and tells a freed block from what never was one", () => {
    const { heap, other, pools, fill } = setUp();
    const [block, freed] = fill(2, 48) as [Block, Block];
    pools.free(freed);
    const foreign = heap.reserveArenas(other, 1);
    const end = heap.words.length;
    const calls: [string, (wrong: number) => void][] = [
      ["free", (wrong) => pools.free(wrong as Block)],
      ["usableSizeBytes", (wrong) => void pools.usableSizeBytes(wrong as Block)],
      ["usableSizeBytes", (wrong) => void pools.reallocate(wrong as Block, 8)],
    ];
    const blockEnd = block + 12 * 341;
    for (const [call, act] of calls) {
      const where = `pools.${call}`;
      for (const wrong of [freed, freed + 12, blockEnd - 12]) {
        expect(() => act(wrong)).toThrow(DoubleFreeError);
        expect(() => act(wrong)).toThrow(expect.objectContaining({ where, block: wrong }));
      }
      for (const wrong of [
        ...[block + 4, block + 8, blockEnd, block + POOL_SIZE_WORDS, block + 64 * POOL_SIZE_WORDS],
        ...[block + 1, block + 0.5, -block, block + 2 ** 32, foreign, foreign + 12],
        ...[0, 16, end, end - 4, heap.firstArenaIndex * ARENA_SIZE_WORDS - 4, Number.NaN],
      ]) {
        expect(() => act(wrong), `${wrong}`).toThrow(InvalidAddressError);
        expect(() => act(wrong)).toThrow(expect.objectContaining({ where, address: wrong }));
        expect(pools.owns(wrong)).toBe(false);
      }
    }
    pools.validate();
  });

  it("what was in an arena that went back, also when another has it now", () => {
    const { heap, other, pools, fill } = setUp();
    const blocks = fill(2 * ARENA_BLOCK_COUNT);
    for (const block of blocks) pools.free(block);
    const gone = blocks.at(-1) as Block;
    expect(() => pools.free(gone)).toThrow(InvalidAddressError);
    expect(indexOf(heap.reserveArenas(other, 1))).toBe(indexOf(gone));
    expect(() => pools.free(gone)).toThrow(InvalidAddressError);
    expect(() => pools.free(blocks[0] as Block)).toThrow(DoubleFreeError);
  });

  it("a size in its name, a lack of room in the call's", () => {
    const { pools, fill } = setUp({ arenaCount: 1, name: "small" });
    expect(() => pools.allocate(513)).toThrow(/^small: requestBytes 513 is not .* to 512/);
    fill(ARENA_BLOCK_COUNT);
    expect(() => pools.allocate(512)).toThrow(/^small\.allocate: no room for a request of 512 /);
    expect(() => pools.allocateZeroed(16)).toThrow(/^small\.allocate: no room/);
    expect(pools.tryAllocate(0)).toBe(0);
  });

  it("for lack of room with what is lent, or what can be, if the source does not tell", () => {
    const heap = createPrivateHeap({ reservationBytes: 3 * ARENA_SIZE_BYTES });
    const { statistics: _, ...source } = heap;
    const pools = createPoolAllocator({ source });
    while (pools.tryAllocate(512) !== 0);
    const bytes = 2 * ARENA_SIZE_BYTES;
    expect(() => pools.allocate(512)).toThrow(
      expect.objectContaining({ requestBytes: 512, lentBytes: bytes, limitBytes: bytes }),
    );
  });

  it("an option that cannot be, in the factory's name", () => {
    expect(() => setUp({ budgetWord: -1 })).toThrow(/^createPoolAllocator: budgetWord -1/);
    expect(() => setUp({ budgetWord: 2 ** 22 })).toThrow(/^createPoolAllocator: budgetWord/);
  });
});

describe("the pool allocator", () => {
  it("clears what was asked for, in whole words, and nothing behind", () => {
    const { heap, pools } = setUp();
    for (const [bytes, clearedWords] of [
      [0, 0],
      [1, 1],
      [4, 1],
      [37, 10],
      [512, 128],
    ] as const) {
      const block = pools.allocate(bytes);
      const sizeWords = pools.usableSizeBytes(block) / 4;
      heap.words.fill(-1, block, block + sizeWords);
      pools.free(block);
      expect(pools.allocateZeroed(bytes)).toBe(block);
      const own = [...heap.words.subarray(block, block + sizeWords)];
      const left = Array(sizeWords - clearedWords).fill(-1);
      expect(own).toEqual([...Array(clearedWords).fill(0), ...left]);
    }
  });

  it("copies the old block or the request, whichever is less, and nothing behind", () => {
    const { heap, pools } = setUp();
    for (const [fromBytes, toBytes, copiedWords] of [
      [32, 200, 8],
      [200, 37, 10],
      [500, 1, 1],
      [512, 0, 0],
      [20, 33, 8],
    ] as const) {
      const anchor = pools.allocate(toBytes);
      const target = pools.allocate(toBytes);
      heap.words.fill(-1, target, target + pools.usableSizeBytes(target) / 4);
      pools.free(target);
      const block = pools.allocate(fromBytes);
      heap.words.fill(5, block, block + 128);
      expect(pools.reallocate(block, toBytes)).toBe(target);
      const sizeWords = pools.usableSizeBytes(target) / 4;
      const own = [...heap.words.subarray(target, target + sizeWords)];
      const left = Array(sizeWords - copiedWords).fill(-1);
      expect(own).toEqual([...Array(copiedWords).fill(5), ...left]);
      expect(pools.owns(block)).toBe(false);
      pools.free(target);
      pools.free(anchor);
    }
  });

  it("moves a shrinking block just when that saves a quarter and another size", () => {
    const { pools } = setUp();
    const stays = (fromBytes: number, toBytes: number): boolean => {
      const block = pools.allocate(fromBytes);
      const moved = pools.reallocate(block, toBytes);
      pools.free(moved);
      return moved === block;
    };
    expect([stays(64, 49), stays(64, 48), stays(16, 1), stays(16, 0), stays(32, 17)]).toEqual([
      ...[true, false, true, false, true],
    ]);
    expect([stays(32, 16), stays(48, 37), stays(48, 36), stays(48, 33)]).toEqual([
      ...[false, true, true, true],
    ]);
  });

  it("writes nothing but its own words, whatever is taken and given back", () => {
    const { pools, fill, areGuardsWhole } = setUp();
    const order = Array.from({ length: 5 * 64 }, (_, pool) => pool);
    // Each pool once, in no order.
    order.sort((one, two) => Math.imul(one + 1, 0x9e3779b1) - Math.imul(two + 1, 0x9e3779b1));
    for (let round = 0; round < 2; round++) {
      const blocks = fill(5 * ARENA_BLOCK_COUNT);
      expect(areGuardsWhole()).toBe(true);
      for (const pool of order) {
        const start = pool * POOL_BLOCK_COUNT;
        for (const block of blocks.slice(start, start + POOL_BLOCK_COUNT)) pools.free(block);
        pools.validate();
      }
      pools.trim();
      expect(areGuardsWhole()).toBe(true);
      expect(pools.arenaCount()).toBe(0);
    }
  });
});

describe("the pool allocator's arenas", () => {
  /** Arenas full of blocks of 512 bytes; frees whole pools of them, validating after each. */
  function filled(arenaCount: number, options: Partial<PoolAllocatorOptions> = {}) {
    const made = setUp(options);
    const blocks = made.fill(arenaCount * ARENA_BLOCK_COUNT);
    const freePools = (arena: number, from: number, to: number): void => {
      for (let pool = from; pool < to; pool++) {
        const start = arena * ARENA_BLOCK_COUNT + pool * POOL_BLOCK_COUNT;
        for (const block of blocks.slice(start, start + POOL_BLOCK_COUNT)) made.pools.free(block);
        made.pools.validate();
      }
    };
    /** The arenas that the next blocks of new pools lie in. */
    const next = (count: number): number[] =>
      Array.from({ length: count }, () => {
        const [block] = made.fill(POOL_BLOCK_COUNT) as [Block];
        made.pools.validate();
        return indexOf(block) - made.heap.firstArenaIndex;
      });
    const lent = (): string =>
      [0, 1, 2, 3, 4]
        .filter((index) => {
          const word = made.heap.arenaTable + made.heap.firstArenaIndex + index;
          return made.heap.words[word] === made.pools.borrower;
        })
        .join("");
    return { ...made, blocks, freePools, next, lent };
  }

  it("give in the order of how full they are, however that came about", () => {
    const { freePools, next } = filled(4);
    freePools(0, 0, 3);
    freePools(1, 0, 1);
    freePools(2, 0, 3);
    freePools(3, 0, 2);
    freePools(1, 1, 4);
    expect(next(12)).toEqual([3, 3, 2, 2, 2, 0, 0, 0, 1, 1, 1, 1]);
  });

  it("give first what came free first, of those that are as full", () => {
    const { freePools, next } = filled(4);
    for (const arena of [2, 0, 3]) freePools(arena, 0, 1);
    for (const arena of [0, 3, 2]) freePools(arena, 1, 2);
    freePools(1, 0, 2);
    expect(next(8)).toEqual([1, 1, 2, 2, 3, 3, 0, 0]);
  });

  it("go back wholly free, but for the lowest", () => {
    const { freePools, lent, pools } = filled(4);
    freePools(3, 0, 1);
    freePools(2, 0, 64);
    expect(lent()).toBe("0123");
    freePools(0, 0, 64);
    expect(lent()).toBe("013");
    freePools(1, 0, 64);
    expect(lent()).toBe("03");
    freePools(3, 1, 64);
    expect(lent()).toBe("0");
    expect(pools.arenaCount()).toBe(1);
    pools.trim();
    expect(lent()).toBe("");
    pools.trim();
    pools.validate();
  });

  it("stand behind those that are fuller, when the one that was kept goes back", () => {
    const { freePools, next, lent } = filled(4);
    freePools(3, 0, 64);
    for (const arena of [0, 1]) freePools(arena, 0, 63);
    freePools(1, 63, 64);
    expect(lent()).toBe("012");
    expect(next(64)).toEqual([...Array(63).fill(0), 1]);
  });

  it("leave the ones that are as full as they were in their order", () => {
    const { freePools, next } = filled(4);
    for (const arena of [2, 0, 3, 1]) freePools(arena, 0, 2);
    freePools(2, 2, 3);
    freePools(0, 2, 4);
    freePools(3, 2, 3);
    expect(next(12)).toEqual([1, 1, 3, 3, 3, 2, 2, 2, 0, 0, 0, 0]);
  });

  it("go back at once when none is to be kept", () => {
    const { freePools, lent, pools } = filled(2, { keepsArena: false });
    freePools(1, 0, 64);
    expect(lent()).toBe("0");
    freePools(0, 0, 64);
    expect(lent()).toBe("");
    pools.validate();
  });

  it("are counted: taken, given back, at most and now", () => {
    const { freePools, pools } = filled(3);
    freePools(2, 0, 64);
    freePools(1, 0, 64);
    const { arenas, lentArenaCount, lentBytes, freePoolCount, neverUsedPoolCount } =
      pools.statistics();
    expect(arenas).toEqual({
      reservedTotalCount: 3,
      releasedTotalCount: 1,
      highWaterCount: 3,
      currentCount: 2,
    });
    expect([lentArenaCount, lentBytes]).toEqual([2, 2 * ARENA_SIZE_BYTES]);
    expect([freePoolCount, neverUsedPoolCount]).toEqual([64, 0]);
  });
});

describe("the pool allocator tells", () => {
  it("its figures by size class, and those of pools that were never used", () => {
    const { pools, fill } = setUp();
    const [tiny] = fill(1025, 16) as [Block];
    fill(3, 48);
    const [last] = fill(1, 512) as [Block];
    pools.free(last);
    pools.free(tiny);
    const { classes, ...figures } = pools.statistics();
    const rows = classes.filter(({ poolCount }) => poolCount > 0);
    expect(rows).toEqual([
      { blockSizeBytes: 16, poolCount: 2, usedBlockCount: 1024, availableBlockCount: 1024 },
      { blockSizeBytes: 48, poolCount: 1, usedBlockCount: 3, availableBlockCount: 338 },
    ]);
    const usedBytes = 1024 * 16 + 3 * 48;
    const freeBytes = 1024 * 16 + 338 * 48 + 61 * POOL_SIZE_BYTES;
    expect(figures).toMatchObject({
      name: "pools",
      liveBlockCount: 1027,
      usedBytes,
      freeBytes,
      overheadBytes: ARENA_SIZE_BYTES - usedBytes - freeBytes,
      poolsPerArena: 64,
      freePoolCount: 61,
      neverUsedPoolCount: 60,
    });
  });

  it("the highest block there is, in the highest pool that is not empty", () => {
    const { pools, fill } = setUp();
    const blocks = fill(ARENA_BLOCK_COUNT + 70);
    const topOf = () => pools.statistics().topBlock;
    for (let index = blocks.length - 1; index >= blocks.length - 70; index--) {
      expect(topOf()).toEqual({ block: blocks[index], usableSizeBytes: 512 });
      pools.free(blocks[index] as Block);
    }
    expect(topOf()?.block).toBe(blocks[ARENA_BLOCK_COUNT - 1]);
    expect(setUp().pools.statistics().topBlock).toBeUndefined();
  });

  it("each pool that was carved, in address order, with its class and counts", () => {
    const { pools, fill } = setUp();
    const [one] = fill(1, 16) as [Block];
    const [two] = fill(40, 512) as [Block];
    pools.free(one);
    const seen: number[][] = [];
    pools.walkPools((...facts) => seen.push(facts));
    expect(seen).toEqual([
      [one, 0, 0, 1024],
      [two, 31, 32, 32],
      [two + POOL_SIZE_WORDS, 31, 8, 32],
    ]);
  });

  it("an observer of each pool taken and given back, with its class and arena", () => {
    const seen: number[][] = [];
    const observer = {
      event: (...facts: number[]) => void seen.push(facts),
    };
    const { pools, fill } = setUp({ observer });
    const blocks = fill(ARENA_BLOCK_COUNT + 1);
    const [first, last] = [blocks[0] as Block, blocks.at(-1) as Block];
    expect(seen).toHaveLength(65);
    expect(seen[1]).toEqual([EVENT_POOL_TAKE, first + POOL_SIZE_WORDS, 31, first]);
    expect(seen[64]).toEqual([EVENT_POOL_TAKE, last, 31, last]);
    seen.length = 0;
    pools.free(last);
    expect(seen).toEqual([[EVENT_POOL_RELEASE, last, 31, last]]);
    for (const block of blocks.slice(32, 64)) pools.free(block);
    expect(seen[1]).toEqual([EVENT_POOL_RELEASE, first + POOL_SIZE_WORDS, 31, first]);
  });
});
