// What the counting layer's validate() says, what a reallocation counts as, what is not counted.

import { createPrivateHeap } from "@ouro/heap";
import { expect, it } from "vitest";
import {
  createAllocationCounts,
  createCountingAllocator,
  createPoolAllocator,
} from "../src/index.js";

function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 22 });
  const below = createPoolAllocator({ source: heap });
  const counts = createAllocationCounts();
  return { heap, below, counts, counting: createCountingAllocator(below, { counts }) };
}

it("a reallocation counts as a free and an allocation, also of a block that stays", () => {
  const { counts, counting } = setUp();
  const block = counting.allocate(40);
  const moved = counting.reallocate(block, 100);
  expect(counting.reallocate(moved, 110)).toBe(moved);
  expect(counts.total()).toEqual({
    allocatedCount: 3,
    freedCount: 2,
    liveCount: 1,
    liveBytes: 112,
    peakLiveBytes: 112,
  });
  counting.validate();
  counting.free(moved);
  expect(counts.total()).toMatchObject({ freedCount: 3, liveCount: 0, liveBytes: 0 });
  expect(counting.tryAllocate(8)).toBeGreaterThan(0);
  expect(counting.allocateZeroed(8)).toBeGreaterThan(0);
  expect(counts.byDomain()[2]).toMatchObject({ domain: "obj", liveCount: 2, liveBytes: 32 });
});

it("a block that it never saw is not counted when it moves, and not when it is freed", () => {
  const { below, counts, counting } = setUp();
  const moved = counting.reallocate(below.allocate(40), 100);
  expect(below.owns(moved)).toBe(true);
  counting.free(moved);
  expect(counts.total()).toMatchObject({ allocatedCount: 0, freedCount: 0 });
});

it("validate() tells of a counted block that does not live, and of one of another size", () => {
  const { below, counting } = setUp();
  const block = counting.allocate(40);
  below.free(block);
  expect(() => counting.validate()).toThrow(
    `counting layer at word ${block} is broken: a counted block is not live.`,
  );
  expect(below.allocate(16)).toBe(block);
  expect(() => counting.validate()).toThrow("counting layer at word 0 is broken: live bytes.");
});

it("validate() tells what the allocator below and the counts tell", () => {
  const { heap, counts, counting } = setUp();
  const block = counting.allocate(40);
  const arena = heap.arenaTable + (block >>> 18);
  const owner = heap.words[arena] as number;
  heap.words[arena] = 0;
  expect(() => counting.validate()).toThrow("arena count");
  heap.words[arena] = owner;
  counting.validate();
  counts.remove("obj", 0, 60);
  expect(() => counting.validate()).toThrow("less than nothing");
});

it("a domain that there is not is refused in the factory's name", () => {
  const { below, counts } = setUp();
  expect(() => createCountingAllocator(below, { counts, domain: "gil" as never })).toThrow(
    'createCountingAllocator: "gil" is no domain.',
  );
});
