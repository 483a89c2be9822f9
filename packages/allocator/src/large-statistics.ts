// The large block allocator's figures. **Invariant:** used + free + overhead = lent, to the byte.

import {
  type AllocatorStatistics,
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Block,
} from "@ouro/interfaces";
import { MAP_SHIFT } from "./allocated-map.js";
import { walkExtent, walkExtents } from "./extent-walk.js";
import * as layout from "./large-layout.js";
import { countGarbage, garbageBits } from "./large-sweep.js";

/** O(blocks). */
export function largeStatistics(context: layout.LargeContext): AllocatorStatistics {
  const { words, state } = context;
  let freeWords = 0;
  walkExtents(context, (start, end) => {
    walkExtent(context, start, end, (_header, sizeWord) => {
      if ((sizeWord & layout.FREE) !== 0) freeWords += sizeWord & layout.SIZE_MASK;
    });
  });
  const garbage = countGarbage(context);
  freeWords += garbage.heldWords;
  const liveBlockCount = (words[state + layout.LIVE_COUNT] as number) - garbage.count;
  const heldBytes = ((words[state + layout.HELD_WORDS] as number) - garbage.heldWords) * 4;
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
  const { words, arenaTable, borrower } = context;
  for (let index = context.arenaCount - 1; index >= context.firstArenaIndex; index--) {
    if (words[arenaTable + index] !== borrower) continue;
    const block = highestIn(context, index * ARENA_SIZE_WORDS);
    if (block === 0) continue;
    const sizeWords = (words[block - layout.LARGE_HEADER_SIZE_WORDS] as number) & layout.SIZE_MASK;
    return { block, usableSizeBytes: (sizeWords - layout.LARGE_HEADER_SIZE_WORDS) * 4 };
  }
  return undefined;
}

function highestIn(context: layout.LargeContext, arena: number): Block {
  for (let block = arena + ARENA_SIZE_WORDS - 128; block >= arena; block -= 128) {
    const allocated = context.words[context.allocatedMap + (block >>> MAP_SHIFT)] as number;
    const bits = allocated & ~garbageBits(context, block);
    if (bits !== 0) return (block + (31 - Math.clz32(bits)) * 4) as Block;
  }
  return 0 as Block;
}
