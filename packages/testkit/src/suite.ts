// A suite is a list of properties for subjects of one kind, and runs without a test runner:
//
//   property ─► promised by the traits? ─no─► not run, and why
//                     │ yes
//                     ▼
//   arbitrary programs ─► check(program, maker) ─► holds
//                                              └─► fails ─► shrunk ─► counterexample
//   notes taken on the way ─► warnings: traits that could be declared, or that nothing showed
//
// Same seed, same programs: the report of a run can be had again, and so can each counterexample.

import { UsageError } from "@ouro/interfaces";
import fc from "fast-check";
import { asked, enter } from "./door.js";
import { createNotes, type Notes } from "./notes.js";
import type { Property, Suite, SuiteOptions, Sweep } from "./property.js";
import { isAlike, messageOf, thrownBy } from "./record.js";
import type { Counterexample, Drawing, Report, Verdict } from "./report.js";

export type { Property, Suite, SuiteOptions, Sweep } from "./property.js";

/** A suite only hands the programs of a property from one of its calls to the other. */
export function asProperties<Maker, Program>(
  properties: readonly Property<Maker, Program>[],
): Property<Maker>[] {
  return properties as unknown as Property<Maker>[];
}

/**
 * Runs a suite; never throws for a property that fails. Throws `UsageError` for a maker or options
 * that it cannot take, and for a maker that ceases to answer.
 */
export function runSuite<Maker>(
  suite: Suite<Maker>,
  maker: Maker,
  options: SuiteOptions = {},
): Report {
  const notes = createNotes();
  const verdicts = runProperties(suite, maker, options, notes);
  const warnings = warningsOf(suite, maker, notes);
  return reportOf(suite, maker, { seed: options.seed ?? 1, verdicts, warnings });
}

/** The properties alone, for who runs a suite in parts: they add to the same notes. */
export function runProperties<Maker>(
  suite: Suite<Maker>,
  maker: Maker,
  options: SuiteOptions,
  notes: Notes,
): Verdict[] {
  enter(suite, maker, options);
  const { properties: names } = options;
  const verdicts: Verdict[] = [];
  for (const property of suite.properties) {
    const isWanted = names?.includes(property.name) ?? true;
    if (!isWanted) continue;
    const verdict = asked(suite, property.name, () => judge(property, maker, options, notes));
    verdicts.push(verdict);
    options.onVerdict?.(verdict);
  }
  return verdicts;
}

/** What all that was noted says of the declared traits. */
export function warningsOf<Maker>(suite: Suite<Maker>, maker: Maker, notes: Notes): string[] {
  return asked(suite, "traits", () => suite.warnings(maker, notes));
}

/** A report of the verdicts that there are, for a run that was stopped. */
export function reportOf<Maker>(
  suite: Suite<Maker>,
  maker: Maker,
  { seed, verdicts, warnings }: Pick<Report, "seed" | "verdicts" | "warnings">,
): Report {
  const sum = (of: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    suite: suite.name,
    subject: suite.subjectName(maker),
    traits: suite.traitsOf(maker),
    seed,
    verdicts,
    warnings,
    programCount: sum(({ programCount }) => programCount),
    commandCount: sum(({ commandCount }) => commandCount),
    failCount: verdicts.filter(({ outcome }) => outcome === "fails").length,
  };
}

function judge<Maker>(
  property: Property<Maker>,
  maker: Maker,
  options: SuiteOptions,
  notes: Notes,
): Verdict {
  const { name, source } = property;
  const { programCount = 100, programCounts = {} } = options;
  const numRuns = programCounts[name] ?? programCount;
  const why = numRuns === 0 ? "switched off" : property.whyNot(maker);
  const about = { property: name, source };
  if (why !== undefined) {
    return { ...about, outcome: "not run", why, programCount: 0, commandCount: 0 };
  }
  if (property.sweep !== undefined) return judgeScope(property, maker, options);
  const { seed = 1, path, timeLimitMilliseconds: limit, shrinks = true } = options;
  const programs = property.programs?.(maker, options);
  if (programs === undefined) throw new TypeError(`"${name}" has neither programs nor a sweep`);
  let commandCount = 0;
  let hasFailed = false;
  const details = checkAll(
    fc.property(programs, (program) => {
      // What shrinking plays is no evidence: it is not counted.
      if (!hasFailed) commandCount += property.commandCount(program);
      try {
        property.check(program, maker, notes);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }),
    {
      numRuns,
      seed,
      endOnFailure: !shrinks,
      ...(path === undefined ? {} : { path }),
      ...(limit === undefined ? {} : { interruptAfterTimeLimit: limit }),
    },
    name,
  );
  const played = { ...about, programCount: details.numRuns, commandCount };
  if (!details.failed || details.counterexample === null) return { ...played, outcome: "holds" };
  const [shrunk] = details.counterexample;
  const found = { program: shrunk, error: details.errorInstance };
  const { program, error } = shrinks ? tighten(property, maker, found) : found;
  const how = { seed, path: details.counterexamplePath ?? "", reason: messageOf(error) };
  return {
    ...played,
    outcome: "fails",
    counterexample: describeFailure(property, maker, program, how),
  };
}

/** A path that leads to nothing is refused: a property that was not asked would hold. */
function checkAll<Program>(
  property: fc.IProperty<[Program]>,
  parameters: fc.Parameters<[Program]>,
  name: string,
): fc.RunDetails<[Program]> {
  const { path = "" } = parameters;
  const refuse = (): never => {
    throw new UsageError({
      where: "runSuite",
      argument: `option path ${JSON.stringify(path)}`,
      problem: `leads to no program of "${name}"`,
      remedy: "Give it with the seed of its verdict, and that property alone",
    });
  };
  try {
    const details = fc.check(property, parameters);
    return path !== "" && details.numRuns === 0 && !details.interrupted ? refuse() : details;
  } catch (error) {
    if (messageOf(error).startsWith("Unable to replay")) return refuse();
    throw error;
  }
}

/** Smaller, and failing with an error of the same name: another error is another failure. */
function tighten<Maker>(
  property: Property<Maker>,
  maker: Maker,
  found: { program: unknown; error: unknown },
): typeof found {
  if (property.tightened === undefined) return found;
  let last = found;
  const fails = (program: unknown): boolean => {
    const error = thrownBy(() => property.check(program, maker, createNotes()));
    if (error === undefined || !isAlike(error, found.error)) return false;
    last = { program, error };
    return true;
  };
  // The last one that failed is the one that is answered: whatever is smaller holds.
  property.tightened(found.program, fails);
  return last;
}

function judgeScope<Maker>(
  property: Property<Maker>,
  maker: Maker,
  options: SuiteOptions,
): Verdict {
  const { name, source } = property;
  const sweep = property.sweep?.(maker, options) as Sweep<unknown>;
  const { failure, ...counts } = sweep;
  const played = { property: name, source, ...counts };
  if (failure === undefined) return { ...played, outcome: "holds" };
  const how = { seed: options.seed ?? 1, path: "", reason: failure.reason };
  const counterexample = describeFailure(property, maker, failure.program, how);
  return { ...played, outcome: "fails", counterexample };
}

/** A program that fails, with all that is needed to see it again. */
export function describeFailure<Maker>(
  property: Property<Maker>,
  maker: Maker,
  program: unknown,
  how: Pick<Counterexample, "seed" | "path" | "reason">,
): Counterexample {
  return {
    property: property.name,
    ...how,
    program,
    script: property.script(program, maker),
    drawing: drawingOf(property, program, maker),
  };
}

/** A subject that is broken may break the drawing too: then there is none. */
export function drawingOf<Maker>(
  property: Property<Maker>,
  program: unknown,
  maker: Maker,
): Drawing | undefined {
  try {
    return property.drawing?.(program, maker);
  } catch {
    return undefined;
  }
}
