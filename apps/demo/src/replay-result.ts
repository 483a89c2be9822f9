// What came out of one file: figures, mismatches, and what went wrong, if anything did.

import type { TraceFacts } from "@ouro/trace";
import type { ClassUse, FillMap } from "./fill-map.js";

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

export interface ReplayResult {
  readonly file: string;
  readonly traceName: string | undefined;
  readonly description: string | undefined;
  readonly allocator: string;
  /** Patterns were written in all blocks and checked to the end. */
  readonly isVerified: boolean;
  /** Ctrl-C: figures and checks cover only a part. */
  readonly isPartial: boolean;
  /** Events in the trace, 0 when it could not be read. */
  readonly traceEvents: number;
  readonly mismatches: readonly Mismatch[];
  /** Names of the checks that were made. */
  readonly checks: readonly string[];
  readonly figures: Figures | undefined;
  readonly facts: TraceFacts | undefined;
  readonly map: FillMap | undefined;
  readonly failure: Failure | undefined;
}

/** A result while it is being made. */
export type ReplayDraft = { -readonly [Name in keyof ReplayResult]: ReplayResult[Name] };

export function isOk(result: ReplayResult): boolean {
  return result.failure === undefined && !result.isPartial && result.mismatches.length === 0;
}
