// `npm run test:faults`: plants every fault in turn and prints fault × property.
//
// The exit code is 1 when a fault lives, 2 when something cannot be planted.

import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { didYouMean } from "../apps/demo/src/suggestion.ts";
import { createCompiler } from "./faults/compiler.ts";
import { LostFaultError, sourcesWith } from "./faults/edit-sources.ts";
import {
  evidenceLines,
  type HeldFault,
  isKilledAsSaid,
  matrixLine,
  toRow,
} from "./faults/held-fault.ts";
import { hold, isKilled } from "./faults/hold.ts";
import { PAGE, printPage, type SectionPart, unheldFaults } from "./faults/matrix-page.ts";
import { applyPatchText, PatchError, type Patched } from "./faults/patch.ts";
import { type TestedPatch, testPatched } from "./faults/patch-tests.ts";
import { judgePatch } from "./faults/patch-trial.ts";
import {
  type FaultSection,
  isAskedOf,
  isNamedFor,
  type PlantedFault,
} from "./faults/planted-fault.ts";
import { loadSections } from "./faults/sections.ts";
import type { NamedProperty } from "./faults/trial.ts";
import { readOptions, refuse, type ScriptUsage } from "./script-options.ts";
import { root } from "./workspace.ts";

const USAGE: ScriptUsage = {
  command: "npm run test:faults",
  text: `  --section NAME   the faults of one section; may be repeated
  --only TEXT      those whose name contains it
  --changed        those that docs/fault-matrix.md says were not held since they changed
  --seed N         three seeds from N on, in place of three that are drawn
  --named          asks only the property that is named for each fault
  --write          writes docs/fault-matrix.md: what was killed
  --json           prints data instead of lines
  --patch FILE     plants a unified diff, and says which properties kill it; if none does,
                   which tests of the packages and apps that it changes`,
};

const { values: options } = readOptions(USAGE, {
  options: {
    section: { type: "string", multiple: true },
    only: { type: "string" },
    changed: { type: "boolean", default: false },
    seed: { type: "string" },
    patch: { type: "string" },
    named: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const say = (line: string): void => {
  if (!options.json) console.log(line);
};

function seedsOf(given: string | undefined): number[] {
  if (given === undefined) return [0, 0, 0].map(() => randomInt(1, 2 ** 31 - 1));
  const seed = Number(given);
  if (Number.isInteger(seed)) return [seed, seed + 1, seed + 2];
  return endBadly(`--seed takes a whole number, and got ${given}.`);
}

function endBadly(problem: string): never {
  if (!options.json) return refuse(USAGE, problem);
  console.log(JSON.stringify({ problem }));
  process.exit(2);
}

function chosen(sections: readonly FaultSection[]): FaultSection[] {
  const names = options.section;
  for (const name of names ?? []) {
    if (sections.some((section) => section.name === name)) continue;
    const known = sections.map((section) => section.name);
    const proposal = didYouMean(name, known, `There are: ${known.join(", ")}.`);
    endBadly(`no section is named "${name}". ${proposal}`);
  }
  return sections.filter(({ name }) => names === undefined || names.includes(name));
}

function faultsOf(section: FaultSection): readonly PlantedFault[] {
  const { only, changed } = options;
  const faults = changed ? unheldFaults(section) : section.faults;
  return only === undefined ? faults : faults.filter(({ name }) => name.includes(only));
}

interface SectionHeld {
  /** Names; empty when not all of them were asked. */
  readonly properties: readonly string[];
  readonly held: readonly HeldFault[];
}

async function holdFault(section: FaultSection, fault: PlantedFault): Promise<HeldFault> {
  const about = { section: section.name, fault };
  const lost = (problem: string): HeldFault => ({ ...about, problem, verdicts: [] });
  let sources: ReadonlyMap<string, string>;
  try {
    sources = sourcesWith(fault, section, root);
  } catch (error) {
    if (error instanceof LostFaultError) return lost(error.message);
    throw error;
  }
  const problem = compiler.problemOf(sources);
  if (problem !== undefined) return lost(`does not compile: ${problem}`);
  const held = await hold(sources, {
    seeds,
    propertiesModule: section.propertiesModule,
    isAsked: (property) =>
      options.named ? isNamedFor(property, fault) : isAskedOf(property, fault),
    isNamed: (property) => isNamedFor(property, fault),
    shrinks: options.only !== undefined || options.json,
  });
  if (held.problem !== undefined) return lost(`does not load: ${held.problem}`);
  if (!held.meetsEdits) return lost("no property imports the faulty source");
  return { ...about, problem: undefined, verdicts: held.verdicts };
}

/**
 * The properties over the sources as they are: none may fail. Of some faults only, those that are
 * named for them. Answers the names of all.
 */
async function holdSound(
  section: FaultSection,
  faults: readonly PlantedFault[],
): Promise<readonly string[]> {
  const isNamed = (property: NamedProperty): boolean =>
    faults.some((fault) => isNamedFor(property, fault));
  const { verdicts, properties } = await hold(new Map(), {
    seeds,
    propertiesModule: section.propertiesModule,
    isAsked: (property) => faults.length === section.faults.length || isNamed(property),
    isNamed,
    shrinks: true,
  });
  for (const { property, on, outcomes } of verdicts) {
    const failing = outcomes.find((outcome) => outcome.isKilled || outcome.hangs === true);
    if (failing === undefined) continue;
    say(`  FAILS WITHOUT A FAULT: ${property} (${on}), seed ${failing.seed}: ${failing.reason}`);
    process.exitCode = 1;
  }
  return [...new Set(properties.map(({ name }) => name))];
}

async function holdSection(section: FaultSection): Promise<SectionHeld> {
  const faults = faultsOf(section);
  const isWhole = options.only === undefined && !options.named && faults.length > 0;
  if (faults.length > 0) say(`\n${section.name}: ${faults.length} faults in ${section.folder}`);
  const properties = isWhole ? await holdSound(section, faults) : [];
  for (const [index, name] of properties.entries()) say(`  P${index + 1} ${name}`);
  const held: HeldFault[] = [];
  for (const fault of faults) {
    const each = await holdFault(section, fault);
    held.push(each);
    say(matrixLine(each, isWhole ? properties : namesOf([each])));
    if (options.only !== undefined) for (const line of evidenceLines(each)) say(`    ${line}`);
  }
  return { properties, held };
}

/** Each property once, in the order in which a section has them. */
function namesOf(held: readonly HeldFault[]): string[] {
  const names = held.flatMap(({ verdicts }) => verdicts.map(({ property }) => property));
  return [...new Set(names)];
}

function toJson({ section, fault, problem, verdicts }: HeldFault) {
  const { name, on, file, killedBy } = fault;
  return { section, name, on, file, killedBy, problem, verdicts };
}

async function testAll(): Promise<void> {
  const sections = await loadSections();
  const parts: SectionPart[] = [];
  const all: HeldFault[] = [];
  for (const section of chosen(sections)) {
    const { held, properties } = await holdSection(section);
    all.push(...held);
    const killed = held.filter(isKilledAsSaid);
    if (killed.length === 0) continue;
    parts.push({ section, properties, rows: killed.map((each) => toRow(each, seeds)) });
  }
  const living = all.filter((held) => !isKilledAsSaid(held));
  if (options.json) console.log(JSON.stringify({ seeds, faults: all.map(toJson) }));
  for (const { section, fault, problem } of living) {
    say(`LIVES: ${section}: ${fault.name} ${problem ?? `(not killed by "${fault.killedBy}")`}`);
  }
  if (all.length === 0 && options.only !== undefined) {
    endBadly(`no fault has "${options.only}" in its name.`);
  }
  const killedCount = all.length - living.length;
  say(`\n${all.length} faults, ${killedCount} killed as said. Seeds ${seeds.join(", ")}.`);
  if (living.length > 0) process.exitCode = 1;
  const isWhole = options.only === undefined && !options.named;
  if (options.write && !isWhole) endBadly("--write takes whole sections: no --only, no --named.");
  // One that lives is on the page as not held, or as it was.
  if (options.write) writeFileSync(PAGE, printPage(sections, parts));
}

async function testPatch(file: string): Promise<void> {
  let patch: Patched;
  try {
    patch = applyPatchText(readFileSync(file, "utf8"), root);
  } catch (error) {
    if (error instanceof PatchError) endBadly(`${file}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") endBadly(`${file}: no such file.`);
    throw error;
  }
  const { sources, leftAside } = patch;
  for (const name of leftAside) say(`left aside, no source of a package or app: ${name}`);
  const problem = compiler.problemOf(sources);
  if (problem !== undefined) endBadly(`${file}: does not compile: ${problem}`);
  const judged = await judgePatch(sources, chosen(await loadSections()), seeds, say);
  const killers = judged.flatMap(({ verdicts }) => verdicts.filter(isKilled));
  const tested = killers.length === 0 ? testPatched(sources) : undefined;
  const failed = tested?.failed ?? [];
  if (options.json) {
    const files = [...sources.keys()];
    console.log(JSON.stringify({ seeds, patch: files, leftAside, judged, tested }));
  }
  if (tested !== undefined) sayTested(tested, judged.length > 0);
  if (killers.length > 0) say(`\nkilled by ${killers.length} properties`);
  else if (failed.length > 0) say(`\nkilled by ${failed.length} tests`);
  else say("\nLIVES: nothing kills it");
  if (killers.length + failed.length === 0) process.exitCode = 1;
}

function sayTested({ folders, testCount, failed, problem }: TestedPatch, isMet: boolean): void {
  const why = isMet ? "no property kills it" : "no section's properties meet it";
  say(`\n${why}; ${failed.length} of ${testCount} tests of ${folders.join(", ")} do`);
  if (problem !== undefined) endBadly(problem);
  for (const { file, title, reason } of failed.slice(0, 10)) {
    say(`  ${file}: ${title}`);
    say(`    saw:   ${reason}`);
  }
}

const seeds = seedsOf(options.seed);
const compiler = createCompiler(root);
if (options.patch === undefined) await testAll();
else await testPatch(options.patch);
