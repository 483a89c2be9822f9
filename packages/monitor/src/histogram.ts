// A histogram of durations or sizes in bounded memory: exact below 32, above that 16 steps for each
// doubling, so that a quantile is at most 1/16 too large. Least, greatest and sum are exact.
//
//   value      0 … 31            32 … 63          64 … 127        …   up to 2 ** 53
//   step       1 each            2 each           4 each          …
//
// Idea: HdrHistogram (Tene), with two significant hexadecimal digits' worth of steps.

import { checkInteger } from "@ouro/interfaces";

const EXACT_LIMIT = 32;
const STEPS = 16;
const STEP_SHIFT = 4;
const SLOT_COUNT = EXACT_LIMIT + STEPS * (53 - 5);

/** Of whole numbers, in any one unit. */
export interface Histogram {
  readonly count: number;
  readonly sum: number;
  /** 0 without values, as the greatest. */
  readonly least: number;
  readonly greatest: number;
  /** Throws `UsageError` for what is no whole number from 0 to 2 ** 53 − 1. O(1). */
  add(value: number): void;
  /**
   * A value that the share `share` of all values does not exceed, at most 1/16 too large and never
   * above the greatest; 0 without values. O(1).
   */
  quantile(share: number): number;
  /** Upper bounds of the steps in use, with the values up to each of them, ascending. */
  steps(): { readonly upTo: number; readonly count: number }[];
}

/** An empty histogram. */
export function createHistogram(): Histogram {
  const counts = new Float64Array(SLOT_COUNT);
  let count = 0;
  let sum = 0;
  let least = 0;
  let greatest = 0;

  return {
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    get least() {
      return least;
    },
    get greatest() {
      return greatest;
    },
    add(value) {
      checkInteger("Histogram.add", "value", value, 0);
      const index = indexOf(value);
      counts[index] = (counts[index] as number) + 1;
      least = count === 0 ? value : Math.min(least, value);
      greatest = Math.max(greatest, value);
      count++;
      sum += value;
    },
    quantile(share) {
      const wanted = Math.max(1, Math.ceil(share * count));
      let seen = 0;
      for (let index = 0; index < SLOT_COUNT; index++) {
        seen += counts[index] as number;
        if (seen >= wanted) return Math.min(boundOf(index), greatest);
      }
      return greatest;
    },
    steps() {
      const steps: { upTo: number; count: number }[] = [];
      counts.forEach((each, index) => {
        if (each > 0) steps.push({ upTo: boundOf(index), count: each });
      });
      return steps;
    },
  };
}

/** Halves a value until it has five bits: which doubling it lies in, and which step of it. */
function indexOf(value: number): number {
  if (value < EXACT_LIMIT) return value;
  const doubling = Math.floor(Math.log2(value));
  // The logarithm of a number just below a power of two may be rounded up to it.
  const exact = 2 ** doubling > value ? doubling - 1 : doubling;
  const step = Math.floor(value / 2 ** (exact - STEP_SHIFT)) - STEPS;
  return EXACT_LIMIT + (exact - 5) * STEPS + step;
}

/** The greatest value of a slot. */
function boundOf(index: number): number {
  if (index < EXACT_LIMIT) return index;
  const doubling = ((index - EXACT_LIMIT) >> STEP_SHIFT) + 5;
  const step = (index - EXACT_LIMIT) & (STEPS - 1);
  return (STEPS + step + 1) * 2 ** (doubling - STEP_SHIFT) - 1;
}
