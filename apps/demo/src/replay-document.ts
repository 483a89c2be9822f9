// The result of a replay as one JSON document, `ouro/replay@1`: numbers raw, in bytes and
// nanoseconds; fields are only ever added. The schema is schema/replay-1.schema.json.

import type { TraceFacts } from "@ouro/trace";
import { isOk, type ReplayResult } from "./replay-result.js";

export function replayDocument(results: readonly ReplayResult[]): object {
  return { schema: "ouro/replay@1", results: results.map(resultObject) };
}

function resultObject(result: ReplayResult): object {
  return {
    file: result.file,
    kind: "allocation-trace",
    ok: isOk(result),
    name: result.traceName ?? null,
    allocator: result.allocator,
    verified: result.isVerified,
    partial: result.isPartial,
    checks: result.checks,
    mismatches: result.mismatches,
    figures: result.figures ?? null,
    recorded: result.facts === undefined ? null : recordedObject(result.facts),
    arenasAtPeak: (result.map?.arenas ?? []).map((arena) => ({
      arenaIndex: arena.arenaIndex,
      usedBytes: arena.usedBytes,
      // A pool that was never used is null.
      poolFill: arena.pools.map((fill) => fill ?? null),
    })),
    largeAtPeak: result.map?.large ?? null,
    error: result.failure ?? null,
  };
}

function recordedObject(facts: TraceFacts): object {
  const { pymalloc, glibcMalloc } = facts;
  return {
    pymalloc: {
      peakArenas: pymalloc.peakArenaCount,
      endArenas: pymalloc.endArenaCount,
      peakFootprintBytes: pymalloc.peakFootprintBytes,
      endFootprintBytes: pymalloc.endFootprintBytes,
      nsPerEvent: { min: pymalloc.nsPerEvent.min, median: pymalloc.nsPerEvent.median },
    },
    glibcMalloc: {
      peakFootprintBytes: glibcMalloc.peakFootprintBytes,
      endFootprintBytes: glibcMalloc.endFootprintBytes,
      nsPerEvent: { min: glibcMalloc.nsPerEvent.min, median: glibcMalloc.nsPerEvent.median },
    },
  };
}
