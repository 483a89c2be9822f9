// A comparison for people, for an issue (Markdown), and as a document. Strategies are columns; what
// does not fit beside each other comes below.

import type { Baseline, Violation } from "./compare-gate.js";
import { formatMetric, isBeyondNoise, METRICS, type Metric } from "./compare-metrics.js";
import type { ComparedInput, StrategyResult } from "./compare-result.js";
import type { Sweep } from "./compare-sweep.js";
import { findCurve } from "./compare-sweep.js";
import { formatCount, formatNoun, formatTable, visibleLength, wrapText } from "./format.js";
import type { Look } from "./look.js";
import { sweepLines } from "./sweep-report.js";

export interface Comparison {
  readonly input: ComparedInput;
  readonly results: readonly StrategyResult[];
  readonly sweep: Sweep | undefined;
  readonly baseline: Baseline | undefined;
  readonly violations: readonly Violation[];
  /** Somebody asked to stop: strategies are missing. */
  readonly isPartial: boolean;
}

const GAP = "  ";
const SPARKS = "▁▂▃▄▅▆▇█";
const ASCII_SPARKS = "_.-=+*%#";
const SPARK_WIDTH = 12;

export function comparisonLines(comparison: Comparison, look: Look): string[] {
  const { input, results, sweep, isPartial } = comparison;
  const { paint, glyphs, width } = look;
  const title = wrapText(titleOf(input, results, glyphs.dot), width).map((line) =>
    paint.bold(line),
  );
  const tables =
    sweep === undefined ? blocksOf(comparison, look) : sweepLines(results, sweep, look);
  const partial = isPartial
    ? ["", paint.yellow(`${glyphs.no} Interrupted: ${leftOutText(comparison)}.`)]
    : [];
  return [
    ...title,
    "",
    ...tables,
    "",
    ...livenessLines(comparison, look),
    ...failureLines(results, look),
    ...violationLines(comparison.violations, look),
    ...partial,
    "",
    ...wrapText(modelText(comparison), width).map((line) => paint.dim(line)),
  ];
}

function leftOutText({ sweep }: Comparison): string {
  return sweep === undefined ? "not all strategies were run" : "not all points were run";
}

function titleOf(input: ComparedInput, results: readonly StrategyResult[], dot: string): string {
  const operations = results.find(({ figures }) => figures !== null)?.figures?.operations;
  return [
    input.name,
    ...(input.programs === null || input.programs === 1
      ? []
      : [formatNoun(input.programs, "program")]),
    ...(operations === undefined ? [] : [formatNoun(operations, "operation")]),
  ].join(` ${dot} `);
}

/** As many strategies side by side as fit, then the next ones. */
function blocksOf(comparison: Comparison, look: Look): string[] {
  const columns = columnsOf(comparison, look);
  const [labels, ...strategies] = columns as [string[], ...string[][]];
  const widthOf = (cells: readonly string[]): number => Math.max(...cells.map(visibleLength));
  const lines: string[] = [];
  for (let first = 0; first < strategies.length; ) {
    let room = look.width - widthOf(labels);
    let end = first;
    while (end < strategies.length) {
      room -= GAP.length + widthOf(strategies[end] as string[]);
      if (room < 0 && end > first) break;
      end++;
    }
    const block = [labels, ...strategies.slice(first, end)];
    const rows = labels.map((_, row) => block.map((column) => column[row] as string));
    const [head = "", ...rest] = formatTable(rows, GAP);
    lines.push(...(first === 0 ? [] : [""]), look.paint.bold(head), ...rest);
    first = end;
  }
  return lines;
}

/** A column of labels, then one for each strategy; first rows are names. */
function columnsOf({ input, results, baseline }: Comparison, look: Look): string[][] {
  const metrics = METRICS.filter(
    (metric) =>
      (input.kind !== "allocation-trace" || metric.isOfTraces) &&
      results.some((result) => metric.read(result) !== undefined),
  );
  const hasCurve = input.kind !== "allocation-trace" && results.some(({ figures }) => figures);
  const labels = [
    "",
    ...metrics.map(({ name }) => name),
    ...(hasCurve ? ["garbage over time"] : []),
  ];
  const most = Math.max(0, ...results.map(({ figures }) => figures?.garbage.maxBytes ?? 0));
  const columns = results.map((result) => [
    result.strategy,
    ...metrics.map((metric) => cellOf(metric, result, results, baseline, look)),
    ...(hasCurve ? [sparkline(result, most, look)] : []),
  ]);
  return [labels, ...columns];
}

function cellOf(
  metric: Metric,
  result: StrategyResult,
  results: readonly StrategyResult[],
  baseline: Baseline | undefined,
  look: Look,
): string {
  const value = metric.read(result);
  if (value === undefined) return `${look.glyphs.dash} `;
  const isBetter = (each: number): boolean =>
    metric.better === "less" ? each < value : each > value;
  const others = results.filter((each) => {
    const other = metric.read(each);
    return other !== undefined && (metric.spread === undefined ? other !== value : each !== result);
  });
  const isBest =
    others.length > 0 &&
    others.every(
      (each) => isBeyondNoise(metric, result, each) && !isBetter(metric.read(each) as number),
    );
  const text =
    formatMetric(value, metric.unit) +
    spreadOf(metric, result, look) +
    changeOf(metric, result, baseline);
  return isBest ? look.paint.green(`${text}*`) : `${text} `;
}

/** How far runs of the same differ, and how many there were. */
function spreadOf(metric: Metric, result: StrategyResult, { glyphs }: Look): string {
  const spread = metric.spread?.(result);
  if (spread === undefined) return "";
  if (spread.runCount < 2) return " (1 run)";
  const to = glyphs.dash;
  return ` (${spread.min.toFixed(1)}${to}${spread.max.toFixed(1)}, ${spread.runCount} runs)`;
}

/** Against the baseline, in percent. */
function changeOf(metric: Metric, result: StrategyResult, baseline: Baseline | undefined): string {
  const before = baseline?.results.get(result.strategy);
  if (before === undefined) return "";
  const [old, now] = [metric.read(before), metric.read(result)];
  if (old === undefined || now === undefined) return "";
  if (old === now) return " (=)";
  if (!isBeyondNoise(metric, before, result)) return " (within noise)";
  if (old === 0) return " (new)";
  const percent = (100 * (now - old)) / old;
  return ` (${percent > 0 ? "+" : ""}${percent.toFixed(1)} %)`;
}

/** The curve of garbage, the greatest of all strategies as its full height. */
function sparkline({ figures }: StrategyResult, most: number, look: Look): string {
  const curve = figures?.garbage.curve ?? [];
  const sparks = look.isUnicode ? SPARKS : ASCII_SPARKS;
  if (curve.length === 0) return "";
  const end = (curve.at(-1) as (typeof curve)[number]).operation + 1;
  const heights = new Array<number>(SPARK_WIDTH).fill(0);
  for (const { operation, bytes } of curve) {
    const place = Math.min(SPARK_WIDTH - 1, Math.floor((operation / end) * SPARK_WIDTH));
    heights[place] = Math.max(heights[place] as number, bytes);
  }
  const step = (bytes: number): number =>
    most === 0 ? 0 : Math.min(sparks.length - 1, Math.ceil((bytes / most) * (sparks.length - 1)));
  return `${heights.map((bytes) => sparks[step(bytes)]).join("")} `;
}

function livenessLines({ input, results }: Comparison, { paint, glyphs, width }: Look): string[] {
  const asked = results.flatMap(({ liveness }) => (liveness === null ? [] : [liveness]));
  if (asked.length === 0) return [];
  const wrong = results.filter(({ liveness }) => liveness?.problem != null);
  if (wrong.length > 0) {
    return wrong.flatMap(({ strategy, liveness }) =>
      wrapText(`${glyphs.no} ${strategy}: ${liveness?.problem}`, width).map((line) =>
        paint.red(line),
      ),
    );
  }
  if (input.kind === "allocation-trace") {
    const text = `${glyphs.yes} The contents of every block were checked, on each allocator.`;
    return wrapText(text, width).map((line) => paint.green(line));
  }
  const [first] = asked;
  const isSame = asked.every(
    ({ end }) => end.objects === first?.end.objects && end.bytes === first?.end.bytes,
  );
  const checkCount = asked.reduce((sum, { checks }) => sum + checks, 0);
  const objectCount = asked.reduce((sum, { objects }) => sum + objects, 0);
  const isExact = results.filter(({ liveness }) => liveness?.isExact === true);
  const exact = [...new Set(isExact.map(({ strategy }) => strategy))].join(", ");
  const exactText =
    exact === "" ? "" : ` Nothing else was left after a last full collection by ${exact}.`;
  const found =
    input.kind === "mutator-programs"
      ? "each was there and held what it should"
      : "none of them had died";
  const text =
    `${glyphs.yes} Liveness cross-checked after every collection and at the end: ` +
    `${formatCount(checkCount)} searches from the roots over plain data, ` +
    `${formatNoun(objectCount, "object")}, and ${found}. ` +
    `The same live set at the end: ${isSame ? "yes" : "no"}.${exactText}`;
  return wrapText(text, width).map((line) => paint.green(line));
}

function failureLines(
  results: readonly StrategyResult[],
  { paint, glyphs, width }: Look,
): string[] {
  return results.flatMap(({ strategy, failure }) =>
    failure === null
      ? []
      : wrapText(`${glyphs.no} ${strategy}: ${failure.message}`, width).map((line) =>
          paint.red(line),
        ),
  );
}

export function violationText({ kind, strategy, metric, actual, allowed }: Violation): string {
  const bound = metric.better === "less" ? "at most" : "at least";
  const by = kind === "limit" ? "--limit" : "the baseline";
  const [is, may] = [actual, allowed].map((value) =>
    metric.unit === "bytes"
      ? `${formatCount(Math.floor(value))} B`
      : formatMetric(value, metric.unit),
  );
  return `${strategy}: ${metric.name} is ${is}, ${bound} ${may} by ${by}`;
}

function violationLines(
  violations: readonly Violation[],
  { paint, glyphs, width }: Look,
): string[] {
  return violations.flatMap((violation) =>
    wrapText(`${glyphs.no} ${violationText(violation)}`, width).map((line) => paint.red(line)),
  );
}

function modelText({ results, input }: Comparison): string {
  const hasWall = results.some(({ wall }) => wall !== null);
  const model =
    input.kind === "allocation-trace"
      ? "One unit of work is a call, or a word that a reallocation copies."
      : "One unit of work is an object or slot touched, or a word written whole; pauses are what " +
        "the program waited for in one operation, cascades of deallocations included.";
  const wall = hasWall
    ? " wall: the median of whole runs by the clock of this machine, the replay included, with " +
      "the least and the greatest; differences within them are noise, and nothing is best."
    : " The same in every run; --runs N adds times by the clock.";
  return `${model}${wall} * best of its row.`;
}

/** The same table for an issue. */
export function comparisonMarkdown(comparison: Comparison, look: Look): string[] {
  const { input, results, sweep, isPartial } = comparison;
  return [
    `**${titleOf(input, results, "·")}**`,
    "",
    // A curve is drawn of characters of one width.
    ...(sweep === undefined
      ? markdownTable(comparison, look)
      : ["```text", ...sweepLines(results, sweep, look), "```"]),
    "",
    ...livenessLines(comparison, { ...look, width: 10_000 }),
    ...failureLines(results, { ...look, width: 10_000 }),
    ...violationLines(comparison.violations, { ...look, width: 10_000 }),
    ...(isPartial ? ["", `**Interrupted: ${leftOutText(comparison)}.**`] : []),
    "",
    modelText(comparison),
  ];
}

function markdownTable(comparison: Comparison, look: Look): string[] {
  const columns = columnsOf(comparison, look);
  const rows = (columns[0] as string[]).map((_, row) =>
    columns.map((column) => (column[row] as string).trim().replace(/\*$/, " **(best)**")),
  );
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "--:"));
  return [line(head), line(rule), ...rest.map(line)];
}

/** What `ouro compare --json` prints. */
export function comparisonDocument(comparison: Comparison) {
  const { input, results, sweep, baseline, violations, isPartial } = comparison;
  return {
    schema: "ouro/compare@1",
    input,
    partial: isPartial,
    strategies: results,
    sweep: sweep === undefined ? null : sweepDocument(results, sweep),
    baseline: baseline?.file ?? null,
    violations: violations.map(({ metric, ...violation }) => ({
      ...violation,
      metric: metric.name,
    })),
  };
}

function sweepDocument(results: readonly StrategyResult[], { option }: Sweep) {
  const strategies = [...new Set(results.map(({ strategy }) => strategy))];
  return {
    option,
    curves: strategies.map((strategy) => ({
      strategy,
      points: findCurve(results.filter((result) => result.strategy === strategy)).map((point) => ({
        value: point.result.value,
        pauseMax: point.pause,
        heldPeakBytes: point.heldBytes,
        work: point.work,
        onCurve: point.isOnCurve,
        knee: point.isKnee,
      })),
    })),
  };
}
