// The questions that a replay answers yes or no. A "no" is a mismatch with what was expected.
//
// Footer figures, block contents and the return of all memory are asked of every composition. The
// recorded figures of CPython are asked of compositions with a pool allocator, which promise its
// arrangement; for others they are printed beside, as a comparison.

import { ARENA_SIZE_BYTES } from "@ouro/interfaces";
import type { ReplayFigures, TraceFacts, TraceFooter } from "@ouro/trace";
import type { ClassUse } from "./fill-map.js";
import type { Figures, Mismatch } from "./replay-result.js";

/** Everything lent may be this much of the footprint, and one arena more. */
const LENT_FACTOR = 1.1;
const KEPT_ARENAS_MOST = 1;

export interface Checklist {
  readonly names: readonly string[];
  readonly mismatches: readonly Mismatch[];
  equal(where: string, actual: number, expected: number): void;
  atMost(where: string, actual: number, limit: number): void;
  /** Notes that a group of checks was made. */
  begin(name: string): void;
  add(mismatch: Mismatch): void;
}

export function createChecklist(): Checklist {
  const names: string[] = [];
  const mismatches: Mismatch[] = [];
  return {
    names,
    mismatches,
    equal(where, actual, expected) {
      if (actual !== expected) mismatches.push({ where, expected, actual });
    },
    atMost(where, actual, limit) {
      if (actual > limit) mismatches.push({ where, expected: `at most ${limit}`, actual });
    },
    begin: (name) => void names.push(name),
    add: (mismatch) => void mismatches.push(mismatch),
  };
}

/** What the replay itself saw against what the trace's footer states. */
export function checkFooter(list: Checklist, seen: ReplayFigures, footer: TraceFooter): void {
  list.begin("footer figures");
  list.equal("footer: events", seen.eventCount, footer.eventCount);
  list.equal("footer: peak live bytes", seen.peakLiveBytes, footer.peakLiveBytes);
  list.equal(
    "footer: event of the peak",
    seen.peakLiveBytesEventIndex,
    footer.peakLiveBytesEventIndex,
  );
  list.equal("footer: live blocks at the end", seen.liveBlockCount, footer.endLiveBlockCount);
  list.equal("footer: live bytes at the end", seen.liveBytes, footer.endLiveBytes);
}

/** What every composition owes its heap; a region may hold dead blocks until nothing lives. */
export function checkMemory(
  list: Checklist,
  figures: Figures,
  liveAfterFreeAll: number,
  isRegion: boolean,
): void {
  list.begin("memory lent and given back");
  const lentLimit = Math.floor(LENT_FACTOR * figures.peakFootprintBytes) + ARENA_SIZE_BYTES;
  if (!isRegion) list.atMost("peak bytes lent from the heap", figures.peakLentBytes, lentLimit);
  list.equal("live blocks after freeing all", liveAfterFreeAll, 0);
  if (figures.arenasAfterFreeAll !== null) {
    // A region keeps one of its own, beside the pools'.
    const keptMost = isRegion ? 2 * KEPT_ARENAS_MOST : KEPT_ARENAS_MOST;
    list.atMost("arenas kept after freeing all", figures.arenasAfterFreeAll, keptMost);
  }
}

/** The patterns in the blocks; the replayer keeps the first findings and counts the rest. */
export function checkContents(list: Checklist, seen: ReplayFigures): void {
  for (const mismatch of seen.mismatches) list.add(mismatch);
  if (seen.mismatchCount > seen.mismatches.length) {
    list.equal("block contents: findings in all", seen.mismatchCount, 0);
  }
}

/** The recorded figures of CPython's pymalloc. */
export function checkFacts(
  list: Checklist,
  figures: Figures,
  facts: TraceFacts,
  footer: TraceFooter,
): void {
  const { pymalloc } = facts;
  list.begin("recorded CPython figures");
  list.equal("facts: events", footer.eventCount, facts.eventCount);
  list.equal("facts: peak live bytes", figures.peakLiveBytes, facts.peakLiveBytes);
  checkClasses(
    list,
    figures.blocksPerClassAtPeak,
    new Map(pymalloc.atPeakLive.classes.map((row) => [row.blockSizeBytes, row.usedBlockCount])),
  );
  list.atMost("facts: peak arenas", figures.peakArenas, pymalloc.peakArenaCount);
  list.atMost("facts: end arenas", figures.endArenas, pymalloc.endArenaCount);
  list.atMost("facts: peak footprint", figures.peakFootprintBytes, pymalloc.peakFootprintBytes);
}

function checkClasses(
  list: Checklist,
  classes: readonly ClassUse[],
  recorded: ReadonlyMap<number, number>,
): void {
  const own = new Map(classes.map((row) => [row.blockSizeBytes, row.blockCount]));
  const sizes = [...new Set([...own.keys(), ...recorded.keys()])].sort((a, b) => a - b);
  for (const blockSizeBytes of sizes) {
    const where = `facts: blocks of ${blockSizeBytes} bytes in use at the peak`;
    list.equal(where, own.get(blockSizeBytes) ?? 0, recorded.get(blockSizeBytes) ?? 0);
  }
}
