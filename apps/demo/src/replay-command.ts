// `ouro replay FILE...`: each file on its own, then the gravest exit code.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { parseComposition } from "./composition.js";
import { EXIT_ANSWER_NO, EXIT_INTERRUPTED, EXIT_OK, graverExitCode } from "./exit-code.js";
import { type Look, lookOf } from "./look.js";
import { presetNamed } from "./preset-choice.js";
import { createProgress } from "./progress.js";
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
  // The log of collections and a bar would write over one another.
  const isQuiet = line.isQuiet || line.gcLogStyle !== undefined;
  const progress = await createProgress(terminal, { ...line, isQuiet });
  const recorder = createRunRecorder(line, terminal);
  const results: ReplayResult[] = [];
  for (const [index, file] of files.entries()) {
    if (terminal.stopReason() !== undefined) break;
    const result = await replayFile(file, { ...line, composition, recorder }, terminal, progress);
    results.push(result);
    onResult(result, index);
  }
  await recorder?.write();
  return results;
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
