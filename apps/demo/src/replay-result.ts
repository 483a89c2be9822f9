// What came out of one file: figures, mismatches, and what went wrong, if anything did.

import type { PoolStatistics } from "@ouro/interfaces";
import type { GraphPlanReport, ProgramDifference, TraceFacts } from "@ouro/trace";
import type { ClassUse, FillMap } from "./fill-map.js";
import type { LifeFigures } from "./life-tally.js";

export interface Mismatch {
  readonly where: string;
  readonly expected: number | string;
  readonly actual: number | string;
}

/** Unit: nanoseconds of wall time per event, the replay loop included. */
export interface PassTimes {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly passes: readonly number[];
}

export interface Figures {
  /** Events replayed; all of the trace's unless the replay was interrupted. */
  readonly events: number;
  readonly peakLiveBytes: number;
  readonly endLiveBytes: number;
  readonly endLiveBlocks: number;
  /** Arenas of the allocator of small requests. */
  readonly peakArenas: number;
  readonly endArenas: number;
  readonly peakFootprintBytes: number;
  readonly endFootprintBytes: number;
  /** Everything lent from the heap, at its maximum over the run. */
  readonly peakLentBytes: number;
  /** Arenas still lent, to whomever, after the last block is freed; null when not reached. */
  readonly arenasAfterFreeAll: number | null;
  /** Null when no timed pass was made. */
  readonly nsPerEvent: PassTimes | null;
  /** Size classes with blocks in use at the event of the greatest live bytes. */
  readonly blocksPerClassAtPeak: readonly ClassUse[];
}

export interface Failure {
  readonly exitCode: number;
  readonly kind: string;
  readonly message: string;
  /** Where in the decoded stream the faulty item began. */
  readonly offsetBytes?: number;
}

/** What every kind of recording has in common. */
interface RecordingResult {
  readonly file: string;
  readonly description: string | undefined;
  /** Patterns in all blocks, or all structures after every step, were checked to the end. */
  readonly isVerified: boolean;
  /** Ctrl-C: figures and checks cover only a part. */
  readonly isPartial: boolean;
  readonly mismatches: readonly Mismatch[];
  /** Names of the checks that were made. */
  readonly checks: readonly string[];
  readonly failure: Failure | undefined;
}

export interface TraceResult extends RecordingResult {
  readonly kind: "allocation-trace";
  readonly traceName: string | undefined;
  readonly allocator: string;
  /** Events in the trace, 0 when it could not be read. */
  readonly traceEvents: number;
  readonly figures: Figures | undefined;
  readonly facts: TraceFacts | undefined;
  readonly map: FillMap | undefined;
  /** At the peak; undefined unless asked for. */
  readonly mallocStats: PoolStatistics | undefined;
}

/** A recorded heap, and what its plan did on a memory manager. */
export interface GraphResult extends RecordingResult {
  readonly kind: "heap-graph";
  readonly graphName: string | undefined;
  readonly preset: string;
  readonly objectCount: number;
  readonly referenceCount: number;
  /** Steps of the plan, whether carried out or not. */
  readonly plannedStepCount: number;
  /** Whether recorded facts said which steps a graph shows whole. */
  readonly hasFacts: boolean;
  readonly plan: GraphPlanReport | undefined;
  readonly life: LifeFigures | undefined;
}

/** What became of one program. */
export interface ProgramOutcome {
  readonly name: string;
  /** Steps that were carried out. */
  readonly stepCount: number;
  /** Steps that were not: they name what no root reaches here, or come after a difference. */
  readonly leftOutStepCount: number;
  readonly outcome: "agrees" | "differs";
  readonly differences: readonly ProgramDifference[];
}

/** What is held against a memory manager that runs programs. */
export type ProgramPromise = "everything observed" | "what roots reach";

export interface ProgramsResult extends RecordingResult {
  readonly kind: "mutator-programs";
  readonly preset: string;
  readonly promise: ProgramPromise | undefined;
  /** Programs in the file; those that were run are in `programs`. */
  readonly programCount: number;
  readonly programs: readonly ProgramOutcome[];
  readonly life: LifeFigures | undefined;
}

export type ReplayResult = TraceResult | GraphResult | ProgramsResult;

type Draft<Result> = { -readonly [Name in keyof Result]: Result[Name] };

/** Results while they are being made. */
export type TraceDraft = Draft<TraceResult>;
export type GraphDraft = Draft<GraphResult>;
export type ProgramsDraft = Draft<ProgramsResult>;

export function isTrace(result: ReplayResult): result is TraceResult {
  return result.kind === "allocation-trace";
}

export function isOk(result: ReplayResult): boolean {
  return result.failure === undefined && !result.isPartial && result.mismatches.length === 0;
}
