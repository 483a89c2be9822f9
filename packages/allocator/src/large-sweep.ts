// The sweep of the large blocks: the live ones without a mark are freed, and joined with their
// neighbours as in any free. It is lazy: when no free block fits, the allocator sweeps on, an arena
// at a time, until one does. Arenas that come free in whole go back at once.
//
//   arenas   │ swept │ swept │ not yet │ not yet │   new blocks are marked: the sweep to come
//                            ▲ cursor                may not take them for garbage
//
// While it runs, whatever has no mark waits to be swept and does not count as live.

import { ARENA_SHIFT, ARENA_SIZE_WORDS, type SweepCensus, type WordIndex } from "@ouro/interfaces";
import { MAP_SHIFT } from "./allocated-map.js";
import type { FreeBlockLists } from "./free-block-lists.js";
import * as layout from "./large-layout.js";

export interface LargeSweep {
  beginSweep(marks: WordIndex): SweepCensus;
  finishSweep(): void;
  isSweeping(): boolean;
  /** Sweeps on until a free block is at least so large: its header; 0 when there is none. */
  sweepFor(sizeWords: number): number;
  /** Marks a block that was handed out while the sweep runs. */
  markNew(block: number): void;
}

export function createLargeSweep(
  context: layout.LargeContext,
  lists: FreeBlockLists,
  free: (block: number) => void,
): LargeSweep {
  const { words, state } = context;
  const cursor = state + layout.SWEEP_CURSOR;
  const get = (word: number): number => words[word] as number;

  function beginSweep(marks: WordIndex): SweepCensus {
    words[state + layout.SWEEP_MARKS] = marks;
    words[cursor] = context.firstArenaIndex * ARENA_SIZE_WORDS;
    const garbage = countGarbage(context);
    const headerBytes = layout.LARGE_HEADER_SIZE_BYTES;
    const liveCount = get(state + layout.LIVE_COUNT) - garbage.count;
    const liveWords = get(state + layout.HELD_WORDS) - garbage.heldWords;
    return {
      liveCount,
      liveBytes: liveWords * 4 - liveCount * headerBytes,
      garbageCount: garbage.count,
      garbageBytes: garbage.heldWords * 4 - garbage.count * headerBytes,
    };
  }

  function sweepFor(sizeWords: number): number {
    let header = 0;
    while (words[cursor] !== 0 && header === 0) {
      sweepArena();
      header = lists.find(sizeWords);
    }
    return header;
  }

  function finishSweep(): void {
    while (words[cursor] !== 0) sweepArena();
  }

  /** The next arena of ours; ends the sweep when there is none. */
  function sweepArena(): void {
    let index = get(cursor) >>> ARENA_SHIFT;
    while (index < context.arenaCount && !isOurs(context, index)) index++;
    if (index < context.arenaCount) visitGarbage(context, index, free);
    words[cursor] = index + 1 < context.arenaCount ? (index + 1) * ARENA_SIZE_WORDS : 0;
  }

  function markNew(block: number): void {
    const word = get(state + layout.SWEEP_MARKS) + (block >>> MAP_SHIFT);
    words[word] = get(word) | (1 << (block >>> 2));
  }

  return { beginSweep, finishSweep, isSweeping: () => words[cursor] !== 0, sweepFor, markNew };
}

function isOurs({ words, arenaTable, borrower }: layout.LargeContext, arenaIndex: number): boolean {
  return words[arenaTable + arenaIndex] === borrower;
}

/** The bits of the map's word of `block` that stand for garbage not swept yet. */
export function garbageBits({ words, state, allocatedMap }: layout.LargeContext, block: number) {
  if (words[state + layout.SWEEP_CURSOR] === 0) return 0;
  const marks = words[(words[state + layout.SWEEP_MARKS] as number) + (block >>> MAP_SHIFT)];
  return (words[allocatedMap + (block >>> MAP_SHIFT)] as number) & ~(marks as number);
}

/** Whether a block waits to be swept, to be freed then. */
export function isGarbage(context: layout.LargeContext, block: number): boolean {
  return (garbageBits(context, block) & (1 << (block >>> 2))) !== 0;
}

/** Blocks that wait to be swept, and their words with headers. */
export function countGarbage(context: layout.LargeContext): { count: number; heldWords: number } {
  const { words } = context;
  let count = 0;
  let heldWords = 0;
  const add = (block: number): void => {
    count++;
    heldWords += (words[block - layout.LARGE_HEADER_SIZE_WORDS] as number) & layout.SIZE_MASK;
  };
  for (let index = context.firstArenaIndex; index < context.arenaCount; index++) {
    if (isOurs(context, index)) visitGarbage(context, index, add);
  }
  return { count, heldWords };
}

/** Calls `visit` for each block of an arena that waits to be swept; it may free the block. */
function visitGarbage(
  context: layout.LargeContext,
  arenaIndex: number,
  visit: (block: number) => void,
): void {
  const start = arenaIndex * ARENA_SIZE_WORDS;
  for (let block = start; block < start + ARENA_SIZE_WORDS; block += 128) {
    for (let bits = garbageBits(context, block); bits !== 0; bits &= bits - 1) {
      visit(block + (31 - Math.clz32(bits & -bits)) * 4);
    }
  }
}
