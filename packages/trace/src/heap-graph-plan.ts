// Carries out the plan of a heap graph on a subject that was filled with the graph's image, and
// says after each step in what the subject differs from CPython.
//
//   graph ─► heap image ─► subject ─► for each step: cut or collect ─► compare ─► report
//
// A difference is told in the step in which it arose: what differed before and still does is not
// told again, so that one odd step does not hide what the later ones do.

import type { HeapImage } from "@ouro/interfaces";
import type { GraphStep, HeapGraph } from "./heap-graph.js";
import type { GraphFacts } from "./heap-graph-facts.js";
import { type GraphImage, heapImageOfGraph } from "./heap-graph-image.js";

/**
 * What a plan asks of a memory manager. Objects are named by their numbers in the image. What a
 * subject does not know it leaves out; then it is not compared.
 */
export interface RecordedHeapSubject {
  /**
   * Called once, before anything else. The finalizers of `closingTypes` empty the visited slots of
   * their object; those of other types do nothing.
   */
  restore(image: HeapImage, closingTypes: ReadonlySet<string>): void;
  /** Empties a frame slot, counted from the lowest one in use, as program code would. */
  clearFrameSlot(index: number): void;
  /** Collects as requested by the program; answers what CPython's `gc.collect` would. */
  collect(generation: number): number;
  /** Objects that ended since the last call, in the order in which their end began. */
  takeDeaths(): ArrayLike<number>;
  /** Undefined where nothing is counted. */
  refcount?(object: number): number | undefined;
  /** 0 to 2, `GENERATION_PERMANENT` or `GENERATION_UNTRACKED`; undefined without generations. */
  generation?(object: number): number | undefined;
  /** What can be held against it; asked after `restore`. Default: `exact`. */
  promise?(): GraphPromise;
}

/**
 * What is held against a subject. `exact`: deaths in the step in which they were recorded,
 * refcounts and results. `full collection`: what has died by the end of each full collection;
 * others are not made. `counting`: what the cuts before the first collection ended. And in each
 * case, all that the last one says: `nothing reachable dies`.
 */
export type GraphPromise = "exact" | "full collection" | "counting" | "nothing reachable dies";

/** What is compared, and against which expectations. */
export interface GraphPlanOptions {
  /** Says which steps are exact. Without facts every step is expected to be. */
  readonly facts?: GraphFacts;
  /** Default: what the subject promises. */
  readonly promise?: GraphPromise;
}

/** Objects of the graph that differ: how many, and the first of them. */
export interface ObjectDifferences {
  readonly count: number;
  readonly first: readonly number[];
}

/** What a step did to the subject, beside what it did to CPython. */
export interface GraphStepReport {
  readonly stepIndex: number;
  readonly kind: "cut" | "collect";
  readonly generation?: number;
  /** Whether the facts promise that a graph shows all that happened in this step. */
  readonly isExact: boolean;
  readonly recordedDeathCount: number;
  readonly deathCount: number;
  /** Recorded as dead by now, and alive. */
  readonly missingDeaths: ObjectDifferences;
  /** Dead, and recorded as alive. */
  readonly extraDeaths: ObjectDifferences;
  /** Recorded as dying in this step, and dead since one before: the difference is made up for. */
  readonly diedBeforeCount: number;
  /** Died in this step, and recorded as dead since one before. */
  readonly diedLateCount: number;
  readonly refcounts: ObjectDifferences;
  readonly generations: ObjectDifferences;
  /** How many deaths of the step agree in their order, from the first; reported only. */
  readonly sameOrderCount: number;
  readonly recordedReturned?: number;
  readonly returned?: number;
  /** Deaths, refcounts and results agree, as far as they were promised. */
  readonly agrees: boolean;
}

/** What a whole plan did. */
export interface GraphPlanReport {
  readonly graphName: string;
  readonly promise: GraphPromise;
  /** Refcounts and generations that differ after the restore, before any step. */
  readonly restoredRefcounts: ObjectDifferences;
  /** How many refcounts were compared after the restore; 0 where nothing is counted. */
  readonly comparedRefcountCount: number;
  readonly restoredGenerations: ObjectDifferences;
  readonly steps: readonly GraphStepReport[];
  /** The restored counts and all exact steps agree. */
  readonly agrees: boolean;
}

const FIRST_COUNT = 5;
const OLDEST_GENERATION = 2;

/** A plan that is being carried out, a step at a time. */
export interface GraphPlan {
  /** Carries out the next step; undefined when all are done. Throws what the subject throws. */
  step(): GraphStepReport | undefined;
  /** What was done so far. */
  report(): GraphPlanReport;
}

/** Restores a graph, to carry out its plan. Throws what the subject throws. O(graph log graph). */
export function beginGraphPlan(
  subject: RecordedHeapSubject,
  graph: HeapGraph,
  options: GraphPlanOptions = {},
): GraphPlan {
  const { facts } = options;
  const graphImage = heapImageOfGraph(graph);
  subject.restore(graphImage.image, graphImage.closingTypes);
  const promise = options.promise ?? subject.promise?.() ?? "exact";
  const comparison = createComparison(subject, graph, graphImage, promise);
  /** Deaths that wait for a full collection bring what program code did meanwhile. */
  let isWholeSinceFull = true;
  const cutCounts = new Int32Array(graph.objectCount);
  const restoredRefcounts = comparison.compareRefcounts();
  const comparedRefcountCount = comparison.comparedRefcountCount();
  const restoredGenerations = comparison.compareGenerations(graph.generations);
  const steps: GraphStepReport[] = [];

  function carryOut(step: GraphStep): number | undefined {
    for (const object of step.cut) {
      const slot = (graphImage.frameStarts[object] as number) + (cutCounts[object] as number);
      cutCounts[object] = (cutCounts[object] as number) + 1;
      subject.clearFrameSlot(slot);
    }
    const { generation } = step;
    if (generation === undefined) return undefined;
    if (promise !== "exact" && generation < OLDEST_GENERATION) return undefined;
    return subject.collect(generation);
  }

  return {
    step() {
      const stepIndex = steps.length;
      const step = graph.steps[stepIndex];
      if (step === undefined) return undefined;
      const returned = carryOut(step);
      const isShownWhole = facts?.steps[stepIndex]?.isExact ?? true;
      isWholeSinceFull &&= isShownWhole;
      const isExact = promise === "full collection" ? isWholeSinceFull : isShownWhole;
      if (step.generation === OLDEST_GENERATION) isWholeSinceFull = true;
      const report = comparison.compareStep(step, stepIndex, isExact, returned);
      steps.push(report);
      return report;
    },
    report: () => ({
      graphName: graph.name,
      promise,
      restoredRefcounts,
      comparedRefcountCount,
      restoredGenerations,
      steps: [...steps],
      agrees: restoredRefcounts.count === 0 && steps.every((step) => step.agrees || !step.isExact),
    }),
  };
}

/** Restores a graph and carries out its plan. Throws what the subject throws. O(graph × steps). */
export function runGraphPlan(
  subject: RecordedHeapSubject,
  graph: HeapGraph,
  options: GraphPlanOptions = {},
): GraphPlanReport {
  const plan = beginGraphPlan(subject, graph, options);
  while (plan.step() !== undefined);
  return plan.report();
}

interface Comparison {
  compareRefcounts(): ObjectDifferences;
  /** So many the last call compared. */
  comparedRefcountCount(): number;
  compareGenerations(recorded: Uint8Array): ObjectDifferences;
  compareStep(
    step: GraphStep,
    stepIndex: number,
    isExact: boolean,
    returned: number | undefined,
  ): GraphStepReport;
}

function createComparison(
  subject: RecordedHeapSubject,
  graph: HeapGraph,
  { numbers, objects }: GraphImage,
  promise: GraphPromise,
): Comparison {
  const { objectCount } = graph;
  const isAll = promise === "exact";
  const firstCollect = graph.steps.findIndex(({ kind }) => kind === "collect");
  const isDead = new Uint8Array(objectCount);
  const isRecordedDead = new Uint8Array(objectCount);
  const recordedRefcounts = Int32Array.from(graph.refcounts);
  /** What differed after the step before, and by how much. */
  const deathBefore = new Int8Array(objectCount);
  const refcountBefore = new Int32Array(objectCount);
  const generationBefore = new Uint8Array(objectCount);
  let comparedCount = 0;

  function gather(differs: (object: number) => boolean): ObjectDifferences {
    const first: number[] = [];
    let count = 0;
    for (let object = 0; object < objectCount; object++) {
      if (!differs(object)) continue;
      if (count++ < FIRST_COUNT) first.push(object);
    }
    return { count, first };
  }

  /** Both alive; immortal objects have no refcount to compare. */
  const isCompared = (object: number): boolean =>
    isDead[object] === 0 && isRecordedDead[object] === 0;

  function compareRefcounts(): ObjectDifferences {
    comparedCount = 0;
    return gather((object) => {
      const recorded = recordedRefcounts[object] as number;
      if (recorded === 0 || !isCompared(object)) return false;
      const refcount = subject.refcount?.(numbers[object] as number);
      if (refcount === undefined) return false;
      comparedCount++;
      const difference = refcount - recorded;
      const isNew = difference !== 0 && difference !== refcountBefore[object];
      refcountBefore[object] = difference;
      return isNew;
    });
  }

  function compareGenerations(recorded: Uint8Array): ObjectDifferences {
    return gather((object) => {
      if (!isCompared(object)) return false;
      const generation = subject.generation?.(numbers[object] as number);
      const differs = generation !== undefined && generation !== recorded[object];
      const isNew = differs && generationBefore[object] === 0;
      generationBefore[object] = differs ? 1 : 0;
      return isNew;
    });
  }

  /** Deaths that differ by `sign`: 1 is extra, −1 is missing. Leaves what was before alone. */
  function compareDeaths(sign: number): ObjectDifferences {
    return gather((object) => {
      const difference = (isDead[object] as number) - (isRecordedDead[object] as number);
      return difference === sign && deathBefore[object] !== sign;
    });
  }

  /** Whether all that was recorded as dead by now must have died. */
  function isDeathDue(step: GraphStep, stepIndex: number): boolean {
    if (promise === "full collection") return step.generation === OLDEST_GENERATION;
    if (promise === "counting") return firstCollect < 0 || stepIndex < firstCollect;
    return isAll;
  }

  function noteDeaths(): void {
    for (let object = 0; object < objectCount; object++) {
      deathBefore[object] = (isDead[object] as number) - (isRecordedDead[object] as number);
    }
  }

  function compareStep(
    step: GraphStep,
    stepIndex: number,
    isExact: boolean,
    returned: number | undefined,
  ): GraphStepReport {
    const deaths = Int32Array.from(subject.takeDeaths(), (number) => objects[number] as number);
    const diedBeforeCount = countOf(step.destroyed, (object) => deathBefore[object] === 1);
    const diedLateCount = countOf(deaths, (object) => deathBefore[object] === -1);
    for (const object of deaths) isDead[object] = 1;
    for (const object of step.destroyed) isRecordedDead[object] = 1;
    for (let index = 0; index < step.changedObjects.length; index++) {
      recordedRefcounts[step.changedObjects[index] as number] = step.changedRefcounts[
        index
      ] as number;
    }
    const isDue = isDeathDue(step, stepIndex);
    const missingDeaths = isDue ? compareDeaths(-1) : NONE;
    const extraDeaths = compareDeaths(1);
    if (isDue) noteDeaths();
    const refcounts = isAll ? compareRefcounts() : NONE;
    const generations = isAll ? compareGenerations(step.generations) : NONE;
    const isReturnedSame = !isAll || returned === step.returned;
    return {
      stepIndex,
      kind: step.kind,
      isExact,
      ...(step.generation === undefined ? {} : { generation: step.generation }),
      recordedDeathCount: step.destroyed.length,
      deathCount: deaths.length,
      missingDeaths,
      extraDeaths,
      diedBeforeCount,
      diedLateCount,
      refcounts,
      generations,
      sameOrderCount: commonPrefix(deaths, step.destroyed),
      ...(step.returned === undefined ? {} : { recordedReturned: step.returned }),
      ...(returned === undefined ? {} : { returned }),
      agrees: missingDeaths.count + extraDeaths.count + refcounts.count === 0 && isReturnedSame,
    };
  }

  const comparedRefcountCount = (): number => comparedCount;
  return { compareRefcounts, comparedRefcountCount, compareGenerations, compareStep };
}

const NONE: ObjectDifferences = Object.freeze({ count: 0, first: [] });

function countOf(objects: Int32Array, isCounted: (object: number) => boolean): number {
  let count = 0;
  for (const object of objects) if (isCounted(object)) count++;
  return count;
}

function commonPrefix(one: Int32Array, other: Int32Array): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
