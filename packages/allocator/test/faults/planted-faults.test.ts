// Plants each fault in a copy of the sources, runs the property that is said to kill it at three
// seeds, and expects it to fail each time. `npx vitest run packages/allocator/test/faults` runs it
// alone; with OURO_UPDATE=1 it writes docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allocatorSuite, runSuite } from "@ouro/testkit";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ARENA_CHOICE, arenaChoiceProperty } from "../arena-choice.js";
import { BOUNDED_WORK, boundedWorkProperty } from "../bounded-work.js";
import { CHECKED_MISUSE, checkedMisuseProperty } from "../checked-misuse.js";
import { COMPOSITION, compositionProperty } from "../compositions.js";
import { makeRigs, type Parts } from "../rigs.js";
import { faultMatrix, readMatrix, writeMatrix } from "./fault-matrix.js";
import type { PlantedFault } from "./planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

const SEEDS = [1, 20_26, -77_777];
/** One of them here; all of them with OURO_LONG=1 (`npm run test:long`). */
const SEEDS_NOW = process.env.OURO_LONG === "1" ? SEEDS : SEEDS.slice(0, 1);
const RUN_LIMIT = 100;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = join(root, "packages/allocator/src");
const copies = join(root, "temp/planted-faults", String(process.pid));

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

type Killer = (seed: number) => { readonly failed: boolean; readonly runCount: number };

function killerOf(fault: PlantedFault, parts: Parts): Killer {
  const own = ownPropertyOf(fault, parts);
  if (own !== undefined) {
    // Each run of the counted steps is thousands of operations.
    const numRuns = fault.killedBy === BOUNDED_WORK ? 2 : RUN_LIMIT;
    return (seed) => {
      const result = fc.check(own, { seed, numRuns, endOnFailure: true });
      return { failed: result.failed, runCount: result.numRuns };
    };
  }
  const maker = makeRigs(parts).find((each) => each.name === fault.on);
  if (maker === undefined) throw new Error(`no allocator is named "${fault.on}"`);
  const options = { properties: [fault.killedBy], programCount: RUN_LIMIT, shrinks: false };
  return (seed) => {
    const { failCount, programCount } = runSuite(allocatorSuite, maker, { ...options, seed });
    return { failed: failCount > 0, runCount: programCount };
  };
}

/** Properties that the suite has not: they know this package's parts. */
function ownPropertyOf({ killedBy, on }: PlantedFault, parts: Parts) {
  if (killedBy === ARENA_CHOICE) return arenaChoiceProperty(parts) as fc.IProperty<unknown>;
  if (killedBy === BOUNDED_WORK) return boundedWorkProperty(parts, on) as fc.IProperty<unknown>;
  if (killedBy === CHECKED_MISUSE) return checkedMisuseProperty(parts) as fc.IProperty<unknown>;
  if (killedBy === COMPOSITION) return compositionProperty(parts) as fc.IProperty<unknown>;
  return undefined;
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault is killed by the property that is named for it", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const kill = killerOf(fault, await plant(fault, fault.index));
      for (const seed of SEEDS_NOW) {
        const { failed, runCount } = kill(seed);
        expect(failed, `seed ${seed}: it lived through ${runCount} runs`).toBe(true);
      }
    },
    120_000,
  );
});

it("shows that each property can fail", () => {
  const killers = new Set(plantedFaults.map((fault) => fault.killedBy));
  const named = [ARENA_CHOICE, BOUNDED_WORK, COMPOSITION, CHECKED_MISUSE];
  const properties = [...allocatorSuite.properties.map(({ name }) => name), ...named];
  expect(properties.filter((name) => !killers.has(name))).toEqual([]);
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const expected = faultMatrix(plantedFaults, { runLimit: RUN_LIMIT, seedCount: SEEDS.length });
  if (process.env.OURO_UPDATE === "1") writeMatrix(path, expected);
  expect(readMatrix(path)).toBe(expected);
});
