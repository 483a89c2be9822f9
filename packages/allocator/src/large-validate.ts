// What must hold of the large block allocator, as executable documentation: blocks tile each
// extent, no two free ones are neighbours, and the lists hold exactly the free ones.

import { ARENA_SIZE_WORDS, HeapCorruptionError } from "@ouro/interfaces";
import { MAP_SHIFT, walkAllocatedMap } from "./allocated-map.js";
import { walkExtent, walkExtents } from "./extent-walk.js";
import * as layout from "./large-layout.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(blocks). */
export function validateLargeBlocks(context: layout.LargeContext): void {
  const { words, state } = context;
  const freeBlocks = new Map<number, number>();
  let lentCount = 0;
  let liveCount = 0;
  let heldWords = 0;
  walkExtents(context, (start, end) => {
    lentCount += end - start;
    const live = validateExtent(context, start, end, freeBlocks);
    liveCount += live.count;
    heldWords += live.words;
  });
  validateLists(context, freeBlocks);
  const counts: [offset: number, actual: number, what: string][] = [
    [layout.LENT_ARENA_COUNT, lentCount, "arenas are lent"],
    [layout.LIVE_COUNT, liveCount, "blocks live"],
    [layout.HELD_WORDS, heldWords, "words are held"],
  ];
  for (const [offset, actual, what] of counts) {
    expect(words[state + offset] === actual, "large blocks", state + offset, `${actual} ${what}`);
  }
}

function validateExtent(
  context: layout.LargeContext,
  start: number,
  end: number,
  freeBlocks: Map<number, number>,
): { count: number; words: number } {
  const { words } = context;
  const live = new Set<number>();
  let heldWords = 0;
  let isPreviousFree = false;
  const stop = walkExtent(context, start, end, (header, sizeWord) => {
    const sizeWords = sizeWord & layout.SIZE_MASK;
    const isFree = (sizeWord & layout.FREE) !== 0;
    const saysPreviousFree = (sizeWord & layout.PREVIOUS_FREE) !== 0;
    expect(saysPreviousFree === isPreviousFree, "block", header, "it is wrong on the one before");
    if (isFree) {
      expect(!isPreviousFree, "free block", header, "the one before is free and was not joined");
      expect(words[header + sizeWords - 1] === sizeWords, "free block", header, "its tag is wrong");
      freeBlocks.set(header, sizeWords);
    } else {
      const isMarked = words[header + layout.MARK] === layout.liveMark(header);
      expect(isMarked, "live block", header, "its header was overwritten");
      live.add(header + layout.LARGE_HEADER_SIZE_WORDS);
      heldWords += sizeWords;
    }
    isPreviousFree = isFree;
  });
  const sentinel = end * ARENA_SIZE_WORDS - layout.LARGE_HEADER_SIZE_WORDS;
  expect(stop === sentinel, "extent", stop, `its blocks do not end at ${sentinel}`);
  const expected = isPreviousFree ? layout.PREVIOUS_FREE : 0;
  expect(words[sentinel] === expected, "sentinel", sentinel, `its size word is not ${expected}`);
  validateMap(context, start, end, live);
  return { count: live.size, words: heldWords };
}

function validateMap(
  { words, allocatedMap }: layout.LargeContext,
  start: number,
  end: number,
  live: ReadonlySet<number>,
): void {
  let markedCount = 0;
  const first = start * ARENA_SIZE_WORDS;
  walkAllocatedMap(words, allocatedMap, first, end * ARENA_SIZE_WORDS, (block) => {
    const mapWord = allocatedMap + (block >>> MAP_SHIFT);
    expect(live.has(block), "allocated map", mapWord, `it marks ${block}, which is not live`);
    markedCount++;
  });
  expect(markedCount === live.size, "allocated map", first, `${live.size} blocks live here`);
}

function validateLists(
  context: layout.LargeContext,
  freeBlocks: ReadonlyMap<number, number>,
): void {
  const { words, state } = context;
  const linked = new Set<number>();
  for (let list = 0; list < layout.LEVEL_COUNT * layout.LISTS_PER_LEVEL; list++) {
    let previous = 0;
    let header = words[state + layout.LIST_HEADS + list] as number;
    const levelWord = words[state + layout.LIST_BITS + (list >>> 5)] as number;
    const isMarked = ((levelWord >>> (list & 31)) & 1) === 1;
    expect(isMarked === (header !== 0), "list bits", state, `list ${list} is marked wrongly`);
    while (header !== 0) {
      const sizeWords = freeBlocks.get(header);
      expect(sizeWords !== undefined, "free list", header, "it holds a block that is not free");
      expect(!linked.has(header), "free list", header, "a block is linked twice");
      expect(layout.listOf(sizeWords ?? 0) === list, "free list", header, "it is in a wrong list");
      const back = words[header + layout.PREVIOUS_FREE_BLOCK];
      expect(back === previous, "free block", header, "its back link is wrong");
      linked.add(header);
      previous = header;
      header = words[header + layout.NEXT_FREE] as number;
    }
  }
  expect(linked.size === freeBlocks.size, "free lists", state, "a free block is in no list");
  for (let level = 0; level < layout.LEVEL_COUNT; level++) {
    const isUsed = words[state + layout.LIST_BITS + level] !== 0;
    const isMarked = (((words[state + layout.LEVEL_BITS] as number) >>> level) & 1) === 1;
    expect(isUsed === isMarked, "level bits", state, `level ${level} is marked wrongly`);
  }
}

function expect(fact: boolean, structure: string, word: number, problem: string): void {
  if (!fact) throw new HeapCorruptionError({ structure, word, problem });
}
