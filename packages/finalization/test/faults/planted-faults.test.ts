// Plants each fault in a copy of the sources, runs the property that is said to kill it at three
// seeds, and expects it to fail each time. It runs alone as
// `npx vitest run packages/finalization/test/faults`; with OURO_UPDATE=1 it writes its section
// of docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { finalizationProperty } from "../finalization-properties.js";
import type { Parts } from "../finalization-rig.js";
import { FINALIZATION_PROPERTIES } from "../property-names.js";
import { faultMatrix, readMatrix, writeMatrix } from "./fault-matrix.js";
import { type PlantedFault, plantedFaults } from "./planted-faults.js";

const SEEDS = [1, 20_26, -77_777];
const RUN_LIMIT = 300;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = join(root, "packages/finalization/src");
const copies = join(root, "temp/planted-faults", `finalization-${process.pid}`);

/** The package's exports from a copy of its sources in which the fault stands. */
async function plant(fault: PlantedFault, index: number): Promise<Parts> {
  const copy = join(copies, String(index));
  mkdirSync(copy, { recursive: true });
  cpSync(sources, copy, { recursive: true });
  const file = join(copy, fault.file);
  const pieces = readFileSync(file, "utf8").split(fault.find);
  expect(pieces.length, `"${fault.find}" stands once in ${fault.file}`).toBe(2);
  writeFileSync(file, pieces.join(fault.replace));
  return import(/* @vite-ignore */ join(copy, "index.ts"));
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault is killed by the property that is named for it", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const property = finalizationProperty(fault.killedBy, await plant(fault, fault.index));
      for (const seed of SEEDS) {
        const result = fc.check(property, { seed, numRuns: RUN_LIMIT, endOnFailure: true });
        expect(result.failed, `seed ${seed}: it lived through ${result.numRuns} runs`).toBe(true);
      }
    },
    120_000,
  );
});

it("shows that each property can fail", () => {
  const killers = new Set(plantedFaults.map((fault) => fault.killedBy));
  expect(FINALIZATION_PROPERTIES.filter((name) => !killers.has(name))).toEqual([]);
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const expected = faultMatrix(plantedFaults, { runLimit: RUN_LIMIT, seedCount: SEEDS.length });
  if (process.env.OURO_UPDATE === "1") writeMatrix(path, expected);
  expect(readMatrix(path)).toBe(expected);
});
