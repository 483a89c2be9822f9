// Plants each fault in a copy of the sources and expects the property named for it to fail.
// `npx vitest run packages/memory-manager/test/faults` runs it alone; with OURO_UPDATE=1 it writes
// its section of docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Strategy } from "@ouro/interfaces";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { competitionPrograms, countedPrograms, playCompetition } from "../competition-programs.js";
import { NOT_AT_REST } from "../rest-audit.js";
import { restProblem, twinRestProblem } from "../rest-programs.js";
import { faultMatrix, readMatrix, writeMatrix } from "./fault-matrix.js";
import { type PlantedFault, plantedFaults } from "./planted-faults.js";

const SEEDS = [1, 20_26, -77_777];
const SEEDS_NOW = process.env.OURO_LONG === "1" ? SEEDS : SEEDS.slice(0, 1);
const RUN_LIMIT = 100;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const copies = join(root, "temp/planted-faults", `memory-manager-${process.pid}`);
const COPIED = [
  ...["object-model", "finalization", "cycle-detector", "generational", "refcount"],
  "memory-manager",
];

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
  const makers: Record<PlantedFault["on"], () => Strategy> = {
    "cpython-3.13": planted.cpythonStrategy,
    "cpython-3.13-fast": planted.cpythonFastStrategy,
    "refcount-trial-deletion": () => planted.trialDeletionStrategy({ leastCandidateCount: 3 }),
  };
  return makers[fault.on];
}

/** What the property found wrong, or undefined. */
function problemOf({ killedBy }: PlantedFault, make: () => Strategy, seed: number) {
  const options = { programCount: RUN_LIMIT, seed };
  if (killedBy === "clear at rest") return restProblem(make, options);
  if (killedBy === "clear at rest after single generations") return twinRestProblem(make, options);
  const isByAge = killedBy === "finalizers compete in CPython's order";
  const order = fc.property(isByAge ? competitionPrograms : countedPrograms, (program) => {
    playCompetition(program, { strategy: make(), isByAge });
  });
  const { failed, errorInstance } = fc.check(order, {
    numRuns: RUN_LIMIT,
    seed,
    endOnFailure: true,
  });
  return failed ? String(errorInstance) : undefined;
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault is killed by the property that is named for it", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const make = await plant(fault, fault.index);
      for (const seed of SEEDS_NOW) {
        const problem = problemOf(fault, make, seed);
        expect(problem, `seed ${seed}: it lived through ${RUN_LIMIT} programs`).toBeDefined();
        if (fault.killedBy.startsWith("clear")) expect(problem).toContain(NOT_AT_REST);
      }
    },
    120_000,
  );
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const expected = faultMatrix(plantedFaults, { runLimit: RUN_LIMIT, seedCount: SEEDS.length });
  if (process.env.OURO_UPDATE === "1") writeMatrix(path, expected);
  expect(readMatrix(path)).toBe(expected);
});
