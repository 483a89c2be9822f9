// `ouro replay FILE...`: each file on its own, then the gravest exit code.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { parseComposition } from "./composition.js";
import { EXIT_ANSWER_NO, EXIT_INTERRUPTED, EXIT_OK, graverExitCode } from "./exit-code.js";
import { type Look, lookOf } from "./look.js";
import { presetNamed } from "./preset-choice.js";
import { createProgress } from "./progress.js";
import { isTraceName } from "./recording.js";
import { replayDocument } from "./replay-document.js";
import { replayFile } from "./replay-file.js";
import { reportLines } from "./replay-report.js";
import { isOk, isTrace, type ReplayResult } from "./replay-result.js";
import { createRunRecorder } from "./run-recorder.js";
import type { Terminal } from "./terminal.js";

export async function runReplay(line: CommandLine, terminal: Terminal): Promise<number> {
  if (line.operands.length === 0) {
    throw new UsageError({
      where: "ouro replay",
      argument: "FILE",
      problem: "is missing",
      remedy: "Name a recording, or - for standard input: ouro replay app.altrace.gz",
    });
  }
  if (line.operands.includes("")) {
    throw new UsageError({
      where: "ouro replay",
      argument: '""',
      problem: "names no file",
      remedy: "Name a recording; perhaps a variable of your shell is empty",
    });
  }
  const look = lookOf(terminal.stdout, terminal.env, line);
  const errorLook = lookOf(terminal.stderr, terminal.env, line);
  const results = await replayAll(line, line.operands, terminal, (result, index) => {
    if (line.isJson) return;
    const output = result.failure === undefined ? terminal.stdout : terminal.stderr;
    const lines = reportLines(result, result.failure === undefined ? look : errorLook);
    output.write(`${index === 0 ? "" : "\n"}${lines.join("\n")}\n`);
  });
  return finish(line, line.operands.length, results, terminal, look);
}

/** Replays files until all are done or somebody asked to stop. */
export async function replayAll(
  line: CommandLine,
  files: readonly string[],
  terminal: Terminal,
  onResult: (result: ReplayResult, index: number) => void,
): Promise<ReplayResult[]> {
  const composition = parseComposition(line.allocator);
  presetNamed(line.preset);
  if (line.wantsMallocStats) checkMallocStats(line, files);
  // The log of collections and a bar would write over one another.
  const isQuiet = line.isQuiet || line.gcLogStyle !== undefined;
  const progress = await createProgress(terminal, { ...line, isQuiet });
  const recorder = createRunRecorder(line, terminal);
  if (recorder !== undefined && files.every(isTraceName)) refuseTraces(line, files);
  const results: ReplayResult[] = [];
  for (const [index, file] of files.entries()) {
    if (terminal.stopReason() !== undefined) break;
    const result = await replayFile(file, { ...line, composition, recorder }, terminal, progress);
    results.push(result);
    onResult(result, index);
    if (line.wantsMallocStats) await tellMallocStats(result, terminal);
  }
  if (recorder === undefined) return results;
  const hasObjects = results.some((result) => !isTrace(result) && result.failure === undefined);
  if (hasObjects) await recorder.write();
  else if (results.some((result) => isTrace(result) && result.failure === undefined)) {
    refuseTraces(line, files);
  }
  return results;
}

/** As CPython does, on standard error: there it can be laid beside that of `python3`. */
async function tellMallocStats(result: ReplayResult, terminal: Terminal): Promise<void> {
  if (!isTrace(result) || result.mallocStats === undefined) return;
  const { formatMallocStats } = await import("@ouro/allocator");
  terminal.stderr.write(formatMallocStats(result.mallocStats));
}

/** Refused before anything is replayed. */
function checkMallocStats({ command, allocator }: CommandLine, files: readonly string[]): void {
  const fail = (argument: string, problem: string, remedy: string): never => {
    throw new UsageError({ where: `ouro ${command} --mallocstats`, argument, problem, remedy });
  };
  const { small } = parseComposition(allocator);
  if (small === undefined) fail(allocator, "has no pools", "Choose -a pool+large");
  if (files.some((file) => isTraceName(file) || file === "-")) return;
  fail(files.join(", "), "knows no blocks", "Name an allocation trace (NAME.altrace.gz)");
}

/** A trace knows blocks alone: what these options write would be empty. */
function refuseTraces(line: CommandLine, files: readonly string[]): never {
  const wanted = [
    ["--gc-log", line.gcLogStyle],
    ["--trace-events", line.traceEventsPath],
    ["--speedscope", line.speedscopePath],
    ["--pprof", line.pprofPath],
    ["--prometheus", line.prometheusPath],
  ] as const;
  throw new UsageError({
    where: `ouro ${line.command}`,
    argument: wanted.find(([, value]) => value !== undefined)?.[0] ?? "an export",
    problem: `has nothing to tell of ${files.join(", ")}: an allocation trace knows no objects`,
    remedy: "Name a heap graph (NAME.hgraph.gz) or programs (NAME.jsonl.gz) with it",
  });
}

/** Prints the JSON document or the summary of several files, and answers the exit code. */
export function finish(
  line: CommandLine,
  fileCount: number,
  results: readonly ReplayResult[],
  terminal: Terminal,
  look: Look,
): number {
  if (line.isJson) {
    terminal.stdout.write(`${JSON.stringify(replayDocument(results), undefined, 2)}\n`);
    for (const { failure } of results) {
      if (failure !== undefined) terminal.stderr.write(`ouro: ${failure.message}\n`);
    }
  } else if (results.length > 1) {
    const okCount = results.filter(isOk).length;
    const { paint, glyphs } = look;
    const text = `${okCount} of ${results.length} ${nounOf(results)} hold every check`;
    const isAll = okCount === results.length;
    const verdict = isAll
      ? paint.green(`${glyphs.yes} ${text}`)
      : paint.red(`${glyphs.no} ${text}`);
    terminal.stdout.write(`\n${verdict}\n`);
  }
  const exitCode = results.map(exitCodeOfResult).reduce(graverExitCode, EXIT_OK);
  if (terminal.stopReason() !== "interrupted") return exitCode;
  terminal.stderr.write(
    `ouro: interrupted; ${results.filter((r) => !r.isPartial).length} of ${fileCount} ` +
      "files are complete.\n",
  );
  return EXIT_INTERRUPTED;
}

function nounOf(results: readonly ReplayResult[]): string {
  return results.every(isTrace) ? "traces" : "recordings";
}

function exitCodeOfResult(result: ReplayResult): number {
  if (result.failure !== undefined) return result.failure.exitCode;
  return result.mismatches.length === 0 ? EXIT_OK : EXIT_ANSWER_NO;
}
