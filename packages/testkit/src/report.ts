// The report of a suite: what holds, what fails and how to see it again, what was not run and why.

import type { ScopePart } from "./scope-part.js";

/** The heap before the last command and after it, as the shadow heap and the subject have it. */
export interface Drawing {
  readonly text: string;
  readonly svg: string;
}

export interface Verdict {
  /** The property's name. */
  readonly property: string;
  readonly source: string | undefined;
  readonly outcome: "holds" | "fails" | "not run";
  /** For what was not run. */
  readonly why?: string;
  /** Programs and commands that were played, shrinking aside. */
  readonly programCount: number;
  readonly commandCount: number;
  /** Of a small scope: about one program in so many was played, all of them for 1. */
  readonly stride?: number;
  /** Of a small scope: the part that was played, if it was not the whole. */
  readonly part?: ScopePart | undefined;
  /** For what fails. */
  readonly counterexample?: Counterexample;
}

export interface Counterexample {
  readonly property: string;
  readonly seed: number;
  /** Together with the seed it replays this program first. */
  readonly path: string;
  /** As JSON it can be kept, and replayed whatever becomes of the generators. */
  readonly program: unknown;
  /** The program as JavaScript. */
  readonly script: string;
  readonly reason: string;
  readonly drawing: Drawing | undefined;
}

export interface Report {
  readonly suite: string;
  readonly subject: string;
  readonly traits: object;
  readonly seed: number;
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly string[];
  readonly programCount: number;
  readonly commandCount: number;
  /** How many properties fail: the subject is refuted unless it is 0. */
  readonly failCount: number;
}

/** A report as lines for people, counterexamples with all that is needed to see them again. */
export function printReport(report: Report): string {
  const { suite, subject, seed, verdicts, warnings, programCount, commandCount } = report;
  const head = `${subject}: suite ${suite}, seed ${seed}`;
  return [
    head,
    ...verdicts.map(printVerdict),
    ...warnings.map((warning) => `warning: ${warning}`),
    `${sumUp(report)} ${programCount} programs, ${commandCount} commands.`,
  ].join("\n");
}

function sumUp({ verdicts, failCount }: Report): string {
  const countOf = (outcome: Verdict["outcome"]): number =>
    verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const start = failCount === 0 ? "Nothing refuted" : `Refuted: ${failCount} fail`;
  return `${start}; ${countOf("holds")} hold, ${countOf("not run")} not run.`;
}

/** One verdict as lines. */
export function printVerdict(verdict: Verdict): string {
  const { property, outcome, why, counterexample } = verdict;
  if (counterexample === undefined) {
    const note = why ?? scopeOf(verdict);
    return `${outcome}: ${property}${note === undefined ? "" : ` (${note})`}`;
  }
  const { reason, seed, path, script, drawing } = counterexample;
  return [
    `${outcome}: ${property}`,
    indent(reason, "  "),
    `  seed ${seed}, path "${path}"`,
    indent(script, "  | "),
    ...(drawing === undefined ? [] : [indent(drawing.text, "  ")]),
  ].join("\n");
}

function scopeOf({ stride, part, programCount }: Verdict): string | undefined {
  if (stride === undefined) return undefined;
  const text = stride === 1 ? `all ${programCount}` : `${programCount}, about one in ${stride}`;
  return part === undefined ? text : `${text} of part ${part.index + 1} of ${part.count}`;
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}
