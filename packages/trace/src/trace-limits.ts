// What a reader accepts before it gives up with `LimitReachedError`. The defaults are far above any
// recording and low enough that a hostile file cannot take a machine down.

import { UsageError } from "@ouro/interfaces";
import { TRACE_ID_LIMIT, TRACE_VALUE_LIMIT } from "./allocation-trace-format.js";

/** What a reader accepts; each is reached before anything of that size is allocated. */
export interface TraceLimits {
  /** Length of the header JSON, and of the footer JSON. Unit: bytes. */
  readonly headerBytes: number;
  readonly footerBytes: number;
  readonly eventCount: number;
  /** Blocks made over the trace; the reader keeps 4 bytes for each. At most 2^30. */
  readonly idCount: number;
  /** Largest single request. At most 2^31 − 1. */
  readonly sizeBytes: number;
  readonly decodedBytes: number;
  /** Decoded bytes for each compressed one, measured once 4 MiB are decoded. */
  readonly decompressionRatio: number;
}

/** What a reader accepts unless it is told otherwise. */
export const DEFAULT_TRACE_LIMITS: TraceLimits = Object.freeze({
  headerBytes: 2 ** 20,
  footerBytes: 2 ** 24,
  eventCount: 2 ** 28,
  idCount: 2 ** 27,
  sizeBytes: TRACE_VALUE_LIMIT,
  decodedBytes: 2 ** 30,
  decompressionRatio: 256,
});

/** The defaults with `overrides`. Throws `UsageError` for a limit that is no number from 1. */
export function traceLimits(overrides: Partial<TraceLimits> = {}): TraceLimits {
  const limits = { ...DEFAULT_TRACE_LIMITS, ...overrides };
  for (const [name, limit] of Object.entries(limits)) {
    const isAboveFormat =
      (name === "sizeBytes" && limit > TRACE_VALUE_LIMIT) ||
      (name === "idCount" && limit > TRACE_ID_LIMIT);
    if (!(limit >= 1) || isAboveFormat) {
      throw new UsageError({
        where: "trace limits",
        argument: `${name} = ${limit}`,
        problem: "is out of range",
        remedy: "Pass a number from 1; sizes are below 2^31, ids below 2^30.",
      });
    }
  }
  return limits;
}
