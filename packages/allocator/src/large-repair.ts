// When something wrote over a free block or a header, neither lists nor sizes can be followed. The
// allocated map lies elsewhere and says where live blocks begin; from it all else is made anew, and
// the error is told once: that call is refused, the next one finds a sound heap.
//
//   │ live │ free │ live │      a size is believed if the tag before the next live block agrees;
//                 ▲ tag         else the block takes all up to that block

import { ARENA_SIZE_WORDS, HeapCorruptionError } from "@ouro/interfaces";
import { walkAllocatedMap } from "./allocated-map.js";
import { walkExtents } from "./extent-walk.js";
import type { FreeBlockLists } from "./free-block-lists.js";
import * as layout from "./large-layout.js";

/** Makes headers and lists anew. O(memory lent). */
export function repairLargeBlocks(context: layout.LargeContext, lists: FreeBlockLists): void {
  const { words, state, allocatedMap } = context;
  const HEADER = layout.LARGE_HEADER_SIZE_WORDS;
  let heldWords = 0;
  /** The live block before, 0 at the start of an extent, and where it ends. */
  let live = 0;
  let end = 0;

  /** What lies before a live block, or before the sentinel, is known now. */
  function settle(next: number): void {
    if (live !== 0) {
      end = isBelievable(words, live, next) ? end : next;
      words[live] = (end - live) | ((words[live] as number) & layout.PREVIOUS_FREE);
      words[live + layout.MARK] = layout.liveMark(live);
      heldWords += end - live;
    }
    words[next] = (words[next] as number) & ~layout.PREVIOUS_FREE;
    if (end < next) lists.insert(end, next - end);
    live = next;
    end = next + ((words[next] as number) & layout.SIZE_MASK);
  }

  words.fill(0, state + layout.LEVEL_BITS, state + layout.HELD_WORDS);
  walkExtents(context, (startArenaIndex, endArenaIndex) => {
    const start = startArenaIndex * ARENA_SIZE_WORDS;
    const behind = endArenaIndex * ARENA_SIZE_WORDS;
    live = 0;
    end = start + HEADER;
    walkAllocatedMap(words, allocatedMap, start, behind, (block) => settle(block - HEADER));
    words[behind - HEADER + layout.SIZE] = 0;
    words[behind - HEADER + layout.MARK] = layout.liveMark(behind - HEADER);
    settle(behind - HEADER);
  });
  words[state + layout.HELD_WORDS] = heldWords;
}

/** Whether a live block's size leads to the next one, or to a free block before it. */
function isBelievable(words: Int32Array, header: number, next: number): boolean {
  if (words[header + layout.MARK] !== layout.liveMark(header)) return false;
  const freeWords = next - header - ((words[header] as number) & layout.SIZE_MASK);
  return freeWords === 0 || (freeWords > 0 && words[next - 1] === freeWords);
}

export const REPAIRED = "this call did nothing; headers are made anew";

/** Refuses a call for a header that was overwritten. */
export function refuseHeader(word: number, remedy?: typeof REPAIRED): never {
  throw new HeapCorruptionError({
    structure: "large block",
    word,
    problem: "its header was overwritten, probably by a write past the block before",
    remedy,
  });
}
