// What a heap graph's plan did, for people: a line a step.

import type { GraphStepReport } from "@ouro/trace";
import { formatCount, formatNoun, formatTableWithin, wrapText } from "./format.js";
import { stepName } from "./graph-replay.js";
import { lifeLines } from "./life-report.js";
import type { Look } from "./look.js";
import type { GraphResult } from "./replay-result.js";
import { verdictLines } from "./verdict.js";

export function graphLines(result: GraphResult, look: Look): string[] {
  const lines = graphTitleLines(result, look);
  if (result.plan !== undefined) lines.push("", ...stepLines(result, look));
  if (result.life !== undefined) lines.push("", ...lifeLines(result.life, look), "");
  return [...lines, ...graphVerdictLines(result, look)];
}

export function graphTitleLines(result: GraphResult, look: Look): string[] {
  const { paint, glyphs } = look;
  if (result.graphName === undefined) return [paint.bold(result.file)];
  const title = [
    paint.bold(result.graphName),
    formatNoun(result.objectCount, "object"),
    formatNoun(result.referenceCount, "reference"),
    result.preset,
  ].join(` ${glyphs.dot} `);
  return [...wrapText(title, look.width), ...wrapText(result.description ?? "", look.width, "  ")];
}

export function graphVerdictLines(result: GraphResult, look: Look): string[] {
  const partial =
    `Interrupted after ${result.plan?.steps.length ?? 0} of ` +
    `${formatNoun(result.plannedStepCount, "step")}.`;
  return verdictLines(result, partial, checkedText(result), look);
}

function stepLines({ plan, hasFacts }: GraphResult, look: Look): string[] {
  const { glyphs, paint } = look;
  // What a collection answers is CPython's own business where less is promised.
  const hasResults = plan?.promise === "exact";
  const rows = (plan?.steps ?? []).map((step) => {
    const results =
      step.recordedReturned === undefined
        ? ["", ""]
        : [String(step.returned ?? glyphs.dash), String(step.recordedReturned)];
    return [
      `${step.stepIndex} ${stepName(step)}`,
      formatCount(step.deathCount),
      formatCount(step.recordedDeathCount),
      step.agrees ? glyphs.yes : step.isExact ? glyphs.no : "~",
      ...(hasResults ? results : []),
    ];
  });
  const heading = ["step", "died", "CPython", "", ...(hasResults ? ["result", "CPython"] : [])];
  const [first = "", ...others] = formatTableWithin(look.width - 2, [heading, ...rows], 4);
  const lines = [`  ${paint.dim(first)}`, ...others.map((line) => `  ${line}`)];
  const inexact = (plan?.steps ?? []).filter(({ agrees, isExact }) => !agrees && !isExact);
  return [...lines, ...(hasFacts ? inexact.flatMap((step) => differenceLines(step, look)) : [])];
}

/**
 * Of a step of which a graph does not show all: what differs is reported and held against none. The
 * deaths add up to the difference of the row.
 */
function differenceLines(step: GraphStepReport, look: Look): string[] {
  const { returned, recordedReturned } = step;
  const parts = [
    [step.missingDeaths.count, "died in CPython only"],
    [step.extraDeaths.count, "died here only"],
    [step.diedBeforeCount, "died in CPython now, and here in a step before"],
    [step.diedLateCount, "died here now, and in CPython in a step before"],
    [step.refcounts.count, "of another refcount"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([n, what]) => `${formatCount(n)} ${what}`);
  if (returned !== recordedReturned) said.push(`result ${returned}, not ${recordedReturned}`);
  const text =
    `~ step ${step.stepIndex}: ${said.join(", ")}. ` +
    "What program code did in the steps so far no graph shows.";
  return wrapText(text, look.width, "  ").map((line) => look.paint.dim(line));
}

/** What was asked and answered yes, as a sentence. */
function checkedText({ checks, plan, hasFacts }: GraphResult): string {
  const steps = plan?.steps ?? [];
  const exactCount = steps.filter(({ isExact }) => isExact).length;
  const isExact = hasFacts && plan?.promise === "exact";
  const exact = isExact ? ` ${exactCount} of ${formatNoun(steps.length, "step")} are exact.` : "";
  const missing = hasFacts
    ? ""
    : " No facts lie beside the graph, so every step was held to be exact.";
  return `Every check held: ${checks.join(", ")}.${exact}${missing}`;
}
