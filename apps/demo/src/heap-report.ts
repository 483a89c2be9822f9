// What a heap holds, for people and as a document.

import { ARENA_SIZE_BYTES, POOL_SIZE_BYTES } from "@ouro/interfaces";
import { type ClassUse, fillMapLegend, renderFillMap } from "./fill-map.js";
import { formatBytes, formatCount, formatNoun, formatTableWithin, wrapText } from "./format.js";
import type { HeapFinding, PinnedArena, PinningBlock } from "./heap-finding.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { Look } from "./look.js";
import { heapDocument } from "./why-report.js";

/** Arenas of which it is said who pins them. */
const PINNED_LINES = 3;
/** Steps of a way that are shown, from its end. */
const WAY_STEPS = 4;

export interface HeapReportOptions {
  readonly preset: string;
  readonly stepCount: number;
  /** Rows of each table. */
  readonly rowCount: number;
}

export function heapLines(
  finding: HeapFinding,
  { preset, stepCount, rowCount }: HeapReportOptions,
  look: Look,
): string[] {
  const { heap, types, map, pinned } = finding;
  const { glyphs, paint, width } = look;
  const { objects, references, bytes } = heapDocument(heap);
  const title = [
    heap.name,
    formatNoun(objects, "object"),
    formatNoun(references, "reference"),
    formatBytes(bytes),
  ].join(` ${glyphs.dot} `);
  const later = stepCount === 0 ? "" : `, after ${formatNoun(stepCount, "step")} of its plan`;
  const where = `On ${preset}${later}: ${formatNoun(map.arenas.length, "arena")} with pools`;
  return [
    ...wrapText(title, width).map((line) => paint.bold(line)),
    "",
    ...typeLines(finding, rowCount, look),
    ...(types.length > rowCount
      ? [paint.dim(`  and ${formatNoun(types.length - rowCount, "more type")} (--top N)`)]
      : []),
    ...garbageLines(finding, look),
    "",
    ...wrapText(where, width),
    ...renderFillMap(map, look),
    `  ${fillMapLegend(look)}`,
    ...largeLines(finding, look),
    "",
    ...classLines(map.classes, look),
    "",
    ...pinnedLines(heap, pinned, look),
  ];
}

function typeLines({ types }: HeapFinding, rowCount: number, look: Look): string[] {
  const nameWidth = Math.max(12, look.width - 44);
  const rows = types
    .slice(0, rowCount)
    .map(({ typeName, count, bytes, retainedBytes }) => [
      `  ${cutName(typeName, nameWidth)}`,
      formatCount(count),
      formatBytes(bytes),
      formatBytes(retainedBytes),
    ]);
  const heading = ["  type", "objects", "bytes", "retained"];
  return formatTableWithin(look.width, [heading, ...rows], 3);
}

/** A name that fits; what is left out is marked. */
export function cutName(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}~` : name;
}

function garbageLines({ garbageCount, garbageBytes }: HeapFinding, { width }: Look): string[] {
  if (garbageCount === 0) return [];
  const text = `${formatNoun(garbageCount, "object")}, ${formatBytes(garbageBytes)}`;
  return wrapText(`No root reaches ${text}: garbage in cycles (ouro cycles).`, width, "  ");
}

function largeLines({ largeCount, largeArenaCount }: HeapFinding, { width }: Look): string[] {
  if (largeCount === 0) return [];
  const where = `in ${formatNoun(largeArenaCount, "arena")} of large blocks`;
  return wrapText(`${formatNoun(largeCount, "object")} more ${where}`, width, "  ");
}

function classLines(classes: readonly ClassUse[], look: Look): string[] {
  const rows = classes.map(({ blockSizeBytes, poolCount, blockCount }) => {
    const room = poolCount * Math.floor(POOL_SIZE_BYTES / blockSizeBytes);
    return [
      `  ${String(blockSizeBytes).padStart(3)} B`,
      formatCount(poolCount),
      formatCount(blockCount),
      formatCount(room - blockCount),
      `${((blockCount / room) * 100).toFixed(1)} %`,
    ];
  });
  return formatTableWithin(look.width, [["  class", "pools", "used", "free", "fill"], ...rows], 5);
}

function pinnedLines(heap: InspectedHeap, pinned: readonly PinnedArena[], look: Look): string[] {
  const { width } = look;
  if (pinned.length === 0) return wrapText("No arena is pinned by a few blocks alone.", width);
  return pinned.slice(0, PINNED_LINES).flatMap(({ arenaIndex, usedBytes, blocks }) => {
    const share = ((usedBytes / ARENA_SIZE_BYTES) * 100).toFixed(1);
    const head = `Arena ${arenaIndex}, ${share} % used, is pinned by`;
    return [
      ...wrapText(`${head} ${formatNoun(blocks.length, "block")}:`, width),
      ...blocks.flatMap((block) => blockLines(heap, block, look)),
    ];
  });
}

function blockLines({ snapshot }: InspectedHeap, block: PinningBlock, look: Look): string[] {
  const { arrow, dot } = look.glyphs;
  const name = `${snapshot.describe(block.object)} (${formatBytes(block.sizeBytes)})`;
  if (block.way === undefined) return wrapText(`${name} ${dot} garbage`, look.width, "  ");
  const shown = block.way.slice(-WAY_STEPS);
  const more = shown.length < block.way.length ? ["…"] : [];
  const steps = shown.map(({ slotName, object }, index) => {
    const isLast = index === shown.length - 1;
    return isLast ? slotName : `${slotName} ${arrow} ${snapshot.describe(object)}`;
  });
  const ellipsis = look.isUnicode ? more : more.map(() => "...");
  const text = `${name} ${dot} alive by ${[...ellipsis, ...steps].join(" ")}`;
  return wrapText(text, look.width, "  ");
}

/** What `ouro heap --json` prints: every type, every arena. */
export function heapReportDocument(finding: HeapFinding, { preset, stepCount }: HeapReportOptions) {
  const { heap, types, garbageCount, garbageBytes, map, pinned } = finding;
  return {
    schema: "ouro/heap@1",
    heap: heapDocument(heap),
    preset,
    steps: stepCount,
    types: types.map(({ typeName, count, bytes, retainedBytes }) => ({
      type: typeName,
      objects: count,
      bytes,
      retainedBytes,
    })),
    garbage: { objects: garbageCount, bytes: garbageBytes },
    arenas: map.arenas.map(({ arenaIndex, pools, usedBytes }) => ({
      arena: arenaIndex,
      usedBytes,
      pools: pools.map((share) => share ?? null),
    })),
    classes: map.classes.map(({ blockSizeBytes, poolCount, blockCount }) => ({
      blockBytes: blockSizeBytes,
      pools: poolCount,
      used: blockCount,
      free: poolCount * Math.floor(POOL_SIZE_BYTES / blockSizeBytes) - blockCount,
    })),
    largeObjects: finding.largeCount,
    pinned: pinned.map(({ arenaIndex, usedBytes, blocks }) => ({
      arena: arenaIndex,
      usedBytes,
      blocks: blocks.map(({ object, sizeBytes, way }) => ({
        number: heap.numberOf(object),
        type: heap.snapshot.typeNameOf(object),
        bytes: sizeBytes,
        path:
          way?.map((step) => ({
            number: heap.numberOf(step.object),
            type: heap.snapshot.typeNameOf(step.object),
            via: step.slotName,
          })) ?? null,
      })),
    })),
  };
}
