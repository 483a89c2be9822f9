import type { TraceEvents } from "./trace-events.js";
import type { NotRecordedCounts } from "./trace-footer.js";

export interface TraceDescription {
  readonly name: string;
  readonly description?: string;
  readonly source?: string;
  readonly isWholeProcess?: boolean;
  readonly markNames?: readonly string[];
  readonly notRecorded?: Partial<NotRecordedCounts>;
}

/**
 * The bytes of an `.altrace.gz` file. The same events give the same bytes. Throws `UsageError`
 * naming the first event that breaks the format's rules. O(events).
 */
export declare function encodeTrace(description: TraceDescription, events: TraceEvents): Uint8Array;
