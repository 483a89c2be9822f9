// The free large blocks, by size (large-layout.ts). Finding a block that fits takes two bit scans
// and a look at a few blocks of the list whose sizes straddle the request, however many are free.

import * as layout from "./large-layout.js";

/** Blocks looked at in the straddling list before a larger list is taken: bounds the search. */
const STRADDLING_LOOKS = 8;

export interface FreeBlockLists {
  /** Makes [header, header + sizeWords) a free block and links it. The next block learns of it. */
  insert(header: number, sizeWords: number): void;
  /** Unlinks a free block of that size; its header stays as it is. */
  remove(header: number, sizeWords: number): void;
  /** A free block of at least this size, still linked; 0 when there is none. O(1). */
  find(sizeWords: number): number;
}

export function createFreeBlockLists(context: layout.LargeContext): FreeBlockLists {
  const { words, state } = context;
  const SIZE = layout.SIZE;
  const SIZE_MASK = layout.SIZE_MASK;
  const FREE = layout.FREE;
  const PREVIOUS_FREE = layout.PREVIOUS_FREE;
  const NEXT_FREE = layout.NEXT_FREE;
  const PREVIOUS_FREE_BLOCK = layout.PREVIOUS_FREE_BLOCK;
  const levelBits = state + layout.LEVEL_BITS;
  const listBits = state + layout.LIST_BITS;
  const heads = state + layout.LIST_HEADS;
  const get = (word: number): number => words[word] as number;

  function insert(header: number, sizeWords: number): void {
    const list = layout.listOf(sizeWords);
    const next = get(heads + list);
    words[header + SIZE] = sizeWords | FREE;
    words[header + NEXT_FREE] = next;
    words[header + PREVIOUS_FREE_BLOCK] = 0;
    words[header + sizeWords - 1] = sizeWords;
    if (next !== 0) words[next + PREVIOUS_FREE_BLOCK] = header;
    words[heads + list] = header;
    words[listBits + (list >>> 5)] = get(listBits + (list >>> 5)) | (1 << list);
    words[levelBits] = get(levelBits) | (1 << (list >>> 5));
    const following = header + sizeWords;
    words[following] = get(following) | PREVIOUS_FREE;
  }

  function remove(header: number, sizeWords: number): void {
    const next = get(header + NEXT_FREE);
    const previous = get(header + PREVIOUS_FREE_BLOCK);
    if (next !== 0) words[next + PREVIOUS_FREE_BLOCK] = previous;
    if (previous !== 0) words[previous + NEXT_FREE] = next;
    else setHead(layout.listOf(sizeWords), next);
    const following = header + sizeWords;
    words[following] = get(following) & ~PREVIOUS_FREE;
  }

  function setHead(list: number, header: number): void {
    words[heads + list] = header;
    if (header !== 0) return;
    const level = list >>> 5;
    words[listBits + level] = get(listBits + level) & ~(1 << list);
    if (words[listBits + level] === 0) words[levelBits] = get(levelBits) & ~(1 << level);
  }

  function find(sizeWords: number): number {
    return findStraddling(sizeWords) || findLarger(layout.listAtLeast(sizeWords));
  }

  function findStraddling(sizeWords: number): number {
    let header = get(heads + layout.listOf(sizeWords));
    for (let looks = 0; header !== 0 && looks < STRADDLING_LOOKS; looks++) {
      if ((get(header + SIZE) & SIZE_MASK) >= sizeWords) return header;
      header = get(header + NEXT_FREE);
    }
    return 0;
  }

  function findLarger(list: number): number {
    let level = list >>> 5;
    let bits = get(listBits + level) & (-1 << list);
    if (bits === 0) {
      const levels = level === 31 ? 0 : get(levelBits) & (-2 << level);
      if (levels === 0) return 0;
      level = lowestBit(levels);
      bits = get(listBits + level);
    }
    return get(heads + (level << 5) + lowestBit(bits));
  }

  return { insert, remove, find };
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
