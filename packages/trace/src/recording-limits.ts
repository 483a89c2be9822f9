// What the readers of heap graphs and of mutator programs accept before they give up with
// `LimitReachedError`. The defaults are far above any recording.

import { UsageError } from "@ouro/interfaces";

/** What a reader of heap graphs accepts. */
export interface HeapGraphLimits {
  /** Length of the header JSON. Unit: bytes. */
  readonly headerBytes: number;
  readonly objectCount: number;
  /** References, hidden ones included. */
  readonly referenceCount: number;
  readonly stepCount: number;
  readonly decodedBytes: number;
  /** Decoded bytes for each compressed one, measured once 4 MiB are decoded. */
  readonly decompressionRatio: number;
}

/** What a reader of mutator programs accepts. */
export interface ProgramLimits {
  /** Length of a line, which is one program. Unit: bytes. */
  readonly lineBytes: number;
  readonly programCount: number;
  /** Objects that one program makes. */
  readonly objectCount: number;
  readonly decodedBytes: number;
  /** Decoded bytes for each compressed one, measured once 4 MiB are decoded. */
  readonly decompressionRatio: number;
}

/** What a reader of heap graphs accepts unless it is told otherwise. */
export const DEFAULT_HEAP_GRAPH_LIMITS: HeapGraphLimits = Object.freeze({
  headerBytes: 2 ** 24,
  objectCount: 2 ** 24,
  referenceCount: 2 ** 26,
  stepCount: 1024,
  decodedBytes: 2 ** 30,
  decompressionRatio: 256,
});

/** What a reader of mutator programs accepts unless it is told otherwise. */
export const DEFAULT_PROGRAM_LIMITS: ProgramLimits = Object.freeze({
  lineBytes: 2 ** 26,
  programCount: 2 ** 20,
  objectCount: 2 ** 20,
  decodedBytes: 2 ** 30,
  decompressionRatio: 256,
});

/** The defaults with `overrides`. Throws `UsageError` for a limit that is no number from 1. */
export function limitsWith<Limits extends object>(
  defaults: Limits,
  overrides: Partial<Limits> | undefined,
): Limits {
  const limits = { ...defaults, ...overrides };
  for (const [name, limit] of Object.entries(limits)) {
    if (limit >= 1 && limit <= 2 ** 30) continue;
    throw new UsageError({
      where: "recording limits",
      argument: `${name} = ${limit}`,
      problem: "is out of range",
      remedy: "Pass a number from 1 to 2^30.",
    });
  }
  return limits;
}
