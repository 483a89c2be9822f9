// What grows: the types of which more and more objects survive collections, and what keeps one of
// them alive. A program is run, a recorded heap goes through its plan, and a census is taken after
// each collection; of several heaps each is a census.

import { EVENT_COLLECTION_END, type Observer, type Reference, UsageError } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import {
  combineObservers,
  type Dominators,
  findDominators,
  findReachable,
  findRetentionPath,
  type Reachability,
  type RetentionStep,
} from "@ouro/monitor";
import { createObjectLayout } from "@ouro/object-model";
import {
  behavesAsCPython,
  createGraphSubject,
  createProgramSubject,
  createReachSubject,
  heapImageOfGraph,
  type MakeSubjectManager,
  type MutatorProgram,
  runProgram,
  runReachProgram,
} from "@ouro/trace";
import { type CensusSeries, createCensusSeries, type TypeSeries } from "./census-series.js";
import { stepsOfGraph } from "./heap-course.js";
import type { InspectedHeap } from "./inspected-heap.js";
import { titleOf } from "./operation-title.js";
import { presetNamed } from "./preset-choice.js";
import { createStages, finishing, Stopped, type Work } from "./replay-work.js";

interface Growth {
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
  readonly growthCount: number;
  readonly growthBytes: number;
  /** Never less than before, and more at the end than at the beginning. */
  readonly grows: boolean;
}

export interface GrownType extends Growth {
  readonly typeName: string;
  /** One of them that is left at the end, and the way from a root to it. */
  readonly example:
    | { readonly object: number; readonly path: readonly RetentionStep[] }
    | undefined;
}

export interface LeaksFinding {
  /** As it is at the end. */
  readonly heap: InspectedHeap;
  readonly survivedCount: number;
  readonly censusCount: number;
  /** Most growth in bytes first. */
  readonly types: readonly GrownType[];
  /** The same by where objects were made; undefined where nobody told. */
  readonly sites: readonly GrownSite[] | undefined;
  /** Somebody asked to stop: censuses are missing at the end. */
  readonly isPartial: boolean;
}

export interface GrownSite extends Growth {
  readonly site: string;
}

/** What was counted: by type, and by site where sites are known. */
export interface Censuses {
  readonly types: CensusSeries;
  readonly sites: CensusSeries | undefined;
  readonly isPartial: boolean;
}

/**
 * From so many on there is something to compare: no object can have survived N collections before
 * the N-th census, so that growth begins there.
 */
export function comparableFrom(survivedCount: number): number {
  return survivedCount + 1;
}

/** Objects of a program are counted after each collection in which the preset reclaims. */
export function watchProgram(
  program: MutatorProgram,
  preset: string,
  survivedCount: number,
): Censuses {
  const series = createCensusSeries(survivedCount);
  const sites = createCensusSeries(survivedCount);
  const siteOf = sitesOf(program);
  const makeManager = presetNamed(preset);
  let hasCollected = false;
  const watcher: Observer = {
    wants: [EVENT_COLLECTION_END],
    event() {
      hasCollected = true;
    },
  };
  let manager = makeManager({ reservationBytes: 2 ** 26 });
  const isWhole = behavesAsCPython(manager);
  const make: MakeSubjectManager = (needs) => {
    manager = makeManager({ ...needs, observer: combineObservers([watcher, needs.observer]) });
    return manager as MemoryManager;
  };
  const take = (idOf: (value: number) => number): void => {
    if (!hasCollected) return;
    hasCollected = false;
    const objects = objectsOf(manager, idOf);
    series.take(objects);
    sites.take(objects.map((each) => ({ ...each, typeName: siteOf(each.number) })));
  };
  if (isWhole) {
    const subject = createProgramSubject(make, program);
    const onStep = (): void => take(subject.idOf);
    runProgram(subject, program, { onStep, differenceLimitCount: Number.POSITIVE_INFINITY });
  } else {
    const subject = createReachSubject(make, program);
    runReachProgram(subject, program, { onStep: () => take(subject.idOf) });
  }
  return { types: series, sites, isPartial: false };
}

/** Where a program makes an object: its step, and what it does there. */
function sitesOf({ steps }: MutatorProgram): (id: number) => string {
  const sites = new Map<number, string>();
  for (const [index, { operation }] of steps.entries()) {
    if (!("id" in operation)) continue;
    const count = operation.op === "burst" ? operation.count : 1;
    const site = `step ${index + 1}: ${titleOf(operation)}`;
    for (let id = operation.id; id < operation.id + count; id++) sites.set(id, site);
  }
  return (id) => sites.get(id) ?? "no step";
}

function objectsOf(manager: MemoryManager, idOf: (value: number) => number) {
  const { typeOf, sizeWords } = createObjectLayout(manager.heap.words, manager.types);
  const objects: { number: number; typeName: string; bytes: number }[] = [];
  manager.collector.walk((object: Reference) => {
    const { name } = manager.types.descriptor(typeOf(object));
    const typeName = name.split("-", 1)[0] as string;
    objects.push({ number: idOf(object), typeName, bytes: sizeWords(object) * 4 });
  });
  return objects;
}

/**
 * A recorded heap goes through its plan; answers how many steps as well. Throws what the restore
 * throws, and `Stopped` when somebody asks to stop before there is something to compare.
 */
export async function watchHeap(
  heap: InspectedHeap,
  preset: string,
  survivedCount: number,
  work: Work,
): Promise<Censuses & { readonly stepCount: number }> {
  const series = createCensusSeries(survivedCount);
  const { graph, snapshot, image } = heap;
  if (graph === undefined || graph.steps.length === 0) refusePlanless(heap.file);
  const subject = createGraphSubject((needs) => presetNamed(preset)(needs));
  const { closingTypes, frameStarts } = heapImageOfGraph(graph);
  subject.restore(image, closingTypes);
  const isDead = new Uint8Array(snapshot.objectCount);
  const steps = stepsOfGraph(graph, frameStarts);
  work.progress.begin("stepping", heap.file, steps.length);
  let stepCount = 0;
  for (const step of steps) {
    if (await isStopped(work, series, survivedCount)) break;
    if ("clear" in step) for (const slot of step.clear) subject.clearFrameSlot(slot);
    else subject.collect(step.collect);
    for (const object of Array.from(subject.takeDeaths())) isDead[object] = 1;
    if ("collect" in step) series.take(countedObjects(heap, (object) => isDead[object] === 0));
    work.progress.reach(++stepCount);
  }
  return { types: series, sites: undefined, isPartial: stepCount < steps.length, stepCount };
}

/** Lets signals in. Throws `Stopped` when there is nothing to compare yet. */
export async function isStopped(
  work: Work,
  { censusCount }: CensusSeries,
  survivedCount: number,
): Promise<boolean> {
  try {
    await work.breathe();
    return false;
  } catch (error) {
    if (!(error instanceof Stopped) || censusCount < comparableFrom(survivedCount)) throw error;
    return true;
  }
}

function refusePlanless(file: string): never {
  throw new UsageError({
    where: "ouro leaks",
    argument: file,
    problem: "is one heap at one moment, without a plan: nothing can grow",
    remedy: "Name several heaps of one program, oldest first, or a program.",
  });
}

export function* countedObjects(
  { snapshot, numberOf }: InspectedHeap,
  isThere: (object: number) => boolean = () => true,
) {
  for (let object = 0; object < snapshot.objectCount; object++) {
    if (!isThere(object)) continue;
    const bytes = snapshot.sizesBytes[object] as number;
    yield { number: numberOf(object), typeName: snapshot.typeNameOf(object), bytes };
  }
}

/** Types by growth, each with an example of the last heap. Throws `Stopped`. O(heap). */
export async function findLeaks(
  heap: InspectedHeap,
  { types: series, sites, isPartial }: Censuses,
  survivedCount: number,
  exampleCount: number,
  work: Work,
): Promise<LeaksFinding> {
  const done = createStages(isPartial ? finishing(work) : work, "looking", heap.file, 3);
  await done();
  const types = rowsByGrowth(series, survivedCount);
  const reachability = findReachable(heap.snapshot);
  await done();
  const tree = findDominators(heap.snapshot);
  await done();
  const examples = findExamples(
    { heap, reachability, tree },
    types.filter(({ growthBytes }) => growthBytes > 0).slice(0, exampleCount),
    survivedCount === 1 ? () => true : series.isOld,
  );
  return {
    ...{ heap, survivedCount, isPartial },
    censusCount: series.censusCount,
    types: types.map((row) => ({ ...row, example: examples.get(row.typeName) })),
    sites:
      sites === undefined
        ? undefined
        : rowsByGrowth(sites, survivedCount).map(({ typeName: site, ...row }) => ({
            ...row,
            site,
          })),
  };
}

function rowsByGrowth(series: CensusSeries, survivedCount: number) {
  return series
    .types()
    .map((row) => ({ ...row, ...growthOf(row, survivedCount - 1) }))
    .sort(
      (one, other) =>
        other.growthBytes - one.growthBytes || (one.typeName < other.typeName ? -1 : 1),
    );
}

/** From the first census on in which there can be one of them. */
function growthOf({ counts, bytes }: TypeSeries, first: number) {
  const growth = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[first] ?? 0);
  const isNeverLess = bytes.every(
    (each, index) => index <= first || each >= (bytes[index - 1] ?? 0),
  );
  return {
    growthCount: growth(counts),
    growthBytes: growth(bytes),
    grows: isNeverLess && growth(bytes) > 0,
  };
}

interface LookedAt {
  readonly heap: InspectedHeap;
  readonly reachability: Reachability;
  readonly tree: Dominators;
}

/** Of each type the old object with which most would go. */
function findExamples(
  { heap: { snapshot, numberOf }, reachability, tree }: LookedAt,
  types: readonly TypeSeries[],
  isOld: (number: number) => boolean,
): Map<string, NonNullable<GrownType["example"]>> {
  const wanted = new Set(types.map(({ typeName }) => typeName));
  const best = new Map<string, number>();
  for (let object = 0; object < snapshot.objectCount; object++) {
    const typeName = snapshot.typeNameOf(object);
    if (!wanted.has(typeName) || !isOld(numberOf(object))) continue;
    const known = best.get(typeName);
    const retained = tree.retainedBytes[object] as number;
    if (known === undefined || retained > (tree.retainedBytes[known] as number)) {
      best.set(typeName, object);
    }
  }
  const examples = new Map<string, NonNullable<GrownType["example"]>>();
  for (const [typeName, object] of best) {
    const path = findRetentionPath(snapshot, reachability, tree, object);
    if (path !== undefined) examples.set(typeName, { object, path });
  }
  return examples;
}
