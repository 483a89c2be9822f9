import type { Allocator } from "@ouro/interfaces";
import type { TraceEvents } from "./trace-events.js";

export interface ReplayTimingOptions {
  /** Undefined: the same loop with no allocator, to be subtracted from the others. */
  readonly allocator?: Allocator;
  /** Where the blocks lie: then the first word of every new block is written, as programs do. */
  readonly words?: Int32Array;
  /** A monotonic clock, `performance.now` for example. Unit: milliseconds. */
  readonly nowMs: () => number;
  /** Passes after the first. Default: 5. */
  readonly passCount?: number;
}

/** Unit: nanoseconds per event. */
export interface ReplayTiming {
  readonly firstPassNsPerEvent: number;
  readonly minNsPerEvent: number;
  readonly medianNsPerEvent: number;
  readonly maxNsPerEvent: number;
  /** (max − min) / median, of the passes after the first. */
  readonly spread: number;
  readonly passesNsPerEvent: readonly number[];
}

/**
 * Times whole passes over the events; what lives after a pass is freed untimed. The allocator must
 * be one made for this: its counters and arenas change. Throws `ReplayOutOfMemoryError`.
 */
export declare function timeReplay(events: TraceEvents, options: ReplayTimingOptions): ReplayTiming;
