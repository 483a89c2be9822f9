// `ouro compare INPUT -s A,B,…`: one input on several strategies, each in a process of its own.

import { UsageError } from "@ouro/interfaces";
import { PRESET_NAMES } from "@ouro/memory-manager";
import { type CommandLine, DEFAULT_PRESET } from "./arguments.js";
import {
  type Baseline,
  findUnheld,
  findViolations,
  parseFailOn,
  parseLimit,
  readBaseline,
} from "./compare-gate.js";
import {
  type Comparison,
  comparisonDocument,
  comparisonLines,
  comparisonMarkdown,
  violationText,
} from "./compare-report.js";
import type { ComparedInput, CompareOrder, StrategyResult } from "./compare-result.js";
import { runApart } from "./compare-runner.js";
import { parseSweep, type Sweep } from "./compare-sweep.js";
import { compositionNames, parseComposition } from "./composition.js";
import {
  EXIT_INTERRUPTED,
  EXIT_INVARIANT,
  EXIT_LIMIT,
  EXIT_OK,
  graverExitCode,
} from "./exit-code.js";
import { wrapText } from "./format.js";
import { isHeapImage } from "./inspected-heap.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { presetNamed } from "./preset-choice.js";
import { createProgress } from "./progress.js";
import { kindOf } from "./recording.js";
import { createWork, Stopped, type Work } from "./replay-work.js";
import { nearestName } from "./suggestion.js";
import type { Terminal } from "./terminal.js";

/** What is the input's fault is the same for every strategy. */
const INPUT_KINDS: ReadonlySet<string> = new Set(["input-format", "limit-reached", "usage"]);

export async function runCompare(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file] = fileOperands(line, 1, line.operands) as [string];
  const sweep = line.sweep === undefined ? undefined : parseSweep(line.sweep);
  const failOn = line.failOn.flatMap(parseFailOn);
  if (failOn.length > 0 && line.baselinePath === undefined) refuseFailOn();
  const baseline = await baselineOf(line, terminal);
  const bytes = await terminal.readBytes(file);
  const isTrace = !isHeapImage(bytes) && kindOf(file, bytes) === "allocation-trace";
  const strategies = strategiesOf(line, isTrace, sweep);
  const limits = line.limits.map((text) => parseLimit(text, strategies));
  const progress = await createProgress(terminal, line);
  const work = createWork(terminal, progress);
  try {
    const { program, wallRuns } = line;
    const points = sweep?.points ?? [undefined];
    const orders = strategies.map((strategy) => {
      return { file, bytes, strategy, program, points, wallRuns };
    });
    const { input, results, isPartial } = await runOrders(orders, work);
    progress.end();
    const fault = results.find(({ failure }) => INPUT_KINDS.has(failure?.kind ?? ""))?.failure;
    if (fault != null) {
      terminal.stderr.write(`${fault.message}\n`);
      return fault.exitCode;
    }
    if (input === undefined) throw new Stopped();
    const violations = findViolations(results, limits, baseline, failOn);
    tellUnheld(findUnheld(results, baseline, failOn), line, terminal);
    return print({ input, results, sweep, baseline, violations, isPartial }, line, terminal);
  } finally {
    progress.end();
  }
}

async function runOrders(orders: readonly CompareOrder[], work: Work) {
  const results: StrategyResult[] = [];
  let input: ComparedInput | undefined;
  try {
    for await (const answer of runApart(orders, work)) {
      const { failure } = answer.result;
      input = failure === null ? answer.input : (input ?? answer.input);
      results.push(answer.result);
      if (INPUT_KINDS.has(failure?.kind ?? "")) break;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return { input, results, isPartial: true };
  }
  return { input, results, isPartial: false };
}

/** A gate that looks at nothing should not look like one that holds. */
function tellUnheld(missing: readonly string[], line: CommandLine, terminal: Terminal): void {
  if (missing.length === 0) return;
  const { width } = lookOf(terminal.stderr, terminal.env, line);
  const text = `ouro: ${line.baselinePath} has no ${missing.join(", ")}: nothing fails on it.`;
  terminal.stderr.write(`${wrapText(text, width).join("\n")}\n`);
}

function print(comparison: Comparison, line: CommandLine, terminal: Terminal): number {
  const look = lookOf(terminal.stdout, terminal.env, line);
  const { violations } = comparison;
  const isJson = line.isJson || line.format === "json";
  if (isJson) {
    terminal.stdout.write(`${JSON.stringify(comparisonDocument(comparison), undefined, 2)}\n`);
    for (const violation of violations) {
      terminal.stderr.write(`ouro: ${violationText(violation)}\n`);
    }
  } else {
    const lines =
      line.format === "md"
        ? comparisonMarkdown(comparison, lookOf(terminal.stdout, terminal.env, PLAIN))
        : comparisonLines(comparison, look);
    terminal.stdout.write(`${lines.join("\n")}\n`);
  }
  return codeOfComparison(comparison);
}

/** The gravest of all: a limit, what a strategy could not do, what the oracle found. */
export function codeOfComparison({ results, violations, isPartial }: Comparison): number {
  if (isPartial) return EXIT_INTERRUPTED;
  return results
    .map(({ liveness, failure }) =>
      liveness?.problem != null ? EXIT_INVARIANT : (failure?.exitCode ?? EXIT_OK),
    )
    .concat(violations.length > 0 ? [EXIT_LIMIT] : [])
    .reduce(graverExitCode, EXIT_OK);
}

const PLAIN = { noColor: true };

/** Those asked for, else every one there is; a sweep is of one. Throws `UsageError`. */
function strategiesOf(line: CommandLine, isTrace: boolean, sweep: Sweep | undefined): string[] {
  const names = line.strategies
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names?.length === 0) refuseNames('""', "names no strategy", [], isTrace);
  if (isTrace) {
    if (sweep !== undefined) refuseSweep("--sweep", "needs objects, and a trace has none");
    checkNames(names ?? [], compositionNames(), isTrace);
    return [...new Set(names ?? compositionNames())].map((name) => parseComposition(name).name);
  }
  checkNames(names ?? [], PRESET_NAMES, isTrace);
  const wanted = [...new Set(names ?? (sweep === undefined ? PRESET_NAMES : [DEFAULT_PRESET]))];
  for (const name of sweep === undefined ? [] : wanted) {
    const { collector } = presetNamed(name)({ reservationBytes: 2 ** 26 });
    const generation = sweep?.points[0]?.generation ?? 0;
    const hasThreshold =
      collector.generations !== undefined && generation <= collector.oldestGeneration;
    if (!hasThreshold) refuseSweep(name, `has no ${sweep?.option} to sweep`);
  }
  return wanted;
}

/** All that are not known at once, each with what it may have been meant to be. */
function checkNames(names: readonly string[], known: readonly string[], isTrace: boolean): void {
  const isKnown = (name: string): boolean => {
    if (!isTrace) return known.includes(name);
    try {
      return parseComposition(name) !== undefined;
    } catch {
      return false;
    }
  };
  const wrong = [...new Set(names)].filter((name) => !isKnown(name));
  if (wrong.length === 0) return;
  const what = isTrace ? "allocator" : "preset";
  const problem = wrong.length === 1 ? `is no ${what}` : `are no ${what}s`;
  refuseNames(wrong.join(", "), problem, wrong, isTrace);
}

function refuseNames(
  argument: string,
  problem: string,
  wrong: readonly string[],
  isTrace: boolean,
): never {
  const known = isTrace ? compositionNames() : PRESET_NAMES;
  const meant = wrong.flatMap((name) => {
    const nearest = nearestName(name, known);
    if (nearest === undefined) return [];
    return wrong.length === 1 ? [nearest] : [`${nearest} for ${name}`];
  });
  const proposal = meant.length === 0 ? "" : `Did you mean ${meant.join(", ")}? `;
  throw new UsageError({
    where: "ouro compare --strategies",
    argument,
    problem,
    remedy: `${proposal}Known: ${known.join(", ")}.`,
  });
}

function refuseSweep(argument: string, problem: string): never {
  throw new UsageError({
    where: "ouro compare --sweep",
    argument,
    problem,
    remedy: "Choose a strategy with generations, such as -s cpython-3.13; see ouro strategies.",
  });
}

function refuseFailOn(): never {
  throw new UsageError({
    where: "ouro compare",
    argument: "--fail-on",
    problem: "has nothing to compare with",
    remedy: "Name what ouro compare --json wrote before: --baseline FILE.",
  });
}

/** Throws `FileNotReadableError` and `InputFormatError`. */
async function baselineOf(line: CommandLine, terminal: Terminal): Promise<Baseline | undefined> {
  const { baselinePath } = line;
  if (baselinePath === undefined) return undefined;
  const text = new TextDecoder().decode(await terminal.readBytes(baselinePath));
  return readBaseline(text, baselinePath);
}
