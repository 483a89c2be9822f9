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
