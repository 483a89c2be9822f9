// The metrics of a comparison: their names, which of two values is the better one, and how they are
// written. What can be limited or held against a baseline is exactly what the table shows.

import { UsageError } from "@ouro/interfaces";
import type { StrategyResult } from "./compare-result.js";
import { formatBytes, formatCount } from "./format.js";
import { didYouMean } from "./suggestion.js";

export type MetricUnit = "operations" | "units" | "bytes" | "share" | "milliseconds";

export interface Metric {
  readonly name: string;
  readonly meaning: string;
  readonly unit: MetricUnit;
  readonly better: "less" | "more";
  /** Of allocation traces too. */
  readonly isOfTraces: boolean;
  /** Undefined: the result has none. */
  read(result: StrategyResult): number | undefined;
  /** Of what differs from run to run; undefined: it is the same in every run. */
  spread?(result: StrategyResult): Spread | undefined;
}

/** The least and the greatest of some runs. */
export interface Spread {
  readonly min: number;
  readonly max: number;
  readonly runCount: number;
}

/** Whether two values differ by more than what runs of the same differ by: never for one run. */
export function isBeyondNoise(metric: Metric, one: StrategyResult, other: StrategyResult): boolean {
  if (metric.spread === undefined) return metric.read(one) !== metric.read(other);
  const [left, right] = [metric.spread(one), metric.spread(other)];
  if (left === undefined || right === undefined) return false;
  if (left.runCount < 2 || right.runCount < 2) return false;
  return left.max < right.min || right.max < left.min;
}

type Read = (figures: NonNullable<StrategyResult["figures"]>) => number;

const metric = (
  name: string,
  meaning: string,
  unit: MetricUnit,
  read: Read,
  more: { better?: "more"; isOfTraces?: boolean } = {},
): Metric => ({
  name,
  meaning,
  unit,
  better: more.better ?? "less",
  isOfTraces: more.isOfTraces ?? false,
  read: ({ figures }) => (figures === null ? undefined : read(figures)),
});

export const METRICS: readonly Metric[] = [
  metric("throughput", "operations for 1,000 units of work", "operations", (f) => f.throughput, {
    better: "more",
    isOfTraces: true,
  }),
  metric("work", "units of work in all", "units", (f) => f.work.total, { isOfTraces: true }),
  metric("pause.p50", "units that half of all pauses take at most", "units", (f) => f.pause.p50),
  metric("pause.p99", "units that 99 % of them take at most", "units", (f) => f.pause.p99),
  metric("pause.max", "units of the longest", "units", (f) => f.pause.max),
  metric(
    "footprint.peak",
    "most bytes lent, in whole arenas",
    "bytes",
    (f) => f.footprint.peakBytes,
    {
      isOfTraces: true,
    },
  ),
  metric("held.peak", "most bytes of objects, garbage included", "bytes", (f) => f.held.peakBytes, {
    isOfTraces: true,
  }),
  metric(
    "fragmentation",
    "share of the lent bytes without object then",
    "share",
    (f) => f.fragmentation,
    {
      isOfTraces: true,
    },
  ),
  metric("garbage.max", "most bytes held that no root reaches", "bytes", (f) => f.garbage.maxBytes),
  metric(
    "garbage.end",
    "such bytes after a last full collection",
    "bytes",
    (f) => f.garbage.endBytes,
  ),
  metric("headers", "bytes of object headers then", "bytes", (f) => f.overhead.headerBytes),
  metric("sidetable", "bytes of the side table then", "bytes", (f) => f.overhead.sideTableBytes),
  {
    name: "wall",
    meaning: "median of whole runs by the clock, least to greatest (--runs)",
    unit: "milliseconds",
    better: "less",
    isOfTraces: true,
    read: ({ wall }) => wall?.median,
    spread: ({ wall }) =>
      wall?.runs === undefined
        ? undefined
        : { min: wall.min, max: wall.max, runCount: wall.runs.length },
  },
];

/** Throws `UsageError` for a name that is no metric. */
export function metricNamed(name: string, option: string): Metric {
  const found = METRICS.find((metric) => metric.name === name);
  if (found !== undefined) return found;
  const names = METRICS.map((metric) => metric.name);
  throw new UsageError({
    where: `ouro compare ${option}`,
    argument: name === "" ? '""' : name,
    problem: "is not a metric",
    remedy: didYouMean(name, names, `Metrics: ${names.join(", ")}.`),
  });
}

export function formatMetric(value: number, unit: MetricUnit): string {
  if (unit === "bytes") return formatBytes(value);
  if (unit === "share") return `${(100 * value).toFixed(1)} %`;
  if (unit === "milliseconds") return `${value.toFixed(1)} ms`;
  if (unit === "operations") return value.toFixed(1);
  return formatCount(Math.round(value));
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kib: 2 ** 10,
  k: 2 ** 10,
  mib: 2 ** 20,
  m: 2 ** 20,
  gib: 2 ** 30,
  g: 2 ** 30,
};

/** Reads a value of a unit: `64MiB`, `20%`, `5000`. Undefined for what is none. */
export function parseMetricValue(text: string, unit: MetricUnit): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([a-z%]*)$/i.exec(text);
  if (parts === null) return undefined;
  const amount = Number(parts[1]);
  const ending = (parts[2] ?? "").toLowerCase();
  if (unit === "bytes") {
    const factor = SIZE_UNITS[ending];
    return factor === undefined ? undefined : amount * factor;
  }
  if (unit === "share") return ending === "%" ? amount / 100 : ending === "" ? amount : undefined;
  if (unit === "milliseconds") return ending === "ms" || ending === "" ? amount : undefined;
  return ending === "" ? amount : undefined;
}
