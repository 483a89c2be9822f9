// What running a file of programs showed, for people.

import { formatCount, formatNoun, wrapText } from "./format.js";
import { lifeLines } from "./life-report.js";
import type { Look } from "./look.js";
import type { ProgramsResult } from "./replay-result.js";
import { verdictLines } from "./verdict.js";

export function programsLines(result: ProgramsResult, look: Look): string[] {
  const lines = programsTitleLines(result, look);
  // What failed in the middle has an error to tell, and no figures.
  const life = result.failure === undefined ? result.life : undefined;
  if (life !== undefined) lines.push("", ...lifeLines(life, look), "");
  return [...lines, ...programsVerdictLines(result, look)];
}

export function programsTitleLines(result: ProgramsResult, look: Look): string[] {
  const { paint, glyphs } = look;
  if (result.programCount === 0) return [paint.bold(result.file)];
  const title = [
    paint.bold(baseName(result.file)),
    formatNoun(result.programCount, "program"),
    formatNoun(stepCountOf(result), "step"),
    result.preset,
  ].join(` ${glyphs.dot} `);
  const leftOutCount = leftOutCountOf(result);
  const leftOut =
    `${formatNoun(leftOutCount, "step")} of programs with weak references or finalizers ` +
    `${leftOutCount === 1 ? "was" : "were"} left out: CPython still had what they name, and ` +
    `under ${result.preset} no root reaches it any more.`;
  return [
    ...wrapText(title, look.width),
    ...(leftOutCount === 0 || result.mismatches.length > 0
      ? []
      : wrapText(leftOut, look.width, "  ")),
  ];
}

export function programsVerdictLines(result: ProgramsResult, look: Look): string[] {
  const ran = result.programs.length;
  const partial = `Interrupted after ${ran} of ${formatNoun(result.programCount, "program")}.`;
  return verdictLines(result, partial, checkedText(result), look);
}

/** Steps that were carried out. */
export function stepCountOf({ programs }: ProgramsResult): number {
  return programs.reduce((sum, { stepCount }) => sum + stepCount, 0);
}

/** Steps that were not. */
export function leftOutCountOf({ programs }: ProgramsResult): number {
  return programs.reduce((sum, { leftOutStepCount }) => sum + leftOutStepCount, 0);
}

export function countOf(
  { programs }: ProgramsResult,
  outcome: ProgramsResult["programs"][number]["outcome"],
): number {
  return programs.filter((program) => program.outcome === outcome).length;
}

function checkedText(result: ProgramsResult): string {
  const agreeing = formatCount(countOf(result, "agrees"));
  const those = `${agreeing} of ${formatNoun(result.programCount, "program")}`;
  const subject = result.promise === "everything observed" ? "CPython" : "what must be reachable";
  return `Every check held: ${those} agree with ${subject} in ${result.checks.join(", ")}.`;
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
}
