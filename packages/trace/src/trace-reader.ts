import type { EventBatch, TraceEvents } from "./trace-events.js";
import type { TraceFooter } from "./trace-footer.js";
import type { TraceHeader } from "./trace-header.js";
import type { TraceLimits } from "./trace-limits.js";

export interface TraceReaderOptions {
  /** Names the file in messages. Default: "trace". */
  readonly sourceName?: string;
  readonly limits?: Partial<TraceLimits>;
  readonly onHeader?: (header: TraceHeader) => void;
  /** Called with events whose ids are checked; the whole is proved only by `end()`. */
  readonly onEvents?: (batch: EventBatch) => void;
}

/** Takes a trace as it arrives, in pieces of any size. */
export interface TraceReader {
  /**
   * Throws `InputFormatError` with the decoded offset where the faulty item began, or
   * `LimitReachedError`; the reader takes nothing more after that.
   */
  push(compressed: Uint8Array): void;
  /** Says that the file is complete. Throws as `push` does; answers what every check agreed on. */
  end(): { readonly header: TraceHeader; readonly footer: TraceFooter };
  /** Compressed bytes taken so far: what a progress bar needs. */
  takenBytes(): number;
}

/** A whole trace in memory: 9 bytes an event. */
export interface AllocationTrace {
  readonly header: TraceHeader;
  readonly events: TraceEvents;
  readonly footer: TraceFooter;
}

export type TraceReadOptions = Pick<TraceReaderOptions, "sourceName" | "limits">;

export declare function createTraceReader(options?: TraceReaderOptions): TraceReader;

/** Reads a whole trace that is in memory. Throws as `TraceReader.push` does. O(events). */
export declare function decodeTrace(
  compressed: Uint8Array,
  options?: TraceReadOptions,
): AllocationTrace;

/** Reads a whole trace from a stream of pieces. Throws as `TraceReader.push` does. O(events). */
export declare function readTrace(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: TraceReadOptions,
): Promise<AllocationTrace>;
