// What differs from run to run is noise unless it differs by more than that.

import { describe, expect, it } from "vitest";
import { findViolations, parseFailOn } from "../src/compare-gate.js";
import { type Comparison, comparisonLines } from "../src/compare-report.js";
import type { StrategyResult } from "../src/compare-result.js";
import { lookOf } from "../src/look.js";
import { wallTimesOf } from "../src/wall-times.js";

const resultOf = (strategy: string, runs: readonly number[]): StrategyResult => ({
  strategy,
  value: null,
  figures: null,
  liveness: null,
  wall: wallTimesOf(runs),
  failure: null,
});

const output = { write() {}, isTTY: false, columns: undefined };
const look = lookOf(output, { LANG: "C.UTF-8" }, { noColor: true });

/** The row of the wall clock, with these runs of two strategies. */
function wallRow(one: readonly number[], other: readonly number[]): string {
  const comparison: Comparison = {
    input: { file: "x", kind: "mutator-programs", name: "x", programs: 1 },
    results: [resultOf("one", one), resultOf("other", other)],
    sweep: undefined,
    baseline: undefined,
    violations: [],
    isPartial: false,
  };
  return comparisonLines(comparison, look).find((line) => line.startsWith("wall")) ?? "";
}

describe("times by the clock", () => {
  it.each([
    ["apart", [10, 11, 12], [20, 21, 22], "11.0 ms (10.0–12.0, 3 runs)*"],
    ["within each other's runs", [10, 11, 30], [20, 21, 22], "11.0 ms (10.0–30.0, 3 runs) "],
    ["of one run, which has no spread", [10], [20], "10.0 ms (1 run) "],
  ])("are best only where they lie %s", (_how, one, other, words) => {
    const row = wallRow(one, other);
    expect(row).toContain(words);
    expect(row.includes("*")).toBe(words.endsWith("*"));
  });

  it.each([
    [[10, 11, 12], [20, 21, 22], 1],
    [[10, 11, 21], [20, 21, 22], 0],
    [[10], [20], 0],
  ])("fail a baseline only beyond it: %j, then %j", (before, now, count) => {
    const old = resultOf("one", before);
    const baseline = { file: "old.json", results: [old] };
    const violations = findViolations([resultOf("one", now)], [], baseline, parseFailOn("wall"));
    expect(violations).toHaveLength(count);
  });
});
