// A program on which the machines differ: found, made small, and written down so that a person can
// run it by hand.
//
//   sample(seed)[index] ─► fast-check shrinks its parts ─► single operations are left out ─► report

import fc from "fast-check";
import {
  type MachineProgram,
  type Operation,
  printOperation,
  printProgram,
  type Seen,
} from "./machine-program.js";
import { machinePrograms } from "./program-arbitrary.js";
import { MACHINE_SOURCE } from "./python-machine.js";

/** Runs each program on both machines. */
export type RunBoth = (programs: readonly MachineProgram[]) => { python: Seen; ouro: Seen }[];

/** What a machine showed that threw instead of coming to an end. */
export function seenOfError(error: unknown): Seen {
  return [[`Ouro threw ${error instanceof Error ? error.stack : String(error)}`]];
}

/** The first step whose lines differ; −1 if none does. The last one is the end of the program. */
export function differingStep(python: Seen, ouro: Seen): number {
  const length = Math.max(python.length, ouro.length);
  for (let step = 0; step < length; step++) {
    if (JSON.stringify(python[step]) !== JSON.stringify(ouro[step])) return step;
  }
  return -1;
}

const isDifferent = ({ python, ouro }: { python: Seen; ouro: Seen }): boolean =>
  differingStep(python, ouro) >= 0;

/** The `index`th program of a seed's sample, as small as it gets while the machines differ. */
export function shrinkDifference(seed: number, index: number, runBoth: RunBoth): MachineProgram {
  const property = fc.property(
    machinePrograms(),
    (program) => !runBoth([program]).some(isDifferent),
  );
  const details = fc.check(property, { seed, path: String(index), numRuns: 1 });
  const counterexample = details.counterexample?.[0];
  if (counterexample === undefined)
    throw new Error(`program ${index} of seed ${seed} agrees alone`);
  return leaveOut(counterexample, runBoth);
}

/** Leaves out operations, of steps and codes, as long as the machines still differ. */
export function leaveOut(program: MachineProgram, runBoth: RunBoth): MachineProgram {
  let smallest = program;
  for (;;) {
    const smaller = withoutOne(smallest);
    const found = runBoth(smaller).findIndex(isDifferent);
    if (found < 0) return smallest;
    smallest = smaller[found] as MachineProgram;
  }
}

function withoutOne({ codes, steps }: MachineProgram): MachineProgram[] {
  const without = (list: readonly Operation[], index: number) => list.toSpliced(index, 1);
  const shorter = steps.map((_, index) => ({ codes, steps: without(steps, index) }));
  const simpler = codes.flatMap((code, number) =>
    code.map((_, index) => ({ steps, codes: codes.with(number, without(code, index)) })),
  );
  return [...shorter, ...simpler];
}

/** For a reader: the program, and what both machines showed where they first differ. */
export function describeDifference(program: MachineProgram, python: Seen, ouro: Seen): string {
  const step = differingStep(python, ouro);
  const operation = program.steps[step];
  const where =
    operation === undefined ? "at the end" : `in step ${step}: ${printOperation(operation)}`;
  const show = (name: string, seen: Seen) => [
    `  ${name}`,
    ...(seen[step] ?? ["nothing"]).map((line) => `    ${line}`),
  ];
  return [
    ...printProgram(program),
    `They differ ${where}`,
    ...show("CPython", python),
    ...show("Ouro", ouro),
  ].join("\n");
}

/** A script that runs the program on any CPython 3.13, and prints what it shows step by step. */
export function pythonScript(program: MachineProgram): string {
  const listing = printProgram(program).map((line) => `# ${line}`);
  return `${MACHINE_SOURCE}

${listing.join("\n")}
PROGRAM = json.loads(${JSON.stringify(JSON.stringify(program))})

begin()
for step, lines in enumerate(run_program(PROGRAM)):
    print(step, PROGRAM["steps"][step] if step < len(PROGRAM["steps"]) else "the end")
    for line in lines:
        print("   ", line)
`;
}
