// Times of whole runs, with their spread.

import type { WallTimes } from "./compare-result.js";

/** Of at least one run, in milliseconds. */
export function wallTimesOf(runs: readonly number[]): WallTimes {
  const sorted = [...runs].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const isOdd = sorted.length % 2 === 1;
  const median = isOdd ? upper : (upper + (sorted[middle - 1] as number)) / 2;
  return { runs, median, min: sorted[0] as number, max: sorted.at(-1) as number };
}
