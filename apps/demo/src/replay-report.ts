// The result of a replay for people.

import { fillMapLegend, renderFillMap } from "./fill-map.js";
import {
  formatBytes,
  formatCount,
  formatNoun,
  formatTable,
  visibleLength,
  wrapText,
} from "./format.js";
import type { Look } from "./look.js";
import { type Figures, isOk, type ReplayResult } from "./replay-result.js";

const MISMATCH_LINES_MOST = 20;

/** Everything about one file, in lines of at most `look.width` columns. */
export function reportLines(result: ReplayResult, look: Look): string[] {
  const lines = titleLines(result, look);
  if (result.figures !== undefined) {
    lines.push("", ...comparisonLines(result, result.figures, look), ...timeLines(result, look));
    if (result.map !== undefined) lines.push("", ...mapLines(result, look));
    lines.push("");
  }
  lines.push(...verdictLines(result, look));
  return lines;
}

export function titleLines(result: ReplayResult, look: Look): string[] {
  const { paint, glyphs } = look;
  if (result.traceEvents === 0 && result.figures === undefined) return [paint.bold(result.file)];
  const name = paint.bold(result.traceName ?? result.file);
  const events = formatNoun(result.traceEvents, "event");
  const title = `${name} ${glyphs.dot} ${events} ${glyphs.dot} ${result.allocator}`;
  return [title, ...wrapText(result.description ?? "", look.width, "  ")];
}

/** Our figures beside the recorded ones, where there are any. */
export function comparisonLines(result: ReplayResult, figures: Figures, look: Look): string[] {
  const { paint, glyphs } = look;
  const { pymalloc, glibcMalloc } = result.facts ?? {};
  const rows: [string, string, string, string][] = [
    [
      "peak footprint",
      formatBytes(figures.peakFootprintBytes),
      pymalloc ? formatBytes(pymalloc.peakFootprintBytes) : "",
      glibcMalloc ? formatBytes(glibcMalloc.peakFootprintBytes) : "",
    ],
    [
      "end footprint",
      formatBytes(figures.endFootprintBytes),
      pymalloc ? formatBytes(pymalloc.endFootprintBytes) : "",
      glibcMalloc ? formatBytes(glibcMalloc.endFootprintBytes) : "",
    ],
    [
      "pool arenas, peak / end",
      `${figures.peakArenas} / ${figures.endArenas}`,
      pymalloc ? `${pymalloc.peakArenaCount} / ${pymalloc.endArenaCount}` : "",
      glibcMalloc ? glyphs.dash : "",
    ],
    ["lent from the heap, peak", formatBytes(figures.peakLentBytes), "", ""],
    ["live, peak", formatBytes(figures.peakLiveBytes), "", ""],
  ];
  if (figures.nsPerEvent !== null) {
    rows.push([
      "ns per event, median",
      figures.nsPerEvent.median.toFixed(1),
      pymalloc ? pymalloc.nsPerEvent.median.toFixed(1) : "",
      glibcMalloc ? glibcMalloc.nsPerEvent.median.toFixed(1) : "",
    ]);
  }
  const heading = ["", "Ouro", pymalloc ? "CPython" : "", glibcMalloc ? "glibc" : ""];
  const table = formatTable([heading, ...rows]);
  if (table.some((line) => visibleLength(line) + 2 > look.width)) {
    return narrowLines(heading, rows, look);
  }
  const [first = "", ...others] = table;
  return [`  ${paint.dim(first)}`, ...others.map((line) => `  ${line}`)];
}

/** A table that does not fit: each row's figures below its name, with their headings. */
function narrowLines(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  look: Look,
): string[] {
  return rows.flatMap(([name = "", ...cells]) => {
    const figures = cells.map((cell, i) => (cell === "" ? "" : `${heading[i + 1]} ${cell}`));
    const text = figures.filter((figure) => figure !== "").join(", ");
    return [...wrapText(name, look.width, "  "), ...wrapText(text, look.width, "    ")];
  });
}

function timeLines(result: ReplayResult, look: Look): string[] {
  const time = result.figures?.nsPerEvent;
  if (!time) return [];
  const spread =
    time.passes.length === 1
      ? "One timed pass, so no spread is known"
      : `${time.min.toFixed(1)} to ${time.max.toFixed(1)} ns over ` +
        formatNoun(time.passes.length, "pass");
  const text = `${spread}; the replay loop is included.`;
  const remark =
    result.facts === undefined ? "" : " CPython and glibc: recorded in C on another machine.";
  return wrapText(text + remark, look.width, "  ").map((line) => look.paint.dim(line));
}

/** The fill map with its heading and legend. */
export function mapLines(result: ReplayResult, look: Look): string[] {
  const { map } = result;
  if (map === undefined) return [];
  const hasPools = map.arenas.length > 0;
  const heading = hasPools
    ? "Arenas at the peak, one character a pool of 16 KiB"
    : "At the peak, no pools in this composition";
  const legend = hasPools ? indented(fillMapLegend(look), look) : [];
  return [
    ...indented(heading, look),
    ...renderFillMap(map, look),
    ...legend.map((line) => look.paint.dim(line)),
  ];
}

/** A line as it is, broken only where it does not fit. */
function indented(text: string, look: Look): string[] {
  return visibleLength(text) + 2 <= look.width ? [`  ${text}`] : wrapText(text, look.width, "  ");
}

export function verdictLines(result: ReplayResult, look: Look): string[] {
  const { paint, glyphs } = look;
  if (result.failure !== undefined) {
    const lines = wrapText(`${glyphs.no} ${result.failure.message}`, look.width, "  ");
    return [...lines.map((line) => paint.red(line)), ...mismatchLines(result)];
  }
  if (result.isPartial) {
    const lines = wrapText(`${glyphs.no} ${partialText(result)}`, look.width, "  ");
    return [...lines.map((line) => paint.yellow(line)), ...mismatchLines(result)];
  }
  if (isOk(result)) {
    return wrapText(`${glyphs.yes} ${checkedText(result)}`, look.width, "  ").map((line) =>
      paint.green(line),
    );
  }
  const text = `${glyphs.no} ${formatNoun(result.mismatches.length, "check")} answered no:`;
  return [`  ${paint.red(text)}`, ...mismatchLines(result)];
}

function partialText(result: ReplayResult): string {
  if (result.checks.length > 0) return `Interrupted while timing. ${checkedText(result)}`;
  if (result.figures === undefined) return "Interrupted while reading.";
  return (
    `Interrupted after ${formatCount(result.figures.events)} of ` +
    `${formatNoun(result.traceEvents, "event")} of the checking pass; the figures above cover ` +
    "that part."
  );
}

/** What was asked and answered yes, as a sentence. */
function checkedText(result: ReplayResult): string {
  if (result.mismatches.length > 0) {
    return `${formatNoun(result.mismatches.length, "check")} answered no.`;
  }
  const missing =
    result.facts === undefined ? " No recorded figures lie beside it to compare with." : "";
  const unverified = result.isVerified ? "" : " Block contents: add --verify.";
  return `Every check held: ${result.checks.join(", ")}.${missing}${unverified}`;
}

function mismatchLines(result: ReplayResult): string[] {
  const lines = result.mismatches
    .slice(0, MISMATCH_LINES_MOST)
    .map(({ where, expected, actual }) => `    ${where}: expected ${expected}, got ${actual}`);
  const hiddenCount = result.mismatches.length - MISMATCH_LINES_MOST;
  return hiddenCount > 0 ? [...lines, `    and ${hiddenCount} more (--json lists all)`] : lines;
}
