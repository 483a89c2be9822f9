// Free lists in front of an allocator: a freed block of a listed size is kept, still live below,
// and the next request of that size takes it. CPython does so per type; a list here has a type's
// name, its size and how many blocks it keeps at most. What a full collection does to CPython's
// lists, `clear` does: every kept block goes back to the allocator below.
//
//   float  24 bytes, 100 kept   │ block │ block │ block │ – │ – │ …        a stack of blocks
//                                   │       └── a kept block's first word says where it stands:
//                                   └────────── it is kept exactly when it stands there
//
// So a double free is found in two loads, without a map, and a write into a kept block shows when
// it is taken again. A call by size uses the first list of that size; `allocateObject` and
// `freeObject` name theirs. The state lies in one region of the heap:
//
//   │ counts, a word a list, padded │ stack of list 0 │ stack of list 1 │ … │
//
// After CPython's `Include/internal/pycore_freelist.h`.

import {
  type Allocator,
  type AllocatorStatistics,
  type ArenaSource,
  type Block,
  checkInteger,
  checkOptions,
  DoubleFreeError,
  expectSound,
  HeapCorruptionError,
  isOuroError,
  UsageError,
} from "@ouro/interfaces";
import type { FreeListSpec } from "./cpython-free-lists.js";

/** The lists, and the allocator that they stand over. */
export interface FreeListAllocatorOptions {
  /** Where the lists' own words are reserved. */
  source: ArenaSource;
  /** Gives the blocks that no list keeps. */
  allocator: Allocator;
  /** Names, sizes and maxima; `CPYTHON_FREE_LISTS` is a preset. Sizes up to 4096 bytes. */
  lists: readonly FreeListSpec[];
  /** Names the borrower; two of them in one heap need two names. Default `free-lists`. */
  name?: string;
}

/** An allocator with calls for objects of a list, beside those for any block. */
export interface FreeListAllocator extends Allocator {
  /** The number of the list of that name. Throws `UsageError` when there is none. O(lists). */
  listOf(name: string): number;
  /** A block of a list's size: a kept one, else a new one. Throws `OutOfMemoryError`. O(1). */
  allocateObject(list: number): Block;
  /**
   * Keeps a block of a list's size, or frees it when the list is full. Throws as `free` does, and
   * `UsageError` for a block that is too small for the list. O(1).
   */
  freeObject(list: number, block: Block): void;
  /** How many blocks a list keeps now. O(1). */
  keptCount(list: number): number;
  /**
   * Gives every kept block back to the allocator below; how many. CPython does this in a full
   * collection; here whoever puts the layer under objects calls it then.
   */
  clear(): number;
}

const LIST_SIZE_LIMIT_BYTES = 4096;
const granulesOf = (sizeBytes: number): number => Math.max(1, (sizeBytes + 15) >>> 4);

/**
 * Makes free lists in front of an allocator. Throws `UsageError` for a list that cannot be, and
 * `OutOfMemoryError` when the source has no room for the lists.
 */
export function createFreeListAllocator(options: FreeListAllocatorOptions): FreeListAllocator {
  checkOptions("createFreeListAllocator", options, "source allocator lists|name");
  const { source, allocator, lists, name = "free-lists" } = options;
  const { words, bytes } = source;
  const { starts, counts, end } = reserveLists(source, name, lists);
  const stackEnd = (list: number): number => starts[list + 1] ?? end;
  /** The first list of a size in granules; -1 without one. */
  const listOfGranules = new Int32Array((LIST_SIZE_LIMIT_BYTES >> 4) + 1).fill(-1);
  for (let list = lists.length - 1; list >= 0; list--) {
    listOfGranules[granulesOf(lists[list]?.requestBytes ?? 0)] = list;
  }
  const get = (word: number): number => words[word] as number;
  /** -1 for a size that no list serves. */
  const listFor = (granules: number): number => listOfGranules[granules] ?? -1;
  const listForRequest = (requestBytes: number): number =>
    Number.isInteger(requestBytes) && requestBytes >= 0 ? listFor(granulesOf(requestBytes)) : -1;
  const sizeOf = (list: number): number => granulesOf(lists[list]?.requestBytes ?? 0) << 4;

  /** A kept block of the list; 0 when it is empty. */
  function take(list: number): Block {
    const count = get(counts + list);
    if (count === 0) return 0 as Block;
    const place = (starts[list] as number) + count - 1;
    const block = get(place);
    if (get(block) !== place) refuseWritten(block);
    words[place] = 0;
    words[counts + list] = count - 1;
    return block as Block;
  }

  function keep(list: number, block: Block): boolean {
    const count = get(counts + list);
    const place = (starts[list] as number) + count;
    if (place === stackEnd(list)) return false;
    words[place] = block;
    words[block] = place;
    words[counts + list] = count + 1;
    return true;
  }

  function isKept(block: number): boolean {
    const place = get(block);
    return place >= (starts[0] ?? end) && place < end && get(place) === block;
  }

  function refuseKept(call: string, block: Block): void {
    if (allocator.owns(block) && isKept(block)) {
      throw new DoubleFreeError({ where: `${name}.${call}`, block });
    }
  }

  function refuseWritten(block: number): never {
    throw new HeapCorruptionError({
      structure: "kept block",
      word: block,
      problem: "it was written after it had been freed",
    });
  }

  /** A new block; when nothing is left, the kept ones go back first. */
  function tryNew(requestBytes: number): Block {
    const block = allocator.tryAllocate(requestBytes);
    return block !== 0 || clear() === 0 ? block : allocator.tryAllocate(requestBytes);
  }

  function tryAllocate(requestBytes: number): Block {
    const list = listForRequest(requestBytes);
    if (list < 0) return tryNew(requestBytes);
    const isServed = sizeOf(list) <= allocator.requestLimitBytes;
    return take(list) || tryNew(isServed ? sizeOf(list) : requestBytes);
  }

  function allocate(requestBytes: number): Block {
    // The allocator below says why it refuses.
    return tryAllocate(requestBytes) || allocator.allocate(requestBytes);
  }

  function allocateZeroed(requestBytes: number): Block {
    const block = allocate(requestBytes);
    // To the byte: what is behind the request may be a fence of the allocator below.
    bytes.fill(0, block * 4, block * 4 + requestBytes);
    return block;
  }

  function free(block: Block): void {
    refuseKept("free", block);
    const list = listFor(allocator.usableSizeBytes(block) >>> 4);
    if (list < 0 || !keep(list, block)) allocator.free(block);
  }

  function expectList(call: string, list: number): void {
    checkInteger(`${name}.${call}`, "list", list, 0, lists.length - 1);
  }

  function allocateObject(list: number): Block {
    expectList("allocateObject", list);
    return take(list) || allocate(lists[list]?.requestBytes ?? 0);
  }

  function freeObject(list: number, block: Block): void {
    expectList("freeObject", list);
    refuseKept("freeObject", block);
    if (allocator.usableSizeBytes(block) < sizeOf(list)) {
      throw new UsageError({
        where: `${name}.freeObject`,
        argument: `block ${block}`,
        problem: `is too small for the list "${lists[list]?.name}"`,
        remedy: "Give back only what allocateObject gave for this list.",
      });
    }
    if (!keep(list, block)) allocator.free(block);
  }

  function clear(): number {
    let freedCount = 0;
    for (let list = 0; list < lists.length; list++) {
      for (let block = take(list); block !== 0; block = take(list)) {
        allocator.free(block);
        freedCount++;
      }
    }
    return freedCount;
  }

  function usableSizeBytes(block: Block): number {
    refuseKept("usableSizeBytes", block);
    return allocator.usableSizeBytes(block);
  }

  function reallocate(block: Block, requestBytes: number): Block {
    refuseKept("reallocate", block);
    try {
      return allocator.reallocate(block, requestBytes);
    } catch (error) {
      if (!isOuroError(error, "out-of-memory") || clear() === 0) throw error;
      return allocator.reallocate(block, requestBytes);
    }
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    allocator.walk((block, sizeBytes) => {
      if (!isKept(block)) visit(block, sizeBytes);
    });
  }

  function statistics(): AllocatorStatistics {
    const below = allocator.statistics();
    let usedBytes = 0;
    let liveBlockCount = 0;
    let topBlock: AllocatorStatistics["topBlock"];
    walk((block, sizeBytes) => {
      usedBytes += sizeBytes;
      liveBlockCount++;
      topBlock = { block, usableSizeBytes: sizeBytes };
    });
    const freeBytes = below.freeBytes + below.usedBytes - usedBytes;
    return { ...below, name, liveBlockCount, usedBytes, freeBytes, topBlock };
  }

  /** Every kept block stands once, in a list of its size, and is live below. */
  function validate(): void {
    allocator.validate();
    const seen = new Set<number>();
    for (let list = 0; list < lists.length; list++) {
      const start = starts[list] as number;
      const count = get(counts + list);
      const isWithin = count >= 0 && count <= stackEnd(list) - start;
      expectSound(isWithin, "free list", counts + list, "count");
      for (let place = start; place < stackEnd(list); place++) {
        const block = get(place) as Block;
        const isEmpty = place >= start + count;
        expectSound(isEmpty === (block === 0), "free list", place, "a place beyond its count");
        if (isEmpty) continue;
        expectSound(!seen.has(block) && allocator.owns(block), "free list", place, "no live block");
        const isLarge = allocator.usableSizeBytes(block) >= sizeOf(list);
        expectSound(isLarge, "free list", place, "a block too small for it");
        if (get(block) !== place) refuseWritten(block);
        seen.add(block);
      }
    }
  }

  return {
    name,
    requestLimitBytes: allocator.requestLimitBytes,
    allocate,
    tryAllocate,
    allocateZeroed,
    reallocate,
    free,
    usableSizeBytes,
    owns: (block) => allocator.owns(block) && !isKept(block),
    walk,
    listOf(listName) {
      const list = lists.findIndex((each) => each.name === listName);
      if (list >= 0) return list;
      throw new UsageError({
        where: `${name}.listOf`,
        argument: `"${listName}"`,
        problem: "is no free list",
        remedy: `There are ${lists.map((each) => each.name).join(", ")}.`,
      });
    },
    allocateObject,
    freeObject,
    keptCount(list) {
      expectList("keptCount", list);
      return get(counts + list);
    },
    clear,
    trim() {
      clear();
      allocator.trim?.();
    },
    statistics,
    validate,
  };
}

/** Where each list's stack begins, and where all end. */
function reserveLists(source: ArenaSource, name: string, lists: readonly FreeListSpec[]) {
  const names = new Set<string>();
  let placeCount = 0;
  for (const each of lists) {
    checkOptions(name, each, "name requestBytes maximumCount");
    const { name: listName, requestBytes, maximumCount } = each;
    const where = `free list "${listName}"`;
    checkInteger(where, "requestBytes", requestBytes, 1, LIST_SIZE_LIMIT_BYTES);
    checkInteger(where, "maximumCount", maximumCount, 1, 2 ** 20);
    placeCount += maximumCount;
    if (names.size !== names.add(listName).size) continue;
    throw new UsageError({
      where: name,
      argument: `"${listName}"`,
      problem: "names two free lists",
      remedy: "Give each list a name of its own.",
    });
  }
  const countWords = (lists.length + 3) & ~3;
  const borrower = source.registerBorrower(name);
  const region = source.reserveRegion(borrower, "free-lists", countWords + placeCount);
  let place = region.start + countWords;
  const starts = lists.map(({ maximumCount }) => {
    place += maximumCount;
    return place - maximumCount;
  });
  return { starts, counts: region.start, end: place };
}
