// `npm run test:exports`: what Ouro writes for other tools, read by those tools.
//
// Says what it skips where a tool is not installed (`npm run heavy:install`). Exit code 1 if a
// reader disagrees, 2 for wrong options.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeV8HeapSnapshot } from "@ouro/monitor";
import { readOptions, type ScriptUsage, wholeNumber } from "../../../scripts/script-options.js";
import { runOuro, shipped } from "./command-run.js";
import { isDevToolsInstalled, readWithDevTools } from "./devtools-reader.js";
import { exportFaults, plantExportFault, removeFaults } from "./export-faults.js";
import { isMemlabInstalled, readWithMemlab } from "./memlab-reader.js";
import {
  areReadersInstalled,
  checkPprof,
  checkSpeedscope,
  checkTraceEvents,
} from "./profile-readers.js";
import {
  type RecordedHeap,
  recordedSubject,
  recordingsOfData,
  recordWithPython,
  whyDifferences,
} from "./recorded-heaps.js";
import { differencesOf, type SnapshotReading } from "./snapshot-reading.js";
import {
  chainSubject,
  livingSubject,
  randomSubject,
  type SnapshotSubject,
} from "./snapshot-subjects.js";

const FOLDER = fileURLToPath(new URL("../../../temp/exports/", import.meta.url));
const CHAIN_COUNT = 100_000;
const FAULT_SUBJECT_COUNT = 40;
const READER_COUNT = 2;

const USAGE: ScriptUsage = {
  command: "npm run test:exports",
  text: `  --programs N    random heaps for the readers of heap snapshots (default 200)
  --seed S        of the first of them (default 1)
  --faults        shows that the checks can fail: each planted fault must be noticed`,
};

const { values: options } = readOptions(USAGE, {
  options: {
    programs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    faults: { type: "boolean", default: false },
  },
});

function numberOf(name: "programs" | "seed"): number {
  return wholeNumber(USAGE, name, options[name], 1);
}

type Writer = typeof writeV8HeapSnapshot;

/** Both readers, on one heap. What a reader throws is a difference too. */
async function readBoth({ snapshot, name }: SnapshotSubject, write: Writer): Promise<string[]> {
  const problems: string[] = [];
  const check = async (reader: string, read: () => Promise<SnapshotReading>): Promise<void> => {
    try {
      problems.push(...differencesOf(snapshot, await read()).map((each) => `${name}: ${each}`));
    } catch (error) {
      problems.push(`${name}: ${reader} refuses it: ${error}`);
    }
  };
  let pieces: string[];
  try {
    pieces = [...write(snapshot)];
  } catch (error) {
    return [`${name}: the writer refuses it: ${error}`];
  }
  await check("DevTools", () => readWithDevTools(pieces));
  const path = `${FOLDER}heap.heapsnapshot`;
  writeFileSync(path, pieces.join(""));
  await check("memlab", () => readWithMemlab(path));
  return problems;
}

async function checkSnapshots(seed: number, count: number): Promise<string[]> {
  const problems: string[] = [];
  for (let index = 0; index < count && problems.length === 0; index++) {
    problems.push(...(await readBoth(randomSubject(seed + index), writeV8HeapSnapshot)));
  }
  problems.push(...(await readBoth(livingSubject(), writeV8HeapSnapshot)));
  problems.push(...(await readBoth(chainSubject(CHAIN_COUNT), writeV8HeapSnapshot)));
  return problems;
}

/** Recorded heaps, whole, and what `ouro why` says of some of their objects. */
async function checkRecorded(heaps: readonly RecordedHeap[]): Promise<string[]> {
  const problems: string[] = [];
  for (const heap of heaps) {
    problems.push(...(await readBoth(recordedSubject(heap), writeV8HeapSnapshot)));
    problems.push(...(await whyDifferences(heap, FOLDER)));
  }
  return problems;
}

async function tellRecorded(): Promise<number> {
  const small = { name: "small", path: shipped("graphs/small.hgraph.gz"), types: ["dict"] };
  const own = recordWithPython(FOLDER);
  if (own === undefined) console.log("skipped: a heap of this machine's python3 (there is none)");
  const data = recordingsOfData();
  if (data.length === 0) console.log("skipped: large recorded heaps (set OURO_DATA)");
  const heaps = [small, ...(own === undefined ? [] : [own]), ...data];
  const names = heaps.map(({ name }) => name).join(", ");
  return await tell(`they agree on recorded heaps and with ouro why: ${names}`, () =>
    checkRecorded(heaps),
  );
}

async function checkProfiles(): Promise<string[]> {
  const programs = shipped("programs/hand.jsonl.gz");
  const graph = shipped("graphs/small.hgraph.gz");
  const file = (name: string): string => `${FOLDER}${name}`;
  runOuro([
    ...["replay", programs, graph, "--trace-events", file("run.json")],
    ...["--speedscope", file("run.speedscope.json"), "--pprof", file("run.pb.gz")],
  ]);
  runOuro([
    ...["heap", graph, "--speedscope", file("heap.speedscope.json")],
    ...["--pprof", file("heap.pb.gz")],
  ]);
  const problems: string[] = [];
  const note = (name: string, found: readonly string[]): void => {
    problems.push(...found.map((each) => `${name}: ${each}`));
  };
  note("trace events", await checkTraceEvents(file("run.json")));
  for (const name of ["run", "heap"]) {
    note(`speedscope of ${name}`, await checkSpeedscope(file(`${name}.speedscope.json`)));
    note(`pprof of ${name}`, await checkPprof(file(`${name}.pb.gz`)));
  }
  return problems;
}

/** Each fault must be noticed by a reader on one of the first random heaps. */
async function checkFaults(seed: number): Promise<string[]> {
  const lived: string[] = [];
  for (const [index, { name }] of exportFaults.entries()) {
    const write = await plantExportFault(index);
    let found: string[] = [];
    for (let turn = 0; turn < FAULT_SUBJECT_COUNT && found.length === 0; turn++) {
      found = await readBoth(randomSubject(seed + turn), write);
    }
    console.log(`  ${found.length > 0 ? "noticed" : "LIVED  "}  ${name}: ${found[0] ?? ""}`);
    if (found.length === 0) lived.push(`the fault "${name}" was not noticed`);
  }
  removeFaults();
  return lived;
}

/** Runs a check and tells what came of it; answers how many problems there are. */
async function tell(name: string, check: () => Promise<string[]>): Promise<number> {
  const problems = await check();
  console.log(`${problems.length === 0 ? "ok  " : "NO  "}${name}`);
  for (const problem of problems) console.log(`    ${problem}`);
  return problems.length;
}

async function main(): Promise<number> {
  const [seed, count] = [numberOf("seed"), numberOf("programs")];
  mkdirSync(FOLDER, { recursive: true });
  let problemCount = 0;
  if (isDevToolsInstalled() && isMemlabInstalled()) {
    const heaps = `${count} random heaps from seed ${seed}, a living one, a long chain`;
    problemCount += options.faults
      ? await tell("each planted fault is noticed", () => checkFaults(seed))
      : await tell(`DevTools and memlab agree on ${heaps}`, () => checkSnapshots(seed, count));
    problemCount += await tellRecorded();
  } else {
    console.log(`skipped: ${READER_COUNT} readers of heap snapshots (npm run heavy:install)`);
  }
  if (areReadersInstalled()) {
    const readers = "trace engine, speedscope's schema and pprof-format read what ouro writes";
    problemCount += await tell(readers, checkProfiles);
  } else console.log("skipped: readers of profiles (npm run heavy:install)");
  rmSync(FOLDER, { recursive: true, force: true });
  return problemCount === 0 ? 0 : 1;
}

process.exit(await main());
