// Out of memory in a replay is an ordinary end: the error names the event and what it asked for.

import { OutOfMemoryError } from "@ouro/interfaces";
import { operationName } from "./allocation-trace-format.js";
import type { TraceEvents } from "./trace-events.js";

/**
 * The allocator had no memory left for an event of the trace. The events before it stay replayed
 * and their blocks live.
 */
export class ReplayOutOfMemoryError extends OutOfMemoryError {
  /** Index of the event in the trace. */
  readonly eventIndex: number;

  constructor(cause: OutOfMemoryError, events: TraceEvents, index: number, eventIndex: number) {
    const operation = operationName(events.kinds[index] as number);
    super({
      where: `event ${eventIndex} of the trace (${operation} of block ${events.ids[index]})`,
      requestBytes: cause.requestBytes,
      lentBytes: cause.lentBytes,
      limitBytes: cause.limitBytes,
    });
    this.eventIndex = eventIndex;
    this.cause = cause;
  }
}
