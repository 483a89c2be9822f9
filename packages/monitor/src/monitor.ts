// The monitor: one observer that counts what every part tells, measures how much work each
// collection and each call of the program did, and keeps series of live bytes and objects. Nothing
// of it is in a memory manager that was composed without: no call and no branch.
//
//   part ──event──► monitor ─┬─► counts: events by name, objects and bytes
//                            ├─► pauses: units of work, and milliseconds if there is a clock
//                            └─► series: live objects and bytes over operations, in bounded memory
//
// A pause is what the program waited for: a collection, or a call in which many objects died,
// since a cascade of deallocations is a pause too. The unit of work is one object looked at:
// examined, cleared or reclaimed. It is the same in every run; time is not, and only there if
// asked for.

import {
  type Clock,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENTS,
  type EventCode,
  type Observer,
} from "@ouro/interfaces";
import { createHistogram, type Histogram } from "./histogram.js";
import { createTimeSeries, type TimeSeries } from "./time-series.js";

export interface MonitorOptions {
  /** Undefined: pauses are told in units of work alone. */
  clock?: Clock;
  /** Entries of each series. Default 512. */
  seriesLimitCount?: number;
}

/** What the collections of one generation did together. */
export interface GenerationTotals {
  collectionCount: number;
  examinedCount: number;
  reclaimedCount: number;
  uncollectableCount: number;
}

export interface MonitorCounts {
  /** Events heard, by name; those never heard are left out. */
  readonly events: Readonly<Record<string, number>>;
  readonly createdCount: number;
  readonly createdBytes: number;
  readonly reclaimedCount: number;
  readonly reclaimedBytes: number;
  /** Reclaimed inside collections; the others went when their count reached zero, or the like. */
  readonly reclaimedInCollectionsCount: number;
  readonly operationCount: number;
  readonly arenaCount: number;
  readonly highWaterArenaCount: number;
  /** By generation, 0 first. */
  readonly generations: readonly Readonly<GenerationTotals>[];
}

export interface Monitor {
  readonly observer: Observer;
  /**
   * Tells that another memory manager is heard from now on: what lived on the one before is live no
   * more, and so much lives on this one already. Nothing else is forgotten.
   */
  beginManager(liveCount?: number, liveBytes?: number): void;
  /** Tells that a call of the program is over: what died since the last one is one pause. O(1). */
  endOperation(): void;
  counts(): MonitorCounts;
  /** Units of work of each collection. */
  readonly collectionWork: Histogram;
  /** Units of work of each operation in which any was done, collections in it included. */
  readonly operationWork: Histogram;
  /** Microseconds of each collection; empty without a clock. */
  readonly pauses: Histogram;
  /** Live bytes and objects over operations; needs the events of birth. */
  readonly liveBytes: TimeSeries;
  readonly liveCount: TimeSeries;
}

/** A monitor of one memory manager. */
export function createMonitor({ clock, seriesLimitCount }: MonitorOptions = {}): Monitor {
  const heard = new Float64Array(EVENTS.length + 1);
  const generations: GenerationTotals[] = [];
  const created = { count: 0, bytes: 0 };
  const reclaimed = { count: 0, bytes: 0, inCollections: 0 };
  /** Live without having been born, less what went unheard. */
  const unheard = { count: 0, bytes: 0 };
  const arenas = { now: 0, most: 0 };
  const work = { operation: 0, collection: 0, paid: 0, isCollecting: false, startMs: 0 };
  let operationCount = 0;
  const collectionWork = createHistogram();
  const operationWork = createHistogram();
  const pauses = createHistogram();
  const liveBytes = createTimeSeries(seriesLimitCount);
  const liveCount = createTimeSeries(seriesLimitCount);

  function totalsOf(generation: number): GenerationTotals {
    while (generations.length <= generation) {
      generations.push({
        collectionCount: 0,
        examinedCount: 0,
        reclaimedCount: 0,
        uncollectableCount: 0,
      });
    }
    return generations[generation] as GenerationTotals;
  }

  function startCollection(generation: number, candidateCount: number): void {
    totalsOf(generation).examinedCount += candidateCount;
    work.isCollecting = true;
    work.collection = candidateCount;
    work.paid = candidateCount;
    work.startMs = clock?.now() ?? 0;
  }

  function endCollection(generation: number, reclaimedCount: number, uncollectable: number): void {
    const totals = totalsOf(generation);
    totals.collectionCount++;
    totals.reclaimedCount += reclaimedCount;
    totals.uncollectableCount += uncollectable;
    work.isCollecting = false;
    work.operation += work.collection;
    collectionWork.add(work.collection);
    work.collection = 0;
    if (clock !== undefined)
      pauses.add(Math.max(0, Math.round((clock.now() - work.startMs) * 1e3)));
  }

  function addWork(units: number): void {
    if (work.isCollecting) work.collection += units;
    else work.operation += units;
  }

  /** Candidates were counted when the collection began; who tells of more examines more. */
  function examine(): void {
    if (work.paid > 0) work.paid--;
    else addWork(1);
  }

  function reclaim(sizeWords: number): void {
    reclaimed.count++;
    reclaimed.bytes += sizeWords * 4;
    if (work.isCollecting) reclaimed.inCollections++;
    addWork(1);
  }

  function event(code: EventCode, a: number, b: number, c: number): void {
    heard[code] = (heard[code] as number) + 1;
    if (code === EVENT_OBJECT_CREATE) {
      created.count++;
      created.bytes += c * 4;
    } else if (code === EVENT_OBJECT_RECLAIM) reclaim(c);
    else if (code === EVENT_OBJECT_CLEAR) addWork(1);
    else if (code === EVENT_OBJECT_MOVE) addWork(1);
    else if (code === EVENT_OBJECT_EXAMINE) examine();
    else if (code === EVENT_COLLECTION_START) startCollection(a, b);
    else if (code === EVENT_COLLECTION_END) endCollection(a, b, c);
    else if (code === EVENT_ARENA_RESERVE) {
      arenas.now += b;
      arenas.most = Math.max(arenas.most, arenas.now);
    } else if (code === EVENT_ARENA_RELEASE) arenas.now -= b;
  }

  function endOperation(): void {
    operationCount++;
    if (work.operation > 0) operationWork.add(work.operation);
    work.operation = 0;
    liveBytes.note(operationCount, unheard.bytes + created.bytes - reclaimed.bytes);
    liveCount.note(operationCount, unheard.count + created.count - reclaimed.count);
  }

  function beginManager(count = 0, bytes = 0): void {
    unheard.count = count + reclaimed.count - created.count;
    unheard.bytes = bytes + reclaimed.bytes - created.bytes;
    arenas.now = 0;
    work.isCollecting = false;
    work.collection = 0;
  }

  return {
    observer: { event },
    beginManager,
    endOperation,
    counts: () => ({
      events: Object.fromEntries(
        EVENTS.map(({ code, name }) => [name, heard[code] as number] as const).filter(
          ([, count]) => count > 0,
        ),
      ),
      createdCount: created.count,
      createdBytes: created.bytes,
      reclaimedCount: reclaimed.count,
      reclaimedBytes: reclaimed.bytes,
      reclaimedInCollectionsCount: reclaimed.inCollections,
      operationCount,
      arenaCount: arenas.now,
      highWaterArenaCount: arenas.most,
      generations: generations.map((each) => ({ ...each })),
    }),
    collectionWork,
    operationWork,
    pauses,
    liveBytes,
    liveCount,
  };
}
