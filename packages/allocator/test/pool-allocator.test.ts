import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_WORDS,
  type Block,
  DoubleFreeError,
  InvalidAddressError,
  OutOfMemoryError,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createPoolAllocator } from "../src/index.js";

const MIB = 2 ** 20;

function setUp(options: { limitBytes?: number } = {}) {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB, ...options });
  return { heap, pools: createPoolAllocator({ source: heap }) };
}

type Pools = ReturnType<typeof setUp>["pools"];

function allocateMany(pools: Pools, count: number, requestBytes: number): Block[] {
  return Array.from({ length: count }, () => pools.allocate(requestBytes));
}

const poolOf = (block: Block): number => Math.floor(block / POOL_SIZE_WORDS);
const arenaOf = (block: Block): number => Math.floor(block / ARENA_SIZE_WORDS);
const blocksPerPool = (sizeBytes: number): number => Math.floor(POOL_SIZE_BYTES / sizeBytes);

describe("the pool allocator's blocks", () => {
  it("start at multiples of 16 bytes, whatever was asked for", () => {
    const { pools } = setUp();
    for (let requestBytes = 0; requestBytes <= 512; requestBytes++) {
      expect((pools.allocate(requestBytes) * 4) % 16).toBe(0);
    }
    pools.validate();
  });

  it("come in 32 size classes of 16, 32, … 512 bytes", () => {
    const { pools } = setUp();
    const sizes = new Set<number>();
    for (let requestBytes = 1; requestBytes <= 512; requestBytes++) {
      const sizeBytes = pools.usableSizeBytes(pools.allocate(requestBytes));
      expect(sizeBytes).toBe(Math.ceil(requestBytes / 16) * 16);
      sizes.add(sizeBytes);
    }
    expect(sizes.size).toBe(32);
    expect(pools.statistics().classes.map((row) => row.blockSizeBytes)).toEqual([...sizes]);
  });

  it("of size 0 are distinct and can be freed", () => {
    const { pools } = setUp();
    const blocks = allocateMany(pools, 5, 0);
    expect(new Set(blocks).size).toBe(5);
    for (const block of blocks) pools.free(block);
    expect(pools.statistics().liveBlockCount).toBe(0);
  });

  it("are carved one at a time: what was not asked for was never touched", () => {
    const { heap, pools } = setUp();
    const [first, second] = allocateMany(pools, 2, 64) as [Block, Block];
    expect(second - first).toBe(16);
    const untouched = heap.words.subarray(second + 16, first + POOL_SIZE_WORDS);
    expect(untouched.every((word) => word === 0)).toBe(true);
  });

  it("are reused lowest first, so that what was never needed is never touched", () => {
    const { pools } = setUp();
    const [one, two, three] = allocateMany(pools, 3, 100) as [Block, Block, Block];
    for (const block of [two, one, three]) pools.free(block);
    expect(allocateMany(pools, 3, 100)).toEqual([one, two, three]);
  });

  it("are zero-filled when asked to be, also where a freed block lay", () => {
    const { heap, pools } = setUp();
    const block = pools.allocate(200);
    heap.words.fill(-1, block, block + 52);
    pools.free(block);
    expect(pools.allocateZeroed(200)).toBe(block);
    expect([...heap.words.subarray(block, block + 50)]).toEqual(new Array(50).fill(0));
  });
});

describe("the pool allocator's pools", () => {
  it("go to the front of their size class when they were full", () => {
    const { pools } = setUp();
    const [full] = allocateMany(pools, blocksPerPool(512), 512) as [Block];
    const next = pools.allocate(512);
    expect(poolOf(next)).not.toBe(poolOf(full));
    pools.free(full);
    expect(pools.allocate(512)).toBe(full);
    expect(poolOf(pools.allocate(512))).toBe(poolOf(next));
  });

  it("change their size class once they are empty", () => {
    const { pools } = setUp();
    const small = pools.allocate(16);
    pools.free(small);
    expect(pools.allocate(512)).toBe(small);
    pools.validate();
  });

  it("can be walked with their size classes and counts", () => {
    const { pools } = setUp();
    allocateMany(pools, 40, 512);
    const seen: number[][] = [];
    pools.walkPools((_pool, sizeClass, usedCount, blockCount) => {
      seen.push([sizeClass, usedCount, blockCount]);
    });
    expect(seen).toEqual([
      [31, 32, 32],
      [31, 8, 32],
    ]);
  });
});

describe("the pool allocator's arenas", () => {
  const perArena = 64 * blocksPerPool(512);

  it("are asked for one at a time, and only when no pool is free", () => {
    const { pools } = setUp();
    expect(pools.arenaCount()).toBe(0);
    allocateMany(pools, perArena, 512);
    expect(pools.arenaCount()).toBe(1);
    pools.allocate(512);
    expect(pools.arenaCount()).toBe(2);
  });

  it("give the next pool fullest first, so that nearly empty ones drain", () => {
    const { pools } = setUp();
    const blocks = allocateMany(pools, 3 * perArena, 512);
    const [first, second, third] = [blocks[0], blocks[perArena], blocks[2 * perArena]].map(
      (block) => arenaOf(block as Block),
    );
    const pool = blocksPerPool(512);
    // Five pools of the first arena, one of the second and three of the third become free.
    for (const block of blocks.slice(0, 5 * pool)) pools.free(block);
    for (const block of blocks.slice(perArena, perArena + pool)) pools.free(block);
    for (const block of blocks.slice(2 * perArena, 2 * perArena + 3 * pool)) pools.free(block);
    pools.validate();
    const other = blocksPerPool(272);
    const order = allocateMany(pools, 9 * other, 272).map(arenaOf);
    const firstOfEach = [0, other, 4 * other].map((place) => order[place]);
    expect(firstOfEach).toEqual([second, third, first]);
    expect(pools.arenaCount()).toBe(3);
  });

  it("go back when they are empty, but for one that is kept", () => {
    const { heap, pools } = setUp();
    const blocks = allocateMany(pools, 3 * perArena, 512);
    expect(heap.statistics().lentArenaCount).toBe(3);
    for (const block of blocks) pools.free(block);
    expect(heap.statistics().lentArenaCount).toBe(1);
    expect(pools.statistics()).toMatchObject({
      liveBlockCount: 0,
      usedBytes: 0,
      freeBytes: MIB,
      overheadBytes: 0,
      topBlock: undefined,
      arenas: {
        reservedTotalCount: 3,
        releasedTotalCount: 2,
        highWaterCount: 3,
        currentCount: 1,
      },
    });
  });
});

describe("reallocation in the pool allocator", () => {
  it("keeps the block when a shrink saves less than a quarter of it", () => {
    const { pools } = setUp();
    const block = pools.allocate(512);
    expect(pools.reallocate(block, 385)).toBe(block);
    expect(pools.reallocate(block, 512)).toBe(block);
    expect(pools.reallocate(block, 384)).not.toBe(block);
  });

  it("moves on growth beyond the size class, with the contents", () => {
    const { heap, pools } = setUp();
    const block = pools.allocate(30);
    heap.words.set([1, 2, 3, 4, 5, 6, 7, 8], block);
    expect(pools.reallocate(block, 32)).toBe(block);
    const moved = pools.reallocate(block, 33);
    expect(moved).not.toBe(block);
    expect([...heap.words.subarray(moved, moved + 8)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(pools.owns(block)).toBe(false);
    expect(pools.statistics().liveBlockCount).toBe(1);
  });

  it("leaves the block as it is when memory runs out", () => {
    const { pools, heap } = setUp({ limitBytes: MIB });
    const block = pools.allocate(16);
    heap.words[block] = 42;
    while (pools.tryAllocate(512) !== 0);
    expect(() => pools.reallocate(block, 512)).toThrow(OutOfMemoryError);
    expect(pools.owns(block)).toBe(true);
    expect(heap.words[block]).toBe(42);
    pools.validate();
  });
});

describe("what the pool allocator refuses", () => {
  it.each([-1, -15, 1.5, 513, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 16, 2 ** 33])(
    "a request of %s bytes is a usage error",
    (requestBytes) => {
      const { pools } = setUp();
      const block = pools.allocate(8);
      expect(() => pools.allocate(requestBytes)).toThrow(UsageError);
      expect(() => pools.tryAllocate(requestBytes)).toThrow(UsageError);
      expect(() => pools.allocateZeroed(requestBytes)).toThrow(UsageError);
      expect(() => pools.reallocate(block, requestBytes)).toThrow(UsageError);
      expect(pools.statistics().liveBlockCount).toBe(1);
    },
  );

  it("a double free is a double free, until the block is given out again", () => {
    const { pools } = setUp();
    const block = pools.allocate(48);
    pools.free(block);
    expect(() => pools.free(block)).toThrow(DoubleFreeError);
    expect(() => pools.reallocate(block, 10)).toThrow(DoubleFreeError);
    expect(() => pools.usableSizeBytes(block)).toThrow(DoubleFreeError);
    expect(pools.allocate(48)).toBe(block);
    pools.free(block);
    pools.validate();
  });

  it("a free block that was never given is already free, as far as a free can tell", () => {
    const { pools } = setUp();
    const block = pools.allocate(64);
    expect(() => pools.free((block + 16) as Block)).toThrow(DoubleFreeError);
  });

  it("the inside of a block and what is no block are invalid addresses", () => {
    const { pools } = setUp();
    const block = pools.allocate(64);
    for (const number of [block + 4, block + 4096, block + 1, block + 0.5, -block, 2 ** 40]) {
      expect(() => pools.free(number as Block)).toThrow(InvalidAddressError);
    }
    expect(() => pools.free((block + 4) as Block)).toThrow(/pools\.free: \d+ is not a live block/);
  });

  it("memory that runs out is an error with the facts, or a 0 from tryAllocate", () => {
    const { pools } = setUp({ limitBytes: MIB });
    while (pools.tryAllocate(512) !== 0);
    expect(() => pools.allocate(512)).toThrow(OutOfMemoryError);
    expect(() => pools.allocate(512)).toThrow(
      expect.objectContaining({ requestBytes: 512, lentBytes: MIB, limitBytes: MIB }),
    );
    pools.validate();
  });

  it("a write into a freed block harms no list: nothing is linked through blocks", () => {
    const { heap, pools } = setUp();
    const [, freed] = allocateMany(pools, 2, 32) as [Block, Block];
    pools.free(freed);
    heap.words.fill(-1, freed, freed + 8);
    pools.validate();
    expect(pools.allocate(32)).toBe(freed);
  });
});

describe("two pool allocators in one heap", () => {
  it("need two names and refuse each other's blocks", () => {
    const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
    const one = createPoolAllocator({ source: heap, name: "one" });
    const other = createPoolAllocator({ source: heap, name: "other" });
    const block = one.allocate(16);
    expect(() => other.free(block)).toThrow(InvalidAddressError);
    expect(other.owns(block)).toBe(false);
    one.free(block);
  });

  it("of one name are one allocator, opened twice", () => {
    const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
    const one = createPoolAllocator({ source: heap });
    const block = one.allocate(16);
    const again = createPoolAllocator({ source: heap });
    expect(again.owns(block)).toBe(true);
    again.free(block);
    expect(one.statistics().liveBlockCount).toBe(0);
    one.validate();
  });
});
