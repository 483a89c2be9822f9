// Other people's allocators behind the contract of `Allocator`, so that the suite runs on them as
// it is. The adapter translates names, units and errors, and hides nothing: what lives, by which
// size, is asked of the allocator itself.
//
//   heap ─► a run of arenas ─► ForeignPool: byte addresses in it ─► Block = address / 4
//
// What the contract has and the pool has not is made of the pool's own calls, or refused.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Allocator,
  type AllocatorStatistics,
  ARENA_SIZE_BYTES,
  type Block,
  checkInteger,
  InvalidAddressError,
  OutOfMemoryError,
  type PrivateHeap,
} from "@ouro/interfaces";
import { type AllocatorMaker, type AllocatorSubject, requestSizes } from "@ouro/testkit";
import fc from "fast-check";

/** What an allocator of byte addresses offers. Addresses count from the buffer's first byte. */
export interface ForeignPool {
  /** 0 when there is no room. */
  allocate(sizeBytes: number): number;
  allocateZeroed(sizeBytes: number): number;
  /** 0 when there is no room. */
  reallocate(address: number, sizeBytes: number): number;
  /** False when it refuses. */
  free(address: number): boolean;
  /** What lives, by the pool's own account: address and usable bytes. */
  blocks(): Iterable<readonly [address: number, usableBytes: number]>;
  /** By the pool's own account. */
  freeBytes(): number;
  validate?(): void;
  /** What the pool left for later, as the end of a task would have it done. */
  settle?(): void;
}

/** The part of the heap that a pool may use. */
export interface ForeignWindow {
  readonly buffer: ArrayBuffer;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

export interface ForeignOptions {
  readonly name: string;
  /** Sizes asked for are a multiple of 16 and this remainder, so that blocks lie on 16 bytes. */
  readonly remainderBytes: number;
  create(window: ForeignWindow): ForeignPool;
}

const RESERVATION_BYTES = 8 * ARENA_SIZE_BYTES;
const POOL_ARENA_COUNT = 4;
const REQUEST_LIMIT_BYTES = 2 ** 20;

const smallSizes = fc.integer({ min: 0, max: 200 });

/** A maker for the suite. */
export function foreignAllocators(options: ForeignOptions): AllocatorMaker {
  return {
    name: options.name,
    keptArenaCount: POOL_ARENA_COUNT,
    forgetsFreed: true,
    requestBytes: fc.oneof(smallSizes, requestSizes.small),
    bulkBytes: fc.integer({ min: 1, max: 400 }),
    make: () => makeSubject(options),
  };
}

function makeSubject({ name, remainderBytes, create }: ForeignOptions): AllocatorSubject {
  const heap = createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
  const arena = heap.reserveArenas(heap.registerBorrower("pool"), POOL_ARENA_COUNT);
  const pool = create({
    buffer: heap.words.buffer as ArrayBuffer,
    startBytes: arena * 4,
    sizeBytes: POOL_ARENA_COUNT * ARENA_SIZE_BYTES,
  });
  const settle = (): void => pool.settle?.();
  return { heap, allocator: adapt(name, heap, pool, remainderBytes), settle };
}

function adapt(
  name: string,
  heap: PrivateHeap,
  pool: ForeignPool,
  remainderBytes: number,
): Allocator {
  const roundUp = (sizeBytes: number): number =>
    Math.ceil(Math.max(1, sizeBytes - remainderBytes) / 16) * 16 + remainderBytes;

  function sizeFor(requestBytes: number): number {
    checkInteger(name, "request", requestBytes, 0, REQUEST_LIMIT_BYTES);
    return roundUp(requestBytes);
  }

  function find(block: number): number | undefined {
    for (const [address, usableBytes] of pool.blocks()) {
      if (address === block * 4) return usableBytes;
    }
    return undefined;
  }

  function refuse(block: number): never {
    throw new InvalidAddressError({ where: name, address: block, expected: "a live block" });
  }

  function given(address: number, requestBytes: number): Block {
    if (address !== 0) return (address / 4) as Block;
    const { lentBytes } = heap.statistics();
    throw new OutOfMemoryError({ where: name, requestBytes, lentBytes, limitBytes: lentBytes });
  }

  return {
    name,
    requestLimitBytes: REQUEST_LIMIT_BYTES,
    allocate: (requestBytes) => given(pool.allocate(sizeFor(requestBytes)), requestBytes),
    tryAllocate: (requestBytes) => (pool.allocate(sizeFor(requestBytes)) / 4) as Block,
    allocateZeroed: (requestBytes) =>
      given(pool.allocateZeroed(sizeFor(requestBytes)), requestBytes),
    reallocate(block, requestBytes) {
      if (find(block) === undefined) refuse(block);
      return given(pool.reallocate(block * 4, sizeFor(requestBytes)), requestBytes);
    },
    free(block) {
      if (!pool.free(block * 4)) refuse(block);
    },
    usableSizeBytes: (block) => find(block) ?? refuse(block),
    owns: (block) => find(block) !== undefined,
    walk(visit) {
      for (const [address, usableBytes] of sortedBlocks(pool))
        visit((address / 4) as Block, usableBytes);
    },
    statistics: () => statisticsOf(name, heap, pool),
    validate: () => pool.validate?.(),
  };
}

function sortedBlocks(pool: ForeignPool): (readonly [number, number])[] {
  return [...pool.blocks()].sort(([one], [other]) => one - other);
}

function statisticsOf(name: string, heap: PrivateHeap, pool: ForeignPool): AllocatorStatistics {
  const blocks = sortedBlocks(pool);
  const usedBytes = blocks.reduce((sum, [, usableBytes]) => sum + usableBytes, 0);
  const { lentBytes, lentArenaCount } = heap.statistics();
  const freeBytes = pool.freeBytes();
  const top = blocks.at(-1);
  return {
    name,
    liveBlockCount: blocks.length,
    usedBytes,
    freeBytes,
    overheadBytes: lentBytes - usedBytes - freeBytes,
    lentArenaCount,
    lentBytes,
    topBlock:
      top === undefined ? undefined : { block: (top[0] / 4) as Block, usableSizeBytes: top[1] },
  };
}
