// Plants each fault in a copy of the sources and expects a recorded program to disagree with it, or
// the heap to be found broken. `npx vitest run packages/trace/test/faults` runs it alone; with
// OURO_UPDATE=1 it writes docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Strategy } from "@ouro/interfaces";
import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { afterAll, describe, expect, it } from "vitest";
import {
  createProgramSubject,
  decodePrograms,
  type MutatorProgram,
  runProgram,
} from "../../src/index.js";
import { shippedRecordingsOf } from "../shipped-recordings.js";
import { faultMatrix, readMatrix, writeMatrix } from "./fault-matrix.js";
import { type PlantedFault, plantedFaults } from "./planted-faults.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const copies = join(root, "temp/planted-faults", `cpython-${process.pid}`);
const COPIED = [
  ...["object-model", "finalization", "cycle-detector", "generational", "refcount"],
  "memory-manager",
];

/** The quick ones first; the hand-written ones name most faults. */
const programs = ["hand", "fin", "weak", "exact", "mixed", "auto", "long"].flatMap((name) => {
  const found = shippedRecordingsOf("programs").find(([each]) => each === name);
  return found === undefined ? [] : decodePrograms(found[1]().file);
});

/** Packages import one another by name: in the copy, the copies. */
function pointToCopies(folder: string): void {
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const pattern = new RegExp(`"@ouro/(${COPIED.join("|")})"`, "g");
    writeFileSync(path, text.replace(pattern, '"../$1/index.js"'));
  }
}

async function plant(fault: PlantedFault, index: number): Promise<() => Strategy> {
  const copy = join(copies, String(index));
  for (const name of COPIED) {
    const folder = join(copy, name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "packages", name, "src"), folder, { recursive: true });
    pointToCopies(folder);
  }
  const file = join(copy, fault.file);
  const pieces = readFileSync(file, "utf8").split(fault.find);
  expect(pieces.length, `"${fault.find}" stands once in ${fault.file}`).toBe(2);
  writeFileSync(file, pieces.join(fault.replace));
  const planted = await import(/* @vite-ignore */ join(copy, "memory-manager/index.ts"));
  return () => planted.cpythonStrategy();
}

function isNoticed(program: MutatorProgram, strategy: Strategy): boolean {
  try {
    const subject = createProgramSubject((needs) => composeMemoryManager({ strategy, ...needs }));
    const { agrees } = runProgram(subject, program, { differenceLimitCount: 1 });
    subject.validate();
    return !agrees;
  } catch {
    return true;
  }
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault makes a recorded program disagree", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const strategy = await plant(fault, fault.index);
      const killer = programs.find((program) => isNoticed(program, strategy()));
      expect(killer?.name, "no program notices it").toBeDefined();
    },
    120_000,
  );
});

it("agrees where no fault is planted", () => {
  const some = programs.slice(0, 60);
  expect(some.filter((program) => isNoticed(program, cpythonStrategy()))).toEqual([]);
}, 60_000);

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const expected = faultMatrix(plantedFaults);
  if (process.env.OURO_UPDATE === "1") writeMatrix(path, expected);
  expect(readMatrix(path)).toBe(expected);
});
