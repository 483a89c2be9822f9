// The pool allocator's figures in the layout of CPython's `sys._debugmallocstats()`, so that the
// two can be laid side by side. Every total can be recomputed from the class table. The arena map
// of CPython (a radix tree) has no counterpart here: the arena table is one word an arena.

import { ARENA_SIZE_BYTES, POOL_SIZE_BYTES, type PoolStatistics } from "@ouro/interfaces";

const LABEL_WIDTH = 35;
const FIGURE_WIDTH = 21;

/** The text, with a newline at its end. */
export function formatMallocStats(statistics: PoolStatistics): string {
  const lines = [
    `Small block threshold = 512, in ${statistics.classes.length} size classes.`,
    "",
    "class   size   num pools   blocks in use  avail blocks",
    "-----   ----   ---------   -------------  ------------",
  ];
  statistics.classes.forEach((row, sizeClass) => {
    if (row.poolCount === 0) return;
    lines.push(
      pad(sizeClass, 5) +
        pad(row.blockSizeBytes, 7) +
        pad(row.poolCount, 12) +
        pad(row.usedBlockCount, 16) +
        pad(row.availableBlockCount, 14),
    );
  });
  const { arenas } = statistics;
  lines.push(
    "",
    figure("# arenas allocated total", arenas.reservedTotalCount),
    figure("# arenas reclaimed", arenas.releasedTotalCount),
    figure("# arenas highwater mark", arenas.highWaterCount),
    figure("# arenas allocated current", arenas.currentCount),
    figure(`${arenas.currentCount} arenas * ${ARENA_SIZE_BYTES} bytes/arena`, statistics.lentBytes),
    "",
    ...byteLines(statistics),
  );
  return `${lines.join("\n")}\n`;
}

function byteLines(statistics: PoolStatistics): string[] {
  const { classes, freePoolCount } = statistics;
  let available = 0;
  let quantization = 0;
  for (const row of classes) {
    const blocks = row.usedBlockCount + row.availableBlockCount;
    available += row.availableBlockCount * row.blockSizeBytes;
    quantization += row.poolCount * POOL_SIZE_BYTES - blocks * row.blockSizeBytes;
  }
  const unused = freePoolCount * POOL_SIZE_BYTES;
  const total = statistics.usedBytes + available + unused + quantization;
  return [
    figure("# bytes in allocated blocks", statistics.usedBytes),
    figure("# bytes in available blocks", available),
    figure(`${freePoolCount} unused pools * ${POOL_SIZE_BYTES} bytes`, unused),
    // Pool records stand outside the arenas: nothing of a pool is lost to them.
    figure("# bytes lost to pool headers", 0),
    figure("# bytes lost to quantization", quantization),
    // Arenas of a private heap are aligned to their size: nothing is lost.
    figure("# bytes lost to arena alignment", 0),
    figure("Total", total),
  ];
}

function pad(number: number, width: number): string {
  return String(number).padStart(width);
}

function figure(label: string, value: number): string {
  const grouped = String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${label.padEnd(LABEL_WIDTH)}=${grouped.padStart(FIGURE_WIDTH)}`;
}
