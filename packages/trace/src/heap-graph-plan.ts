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
  refcount?(object: number): number;
  /** 0 to 2, `GENERATION_PERMANENT` or `GENERATION_UNTRACKED`. */
  generation?(object: number): number;
}

/** What is compared, and against which expectations. */
export interface GraphPlanOptions {
  /** Says which steps are exact. Without facts every step is expected to be. */
  readonly facts?: GraphFacts;
  /**
   * `exact`: deaths in the step in which they were recorded, refcounts and results. `full
   * collection`: what has died by the end of each full collection; others are not made. Default:
   * `exact`.
   */
  readonly promise?: "exact" | "full collection";
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
  /** Refcounts and generations that differ after the restore, before any step. */
  readonly restoredRefcounts: ObjectDifferences;
  readonly restoredGenerations: ObjectDifferences;
  readonly steps: readonly GraphStepReport[];
  /** The restored counts and all exact steps agree. */
  readonly agrees: boolean;
}

const FIRST_COUNT = 5;
const OLDEST_GENERATION = 2;

/** Restores a graph and carries out its plan. Throws what the subject throws. O(graph × steps). */
export function runGraphPlan(
  subject: RecordedHeapSubject,
  graph: HeapGraph,
  options: GraphPlanOptions = {},
): GraphPlanReport {
  const { facts, promise = "exact" } = options;
  const graphImage = heapImageOfGraph(graph);
  subject.restore(graphImage.image, graphImage.closingTypes);
  const comparison = createComparison(subject, graph, graphImage, promise === "exact");
  const cutCounts = new Int32Array(graph.objectCount);
  const restoredRefcounts = comparison.compareRefcounts();
  const restoredGenerations = comparison.compareGenerations(graph.generations);

  function carryOut(step: GraphStep): number | undefined {
    for (const object of step.cut) {
      const slot = (graphImage.frameStarts[object] as number) + (cutCounts[object] as number);
      cutCounts[object] = (cutCounts[object] as number) + 1;
      subject.clearFrameSlot(slot);
    }
    const { generation } = step;
    if (generation === undefined) return undefined;
    if (promise === "full collection" && generation < OLDEST_GENERATION) return undefined;
    return subject.collect(generation);
  }

  const steps = graph.steps.map((step, stepIndex) => {
    const returned = carryOut(step);
    const isExact = facts?.steps[stepIndex]?.isExact ?? true;
    return comparison.compareStep(step, stepIndex, isExact, returned);
  });
  const agrees =
    restoredRefcounts.count === 0 && steps.every((step) => step.agrees || !step.isExact);
  return { graphName: graph.name, restoredRefcounts, restoredGenerations, steps, agrees };
}

interface Comparison {
  compareRefcounts(): ObjectDifferences;
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
  isPrompt: boolean,
): Comparison {
  const { objectCount } = graph;
  const isDead = new Uint8Array(objectCount);
  const isRecordedDead = new Uint8Array(objectCount);
  const recordedRefcounts = Int32Array.from(graph.refcounts);
  /** What differed after the step before, and by how much. */
  const deathBefore = new Int8Array(objectCount);
  const refcountBefore = new Int32Array(objectCount);
  const generationBefore = new Uint8Array(objectCount);

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
    return gather((object) => {
      const recorded = recordedRefcounts[object] as number;
      if (subject.refcount === undefined || recorded === 0 || !isCompared(object)) return false;
      const difference = subject.refcount(numbers[object] as number) - recorded;
      const isNew = difference !== 0 && difference !== refcountBefore[object];
      refcountBefore[object] = difference;
      return isNew;
    });
  }

  function compareGenerations(recorded: Uint8Array): ObjectDifferences {
    return gather((object) => {
      if (subject.generation === undefined || !isCompared(object)) return false;
      const differs = subject.generation(numbers[object] as number) !== recorded[object];
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
    for (const object of deaths) isDead[object] = 1;
    for (const object of step.destroyed) isRecordedDead[object] = 1;
    for (let index = 0; index < step.changedObjects.length; index++) {
      recordedRefcounts[step.changedObjects[index] as number] = step.changedRefcounts[
        index
      ] as number;
    }
    const isDue = isPrompt || step.generation === OLDEST_GENERATION;
    const missingDeaths = isDue ? compareDeaths(-1) : NONE;
    const extraDeaths = compareDeaths(1);
    if (isDue) noteDeaths();
    const refcounts = isPrompt ? compareRefcounts() : NONE;
    const generations = isPrompt ? compareGenerations(step.generations) : NONE;
    const isReturnedSame = !isPrompt || returned === step.returned;
    return {
      stepIndex,
      kind: step.kind,
      isExact,
      ...(step.generation === undefined ? {} : { generation: step.generation }),
      recordedDeathCount: step.destroyed.length,
      deathCount: deaths.length,
      missingDeaths,
      extraDeaths,
      refcounts,
      generations,
      sameOrderCount: commonPrefix(deaths, step.destroyed),
      ...(step.returned === undefined ? {} : { recordedReturned: step.returned }),
      ...(returned === undefined ? {} : { returned }),
      agrees: missingDeaths.count + extraDeaths.count + refcounts.count === 0 && isReturnedSame,
    };
  }

  return { compareRefcounts, compareGenerations, compareStep };
}

const NONE: ObjectDifferences = Object.freeze({ count: 0, first: [] });

function commonPrefix(one: Int32Array, other: Int32Array): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
