// Writes what collections did over time as Chrome trace events, which Perfetto, chrome://tracing,
// DevTools' Performance panel and speedscope open. A memory manager is a process, so that several
// of them lie below one another in one file.
//
//   process 1 "mark-sweep"     ▐ gc 1 ▌     ▐ gc 2 ▌        slices: collections
//                              live bytes ▂▃▅▇▂▃▅▇          counters
//
// Times are microseconds. Source: the trace event format's description (Chromium, 2016).

import type { SeriesEntry } from "./time-series.js";

/** Something that took time; slices of one track nest or follow one another. */
export interface TraceSlice {
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly facts?: Readonly<Record<string, number | string>>;
}

export interface TraceTrack {
  /** Of the memory manager. */
  readonly name: string;
  readonly slices: readonly TraceSlice[];
  /** By name; times of the entries are microseconds. */
  readonly counters?: Readonly<Record<string, readonly SeriesEntry[]>>;
}

/** One event of the format, as far as this writer uses it. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: "M" | "X" | "C";
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly cat?: string;
  readonly dur?: number;
  readonly args: Readonly<Record<string, number | string>>;
}

export interface TraceEventFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, string>>;
}

/** The document to write as JSON. O(slices + entries). */
export function traceEventsOf(
  tracks: readonly TraceTrack[],
  otherData: Readonly<Record<string, string>> = {},
): TraceEventFile {
  const traceEvents: TraceEvent[] = [];
  for (const [index, track] of tracks.entries()) {
    const place = { pid: index + 1, tid: 1 };
    for (const name of ["process_name", "thread_name"]) {
      traceEvents.push({ name, ph: "M", ...place, ts: 0, args: { name: track.name } });
    }
    for (const { name, startUs, durationUs, facts = {} } of track.slices) {
      const time = { ts: startUs, dur: durationUs };
      traceEvents.push({ name, ph: "X", ...place, ...time, cat: "collection", args: facts });
    }
    for (const [name, entries] of Object.entries(track.counters ?? {})) {
      for (const { start, greatest } of entries) {
        traceEvents.push({ name, ph: "C", ...place, ts: start, args: { value: greatest } });
      }
    }
  }
  return { traceEvents, displayTimeUnit: "ms", otherData };
}
