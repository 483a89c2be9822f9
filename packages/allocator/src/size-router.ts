// The size router sends each request to one of two allocators: 1 to 512 bytes to the small one, the
// rest, and size 0, to the large one. Whose a block is, the arena table says: one load. A large
// block that shrinks stays large, as in CPython, where libc keeps what it gave.
//
//   1 ≤ request ≤ 512 ─→ small (pools)    free, reallocate: arena table[its arena] ─→ small | large
//   otherwise ─────────→ large
//
// After CPython's `_PyObject_Malloc`, `_PyObject_Free`, `_PyObject_Realloc` in obmalloc.c.

import {
  type Allocator,
  type AllocatorStatistics,
  type ArenaSource,
  type Block,
  checkOptions,
  type SweepableAllocator,
} from "@ouro/interfaces";
import { refuseRequest } from "./refusal.js";

/** The two allocators, which share a source. */
export interface SizeRouterOptions {
  /** The source that both borrow from. */
  source: ArenaSource;
  /** Serves requests up to its own limit. */
  small: Allocator & { readonly borrower: number };
  /** Serves all other requests, size 0 among them. */
  large: Allocator;
  /** Stands in statistics and errors. Default `router`. */
  name?: string;
}

/** As `SizeRouterOptions`, of two allocators that a tracing collector can sweep. */
export interface SweepableSizeRouterOptions extends SizeRouterOptions {
  /** Serves requests up to its own limit. */
  small: SweepableAllocator & { readonly borrower: number };
  /** Serves all other requests. */
  large: SweepableAllocator;
}

/**
 * Makes one allocator of two that share a source; it is sweepable if both are. Throws `UsageError`
 * for other options.
 */
export function createSizeRouter(options: SweepableSizeRouterOptions): SweepableAllocator;
/** Makes one allocator of two that share a source. Throws `UsageError` for other options. */
export function createSizeRouter(options: SizeRouterOptions): Allocator;
export function createSizeRouter(options: SizeRouterOptions): Allocator {
  checkOptions("createSizeRouter", options, "source small large|name");
  const { source, small, large, name = "router" } = options;
  const { words, arenaTable } = source;
  const { borrower, requestLimitBytes: limitBytes } = small;
  const { allocate: allocateSmall, tryAllocate: trySmall } = small;
  const { free: freeSmall, owns: ownsSmall } = small;
  const { allocate: allocateLarge, tryAllocate: tryLarge } = large;
  const { free: freeLarge, owns: ownsLarge } = large;

  const isSmall = (block: number): boolean => words[arenaTable + (block >>> 18)] === borrower;
  const ownerOf = (block: number): Allocator => (isSmall(block) ? small : large);

  const lowestBits = 2 ** (32 - Math.clz32(limitBytes)) - 1;

  /** 1 to the limit, of whole numbers. Refuses what is no size, in the router's own name. */
  function fitsSmall(requestBytes: number): boolean {
    const isSmallInteger = requestBytes === (requestBytes & lowestBits);
    if (isSmallInteger && (requestBytes - 1) >>> 0 < limitBytes) return true;
    refuseRequest(name, requestBytes, large.requestLimitBytes);
    return false;
  }

  function allocate(requestBytes: number): Block {
    return fitsSmall(requestBytes) ? allocateSmall(requestBytes) : allocateLarge(requestBytes);
  }

  function tryAllocate(requestBytes: number): Block {
    // Small in bytecode, so that all of it can be inlined where programs allocate.
    if (requestBytes === (requestBytes | 0) && (requestBytes - 1) >>> 0 < limitBytes) {
      return trySmall(requestBytes);
    }
    return (tryAllocateLarge(requestBytes) | 0) as Block;
  }

  function tryAllocateLarge(requestBytes: number): Block {
    return fitsSmall(requestBytes) ? trySmall(requestBytes) : tryLarge(requestBytes);
  }

  function free(block: Block): void {
    if (words[arenaTable + (block >>> 18)] === borrower) freeSmall(block);
    else freeLarge(block);
  }

  function reallocate(block: Block, requestBytes: number): Block {
    const owner = ownerOf(block);
    if (fitsSmall(requestBytes) || owner === large) return owner.reallocate(block, requestBytes);
    const sizeBytes = small.usableSizeBytes(block);
    const moved = allocateLarge(requestBytes);
    const copiedWords = (Math.min(sizeBytes, requestBytes) + 3) >> 2;
    for (let index = 0; index < copiedWords; index++) {
      words[moved + index] = words[block + index] as number;
    }
    freeSmall(block);
    return moved;
  }

  return {
    name,
    requestLimitBytes: large.requestLimitBytes,
    allocate,
    tryAllocate,
    allocateZeroed: (requestBytes) =>
      (fitsSmall(requestBytes) ? small : large).allocateZeroed(requestBytes),
    reallocate,
    free,
    usableSizeBytes: (block) => ownerOf(block).usableSizeBytes(block),
    owns: (block) => ownsSmall(block) || ownsLarge(block),
    walk: (visit) => walkInOrder([small, large], visit),
    trim() {
      small.trim?.();
      large.trim?.();
    },
    statistics: () => addStatistics(name, small.statistics(), large.statistics()),
    validate() {
      small.validate();
      large.validate();
    },
    ...(isSweepable(small) && isSweepable(large) ? sweepOfBoth(small, large) : {}),
  };
}

function isSweepable(allocator: Allocator): allocator is SweepableAllocator {
  return "beginSweep" in allocator;
}

type Sweep = Pick<SweepableAllocator, "beginSweep" | "finishSweep" | "isSweeping">;

function sweepOfBoth(small: SweepableAllocator, large: SweepableAllocator): Sweep {
  return {
    beginSweep(marks) {
      const one = small.beginSweep(marks);
      const other = large.beginSweep(marks);
      return {
        liveCount: one.liveCount + other.liveCount,
        liveBytes: one.liveBytes + other.liveBytes,
        garbageCount: one.garbageCount + other.garbageCount,
        garbageBytes: one.garbageBytes + other.garbageBytes,
      };
    },
    finishSweep() {
      small.finishSweep();
      large.finishSweep();
    },
    isSweeping: () => small.isSweeping() || large.isSweeping(),
  };
}

/**
 * Address order over all of them. Only the first walks straight to the visitor: what the others
 * have is noted before, so the one with most blocks comes first.
 */
export function walkInOrder(
  [first, ...others]: readonly Allocator[],
  visit: Parameters<Allocator["walk"]>[0],
): void {
  if (first === undefined) return;
  const blocks: Block[] = [];
  const sizes: number[] = [];
  walkInOrder(others, (block, usableSizeBytes) => {
    blocks.push(block);
    sizes.push(usableSizeBytes);
  });
  let next = 0;
  function visitBelow(end: number): void {
    for (; next < blocks.length && (blocks[next] as number) < end; next++) {
      visit(blocks[next] as Block, sizes[next] as number);
    }
  }
  first.walk((block, usableSizeBytes) => {
    visitBelow(block);
    visit(block, usableSizeBytes);
  });
  visitBelow(Number.POSITIVE_INFINITY);
}

export function addStatistics(
  name: string,
  small: AllocatorStatistics,
  large: AllocatorStatistics,
): AllocatorStatistics {
  const [lower, upper] = [small, large].sort(
    (one, other) => (one.topBlock?.block ?? 0) - (other.topBlock?.block ?? 0),
  );
  return {
    name,
    liveBlockCount: small.liveBlockCount + large.liveBlockCount,
    usedBytes: small.usedBytes + large.usedBytes,
    freeBytes: small.freeBytes + large.freeBytes,
    overheadBytes: small.overheadBytes + large.overheadBytes,
    lentArenaCount: small.lentArenaCount + large.lentArenaCount,
    lentBytes: small.lentBytes + large.lentBytes,
    topBlock: upper?.topBlock ?? lower?.topBlock,
  };
}
