// What collections did over a run, to be written as a track of trace events: a slice a collection,
// a slice a cascade of deaths, and how much was live. Time is a model's: an operation of the
// program takes one microsecond, and so does each object that is looked at, so that every run of a
// program gives the same picture.
//
//   time ─►  op op ▐ gc 1 (3 objects: 3 µs) ▌ op ▐ cascade ▌ op        live ▂▃▅▇▂▃
//
// Memory is bounded: the series merge, and of slices as many are kept as asked for; the rest is
// counted.

import {
  checkInteger,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Observer,
} from "@ouro/interfaces";
import { createTimeSeries } from "./time-series.js";
import type { TraceSlice, TraceTrack } from "./trace-events.js";

/** Fewer deaths in one operation are no cascade. */
const CASCADE_LEAST_COUNT = 2;

export interface CollectionTrackOptions {
  /** Default 100,000. */
  sliceLimitCount?: number;
  /** Entries of each series. Default 512. */
  seriesLimitCount?: number;
}

export interface CollectionTrack {
  readonly observer: Observer;
  /** A program begins on an empty heap, or on one that holds this already. */
  begin(name: string, liveCount?: number, liveBytes?: number): void;
  endOperation(): void;
  /** The program is over; its slice holds all since it began. */
  end(): void;
  /** Slices for which there was no room. */
  readonly leftOutCount: number;
  track(name: string): TraceTrack;
}

export function createCollectionTrack(options: CollectionTrackOptions = {}): CollectionTrack {
  const { sliceLimitCount = 100_000, seriesLimitCount } = options;
  checkInteger("createCollectionTrack", "sliceLimitCount", sliceLimitCount, 0);
  const slices: TraceSlice[] = [];
  const bytes = createTimeSeries(seriesLimitCount);
  const objects = createTimeSeries(seriesLimitCount);
  const live = { count: 0, bytes: 0 };
  const cascade = { startUs: 0, count: 0 };
  const running = { generation: -1, startUs: 0, candidateCount: 0 };
  const program = { name: "", startUs: 0 };
  // Readers take 0 for no time at all.
  let nowUs = 1;
  let number = 0;
  let leftOutCount = 0;

  function add(slice: TraceSlice): void {
    if (slices.length < sliceLimitCount) slices.push(slice);
    else leftOutCount++;
  }

  function note(): void {
    bytes.note(nowUs, live.bytes);
    objects.note(nowUs, live.count);
  }

  function endCascade(): void {
    const { startUs, count } = cascade;
    cascade.count = 0;
    if (count < CASCADE_LEAST_COUNT) return;
    const facts = { objects: count };
    add({ name: "cascade of deaths", startUs, durationUs: nowUs - startUs, facts });
  }

  function startCollection(generation: number, candidateCount: number): void {
    endCascade();
    note();
    Object.assign(running, { generation, candidateCount, startUs: nowUs });
    nowUs += candidateCount;
  }

  function endCollection(reclaimed: number, uncollectable: number): void {
    number++;
    const { generation, startUs, candidateCount } = running;
    running.generation = -1;
    // Looking at nothing takes a moment too: a slice without width is not seen.
    nowUs = Math.max(nowUs, startUs + 1);
    const facts = { generation, examined: candidateCount, reclaimed, uncollectable };
    add({ name: `gc ${number}`, startUs, durationUs: nowUs - startUs, facts });
    note();
  }

  function reclaim(sizeWords: number): void {
    live.count--;
    live.bytes -= 4 * sizeWords;
    if (running.generation < 0 && cascade.count++ === 0) cascade.startUs = nowUs;
    nowUs++;
  }

  function event(code: EventCode, a: number, b: number, c: number): void {
    if (code === EVENT_OBJECT_CREATE) {
      live.count++;
      live.bytes += 4 * c;
    } else if (code === EVENT_OBJECT_RECLAIM) reclaim(c);
    else if (code === EVENT_COLLECTION_START) startCollection(a, b);
    else if (code === EVENT_COLLECTION_END) endCollection(b, c);
    else nowUs++;
  }

  return {
    observer: {
      wants: [
        EVENT_OBJECT_CREATE,
        EVENT_OBJECT_CLEAR,
        EVENT_OBJECT_MOVE,
        EVENT_OBJECT_RECLAIM,
        EVENT_COLLECTION_START,
        EVENT_COLLECTION_END,
      ],
      event,
    },
    begin(name, liveCount = 0, liveBytes = 0) {
      Object.assign(program, { name, startUs: nowUs });
      Object.assign(live, { count: liveCount, bytes: liveBytes });
      note();
    },
    endOperation() {
      endCascade();
      nowUs++;
      note();
    },
    end() {
      endCascade();
      running.generation = -1;
      add({
        ...{ name: program.name, startUs: program.startUs },
        durationUs: nowUs - program.startUs,
      });
      Object.assign(live, { count: 0, bytes: 0 });
      nowUs++;
      note();
    },
    get leftOutCount() {
      return leftOutCount;
    },
    track: (name) => ({
      name,
      // An outer slice goes before what it holds, as the format wants it.
      slices: [...slices].sort(
        (one, other) => one.startUs - other.startUs || other.durationUs - one.durationUs,
      ),
      counters: { "live bytes": bytes.entries(), "live objects": objects.entries() },
    }),
  };
}
