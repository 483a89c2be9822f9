// The end of `ouro demo`: one screen of 24 rows that says what was requested, what was allocated
// for it, how objects died, and whether CPython agrees. What the traces say at length comes before.

import {
  formatBytes,
  formatComparison,
  formatCount,
  formatNoun,
  formatTableWithin,
  wrapText,
} from "./format.js";
import { lifeLines } from "./life-report.js";
import { addLives } from "./life-tally.js";
import type { Look } from "./look.js";
import { countOf, leftOutCountOf, stepCountOf } from "./program-report.js";
import {
  type Figures,
  type GraphResult,
  isOk,
  isTrace,
  type ProgramsResult,
  type ReplayResult,
  type TraceResult,
} from "./replay-result.js";

/** One screen, of 80 columns or narrower. */
export function conclusionLines(results: readonly ReplayResult[], look: Look): string[] {
  const traces = results.filter(isTrace);
  const others = results.filter((result) => !isTrace(result));
  const lives = others.flatMap(({ life }) => (life === undefined ? [] : [life]));
  return [
    look.paint.bold("What was requested, and what became of it"),
    "",
    ...requestLines(traces, look),
    ...(lives.length === 0 ? [] : ["", ...lifeLines(addLives(lives), look)]),
    "",
    ...wrapText(agreement(others), look.width),
  ];
}

function requestLines(traces: readonly TraceResult[], look: Look): string[] {
  const complete = traces.filter((result) => !result.isPartial && result.figures !== undefined);
  if (complete.length === 0) return [];
  const withFacts = complete.filter(({ facts }) => facts !== undefined);
  const beside = (read: FootprintOf): string =>
    withFacts.length === complete.length
      ? `${formatComparison(sum(complete, read), recorded(complete, "pymalloc", read))} CPython's`
      : "";
  const rows = [
    ["calls to the allocator", formatCount(sum(complete, ({ events }) => events)), ""],
    ["requested, at the peaks", formatBytes(sum(complete, (figures) => figures.peakLiveBytes)), ""],
    ["allocated for it", formatBytes(sum(complete, peakOf)), beside(peakOf)],
    ["still allocated at the ends", formatBytes(sum(complete, endOf)), beside(endOf)],
  ];
  return formatTableWithin(look.width - 2, rows, 2).map((line) => look.paint.dim("  ") + line);
}

/** Whether CPython agrees, of all graphs and programs. */
export function agreement(results: readonly (GraphResult | ProgramsResult)[]): string {
  const complete = results.filter((result) => !result.isPartial && result.failure === undefined);
  const graphs = complete.filter((result) => result.kind === "heap-graph");
  const files = complete.filter((result) => result.kind === "mutator-programs");
  if (complete.length === 0) return "No heap and no program was replayed to its end.";
  const steps = graphs.flatMap(({ plan }) => plan?.steps ?? []);
  const exact = steps.filter(({ isExact }) => isExact);
  const agreeing = exact.filter(({ agrees }) => agrees);
  const objects = graphs.reduce((total, { objectCount }) => total + objectCount, 0);
  const total = (read: (file: ProgramsResult) => number) =>
    files.reduce((count, file) => count + read(file), 0);
  const leftOut = total(leftOutCountOf);
  const sentences = [
    `Of ${formatNoun(graphs.length, "heap")} with ${formatCount(objects)} objects, ` +
      `${agreeing.length} of ${exact.length} steps that a graph shows whole ended as in CPython` +
      `${steps.length === exact.length ? "." : `; ${steps.length - exact.length} ran code.`}`,
    `${formatCount(total((file) => countOf(file, "agrees")))} of ` +
      `${formatNoun(
        total(({ programCount }) => programCount),
        "program",
      )} agree in ` +
      `${formatCount(total(stepCountOf))} steps: ${checksOf(files)}.`,
    ...(leftOut === 0 ? [] : [`${formatNoun(leftOut, "step")} could not be carried out.`]),
    complete.every(isOk) ? "CPython agrees." : "CPython does not agree: see the mismatches above.",
  ];
  return sentences.join(" ");
}

function checksOf(files: readonly ProgramsResult[]): string {
  return files[0]?.checks.join(", ") ?? "nothing was checked";
}

/** What the figures say, in one paragraph. */
export function conclusion(results: readonly TraceResult[]): string {
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

function comparisonSentences(results: readonly TraceResult[]): string[] {
  if (results.length === 0) return ["No recorded figures lay beside the traces."];
  const peak = sum(results, peakOf);
  const end = sum(results, endOf);
  const pymallocPeak = recorded(results, "pymalloc", peakOf);
  const glibcPeak = recorded(results, "glibcMalloc", peakOf);
  const pymallocEnd = recorded(results, "pymalloc", endOf);
  const glibcEnd = recorded(results, "glibcMalloc", endOf);
  return [
    `At their peaks the programs took ${formatBytes(peak)} on Ouro, ` +
      `${formatComparison(peak, pymallocPeak)} CPython's allocator and ` +
      `${formatComparison(peak, glibcPeak)} glibc's malloc.`,
    `When they ended, Ouro still held ${formatBytes(end)}, ` +
      `${formatComparison(end, pymallocEnd)} CPython's allocator and ` +
      `${formatComparison(end, glibcEnd)} glibc's malloc.`,
  ];
}

type Footprints = Pick<Figures, "peakFootprintBytes" | "endFootprintBytes">;
type FootprintOf = (figures: Footprints) => number;

const peakOf: FootprintOf = ({ peakFootprintBytes }) => peakFootprintBytes;
const endOf: FootprintOf = ({ endFootprintBytes }) => endFootprintBytes;

/** What another allocator was recorded to need. */
function recorded(
  results: readonly TraceResult[],
  allocator: "pymalloc" | "glibcMalloc",
  read: FootprintOf,
): number {
  return results.reduce(
    (total, { facts }) => total + (facts === undefined ? 0 : read(facts[allocator])),
    0,
  );
}

function sum(results: readonly TraceResult[], read: (figures: Figures) => number): number {
  return results.reduce(
    (total, { figures }) => total + (figures === undefined ? 0 : read(figures)),
    0,
  );
}
