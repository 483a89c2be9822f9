// A proof: every promised property of a memory manager, held against arbitrary programs. What comes
// back says for each whether it holds, and for one that does not the shrunk program as a script,
// with the seed and path that find it again.

import fc from "fast-check";
import { checkProgram } from "./check-program.js";
import { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
import { type Program, printProgram } from "./program.js";
import { isPromised, MEMORY, PROPERTY_NAMES, type PropertyName } from "./properties.js";
import type { SubjectMaker } from "./subject.js";

/** So short that each allocation is refused in turn. */
const SHORT: MutatorProgramsOptions = { commandLimitCount: 15, shapeLimitCount: 5 };

export interface ProofOptions extends MutatorProgramsOptions {
  /** By default all. */
  readonly properties?: readonly PropertyName[];
  /** Programs for each property. Default 100. */
  readonly runCount?: number;
  /** Default 1: the same programs each time. */
  readonly seed?: number;
  /** From a verdict, to go straight to its program. */
  readonly path?: string;
}

export interface Verdict {
  readonly property: PropertyName;
  readonly outcome: "holds" | "fails" | "not promised";
  /** Programs that were played, shrinking aside. */
  readonly runCount: number;
  /** Allocations of theirs that were refused because memory had been used up. */
  readonly refusalCount: number;
  readonly seed: number;
  /** Undefined unless it fails. */
  readonly counterexample: Counterexample | undefined;
}

export interface Counterexample {
  /** Together with the seed it replays this program first. */
  readonly path: string;
  readonly program: Program;
  /** The program as JavaScript, for a memory manager that is called `manager`. */
  readonly script: string;
  readonly reason: string;
}

/** Holds every property against arbitrary programs; never throws for one that fails. */
export function prove(maker: SubjectMaker, options: ProofOptions = {}): Verdict[] {
  const { properties = PROPERTY_NAMES } = options;
  return properties.map((property) => proveOne(property, maker, options));
}

function proveOne(property: PropertyName, maker: SubjectMaker, options: ProofOptions): Verdict {
  const { runCount = 100, seed = 1, path } = options;
  const { traits } = maker({ observer: { wants: [], event() {} } }).collector;
  if (!isPromised(property, traits)) {
    const counts = { runCount: 0, refusalCount: 0 };
    return { property, outcome: "not promised", ...counts, seed, counterexample: undefined };
  }
  const programs = mutatorPrograms(property === MEMORY ? { ...SHORT, ...options } : options);
  let refusalCount = 0;
  const onRefusal = () => void refusalCount++;
  const details = fc.check(
    fc.property(programs, (program) => checkProgram(program, maker, [property], { onRefusal })),
    { numRuns: runCount, seed, ...(path === undefined ? {} : { path }) },
  );
  if (!details.failed) {
    return {
      property,
      outcome: "holds",
      runCount: details.numRuns,
      refusalCount,
      seed,
      counterexample: undefined,
    };
  }
  const [program] = details.counterexample as [Program];
  const error = details.errorInstance;
  const counterexample: Counterexample = {
    path: details.counterexamplePath ?? "",
    program,
    script: printProgram(program),
    reason: error instanceof Error ? error.message : String(error),
  };
  const counts = { runCount: details.numRuns, refusalCount };
  return { property, outcome: "fails", ...counts, seed, counterexample };
}

/** Verdicts as lines for people: what holds, and for what fails all that is needed to see it. */
export function printVerdicts(verdicts: readonly Verdict[]): string {
  return verdicts.map(printVerdict).join("\n");
}

function printVerdict({ property, outcome, seed, counterexample }: Verdict): string {
  const line = `${outcome}: ${property}`;
  if (counterexample === undefined) return line;
  const { reason, path, script } = counterexample;
  return [line, `  ${reason}`, `  seed ${seed}, path "${path}"`, indent(script)].join("\n");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  | ");
}
