// `ouro demo`: the recordings that ship with the command: allocations on the allocators, heaps and
// programs on a memory manager, and at the end one screen of what it all came to. Every number and
// every word of it comes out of the replays that just ran.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { conclusion, conclusionLines } from "./conclusion.js";
import { formatNoun, wrapText } from "./format.js";
import { graphTitleLines, graphVerdictLines } from "./graph-report.js";
import { type Look, lookOf } from "./look.js";
import { programsTitleLines, programsVerdictLines } from "./program-report.js";
import { finish, replayAll } from "./replay-command.js";
import {
  checkedText,
  comparisonLines,
  mapLines,
  partialText,
  titleLines,
} from "./replay-report.js";
import { isTrace, type ReplayResult, type TraceResult } from "./replay-result.js";
import { shippedRecordings } from "./shipped.js";
import type { Terminal } from "./terminal.js";
import { verdictLines } from "./verdict.js";

export async function runDemo(line: CommandLine, terminal: Terminal): Promise<number> {
  if (line.operands.length > 0) {
    throw new UsageError({
      where: "ouro demo",
      argument: line.operands[0] ?? "",
      problem: "is one operand too many",
      remedy: `To replay a file of your own: ouro replay ${line.operands[0]}`,
    });
  }
  const look = lookOf(terminal.stdout, terminal.env, line);
  const print = (lines: readonly string[]) => {
    if (!line.isJson) terminal.stdout.write(`${lines.join("\n")}\n`);
  };
  const traces = await shippedRecordings("traces");
  const heaps = [...(await shippedRecordings("graphs")), ...(await shippedRecordings("programs"))];
  const show = (result: ReplayResult) => print(["", ...shortLines(result, look)]);
  print(heading("Allocations", introduction(traces.length), look));
  // Every block's contents: structures after every step would take minutes.
  const traced = await replayAll({ ...line, isVerifying: true }, traces, terminal, show);
  const traceResults = traced.filter(isTrace);
  const largest = largestResult(traceResults);
  if (largest !== undefined) {
    print(["", look.paint.bold(`Inside ${largest.traceName}`), ...mapLines(largest, look)]);
  }
  print(["", ...wrapText(conclusion(traceResults), look.width)]);
  print(["", ...heading("Objects", objectsIntroduction(line.preset), look)]);
  const lived = await replayAll(line, heaps, terminal, show);
  const results = [...traced, ...lived];
  print(["", ...conclusionLines(results, look)]);
  return finish(line, traces.length + heaps.length, results, terminal, look);
}

function heading(title: string, text: string, look: Look): string[] {
  return [look.paint.bold(title), ...wrapText(text, look.width)];
}

function introduction(traceCount: number): string {
  return (
    `${formatNoun(traceCount, "real Python program")} ran under CPython 3.13, and each call to ` +
    "its memory allocator was recorded. Here the same calls run on Ouro, written in TypeScript. " +
    "Beside it: what CPython's own allocator (pymalloc) and glibc's malloc needed for them."
  );
}

function objectsIntroduction(preset: string): string {
  return (
    "Heaps of real programs were stopped under CPython 3.13, references dropped and generations " +
    "collected; small programs ran, and after each step everything was noted that could be seen. " +
    `Here the same heaps and programs live on the preset ${preset}.`
  );
}

/** One recording in few lines. */
function shortLines(result: ReplayResult, look: Look): string[] {
  if (result.kind === "heap-graph") {
    return [...graphTitleLines(result, look), ...graphVerdictLines(result, look)];
  }
  if (result.kind === "mutator-programs") {
    return [...programsTitleLines(result, look), ...programsVerdictLines(result, look)];
  }
  const { figures } = result;
  const comparison = figures === undefined ? [] : comparisonLines(result, figures, look);
  const verdict = verdictLines(result, partialText(result), checkedText(result), look);
  return [...titleLines(result, look), ...comparison, ...verdict];
}

function largestResult(results: readonly TraceResult[]): TraceResult | undefined {
  return results
    .filter((result) => result.map !== undefined && result.figures !== undefined)
    .reduce<TraceResult | undefined>((largest, result) => {
      const isLarger =
        (result.figures?.peakFootprintBytes ?? 0) > (largest?.figures?.peakFootprintBytes ?? -1);
      return isLarger ? result : largest;
    }, undefined);
}
