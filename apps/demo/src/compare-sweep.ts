// A sweep: one option of a strategy over a range, and what it trades: pauses and memory against
// work. A point is on the curve if no other is as good in all three and better in one; the knee is
// the point of the curve nearest to the best of each.
//
//   held.peak │                z          a, k, z    on the curve: each takes less work
//             │       x                   x          another point is better
//             │    k                      k          the knee
//             │ a
//             └───────────── pause.max

import { UsageError } from "@ouro/interfaces";
import type { StrategyResult, SweepPoint } from "./compare-result.js";
import { didYouMean } from "./suggestion.js";

export interface Sweep {
  readonly option: string;
  readonly points: readonly SweepPoint[];
}

export interface SweptPoint {
  readonly result: StrategyResult;
  readonly pause: number;
  readonly heldBytes: number;
  readonly work: number;
  readonly isOnCurve: boolean;
  readonly isKnee: boolean;
}

const OPTIONS = ["gen0", "gen1", "gen2"];
const POINT_COUNT = 9;
const VALUE_MOST = 1_000_000_000;

/** `gen0=100..20000`: nine values, each by the same factor above the last. Throws `UsageError`. */
export function parseSweep(text: string): Sweep {
  const [option = "", range = ""] = text.split("=", 2);
  const parts = /^(\d{1,10})\.\.(\d{1,10})$/.exec(range);
  const [from, to] = [Number(parts?.[1]), Number(parts?.[2])];
  const isKnown = OPTIONS.includes(option);
  if (!isKnown || parts === null || from < 1 || to <= from || to > VALUE_MOST) {
    throw new UsageError({
      where: "ouro compare",
      argument: `--sweep ${text}`,
      problem: isKnown ? "has no range of whole numbers from 1 up" : "names no option to sweep",
      remedy: isKnown
        ? "Write for example --sweep gen0=100..20000."
        : didYouMean(option, OPTIONS, `Options: ${OPTIONS.join(", ")}.`),
    });
  }
  const generation = OPTIONS.indexOf(option) as SweepPoint["generation"];
  const values = Array.from({ length: POINT_COUNT }, (_, index) =>
    Math.round(from * (to / from) ** (index / (POINT_COUNT - 1))),
  );
  return { option, points: [...new Set(values)].map((value) => ({ generation, value })) };
}

/** Points without figures are left out. O(points²). */
export function findCurve(results: readonly StrategyResult[]): SweptPoint[] {
  const points = results.flatMap((result) =>
    result.figures === null
      ? []
      : [
          {
            result,
            pause: result.figures.pause.max,
            heldBytes: result.figures.held.peakBytes,
            work: result.figures.work.total,
          },
        ],
  );
  const isBeaten = (one: Traded): boolean =>
    points.some(
      (other) =>
        AXES.every((axis) => other[axis] <= one[axis]) &&
        AXES.some((axis) => other[axis] < one[axis]),
    );
  const curve = points.filter((point) => !isBeaten(point));
  const knee = kneeOf(curve);
  return points.map((point) => ({
    ...point,
    isOnCurve: curve.includes(point),
    isKnee: point === knee,
  }));
}

const AXES = ["pause", "heldBytes", "work"] as const;
type Traded = Readonly<Record<(typeof AXES)[number], number>>;

/** Each axis from its best to its worst is 0 to 1; none of two points or fewer. */
function kneeOf<Point extends Traded>(curve: readonly Point[]): Point | undefined {
  if (curve.length < 3) return undefined;
  const distance = (point: Point): number =>
    AXES.reduce((sum, axis) => {
      const values = curve.map((each) => each[axis]);
      const [least, most] = [Math.min(...values), Math.max(...values)];
      return sum + (most === least ? 0 : ((point[axis] - least) / (most - least)) ** 2);
    }, 0);
  return curve.reduce((knee, point) => (distance(point) < distance(knee) ? point : knee));
}
