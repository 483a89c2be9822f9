// The result of a replay for people: this is what a trace shows, and the way to the other kinds.

import { fillMapLegend, renderFillMap } from "./fill-map.js";
import {
  formatBytes,
  formatCount,
  formatNoun,
  formatTable,
  visibleLength,
  wrapText,
} from "./format.js";
import { graphLines } from "./graph-report.js";
import type { Look } from "./look.js";
import { programsLines } from "./program-report.js";
import type { Figures, ReplayResult, TraceResult } from "./replay-result.js";
import { verdictLines } from "./verdict.js";

/** Everything about one file, in lines of at most `look.width` columns. */
export function reportLines(result: ReplayResult, look: Look): string[] {
  if (result.kind === "heap-graph") return graphLines(result, look);
  if (result.kind === "mutator-programs") return programsLines(result, look);
  return traceReportLines(result, look);
}

function traceReportLines(result: TraceResult, look: Look): string[] {
  const lines = titleLines(result, look);
  if (result.figures !== undefined) {
    lines.push("", ...comparisonLines(result, result.figures, look), ...timeLines(result, look));
    if (result.map !== undefined) lines.push("", ...mapLines(result, look));
    lines.push("");
  }
  lines.push(...verdictLines(result, partialText(result), checkedText(result), look));
  return lines;
}

export function titleLines(result: TraceResult, look: Look): string[] {
  const { paint, glyphs } = look;
  if (result.traceEvents === 0 && result.figures === undefined) return [paint.bold(result.file)];
  const name = paint.bold(result.traceName ?? result.file);
  const events = formatNoun(result.traceEvents, "event");
  const title = `${name} ${glyphs.dot} ${events} ${glyphs.dot} ${result.allocator}`;
  return [title, ...wrapText(result.description ?? "", look.width, "  ")];
}

/** Our figures beside the recorded ones, where there are any. */
export function comparisonLines(result: TraceResult, figures: Figures, look: Look): string[] {
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

function timeLines(result: TraceResult, look: Look): string[] {
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
export function mapLines(result: TraceResult, look: Look): string[] {
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

/** For the verdict on a trace. */
export function partialText(result: TraceResult): string {
  if (result.checks.length > 0) return `Interrupted while timing. ${checkedText(result)}`;
  if (result.figures === undefined) return "Interrupted while reading.";
  return (
    `Interrupted after ${formatCount(result.figures.events)} of ` +
    `${formatNoun(result.traceEvents, "event")} of the checking pass; the figures above cover ` +
    "that part."
  );
}

/** What was asked and answered yes, as a sentence. */
export function checkedText(result: TraceResult): string {
  if (result.mismatches.length > 0) {
    return `${formatNoun(result.mismatches.length, "check")} answered no.`;
  }
  const missing =
    result.facts === undefined ? " No recorded figures lie beside it to compare with." : "";
  const unverified = result.isVerified ? "" : " Block contents: add --verify.";
  return `Every check held: ${result.checks.join(", ")}.${missing}${unverified}`;
}
