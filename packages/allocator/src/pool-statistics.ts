// The pool allocator's figures, counted from its pools when asked: the hot path keeps only what it
// needs itself. **Invariant:** used + free + overhead = lent, to the byte.

import {
  ARENA_SIZE_BYTES,
  type Block,
  POOL_SIZE_BYTES,
  type PoolStatistics,
  SIZE_CLASS_COUNT,
  type SizeClassStatistics,
} from "@ouro/interfaces";
import * as layout from "./pool-layout.js";
import { firstMapWord, liveBits } from "./pool-sweep.js";

/** Told a pool's first word, its size class, and how many of its blocks live and fit. */
export type PoolVisitor = (
  pool: number,
  sizeClass: number,
  usedCount: number,
  blockCount: number,
) => void;

/** O(pools). */
export function poolStatistics(
  context: layout.PoolContext,
  walkPools: (visit: PoolVisitor) => void,
): PoolStatistics {
  const { words, state } = context;
  const classes = emptyClasses();
  let carvedPoolCount = 0;
  let usedPoolCount = 0;
  let liveBlockCount = 0;
  let usedBytes = 0;
  let availableBytes = 0;
  walkPools((_pool, sizeClass, usedCount, blockCount) => {
    carvedPoolCount++;
    const row = classes[sizeClass];
    if (usedCount === 0 || row === undefined) return;
    const availableCount = blockCount - usedCount;
    usedPoolCount++;
    liveBlockCount += usedCount;
    usedBytes += usedCount * row.blockSizeBytes;
    availableBytes += availableCount * row.blockSizeBytes;
    row.poolCount++;
    row.usedBlockCount += usedCount;
    row.availableBlockCount += availableCount;
  });
  const lentArenaCount = words[state + layout.CURRENT_ARENA_COUNT] as number;
  const poolCount = lentArenaCount * layout.POOLS_PER_ARENA;
  const freePoolCount = poolCount - usedPoolCount;
  const freeBytes = availableBytes + freePoolCount * POOL_SIZE_BYTES;
  const lentBytes = lentArenaCount * ARENA_SIZE_BYTES;
  return {
    name: context.name,
    liveBlockCount,
    usedBytes,
    freeBytes,
    overheadBytes: lentBytes - usedBytes - freeBytes,
    lentArenaCount,
    lentBytes,
    topBlock: topBlock(context),
    classes,
    arenas: {
      reservedTotalCount: words[state + layout.RESERVED_ARENA_TOTAL] as number,
      releasedTotalCount: words[state + layout.RELEASED_ARENA_TOTAL] as number,
      highWaterCount: words[state + layout.HIGH_WATER_ARENA_COUNT] as number,
      currentCount: lentArenaCount,
    },
    poolsPerArena: layout.POOLS_PER_ARENA,
    freePoolCount,
    neverUsedPoolCount: poolCount - carvedPoolCount,
  };
}

type SizeClassRow = { -readonly [Key in keyof SizeClassStatistics]: SizeClassStatistics[Key] };

/** A loop: triggers ask for the figures behind each collection, however small the heap is. */
function emptyClasses(): SizeClassRow[] {
  const classes: SizeClassRow[] = [];
  for (let sizeClass = 0; sizeClass < SIZE_CLASS_COUNT; sizeClass++) {
    const blockSizeBytes = layout.blockSizeBytes(sizeClass);
    classes.push({ blockSizeBytes, poolCount: 0, usedBlockCount: 0, availableBlockCount: 0 });
  }
  return classes;
}

function topBlock(context: layout.PoolContext): PoolStatistics["topBlock"] {
  const { words, arenaTable, borrower } = context;
  for (let index = context.arenaCount - 1; index >= context.firstArenaIndex; index--) {
    if (words[arenaTable + index] !== borrower) continue;
    const first = layout.firstPoolRecord(context, index);
    const end = words[layout.arenaRecord(context, index) + layout.NEXT_POOL_CARVE] as number;
    for (let pool = end - 8; pool >= first; pool -= 8) {
      if (words[pool + layout.USED_COUNT] === 0) continue;
      const block = highestIn(context, pool);
      const sizeClass = words[pool + layout.SIZE_CLASS] as number;
      if (block !== 0) return { block, usableSizeBytes: layout.blockSizeBytes(sizeClass) };
    }
  }
  return undefined;
}

function highestIn(context: layout.PoolContext, pool: number): Block {
  const map = firstMapWord(context, pool);
  for (let index = 31; index >= 0; index--) {
    const bits = liveBits(context, pool, map + index);
    const start = (context.words[pool + layout.POOL] as number) + index * 128;
    if (bits !== 0) return (start + (31 - Math.clz32(bits)) * 4) as Block;
  }
  return 0 as Block;
}
