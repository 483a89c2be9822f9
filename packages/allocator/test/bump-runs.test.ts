// Runs of a bump allocator that lie apart, one below the other, and marks in them.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type Block,
  DoubleFreeError,
  InvalidAddressError,
  OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createBumpAllocator } from "../src/index.js";

/** A region before the allocator's words and one behind them, which nobody but the test writes. */
function setUp(arenaCount = 8) {
  const heap = createPrivateHeap({ reservationBytes: arenaCount * ARENA_SIZE_BYTES });
  const other = heap.registerBorrower("other");
  const guards = [heap.reserveRegion(other, "before", 16)];
  const bump = createBumpAllocator({ source: heap });
  guards.push(heap.reserveRegion(other, "behind", 16));
  for (const { start } of guards) heap.words.fill(-7, start, start + 16);
  const areGuardsWhole = (): boolean =>
    guards.every(({ start }) =>
      heap.words.subarray(start, start + 16).every((word) => word === -7),
    );
  return { heap, bump, other, areGuardsWhole };
}

/** The first run lies above the second: an arena below it came free in between. */
function descendingRuns() {
  const made = setUp();
  const { heap, bump, other } = made;
  const low = heap.reserveArenas(other, 1);
  const high = bump.allocate(40);
  const highMark = bump.mark();
  const highest = bump.allocate(56);
  heap.reserveArenas(other, 1);
  heap.releaseArenas(other, low, 1);
  const lowest = bump.allocate(ARENA_SIZE_BYTES - 48);
  const lowMark = bump.mark();
  const last = bump.allocate(24);
  expect(lowest).toBeLessThan(high);
  return { ...made, high, highMark, highest, lowest, lowMark, last };
}

describe("runs that lie one below the other", () => {
  it("are walked in the order of addresses, each block with its size", () => {
    const { bump, high, highest, lowest, last } = descendingRuns();
    const walked: number[][] = [];
    bump.walk((block, sizeBytes) => walked.push([block, sizeBytes]));
    expect(walked).toEqual([
      [lowest, ARENA_SIZE_BYTES - 48],
      [last, 32],
      [high, 48],
      [highest, 64],
    ]);
    const sizes = [lowest, last, high, highest].map((block) => bump.usableSizeBytes(block));
    expect(sizes).toEqual(walked.map(([, sizeBytes]) => sizeBytes));
    expect(bump.statistics()).toMatchObject({
      name: "bump",
      liveBlockCount: 4,
      topBlock: { block: highest, usableSizeBytes: 64 },
      freeBytes: 0,
      lentArenaCount: 2,
    });
    bump.validate();
  });

  it("are given up from the newest on by a rewind, to a mark in each", () => {
    const { heap, bump, high, highMark, highest, lowest, lowMark, last } = descendingRuns();
    expect(bump.rewind(lowMark)).toBe(1);
    expect([bump.owns(lowest), bump.owns(last)]).toEqual([true, false]);
    expect(bump.rewind(highMark)).toBe(2);
    expect([high, highest, lowest].map(bump.owns)).toEqual([true, false, false]);
    expect(heap.statistics().lentArenaCount).toBe(2);
    expect(bump.arenaCount()).toBe(1);
    bump.validate();
    expect(() => bump.rewind(lowMark)).toThrow(InvalidAddressError);
    expect(bump.allocate(56)).toBe(highest);
  });

  it("go all but the first when it is cleared, which tells how much lived", () => {
    const { bump, high, areGuardsWhole } = descendingRuns();
    bump.free(high);
    expect(bump.clear()).toBe(3);
    expect(bump.arenaCount()).toBe(1);
    expect(bump.remainingBytes()).toBe(ARENA_SIZE_BYTES - 16);
    bump.validate();
    expect(bump.allocate(40)).toBe(high);
    expect(areGuardsWhole()).toBe(true);
  });

  it("take what a block behind a mark needs, and no mark of theirs is another's", () => {
    const { heap, bump, highMark, lowMark, last } = descendingRuns();
    const free = bump.mark();
    for (const wrong of [
      highMark + 4,
      lowMark + 4,
      last + 4,
      free + 8,
      last - (last % ARENA_SIZE_WORDS),
      (heap.firstArenaIndex + 2) * ARENA_SIZE_WORDS + 4,
      -free,
      free + 2 ** 32,
      free + 0.5,
    ]) {
      expect(() => bump.rewind(wrong), `${wrong}`).toThrow(
        expect.objectContaining({
          where: "bump.rewind",
          address: wrong,
          expected: "a mark that stands",
        }),
      );
    }
    for (const standing of [free, lowMark, highMark]) bump.rewind(standing);
    bump.validate();
  });
});

it("runs that lie one above the other are walked from the first on", () => {
  const { heap, bump, other } = setUp();
  const blocks = [0, 1, 2].map(() => {
    const block = bump.allocate(ARENA_SIZE_BYTES - 16);
    heap.reserveArenas(other, 1);
    return block;
  });
  const walked: number[] = [];
  bump.walk((block) => walked.push(block));
  expect(walked).toEqual(blocks);
  expect(bump.statistics().topBlock?.block).toBe(blocks[2]);
});

describe("marks", () => {
  it("stand at the start of a run, and at the top of one that another followed", () => {
    const { heap, bump, other } = setUp();
    bump.free(bump.allocate(16));
    const start = bump.mark();
    const one = bump.allocate(40);
    const top = bump.mark();
    heap.reserveArenas(other, 1);
    bump.allocate(ARENA_SIZE_BYTES - 16);
    expect(bump.rewind(top)).toBe(1);
    expect(bump.owns(one)).toBe(true);
    bump.allocate(ARENA_SIZE_BYTES - 16);
    expect(bump.rewind(start)).toBe(2);
    expect(bump.allocate(40)).toBe(one);
    bump.validate();
  });

  it("that are newer than the one gone back to fall, though a block begins there again", () => {
    const { bump } = setUp();
    bump.allocate(16);
    const older = bump.mark();
    bump.allocate(16);
    const newer = bump.mark();
    bump.allocate(16);
    bump.rewind(older);
    bump.allocate(16);
    bump.allocate(16);
    expect(() => bump.rewind(newer)).toThrow(InvalidAddressError);
    bump.rewind(older);
    bump.validate();
  });

  it("of an older run fall with the one below them, when a newer run follows", () => {
    const { heap, bump, other } = setUp();
    bump.allocate(16);
    const older = bump.mark();
    bump.allocate(16);
    const newer = bump.mark();
    bump.rewind(older);
    bump.allocate(16);
    bump.allocate(16);
    heap.reserveArenas(other, 1);
    const far = bump.allocate(ARENA_SIZE_BYTES - 16);
    expect(() => bump.rewind(newer)).toThrow(InvalidAddressError);
    expect(() => bump.rewind(far)).toThrow(InvalidAddressError);
    expect(bump.owns(far)).toBe(true);
    expect(bump.rewind(older)).toBe(3);
    bump.validate();
  });

  it("forget the block before them, which can grow no more", () => {
    const { bump, areGuardsWhole } = setUp();
    const block = bump.allocate(16);
    bump.mark();
    expect(bump.reallocate(block, 40)).not.toBe(block);
    const last = bump.allocate(16);
    bump.free(last);
    expect(areGuardsWhole()).toBe(true);
  });
});

describe("a run", () => {
  it("grows by the arenas behind it, where the next block goes on without a gap", () => {
    const { bump } = setUp();
    const half = bump.allocate(ARENA_SIZE_BYTES / 2);
    const next = bump.allocate(2 * ARENA_SIZE_BYTES);
    expect(next).toBe(half + ARENA_SIZE_WORDS / 2);
    expect(bump.arenaCount()).toBe(3);
    bump.validate();
  });

  it("is cut to its first arena when it is cleared", () => {
    const { heap, bump } = setUp();
    bump.allocate(3 * ARENA_SIZE_BYTES);
    expect(bump.clear()).toBe(1);
    expect([bump.arenaCount(), heap.statistics().lentArenaCount]).toEqual([1, 1]);
    bump.validate();
  });
});

describe("reallocation in the bump allocator", () => {
  it("grows the last one in place, though others were freed since", () => {
    const { bump } = setUp();
    const [freed, last] = [bump.allocate(16), bump.allocate(16)];
    bump.free(freed);
    expect(bump.reallocate(last, 100)).toBe(last);
    bump.validate();
  });

  it("leaves a block that is not the last where it is, if it is no larger", () => {
    const { bump } = setUp();
    const block = bump.allocate(100);
    bump.allocate(16);
    for (const requestBytes of [100, 112, 97, 1, 0]) {
      expect(bump.reallocate(block, requestBytes)).toBe(block);
      expect(bump.usableSizeBytes(block)).toBe(112);
    }
  });

  it("moves one that grows, with its contents, and frees it where it was", () => {
    const { heap, bump, areGuardsWhole } = setUp();
    const block = bump.allocate(40);
    const behind = bump.allocate(16);
    heap.words.fill(5, block, block + 12);
    heap.words.fill(6, behind, behind + 4);
    const moved = bump.reallocate(block, 100);
    expect([...heap.words.subarray(moved, moved + 13)]).toEqual([...Array(12).fill(5), 0]);
    expect(bump.owns(block)).toBe(false);
    expect(bump.statistics().liveBlockCount).toBe(2);
    expect(() => bump.free(block)).toThrow(DoubleFreeError);
    expect(areGuardsWhole()).toBe(true);
  });

  it("grows the last one to the very end of its arena, and one granule further", () => {
    const { bump } = setUp();
    const last = bump.allocate(16);
    expect(bump.reallocate(last, ARENA_SIZE_BYTES - 16)).toBe(last);
    expect([bump.arenaCount(), bump.remainingBytes()]).toEqual([1, 0]);
    bump.validate();
    expect(bump.reallocate(last, ARENA_SIZE_BYTES)).toBe(last);
    expect([bump.arenaCount(), bump.remainingBytes()]).toEqual([2, ARENA_SIZE_BYTES - 16]);
    bump.validate();
  });

  it("notes where a block ends that becomes long, and no more when it is short again", () => {
    const { bump } = setUp();
    bump.allocate(16);
    const last = bump.allocate(16);
    for (const requestBytes of [1008, 1024, 1040, 1024, 1008, 5000, 1024, 16]) {
      expect(bump.reallocate(last, requestBytes)).toBe(last);
      bump.validate();
      expect(bump.usableSizeBytes(last)).toBe(Math.ceil(requestBytes / 16) * 16);
    }
    bump.allocate(1024);
    bump.allocate(16);
    bump.validate();
  });
});

describe("the bump allocator says", () => {
  it("in which call, of which block, and whether it was one", () => {
    const { bump } = setUp();
    const block = bump.allocate(40);
    const kept = bump.allocate(40);
    bump.free(block);
    for (const [call, act] of [
      ["free", (wrong: Block) => bump.free(wrong)],
      ["usableSizeBytes", (wrong: Block) => void bump.usableSizeBytes(wrong)],
      ["reallocate", (wrong: Block) => void bump.reallocate(wrong, 8)],
    ] as const) {
      expect(() => act(block)).toThrow(DoubleFreeError);
      expect(() => act(block)).toThrow(`bump.${call}: `);
      for (const wrong of [kept + 4, kept + 1, kept + 0.5, -kept, kept + 2 ** 32, 0]) {
        expect(() => act(wrong as Block)).toThrow(
          expect.objectContaining({ where: `bump.${call}`, expected: "a live block" }),
        );
        expect(bump.owns(wrong)).toBe(false);
      }
    }
  });

  it("which size it does not serve, and which finds no room", () => {
    const { heap, bump } = setUp(3);
    const limit = 2 ** 32 - 64;
    expect(bump.requestLimitBytes).toBe(limit);
    for (const wrong of [-1, 0.5, limit + 1]) {
      expect(() => bump.allocate(wrong)).toThrow(UsageError);
      expect(() => bump.allocate(wrong)).toThrow(`bump: requestBytes ${wrong} is not`);
    }
    expect(bump.tryAllocate(limit)).toBe(0);
    expect(() => bump.allocate(2 ** 22)).toThrow(OutOfMemoryError);
    expect(() => bump.allocate(2 ** 22)).toThrow(
      `bump.allocate: no room for a request of ${2 ** 22}`,
    );
    expect(heap.statistics().lentArenaCount).toBe(0);
    bump.validate();
  });

  it("how much is left, to the byte, and clears no more than it was asked for", () => {
    const { heap, bump } = setUp();
    expect(bump.remainingBytes()).toBe(0);
    const block = bump.allocate(40);
    expect(bump.remainingBytes()).toBe(ARENA_SIZE_BYTES - 16 - 48);
    heap.words.fill(-1, block, block + 100);
    expect(bump.clear()).toBe(1);
    expect(bump.allocateZeroed(40)).toBe(block);
    expect([...heap.words.subarray(block, block + 12)]).toEqual([...Array(10).fill(0), -1, -1]);
    expect(heap.words[block + 99]).toBe(-1);
  });
});

it("a bump allocator ends where the memory does, and takes no arena that is not its own", () => {
  const { heap, bump, other } = setUp(4);
  const all = heap.arenaCount - heap.firstArenaIndex;
  const block = bump.allocate(all * ARENA_SIZE_BYTES - 16);
  expect(bump.arenaCount()).toBe(all);
  expect(bump.tryAllocate(16)).toBe(0);
  bump.validate();
  expect(bump.reallocate(block, 16)).toBe(block);
  const taken = heap.reserveArenas(other, 1);
  expect(() => bump.reallocate(block, ARENA_SIZE_BYTES)).toThrow(OutOfMemoryError);
  bump.validate();
  heap.releaseArenas(other, taken as Arena, 1);
  expect(bump.reallocate(block, ARENA_SIZE_BYTES)).toBe(block);
  bump.validate();
});
