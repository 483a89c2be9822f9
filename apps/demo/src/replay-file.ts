// Replays one file: read and check it, replay it once with the meter in place, then time it.
//
//   read ──► checking pass (meter, patterns) ──► free all ──► timed passes (fresh heap, no meter)
//
// Work is cut into slices, between which Ctrl-C is heard and progress is shown. Whatever goes wrong
// with a file ends in its result; only defects of the command itself are thrown.

import { isOuroError, type OuroError } from "@ouro/interfaces";
import { parseTraceFacts, readTrace, type TraceFacts } from "@ouro/trace";
import { runCheckingPass } from "./checking-pass.js";
import { EXIT_INPUT, EXIT_INVARIANT, EXIT_LIMIT, exitCodeOf } from "./exit-code.js";
import type { Progress } from "./progress.js";
import type { Failure, ReplayDraft, ReplayResult } from "./replay-result.js";
import { createWork, type ReplayOptions, Stopped, type Work } from "./replay-work.js";
import { FileNotReadableError, type Terminal } from "./terminal.js";
import { runTimedPasses } from "./timed-passes.js";

const PIECE_BYTES = 1 << 17;

/** The name of the facts file that belongs to a trace; undefined for names of no known form. */
function factsPathOf(tracePath: string): string | undefined {
  const stem = /^(.*)\.altrace(\.gz)?$/.exec(tracePath)?.[1];
  return stem === undefined ? undefined : `${stem}.facts.json`;
}

export async function replayFile(
  file: string,
  options: ReplayOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<ReplayResult> {
  const draft: ReplayDraft = {
    file,
    traceName: undefined,
    description: undefined,
    allocator: options.composition.name,
    isVerified: false,
    isPartial: false,
    traceEvents: 0,
    mismatches: [],
    checks: [],
    figures: undefined,
    facts: undefined,
    map: undefined,
    failure: undefined,
  };
  try {
    await fillIn(draft, options, terminal, createWork(terminal, progress));
  } catch (error) {
    if (error instanceof Stopped) draft.isPartial = true;
    else draft.failure = failureOf(error);
  } finally {
    progress.end();
  }
  return draft;
}

async function fillIn(
  draft: ReplayDraft,
  options: ReplayOptions,
  terminal: Terminal,
  work: Work,
): Promise<void> {
  const { file } = draft;
  const compressed = await terminal.readBytes(file);
  work.progress.begin("reading", file, compressed.length);
  const trace = await readTrace(pieces(compressed, work), { sourceName: file });
  draft.traceName = trace.header.name;
  draft.description = trace.header.description;
  draft.traceEvents = trace.events.eventCount;
  draft.facts = await readFacts(file, terminal);
  work.progress.begin("checking", file, trace.events.eventCount);
  await runCheckingPass(draft, trace, options, work);
  work.progress.begin("timing", file, options.passCount * trace.events.eventCount);
  const nsPerEvent = await runTimedPasses(trace, options, work);
  if (draft.figures !== undefined) draft.figures = { ...draft.figures, nsPerEvent };
}

async function* pieces(bytes: Uint8Array, work: Work): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    await work.breathe();
    yield bytes.subarray(start, start + PIECE_BYTES);
    work.progress.reach(Math.min(start + PIECE_BYTES, bytes.length));
  }
}

/** Undefined when no facts file lies beside the trace. Throws `InputFormatError` for a bad one. */
async function readFacts(file: string, terminal: Terminal): Promise<TraceFacts | undefined> {
  const path = file === "-" ? undefined : factsPathOf(file);
  if (path === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = await terminal.readBytes(path);
  } catch (error) {
    if (error instanceof FileNotReadableError && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseTraceFacts(new TextDecoder().decode(bytes), path);
}

/** No option of the command raises a reader's limits: say so instead of asking for it. */
function messageOf(error: OuroError): string {
  if (error.kind !== "limit-reached") return error.message;
  const { where, what, limit, actual } = error as OuroError & Record<string, unknown>;
  return (
    `${where}: ${what} is ${actual}, above the ${limit} that ouro reads. Such a file is damaged ` +
    "or made to fill memory; to read it all the same, give createTraceReader of @ouro/trace " +
    "limits of your own."
  );
}

function failureOf(error: unknown): Failure {
  if (error instanceof FileNotReadableError) {
    return { exitCode: EXIT_INPUT, kind: "not-readable", message: error.message };
  }
  if (!isOuroError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { exitCode: EXIT_INVARIANT, kind: "internal", message };
  }
  const { offsetBytes } = error as { offsetBytes?: number };
  // The command line is right by now: what is refused is a request above the allocator's limit.
  const exitCode = error.kind === "usage" ? EXIT_LIMIT : exitCodeOf(error);
  const failure = { exitCode, kind: error.kind, message: messageOf(error) };
  return offsetBytes === undefined ? failure : { ...failure, offsetBytes };
}
