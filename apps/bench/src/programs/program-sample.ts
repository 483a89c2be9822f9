// The process of one program on one subject: one line of JSON. Nothing else runs in it.
// usage: program-sample.js SUBJECT PROGRAM SIZE REPEATS

import { writeSync } from "node:fs";
import { parentPort, Worker } from "node:worker_threads";
import type { PresetName } from "@ouro/memory-manager";
import {
  CACHE_ENTRY_COUNT,
  type ProgramName,
  type ProgramResult,
  type ProgramSubject,
  type Stretch,
  treeObjectCount,
} from "./program.js";

/** Where references of checked mode are small integers. */
const SMALL_HEAP_BYTES = 2 ** 24;

/** Two other managers run the trees first, so that V8 has seen their parts. */
async function runOthers(depth: number): Promise<void> {
  const { createManagerPrograms } = await import("./manager-programs.js");
  for (const preset of ["refcount-only", "semispace"] as const) {
    createManagerPrograms(preset).trees(depth);
  }
}

/** A copy of the program and of all that it calls: V8 has learnt nothing about its functions. */
async function createCopy(): Promise<ProgramSubject> {
  const url = new URL("../own-copy.js?copy=2", import.meta.url);
  const copy: typeof import("./manager-programs.js") = await import(url.href);
  return copy.createManagerPrograms("mark-sweep");
}

/** The same sample in a worker, which has an isolate of its own. */
function sampleInWorker(words: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { argv: [...words] });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function createProgramSubject(name: string): Promise<ProgramSubject> {
  if (name === "v8") return (await import("./v8-programs.js")).createV8Programs();
  const [kind, preset] = name.split(":") as [string, PresetName];
  if (name === "hand:semispace") {
    return (await import("./hand-semispace.js")).createHandSemispace();
  }
  if (kind === "hand") return (await import("./hand-programs.js")).createHandPrograms(preset);
  const { createManagerPrograms } = await import("./manager-programs.js");
  return createManagerPrograms(preset, {
    checked: kind.startsWith("checked"),
    ...(kind.endsWith("small") ? { reservationBytes: SMALL_HEAP_BYTES } : {}),
  });
}

function timed(objectCount: number, run: () => void): Stretch {
  const cpuBefore = process.cpuUsage();
  const wallBefore = process.hrtime.bigint();
  run();
  const wall = Number(process.hrtime.bigint() - wallBefore);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    cpuNs: ((cpu.user + cpu.system) * 1000) / objectCount,
    wallNs: wall / objectCount,
  };
}

function expectCount(counted: number | undefined, wanted: number): void {
  if (counted !== wanted) throw new Error(`counted ${counted} objects, not ${wanted}`);
}

function runTrees(subject: ProgramSubject, depth: number, repeats: number): ProgramResult {
  const wanted = treeObjectCount(depth);
  const all: Stretch[] = [];
  for (let i = 0; i < repeats; i++) {
    all.push(timed(wanted, () => expectCount(subject.trees(depth), wanted)));
  }
  return { timings: { all: all.slice(1) }, checksum: wanted };
}

function runList(subject: ProgramSubject, count: number, repeats: number): ProgramResult {
  const build: Stretch[] = [];
  const drop: Stretch[] = [];
  for (let i = 0; i < repeats; i++) {
    build.push(timed(count, () => subject.buildList(count)));
    drop.push(timed(count, () => expectCount(subject.dropList(), count)));
  }
  return { timings: { build: build.slice(2), drop: drop.slice(2) }, checksum: count };
}

function runGarbage(subject: ProgramSubject, count: number, repeats: number): ProgramResult {
  const { buildGarbage, collectGarbage } = subject;
  if (buildGarbage === undefined || collectGarbage === undefined) {
    throw new Error("does not collect cycles");
  }
  const collect: Stretch[] = [];
  for (let i = 0; i < repeats; i++) {
    buildGarbage(count);
    collect.push(timed(count, () => expectCount(collectGarbage(), count)));
  }
  return { timings: { cold: collect.slice(0, 1), collect: collect.slice(2) }, checksum: count };
}

function runCache({ useCache }: ProgramSubject, count: number, repeats: number): ProgramResult {
  if (useCache === undefined) throw new Error("has no cache");
  const all: Stretch[] = [];
  for (let i = 0; i < repeats; i++) {
    all.push(timed(count, () => expectCount(useCache(count), count + CACHE_ENTRY_COUNT)));
  }
  return { timings: { all: all.slice(2) }, checksum: count };
}

function runObjects(subject: ProgramSubject, count: number): ProgramResult {
  // What compiled code and the manager's own tables take is there before the clock starts.
  subject.buildList(1000);
  subject.dropList();
  const before = process.memoryUsage.rss();
  subject.buildList(count);
  const bytesPerObject = (process.memoryUsage.rss() - before) / count;
  return { timings: {}, bytesPerObject, checksum: count };
}

function runProgram(
  subject: ProgramSubject,
  program: ProgramName,
  size: number,
  repeats: number,
): ProgramResult {
  switch (program) {
    case "trees":
    case "isolation":
    case "checked-trees":
      return runTrees(subject, size, repeats);
    case "list":
    case "checked-list":
      return runList(subject, size, repeats);
    case "checked-cache":
      return runCache(subject, size, repeats);
    case "garbage":
      return runGarbage(subject, size, repeats);
    case "objects":
      return runObjects(subject, size);
  }
}

async function takeSample(words: readonly string[]): Promise<ProgramResult> {
  const [name = "", program, size, repeats] = words;
  const [kind, place] = name.split(":");
  const isShared = kind === "isolation" && place !== "alone";
  if (isShared) await runOthers(Number(size));
  if (isShared && place === "worker") {
    return sampleInWorker(["isolation:alone", ...words.slice(1)]);
  }
  const subject =
    place === "copy"
      ? await createCopy()
      : await createProgramSubject(kind === "isolation" ? "manager:mark-sweep" : name);
  return runProgram(subject, program as ProgramName, Number(size), Number(repeats));
}

const words = process.argv.slice(2);
if (words.length > 0 && process.env.OURO_BENCH_SAMPLE === "1") {
  const result = await takeSample(words);
  if (parentPort === null) writeSync(1, `${JSON.stringify(result)}\n`);
  else parentPort.postMessage(result);
}
