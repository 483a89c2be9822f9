// The door of what plays and prints programs alone, as that of suites (door.ts): what is handed in
// is looked at before anything is played, and refused with a typed error that says where it lies.
//
//   program, maker, options ─► forms ─► played, drawn, printed
//                                   └─► UsageError: call, argument, value, what to do

import { UsageError } from "@ouro/interfaces";
import type fc from "fast-check";
import { type CheckOptions, checkProgram as check, runProgram as run } from "./check-program.js";
import { type Form, FUNCTION, listOf, oneOf, record, wholeNumber } from "./form.js";
import {
  mutatorPrograms as arbitraryPrograms,
  type MutatorProgramsOptions,
} from "./mutator-programs.js";
import {
  allocationCountOf as countAllocations,
  type Program,
  printProgram as print,
  scriptOf as stepsOf,
} from "./program.js";
import { drawProgram as draw } from "./program-drawing.js";
import { PROGRAM } from "./program-forms.js";
import { PROPERTY_NAMES, type PropertyName } from "./properties.js";
import type { Drawing } from "./report.js";
import type { Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";
import { MANAGER } from "./subject-forms.js";

/** Throws `UsageError` unless the value has the form; `argument` is what the call says of it. */
function expectForm(where: string, argument: string, value: unknown, form: Form): void {
  const flaw = form(value);
  if (flaw === undefined) return;
  const { at, problem, remedy } = flaw;
  throw new UsageError({
    ...{ where, problem, remedy },
    argument: at === "" ? `the ${argument}` : `${at} of the ${argument}`,
  });
}

const PROPERTIES = listOf(oneOf(...PROPERTY_NAMES));
const CHECK_OPTIONS = record({}, {
  onRefusal: FUNCTION,
  onCollected: FUNCTION,
} satisfies Record<keyof CheckOptions, Form>);
const ARBITRARY_OPTIONS = record({}, {
  commandLimitCount: wholeNumber(),
  shapeLimitCount: wholeNumber(1),
  rawLimitWords: wholeNumber(),
} satisfies Record<keyof MutatorProgramsOptions, Form>);

/** The same maker; what it answers is looked at. */
function lookedAt(where: string, maker: SubjectMaker): SubjectMaker {
  expectForm(where, "maker", maker, FUNCTION);
  return (options) => {
    const subject = maker(options);
    expectForm(where, "manager that the maker answers", subject, MANAGER);
    return subject;
  };
}

/**
 * Plays a program on a fresh subject; throws `BrokenPromiseError` at the first of these properties
 * that does not hold. Properties that the subject's traits do not promise are not looked at. Throws
 * `UsageError` for what it cannot take. O(commands · heap).
 */
export function checkProgram(
  program: Program,
  maker: SubjectMaker,
  properties: readonly PropertyName[] = PROPERTY_NAMES,
  options: CheckOptions = {},
): void {
  const where = "checkProgram";
  expectForm(where, "program", program, PROGRAM);
  expectForm(where, "properties", properties, PROPERTIES);
  expectForm(where, "options", options, CHECK_OPTIONS);
  check(program, lookedAt(where, maker), properties, options);
}

/** Plays a program and checks nothing; answers the graph in which it ends, as text. */
export function runProgram(program: Program, maker: SubjectMaker): string {
  expectForm("runProgram", "program", program, PROGRAM);
  return run(program, lookedAt("runProgram", maker));
}

/**
 * The heap before and after the last call, and after a full collection behind it: what breaks at
 * the end of a program breaks in one of them. A subject that throws is drawn up to there.
 * O(steps + objects).
 */
export function drawProgram(program: Program, maker: SubjectMaker): Drawing {
  expectForm("drawProgram", "program", program, PROGRAM);
  const make = lookedAt("drawProgram", maker);
  // A drawing tells of errors; that the maker is none it does not.
  make({ observer: { wants: [], event() {} } });
  return draw(program, make);
}

/** Programs of any kind. A counterexample prints as the script of its API calls. */
export function mutatorPrograms(options: MutatorProgramsOptions = {}): fc.Arbitrary<Program> {
  expectForm("mutatorPrograms", "options", options, ARBITRARY_OPTIONS);
  return arbitraryPrograms(options);
}

/** Every step of a program: it can be run anywhere, and printed. */
export function scriptOf(program: Program): Step[] {
  expectForm("scriptOf", "program", program, PROGRAM);
  return stepsOf(program);
}

/** How many objects a program allocates: under every manager the same. */
export function allocationCountOf(program: Program): number {
  expectForm("allocationCountOf", "program", program, PROGRAM);
  return countAllocations(program);
}

/** The program as JavaScript, for a memory manager that is called `manager`. */
export function printProgram(program: Program): string {
  expectForm("printProgram", "program", program, PROGRAM);
  return print(program);
}
