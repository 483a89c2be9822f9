// Limits and baselines: what makes a comparison fail in continuous integration. The figures are
// deterministic, so that a change of one unit is a change of the code.
//
//   --limit pause.max=5000            no strategy may be above it (throughput: below)
//   --limit mark-sweep:garbage.max=1MiB
//   --baseline old.json --fail-on pause.max --fail-on work+5%     worse than then, by more than 5 %

import { InputFormatError, UsageError } from "@ouro/interfaces";
import { isBeyondNoise, type Metric, metricNamed, parseMetricValue } from "./compare-metrics.js";
import type { StrategyResult } from "./compare-result.js";
import { formatCount } from "./format.js";

export interface Limit {
  /** Undefined: of every strategy. */
  readonly strategy: string | undefined;
  readonly metric: Metric;
  readonly value: number;
}

export interface FailOn {
  readonly metric: Metric;
  /** Worse by more than this share fails. */
  readonly tolerance: number;
}

/** A metric that is not as it was asked for. */
export interface Violation {
  readonly kind: "limit" | "baseline";
  readonly strategy: string;
  /** Of a sweep: the point. */
  readonly value: number | null;
  readonly metric: Metric;
  readonly actual: number;
  readonly allowed: number;
}

/** Results of an earlier comparison. */
export interface Baseline {
  readonly file: string;
  readonly results: readonly StrategyResult[];
}

/** What a result is held against: that of the same strategy, at the same point of a sweep. */
export function resultBefore(
  baseline: Baseline | undefined,
  { strategy, value }: Pick<StrategyResult, "strategy" | "value">,
): StrategyResult | undefined {
  return baseline?.results.find(
    (result) => result.strategy === strategy && (result.value ?? null) === value,
  );
}

/** Throws `UsageError`. */
export function parseLimit(text: string, strategies: readonly string[]): Limit {
  const [left = "", value = "", ...more] = text.split("=");
  const colon = left.lastIndexOf(":");
  const strategy = colon < 0 ? undefined : left.slice(0, colon);
  if (strategy !== undefined && !strategies.includes(strategy)) {
    refuse(`--limit ${text}`, `names ${strategy}, which is not compared`);
  }
  const metric = metricNamed(left.slice(colon + 1), "--limit");
  const parsed = parseMetricValue(value, metric.unit);
  if (parsed === undefined || more.length > 0) {
    refuse(`--limit ${text}`, `has no value in ${metric.unit} after =`);
  }
  return { strategy, metric, value: parsed };
}

/** Throws `UsageError`. */
export function parseFailOn(text: string): FailOn[] {
  return text.split(",").map((each) => {
    const parts = /^([^+]*)(?:\+(\d+(?:\.\d+)?)%)?$/.exec(each);
    if (parts === null) return refuse(`--fail-on ${each}`, "is not METRIC or METRIC+5%");
    const metric = metricNamed(parts[1] ?? "", "--fail-on");
    return { metric, tolerance: Number(parts[2] ?? 0) / 100 };
  });
}

function refuse(argument: string, problem: string): never {
  throw new UsageError({
    where: "ouro compare",
    argument,
    problem,
    remedy: "Write for example --limit pause.max=5000 or --fail-on garbage.max+5%.",
  });
}

/** Reads what `ouro compare --json` wrote. Throws `InputFormatError`. */
export function readBaseline(text: string, file: string): Baseline {
  const fail = (problem: string): never => {
    throw new InputFormatError({ source: file, problem });
  };
  let document: { schema?: unknown; strategies?: unknown };
  try {
    document = JSON.parse(text) ?? {};
  } catch {
    return fail("it is no JSON document");
  }
  if (document.schema !== "ouro/compare@1" || !Array.isArray(document.strategies)) {
    return fail('it is not what ouro compare --json writes ("ouro/compare@1")');
  }
  const results = document.strategies as StrategyResult[];
  for (const result of results) {
    if (typeof result?.strategy !== "string" || typeof result.figures !== "object") {
      fail("one of its strategies has no name or no figures");
    }
  }
  return { file, results };
}

/** What was to be held against the baseline and is not there, in words: else it would hold. */
export function findUnheld(
  results: readonly StrategyResult[],
  baseline: Baseline | undefined,
  failOn: readonly FailOn[],
): string[] {
  const missing = new Set<string>();
  for (const result of results) {
    const before = resultBefore(baseline, result);
    if (before === undefined) missing.add(nameOf(result));
    else {
      for (const { metric } of failOn) {
        const isThere = metric.read(before) !== undefined;
        if (!isThere) missing.add(`${metric.name} of ${nameOf(result)}`);
      }
    }
  }
  return failOn.length === 0 ? [] : [...missing];
}

/** With the point of a sweep. */
export function nameOf({ strategy, value }: Pick<StrategyResult, "strategy" | "value">): string {
  return value === null ? strategy : `${strategy} at ${formatCount(value)}`;
}

/** Everything that is above its limit or worse than before. */
export function findViolations(
  results: readonly StrategyResult[],
  limits: readonly Limit[],
  baseline: Baseline | undefined,
  failOn: readonly FailOn[],
): Violation[] {
  const violations: Violation[] = [];
  for (const result of results) {
    const { strategy } = result;
    for (const limit of limits) {
      if (limit.strategy !== undefined && limit.strategy !== strategy) continue;
      note("limit", result, limit.metric, limit.value);
    }
    const before = resultBefore(baseline, result);
    for (const { metric, tolerance } of before === undefined ? [] : failOn) {
      if (!isBeyondNoise(metric, before as StrategyResult, result)) continue;
      const old = metric.read(before as StrategyResult);
      const factor = metric.better === "less" ? 1 + tolerance : 1 - tolerance;
      note("baseline", result, metric, old === undefined ? old : old * factor);
    }
  }
  return violations;

  function note(
    kind: Violation["kind"],
    result: StrategyResult,
    metric: Metric,
    allowed: number | undefined,
  ): void {
    const { strategy, value } = result;
    const actual = metric.read(result);
    if (actual === undefined || allowed === undefined) return;
    const isWorse = metric.better === "less" ? actual > allowed : actual < allowed;
    if (isWorse) violations.push({ kind, strategy, value, metric, actual, allowed });
  }
}
