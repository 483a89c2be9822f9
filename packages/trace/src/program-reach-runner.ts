// Runs a mutator program on a subject of which only one thing is promised: what the roots reach is
// there and holds what it should. So strategies without counts, with other collections or none, can
// run the recorded programs. A shadow heap of plain maps says what should be there.
//
//   step ─► the same on shadow and subject ─► full collection ─► walk both from the roots, compare
//
// Programs without weak references and finalizers must load what was recorded. The rest look at
// death, and here objects die at other times than recorded: they are held against the shadow heap
// alone, and a step that names what no root reaches any more is left out. Where the subject runs
// program code, it must run for unreachable objects only, and once; where it runs none, an object
// that holds the callback stands for a weak reference.

import { type MutatorProgram, namedBy, type ProgramOperation } from "./mutator-program.js";
import { createReachMachine, type Differ } from "./program-reach-machine.js";
import type { ProgramDifference, ProgramReport, ProgramRunOptions } from "./program-runner.js";
import type { ReachSubject } from "./program-subject.js";

/** What running a program against the shadow heap showed. */
export interface ReachReport extends ProgramReport {
  /** Steps that name what no root reaches here; none if `isReachProgram` holds. */
  readonly leftOutStepCount: number;
}

/** Operations that look at death, or at a collector of CPython's kind. */
const BEYOND_REACH: ReadonlySet<string> = new Set(["wref", "deref"]);

/** Whether a program has no weak references and no finalizers. O(steps). */
export function isReachProgram({ steps }: MutatorProgram): boolean {
  return steps.every(
    ({ operation }) =>
      !BEYOND_REACH.has(operation.op) &&
      !(operation.op === "new" && operation.finalizer !== undefined),
  );
}

/**
 * Runs a program on a fresh subject: after each step and a full collection the roots must reach
 * what they should, and nothing else be left if the subject counts. Each `load` must give what the
 * shadow heap holds, and what was recorded if `isReachProgram`. O(steps × reachable objects).
 */
export function runReachProgram(
  subject: ReachSubject,
  program: MutatorProgram,
  options: Pick<ProgramRunOptions, "onStep"> = {},
): ReachReport {
  const differences: ProgramDifference[] = [];
  const isAsRecorded = isReachProgram(program);
  let stepIndex = 0;
  let leftOutStepCount = 0;
  const differ: Differ = (what, recorded, got) => {
    differences.push({ stepIndex, what, recorded: String(recorded), got: String(got) });
  };
  const machine = createReachMachine(subject, differ);

  function step(operation: ProgramOperation, recorded: number | undefined): void {
    const missing = namedBy(operation).find((id) => !machine.isReached(id));
    if (missing !== undefined) {
      leftOutStepCount++;
      if (isAsRecorded) differ("operand", `object ${missing} is named`, "no root reaches it");
      return;
    }
    const result = machine.perform(operation);
    if (isAsRecorded && result !== undefined && result !== recorded) {
      differ("result", recorded ?? "nothing", result);
    }
    machine.collect();
    machine.compare();
    options.onStep?.();
  }

  for (const { operation, observed } of program.steps) {
    step(operation, observed.result);
    stepIndex++;
    if (differences.length > 0) break;
  }
  return {
    programName: program.name,
    stepCount: stepIndex - leftOutStepCount,
    leftOutStepCount,
    differences,
    agrees: differences.length === 0,
  };
}
