// The fill map: what each pool of each arena held at one moment, one character a pool.
//
//   arena 0  ████████▓▓▓▒▒░░____················   62 %
//
// Taken from outside, with nothing but the allocator's walk and the list of pools that were ever
// used, so it also is a second opinion on the allocator's own statistics.

import {
  type Allocator,
  ARENA_SHIFT,
  ARENA_SIZE_BYTES,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import type { ClassUse } from "./facts.js";
import { formatBytes, formatNoun } from "./format.js";
import type { Look } from "./look.js";

const POOLS_PER_ARENA = ARENA_SIZE_BYTES / POOL_SIZE_BYTES;

export interface PoolFill {
  /** Bytes of live blocks. */
  readonly usedBytes: number;
  /** Room for another block of the pool's size class is left. */
  readonly hasRoom: boolean;
  /** False as long as no block of it was ever given. */
  readonly isTouched: boolean;
}

export interface ArenaFill {
  readonly arenaIndex: number;
  readonly pools: readonly PoolFill[];
}

export interface FillMap {
  readonly arenas: readonly ArenaFill[];
  readonly classes: readonly ClassUse[];
  /** Blocks outside the pools; their bytes with headers. */
  readonly large: {
    readonly arenaCount: number;
    readonly blockCount: number;
    readonly bytes: number;
  };
}

/** What of a pool a block cannot use: CPython's pool header. */
const POOL_HEADER_BYTES = 48;

/**
 * The map of the pools of `small` in `arenaIndexes`, ascending. `isTouched` tells whether a block of
 * a pool (an index over the whole memory) was given since its arena was reserved. O(live blocks).
 */
export function takeFillMap(options: {
  small: Allocator | undefined;
  arenaIndexes: readonly number[];
  isTouched: (poolIndex: number) => boolean;
  large: FillMap["large"];
}): FillMap {
  const blockCounts = new Map<number, number>();
  const blockSizes = new Map<number, number>();
  options.small?.walk((block, usableSizeBytes) => {
    const poolIndex = Math.floor(block / POOL_SIZE_WORDS);
    blockCounts.set(poolIndex, (blockCounts.get(poolIndex) ?? 0) + 1);
    blockSizes.set(poolIndex, usableSizeBytes);
  });
  const poolOf = (poolIndex: number): PoolFill => {
    const blockSizeBytes = blockSizes.get(poolIndex) ?? 0;
    const usedBytes = (blockCounts.get(poolIndex) ?? 0) * blockSizeBytes;
    return {
      usedBytes,
      hasRoom: usedBytes + blockSizeBytes + POOL_HEADER_BYTES <= POOL_SIZE_BYTES,
      isTouched: options.isTouched(poolIndex),
    };
  };
  const arenas = options.arenaIndexes.map((arenaIndex) => ({
    arenaIndex,
    pools: Array.from({ length: POOLS_PER_ARENA }, (_, i) => poolOf(arenaIndex * POOLS_PER_ARENA + i)),
  }));
  return { arenas, classes: classesIn(blockCounts, blockSizes), large: options.large };
}

function classesIn(
  blockCounts: ReadonlyMap<number, number>,
  blockSizes: ReadonlyMap<number, number>,
): ClassUse[] {
  const bySize = new Map<number, { poolCount: number; blockCount: number }>();
  for (const [poolIndex, blockCount] of blockCounts) {
    const blockSizeBytes = blockSizes.get(poolIndex) ?? 0;
    const row = bySize.get(blockSizeBytes) ?? { poolCount: 0, blockCount: 0 };
    bySize.set(blockSizeBytes, {
      poolCount: row.poolCount + 1,
      blockCount: row.blockCount + blockCount,
    });
  }
  return [...bySize]
    .map(([blockSizeBytes, row]) => ({ blockSizeBytes, ...row }))
    .sort((left, right) => left.blockSizeBytes - right.blockSizeBytes);
}

/** The arena that a word lies in. */
export function arenaIndexOf(word: number): number {
  return word >>> ARENA_SHIFT;
}

const ARENA_LIMIT = 32;

/** The map as lines of text, at most `look.width` columns wide. */
export function renderFillMap(map: FillMap, look: Look, indent = "  "): string[] {
  const lines: string[] = [];
  const numberWidth = String(map.arenas.at(-1)?.arenaIndex ?? 0).length;
  const margin = indent.length + numberWidth + " ".length + " 100 %".length;
  const poolsPerLine = [64, 32, 16].find((count) => margin + count <= look.width) ?? 16;
  for (const arena of map.arenas.slice(0, ARENA_LIMIT)) {
    const glyphs = arena.pools.map((pool) => poolGlyph(pool, look));
    for (let first = 0; first < glyphs.length; first += poolsPerLine) {
      const label = first === 0 ? String(arena.arenaIndex) : "";
      const percent = first === 0 ? fillPercent(arena) : "";
      const pools = glyphs.slice(first, first + poolsPerLine).join("");
      lines.push(`${indent}${label.padStart(numberWidth)} ${pools}${percent}`);
    }
  }
  const hiddenCount = map.arenas.length - ARENA_LIMIT;
  if (hiddenCount > 0) lines.push(`${indent}and ${formatNoun(hiddenCount, "more pool arena")}`);
  const { large } = map;
  if (large.blockCount > 0 || map.arenas.length === 0) {
    const where = large.arenaCount === 0 ? "" : ` in ${formatNoun(large.arenaCount, "arena")}`;
    lines.push(
      `${indent}${" ".repeat(numberWidth)} large: ` +
        `${formatNoun(large.blockCount, "block")}, ${formatBytes(large.bytes)}${where}`,
    );
  }
  return lines;
}

function fillPercent(arena: ArenaFill): string {
  const usedBytes = arena.pools.reduce((sum, pool) => sum + pool.usedBytes, 0);
  return `${Math.round((usedBytes / ARENA_SIZE_BYTES) * 100)}`.padStart(4) + " %";
}

function poolGlyph(pool: PoolFill, look: Look): string {
  const { glyphs, paint } = look;
  if (pool.usedBytes === 0) return paint.dim(pool.isTouched ? glyphs.empty : glyphs.untouched);
  if (!pool.hasRoom) return paint.green(glyphs.full);
  const step = Math.min(2, Math.floor((1 - pool.usedBytes / POOL_SIZE_BYTES) * 3));
  return paint.yellow(glyphs.parts[step] ?? glyphs.parts[2]);
}

/** What the characters mean, in one line of at most 60 columns. */
export function fillMapLegend(look: Look): string {
  const { full, parts, empty, untouched } = look.glyphs;
  return `${full} full  ${parts[0]}${parts[1]}${parts[2]} partly  ${empty} empty  ${untouched} never used`;
}
