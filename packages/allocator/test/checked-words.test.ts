// What the checked layer says in which call, what it knows of numbers and of its blocks, how much
// it holds back, and what its own words must be.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Block,
  HeapCorruptionError,
  InvalidAddressError,
  UsageError,
  UseAfterFreeError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  type CheckedAllocatorOptions,
  createCheckedAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
} from "../src/index.js";
import { thrownBy } from "./checked-misuse.js";
import { noteRegions, saidOf } from "./turned-words.js";

const HEADER = 8;
/** Where the words of a header and of the layer's region lie. */
const [NEXT, REQUEST, SEAL] = [0, 2, 5];
const [SERIAL, FREED_COUNT, FIRST_HELD, LAST_HELD, HELD_BYTES] = [0, 1, 2, 3, 4];

function setUp(options: Partial<CheckedAllocatorOptions> = {}) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
  const { source, startOf } = noteRegions(heap);
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const below = createSizeRouter({ source: heap, small, large });
  const before = heap.reserveRegion(heap.registerBorrower("test"), "before", 16).start;
  heap.words.fill(-7, before, before + 16);
  const checked = createCheckedAllocator(below, { source, ...options });
  return { heap, below, checked, before, state: startOf("checked") };
}

describe("the checked layer says in which call", () => {
  it("a block was overrun, or never was one", () => {
    const { heap, checked } = setUp({ name: "fenced" });
    const block = checked.allocate(13);
    const calls: [string, (block: Block) => void][] = [
      ["free", (wrong) => checked.free(wrong)],
      ["reallocate", (wrong) => void checked.reallocate(wrong, 5)],
      ["usableSizeBytes", (wrong) => void checked.usableSizeBytes(wrong)],
    ];
    for (const [call, act] of calls) {
      expect(() => act((block + 4) as Block)).toThrow(
        expect.objectContaining({ where: `fenced.${call}`, expected: "a live block" }),
      );
      heap.bytes[block * 4 + 13] = 0;
      expect(() => act(block)).toThrow(
        expect.objectContaining({ where: `fenced.${call}`, offsetBytes: 13 }),
      );
      heap.bytes[block * 4 + 13] = 0xfd;
      const seal = block - HEADER + SEAL;
      heap.words[seal] = ~(heap.words[seal] as number);
      expect(() => act(block)).toThrow(
        expect.objectContaining({
          where: `fenced.${call}`,
          offsetBytes: -12,
          freeingSite: undefined,
        }),
      );
      heap.words[seal] = ~(heap.words[seal] as number);
    }
    heap.bytes[block * 4 + 13] = 0;
    expect(() => checked.validate()).toThrow(expect.objectContaining({ where: "fenced.validate" }));
    expect(() => checked.repair((block + 4) as Block)).toThrow(/^fenced\.repair: /);
  });

  it("a write after a free was met", () => {
    for (const call of ["free", "reallocate", "release", "validate", "trim", "close"] as const) {
      const { heap, checked } = setUp({ holdBytes: 300 });
      const [victim, other] = [checked.allocate(100), checked.allocate(200)];
      checked.free(victim);
      heap.words[victim + 3] = 0;
      const error = thrownBy(() => {
        if (call === "free") checked.free(other);
        else if (call === "reallocate") checked.reallocate(other, 10);
        else checked[call]?.();
      });
      expect(error).toBeInstanceOf(UseAfterFreeError);
      const where = call === "trim" || call === "close" ? "release" : call;
      expect(error).toMatchObject({ where: `checked-obj.${where}`, offsetBytes: 12 });
    }
  });

  it("an option cannot be", () => {
    expect(() => setUp({ domain: "gil" as never })).toThrow(
      'createCheckedAllocator: "gil" is no domain. Choose from raw, mem, obj.',
    );
    expect(() => setUp({ holdBytes: -1 })).toThrow(/^createCheckedAllocator: holdBytes -1/);
    expect(() => setUp({ fillLimitBytes: -1 })).toThrow(/^createCheckedAllocator: fillLimitBytes/);
  });

  it("a size is not served, by each call and before anything moves", () => {
    const { checked, below } = setUp();
    const block = checked.allocate(10);
    const limit = below.requestLimitBytes - 43;
    expect(checked.requestLimitBytes).toBe(limit);
    for (const wrong of [-1, 1.5, limit + 1, Number.NaN]) {
      for (const act of [
        () => checked.allocate(wrong),
        () => checked.tryAllocate(wrong),
        () => checked.allocateZeroed(wrong),
        () => checked.reallocate(block, wrong),
      ]) {
        expect(act).toThrow(UsageError);
        expect(act).toThrow(`checked-obj: requestBytes ${wrong} is not`);
      }
    }
    expect(checked.tryAllocate(limit)).toBe(0);
    expect(checked.owns(block)).toBe(true);
    expect(checked.usableSizeBytes(checked.allocateZeroed(0))).toBe(0);
  });
});

describe("the checked layer knows", () => {
  it("in which block a word lies: after its first, before its end", () => {
    const { checked } = setUp();
    const blocks = [100, 48, 30].map((bytes) => checked.allocate(bytes)) as [Block, Block, Block];
    const insideOf = (word: number) =>
      (thrownBy(() => checked.free(word as Block)) as { inside?: { block: number } }).inside?.block;
    const [one, two, three] = blocks;
    expect([one + 1, one + 24, one + 25].map(insideOf)).toEqual([one, one, undefined]);
    expect([two + 11, two + 12, two - 1].map(insideOf)).toEqual([two, undefined, undefined]);
    expect([three + 7, three + 8].map(insideOf)).toEqual([three, undefined]);
  });

  it("nothing of a number that is no word, of the memory's ends and of what has no header", () => {
    const { heap, below, checked } = setUp();
    checked.allocate(8);
    const end = heap.words.length;
    for (const wrong of [0, 4, HEADER, -8, 0.5, Number.NaN, end, end + 8, 2 ** 32]) {
      expect(checked.factsOf(wrong), `${wrong}`).toBeUndefined();
      expect(() => checked.free(wrong as Block)).toThrow(InvalidAddressError);
    }
    expect(checked.factsOf(below.allocate(100))).toBeUndefined();
  });

  it("a block that nobody named the site of, live and freed", () => {
    const { checked } = setUp();
    const block = checked.allocate(40);
    const facts = {
      block,
      requestBytes: 40,
      serial: 1,
      domain: "obj",
      allocationSite: "unknown site",
    };
    expect(checked.factsOf(block)).toMatchObject({ ...facts, freeingSite: undefined });
    checked.free(block);
    expect(checked.factsOf(block)).toMatchObject({ ...facts, freeingSite: "unknown site" });
  });

  it("its figures: what is held back counts as free, and headers as overhead", () => {
    const { below, checked } = setUp();
    const blocks = [20, 100, 5000].map((bytes) => checked.allocate(bytes)) as [Block, Block, Block];
    checked.free(blocks[0]);
    checked.free(blocks[1]);
    const under = below.statistics();
    const heldBytes = 64 + 144;
    expect(checked.statistics()).toMatchObject({
      name: "checked-obj",
      liveBlockCount: 1,
      usedBytes: 5000,
      freeBytes: under.freeBytes + heldBytes,
      overheadBytes: under.lentBytes - 5000 - under.freeBytes - heldBytes,
      lentBytes: under.lentBytes,
      topBlock: { block: blocks[2], usableSizeBytes: 5000 },
    });
    checked.free(blocks[2]);
    checked.release();
    expect(checked.statistics()).toMatchObject({ usedBytes: 0, topBlock: undefined });
  });
});

describe("what is held back", () => {
  it("may be as much as was said, to the byte, the oldest going down first", () => {
    // Of a request of 56 bytes 96 are held.
    for (const [holdBytes, held] of [
      [96, [2]],
      [95, []],
      [192, [1, 2]],
      [191, [2]],
    ] as const) {
      const { below, checked } = setUp({ holdBytes });
      const blocks = [56, 56, 56].map((bytes) => checked.allocate(bytes));
      for (const block of blocks) checked.free(block);
      const isHeld = (index: number) => below.owns((blocks[index] as number) - HEADER);
      expect([0, 1, 2].filter(isHeld)).toEqual(held);
      checked.validate();
    }
  });

  it("makes room in the same measure before a reallocation", () => {
    const { below, checked } = setUp({ holdBytes: 192 });
    const blocks = [56, 56, 56].map((bytes) => checked.allocate(bytes)) as [Block, Block, Block];
    checked.free(blocks[0]);
    const moved = checked.reallocate(blocks[1], 56);
    expect(below.owns(blocks[0] - HEADER)).toBe(true);
    // The first block went down, and its place is the lowest that is free.
    expect(checked.reallocate(moved, 56)).toBe(blocks[0]);
    expect(below.owns(blocks[1] - HEADER)).toBe(true);
  });

  it("goes down at a trim, and then the allocator below is trimmed if it can be", () => {
    const { heap, below, checked } = setUp();
    checked.free(checked.allocate(100));
    expect(heap.statistics().lentArenaCount).toBe(1);
    checked.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
    const { trim: _, ...without } = below;
    const other = createCheckedAllocator(without, { source: heap, name: "other" });
    other.free(other.allocate(100));
    other.trim?.();
    expect(below.statistics().liveBlockCount).toBe(0);
  });

  it("is nothing of a block larger than all, which is refused before it was changed", () => {
    const { heap, below, checked } = setUp({ holdBytes: 1000 });
    const [block, behind] = [checked.allocate(5000), checked.allocate(5000)];
    const end = block - HEADER + below.usableSizeBytes((block - HEADER) as Block) / 4;
    heap.words.fill(-1, end, end + 2);
    heap.words[block] = 42;
    expect(() => checked.free(block)).toThrow(HeapCorruptionError);
    expect(heap.words[block]).toBe(42);
    checked.free(block);
    checked.free(behind);
    expect(below.statistics().liveBlockCount).toBe(0);
    expect(heap.statistics().lentArenaCount).toBe(0);
  });
});

describe("the checked layer's validate() tells of", () => {
  it("each word of its own, and of a header that is held back", () => {
    const { heap, checked, state, before } = setUp();
    const blocks = [56, 56, 56, 56].map((bytes) => checked.allocate(bytes));
    const [one, two, three, four] = blocks.map((block) => block - HEADER) as [
      number,
      number,
      number,
      number,
    ];
    for (const block of blocks.slice(0, 3)) checked.free(block);
    const said = (changes: Record<number, number>) => saidOf(heap, checked.validate, changes);
    const seal = heap.words[two + SEAL] as number;
    expect([
      said({}),
      said({ [state + SERIAL]: 5 }),
      said({ [state + FREED_COUNT]: 2 }),
      said({ [state + FIRST_HELD]: two }),
      said({ [state + FIRST_HELD]: four }),
      said({ [state + HELD_BYTES]: 0 }),
      said({ [two + NEXT]: two }),
      said({ [two + NEXT]: 0 }),
      said({ [two + NEXT]: 8 }),
      said({ [two + SEAL]: ~seal }),
      said({ [two + REQUEST]: 57 }),
      said({ [four + SEAL]: 0 }),
      said({ [state + LAST_HELD]: one }),
    ]).toEqual([
      "sound",
      "checked block 0: a header was overwritten",
      "checked block 0: a header was overwritten",
      `held blocks ${state}: bytes`,
      `held block ${four}: its header was overwritten`,
      `held blocks ${state}: bytes`,
      `held block ${two}: its header was overwritten`,
      `held blocks ${state}: bytes`,
      "held block 8: its header was overwritten",
      `held block ${two}: its header was overwritten`,
      `held block ${two}: its header was overwritten`,
      `checked block ${four}: a header was overwritten`,
      "sound",
    ]);
    expect(heap.words[state + LAST_HELD]).toBe(three);
    expect([...heap.words.subarray(before, before + 16)]).toEqual(Array(16).fill(-7));
  });

  it("a header below that was written over, in each call that names a block", () => {
    const { heap, below, checked } = setUp();
    const [block] = [checked.allocate(5000), checked.allocate(5000)] as [Block, Block];
    const base = (block - HEADER) as Block;
    const end = base + below.usableSizeBytes(base) / 4;
    for (const call of ["usableSizeBytes", "reallocate", "validate"] as const) {
      heap.words.fill(-1, end, end + 2);
      expect(() => checked[call](block, 10)).toThrow(HeapCorruptionError);
      expect(checked.owns(block)).toBe(true);
      if (call === "validate") expect(checked.usableSizeBytes.bind(null, block)).toThrow(/anew/);
    }
    checked.validate();
  });

  it("what the allocator below finds", () => {
    const { heap, checked } = setUp();
    const block = checked.allocate(100);
    heap.words[heap.arenaTable + (block >>> 18)] = 0;
    expect(() => checked.validate()).toThrow(/arena count/);
    expect(() => checked.close()).toThrow(/arena count/);
  });
});
