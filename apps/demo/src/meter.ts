// The meter: what a composition holds, seen from outside. It stands between the heap and the two
// allocators, and between the allocators and the trace, so it needs nothing from either but their
// contracts. It is used in the checking pass only; timed passes run without it.
//
//   trace → [after each event: footprint] → router ┬→ [pools touched] small → [its arenas] → heap
//                                                  └→ [blocks in use] large ──────────────→ heap
//
// Footprint, as the facts files count it: arenas of the small allocator × 1 MiB + for each block of
// the large allocator its usable size + 8.

import {
  type Allocator,
  ARENA_SIZE_BYTES,
  type Arena,
  type ArenaSource,
  type Block,
  type Borrower,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import { arenaIndexOf } from "./fill-map.js";

const LARGE_HEADER_BYTES = 8;

export interface Meter {
  readonly arenaCount: number;
  readonly peakArenaCount: number;
  readonly largeBytes: number;
  readonly largeBlockCount: number;
  readonly footprintBytes: number;
  readonly peakFootprintBytes: number;
  /** Arenas of the small allocator, ascending. */
  arenaIndexes(): number[];
  isTouched(poolIndex: number): boolean;
  /** The heap as the small allocator sees it. */
  smallSource(heap: ArenaSource): ArenaSource;
  /** The small allocator, noting the pools it uses. */
  small(inner: Allocator): Allocator;
  /** The large allocator, counting its blocks. */
  large(inner: Allocator): Allocator;
  /** The whole composition, noting the footprint after each event. */
  whole(inner: Allocator): Allocator;
}

export function createMeter(): Meter {
  const arenas = new Set<number>();
  const touched = new Set<number>();
  let peakArenaCount = 0;
  let largeBytes = 0;
  let largeBlockCount = 0;
  let peakFootprintBytes = 0;

  const footprint = () => arenas.size * ARENA_SIZE_BYTES + largeBytes;
  function lend(arena: Arena, arenaCount: number): void {
    for (let i = 0; i < arenaCount; i++) arenas.add(arenaIndexOf(arena) + i);
  }
  function release(arena: Arena, arenaCount: number): void {
    const first = arenaIndexOf(arena);
    for (let i = 0; i < arenaCount; i++) arenas.delete(first + i);
    const poolsPerArena = 64;
    for (let i = 0; i < arenaCount * poolsPerArena; i++) touched.delete(first * poolsPerArena + i);
  }
  function sample(): void {
    if (arenas.size > peakArenaCount) peakArenaCount = arenas.size;
    const footprintBytes = footprint();
    if (footprintBytes > peakFootprintBytes) peakFootprintBytes = footprintBytes;
  }
  function countLarge(inner: Allocator, block: Block, sign: 1 | -1): void {
    if (block === 0) return;
    largeBlockCount += sign;
    largeBytes += sign * (inner.usableSizeBytes(block) + LARGE_HEADER_BYTES);
  }

  return {
    get arenaCount() {
      return arenas.size;
    },
    get peakArenaCount() {
      return peakArenaCount;
    },
    get largeBytes() {
      return largeBytes;
    },
    get largeBlockCount() {
      return largeBlockCount;
    },
    get footprintBytes() {
      return footprint();
    },
    get peakFootprintBytes() {
      return peakFootprintBytes;
    },
    arenaIndexes: () => [...arenas].sort((left, right) => left - right),
    isTouched: (poolIndex) => touched.has(poolIndex),
    smallSource: (heap) => meteredSource(heap, lend, release),
    small: (inner) =>
      wrapAllocator(inner, {
        given: (block) => void touched.add(Math.floor(block / POOL_SIZE_WORDS)),
      }),
    large: (inner) =>
      wrapAllocator(inner, {
        given: (block) => countLarge(inner, block, 1),
        taken: (block) => countLarge(inner, block, -1),
      }),
    whole: (inner) => wrapAllocator(inner, { after: sample }),
  };
}

function meteredSource(
  heap: ArenaSource,
  lend: (arena: Arena, arenaCount: number) => void,
  release: (arena: Arena, arenaCount: number) => void,
): ArenaSource {
  // The prototype passes everything else through: views, table and regions of the heap itself.
  return Object.assign(Object.create(heap) as ArenaSource, {
    reserveArenas(borrower: Borrower, arenaCount: number): Arena {
      const arena = heap.reserveArenas(borrower, arenaCount);
      if (arena !== 0) lend(arena, arenaCount);
      return arena;
    },
    reserveArenasAt(borrower: Borrower, arena: Arena, arenaCount: number): boolean {
      const isReserved = heap.reserveArenasAt(borrower, arena, arenaCount);
      if (isReserved) lend(arena, arenaCount);
      return isReserved;
    },
    releaseArenas(borrower: Borrower, arena: Arena, arenaCount: number): void {
      heap.releaseArenas(borrower, arena, arenaCount);
      release(arena, arenaCount);
    },
  });
}

interface Observation {
  /** A block was given; for a reallocation also when it stayed where it was. */
  readonly given?: (block: Block) => void;
  /** A block is about to be taken back or reallocated. */
  readonly taken?: (block: Block) => void;
  /** A call is over. */
  readonly after?: () => void;
}

const nothing = () => {};

/** The same allocator with an observation around the calls that change it. */
function wrapAllocator(inner: Allocator, observation: Observation): Allocator {
  const { given = nothing, taken = nothing, after = nothing } = observation;
  const giving = (block: Block): Block => {
    given(block);
    after();
    return block;
  };
  return Object.assign(Object.create(inner) as Allocator, {
    allocate: (requestBytes: number) => giving(inner.allocate(requestBytes)),
    tryAllocate: (requestBytes: number) => giving(inner.tryAllocate(requestBytes)),
    allocateZeroed: (requestBytes: number) => giving(inner.allocateZeroed(requestBytes)),
    reallocate(block: Block, requestBytes: number): Block {
      taken(block);
      try {
        return giving(inner.reallocate(block, requestBytes));
      } catch (error) {
        given(block);
        throw error;
      }
    },
    free(block: Block): void {
      taken(block);
      inner.free(block);
      after();
    },
  });
}
