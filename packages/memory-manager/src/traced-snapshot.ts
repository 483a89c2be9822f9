// A snapshot of traced allocations: what was alive at one moment, by type, by site or by both, and
// how that differs from another moment. It holds names and numbers, no object: what happens to the
// heap later changes no snapshot.
//
// Source: CPython 3.13 Lib/tracemalloc.py, `Snapshot`, `Statistic`, `StatisticDiff`, for the names
// and the order.

/** One object: who asked for it, and what it is. */
export interface TracedAllocation {
  readonly site: string;
  readonly typeName: string;
  readonly sizeBytes: number;
}

/** What allocations are grouped by; `trace` is site and type together. */
export type TraceKey = "type" | "site" | "trace";

/** The allocations of one group. A name that is not part of the key is undefined. */
export interface TraceStatistic {
  readonly site: string | undefined;
  readonly typeName: string | undefined;
  readonly sizeBytes: number;
  readonly count: number;
}

/** How a group differs from what it was. What is gone has size and count 0. */
export interface TraceDifference extends TraceStatistic {
  readonly sizeDifferenceBytes: number;
  readonly countDifference: number;
}

export interface TracedSnapshot {
  readonly traces: readonly TracedAllocation[];
  /** Most bytes first, then most objects, then by name. O(traces). */
  statistics(key: TraceKey): TraceStatistic[];
  /** What changed since `old`, greatest change in bytes first; equal groups too, as in Python. */
  compareTo(old: TracedSnapshot, key: TraceKey): TraceDifference[];
  /** The allocations that `isKept` says true of. */
  filterTraces(isKept: (allocation: TracedAllocation) => boolean): TracedSnapshot;
}

export function createTracedSnapshot(traces: readonly TracedAllocation[]): TracedSnapshot {
  return {
    traces,
    statistics: (key) => [...groupsOf(traces, key).values()].sort(bySize),
    compareTo: (old, key) => differencesOf(groupsOf(old.traces, key), groupsOf(traces, key)),
    filterTraces: (isKept) => createTracedSnapshot(traces.filter(isKept)),
  };
}

function groupsOf(traces: readonly TracedAllocation[], key: TraceKey): Map<string, TraceStatistic> {
  const groups = new Map<string, TraceStatistic>();
  for (const allocation of traces) {
    const site = key === "type" ? undefined : allocation.site;
    const typeName = key === "site" ? undefined : allocation.typeName;
    const name = JSON.stringify([site, typeName]);
    const { sizeBytes = 0, count = 0 } = groups.get(name) ?? {};
    groups.set(name, {
      ...{ site, typeName, count: count + 1 },
      sizeBytes: sizeBytes + allocation.sizeBytes,
    });
  }
  return groups;
}

function differencesOf(
  old: ReadonlyMap<string, TraceStatistic>,
  now: ReadonlyMap<string, TraceStatistic>,
): TraceDifference[] {
  const differences: TraceDifference[] = [];
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const before = old.get(name);
    const after = now.get(name);
    const { site, typeName } = (after ?? before) as TraceStatistic;
    const { sizeBytes = 0, count = 0 } = after ?? {};
    differences.push({
      ...{ site, typeName, sizeBytes, count },
      sizeDifferenceBytes: sizeBytes - (before?.sizeBytes ?? 0),
      countDifference: count - (before?.count ?? 0),
    });
  }
  return differences.sort(
    (one, other) =>
      Math.abs(other.sizeDifferenceBytes) - Math.abs(one.sizeDifferenceBytes) ||
      other.sizeBytes - one.sizeBytes ||
      Math.abs(other.countDifference) - Math.abs(one.countDifference) ||
      other.count - one.count ||
      byName(one, other),
  );
}

function bySize(one: TraceStatistic, other: TraceStatistic): number {
  return other.sizeBytes - one.sizeBytes || other.count - one.count || byName(one, other);
}

function byName(one: TraceStatistic, other: TraceStatistic): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

function nameOf({ site = "", typeName = "" }: TraceStatistic): string {
  return `${site} ${typeName}`;
}
