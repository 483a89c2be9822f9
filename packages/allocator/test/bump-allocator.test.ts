import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, InvalidAddressError } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBumpAllocator, createPoolAllocator } from "../src/index.js";

function makeBump(reservationBytes = 2 ** 24) {
  const heap = createPrivateHeap({ reservationBytes });
  return { heap, bump: createBumpAllocator({ source: heap }) };
}

describe("the bump allocator", () => {
  it("places blocks one behind the other, without headers", () => {
    const { bump } = makeBump();
    const blocks = [1, 16, 17, 0, 100].map((bytes) => bump.allocate(bytes));
    expect(blocks.map((block) => block - (blocks[0] as number))).toEqual([0, 4, 8, 16, 20]);
    expect(blocks.map((block) => bump.usableSizeBytes(block))).toEqual([16, 16, 32, 16, 112]);
  });

  it("frees what came after a mark, and nothing before it", () => {
    const { bump } = makeBump();
    const before = bump.allocate(40);
    const mark = bump.mark();
    const after = bump.allocate(40);
    bump.allocate(3 * ARENA_SIZE_BYTES);
    bump.free(after);
    expect(bump.rewind(mark)).toBe(1);
    expect(bump.owns(before)).toBe(true);
    expect(bump.arenaCount()).toBe(1);
    expect(bump.allocate(40)).toBe(after);
    expect(bump.rewind(mark)).toBe(1);
    bump.validate();
  });

  it("goes back over runs that do not lie side by side", () => {
    const { heap, bump } = makeBump();
    const pools = createPoolAllocator({ source: heap });
    bump.allocate(1000);
    const mark = bump.mark();
    bump.allocate(100);
    pools.allocate(8);
    const far = bump.allocate(ARENA_SIZE_BYTES);
    expect(bump.usableSizeBytes(far)).toBe(ARENA_SIZE_BYTES);
    expect(bump.arenaCount()).toBe(3);
    bump.validate();
    expect(bump.rewind(mark)).toBe(2);
    expect(bump.arenaCount()).toBe(1);
    bump.validate();
  });

  it("grows and shrinks the block allocated last in place, over arenas too", () => {
    const { heap, bump } = makeBump();
    bump.allocate(16);
    const last = bump.allocate(100);
    expect(bump.reallocate(last, 3 * ARENA_SIZE_BYTES)).toBe(last);
    expect(heap.statistics().lentArenaCount).toBe(4);
    expect(bump.reallocate(last, 20)).toBe(last);
    expect(heap.statistics().lentArenaCount).toBe(1);
    bump.validate();
  });

  it("never lets a block that a mark follows grow across it", () => {
    const { bump } = makeBump();
    const block = bump.allocate(16);
    const mark = bump.mark();
    const moved = bump.reallocate(block, 64);
    expect(moved).not.toBe(block);
    bump.rewind(mark);
    bump.validate();
  });

  it("starts anew when nothing lives, but keeps what stands below the newest mark", () => {
    const { bump } = makeBump();
    const first = bump.allocate(16);
    bump.free(first);
    expect(bump.allocate(16)).toBe(first);
    const mark = bump.mark();
    const second = bump.allocate(16);
    bump.free(first);
    bump.free(second);
    expect(bump.allocate(16)).toBe(second);
    expect(bump.rewind(mark)).toBe(1);
    expect(bump.clear()).toBe(0);
    expect(bump.allocate(16)).toBe(first);
  });

  it.each([
    ["a number that never was a mark", () => 12_345],
    ["a fraction", () => 0.5],
    ["NaN", () => Number.NaN],
  ])("refuses %s as a mark and changes nothing", (_, bad) => {
    const { heap, bump } = makeBump(2 ** 21);
    bump.allocate(100);
    bump.mark();
    const before = Buffer.from(heap.bytes);
    expect(() => bump.rewind(bad())).toThrow(InvalidAddressError);
    expect(before.equals(heap.bytes)).toBe(true);
  });

  it("refuses a mark that an older one took away, and one inside a block", () => {
    const { bump } = makeBump();
    bump.allocate(16);
    const older = bump.mark();
    bump.allocate(64);
    const newer = bump.mark();
    bump.rewind(older);
    const block = bump.allocate(128);
    expect(() => bump.rewind(newer)).toThrow(/a mark that stands/);
    expect(() => bump.rewind(block + 4)).toThrow(InvalidAddressError);
    expect(() => bump.rewind(bump.mark() + 4)).toThrow(InvalidAddressError);
  });

  it("opens the region that another view of the heap made", () => {
    const { heap, bump } = makeBump();
    const block = bump.allocate(40);
    const mark = bump.mark();
    bump.allocate(40);
    const again = createBumpAllocator({ source: heap });
    expect(again.owns(block)).toBe(true);
    expect(again.rewind(mark)).toBe(1);
    again.validate();
  });
});

/** Marks are a stack of lengths of a list: a rewind cuts the list. */
describe("marks and rewinds", () => {
  it("free exactly what a stack of marks says, whatever was freed before", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ bytes: fc.integer({ min: 0, max: 300_000 }) }) },
      { weight: 2, arbitrary: fc.constant("mark" as const) },
      { weight: 2, arbitrary: fc.record({ rewind: fc.nat({ max: 99 }) }) },
      { weight: 3, arbitrary: fc.record({ free: fc.nat({ max: 99 }) }) },
      { weight: 1, arbitrary: fc.constant("other" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { heap, bump } = makeBump(2 ** 25);
        const other = createPoolAllocator({ source: heap });
        let blocks: { block: number; isLive: boolean }[] = [];
        let marks: { mark: number; length: number }[] = [];
        for (const each of steps) {
          if (each === "mark") marks.push({ mark: bump.mark(), length: blocks.length });
          else if (each === "other") for (let i = 0; i < 600; i++) other.tryAllocate(512);
          else if ("bytes" in each) {
            const block = bump.tryAllocate(each.bytes);
            if (block !== 0) blocks.push({ block, isLive: true });
          } else if ("free" in each) {
            const victim = blocks[each.free % blocks.length];
            if (victim?.isLive) bump.free(victim.block as never);
            if (victim) victim.isLive = false;
            // Back to the newest mark; blocks below it stay, dead.
            const kept = marks.at(-1)?.length ?? 0;
            if (blocks.every(({ isLive }) => !isLive)) blocks = blocks.slice(0, kept);
          } else if (marks.length > 0) {
            const place = each.rewind % marks.length;
            const { mark, length } = marks[place] as { mark: number; length: number };
            const expected = blocks.slice(length).filter(({ isLive }) => isLive).length;
            expect(bump.rewind(mark)).toBe(expected);
            blocks = blocks.slice(0, length);
            marks = marks.slice(0, place + 1);
          }
          const live = blocks.filter(({ isLive }) => isLive).map(({ block }) => block);
          const walked: number[] = [];
          bump.walk((block) => walked.push(block));
          expect(walked).toEqual(live.sort((one, next) => one - next));
          bump.validate();
        }
      }),
      { numRuns: Number(process.env.OURO_RUNS ?? 60) },
    );
  });
});
