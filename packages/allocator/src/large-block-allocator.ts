// The large block allocator serves requests of any size, meant for those above 512 bytes: a good
// fit from lists by size, split to the granule, joined with its neighbours the moment it is freed.
// Every operation takes a bounded number of steps, but for the arenas it may reserve and the bytes
// it copies. A block grows in place where what follows it is free, and shrinks in place always.
//
// Layout and source: large-layout.ts; arenas: extent.ts; free blocks: free-block-lists.ts.

import {
  type AllocatorStatistics,
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  type ArenaSource,
  type Block,
  checkInteger,
  checkOptions,
  NO_BUDGET,
  type SweepableAllocator,
  type WordIndex,
} from "@ouro/interfaces";
import { MAP_SHIFT, reserveAllocatedMap, walkAllocatedMap } from "./allocated-map.js";
import { createExtents } from "./extent.js";
import { createFreeBlockLists } from "./free-block-lists.js";
import * as layout from "./large-layout.js";
import { REPAIRED, refuseHeader, repairLargeBlocks } from "./large-repair.js";
import { largeStatistics } from "./large-statistics.js";
import { createLargeSweep, isGarbage } from "./large-sweep.js";
import { validateLargeBlocks } from "./large-validate.js";
import { refuseBlock, refuseForMemory, refuseRequest } from "./refusal.js";

/** With its header, a larger request would pass 4 GiB. */
const REQUEST_LIMIT_BYTES = 2 ** 32 - 64;

/** Where a large block allocator borrows, and what it may give. */
export interface LargeBlockAllocatorOptions {
  /** Where its arenas are borrowed and its own words reserved. */
  source: ArenaSource;
  /** Names the borrower; two of them in one heap need two names. Default `large`. */
  name?: string;
  /**
   * A heap word that counts granules down: a block is charged with its granules, and one that would
   * take it below 0 is refused as if nothing were left. `NO_BUDGET` is no limit.
   */
  budgetWord?: WordIndex;
}

/** An allocator of blocks of any size, which a tracing collector can sweep. */
export interface LargeBlockAllocator extends SweepableAllocator {
  /** The number that stands in the arena table for its arenas. */
  readonly borrower: number;
  /** The word of the allocated map of block b is at `allocatedMap + (b >>> 7)`. */
  readonly allocatedMap: WordIndex;
  /** Bytes of live blocks with their headers. O(1). */
  heldBytes(): number;
  /** Arenas lent to it now. O(1). */
  arenaCount(): number;
}

/**
 * Makes a large block allocator over a source's arenas, or opens the one of that name in a heap
 * that another thread made. Throws `OutOfMemoryError` when the source has no room for its tables.
 */
export function createLargeBlockAllocator(
  options: LargeBlockAllocatorOptions,
): LargeBlockAllocator {
  checkOptions("createLargeBlockAllocator", options, "source|name budgetWord");
  const { source, name = "large", budgetWord = 0 } = options;
  checkInteger("createLargeBlockAllocator", "budgetWord", budgetWord, 0, source.words.length - 1);
  const context = makeContext(source, name);
  const { words, state, allocatedMap } = context;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const SIZE = layout.SIZE;
  const MARK = layout.MARK;
  const FREE = layout.FREE;
  const PREVIOUS_FREE = layout.PREVIOUS_FREE;
  const SIZE_MASK = layout.SIZE_MASK;
  const LIVE_COUNT = layout.LIVE_COUNT;
  const HELD_WORDS = layout.HELD_WORDS;
  const HEADER = layout.LARGE_HEADER_SIZE_WORDS;
  const mapShift = MAP_SHIFT;
  const lists = createFreeBlockLists(context);
  const extents = createExtents(context, source, lists);
  const sweep = createLargeSweep(context, lists, release);
  const { sweepFor, markNew } = sweep;
  const sweepCursor = state + layout.SWEEP_CURSOR;
  const firstWord = source.firstArenaIndex * ARENA_SIZE_WORDS;
  const spanWords = source.arenaCount * ARENA_SIZE_WORDS - firstWord;
  const get = (word: number): number => words[word] as number;

  function sizeFor(requestBytes: number): number {
    const isServed = Number.isInteger(requestBytes) && requestBytes >= 0;
    if (!isServed || requestBytes > REQUEST_LIMIT_BYTES) {
      refuseRequest(name, requestBytes, REQUEST_LIMIT_BYTES);
    }
    return ((requestBytes + layout.LARGE_HEADER_SIZE_BYTES + 15) >>> 4) << 2;
  }

  function tryAllocate(requestBytes: number): Block {
    const sizeWords = sizeFor(requestBytes);
    const isFree = budgetWord === 0 || get(budgetWord) === NO_BUDGET;
    const chargeGranules = isFree ? 0 : sizeWords >>> 2;
    if (chargeGranules !== 0 && chargeGranules > get(budgetWord)) return 0 as Block;
    let header = lists.find(sizeWords);
    if (header === 0) header = sweepFor(sizeWords);
    if (header === 0) {
      if (!extents.grow(sizeWords)) return 0 as Block;
      header = lists.find(sizeWords);
    }
    const size = get(header);
    expectFree(header, size);
    lists.remove(header, size - FREE);
    const surplus = size - FREE - sizeWords;
    const block = makeLive(header, sizeWords);
    if (surplus > 0) lists.insert(header + sizeWords, surplus);
    if (chargeGranules !== 0) words[budgetWord] = get(budgetWord) - chargeGranules;
    return block;
  }

  /** The block before a free one is never free: coalescing is immediate. */
  function makeLive(header: number, sizeWords: number): Block {
    words[header + SIZE] = sizeWords;
    words[header + MARK] = layout.liveMark(header);
    const block = header + HEADER;
    words[allocatedMap + (block >>> mapShift)] =
      get(allocatedMap + (block >>> mapShift)) | (1 << (block >>> 2));
    words[state + LIVE_COUNT] = get(state + LIVE_COUNT) + 1;
    words[state + HELD_WORDS] = get(state + HELD_WORDS) + sizeWords;
    if (words[sweepCursor] !== 0) markNew(block);
    return block as Block;
  }

  function free(block: Block): void {
    expectOwned(block, "free");
    release(block);
  }

  function release(block: number): void {
    const header = markedHeader(block);
    const size = get(header);
    const end = header + (size & SIZE_MASK);
    const wordsBefore = freeWordsBefore(header, size);
    const wordsBehind = freeWordsAt(end);
    // Both neighbours are known to be sound before anything changes.
    words[allocatedMap + (block >>> mapShift)] =
      get(allocatedMap + (block >>> mapShift)) & ~(1 << (block >>> 2));
    words[state + LIVE_COUNT] = get(state + LIVE_COUNT) - 1;
    words[state + HELD_WORDS] = get(state + HELD_WORDS) - (size & SIZE_MASK);
    words[header + MARK] = layout.freedMark(header);
    const start = header - wordsBefore;
    if (wordsBefore !== 0) lists.remove(start, wordsBefore);
    if (wordsBehind !== 0) lists.remove(end, wordsBehind);
    extents.release(start, end + wordsBehind - start);
  }

  function owns(block: number): boolean {
    if (block !== (block | 0) || (block & 3) !== 0) return false;
    if ((block - firstWord) >>> 0 >= spanWords) return false;
    if ((get(allocatedMap + (block >>> mapShift)) & (1 << (block >>> 2))) === 0) return false;
    return words[sweepCursor] === 0 || !isGarbage(context, block);
  }

  function expectOwned(block: Block, call: string): void {
    if (!owns(block)) refuseBlock(`${name}.${call}`, block, wasBlock(block));
  }

  /** Its header, when it and those beside it are sound. */
  function headerOf(block: Block, call: string): number {
    expectOwned(block, call);
    const header = markedHeader(block);
    const size = get(header);
    freeWordsBefore(header, size);
    freeWordsAt(header + (size & SIZE_MASK));
    return header;
  }

  function markedHeader(block: number): number {
    const header = block - HEADER;
    if (words[header + MARK] !== layout.liveMark(header)) refuseHeader(block);
    return header;
  }

  /** The words of the free block before; 0 when it lives. */
  function freeWordsBefore(header: number, size: number): number {
    if ((size & PREVIOUS_FREE) === 0) return 0;
    const sizeWords = get(header - 1);
    if (words[header - sizeWords] !== (sizeWords | FREE)) repairAndRefuse(header - sizeWords);
    return sizeWords;
  }

  /** The words of the free block here; 0 when it lives or is a sentinel. */
  function freeWordsAt(header: number): number {
    const size = get(header);
    if ((size & FREE) !== 0) return expectFree(header, size);
    if (words[header + MARK] !== layout.liveMark(header)) repairAndRefuse(header);
    return 0;
  }

  /** A free block's size word has this one flag: the block before it is never free. */
  function expectFree(header: number, size: number): number {
    const sizeWords = size - FREE;
    if (words[header + sizeWords - 1] !== sizeWords) repairAndRefuse(header);
    return sizeWords;
  }

  function repairAndRefuse(header: number): never {
    repairLargeBlocks(context, lists);
    refuseHeader(header + HEADER, REPAIRED);
  }

  /** A free block begins here, or a freed one did before it was joined with the one before. */
  function wasBlock(block: number): boolean {
    if (block !== (block | 0) || (block & 3) !== 0 || block < firstWord + HEADER) return false;
    if (words[context.arenaTable + (block >>> ARENA_SHIFT)] !== context.borrower) return false;
    const header = block - HEADER;
    if (words[header + MARK] === layout.freedMark(header)) return true;
    const sizeWords = get(header) & SIZE_MASK;
    return (get(header) & FREE) !== 0 && words[header + sizeWords - 1] === sizeWords;
  }

  function usableSizeBytes(block: Block): number {
    return (get(headerOf(block, "usableSizeBytes")) & SIZE_MASK) * 4 - HEADER * 4;
  }

  function allocate(requestBytes: number): Block {
    const block = tryAllocate(requestBytes);
    if (block === 0) refuseForMemory(`${name}.allocate`, requestBytes, source);
    return block;
  }

  function allocateZeroed(requestBytes: number): Block {
    const block = allocate(requestBytes);
    words.fill(0, block, block + Math.ceil(requestBytes / 4));
    return block;
  }

  function reallocate(block: Block, requestBytes: number): Block {
    const header = headerOf(block, "reallocate");
    const oldWords = get(header) & SIZE_MASK;
    const sizeWords = sizeFor(requestBytes);
    if (sizeWords < oldWords) shrink(header, oldWords, sizeWords);
    if (sizeWords <= oldWords || growInPlace(header, oldWords, sizeWords)) return block;
    const moved = allocate(requestBytes);
    words.copyWithin(moved, block, block + oldWords - HEADER);
    free(block);
    return moved;
  }

  function resize(header: number, oldWords: number, sizeWords: number): void {
    words[header] = sizeWords | (get(header) & PREVIOUS_FREE);
    words[state + HELD_WORDS] = get(state + HELD_WORDS) + sizeWords - oldWords;
  }

  function shrink(header: number, oldWords: number, sizeWords: number): void {
    resize(header, oldWords, sizeWords);
    const end = header + oldWords;
    const wordsBehind = freeWordsAt(end);
    if (wordsBehind !== 0) lists.remove(end, wordsBehind);
    extents.release(header + sizeWords, oldWords - sizeWords + wordsBehind);
  }

  function growInPlace(header: number, oldWords: number, sizeWords: number): boolean {
    const next = header + oldWords;
    let available = oldWords + freeWordsAt(next);
    if (available < sizeWords) {
      const end = header + available;
      // Only an extent's end can be moved, into the arenas behind it.
      if (get(end) >>> 2 !== 0 || !extents.growAt(end + HEADER, sizeWords - available))
        return false;
      available = oldWords + freeWordsAt(next);
    }
    lists.remove(next, available - oldWords);
    resize(header, oldWords, sizeWords);
    if (available > sizeWords) lists.insert(header + sizeWords, available - sizeWords);
    return true;
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    for (let index = source.firstArenaIndex; index < source.arenaCount; index++) {
      if (words[source.arenaTable + index] !== context.borrower) continue;
      const start = index * ARENA_SIZE_WORDS;
      walkAllocatedMap(words, allocatedMap, start, start + ARENA_SIZE_WORDS, (block) => {
        if (isGarbage(context, block)) return;
        visit(block as Block, (get(block - HEADER) & SIZE_MASK) * 4 - HEADER * 4);
      });
    }
  }

  return {
    name,
    requestLimitBytes: REQUEST_LIMIT_BYTES,
    borrower: context.borrower,
    allocatedMap,
    allocate,
    tryAllocate,
    allocateZeroed,
    reallocate,
    free,
    usableSizeBytes,
    owns,
    walk,
    beginSweep: sweep.beginSweep,
    finishSweep: sweep.finishSweep,
    isSweeping: sweep.isSweeping,
    heldBytes: () => get(state + HELD_WORDS) * 4,
    arenaCount: () => get(state + layout.LENT_ARENA_COUNT),
    statistics: (): AllocatorStatistics => largeStatistics(context),
    validate: () => validateLargeBlocks(context),
  };
}

function makeContext(source: ArenaSource, name: string): layout.LargeContext {
  const borrower = source.registerBorrower(name);
  const region = source.reserveRegion(borrower, "large-blocks", layout.LARGE_REGION_SIZE_WORDS);
  return {
    words: source.words,
    name,
    state: region.start,
    allocatedMap: reserveAllocatedMap(source, borrower),
    borrower,
    arenaTable: source.arenaTable,
    firstArenaIndex: source.firstArenaIndex,
    arenaCount: source.arenaCount,
  };
}
