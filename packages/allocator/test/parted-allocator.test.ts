import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_WORDS,
  type Block,
  DoubleFreeError,
  HeapCorruptionError,
  InvalidAddressError,
  POOL_SIZE_WORDS,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  createLargeBlockAllocator,
  createPartedAllocator,
  createPoolAllocator,
} from "../src/index.js";

function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 8 * 2 ** 20 });
  const watched = createPoolAllocator({ source: heap, name: "watched" });
  const other = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const parted = createPartedAllocator({ source: heap, watched, other, large });
  const dead = heap.reserveRegion(heap.registerBorrower("test"), "dead", 32).start;
  /** Marks the blocks of a slice that begins at `start` as dead, and no others. */
  const mark = (start: number, blocks: readonly number[]): void => {
    heap.words.fill(0, dead, dead + 32);
    for (const block of blocks) {
      const word = dead + ((block - start) >>> 7);
      heap.words[word] = (heap.words[word] as number) | (1 << (block >>> 2));
    }
  };
  return { heap, watched, other, large, parted, dead, mark };
}

const poolOf = (block: number): number => block - (block % POOL_SIZE_WORDS);
const many = (count: number, make: () => Block): Block[] => Array.from({ length: count }, make);

describe("the parted allocator", () => {
  it("keeps watched blocks of 1 to 512 bytes apart, and no others", () => {
    const { watched, other, large, parted } = setUp();
    for (const requestBytes of [1, 512]) {
      expect(watched.owns(parted.tryAllocateWatched(requestBytes))).toBe(true);
      expect(other.owns(parted.tryAllocate(requestBytes))).toBe(true);
      expect(other.owns(parted.allocate(requestBytes))).toBe(true);
      expect(other.owns(parted.allocateZeroed(requestBytes))).toBe(true);
    }
    for (const requestBytes of [0, 513, 5000]) {
      expect(large.owns(parted.tryAllocateWatched(requestBytes))).toBe(true);
      expect(large.owns(parted.tryAllocate(requestBytes))).toBe(true);
    }
    for (const requestBytes of [-1, 1.5, 400.5, Number.NaN, 2 ** 32 + 8]) {
      expect(() => parted.tryAllocateWatched(requestBytes)).toThrow(UsageError);
    }
    expect(parted.requestLimitBytes).toBe(large.requestLimitBytes);
    expect(parted.tryAllocateWatched(2 ** 30)).toBe(0);
    expect(parted.name).toBe("parted");
  });

  it("knows watched pools, and the maps of the arenas in which watched blocks may lie", () => {
    const { heap, watched, large, parted } = setUp();
    const one = parted.tryAllocateWatched(40);
    const two = parted.tryAllocate(40);
    const three = parted.tryAllocateWatched(4000);
    expect([one, two, three].map(parted.isWatchedPool)).toEqual([true, false, false]);
    expect(parted.isWatchedPool(one + 7)).toBe(true);
    const arenas = [one, two, three].map((block) => Math.floor(block / ARENA_SIZE_WORDS));
    const maps = [watched.allocatedMap, 0, large.allocatedMap];
    expect(arenas.map(parted.mapOf)).toEqual(maps);
    expect(parted.mapOf(heap.arenaCount - 1)).toBe(0);
  });

  it("frees, measures and owns each block where it belongs", () => {
    const { heap, watched, other, large, parted } = setUp();
    const blocks = [
      parted.tryAllocateWatched(40),
      parted.tryAllocate(100),
      parted.tryAllocateWatched(1000),
    ];
    expect(blocks.map(parted.usableSizeBytes)).toEqual([48, 112, 1000]);
    expect(blocks.map(parted.owns)).toEqual([true, true, true]);
    expect(parted.owns((blocks[0] as number) + 4)).toBe(false);
    for (const block of blocks) parted.free(block);
    expect(blocks.map(parted.owns)).toEqual([false, false, false]);
    const counts = [watched, other, large].map((part) => part.statistics().liveBlockCount);
    expect(counts).toEqual([0, 0, 0]);
    for (const block of blocks.slice(0, 2)) {
      expect(() => parted.free(block)).toThrow(DoubleFreeError);
    }
    expect(() => parted.free(blocks[0] as number as Block)).toThrow(/^watched\.free/);
    expect(heap.statistics().lentArenaCount).toBe(2);
    parted.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
  });

  it("walks all three in one address order and adds their figures", () => {
    const { heap, parted } = setUp();
    const calls = [parted.tryAllocate, parted.tryAllocateWatched];
    const blocks = many(4000, () => 0 as Block).map((_, index) =>
      (calls[index % 2] as typeof parted.tryAllocate)(index % 97 === 0 ? 2000 : 300),
    );
    const walked: Block[] = [];
    parted.walk((block) => walked.push(block));
    const ascending = [...blocks].sort((one, other) => one - other);
    expect(walked).toEqual(ascending);
    const { name, liveBlockCount, lentBytes, topBlock, usedBytes } = parted.statistics();
    expect([name, liveBlockCount]).toEqual(["parted", blocks.length]);
    expect(lentBytes).toBe(heap.statistics().lentBytes);
    expect(topBlock?.block).toBe(ascending.at(-1));
    const sizes = blocks.map((block) => parted.usableSizeBytes(block));
    expect(usedBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it("validates all three", () => {
    for (const requestBytes of [40, 4000]) {
      for (const isWatched of [true, false]) {
        const { heap, parted } = setUp();
        const block = (isWatched ? parted.tryAllocateWatched : parted.tryAllocate)(requestBytes);
        parted.validate();
        heap.words[heap.arenaTable + Math.floor(block / ARENA_SIZE_WORDS)] = 0;
        expect(() => parted.validate()).toThrow(HeapCorruptionError);
      }
    }
  });
});

describe("reallocation in the parted allocator", () => {
  it("leaves a watched block among watched ones up to 512 bytes, and then moves it", () => {
    const { heap, watched, large, parted } = setUp();
    const block = parted.tryAllocateWatched(40);
    heap.words.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], block);
    expect(parted.reallocate(block, 48)).toBe(block);
    const wider = parted.reallocate(block, 512);
    expect(watched.owns(wider)).toBe(true);
    heap.words.fill(-1, wider + 12, wider + 128);
    const moved = parted.reallocate(wider, 513);
    expect(large.owns(moved)).toBe(true);
    expect(watched.owns(wider)).toBe(false);
    expect([...heap.words.subarray(moved, moved + 10)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...heap.words.subarray(moved + 12, moved + 128)]).toEqual(Array(116).fill(-1));
    expect(parted.reallocate(moved, 100)).toBe(moved);
    const tiny = parted.reallocate(parted.tryAllocateWatched(100), 1);
    expect(watched.owns(tiny)).toBe(true);
  });

  it("copies nothing beyond the old block, and nothing into what asks for no bytes", () => {
    const { heap, large, parted } = setUp();
    const [block, behind] = many(2, () => parted.tryAllocateWatched(16)) as [Block, Block];
    heap.words.fill(7, block, block + 4);
    heap.words.fill(8, behind, behind + 4);
    const hole = large.allocate(600);
    large.allocate(600);
    heap.words.fill(9, hole, hole + 150);
    large.free(hole);
    const moved = parted.reallocate(block, 600);
    expect(moved).toBe(hole);
    expect([...heap.words.subarray(moved + 3, moved + 6)]).toEqual([7, 9, 9]);
    const empty = parted.reallocate(behind, 0);
    expect(large.owns(empty)).toBe(true);
    expect(parted.usableSizeBytes(empty)).toBe(8);
    expect(heap.words[empty]).not.toBe(8);
    expect(() => parted.reallocate(behind, 600)).toThrow(DoubleFreeError);
  });

  it("sends other blocks to the other pools, and beyond 512 bytes to the large allocator", () => {
    const { other, large, parted } = setUp();
    const block = parted.tryAllocate(40);
    const wider = parted.reallocate(block, 400);
    expect(other.owns(wider)).toBe(true);
    expect(large.owns(parted.reallocate(wider, 4000))).toBe(true);
  });
});

describe("freeing marked blocks", () => {
  it("frees those of a pool of watched ones at once, as a free of each would", () => {
    const { watched, parted, dead, mark } = setUp();
    const blocks = many(64, () => parted.tryAllocateWatched(512));
    const start = poolOf(blocks[0] as Block);
    mark(
      start,
      blocks.filter((_, index) => index % 3 === 0 && index < 32),
    );
    parted.freeMarked(start, dead);
    parted.validate();
    const isFreed = (index: number): boolean => index % 3 === 0 && index < 32;
    expect(blocks.map(parted.owns)).toEqual(blocks.map((_, index) => !isFreed(index)));
    expect(watched.statistics().liveBlockCount).toBe(53);
    // It was full: it comes first now, lowest blocks first.
    expect(parted.tryAllocateWatched(500)).toBe(blocks[0]);
    expect(parted.tryAllocateWatched(500)).toBe(blocks[3]);
  });

  it("gives a pool back that comes empty, and the arena that was not its last", () => {
    const { heap, parted, watched, dead, mark } = setUp();
    const blocks = many(65 * 32, () => parted.tryAllocateWatched(512));
    for (let pool = 0; pool < 64; pool++) {
      const own = blocks.slice(pool * 32, pool * 32 + 32);
      mark(own[0] as Block, own);
      parted.freeMarked(own[0] as Block, dead);
      parted.validate();
    }
    expect(watched.statistics().liveBlockCount).toBe(32);
    expect(heap.statistics().lentArenaCount).toBe(1);
  });

  it("frees nothing where nothing is marked, of a full pool and of one that is not", () => {
    const { parted, dead, mark } = setUp();
    const full = many(32, () => parted.tryAllocateWatched(512));
    const used = parted.tryAllocateWatched(512);
    for (const block of [full[0] as Block, used]) {
      mark(poolOf(block), []);
      parted.freeMarked(poolOf(block), dead);
      parted.validate();
    }
    expect([...full, used].every((block) => parted.owns(block))).toBe(true);
    expect(parted.tryAllocateWatched(512)).toBe(used + 128);
  });

  it("leaves a pool in its list that stays in use, and an empty one among the free", () => {
    const { parted, watched, dead, mark } = setUp();
    const blocks = many(4 * 32, () => parted.tryAllocateWatched(512));
    const pool = (index: number): Block[] => blocks.slice(index * 32, index * 32 + 32);
    // From the first on: the pools of blocks 0, 32 and 64; the last is full.
    for (const index of [64, 32, 0]) parted.free(blocks[index] as Block);
    const freeMarked = (index: number, dying: readonly Block[]): void => {
      mark(blocks[index * 32] as Block, dying);
      parted.freeMarked(blocks[index * 32] as Block, dead);
      parted.validate();
    };
    freeMarked(1, pool(1).slice(4, 9));
    freeMarked(1, pool(1).slice(9, 31));
    freeMarked(2, pool(2).slice(1));
    freeMarked(2, []);
    freeMarked(3, pool(3).slice(31));
    freeMarked(0, pool(0).slice(1));
    freeMarked(0, []);
    expect(watched.statistics().liveBlockCount).toBe(4 + 31);
    expect(many(2, () => parted.tryAllocateWatched(512))).toEqual([blocks[127], blocks[32]]);
  });

  it("refuses a mark where no block lives, and frees none then", () => {
    const { heap, parted, dead, mark } = setUp();
    const blocks = many(3, () => parted.tryAllocateWatched(512));
    const [one, two, three] = blocks as [Block, Block, Block];
    parted.free(two);
    const start = poolOf(one);
    for (const [wrong, kind] of [
      [two, DoubleFreeError],
      [one + 4, InvalidAddressError],
      [start + 31 * 128 + 124, InvalidAddressError],
    ] as const) {
      mark(start, [one, wrong, three]);
      const before = Buffer.from(heap.bytes);
      expect(() => parted.freeMarked(start, dead)).toThrow(kind);
      expect(() => parted.freeMarked(start, dead)).toThrow(`watched.freeMarked: `);
      expect(() => parted.freeMarked(start, dead)).toThrow(new RegExp(`\\b${wrong}\\b`));
      expect(before.equals(heap.bytes)).toBe(true);
    }
  });

  it("frees large blocks of a slice, each with its neighbours", () => {
    const { large, parted, dead, mark } = setUp();
    const blocks = many(40, () => parted.tryAllocateWatched(1000));
    const start = poolOf(blocks[20] as Block);
    const own = blocks.filter((block) => poolOf(block) === start);
    const marked = own.filter((_, index) => index % 4 !== 0);
    expect(marked.length).toBeGreaterThan(8);
    mark(start, marked);
    // What lies behind the 32 words marks nothing.
    parted.freeMarked(start, dead);
    parted.validate();
    expect(blocks.filter((block) => !large.owns(block))).toEqual(marked);
  });

  it("looks at 32 words and no more", () => {
    const { heap, parted, dead } = setUp();
    const wider = heap.reserveRegion(heap.registerBorrower("test"), "wider", 36).start;
    const small = parted.tryAllocateWatched(512);
    const large = parted.tryAllocateWatched(1000);
    heap.words.fill(-1, wider + 32, wider + 36);
    for (const block of [small, large]) {
      parted.freeMarked(poolOf(block), wider);
      expect(parted.owns(block)).toBe(true);
    }
    expect(dead).toBeLessThan(wider);
  });
});
