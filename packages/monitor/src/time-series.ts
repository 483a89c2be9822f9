// A time series in bounded memory: as many entries as were asked for, whatever the length of a run.
// Each stands for a stretch of time and keeps the least, the greatest and the last value of it, so
// that no peak is lost; when all are used, neighbours are merged and stretches become twice as
// long.
//
//   full      │ 0–1 │ 1–2 │ 2–3 │ 3–4 │      merged      │ 0–2 │ 2–4 │     │     │

import { checkInteger } from "@ouro/interfaces";

export interface SeriesEntry {
  /** When its first and its last value were noted, in the unit of the caller's times. */
  readonly start: number;
  readonly end: number;
  readonly least: number;
  readonly greatest: number;
  readonly last: number;
}

/** **Invariant:** entries are in the order of time; their least and greatest are the run's. */
export interface TimeSeries {
  readonly entryCount: number;
  /** Notes a value. Times must not go back. O(1) amortised. */
  note(time: number, value: number): void;
  entries(): SeriesEntry[];
}

/** An empty series. Throws `UsageError` unless `limitCount` is at least 2. */
export function createTimeSeries(limitCount = 512): TimeSeries {
  checkInteger("createTimeSeries", "limitCount", limitCount, 2);
  let entries: SeriesEntry[] = [];
  let stretch = 0;

  function merge(): void {
    const merged: SeriesEntry[] = [];
    for (let index = 0; index < entries.length; index += 2) {
      const one = entries[index] as SeriesEntry;
      const other = entries[index + 1];
      merged.push(other === undefined ? one : join(one, other));
    }
    entries = merged;
    const first = entries[0] as SeriesEntry;
    const last = entries.at(-1) as SeriesEntry;
    stretch = Math.max(stretch * 2, (last.end - first.start) / limitCount);
  }

  return {
    get entryCount() {
      return entries.length;
    },
    note(time, value) {
      const entry = { start: time, end: time, least: value, greatest: value, last: value };
      const last = entries.at(-1);
      if (last !== undefined && time - last.start < stretch) {
        entries[entries.length - 1] = join(last, entry);
        return;
      }
      if (entries.length === limitCount) merge();
      entries.push(entry);
    },
    entries: () => [...entries],
  };
}

function join(one: SeriesEntry, other: SeriesEntry): SeriesEntry {
  return {
    start: one.start,
    end: other.end,
    least: Math.min(one.least, other.least),
    greatest: Math.max(one.greatest, other.greatest),
    last: other.last,
  };
}
