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
  type ProgramDifference,
  type ProgramOperation,
  runProgram,
  runReachProgram,
} from "@ouro/trace";
import type { Level } from "./explain-sentences.js";
import { type GenerationWatch, knownObjects, watchGenerations } from "./generation-watch.js";
import { createNarration, type Told } from "./narration.js";
import { presetNamed } from "./preset-choice.js";

export interface ExplainedStep {
  readonly operation: ProgramOperation;
  readonly told: readonly Told[];
}

export interface Explanation {
  readonly program: MutatorProgram;
  readonly preset: string;
  readonly level: Level;
  readonly steps: readonly ExplainedStep[];
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
  const make: MakeSubjectManager = (needs) => {
    const watcher: Observer = {
      wants: [EVENT_COLLECTION_START],
      event: (_code, generation) => watch?.beginCollection(generation),
    };
    const observer = combineObservers([narration.observer, watcher, needs.observer]);
    const manager: MemoryManager = makeManager({
      ...needs,
      observer,
      memoryObserver: narration.observer,
    });
    return manager;
  };
  const told: Told[][] = [];
  let watch: GenerationWatch | undefined;
  const onStep = (): void => {
    watch?.endStep();
    told.push(narration.take(level));
  };
  const run = () => {
    if (isWhole) {
      const subject = createProgramSubject(make, program);
      idOf = subject.idOf;
      watch = watchGenerations(subject, known, narration);
      narration.take(level);
      return runProgram(subject, program, { onStep });
    }
    const subject = createReachSubject(make, program);
    idOf = subject.idOf;
    narration.take(level);
    return runReachProgram(subject, program, { onStep });
  };
  const { differences } = run();
  const steps = told.map((sentences, index) => ({
    operation: (program.steps[index] as MutatorProgram["steps"][number]).operation,
    told: sentences,
  }));
  return { program, preset, level, steps, differences, isWhole };
}

function refuse(program: string, preset: string): never {
  throw new UsageError({
    where: "ouro explain --preset",
    argument: preset,
    problem: `can not run "${program}", which uses finalizers, weak references or generations`,
    remedy: "Choose a preset with all of CPython's parts, such as cpython-3.13.",
  });
}
