// The fill map: what each pool of each arena held at one moment, one character a pool.
//
//   arena 0  ████████▓▓▓▒▒░░____················   62 %
//
// Only an allocator that has pools has such a map; of the others the totals are shown.

import {
  type Allocator,
  ARENA_SIZE_BYTES,
  GRANULE_SIZE_BYTES,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
} from "@ouro/interfaces";
import { formatBytes, formatNoun, wrapText } from "./format.js";
import type { Look } from "./look.js";

const POOLS_PER_ARENA = ARENA_SIZE_BYTES / POOL_SIZE_BYTES;

/** An allocator that can show its pools. */
interface Pooled {
  walkPools(
    visit: (pool: number, sizeClass: number, usedCount: number, blockCount: number) => void,
  ): void;
}

/** Share of a pool's blocks in use, 0 to 1; undefined when the pool was never used. */
export type PoolFill = number | undefined;

export interface ArenaFill {
  readonly arenaIndex: number;
  readonly pools: readonly PoolFill[];
  /** Bytes of live blocks. */
  readonly usedBytes: number;
}

/** One size class at one moment. */
export interface ClassUse {
  readonly blockSizeBytes: number;
  readonly poolCount: number;
  readonly blockCount: number;
}

export interface LargeUse {
  readonly arenaCount: number;
  readonly blockCount: number;
  /** Usable bytes of the blocks and 8 bytes of header for each. */
  readonly bytes: number;
}

export interface FillMap {
  readonly arenas: readonly ArenaFill[];
  /** Size classes with blocks in use, smallest first. */
  readonly classes: readonly ClassUse[];
  /** What the allocator of large blocks holds. */
  readonly large: LargeUse;
}

/** The map of the pools of `small` in its arenas, ascending by index. O(pools). */
export function takeFillMap(
  small: Allocator | undefined,
  arenaIndexes: readonly number[],
  large: LargeUse,
): FillMap {
  const fills = new Map<number, { share: number; usedBytes: number }>();
  const classes = new Map<number, { poolCount: number; blockCount: number }>();
  if (small !== undefined && "walkPools" in small) {
    (small as Allocator & Pooled).walkPools((pool, sizeClass, usedCount, blockCount) => {
      const blockSizeBytes = (sizeClass + 1) * GRANULE_SIZE_BYTES;
      const usedBytes = usedCount * blockSizeBytes;
      fills.set(Math.floor(pool / POOL_SIZE_WORDS), { share: usedCount / blockCount, usedBytes });
      if (usedCount === 0) return;
      const use = classes.get(blockSizeBytes) ?? { poolCount: 0, blockCount: 0 };
      use.poolCount += 1;
      use.blockCount += usedCount;
      classes.set(blockSizeBytes, use);
    });
  }
  const arenas = arenaIndexes.map((arenaIndex) => {
    const first = arenaIndex * POOLS_PER_ARENA;
    const pools = Array.from({ length: POOLS_PER_ARENA }, (_, i) => fills.get(first + i));
    const usedBytes = pools.reduce((sum, pool) => sum + (pool?.usedBytes ?? 0), 0);
    return { arenaIndex, pools: pools.map((pool) => pool?.share), usedBytes };
  });
  const rows = [...classes].map(([blockSizeBytes, use]) => ({ blockSizeBytes, ...use }));
  rows.sort((left, right) => left.blockSizeBytes - right.blockSizeBytes);
  return { arenas, classes: rows, large };
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
    const blocks = formatNoun(large.blockCount, "block");
    const text = `large: ${blocks}, ${formatBytes(large.bytes)}${where}`;
    lines.push(...wrapText(text, look.width, `${indent}${" ".repeat(numberWidth)} `));
  }
  return lines;
}

function fillPercent(arena: ArenaFill): string {
  const percent = Math.round((arena.usedBytes / ARENA_SIZE_BYTES) * 100);
  return `${String(percent).padStart(4)} %`;
}

function poolGlyph(fill: PoolFill, look: Look): string {
  const { glyphs, paint } = look;
  if (fill === undefined) return paint.dim(glyphs.untouched);
  if (fill === 0) return paint.dim(glyphs.empty);
  if (fill === 1) return paint.green(glyphs.full);
  return paint.yellow(glyphs.parts[Math.min(2, Math.floor((1 - fill) * 3))] ?? "");
}

/** What the characters mean, in one line of at most 60 columns. */
export function fillMapLegend(look: Look): string {
  const { full, parts, empty, untouched } = look.glyphs;
  return `${full} full  ${parts.join("")} partly  ${empty} empty  ${untouched} never used`;
}
