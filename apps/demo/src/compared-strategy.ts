// One strategy of a comparison: goes through the course with a meter and the oracle, then, if asked
// for, again with neither, for the wall clock.
//
//   order ─► input ─► course ─► meter, oracle after each collection ─► full collection ─► figures
//                       └─────► again, alone, by the clock: runs and their spread

import { UsageError } from "@ouro/interfaces";
import { createMemoryManager, type MemoryManager, type PresetName } from "@ouro/memory-manager";
import { combineObservers } from "@ouro/monitor";
import { decodeHeapImage } from "@ouro/object-model";
import {
  createProgramReader,
  decodeHeapGraph,
  heapImageOfGraph,
  type MutatorProgram,
} from "@ouro/trace";
import { failureOf } from "./compare-failure.js";
import type {
  ComparedInput,
  CompareOrder,
  Liveness,
  StrategyResult,
  SweepPoint,
  WallTimes,
} from "./compare-result.js";
import type { Course, CourseHost, MakeCompared } from "./course.js";
import { createHeapCourse, stepsOfGraph, stepsOfImage } from "./heap-course.js";
import { isHeapImage } from "./inspected-heap.js";
import { plainProgram } from "./plain-program.js";
import { createProgramCourse } from "./program-course.js";
import { kindOf } from "./recording.js";
import { createRunMeter, type RunMeter } from "./run-meter.js";
import { didYouMean } from "./suggestion.js";
import { wallTimesOf } from "./wall-times.js";

/** Makes each course of an input anew: a file of programs has many. */
export interface CourseSet {
  readonly input: ComparedInput;
  readonly courses: readonly ((make: MakeCompared, host: CourseHost) => Course)[];
}

/** A strategy with its thresholds, if the point of a sweep sets one. */
export interface PointOrder {
  readonly strategy: string;
  readonly thresholds: SweepPoint | undefined;
  readonly wallRuns: number;
}

/** Told how much of the work is done, from 0 to 1. */
export type TellShare = (share: number) => void;

/** Reads an input. Throws what its reader throws, and `UsageError` for a program it has not. */
export function readCourses({ file, bytes, program, points }: CompareOrder): CourseSet {
  if (isHeapImage(bytes)) {
    const image = decodeHeapImage(bytes);
    return {
      input: { file, kind: "heap-image", name: file, programs: null },
      courses: [(make, host) => createHeapCourse(image, stepsOfImage(image), make, host)],
    };
  }
  if (kindOf(file, bytes) === "heap-graph") {
    const graph = decodeHeapGraph(bytes, { sourceName: file });
    const { image, frameStarts } = heapImageOfGraph(graph);
    const steps = graph.steps.length === 0 ? stepsOfImage(image) : stepsOfGraph(graph, frameStarts);
    return {
      input: { file, kind: "heap-graph", name: graph.name, programs: null },
      courses: [(make, host) => createHeapCourse(image, steps, make, host)],
    };
  }
  const programs = readPrograms(file, bytes, program);
  const name = programs.length === 1 ? (programs[0]?.name ?? file) : file;
  const isFixed = points[0] !== undefined;
  return {
    input: { file, kind: "mutator-programs", name, programs: programs.length },
    courses: programs.map((each) => {
      const steps = plainProgram(each);
      return (make, host) => createProgramCourse(each, steps, make, host, isFixed);
    }),
  };
}

function readPrograms(file: string, bytes: Uint8Array, wanted: string | undefined) {
  const programs: MutatorProgram[] = [];
  const reader = createProgramReader((each) => programs.push(each), { sourceName: file });
  reader.push(bytes);
  reader.end();
  if (wanted === undefined) return programs;
  const found = programs.find(({ name }, index) => name === wanted || String(index) === wanted);
  if (found !== undefined) return [found];
  const names = programs.map(({ name }) => name);
  throw new UsageError({
    where: "ouro compare",
    argument: `--program ${wanted}`,
    problem: `is no program of ${file}`,
    remedy: didYouMean(wanted, names, `It has ${names.length}.`),
  });
}

/** Never throws for what the strategy can not do: that is its result. */
export function runStrategy(order: PointOrder, set: CourseSet, tell: TellShare): StrategyResult {
  const { strategy, thresholds, wallRuns } = order;
  const empty = { strategy, value: thresholds?.value ?? null, figures: null, liveness: null };
  const share = 1 / (1 + wallRuns);
  try {
    const meter = createRunMeter();
    const liveness = measure(order, set, meter, (done) => tell(done * share));
    const wall =
      wallRuns === 0 ? null : timeRuns(order, set, (done) => tell(share + done * (1 - share)));
    return { ...empty, figures: meter.figures(), liveness, wall, failure: null };
  } catch (error) {
    return { ...empty, wall: null, failure: failureOf(error) };
  }
}

function measure(
  order: PointOrder,
  { courses }: CourseSet,
  meter: RunMeter,
  tell: TellShare,
): Liveness {
  const oracle = createOracle(meter);
  for (const [index, create] of courses.entries()) {
    let course: Course | undefined;
    const host: CourseHost = {
      isLooking: true,
      bornBytes: meter.bornBytes,
      endOperation(isSampled) {
        meter.endOperation();
        const isDue = meter.hasCollected();
        if (course !== undefined && (isSampled || isDue)) oracle.look(course, isDue);
      },
    };
    course = create(composed(order, meter), host);
    setThresholds(course.manager, order.thresholds);
    meter.begin(course.manager, course.heldCount, course.heldBytes);
    oracle.look(course, false);
    for (let step = 0; step < course.stepCount; step++) {
      course.step(step);
      if (step % 64 === 63) tell((index + step / course.stepCount) / courses.length);
    }
    meter.finish();
    oracle.end(course);
    tell((index + 1) / courses.length);
  }
  return oracle.liveness();
}

/** Asks the course what should be there, and keeps the first thing that is not so. */
function createOracle(meter: RunMeter) {
  const end = { objects: 0, bytes: 0 };
  let checks = 0;
  let objects = 0;
  let problem: string | undefined;
  let isExact: boolean | null = null;

  function look(course: Course, isDue: boolean): void {
    const { count, bytes } = course.reachable();
    meter.noteReachable(bytes);
    if (!isDue) return;
    checks++;
    objects += count;
    problem ??= course.check();
  }

  return {
    look,
    /** After one more full collection of everything, frozen or not. */
    end(course: Course): void {
      const { manager } = course;
      const { exact, cycles, cyclesThrough = "all slots" } = manager.strategy.traits;
      manager.collector.generations?.unfreeze();
      manager.mutator.collect();
      look(course, true);
      manager.validate();
      const { count, bytes } = course.reachable();
      end.objects += count;
      end.bytes += bytes;
      const isPromised =
        exact && cycles !== "never" && (cyclesThrough === "all slots" || course.isWholeVisited);
      if (!isPromised) return;
      const isSame = manager.collector.statistics().liveCount === count;
      isExact = (isExact ?? true) && isSame;
      const left = manager.collector.statistics().liveCount;
      if (!isSame) problem ??= `${left} objects are left, and roots reach ${count}`;
    },
    liveness: (): Liveness => ({ checks, objects, problem: problem ?? null, end, isExact }),
  };
}

function composed({ strategy }: PointOrder, meter: RunMeter | undefined): MakeCompared {
  return (needs) =>
    createMemoryManager(strategy as PresetName, {
      ...needs,
      observer:
        meter === undefined ? needs.observer : combineObservers([meter.observer, needs.observer]),
    });
}

function setThresholds({ collector }: MemoryManager, point: SweepPoint | undefined): void {
  const { generations } = collector;
  if (point === undefined || generations === undefined) return;
  const name = (["young", "middle", "old"] as const)[point.generation];
  generations.setThresholds({ ...generations.thresholds(), [name]: point.value });
}

/** Whole runs without a meter; the first one warms up and does not count. */
function timeRuns(order: PointOrder, { courses }: CourseSet, tell: TellShare): WallTimes {
  const host: CourseHost = { isLooking: false, bornBytes: () => 0, endOperation() {} };
  const runs: number[] = [];
  for (let run = 0; run <= order.wallRuns; run++) {
    let spentMs = 0;
    for (const create of courses) {
      const course = create(composed(order, undefined), host);
      setThresholds(course.manager, order.thresholds);
      const startMs = performance.now();
      for (let step = 0; step < course.stepCount; step++) course.step(step);
      spentMs += performance.now() - startMs;
    }
    if (run > 0) runs.push(spentMs);
    tell(run / order.wallRuns);
  }
  return wallTimesOf(runs);
}
