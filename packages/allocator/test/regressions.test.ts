// Defects that the properties found, each as the shrunk case that showed it, with the reason.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Block,
  BlockOverrunError,
  DoubleFreeError,
  NO_BUDGET,
  UsageError,
} from "@ouro/interfaces";
import { expect, it } from "vitest";
import {
  createAllocationCounts,
  createCheckedAllocator,
  createCountingAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
} from "../src/index.js";

const MIB = 2 ** 20;

// Seed -639393418 of "refuses foreign, interior and double frees and changes nothing": the header
// of a block that was joined with the free one before it kept no sign of having been freed.
it("calls a second free a double free, also when the block was joined with the one before", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
  const large = createLargeBlockAllocator({ source: heap });
  const blocks = Array.from({ length: 18 }, () => large.allocate(400)) as [Block, Block];
  large.free(blocks[0]);
  large.free(blocks[1]);
  expect(() => large.free(blocks[1])).toThrow(DoubleFreeError);
});

// Seed 1413528505 of the same property: -15 to -1 round up to 0 granules, as size 0 does.
it("refuses small negative sizes in the pool allocator", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
  const pools = createPoolAllocator({ source: heap });
  for (let requestBytes = -15; requestBytes < 0; requestBytes++) {
    expect(() => pools.tryAllocate(requestBytes)).toThrow(UsageError);
  }
  expect(pools.statistics().lentArenaCount).toBe(0);
});

// Found by reading for "loses nothing when memory runs out at any allocation": when arenas went
// back from the middle of a freed block, only the free space before the gap was counted, not that
// behind it.
it("serves under the same limit again what was freed there, with free space on both sides", () => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
  const large = createLargeBlockAllocator({ source: heap });
  large.allocate(400_000);
  const wide = large.allocate(2 * MIB);
  large.allocate(400_000);
  heap.setLimitBytes(heap.statistics().lentBytes);
  large.free(wide);
  expect(heap.statistics().lentBytes).toBeLessThan(heap.limitBytes);
  expect(large.tryAllocate(2 * MIB)).toBe(wide);
  large.validate();
});

// Found by reading: the word behind the arena table is another's, and was taken for the table's.
// With 4 n arenas it is the allocator's own word of level bits, and 1 when only tiny blocks are
// free.
it("ends its last extent where the memory ends, whatever lies behind the arena table", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
  const large = createLargeBlockAllocator({ source: heap });
  const hole = large.allocate(100);
  large.allocate(MIB - 16 - 112 - 8);
  large.allocate(MIB - 8);
  large.free(hole);
  const behindTable = heap.words[heap.arenaTable + heap.arenaCount];
  expect(behindTable).toBe(large.borrower);
  const last = large.allocate(1000);
  expect(last >>> 18).toBe(heap.arenaCount - 1);
  large.validate();
});

// Seed 1 of "stays sound at every step of a sweep": the counting layer handed on the sweep of the
// allocator below, and never heard of what it took.
it("offers no sweep where blocks are counted", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
  const counts = createAllocationCounts();
  const counting = createCountingAllocator(createPoolAllocator({ source: heap }), { counts });
  expect(["beginSweep", "finishSweep", "isSweeping"].filter((call) => call in counting)).toEqual(
    [],
  );
});

// Found by reading: sizes were rounded to words as 32-bit numbers with a sign.
it("checks blocks of 2 GiB and more", () => {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 31 + 128 * MIB });
  const large = createLargeBlockAllocator({ source: heap });
  const checked = createCheckedAllocator(large, { source: heap });
  const requestBytes = 2 ** 31 + 5;
  const block = checked.allocate(requestBytes);
  expect(checked.usableSizeBytes(block)).toBe(requestBytes);
  const behind = block * 4 + requestBytes;
  heap.bytes[behind] = 0;
  expect(() => checked.free(block)).toThrow(BlockOverrunError);
  heap.bytes[behind] = 0xfd;
  checked.free(block);
  checked.validate();
});

// Found by reading: a manager without a trigger by bytes never sets its budget again, and after
// 32 GiB of blocks given it was out of memory.
it("does not count a budget down that is no limit", () => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
  const budgetWord = heap.reserveRegion(heap.registerBorrower("test"), "budget", 4).start;
  const small = createPoolAllocator({ source: heap, budgetWord });
  const large = createLargeBlockAllocator({ source: heap, budgetWord });
  heap.words[budgetWord] = NO_BUDGET;
  small.free(small.allocate(64));
  large.free(large.allocate(1000));
  expect(heap.words[budgetWord]).toBe(NO_BUDGET);
  heap.words[budgetWord] = NO_BUDGET - 1;
  small.allocate(32);
  large.allocate(1008);
  expect(heap.words[budgetWord]).toBeLessThan(NO_BUDGET - 64);
});
