// Counterexamples as files: what failed, on what, the program itself, and how it was found. A file
// replays whatever becomes of the generators, and is the regression test of what it found.
//
//   { "format": "ouro/counterexample@1", "suite": "collector", "property": "keeps …",
//     "subject": "my-strategy", "seed": 1, "path": "12:3", "reason": "…", "program": { … } }

import { InputFormatError } from "@ouro/interfaces";
import { allocatorSuite } from "./allocator/allocator-conformance.js";
import { detectorSuite } from "./detector/detector-suite.js";
import { checkMaker } from "./door.js";
import { heapSuite } from "./heap/heap-conformance.js";
import { collectorSuite, memoryManagerSuite } from "./manager-suite.js";
import { createNotes } from "./notes.js";
import { reasonOf } from "./record.js";
import type { Counterexample, Report } from "./report.js";
import { drawingOf, type Property, type Suite } from "./suite.js";

export const COUNTEREXAMPLE_FORMAT = "ouro/counterexample@1";

export interface CounterexampleFile {
  readonly format: typeof COUNTEREXAMPLE_FORMAT;
  readonly suite: string;
  readonly property: string;
  /** How the subject was composed when it failed. */
  readonly subject: string;
  readonly seed: number;
  readonly path: string;
  readonly reason: string;
  readonly program: unknown;
}

/** The counterexamples of a report, each as what goes into a file of its own. */
export function counterexampleFiles({ suite, subject, verdicts }: Report): CounterexampleFile[] {
  return verdicts.flatMap(({ counterexample }) =>
    counterexample === undefined ? [] : [toFile(suite, subject, counterexample)],
  );
}

function toFile(suite: string, subject: string, found: Counterexample): CounterexampleFile {
  const { property, seed, path, reason, program } = found;
  const format = COUNTEREXAMPLE_FORMAT;
  return { format, suite, property, subject, seed, path, reason, program };
}

const REMEDY = "Give a file that `ouro verify --save` wrote.";

/**
 * Reads the text of a file; the program of a suite of the kit is looked at too. Throws
 * `InputFormatError` for any other text.
 */
export function parseCounterexample(text: string, source = "counterexample"): CounterexampleFile {
  const refuse = (problem: string): never => {
    throw new InputFormatError({ source, problem, remedy: REMEDY });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("it is no JSON");
  }
  const file = value as Partial<CounterexampleFile> | null;
  if (typeof file !== "object" || file === null) return refuse("it is no JSON object");
  if (file.format !== COUNTEREXAMPLE_FORMAT)
    return refuse(`its format is not ${COUNTEREXAMPLE_FORMAT}`);
  for (const key of ["suite", "property", "subject", "path", "reason"] as const) {
    if (typeof file[key] !== "string") refuse(`its ${key} is no text`);
  }
  if (!Number.isInteger(file.seed)) refuse("its seed is no whole number");
  if (typeof file.program !== "object" || file.program === null) refuse("it has no program");
  const found = file as CounterexampleFile;
  const suite = KIT_SUITES.find(({ name }) => name === found.suite);
  const property = suite?.properties.find(({ name }) => name === found.property);
  if (property !== undefined) checkProgramForm(property, found, source);
  return found;
}

const KIT_SUITES: readonly Pick<Suite<never>, "name" | "properties">[] = [
  allocatorSuite,
  heapSuite,
  detectorSuite,
  memoryManagerSuite,
  collectorSuite,
];

function checkProgramForm(
  { form }: Pick<Property<never>, "form">,
  { program }: CounterexampleFile,
  source: string,
): void {
  const flaw = form?.(program, "program");
  if (flaw === undefined) return;
  const problem = `${flaw.at} ${flaw.problem}. ${flaw.remedy}`;
  throw new InputFormatError({ source, problem, remedy: REMEDY });
}

/**
 * Plays a counterexample again: undefined if the property holds now, else what is found. Throws
 * `InputFormatError`, naming `source`, if the suite has no such property, or it no such program.
 */
export function replayCounterexample<Maker>(
  suite: Suite<Maker>,
  maker: Maker,
  file: CounterexampleFile,
  source = "counterexample",
): Counterexample | undefined {
  const property = suite.properties.find(({ name }) => name === file.property);
  if (suite.name !== file.suite || property === undefined) {
    throw new InputFormatError({
      source,
      problem: `the suite "${suite.name}" has no property "${file.property}" of "${file.suite}"`,
      remedy: "Replay it with the suite that found it.",
    });
  }
  checkProgramForm(property, file, source);
  checkMaker(suite, maker);
  const why = property.whyNot(maker);
  const reason = why === undefined ? breachOf(property, maker, file.program) : undefined;
  if (reason === undefined) return undefined;
  const { seed, path, program } = file;
  const drawing = drawingOf(property, program, maker);
  const script = property.script(program, maker);
  return { property: property.name, seed, path, program, script, reason, drawing };
}

function breachOf<Maker>(
  property: Property<Maker>,
  maker: Maker,
  program: unknown,
): string | undefined {
  return reasonOf(() => property.check(program, maker, createNotes()));
}
