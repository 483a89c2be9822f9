// The named properties of what listens, on random histories: what a part should know at the end is
// counted from what it was told, plainly.

import {
  type CollectionCallback,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_COUNT_CHANGE,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_EXAMINE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENT_SLOT_WRITE,
  type EventCode,
  type Generations,
} from "@ouro/interfaces";
import fc from "fast-check";
import { expectSame, expectThat, type Parts } from "./graph-properties.js";
import {
  actions,
  type Born,
  createModelClock,
  type LoggedFacts,
  live,
  type Told,
} from "./told-history.js";

export const COUNTS = "counts births, deaths, work and arenas as they were told";
export const PRICES = "asks for each event its price, and makes one pause of an operation";
export const LOG = "logs every collection in three styles with the same facts";
export const SITES = "knows of each stack and type what was made there, and what of it lives";
export const TRACK = "draws slices that nest or follow one another, and what lives at the end";
export const SCRAPED = "writes every count for Prometheus, and buckets that add up";

const WORK_IN_COLLECTION: readonly EventCode[] = [
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
];

/** Objects looked at: what collections examine, and all that is cleared, moved or reclaimed. */
function workOf(told: readonly Told[]): number {
  let [work, candidateCount, examinedCount] = [0, 0, 0];
  for (const [code, , b] of told) {
    if (WORK_IN_COLLECTION.includes(code)) work++;
    if (code === EVENT_OBJECT_EXAMINE) examinedCount++;
    if (code === EVENT_COLLECTION_START) [candidateCount, examinedCount] = [b, 0];
    if (code === EVENT_COLLECTION_END) work += Math.max(candidateCount, examinedCount);
  }
  return work;
}

/** Events told, in and out of collections, with those of each collection apart. */
function splitOf(told: readonly Told[]): { readonly inside: Told[][]; readonly outside: Told[] } {
  const split: { inside: Told[][]; outside: Told[] } = { inside: [], outside: [] };
  let isInside = false;
  for (const each of told) {
    if (each[0] === EVENT_COLLECTION_START) {
      isInside = true;
      split.inside.push([]);
    }
    if (isInside) split.inside.at(-1)?.push(each);
    else split.outside.push(each);
    if (each[0] === EVENT_COLLECTION_END) isInside = false;
  }
  return split;
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);
const bytesOf = (objects: Iterable<Born>): number =>
  sum([...objects].map(({ sizeWords }) => 4 * sizeWords));

function counts({ createMonitor }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const clock = createModelClock();
    const monitor = createMonitor({ clock });
    const history = live(given, monitor, clock);
    const all = history.operations.flat();
    const { inside } = splitOf(all);
    const got = monitor.counts();
    const of = (told: readonly Told[], code: EventCode) => told.filter(([each]) => each === code);
    expectSame(got.createdCount, history.births.length, "created");
    expectSame(got.createdBytes, bytesOf(history.births), "created bytes");
    const deaths = of(all, EVENT_OBJECT_RECLAIM);
    expectSame(got.reclaimedCount, deaths.length, "reclaimed");
    expectSame(got.reclaimedBytes, 4 * sum(deaths.map(([, , , c]) => c)), "reclaimed bytes");
    const inCollections = of(inside.flat(), EVENT_OBJECT_RECLAIM).length;
    expectSame(got.reclaimedInCollectionsCount, inCollections, "reclaimed in collections");
    expectSame(got.operationCount, history.operations.length - 1, "operations");
    expectSame(got.events["slot-write"] ?? 0, of(all, EVENT_SLOT_WRITE).length, "writes heard");
    for (const [generation, totals] of got.generations.entries()) {
      const own = history.collections.filter((each) => each.generation === generation);
      expectSame(totals.collectionCount, own.length, `collections of ${generation}`);
      expectSame(totals.examinedCount, sum(own.map(({ examined }) => examined)), "examined");
      expectSame(totals.reclaimedCount, sum(own.map(({ reclaimed }) => reclaimed)), "found");
      const left = sum(own.map(({ uncollectable }) => uncollectable));
      expectSame(totals.uncollectableCount, left, "uncollectable");
    }
    const work = history.operations.map(workOf).filter((units) => units > 0);
    expectSame(monitor.operationWork.sum, sum(work), "work in all");
    expectSame(monitor.operationWork.count, work.length, "operations with work");
    expectSame(monitor.operationWork.greatest, Math.max(0, ...work), "most work");
    expectSame(monitor.collectionWork.sum, sum(inside.map(workOf)), "work of collections");
    const pauses = history.collections.map(({ pauseMs }) => 1000 * pauseMs);
    expectSame(monitor.pauses.sum, sum(pauses), "pauses");
    const last = [
      monitor.liveBytes.entries().at(-1)?.last,
      monitor.liveCount.entries().at(-1)?.last,
    ];
    expectSame(last, [bytesOf(history.live.values()), history.live.size], "what lives");
    let [now, most] = [0, 0];
    for (const [code, , b] of all) {
      if (code === EVENT_ARENA_RESERVE) now += b;
      if (code === EVENT_ARENA_RELEASE) now -= b;
      most = Math.max(most, now);
    }
    expectSame([got.arenaCount, got.highWaterArenaCount], [now, most], "arenas");
  }) as fc.IProperty<unknown>;
}

function prices({ createCostModel }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const model = createCostModel();
    const { operations } = live(given, model);
    const of = (told: readonly Told[], code: EventCode) => told.filter(([each]) => each === code);
    const all = operations.flat();
    const births = sum(of(all, EVENT_OBJECT_CREATE).map(([, , , c]) => 1 + c));
    const program = births + of(all, EVENT_SLOT_WRITE).length;
    const pauseOf = (told: readonly Told[]): number =>
      workOf(told) +
      sum(of(told, EVENT_OBJECT_MOVE).map(([, , , c]) => c)) +
      of(told, EVENT_FINALIZER_RUN).length;
    const pauses = operations.map(pauseOf);
    const counting = of(all, EVENT_COUNT_CHANGE).length;
    expectSame(model.totals(), { program, counting, pauses: sum(pauses) }, "the totals");
    const waited = pauses.filter((units) => units > 0);
    expectSame(model.pauses.count, waited.length, "the number of pauses");
    expectSame(model.pauses.greatest, Math.max(0, ...waited), "the longest pause");
  }) as fc.IProperty<unknown>;
}

/** What CPython says of one collection, from its own words. */
function cpythonLines(collection: LoggedFacts): string[] {
  const { generation, populations, reclaimed, uncollectable, pauseMs } = collection;
  const [young, middle, old] = populations;
  return [
    `gc: collecting generation ${generation}...`,
    `gc: objects in each generation: ${young} ${middle} ${old}`,
    "gc: objects in permanent generation: 77",
    `gc: done, ${reclaimed + uncollectable} unreachable, ${uncollectable} uncollectable, ` +
      `${(pauseMs / 1000).toFixed(4)}s elapsed`,
  ];
}

function lineOf(collection: LoggedFacts): string {
  const { number, generation, startMs, pauseMs, examined, reclaimed } = collection;
  const { reclaimedBytes, uncollectable, finalizers } = collection;
  const run = finalizers === 0 ? "" : `, ${finalizers} finalizers run`;
  return (
    `gc ${number} gen ${generation} @${(startMs / 1000).toFixed(3)}s: ${pauseMs.toFixed(2)} ms, ` +
    `${examined} examined, ${reclaimed} reclaimed (${reclaimedBytes} bytes), ` +
    `${uncollectable} uncollectable${run}`
  );
}

function log({ createCollectionLog }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const linesIn = (style: "line" | "json" | "cpython") => {
      const lines: string[] = [];
      const clock = createModelClock();
      let told: readonly number[] = [];
      const callbacks: CollectionCallback[] = [];
      const liveCount = (generation: number) =>
        generation < 0 || generation > 2 ? 77 : told[generation];
      const made = createCollectionLog({ style, write: (line) => lines.push(line), clock });
      if (style === "cpython") made.attach({ callbacks, liveCount } as unknown as Generations);
      const beginCollection = (populations: readonly number[]): void => {
        told = populations;
        for (const callback of callbacks) (callback as (phase: string) => void)("start");
      };
      return { lines, history: live(given, { observer: made.observer, beginCollection }, clock) };
    };
    const cpython = linesIn("cpython");
    expectSame(cpython.lines, cpython.history.collections.flatMap(cpythonLines), "CPython's words");
    const line = linesIn("line");
    expectSame(line.lines, line.history.collections.map(lineOf), "a line each");
    const json = linesIn("json");
    const told = json.lines.map((text) => JSON.parse(text));
    expectSame(told.length, json.history.collections.length, "the number of JSON lines");
    for (const [index, wanted] of json.history.collections.entries()) {
      const { number, generation, examinedCount, reclaimedCount, reclaimedBytes } = told[index];
      const got = [number, generation, examinedCount, reclaimedCount, reclaimedBytes];
      const { examined, reclaimed } = wanted;
      const facts = [wanted.number, wanted.generation, examined, reclaimed, wanted.reclaimedBytes];
      expectSame(got, facts, `JSON of collection ${wanted.number}`);
      const more = [
        told[index].uncollectableCount,
        told[index].finalizerCount,
        told[index].pauseMs,
      ];
      expectSame(more, [wanted.uncollectable, wanted.finalizers, wanted.pauseMs], "its rest");
    }
  }) as fc.IProperty<unknown>;
}

function sites({ createAllocationSites, foldedStacksOf }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const made = createAllocationSites({ typeName: (type) => `t${type}` });
    const listener = { ...made, enter: (name: string) => made.enter({ name }) };
    const history = live(given, listener);
    const profile = made.profile("run");
    const linesOf = (objects: Iterable<Born>): string[] => {
      const bytes = new Map<string, number>();
      for (const { type, sizeWords, stack } of objects) {
        const key = stack === "" ? `t${type}` : `${stack};t${type}`;
        bytes.set(key, (bytes.get(key) ?? 0) + 4 * sizeWords);
      }
      return [...bytes].map(([stack, of]) => `${stack} ${of}`).sort();
    };
    const read = (measure: "allocatedBytes" | "liveBytes") =>
      foldedStacksOf(profile, measure)
        .split("\n")
        .filter((line) => line !== "")
        .sort();
    expectSame(read("allocatedBytes"), linesOf(history.births), "what was allocated");
    expectSame(read("liveBytes"), linesOf(history.live.values()), "what lives");
    const liveCount = sum(profile.samples.map((sample) => sample.liveCount));
    expectSame(liveCount, history.live.size, "how many live");
  }) as fc.IProperty<unknown>;
}

/** Deaths outside of collections, two or more in a row: a collection or an operation ends them. */
function cascadesOf(told: readonly Told[]): number[] {
  const runs = [0];
  let isInside = false;
  for (const [code] of told) {
    if (code === EVENT_COLLECTION_START) runs.push(0);
    if (code === EVENT_COLLECTION_START) isInside = true;
    if (code === EVENT_COLLECTION_END) isInside = false;
    if (code === EVENT_OBJECT_RECLAIM && !isInside) runs.push((runs.pop() as number) + 1);
  }
  return runs.filter((count) => count >= 2);
}

function track({ createCollectionTrack, traceEventsOf }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const made = createCollectionTrack();
    made.begin("program");
    const history = live(given, made);
    const { counters = {} } = made.track("manager");
    const noted = counters["live bytes"]?.at(-1)?.last;
    expectSame(noted, bytesOf(history.live.values()), "what lives");
    made.end();
    const { slices } = made.track("manager");
    const open: number[] = [];
    for (const { startUs, durationUs, name } of slices) {
      while (open.length > 0 && (open.at(-1) as number) <= startUs) open.pop();
      const end = startUs + durationUs;
      expectThat(
        open.every((outer) => end <= outer),
        `${name} ends after what holds it`,
      );
      expectThat(durationUs > 0, `${name} takes no time`);
      open.push(end);
    }
    const collections = slices.filter(({ name }) => name.startsWith("gc "));
    const facts = collections.map((slice) => [slice.name, slice.facts?.reclaimed]);
    const wanted = history.collections.map(({ number, reclaimed }) => [`gc ${number}`, reclaimed]);
    expectSame(facts, wanted, "the collections");
    const cascades = slices.filter(({ name }) => name.startsWith("cascade"));
    expectSame(
      cascades.map((slice) => slice.facts?.objects),
      history.operations.flatMap(cascadesOf),
      "the cascades",
    );
    expectSame(slices[0]?.name, "program", "the outermost slice");
    const { traceEvents } = traceEventsOf([made.track("a"), made.track("b")]);
    const drawn = traceEvents.filter(({ ph }) => ph === "X");
    expectSame(drawn.length, 2 * slices.length, "slices of two managers");
    expectSame(new Set(traceEvents.map(({ pid }) => pid)).size, 2, "processes");
    const ends = drawn.map(({ ts, dur = 0 }) => ts + dur);
    expectSame(
      ends.slice(0, slices.length),
      slices.map((each) => each.startUs + each.durationUs),
      "ends",
    );
  }) as fc.IProperty<unknown>;
}

function scraped({ createMonitor, prometheusOf }: Parts): fc.IProperty<unknown> {
  return fc.property(actions, (given) => {
    const monitor = createMonitor();
    live(given, monitor);
    const samples = new Map<string, number>();
    for (const line of prometheusOf(monitor, "m").trimEnd().split("\n")) {
      const parts = /^(\w+\{.*\}) (\S+)$/.exec(line);
      if (parts !== null) samples.set(parts[1] as string, Number(parts[2]));
    }
    const counted = monitor.counts();
    const of = (name: string, more = "") => samples.get(`ouro_${name}{manager="m"${more}}`);
    expectSame(of("objects_created_total"), counted.createdCount, "created");
    expectSame(of("created_bytes_total"), counted.createdBytes, "created bytes");
    expectSame(of("objects_reclaimed_total"), counted.reclaimedCount, "reclaimed");
    expectSame(of("reclaimed_bytes_total"), counted.reclaimedBytes, "reclaimed bytes");
    expectSame(of("arenas"), counted.arenaCount, "arenas");
    for (const [generation, totals] of counted.generations.entries()) {
      const label = `,generation="${generation}"`;
      expectSame(of("collections_total", label), totals.collectionCount, "collections");
      const found = of("collection_reclaimed_objects_total", label);
      expectSame(found, totals.reclaimedCount, "reclaimed in collections");
    }
    const work = "collection_work_objects";
    expectSame(of(`${work}_count`), monitor.collectionWork.count, "collections in the histogram");
    expectSame(of(`${work}_sum`), monitor.collectionWork.sum, "their work");
    expectSame(of(`${work}_bucket`, ',le="+Inf"'), monitor.collectionWork.count, "the last bucket");
    const buckets = [...samples].filter(([name]) => name.startsWith(`ouro_${work}_bucket`));
    const steps = monitor.collectionWork.steps();
    const upTo = (bound: number) =>
      sum(steps.filter((step) => step.upTo <= bound).map(({ count }) => count));
    for (const [name, value] of buckets) {
      const bound = /le="(\d+)"/.exec(name)?.[1];
      if (bound !== undefined) expectSame(value, upTo(Number(bound)), `bucket ${bound}`);
    }
  }) as fc.IProperty<unknown>;
}

/** Each given the package's exports. */
export const listeningProperties: ReadonlyMap<string, (parts: Parts) => fc.IProperty<unknown>> =
  new Map([
    [COUNTS, counts],
    [PRICES, prices],
    [LOG, log],
    [SITES, sites],
    [TRACK, track],
    [SCRAPED, scraped],
  ]);
