// The process of one program on one subject: one line of JSON. Nothing else runs in it.
// usage: program-sample.js SUBJECT PROGRAM SIZE REPEATS

import { writeSync } from "node:fs";
import type { PresetName } from "@ouro/memory-manager";
import {
  type ProgramName,
  type ProgramResult,
  type ProgramSubject,
  type Stretch,
  treeObjectCount,
} from "./program.js";

async function createProgramSubject(name: string): Promise<ProgramSubject> {
  if (name === "v8") return (await import("./v8-programs.js")).createV8Programs();
  const [kind, preset] = name.split(":") as [string, PresetName];
  return kind === "hand"
    ? (await import("./hand-programs.js")).createHandPrograms(preset)
    : (await import("./manager-programs.js")).createManagerPrograms(preset);
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

function expectCount(counted: number, wanted: number): void {
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
    drop.push(timed(count, () => subject.dropList()));
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
      return runTrees(subject, size, repeats);
    case "list":
      return runList(subject, size, repeats);
    case "garbage":
      return runGarbage(subject, size, repeats);
    case "objects":
      return runObjects(subject, size);
  }
}

const [name, program, size, repeats] = process.argv.slice(2);
if (name !== undefined && process.env.OURO_BENCH_SAMPLE === "1") {
  const subject = await createProgramSubject(name);
  const result = runProgram(subject, program as ProgramName, Number(size), Number(repeats));
  writeSync(1, `${JSON.stringify(result)}\n`);
}
