// Replays mutator programs: each on a memory manager of its own. With all of CPython's parts
// everything observed is compared; else what the roots reach, after a full collection each step,
// against a shadow heap.

import type { MemoryManager } from "@ouro/memory-manager";
import {
  behavesAsCPython,
  createProgramReader,
  createProgramSubject,
  createReachSubject,
  type MakeSubjectManager,
  type MutatorProgram,
  type ProgramDifference,
  type ProgramReport,
  type ProgramRunOptions,
  runProgram,
  runReachProgram,
} from "@ouro/trace";
import { createChecklist } from "./checks.js";
import { createLifeTally } from "./life-tally.js";
import { titleOf } from "./operation-title.js";
import { presetNamed } from "./preset-choice.js";
import { piecesOf, type Recording } from "./recording.js";
import type { ProgramOutcome, ProgramPromise, ProgramsDraft } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";

export function programsDraft(file: string, options: ReplayOptions): ProgramsDraft {
  return {
    kind: "mutator-programs",
    file,
    description: undefined,
    preset: options.preset,
    isVerified: false,
    isPartial: false,
    promise: undefined,
    programCount: 0,
    programs: [],
    mismatches: [],
    checks: [],
    life: undefined,
    failure: undefined,
  };
}

/** Some ten programs. */
const READ_BYTES = 1 << 14;

/** Runs one program on a fresh manager. */
type Run = (program: MutatorProgram) => ProgramReport;

export async function replayPrograms(
  draft: ProgramsDraft,
  recording: Recording,
  options: ReplayOptions,
  work: Work,
): Promise<void> {
  const machine = createMachine(options);
  draft.promise = machine.promise;
  const outcomes: ProgramOutcome[] = [];
  draft.programs = outcomes;
  const list = createChecklist();
  draft.checks = list.names;
  draft.mismatches = list.mismatches;
  for (const name of machine.checks) list.begin(name);
  // Programs are run as they are read: a file of them may be larger than memory.
  const pending: MutatorProgram[] = [];
  const reader = createProgramReader((program) => pending.push(program), {
    sourceName: recording.file,
  });

  async function runPending(): Promise<void> {
    draft.programCount += pending.length;
    for (const program of pending.splice(0)) {
      await work.breathe();
      const outcome = outcomeOf(program, machine.run(program));
      outcomes.push(outcome);
      for (const difference of outcome.differences) {
        list.add(mismatchOf(program.name, difference));
      }
    }
  }

  try {
    for await (const piece of piecesOf(recording, work, READ_BYTES)) {
      reader.push(piece);
      await runPending();
    }
    reader.end();
    await runPending();
    draft.isVerified = options.isVerifying;
  } finally {
    draft.life = machine.life();
  }
}

/** Not of presets that finalize in any order what one collection found. */
const IN_ORDER = "order of events";

const CHECKS: Readonly<Record<ProgramPromise, readonly string[]>> = {
  "everything observed": ["every observed value", IN_ORDER, "all structures of the heap"],
  "what roots reach": [
    "every load",
    "what roots reach after each step",
    "all structures of the heap",
  ],
};

function createMachine({ preset, isVerifying, limitBytes, recorder }: ReplayOptions) {
  const makeManager = presetNamed(preset);
  const probe = makeManager({ reservationBytes: 2 ** 26 });
  const isCPython = behavesAsCPython(probe);
  const tally = createLifeTally(probe.strategy.traits.counts);
  let manager: MemoryManager = probe;
  const make: MakeSubjectManager = (needs) => {
    const limit = limitBytes === undefined ? {} : { limitBytes };
    const tallied = tally.observerBeside(needs.observer);
    const observer = recorder?.observerBeside(tallied) ?? tallied;
    // The heap tells of arenas, and nobody else here listens to it.
    const memory = recorder === undefined ? {} : { memoryObserver: recorder.observer };
    manager = makeManager({ ...needs, ...limit, observer, ...memory });
    return manager;
  };

  /** What is to be done after each step, with the recorder told of the next one. */
  function stepsOf(program: MutatorProgram): Pick<ProgramRunOptions, "onStep"> {
    if (recorder === undefined) return isVerifying ? { onStep: () => manager.validate() } : {};
    let index = 0;
    const enter = (): void => {
      const operation = program.steps[index++]?.operation;
      if (operation === undefined) return;
      recorder.enter({ name: titleOf(operation), place: { file: program.name, line: index } });
    };
    recorder.begin(program.name, manager);
    enter();
    return {
      onStep() {
        recorder.endOperation();
        if (isVerifying) manager.validate();
        enter();
      },
    };
  }

  function finish(report: ProgramReport): ProgramReport {
    recorder?.end();
    manager.validate();
    tally.close(manager);
    const errorCount = manager.finalization?.programErrorCount ?? 0;
    if (errorCount === 0) return report;
    const error: ProgramDifference = {
      stepIndex: report.stepCount,
      what: "events",
      recorded: "program code that throws nothing",
      got: `${errorCount} errors, the first: ${manager.finalization?.programErrors[0]}`,
    };
    return { ...report, agrees: false, differences: [...report.differences, error] };
  }

  const events = probe.strategy.traits.collectionOrder === "any" ? "set" : "order";
  const runWhole: Run = (program) => {
    const subject = createProgramSubject(make, program);
    return finish(runProgram(subject, program, { ...stepsOf(program), events }));
  };
  const runReach: Run = (program) => {
    const subject = createReachSubject(make, program);
    return finish(runReachProgram(subject, program, stepsOf(program)));
  };
  const promise: ProgramPromise = isCPython ? "everything observed" : "what roots reach";
  const checks = CHECKS[promise].filter((name) => events === "order" || name !== IN_ORDER);
  return { promise, checks, run: isCPython ? runWhole : runReach, life: tally.figures };
}

function outcomeOf(program: MutatorProgram, report: ProgramReport): ProgramOutcome {
  const { stepCount, differences, agrees } = report;
  return {
    name: program.name,
    stepCount,
    leftOutStepCount: program.steps.length - stepCount,
    outcome: agrees ? "agrees" : "differs",
    differences,
  };
}

function mismatchOf(name: string, { stepIndex, what, recorded, got }: ProgramDifference) {
  return { where: `${name}, step ${stepIndex}: ${what}`, expected: recorded, actual: got };
}
