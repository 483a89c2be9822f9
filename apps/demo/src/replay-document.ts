// The result of a replay as one JSON document, `ouro/replay@1`: numbers raw, in bytes and
// nanoseconds; fields are only ever added. The schema is schema/replay-1.schema.json.

import type { GraphStepReport, TraceFacts } from "@ouro/trace";
import {
  type GraphResult,
  isOk,
  type ProgramsResult,
  type ReplayResult,
  type TraceResult,
} from "./replay-result.js";

export function replayDocument(results: readonly ReplayResult[]): object {
  return { schema: "ouro/replay@1", results: results.map(resultObject) };
}

function resultObject(result: ReplayResult): object {
  return {
    file: result.file,
    kind: result.kind,
    ok: isOk(result),
    name: nameOf(result),
    ...partsOf(result),
    verified: result.isVerified,
    partial: result.isPartial,
    checks: result.checks,
    mismatches: result.mismatches,
    error: result.failure ?? null,
  };
}

function nameOf(result: ReplayResult): string | null {
  if (result.kind === "allocation-trace") return result.traceName ?? null;
  return result.kind === "heap-graph" ? (result.graphName ?? null) : null;
}

function partsOf(result: ReplayResult): object {
  if (result.kind === "heap-graph") return graphObject(result);
  if (result.kind === "mutator-programs") return programsObject(result);
  return traceObject(result);
}

function traceObject(result: TraceResult): object {
  return {
    allocator: result.allocator,
    figures: result.figures ?? null,
    recorded: result.facts === undefined ? null : recordedObject(result.facts),
    arenasAtPeak: (result.map?.arenas ?? []).map((arena) => ({
      arenaIndex: arena.arenaIndex,
      usedBytes: arena.usedBytes,
      // A pool that was never used is null.
      poolFill: arena.pools.map((fill) => fill ?? null),
    })),
    largeAtPeak: result.map?.large ?? null,
  };
}

function graphObject(result: GraphResult): object {
  const { plan } = result;
  return {
    preset: result.preset,
    promise: plan?.promise ?? null,
    objects: result.objectCount,
    references: result.referenceCount,
    plannedSteps: result.plannedStepCount,
    hasFacts: result.hasFacts,
    restored:
      plan === undefined
        ? null
        : {
            refcounts: plan.restoredRefcounts,
            comparedRefcounts: plan.comparedRefcountCount,
            generations: plan.restoredGenerations,
          },
    steps: (plan?.steps ?? []).map(stepObject),
    figures: result.life ?? null,
  };
}

function stepObject(step: GraphStepReport): object {
  return {
    step: step.stepIndex,
    kind: step.kind,
    generation: step.generation ?? null,
    exact: step.isExact,
    agrees: step.agrees,
    deaths: step.deathCount,
    recordedDeaths: step.recordedDeathCount,
    deathsInRecordedOrder: step.sameOrderCount,
    returned: step.returned ?? null,
    recordedReturned: step.recordedReturned ?? null,
    differences: {
      missingDeaths: step.missingDeaths,
      extraDeaths: step.extraDeaths,
      refcounts: step.refcounts,
      generations: step.generations,
    },
  };
}

function programsObject(result: ProgramsResult): object {
  return {
    preset: result.preset,
    promise: result.promise ?? null,
    plannedPrograms: result.programCount,
    programs: result.programs.map(
      ({ name, stepCount, leftOutStepCount, outcome, differences }) => ({
        name,
        steps: stepCount,
        leftOutSteps: leftOutStepCount,
        outcome,
        differences: differences.map(({ stepIndex, what, recorded, got }) => ({
          ...{ step: stepIndex, what, recorded, got },
        })),
      }),
    ),
    figures: result.life ?? null,
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
