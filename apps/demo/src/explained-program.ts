// Runs one mutator program with a narrator listening, and gathers what was told, step by step.

import { EVENT_COLLECTION_START, type Observer, UsageError } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { combineObservers } from "@ouro/monitor";
import {
  behavesAsCPython,
  createProgramSubject,
  createReachSubject,
  isReachProgram,
  type MakeSubjectManager,
  type MutatorProgram,
  PROGRAM_ROOT_COUNT,
  type ProgramDifference,
  type ProgramOperation,
  type ProgramSubject,
  runProgram,
  runReachProgram,
  SCRATCH_ROOT,
} from "@ouro/trace";
import { watchArenas } from "./arena-watch.js";
import type { Level } from "./explain-sentences.js";
import { formatNoun } from "./format.js";
import { type GenerationWatch, knownObjects, watchGenerations } from "./generation-watch.js";
import { createNarration, type Narration } from "./narration.js";
import { type ObjectState, takeStates } from "./object-states.js";
import { presetNamed } from "./preset-choice.js";
import type { Told } from "./told.js";

export interface ExplainedStep {
  readonly operation: ProgramOperation;
  readonly told: readonly Told[];
  /** What lives after it; undefined where the preset does not count. */
  readonly objects: readonly ObjectState[] | undefined;
}

export interface Explanation {
  readonly program: MutatorProgram;
  readonly preset: string;
  readonly level: Level;
  readonly steps: readonly ExplainedStep[];
  /** What is told when the program is over and its roots are released. */
  readonly ending: readonly Told[];
  /** What was seen and is not as recorded of CPython. */
  readonly differences: readonly ProgramDifference[];
  /** Whether all that was recorded is compared, or what the roots reach. */
  readonly isWhole: boolean;
}

/** Throws `UsageError` for a program that the preset can not run. O(events of the run). */
export function explainProgram(program: MutatorProgram, preset: string, level: Level): Explanation {
  const makeManager = presetNamed(preset);
  const isWhole = behavesAsCPython(makeManager({ reservationBytes: 2 ** 26 }));
  if (!isWhole && !isReachProgram(program)) refuse(program.name, preset);
  const known = knownObjects(program);
  let idOf = (_value: number): number | undefined => undefined;
  const narration = createNarration((object) => {
    const id = object === 0 ? -1 : idOf(object);
    if (object === 0) return "nothing";
    return id === undefined || id < 0 ? undefined : `${known.get(id)?.kind ?? "object"} #${id}`;
  });
  const arenas = watchArenas(narration);
  let manager: MemoryManager | undefined;
  const make: MakeSubjectManager = (needs) => {
    const watcher: Observer = {
      wants: [EVENT_COLLECTION_START],
      event: (_code, generation) => watch?.beginCollection(generation),
    };
    const observer = combineObservers([narration.observer, watcher, needs.observer]);
    const memoryObserver = combineObservers([narration.observer, arenas.observer]);
    manager = makeManager({ ...needs, observer, memoryObserver });
    return manager;
  };
  const steps: ExplainedStep[] = [];
  let watch: GenerationWatch | undefined;
  let statesNow: () => ObjectState[] | undefined = () => undefined;
  const onStep = (): void => {
    watch?.endStep();
    arenas.endStep();
    const { operation } = program.steps[steps.length] as MutatorProgram["steps"][number];
    steps.push({ operation, told: narration.take(level), objects: statesNow() });
  };
  const run = () => {
    if (isWhole) {
      const subject = createProgramSubject(make, program);
      idOf = subject.idOf;
      watch = watchGenerations(subject, known, narration);
      statesNow = () => takeStates(subject, known, PROGRAM_ROOT_COUNT);
      narration.take(level);
      return { report: runProgram(subject, program, { onStep }), subject };
    }
    const subject = createReachSubject(make, program);
    idOf = subject.idOf;
    narration.take(level);
    return { report: runReachProgram(subject, program, { onStep }), subject };
  };
  const { report, subject } = run();
  endProgram(subject, manager as unknown as MemoryManager, narration);
  arenas.endStep();
  const ending = narration.take(level);
  return { program, preset, level, steps, ending, differences: report.differences, isWhole };
}

/** Releases the roots, then collects until nothing goes any more. */
function endProgram(
  { setRoot }: Pick<ProgramSubject, "setRoot">,
  manager: MemoryManager,
  narration: Narration,
): void {
  narration.say("PM-END-ROOTS", {});
  for (let root = 0; root <= SCRATCH_ROOT; root++) setRoot(root, null);
  manager.collector.generations?.unfreeze();
  const countNow = (): number => manager.statistics().liveCount;
  let before = Number.POSITIVE_INFINITY;
  if (countNow() > 0) narration.say("PM-END-COLLECT", {});
  // Finalizers may bring objects back to a root: each runs once, so this comes to an end.
  while (countNow() > 0 && countNow() < before) {
    before = countNow();
    manager.mutator.collect();
    for (let root = 0; root <= SCRATCH_ROOT; root++) setRoot(root, null);
  }
  const count = countNow();
  if (count === 0) narration.say("PM-END-EMPTY", {});
  else narration.say("PM-END-LEFT", { objects: formatNoun(count, "object") });
}

function refuse(program: string, preset: string): never {
  throw new UsageError({
    where: "ouro explain --preset",
    argument: preset,
    problem: `can not run "${program}", which uses finalizers, weak references or generations`,
    remedy: "Choose a preset with all of CPython's parts, such as cpython-3.13.",
  });
}
