// The log of collections, in three styles: a line each for people, CPython's own words, and JSON a
// line for programs. A log is an observer; where lines go, and what time it is, is handed in.
//
//   line      gc 3 gen 1 @0.182s: 0.31 ms, 212 examined, 118 reclaimed, 0 uncollectable
//   cpython   gc: collecting generation 1...
//             gc: objects in each generation: 328 0 10919
//             gc: objects in permanent generation: 0
//             gc: done, 118 unreachable, 0 uncollectable, 0.0003s elapsed
//   json      {"schema":"ouro/collection@1","number":3,"generation":1,…}
//
// Without a clock there are no times, and two runs of one program log the same.
// Source of the words: CPython 3.13 Python/gc.c, `show_stats_each_generations` and
// `gc_collect_main`.

import {
  type Clock,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_RESURRECT,
  type Generations,
  type Observer,
  PERMANENT_GENERATION,
  UsageError,
} from "@ouro/interfaces";
import { formatPlace, type SourcePlace } from "./source-place.js";

export type CollectionLogStyle = "line" | "cpython" | "json";

export interface CollectionLogOptions {
  style: CollectionLogStyle;
  /** Told of each line, without its end. */
  write: (line: string) => void;
  /** Undefined: nothing is said of time. */
  clock?: Clock;
  /** Where the program is; asked when a collection begins. CPython's words leave it out. */
  position?: () => SourcePlace | undefined;
}

/** A collection as the log's JSON tells it. Times are milliseconds, there if a clock is. */
export interface LoggedCollection {
  readonly schema: "ouro/collection@1";
  /** From 1. */
  readonly number: number;
  readonly generation: number;
  readonly examinedCount: number;
  readonly reclaimedCount: number;
  readonly reclaimedBytes: number;
  readonly uncollectableCount: number;
  readonly finalizerCount: number;
  readonly resurrectedCount: number;
  readonly startMs?: number;
  readonly pauseMs?: number;
  /** Where the program was. */
  readonly place?: SourcePlace;
}

export interface CollectionLog {
  /** To compose a memory manager with. */
  readonly observer: Observer;
  /**
   * For the style `cpython`, which tells how many objects each generation has before a collection:
   * call it once the memory manager is composed. Throws `UsageError` for a strategy without
   * generations.
   */
  attach(generations: Generations | undefined): void;
}

interface Running {
  generation: number;
  examinedCount: number;
  reclaimedCount: number;
  reclaimedBytes: number;
  finalizerCount: number;
  resurrectedCount: number;
  startMs: number;
  place?: SourcePlace;
}

/** A log in one style. */
export function createCollectionLog(options: CollectionLogOptions): CollectionLog {
  const { style, write, clock, position } = options;
  const epochMs = clock?.now() ?? 0;
  let number = 0;
  let running: Running | undefined;
  let populations = "";

  function start(generation: number, examinedCount: number): void {
    const startMs = (clock?.now() ?? 0) - epochMs;
    const place = position?.();
    running = {
      generation,
      examinedCount,
      reclaimedCount: 0,
      reclaimedBytes: 0,
      finalizerCount: 0,
      resurrectedCount: 0,
      startMs,
      ...(place === undefined ? {} : { place }),
    };
    number++;
  }

  function end(reclaimedCount: number, uncollectableCount: number): void {
    if (running === undefined) return;
    const { startMs, ...facts } = running;
    const pauseMs = (clock?.now() ?? 0) - epochMs - startMs;
    running = undefined;
    const times = clock === undefined ? {} : { startMs, pauseMs };
    const collection = { ...facts, reclaimedCount, uncollectableCount, ...times };
    writeIn(style, { schema: "ouro/collection@1", number, ...collection }, populations, write);
  }

  const observer: Observer = {
    wants: [
      EVENT_COLLECTION_START,
      EVENT_COLLECTION_END,
      EVENT_OBJECT_RECLAIM,
      EVENT_FINALIZER_RUN,
      EVENT_OBJECT_RESURRECT,
    ],
    event(code, a, b, c) {
      if (code === EVENT_COLLECTION_START) start(a, b);
      else if (code === EVENT_COLLECTION_END) end(b, c);
      else if (running === undefined) return;
      else if (code === EVENT_OBJECT_RECLAIM) running.reclaimedBytes += c * 4;
      else if (code === EVENT_FINALIZER_RUN) running.finalizerCount++;
      else running.resurrectedCount++;
    },
  };

  return {
    observer,
    attach(generations) {
      if (generations === undefined) refuseStrategy();
      generations.callbacks.push((phase) => {
        if (phase === "start") populations = populationsOf(generations);
      });
    },
  };
}

function populationsOf(generations: Generations): string {
  const sizes = [0, 1, 2].map((generation) => generations.liveCount(generation)).join(" ");
  return `${sizes}|${generations.liveCount(PERMANENT_GENERATION)}`;
}

function writeIn(
  style: CollectionLogStyle,
  collection: LoggedCollection,
  populations: string,
  write: (line: string) => void,
): void {
  if (style === "json") write(JSON.stringify(collection));
  else if (style === "line") write(lineOf(collection));
  else writeAsCPython(collection, populations, write);
}

function writeAsCPython(
  collection: LoggedCollection,
  populations: string,
  write: (line: string) => void,
): void {
  const [sizes = "", permanent = ""] = populations.split("|");
  write(`gc: collecting generation ${collection.generation}...`);
  if (populations !== "") {
    write(`gc: objects in each generation: ${sizes}`);
    write(`gc: objects in permanent generation: ${permanent}`);
  }
  const { reclaimedCount, uncollectableCount, pauseMs } = collection;
  const unreachable = reclaimedCount + uncollectableCount;
  const elapsed = pauseMs === undefined ? "" : `, ${(pauseMs / 1000).toFixed(4)}s elapsed`;
  write(`gc: done, ${unreachable} unreachable, ${uncollectableCount} uncollectable${elapsed}`);
}

function lineOf(collection: LoggedCollection): string {
  const { number, generation, startMs, pauseMs } = collection;
  const when = startMs === undefined ? "" : ` @${(startMs / 1000).toFixed(3)}s`;
  const pause = pauseMs === undefined ? "" : ` ${pauseMs.toFixed(2)} ms,`;
  const { finalizerCount, resurrectedCount } = collection;
  const finalizers = finalizerCount === 0 ? "" : `, ${finalizerCount} finalizers run`;
  const resurrected = resurrectedCount === 0 ? "" : `, ${resurrectedCount} resurrected`;
  const at = collection.place === undefined ? "" : `, at ${formatPlace(collection.place)}`;
  return (
    `gc ${number} gen ${generation}${when}:${pause} ${collection.examinedCount} examined, ` +
    `${collection.reclaimedCount} reclaimed (${collection.reclaimedBytes} bytes), ` +
    `${collection.uncollectableCount} uncollectable${finalizers}${resurrected}${at}`
  );
}

function refuseStrategy(): never {
  throw new UsageError({
    where: "CollectionLog.attach",
    argument: "generations",
    problem: "are none: this strategy has no generations to tell of",
    remedy: "Choose the style line or json, or a strategy with generations",
  });
}
