// The large block allocator's figures. **Invariant:** used + free + overhead = lent, to the byte.

import {
  type AllocatorStatistics,
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Block,
} from "@ouro/interfaces";
import { highestAllocated } from "./allocated-map.js";
import { walkExtent, walkExtents } from "./extent-walk.js";
import * as layout from "./large-layout.js";

/** O(blocks). */
export function largeStatistics(context: layout.LargeContext): AllocatorStatistics {
  const { words, state } = context;
  let freeWords = 0;
  walkExtents(context, (start, end) => {
    walkExtent(context, start, end, (_header, sizeWord) => {
      if ((sizeWord & layout.FREE) !== 0) freeWords += sizeWord & layout.SIZE_MASK;
    });
  });
  const liveBlockCount = words[state + layout.LIVE_COUNT] as number;
  const heldBytes = (words[state + layout.HELD_WORDS] as number) * 4;
  const lentArenaCount = words[state + layout.LENT_ARENA_COUNT] as number;
  const lentBytes = lentArenaCount * ARENA_SIZE_BYTES;
  const usedBytes = heldBytes - liveBlockCount * layout.LARGE_HEADER_SIZE_BYTES;
  const freeBytes = freeWords * 4;
  return {
    name: context.name,
    liveBlockCount,
    usedBytes,
    freeBytes,
    overheadBytes: lentBytes - usedBytes - freeBytes,
    lentArenaCount,
    lentBytes,
    topBlock: topBlock(context),
  };
}

function topBlock(context: layout.LargeContext): AllocatorStatistics["topBlock"] {
  const { words, allocatedMap, arenaTable, borrower } = context;
  for (let index = context.arenaCount - 1; index >= context.firstArenaIndex; index--) {
    if (words[arenaTable + index] !== borrower) continue;
    const start = index * ARENA_SIZE_WORDS;
    const block = highestAllocated(words, allocatedMap, start, start + ARENA_SIZE_WORDS);
    if (block === 0) continue;
    const sizeWords = (words[block - layout.LARGE_HEADER_SIZE_WORDS] as number) & layout.SIZE_MASK;
    return {
      block: block as Block,
      usableSizeBytes: (sizeWords - layout.LARGE_HEADER_SIZE_WORDS) * 4,
    };
  }
  return undefined;
}
