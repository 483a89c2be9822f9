// The allocators that the properties run on, each over a small heap of its own. A rig is made from
// the package's exports, so that the same properties run on a copy with a planted fault.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  POOL_SIZE_BYTES,
  type PrivateHeap,
} from "@ouro/interfaces";
import { type AllocatorMaker, type AllocatorSubject, requestSizes } from "@ouro/testkit";
import fc from "fast-check";
import type * as allocatorExports from "../src/index.js";
import type { LargeBlockAllocator, PoolAllocator } from "../src/index.js";

export type Parts = typeof allocatorExports;

export interface RigMaker extends AllocatorMaker {
  make(heap?: PrivateHeap): AllocatorSubject;
}

const RESERVATION_BYTES = 12 * ARENA_SIZE_BYTES;
const LARGE_HEADER_BYTES = 8;
const EXTENT_OVERHEAD_BYTES = 16;

const { small: smallBytes, large: largeBytes, mixed: mixedBytes } = requestSizes;

export function newHeap(): PrivateHeap {
  return createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
}

function poolOverheadBytes(pools: PoolAllocator): number {
  let overheadBytes = 0;
  pools.walkPools((_pool, sizeClass, usedCount, blockCount) => {
    if (usedCount > 0) overheadBytes += POOL_SIZE_BYTES - blockCount * (sizeClass + 1) * 16;
  });
  return overheadBytes;
}

/** Pad and sentinel of each run of arenas, and the header of each live block. */
function largeOverheadBytes(heap: PrivateHeap, large: LargeBlockAllocator): number {
  let extentCount = 0;
  for (let index = heap.firstArenaIndex; index < heap.arenaCount; index++) {
    const isOurs = heap.words[heap.arenaTable + index] === large.borrower;
    const isPreviousOurs = heap.words[heap.arenaTable + index - 1] === large.borrower;
    if (isOurs && !isPreviousOurs) extentCount++;
  }
  let liveCount = 0;
  large.walk(() => {
    liveCount++;
  });
  return extentCount * EXTENT_OVERHEAD_BYTES + liveCount * LARGE_HEADER_BYTES;
}

export function makePoolRig(parts: Parts): RigMaker {
  return {
    name: "pool allocator",
    keptArenaCount: 1,
    requestBytes: smallBytes,
    bulkBytes: fc.oneof(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 440, max: 512 })),
    make(heap = newHeap()) {
      const allocator = parts.createPoolAllocator({ source: heap });
      const overheadBytes = () => poolOverheadBytes(allocator);
      return { heap, allocator, overheadBytes };
    },
  };
}

export function makeLargeRig(parts: Parts): RigMaker {
  return {
    name: "large block allocator",
    overrunKind: "heap-corruption",
    keptArenaCount: 0,
    requestBytes: largeBytes,
    bulkBytes: fc.integer({ min: 400, max: 5000 }),
    make(heap = newHeap()) {
      const allocator = parts.createLargeBlockAllocator({ source: heap });
      const overheadBytes = () => largeOverheadBytes(heap, allocator);
      return { heap, allocator, overheadBytes };
    },
  };
}

export function makeRouterRig(parts: Parts): RigMaker {
  return {
    name: "size router",
    overrunKind: "heap-corruption",
    keptArenaCount: 1,
    requestBytes: mixedBytes,
    bulkBytes: fc.integer({ min: 1, max: 1200 }),
    make(heap = newHeap()) {
      const small = parts.createPoolAllocator({ source: heap });
      const large = parts.createLargeBlockAllocator({ source: heap });
      const allocator = parts.createSizeRouter({ source: heap, small, large });
      const overheadBytes = () => poolOverheadBytes(small) + largeOverheadBytes(heap, large);
      return { heap, allocator, overheadBytes };
    },
  };
}

export function makeBumpRig(parts: Parts): RigMaker {
  return {
    name: "bump allocator",
    keptArenaCount: 1,
    reusesFreed: false,
    forgetsFreed: true,
    requestBytes: mixedBytes,
    bulkBytes: fc.integer({ min: 1, max: 1200 }),
    make(heap = newHeap()) {
      const allocator = parts.createBumpAllocator({ source: heap });
      // Dead blocks, headers and tails of runs: whatever is neither live nor left at the top.
      const overheadBytes = () => {
        let usedBytes = 0;
        allocator.walk((_block, sizeBytes) => {
          usedBytes += sizeBytes;
        });
        return allocator.arenaCount() * ARENA_SIZE_BYTES - usedBytes - allocator.remainingBytes();
      };
      return { heap, allocator, overheadBytes };
    },
  };
}

/** Few places, so that lists are full now and empty then. */
export const FEW_LISTS = [
  { name: "float", requestBytes: 24, maximumCount: 3 },
  { name: "list", requestBytes: 56, maximumCount: 1 },
  { name: "table", requestBytes: 500, maximumCount: 40 },
  { name: "buffer", requestBytes: 3000, maximumCount: 2 },
];

export function makeFreeListRig(parts: Parts): RigMaker {
  const router = makeRouterRig(parts);
  return {
    ...router,
    name: "free list allocator",
    make(heap = newHeap()) {
      const below = router.make(heap);
      const allocator = parts.createFreeListAllocator({
        source: heap,
        allocator: below.allocator,
        lists: FEW_LISTS,
      });
      return { ...below, allocator, settle: () => void allocator.clear() };
    },
  };
}

export function makeCountingRig(parts: Parts): RigMaker {
  const router = makeRouterRig(parts);
  return {
    ...router,
    name: "counting allocator",
    make(heap = newHeap()) {
      const below = router.make(heap);
      const counts = parts.createAllocationCounts({ sites: parts.createAllocationSites() });
      const allocator = parts.createCountingAllocator(below.allocator, { counts });
      return { ...below, allocator };
    },
  };
}

/** What every layer below holds, but for the bytes asked for and the blocks held back. */
export function makeCheckedRig(parts: Parts): RigMaker {
  const router = makeRouterRig(parts);
  return {
    ...router,
    name: "checked allocator",
    overrunKind: "block-overrun",
    forgetsFreed: true,
    reusesFreed: false,
    make(heap = newHeap()) {
      const { allocator: below } = router.make(heap);
      const holdBytes = 20_000;
      const allocator = parts.createCheckedAllocator(below, { source: heap, holdBytes });
      return { heap, allocator, settle: allocator.release };
    },
  };
}

export function makeRigs(parts: Parts): RigMaker[] {
  return [
    makePoolRig(parts),
    makeLargeRig(parts),
    makeRouterRig(parts),
    makeBumpRig(parts),
    makeFreeListRig(parts),
    makeCountingRig(parts),
    makeCheckedRig(parts),
  ];
}

/** The word to which `block >>> 7` is added. */
export function reserveMarks(heap: PrivateHeap): number {
  const wordsPerArena = ARENA_SIZE_WORDS >>> 7;
  const sizeWords = (heap.arenaCount - heap.firstArenaIndex) * wordsPerArena;
  const region = heap.reserveRegion(heap.registerBorrower("marks"), "marks", sizeWords);
  return region.start - heap.firstArenaIndex * wordsPerArena;
}
