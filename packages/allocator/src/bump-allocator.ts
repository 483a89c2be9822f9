// The bump allocator: a region whose blocks are freed at once. An allocation moves the top; a free
// only notes that the block is dead; memory comes back when the region is rewound to a mark, when
// it is cleared, or down to the newest mark when its last live block is freed.
//
//   │ block │ block │ mark ─→ │ block │ block │ top        rewind(mark) frees what is right of it
//
// The block allocated last grows and shrinks in place. Layout: bump-layout.ts. After Hanson, Fast
// allocation and deallocation of memory based on object lifetimes (Software: Practice and
// Experience, 1990), and obstacks of the GNU C library.

import {
  type Allocator,
  type AllocatorStatistics,
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type ArenaSource,
  type Block,
  checkOptions,
  InvalidAddressError,
} from "@ouro/interfaces";
import { MAP_SHIFT, reserveAllocatedMap } from "./allocated-map.js";
import * as layout from "./bump-layout.js";
import { validateBump } from "./bump-validate.js";
import { refuseBlock, refuseForMemory, refuseRequest } from "./refusal.js";

/** Rounded up, a larger request would pass 4 GiB. */
const REQUEST_LIMIT_BYTES = 2 ** 32 - 64;

/** Where a bump allocator borrows, and its name. */
export interface BumpAllocatorOptions {
  /** Where its arenas are borrowed and its own words reserved. */
  source: ArenaSource;
  /** Names the borrower; two of them in one heap need two names. Default `bump`. */
  name?: string;
}

/** A place in a region: what was allocated after it can be freed at once. */
export type BumpMark = number;

/** An allocator whose blocks are freed together: all, or all since a mark. */
export interface BumpAllocator extends Allocator {
  /** The number that stands in the arena table for its arenas. */
  readonly borrower: number;
  /** Marks the place where the next block will begin. O(1). */
  mark(): BumpMark;
  /**
   * Frees every block allocated since `mark`, and gives back the arenas above it; how many blocks
   * lived. The mark stands, later ones fall. Throws `InvalidAddressError` for a mark that does not
   * stand. O(memory rewound / 512 bytes).
   */
  rewind(mark: BumpMark): number;
  /** Frees every block, whatever marks stand; how many lived. One arena stays lent. */
  clear(): number;
  /** Bytes that are left below the end of the newest run. O(1). */
  remainingBytes(): number;
  /** Arenas lent to it now. O(1). */
  arenaCount(): number;
}

/**
 * Makes a bump allocator over a source's arenas, or opens the one of that name in a heap that
 * another thread made. Throws `OutOfMemoryError` when the source has no room for its tables.
 */
export function createBumpAllocator(options: BumpAllocatorOptions): BumpAllocator {
  checkOptions("createBumpAllocator", options, "source|name");
  const { source, name = "bump" } = options;
  const context = makeContext(source, name);
  const { words, state, begunMap, freedMap, borrower } = context;
  const TOP = layout.TOP;
  const END = layout.END;
  const RUN = layout.RUN;
  const LAST = layout.LAST;
  const FLOOR = layout.FLOOR;
  const LIVE_COUNT = layout.LIVE_COUNT;
  const ARENA_COUNT = layout.ARENA_COUNT;
  const HEADER = layout.RUN_HEADER_SIZE_WORDS;
  const LONG = layout.LONG_SIZE_WORDS;
  const mapShift = MAP_SHIFT;
  const firstWord = source.firstArenaIndex * ARENA_SIZE_WORDS;
  const spanWords = source.arenaCount * ARENA_SIZE_WORDS - firstWord;
  const get = (word: number): number => words[word] as number;
  const arenasFor = (sizeWords: number): number => Math.ceil(sizeWords / ARENA_SIZE_WORDS);

  function sizeFor(requestBytes: number): number {
    const isServed = Number.isInteger(requestBytes) && requestBytes >= 0;
    if (!isServed || requestBytes > REQUEST_LIMIT_BYTES) {
      refuseRequest(name, requestBytes, REQUEST_LIMIT_BYTES);
    }
    return requestBytes === 0 ? 4 : ((requestBytes + 15) >>> 4) << 2;
  }

  function tryAllocate(requestBytes: number): Block {
    const sizeWords = sizeFor(requestBytes);
    if (sizeWords > get(state + END) - get(state + TOP) && !grow(sizeWords)) return 0 as Block;
    const block = get(state + TOP);
    const mapWord = begunMap + (block >>> mapShift);
    words[mapWord] = get(mapWord) | (1 << (block >>> 2));
    words[state + TOP] = block + sizeWords;
    words[state + LAST] = block;
    words[state + LIVE_COUNT] = get(state + LIVE_COUNT) + 1;
    if (sizeWords >= LONG) words[layout.noteOf(context, block)] = block + sizeWords;
    return block as Block;
  }

  /** Makes room for so many words at the top: behind the run, or in a new one. */
  function grow(sizeWords: number): boolean {
    if (growRun(get(state + TOP) + sizeWords)) return true;
    const arenaCount = arenasFor(sizeWords + HEADER);
    const run = source.reserveArenas(borrower, arenaCount);
    if (run === 0) return false;
    words[run + layout.PREVIOUS_RUN] = get(state + RUN);
    words[run + layout.PREVIOUS_TOP] = get(state + TOP);
    words[run + layout.RUN_END] = run + arenaCount * ARENA_SIZE_WORDS;
    enter(run, run + HEADER);
    words[state + ARENA_COUNT] = get(state + ARENA_COUNT) + arenaCount;
    return true;
  }

  /** Lengthens the newest run up to `top`, if the arenas behind it are free. */
  function growRun(top: number): boolean {
    const run = get(state + RUN);
    const end = get(state + END);
    if (run === 0) return false;
    const arenaCount = arenasFor(top - end);
    if (!source.reserveArenasAt(borrower, end as Arena, arenaCount)) return false;
    words[state + END] = end + arenaCount * ARENA_SIZE_WORDS;
    words[run + layout.RUN_END] = get(state + END);
    words[state + ARENA_COUNT] = get(state + ARENA_COUNT) + arenaCount;
    return true;
  }

  function enter(run: number, top: number): void {
    words[state + RUN] = run;
    words[state + TOP] = top;
    words[state + END] = run === 0 ? 0 : get(run + layout.RUN_END);
    words[state + LAST] = 0;
  }

  function isOutside(block: number): boolean {
    return block !== (block | 0) || (block & 3) !== 0 || (block - firstWord) >>> 0 >= spanWords;
  }

  function hasBit(map: number, block: number): boolean {
    return (get(map + (block >>> mapShift)) & (1 << (block >>> 2))) !== 0;
  }

  function owns(block: number): boolean {
    return !isOutside(block) && hasBit(begunMap, block) && !hasBit(freedMap, block);
  }

  function expectLive(call: string, block: number): void {
    if (!owns(block)) {
      const wasBlock = !isOutside(block) && hasBit(begunMap, block);
      refuseBlock(`${name}.${call}`, block, wasBlock);
    }
  }

  function free(block: Block): void {
    expectLive("free", block);
    const mapWord = freedMap + (block >>> mapShift);
    words[mapWord] = get(mapWord) | (1 << (block >>> 2));
    const liveCount = get(state + LIVE_COUNT) - 1;
    words[state + LIVE_COUNT] = liveCount;
    if (block === get(state + LAST)) words[state + LAST] = 0;
    if (liveCount === 0) rewind(get(state + FLOOR));
  }

  /** O(runs). */
  function sizeWordsOf(block: number): number {
    let top = 0;
    layout.walkRuns(context, (run, runTop) => {
      if (block > run && block < runTop) top = runTop;
    });
    return layout.endOf(context, block, top) - block;
  }

  function usableSizeBytes(block: Block): number {
    expectLive("usableSizeBytes", block);
    return sizeWordsOf(block) * 4;
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
    expectLive("reallocate", block);
    const sizeWords = sizeFor(requestBytes);
    if (block === get(state + LAST)) {
      const top = block + sizeWords;
      if (top <= get(state + END) || growRun(top)) {
        noteAnew(block, get(state + TOP), top);
        words[state + TOP] = top;
        trim(top);
        return block;
      }
    }
    const oldWords = sizeWordsOf(block);
    if (sizeWords <= oldWords) return block;
    const moved = allocate(requestBytes);
    words.copyWithin(moved, block, block + oldWords);
    free(block);
    return moved;
  }

  /** Nothing begins behind the last block: what stands where its note would is its own. */
  function noteAnew(block: number, end: number, newEnd: number): void {
    const note = layout.noteOf(context, block);
    if (newEnd - block >= LONG) words[note] = newEnd;
    else if (end - block >= LONG) words[note] = 0;
  }

  function mark(): BumpMark {
    words[state + LAST] = 0;
    words[state + FLOOR] = get(state + TOP);
    return get(state + TOP);
  }

  function rewind(to: BumpMark): number {
    if (to === 0) return clear();
    expectStanding(to);
    const liveCount = get(state + LIVE_COUNT);
    while (!isInNewestRun(to)) dropRun();
    forget(to, get(state + TOP));
    words[state + TOP] = to;
    words[state + LAST] = 0;
    words[state + FLOOR] = to;
    trim(to);
    return liveCount - get(state + LIVE_COUNT);
  }

  function clear(): number {
    const liveCount = get(state + LIVE_COUNT);
    words[state + FLOOR] = 0;
    if (get(state + RUN) === 0) return 0;
    while (get(get(state + RUN) + layout.PREVIOUS_RUN) !== 0) dropRun();
    const first = get(state + RUN) + HEADER;
    forget(first, get(state + TOP));
    words[state + TOP] = first;
    words[state + LAST] = 0;
    trim(first);
    return liveCount;
  }

  /** While a block lives, or a mark stands, the first run is theirs. */
  function releaseFirstRun(): void {
    if (get(state + LIVE_COUNT) > 0 || get(state + FLOOR) !== 0 || get(state + RUN) === 0) return;
    clear();
    dropRun();
  }

  function isInNewestRun(to: number): boolean {
    return to > get(state + RUN) && to <= get(state + TOP);
  }

  /** A mark stands when it is the newest or older, and no block lies across it. */
  function expectStanding(to: number): void {
    const floor = get(state + FLOOR);
    let isFloorSeen = false;
    let isStanding = false;
    layout.walkRuns(context, (run, top) => {
      const isHere = to > run && to <= top;
      const isFloorHere = floor > run && floor <= top;
      if (isHere && (isFloorSeen || (isFloorHere && to <= floor))) {
        isStanding = to === top || to === run + HEADER || hasBit(begunMap, to);
      }
      if (isFloorHere) isFloorSeen = true;
    });
    if (isStanding && !isOutside(to)) return;
    throw new InvalidAddressError({
      where: `${name}.rewind`,
      address: to,
      expected: "a mark that stands",
    });
  }

  function dropRun(): void {
    const run = get(state + RUN);
    const arenaCount = (get(state + END) - run) / ARENA_SIZE_WORDS;
    forget(run + HEADER, get(state + TOP));
    enter(get(run + layout.PREVIOUS_RUN), get(run + layout.PREVIOUS_TOP));
    release(run, arenaCount);
  }

  /** Gives back the newest run's arenas above the one that holds `top`. */
  function trim(top: number): void {
    const run = get(state + RUN);
    const end = run + arenasFor(top - run) * ARENA_SIZE_WORDS;
    const arenaCount = (get(state + END) - end) / ARENA_SIZE_WORDS;
    if (arenaCount === 0) return;
    words[state + END] = end;
    words[run + layout.RUN_END] = end;
    release(end, arenaCount);
  }

  function release(arena: number, arenaCount: number): void {
    words[state + ARENA_COUNT] = get(state + ARENA_COUNT) - arenaCount;
    source.releaseArenas(borrower, arena as Arena, arenaCount);
  }

  /** Clears the maps for the blocks that begin in [from, to). */
  function forget(from: number, to: number): void {
    let liveCount = get(state + LIVE_COUNT);
    for (let at = from & ~127; at < to; at += 128) {
      const kept = at < from ? ~(-1 << (from >>> 2)) : 0;
      const mapWord = at >>> mapShift;
      const begun = get(begunMap + mapWord);
      const freed = get(freedMap + mapWord);
      for (let bits = begun & ~freed & ~kept; bits !== 0; bits &= bits - 1) liveCount--;
      words[begunMap + mapWord] = begun & kept;
      words[freedMap + mapWord] = freed & kept;
    }
    words[state + LIVE_COUNT] = liveCount;
  }

  function walk(visit: (block: Block, usableSizeBytes: number) => void): void {
    const runs: [run: number, top: number][] = [];
    layout.walkRuns(context, (run, top) => runs.push([run, top]));
    runs.sort(([one], [other]) => one - other);
    for (const [run, top] of runs) {
      let block = run + HEADER;
      while (block < top) {
        const next = layout.endOf(context, block, top);
        if (!hasBit(freedMap, block)) visit(block as Block, (next - block) * 4);
        block = next;
      }
    }
  }

  function statistics(): AllocatorStatistics {
    let usedBytes = 0;
    let topBlock: AllocatorStatistics["topBlock"];
    walk((block, usableBytes) => {
      usedBytes += usableBytes;
      topBlock = { block, usableSizeBytes: usableBytes };
    });
    const lentArenaCount = get(state + ARENA_COUNT);
    const lentBytes = lentArenaCount * ARENA_SIZE_BYTES;
    const freeBytes = remainingBytes();
    return {
      name,
      liveBlockCount: get(state + LIVE_COUNT),
      usedBytes,
      freeBytes,
      overheadBytes: lentBytes - usedBytes - freeBytes,
      lentArenaCount,
      lentBytes,
      topBlock,
    };
  }

  function remainingBytes(): number {
    return (get(state + END) - get(state + TOP)) * 4;
  }

  return {
    name,
    requestLimitBytes: REQUEST_LIMIT_BYTES,
    borrower,
    allocate,
    tryAllocate,
    allocateZeroed,
    reallocate,
    free,
    usableSizeBytes,
    owns,
    walk,
    mark,
    rewind,
    clear,
    remainingBytes,
    arenaCount: () => get(state + ARENA_COUNT),
    trim: releaseFirstRun,
    statistics,
    validate: () => validateBump(context),
  };
}

function makeContext(source: ArenaSource, name: string): layout.BumpContext {
  const borrower = source.registerBorrower(name);
  const region = source.reserveRegion(borrower, "bump", layout.BUMP_REGION_SIZE_WORDS);
  return {
    words: source.words,
    name,
    state: region.start,
    begunMap: reserveAllocatedMap(source, borrower, "begun-map"),
    freedMap: reserveAllocatedMap(source, borrower, "freed-map"),
    borrower,
    arenaTable: source.arenaTable,
    firstArenaIndex: source.firstArenaIndex,
    arenaCount: source.arenaCount,
  };
}
