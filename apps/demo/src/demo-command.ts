// `ouro demo`: the traces that ship with the command, compared with CPython and glibc. Every number
// and every word of the conclusion comes out of the replay that just ran.

import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { formatBytes, formatComparison, formatCount, formatNoun, wrapText } from "./format.js";
import { type Look, lookOf } from "./look.js";
import { finish, replayAll } from "./replay-command.js";
import { comparisonLines, mapLines, titleLines, verdictLines } from "./replay-report.js";
import { type Figures, isOk, type ReplayResult } from "./replay-result.js";
import { FileNotReadableError, type Terminal } from "./terminal.js";

const TRACES = new URL("../traces/", import.meta.url);

/** The traces that ship with the package. Throws `FileNotReadableError` when they are not there. */
export async function shippedTraces(): Promise<string[]> {
  const folder = fileURLToPath(TRACES);
  let names: string[] = [];
  try {
    names = await readdir(folder);
  } catch {
    throw new FileNotReadableError(folder, "ENOENT");
  }
  const traces = names.filter((name) => name.endsWith(".altrace.gz")).sort();
  if (traces.length === 0) throw new FileNotReadableError(`${folder}*.altrace.gz`, "ENOENT");
  return traces.map((name) => folder + name);
}

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
  const files = await shippedTraces();
  print(introduction(files.length, look));
  const demoLine = { ...line, isVerifying: true };
  const results = await replayAll(demoLine, files, terminal, (result) =>
    print(["", ...traceLines(result, look)]),
  );
  const largest = largestResult(results);
  if (largest !== undefined) {
    print(["", look.paint.bold(`Inside ${largest.traceName}`), ...mapLines(largest, look)]);
  }
  print(["", ...wrapText(conclusion(results), look.width)]);
  return finish(line, files.length, results, terminal, look);
}

function introduction(traceCount: number, look: Look): string[] {
  const text =
    `${formatNoun(traceCount, "real Python program")} ran under CPython 3.13, and each call to ` +
    "its memory allocator was recorded. Here the same calls run on Ouro, written in TypeScript. " +
    "Beside it: what CPython's own allocator (pymalloc) and glibc's malloc needed for them.";
  return wrapText(text, look.width);
}

function traceLines(result: ReplayResult, look: Look): string[] {
  const { figures } = result;
  const comparison = figures === undefined ? [] : comparisonLines(result, figures, look);
  return [...titleLines(result, look), ...comparison, ...verdictLines(result, look)];
}

function largestResult(results: readonly ReplayResult[]): ReplayResult | undefined {
  return results
    .filter((result) => result.map !== undefined && result.figures !== undefined)
    .reduce<ReplayResult | undefined>((largest, result) => {
      const isLarger =
        (result.figures?.peakFootprintBytes ?? 0) > (largest?.figures?.peakFootprintBytes ?? -1);
      return isLarger ? result : largest;
    }, undefined);
}

/** What the figures say, in one paragraph. */
export function conclusion(results: readonly ReplayResult[]): string {
  const complete = results.filter((result) => !result.isPartial && result.figures !== undefined);
  if (complete.length === 0) return "No trace was replayed to its end, so there is no conclusion.";
  const events = sum(complete, (figures) => figures.events);
  const partialCount = results.filter((result) => result.isPartial).length;
  const bad = results.filter((result) => !result.isPartial && !isOk(result));
  const sentences = [
    `${formatCount(events)} recorded events of ${formatNoun(complete.length, "program")} were ` +
      `replayed on ${complete[0]?.allocator}, with the contents of every block checked.`,
    bad.length === 0
      ? `Every check held${partialCount > 0 ? " of what was replayed to its end" : ""}.`
      : `Not every check held: see ${bad.map((r) => r.traceName ?? r.file).join(", ")} above.`,
    ...comparisonSentences(complete.filter((result) => result.facts !== undefined)),
  ];
  const kept = Math.max(...complete.map((result) => result.figures?.arenasAfterFreeAll ?? 0));
  sentences.push(
    kept === 0
      ? "Once everything was freed, no arena was kept."
      : `Once everything was freed, at most ${formatNoun(kept, "arena")} of 1 MiB was kept ` +
          "for the next request.",
  );
  return sentences.join(" ");
}

function comparisonSentences(results: readonly ReplayResult[]): string[] {
  if (results.length === 0) return ["No recorded figures lay beside the traces."];
  const peak = sum(results, (figures) => figures.peakFootprintBytes);
  const end = sum(results, (figures) => figures.endFootprintBytes);
  const recorded = (read: (facts: NonNullable<ReplayResult["facts"]>) => number) =>
    results.reduce((total, { facts }) => total + (facts === undefined ? 0 : read(facts)), 0);
  const pymallocPeak = recorded((facts) => facts.pymalloc.peakFootprintBytes);
  const glibcPeak = recorded((facts) => facts.glibcMalloc.peakFootprintBytes);
  const pymallocEnd = recorded((facts) => facts.pymalloc.endFootprintBytes);
  const glibcEnd = recorded((facts) => facts.glibcMalloc.endFootprintBytes);
  return [
    `At their peaks the programs took ${formatBytes(peak)} on Ouro, ` +
      `${formatComparison(peak, pymallocPeak)} CPython's allocator and ` +
      `${formatComparison(peak, glibcPeak)} glibc's malloc.`,
    `When they ended, Ouro still held ${formatBytes(end)}, ` +
      `${formatComparison(end, pymallocEnd)} CPython's allocator and ` +
      `${formatComparison(end, glibcEnd)} glibc's malloc.`,
  ];
}

function sum(results: readonly ReplayResult[], read: (figures: Figures) => number): number {
  return results.reduce(
    (total, { figures }) => total + (figures === undefined ? 0 : read(figures)),
    0,
  );
}
