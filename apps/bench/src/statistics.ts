// Medians, spreads and what is left after the loop itself is taken off.

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("median: no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    least: Math.min(...values),
    greatest: Math.max(...values),
  };
}

/** What one side takes more than the other, in the unit of the values. */
export interface PairedDifference {
  readonly median: number;
  /** The median lies from here… */
  readonly low: number;
  /** …to here with at least the confidence. */
  readonly high: number;
  readonly confidence: number;
  readonly pairCount: number;
}

const CONFIDENCE = 0.95;
/** With fewer pairs no interval between two of their differences is that sure. */
const PAIR_COUNT_LEAST = 6;

/**
 * `other[i] - base[i]`, by the sign test, which asks nothing of how they are spread: of n values
 * fewer than k lie below the median with the probability that n coins show fewer than k heads.
 */
export function pairedDifference(
  base: readonly number[],
  other: readonly number[],
): PairedDifference {
  const pairCount = base.length;
  if (other.length !== pairCount || pairCount < PAIR_COUNT_LEAST) {
    throw new RangeError(`pairedDifference: needs ${PAIR_COUNT_LEAST} pairs or more`);
  }
  const sorted = base.map((value, pair) => (other[pair] as number) - value).sort((a, b) => a - b);
  let [place, chance] = [0, 0];
  for (let heads = 0, ways = 1; ; heads++) {
    const isSure = 1 - 2 * (chance + ways / 2 ** pairCount) >= CONFIDENCE;
    if (!isSure) break;
    chance += ways / 2 ** pairCount;
    place = heads;
    ways = (ways * (pairCount - heads)) / (heads + 1);
  }
  return {
    median: median(sorted),
    low: sorted[place] as number,
    high: sorted[pairCount - 1 - place] as number,
    confidence: 1 - 2 * chance,
    pairCount,
  };
}

/** Below this a net time is the noise of two measurements, not a time. Unit: nanoseconds. */
export const NET_RESOLUTION_NS = 0.2;

/** A gross time without the loop's own; undefined when what is left cannot be told from noise. */
export function net(grossNs: number, loopNs: number | undefined): number | undefined {
  if (loopNs === undefined) return undefined;
  const left = grossNs - loopNs;
  return left < NET_RESOLUTION_NS ? undefined : left;
}

/** How many times faster `ours` is; undefined when either side is unknown. */
export function timesFaster(
  ours: number | undefined,
  theirs: number | undefined,
): number | undefined {
  return ours === undefined || theirs === undefined ? undefined : theirs / ours;
}
