// Replays one file of any kind. Work is cut into slices, between which Ctrl-C is heard and progress
// is shown. Whatever goes wrong with a file ends in its result; only defects of the command itself
// are thrown.
//
//   bytes ──► kind ──┬─► allocation trace ──► allocators            trace-replay.ts
//                    ├─► heap graph ────────► memory manager        graph-replay.ts
//                    └─► mutator programs ──► a manager a program   program-replay.ts

import { isOuroError, type OuroError } from "@ouro/interfaces";
import { EXIT_INPUT, EXIT_INVARIANT, EXIT_LIMIT, exitCodeOf } from "./exit-code.js";
import { graphDraft, replayGraph } from "./graph-replay.js";
import { programsDraft, replayPrograms } from "./program-replay.js";
import type { Progress } from "./progress.js";
import { kindOf, kindOfName, type RecordingKind, UnknownInputError } from "./recording.js";
import type { Failure, ReplayResult } from "./replay-result.js";
import { createWork, type ReplayOptions, Stopped } from "./replay-work.js";
import { FileNotReadableError, type Terminal } from "./terminal.js";
import { replayTrace, traceDraft } from "./trace-replay.js";

const READERS: Readonly<Record<RecordingKind, string>> = {
  "allocation-trace": "createTraceReader",
  "heap-graph": "createHeapGraphReader",
  "mutator-programs": "createProgramReader",
};

export async function replayFile(
  file: string,
  options: ReplayOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<ReplayResult> {
  let bytes: Uint8Array;
  let kind = kindOfName(file);
  try {
    bytes = await terminal.readBytes(file);
    kind = kindOf(file, bytes);
  } catch (error) {
    return { ...draftOf(kind, file, options), failure: failureOf(error, kind) };
  }
  const recording = { file, kind, bytes };
  const draft = draftOf(kind, file, options);
  const work = createWork(terminal, progress);
  try {
    if (draft.kind === "heap-graph") await replayGraph(draft, recording, options, terminal, work);
    else if (draft.kind === "mutator-programs") {
      await replayPrograms(draft, recording, options, work);
    } else await replayTrace(draft, recording, options, terminal, work);
  } catch (error) {
    if (error instanceof Stopped) draft.isPartial = true;
    else draft.failure = failureOf(error, kind);
  } finally {
    progress.end();
  }
  return draft;
}

function draftOf(kind: RecordingKind, file: string, options: ReplayOptions) {
  if (kind === "heap-graph") return graphDraft(file, options);
  if (kind === "mutator-programs") return programsDraft(file, options);
  return traceDraft(file, options);
}

/** No option of the command raises a reader's limits: say so instead of asking for it. */
function messageOf(error: OuroError, kind: RecordingKind): string {
  if (error.kind !== "limit-reached") return error.message;
  const { where, what, limit, actual } = error as OuroError & Record<string, unknown>;
  return (
    `${where}: ${what} is ${actual}, above the ${limit} that ouro reads. Such a file is damaged ` +
    `or made to fill memory; to read it all the same, give ${READERS[kind]} of @ouro/trace ` +
    "limits of your own."
  );
}

function failureOf(error: unknown, recordingKind: RecordingKind): Failure {
  if (error instanceof FileNotReadableError || error instanceof UnknownInputError) {
    const kind = error instanceof UnknownInputError ? "input-format" : "not-readable";
    return { exitCode: EXIT_INPUT, kind, message: error.message };
  }
  if (!isOuroError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { exitCode: EXIT_INVARIANT, kind: "internal", message };
  }
  const { offsetBytes } = error as { offsetBytes?: number };
  // The command line is right by now: what is refused is a request above the allocator's limit.
  const exitCode = error.kind === "usage" ? EXIT_LIMIT : exitCodeOf(error);
  const failure = { exitCode, kind: error.kind, message: messageOf(error, recordingKind) };
  return offsetBytes === undefined ? failure : { ...failure, offsetBytes };
}
