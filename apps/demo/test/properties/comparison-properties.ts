// Of `ouro compare`: which values get a star, what breaks a limit, what a sweep starts and draws,
// and that the oracle is heard.

import { codeOfComparison } from "../../src/compare-command.js";
import { findViolations, parseFailOn, parseLimit } from "../../src/compare-gate.js";
import { METRICS, type Metric } from "../../src/compare-metrics.js";
import { type Comparison, comparisonLines } from "../../src/compare-report.js";
import type {
  CompareMessage,
  CompareOrder,
  RunFigures,
  StrategyResult,
} from "../../src/compare-result.js";
import { runApart, type StartProcess } from "../../src/compare-runner.js";
import { findCurve, parseSweep } from "../../src/compare-sweep.js";
import { lookOf } from "../../src/look.js";
import { wallTimesOf } from "../../src/wall-times.js";
import { createRandom } from "../random-image.js";
import { type CommandProperty, expectSame, expectThat } from "./command-property.js";

export const STARS =
  "puts a star at what is best of its row, and by the clock only beyond all other runs";
export const LIMITS = "finds what is above its limit or worse than the baseline, and nothing else";
export const PROCESSES =
  "starts one process for each strategy of a sweep, another after a death, and names each point";
export const CURVE =
  "draws what no other point beats in all three, and the knee nearest to the best";

type Random = ReturnType<typeof createRandom>;

const PLAY_COUNT = 150;
const STRATEGIES = ["one", "two", "three"];
const look = lookOf({ write() {}, isTTY: false, columns: undefined }, { LANG: "C.UTF-8" }, {});
/** Beside each other in one block. */
const wide = { ...look, width: 10_000 };

function figuresOf(random: Random): RunFigures {
  const few = (): number => 1 + random(3);
  return {
    ...{ operations: few(), collections: few(), throughput: few(), fragmentation: few() / 4 },
    work: { total: few(), program: few(), counting: few(), pauses: few() },
    pause: { count: few(), p50: few(), p99: few(), max: few() },
    footprint: { peakBytes: few(), endBytes: few() },
    held: { peakBytes: few(), endBytes: few() },
    garbage: { maxBytes: few(), endBytes: few(), curve: [{ operation: 0, bytes: few() }] },
    overhead: { headerBytes: few(), sideTableBytes: few() },
  };
}

function resultOf(strategy: string, random: Random): StrategyResult {
  const runs = Array.from({ length: 1 + random(4) }, () => 10 * random(4) + random(9) + 1);
  const nothing = { value: null, liveness: null, failure: null };
  return { strategy, figures: figuresOf(random), wall: wallTimesOf(runs), ...nothing };
}

const drawn = (random: Random): StrategyResult[] =>
  STRATEGIES.slice(0, 1 + random(3)).map((name) => resultOf(name, random));

function comparisonOf(results: readonly StrategyResult[]): Comparison {
  return {
    input: { file: "x", kind: "mutator-programs", name: "x", programs: 1 },
    ...{ results, sweep: undefined, baseline: undefined, violations: [], isPartial: false },
  };
}

/** Which of them have a star, by the plainest rule. */
function starred(metric: Metric, results: readonly StrategyResult[]): boolean[] {
  const read = (result: StrategyResult): number => metric.read(result) as number;
  const isBetter = (one: number, other: number): boolean =>
    metric.better === "less" ? one < other : one > other;
  if (metric.name === "wall") {
    return results.map(({ wall }) => {
      const others = results.filter((each) => each.wall !== wall);
      const runs = wall?.runs ?? [];
      const isApart = others.every(
        (other) =>
          Math.min(runs.length, other.wall?.runs.length ?? 0) > 1 &&
          runs.every((run) => other.wall?.runs.every((each) => run < each)),
      );
      return others.length > 0 && isApart;
    });
  }
  const values = results.map(read);
  return values.map(
    (value) =>
      values.some((other) => other !== value) && !values.some((other) => isBetter(other, value)),
  );
}

function playStars(seed: number): void {
  const random = createRandom(seed);
  for (let turn = 0; turn < PLAY_COUNT; turn++) {
    const results = drawn(random);
    const lines = comparisonLines(comparisonOf(results), wide);
    for (const metric of METRICS) {
      const line = lines.find((each) => each.startsWith(`${metric.name} `)) ?? "";
      const cells = line.slice(metric.name.length).trim().split(/ {2,}/);
      const got = cells.map((cell) => cell.endsWith("*"));
      const row = `${line} (${JSON.stringify(results.map(metric.read))})`;
      expectSame(got, starred(metric, results), `stars of the row ${row}`);
    }
    for (const { wall } of results) if (wall !== null) checkTimes(wall);
  }
}

function checkTimes({ runs, median, min, max }: NonNullable<StrategyResult["wall"]>): void {
  const count = (isSo: (run: number) => boolean): number => runs.filter(isSo).length;
  expectThat(runs.includes(min) && runs.every((run) => run >= min), `${min} is not the least`);
  expectThat(runs.includes(max) && runs.every((run) => run <= max), `${max} is not the greatest`);
  const isMiddle = count((run) => run < median) === count((run) => run > median);
  const isNear = count((run) => run <= median) >= runs.length / 2;
  expectThat(isMiddle || isNear, `${median} is not in the middle of ${runs.join(" ")}`);
  const sorted = [...runs].sort((one, other) => one - other);
  const [lower, upper] = [sorted[(runs.length - 1) >> 1] ?? 0, sorted[runs.length >> 1] ?? 0];
  expectSame(median, (lower + upper) / 2, `the median of ${runs.join(" ")}`);
}

function playLimits(seed: number): void {
  const random = createRandom(seed);
  const metrics = METRICS.filter(({ name }) => name !== "wall");
  for (let turn = 0; turn < 5 * PLAY_COUNT; turn++) {
    const [results, before] = [drawn(random), drawn(random)];
    const names = results.map(({ strategy }) => strategy);
    const metric = metrics[random(metrics.length)] as Metric;
    const [bound, percent] = [random(4), 25 * random(4)];
    const only = random(2) === 0 ? undefined : names[0];
    const amount = metric.unit === "share" ? bound / 4 : bound;
    const limit = parseLimit(
      `${only === undefined ? "" : `${only}:`}${metric.name}=${amount}`,
      names,
    );
    const baseline = {
      file: "old",
      results: before,
    };
    const failOn = parseFailOn(percent === 0 ? metric.name : `${metric.name}+${percent}%`);
    const isWorse = (value: number, allowed: number): boolean =>
      metric.better === "less" ? value > allowed : value < allowed;
    const wanted = results.flatMap((result) => {
      const value = metric.read(result) as number;
      const old = metric.read(before.find((each) => each.strategy === result.strategy) ?? result);
      const sign = metric.better === "less" ? 1 : -1;
      const isOver = (only ?? result.strategy) === result.strategy && isWorse(value, amount);
      const isBehind =
        before.some((each) => each.strategy === result.strategy) &&
        isWorse(value, (old as number) * (1 + (sign * percent) / 100));
      return [
        ...(isOver ? [`limit of ${result.strategy}`] : []),
        ...(isBehind ? [`baseline of ${result.strategy}`] : []),
      ];
    });
    const found = findViolations(results, [limit], baseline, failOn);
    const got = found.map(({ kind, strategy }) => `${kind} of ${strategy}`);
    expectSame(got, wanted, `${metric.name} beyond ${amount}, or ${percent} % worse`);
    const code = codeOfComparison({ ...comparisonOf(results), violations: found });
    expectSame(code, wanted.length > 0 ? 3 : 0, `the code of ${wanted.join(", ") || "nothing"}`);
  }
}

/** Two points of a sweep that differ, and are what they were. */
function playSamePoints(seed: number): void {
  const random = createRandom(seed);
  const failOn = parseFailOn("work,pause.max,held.peak,throughput");
  for (let turn = 0; turn < PLAY_COUNT; turn++) {
    const results = [10, 20].map((value) => ({ ...resultOf("one", random), value }));
    const found = findViolations(results, [], { file: "old", results }, failOn);
    expectSame(found.length, 0, "points that are worse than they were");
  }
}

// ── Sweeps ──────────────────────────────────────────────────────────────────────────────────────

type Listener = (...values: never[]) => void;

/** Processes that answer at once; a point of this value ends the process instead. */
function answering(deadlyValue: number | undefined) {
  const started: string[] = [];
  const start: StartProcess = () => {
    const listeners = new Map<string, Listener>();
    const tell = (message: CompareMessage): void =>
      (listeners.get("message") as ((message: CompareMessage) => void) | undefined)?.(message);
    const child = {
      on(event: string, listener: Listener) {
        listeners.set(event, listener);
        return child;
      },
      send({ strategy, points, file }: CompareOrder) {
        started.push(strategy);
        const input = { file, kind: "mutator-programs", name: file, programs: 1 } as const;
        for (const point of points) {
          if (point !== undefined && point.value === deadlyValue) {
            (listeners.get("close") as ((code: number, signal: null) => void) | undefined)?.(
              7,
              null,
            );
            return true;
          }
          const nothing = { figures: null, liveness: null, wall: null, failure: null };
          tell({ input, result: { strategy, value: point?.value ?? null, ...nothing } });
        }
        return true;
      },
      kill: () => true,
    };
    return child as unknown as ReturnType<StartProcess>;
  };
  return { started, start };
}

async function playSweep(deadlyIndex: number | undefined): Promise<void> {
  const { points } = parseSweep("gen1=100..20000");
  const deadly = deadlyIndex === undefined ? undefined : points[deadlyIndex]?.value;
  const { started, start } = answering(deadly);
  const names: string[] = [];
  const work = {
    progress: { begin: (_step: string, name: string) => names.push(name), reach() {}, end() {} },
    nowMs: () => 0,
    breathe: async () => {},
  };
  const orders = ["one", "two"].map((strategy) => ({
    ...{ file: "x", bytes: new Uint8Array(), strategy, program: undefined, points, wallRuns: 0 },
  }));
  const answers: string[] = [];
  for await (const { result } of runApart(orders, work, start)) {
    const how = result.failure === null ? "" : ` ${result.failure.message}`;
    answers.push(`gen1=${result.value} ${result.strategy}${how}`);
  }
  const each = (say: (value: number, strategy: string) => string): string[] =>
    orders.flatMap(({ strategy }) => points.map(({ value }) => say(value, strategy)));
  expectSame(
    names,
    each((value, strategy) => `gen1=${value} ${strategy}`),
    "names of points",
  );
  const wanted = each((value, strategy) => {
    const end = `the process of ${strategy} ended with exit code 7 before it answered`;
    return `gen1=${value} ${strategy}${value === deadly ? ` ${end}` : ""}`;
  });
  expectSame(answers, wanted, "answers");
  // One that dies of the last point leaves nothing to do.
  const isAgain = deadlyIndex !== undefined && deadlyIndex < points.length - 1;
  const processes = isAgain ? ["one", "one", "two", "two"] : ["one", "two"];
  expectSame(started, processes, "processes");
}

function playValues(): void {
  const { points } = parseSweep("gen0=100..20000");
  expectSame([points[0]?.value, points.at(-1)?.value], [100, 20_000], "ends of a sweep");
  for (const [index, { value, generation }] of points.entries()) {
    const factor = 200 ** (1 / 8);
    expectSame([generation, value], [0, Math.round(100 * factor ** index)], `value ${index}`);
  }
}

function playCurve(seed: number): void {
  const random = createRandom(seed);
  for (let turn = 0; turn < PLAY_COUNT; turn++) {
    const results = Array.from({ length: 1 + random(7) }, () => resultOf("one", random));
    const costs = results.map(({ figures }) => {
      const { pause, held, work } = figures as RunFigures;
      return [pause.max, held.peakBytes, work.total];
    });
    const beats = (one: readonly number[], other: readonly number[]): boolean =>
      one.every((value, axis) => value <= (other[axis] as number)) && one.join() !== other.join();
    const wanted = costs.map((cost) => !costs.some((other) => beats(other, cost)));
    const points = findCurve(results);
    expectSame(
      points.map(({ isOnCurve }) => isOnCurve),
      wanted,
      `the curve of ${costs.join(" ")}`,
    );
    const curve = costs.filter((_, index) => wanted[index]);
    const distances = curve.map((cost) =>
      cost.reduce((sum, value, axis) => {
        const all = curve.map((each) => each[axis] as number);
        const [least, most] = [Math.min(...all), Math.max(...all)];
        return sum + (most === least ? 0 : ((value - least) / (most - least)) ** 2);
      }, 0),
    );
    const knees = points.filter(({ isKnee }) => isKnee);
    expectSame(knees.length, curve.length < 3 ? 0 : 1, "knees");
    const { pause, heldBytes, work } = knees[0] ?? { pause: 0, heldBytes: 0, work: 0 };
    const place = curve.findIndex((cost) => cost.join() === [pause, heldBytes, work].join());
    if (knees.length > 0) {
      expectSame(distances[place], Math.min(...distances), "how near the knee is");
    }
  }
}

export const comparisonProperties: readonly CommandProperty[] = [
  { name: STARS, play: playStars },
  {
    name: LIMITS,
    play(seed) {
      playLimits(seed);
      playSamePoints(seed);
    },
  },
  {
    name: PROCESSES,
    async play() {
      playValues();
      for (const deadlyIndex of [undefined, 0, 4, 8]) await playSweep(deadlyIndex);
    },
  },
  { name: CURVE, play: playCurve },
];
