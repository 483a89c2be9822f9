// `npm run test:cpython`: random mutator programs on CPython and on Ouro, compared.
// The first difference ends the run, with exit code 1.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as memoryManager from "@ouro/memory-manager";
import fc from "fast-check";
import {
  readOptions,
  refuse,
  type ScriptUsage,
  wholeNumber,
} from "../../../scripts/script-options.js";
import {
  describeDifference,
  differingStep,
  pythonScript,
  type RunBoth,
  seenOfError,
  shrinkDifference,
} from "./difference.js";
import { plantFault } from "./fault-planting.js";
import { createFeatureTally, FEATURES, type FeatureTally } from "./feature-tally.js";
import { printKeptCase, readKeptCases } from "./kept-cases.js";
import { type MachineProgram, printOperation, type Seen } from "./machine-program.js";
import { createOuroMachine, type MachineWatch, type ManagerModules } from "./ouro-machine.js";
import { plantedFaults } from "./planted-faults.js";
import { machinePrograms } from "./program-arbitrary.js";
import { isPyodideInstalled, type PythonMachine, startPython } from "./python-machine.js";

const SAMPLE_COUNT = 500;
const REPORTS = new URL("../../../reports/", import.meta.url);

const USAGE: ScriptUsage = {
  command: "npm run test:cpython",
  text: `  --programs N    how many (default 2000)
  --seed S        of the first sample of ${SAMPLE_COUNT} (printed); later ones have the next seeds
  --minutes M     stop after so long
  --faults        show that the comparison can fail
  --replay FILE   one program, as a difference was written down, on both machines
  --keep FILE     prints one program with what CPython does, for the folder of kept cases`,
};

const { values: options } = readOptions(USAGE, {
  options: {
    programs: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Math.floor(Date.now() % 1e9)) },
    minutes: { type: "string", default: "1000" },
    faults: { type: "boolean", default: false },
    replay: { type: "string" },
    keep: { type: "string" },
  },
});

// Anything else than a number ends the script: nothing compared is no agreement.
const programCount = wholeNumber(USAGE, "programs", options.programs, 1);
const firstSeed = wholeNumber(USAGE, "seed", options.seed, 0);
const minuteCount = wholeNumber(USAGE, "minutes", options.minutes, 1);

type OuroMachine = ReturnType<typeof createOuroMachine>;

function runOuro(machine: OuroMachine, program: MachineProgram, watch?: MachineWatch): Seen {
  try {
    return machine.run(program, watch);
  } catch (error) {
    return seenOfError(error);
  }
}

function sample(seed: number, count: number): MachineProgram[] {
  return fc.sample(machinePrograms(), { seed, numRuns: count });
}

function makeRunBoth(python: PythonMachine, modules: ManagerModules): RunBoth {
  const ouro = createOuroMachine(modules);
  return (programs) => {
    const seen = python.run(programs);
    return programs.map((program, index) => ({
      python: seen[index] as Seen,
      ouro: runOuro(ouro, program),
    }));
  };
}

function report(program: MachineProgram, name: string, runBoth: RunBoth): void {
  const [seen] = runBoth([program]);
  mkdirSync(REPORTS, { recursive: true });
  const file = (ending: string) => new URL(`cpython-${name}.${ending}`, REPORTS);
  writeFileSync(file("py"), pythonScript(program));
  writeFileSync(file("json"), JSON.stringify(program));
  if (seen !== undefined) console.log(describeDifference(program, seen.python, seen.ouro));
  console.log(`in Python:  python3.13 reports/cpython-${name}.py`);
  console.log(`on both:    npm run test:cpython -- --replay reports/cpython-${name}.json`);
}

// ── The comparison ──────────────────────────────────────────────────────────────────────────────

function tellProgress(done: number, wanted: number, startedMs: number): void {
  if (!process.stderr.isTTY) return;
  const perSecond = done / ((Date.now() - startedMs) / 1000);
  process.stderr.write(`\r${done} of ${wanted} programs, ${perSecond.toFixed(0)} a second `);
  if (done >= wanted) process.stderr.write("\n");
}

function tellFeatures(tally: FeatureTally): void {
  for (const feature of FEATURES) {
    console.log(`${String(tally.countOf(feature)).padStart(8)}  ${feature}`);
  }
}

/** The index of the first program of a sample on which the machines differ, or −1. */
function compareSample(
  programs: readonly MachineProgram[],
  python: PythonMachine,
  machine: OuroMachine,
  tally: FeatureTally,
): number {
  const seen = python.run(programs);
  return programs.findIndex((program, index) => {
    const ouro = runOuro(machine, program, tally.watch);
    tally.next();
    return differingStep(seen[index] as Seen, ouro) >= 0;
  });
}

/** Both machines still show what was kept. */
function checkKeptCases(runBoth: RunBoth): boolean {
  const cases = [...readKeptCases()];
  const differing = cases.filter(([, { program, seen }]) => {
    const [both] = runBoth([program]);
    return [both?.python, both?.ouro].some((each) => differingStep(seen, each ?? []) >= 0);
  });
  for (const [name, { program }] of differing) report(program, name, runBoth);
  console.log(`${cases.length - differing.length} of ${cases.length} kept cases agree`);
  return differing.length === 0;
}

function compare(python: PythonMachine): boolean {
  const startedMs = Date.now();
  const endMs = startedMs + minuteCount * 60_000;
  const runBoth = makeRunBoth(python, memoryManager);
  const machine = createOuroMachine(memoryManager);
  const tally = createFeatureTally();
  console.log(`CPython ${python.version}, ${programCount} programs, seed ${firstSeed}`);
  let isOk = checkKeptCases(runBoth);
  for (let seed = firstSeed; tally.programCount < programCount && Date.now() < endMs; seed++) {
    const programs = sample(seed, Math.min(SAMPLE_COUNT, programCount - tally.programCount));
    const index = compareSample(programs, python, machine, tally);
    tellProgress(tally.programCount, programCount, startedMs);
    if (index < 0) continue;
    console.log(`program ${index} of seed ${seed} differs; shrinking`);
    report(shrinkDifference(seed, index, runBoth), `${seed}-${index}`, runBoth);
    isOk = false;
    break;
  }
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  const { programCount: count, stepCount } = tally;
  console.log(`${count} programs, ${stepCount} steps, ${seconds} s; programs with`);
  tellFeatures(tally);
  console.log(isOk ? "Ouro agrees with CPython" : "Ouro differs from CPython");
  return isOk;
}

// ── Planted faults ──────────────────────────────────────────────────────────────────────────────

/** The name of a kept case in which Ouro, with a fault in it, does not what CPython did. */
function differingCase(modules: ManagerModules): string | undefined {
  const machine = createOuroMachine(modules);
  const found = [...readKeptCases()].find(
    ([, { program, seen }]) => differingStep(seen, runOuro(machine, program)) >= 0,
  );
  return found === undefined ? undefined : `case ${found[0]}`;
}

/** Every planted fault must be noticed within the sample; what is rare, by a kept case. */
async function showFaults(python: PythonMachine): Promise<boolean> {
  const programs = sample(firstSeed, programCount);
  const seen = python.run(programs);
  const firstDiffering = (modules: ManagerModules): number => {
    const machine = createOuroMachine(modules);
    return programs.findIndex(
      (program, index) => differingStep(seen[index] as Seen, runOuro(machine, program)) >= 0,
    );
  };
  let isOk = firstDiffering(memoryManager) < 0;
  console.log(`${isOk ? "agrees   " : "DIFFERS  "} no fault (seed ${options.seed})`);
  for (const [index, { name }] of plantedFaults.entries()) {
    const modules = await plantFault(index);
    const found = firstDiffering(modules);
    const kept = found < 0 ? differingCase(modules) : undefined;
    isOk &&= found >= 0 || kept !== undefined;
    const verdict = found >= 0 ? `program ${found}` : (kept ?? "UNNOTICED");
    console.log(`${verdict.padEnd(14)} ${name}`);
  }
  return isOk;
}

// ── One program ─────────────────────────────────────────────────────────────────────────────────

function readProgram(option: string, file: string): MachineProgram {
  try {
    const program = JSON.parse(readFileSync(file, "utf8")) as MachineProgram;
    if (Array.isArray(program.steps)) return program;
    return refuse(USAGE, `--${option} ${file}: it is no program, for it has no steps.`);
  } catch (error) {
    return refuse(USAGE, `--${option} ${file}: ${(error as Error).message}.`);
  }
}

function replay(file: string, python: PythonMachine | undefined): boolean {
  const program = readProgram("replay", file);
  const ouro = runOuro(createOuroMachine(memoryManager), program);
  const seen = python?.run([program])[0];
  for (const [step, lines] of ouro.entries()) {
    const operation = program.steps[step];
    console.log(`${step}  ${operation === undefined ? "the end" : printOperation(operation)}`);
    for (const line of lines) console.log(`    ${line}`);
    if (seen === undefined || JSON.stringify(seen[step]) === JSON.stringify(lines)) continue;
    console.log("  CPython");
    for (const line of seen[step] ?? []) console.log(`    ${line}`);
  }
  return seen === undefined || differingStep(seen, ouro) < 0;
}

function keep(file: string, python: PythonMachine): boolean {
  const program = readProgram("keep", file);
  const [seen] = python.run([program]);
  process.stdout.write(printKeptCase({ about: "", program, seen: seen as Seen }));
  return true;
}

async function main(): Promise<boolean> {
  if (!isPyodideInstalled()) {
    console.log("Skipped: pyodide is not installed. Install it with `npm run heavy:install`.");
    return options.replay === undefined || replay(options.replay, undefined);
  }
  const python = await startPython();
  if (options.replay !== undefined) return replay(options.replay, python);
  if (options.keep !== undefined) return keep(options.keep, python);
  return options.faults ? showFaults(python) : compare(python);
}

// Pyodide keeps the process alive.
process.exit((await main()) ? 0 : 1);
