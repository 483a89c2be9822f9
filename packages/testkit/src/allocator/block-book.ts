// The book that a drawing of an allocator is made of: what was asked for, answered and given back,
// as the calls of a script said it. It believes every answer; where answers contradict one another
// is for the picture to show.

import { changedAt } from "./block-pattern.js";

export interface BookBlock {
  readonly name: string;
  readonly block: number;
  readonly requestBytes: number;
  /** Undefined when nobody asked. */
  readonly usableBytes: number | undefined;
  isLive: boolean;
  /** It was freed when it was free, and the call was not refused. */
  isFreedAgain: boolean;
  /** By how much the word before it differs from what the allocator left there. */
  changeBefore: number;
  /** The number of the pattern, and so many words of it. */
  fill: { readonly number: number; readonly wordCount: number } | undefined;
}

export interface BlockBook {
  /** In the order of birth. */
  readonly blocks: BookBlock[];
  /** Numbers of no block that were freed all the same. */
  readonly foreign: number[];
}

export function createBlockBook(): BlockBook {
  return { blocks: [], foreign: [] };
}

/** The one that lives there, the youngest if several do. */
export function liveBlock({ blocks }: BlockBook, block: number): BookBlock | undefined {
  return blocks.findLast((each) => each.isLive && each.block === block);
}

export function freeBlock(book: BlockBook, block: number): void {
  const found = liveBlock(book, block);
  const dead = book.blocks.findLast((each) => each.block === block);
  if (found !== undefined) found.isLive = false;
  else if (dead !== undefined) dead.isFreedAgain = true;
  else book.foreign.push(block);
}

/** What has no mark is gone. */
export function sweepBlocks({ blocks }: BlockBook, words: Int32Array, marks: number): void {
  for (const each of blocks) {
    const word = words[marks + (each.block >>> 7)] as number;
    if ((word & (1 << (each.block >>> 2))) === 0) each.isLive = false;
  }
}

/** Where a live block ceases to hold what was written into it; −1 if it holds all. */
export function changeIn({ block, fill }: BookBlock, words: Int32Array): number {
  return fill === undefined ? -1 : changedAt(words, block, fill.number, fill.wordCount);
}

export function endWordOf({ block, requestBytes, usableBytes = requestBytes }: BookBlock): number {
  return block + Math.max(1, Math.ceil(usableBytes / 4));
}
