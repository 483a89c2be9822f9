// The meter: what a composition holds, seen from outside. It stands between the heap and the two
// allocators and in front of the large one, and needs nothing from them but their contracts. It is
// used in the checking pass only; timed passes run without it.
//
//   trace → router ┬→ small ───────────────────→ [arenas lent] ┬→ heap
//                  └→ [blocks in use] → large → [arenas lent] ─┘
//
// Footprint, as the facts files count it: arenas of the small allocator × 1 MiB, and for each block
// of the large allocator its usable size + 8.

import {
  type Allocator,
  ARENA_SHIFT,
  ARENA_SIZE_BYTES,
  type Arena,
  type ArenaSource,
  type Block,
  type Borrower,
} from "@ouro/interfaces";
import type { AllocationMeter } from "@ouro/trace";
import type { LargeUse } from "./fill-map.js";

const LARGE_HEADER_BYTES = 8;

export interface Meter extends AllocationMeter {
  /** Arenas of the small allocator, ascending by index. */
  arenaIndexes(): number[];
  largeUse(): LargeUse;
  /** The heap as the small allocator, or the large one, sees it. */
  source(heap: ArenaSource, role: "small" | "large"): ArenaSource;
  /** The large allocator, its blocks counted. */
  countBlocks(large: Allocator): Allocator;
}

export function createMeter(): Meter {
  const arenas = { small: new Set<number>(), large: new Set<number>() };
  let largeBytes = 0;
  let largeBlockCount = 0;

  const footprintOf = (large: Allocator, block: Block) =>
    large.usableSizeBytes(block) + LARGE_HEADER_BYTES;
  function count(large: Allocator, block: Block): Block {
    if (block === 0) return block;
    largeBlockCount += 1;
    largeBytes += footprintOf(large, block);
    return block;
  }

  function countBlocks(large: Allocator): Allocator {
    return {
      ...large,
      allocate: (requestBytes: number) => count(large, large.allocate(requestBytes)),
      tryAllocate: (requestBytes: number) => count(large, large.tryAllocate(requestBytes)),
      allocateZeroed: (requestBytes: number) => count(large, large.allocateZeroed(requestBytes)),
      reallocate(block: Block, requestBytes: number): Block {
        const oldBytes = footprintOf(large, block);
        const moved = large.reallocate(block, requestBytes);
        largeBytes += footprintOf(large, moved) - oldBytes;
        return moved;
      },
      free(block: Block): void {
        const oldBytes = footprintOf(large, block);
        large.free(block);
        largeBlockCount -= 1;
        largeBytes -= oldBytes;
      },
    };
  }

  return {
    poolArenaCount: () => arenas.small.size,
    largeBytesInUse: () => largeBytes,
    lentBytes: () => (arenas.small.size + arenas.large.size) * ARENA_SIZE_BYTES,
    arenaIndexes: () => [...arenas.small].sort((left, right) => left - right),
    largeUse: () => ({
      arenaCount: arenas.large.size,
      blockCount: largeBlockCount,
      bytes: largeBytes,
    }),
    source: (heap, role) => meteredSource(heap, arenas[role]),
    countBlocks,
  };
}

/** A heap whose lent arenas are noted in `lent`. The prototype passes on all other calls. */
function meteredSource(heap: ArenaSource, lent: Set<number>): ArenaSource {
  function note(arena: Arena, arenaCount: number): void {
    const first = arena >>> ARENA_SHIFT;
    for (let i = 0; i < arenaCount; i++) lent.add(first + i);
  }
  return Object.assign(Object.create(heap) as ArenaSource, {
    reserveArenas(borrower: Borrower, arenaCount: number): Arena {
      const arena = heap.reserveArenas(borrower, arenaCount);
      if (arena !== 0) note(arena, arenaCount);
      return arena;
    },
    reserveArenasAt(borrower: Borrower, arena: Arena, arenaCount: number): boolean {
      const isReserved = heap.reserveArenasAt(borrower, arena, arenaCount);
      if (isReserved) note(arena, arenaCount);
      return isReserved;
    },
    releaseArenas(borrower: Borrower, arena: Arena, arenaCount: number): void {
      heap.releaseArenas(borrower, arena, arenaCount);
      const first = arena >>> ARENA_SHIFT;
      for (let i = 0; i < arenaCount; i++) lent.delete(first + i);
    },
  });
}
