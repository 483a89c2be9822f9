// Plants each fault in a copy of the sources and expects the case or property named for it to fail.
// `npx vitest run packages/object-model/test/faults` runs it alone; with OURO_UPDATE=1 it writes
// the package's section of docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type * as sources from "../../src/index.js";
import { listProperty } from "../list-property.js";
import { makeManager } from "../manager.js";
import { mapProperty } from "../map-property.js";
import { flawOf, makeRig, refusals } from "../refusals.js";
import { stringProperty } from "../string-property.js";
import { LIST, MAP, type PlantedFault, plantedFaults, REFUSALS } from "./planted-faults.js";

const SEEDS = [1, 20_26, -77_777];
/** One of them here; all of them with OURO_LONG=1 (`npm run test:long`). */
const SEEDS_NOW = process.env.OURO_LONG === "1" ? SEEDS : SEEDS.slice(0, 1);
const RUN_LIMIT = 100;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const copies = join(root, "temp/planted-faults", `object-model-${process.pid}`);

/** The package's exports from a copy of its sources in which the fault stands. */
async function plant(fault: PlantedFault, index: number): Promise<typeof sources> {
  const copy = join(copies, String(index));
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, "packages/object-model/src"), copy, { recursive: true });
  const file = join(copy, fault.file);
  const pieces = readFileSync(file, "utf8").split(fault.find);
  expect(pieces.length, `"${fault.find}" stands once in ${fault.file}`).toBe(2);
  writeFileSync(file, pieces.join(fault.replace));
  return import(/* @vite-ignore */ join(copy, "index.ts"));
}

function propertyOf(fault: PlantedFault, parts: typeof sources): fc.IProperty<unknown> {
  const strategy = { null: nullStrategy, refcount: refcountStrategy, semispace: semispaceStrategy }[
    fault.on ?? "null"
  ];
  const stress = fault.on === undefined ? {} : { collectEvery: 1 };
  const make = () => makeManager({ strategy: strategy(), ...stress });
  if (fault.killedBy === LIST) return listProperty(parts, make) as fc.IProperty<unknown>;
  if (fault.killedBy === MAP) return mapProperty(parts, make) as fc.IProperty<unknown>;
  return stringProperty(parts, make) as fc.IProperty<unknown>;
}

function expectKilledByRefusal(fault: PlantedFault, parts: typeof sources): void {
  const refusal = refusals.find(({ name }) => name === fault.refusal);
  if (refusal === undefined) throw new Error(`no refusal is named "${fault.refusal}"`);
  for (const isWide of [false, true]) {
    expect(flawOf(refusal, makeRig(parts, { isWide })), "the fault lived").toBeDefined();
  }
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault is killed by what is named for it", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const parts = await plant(fault, fault.index);
      if (fault.killedBy === REFUSALS) return expectKilledByRefusal(fault, parts);
      for (const seed of SEEDS_NOW) {
        const numRuns = RUN_LIMIT;
        const result = fc.check(propertyOf(fault, parts), { seed, numRuns, endOnFailure: true });
        expect(result.failed, `seed ${seed}: it lived through ${result.numRuns} runs`).toBe(true);
      }
    },
    120_000,
  );
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const rows = plantedFaults.map(
    ({ name, file, killedBy, refusal, on }) =>
      `| ${name} | ${file} | ${killedBy}${refusal === undefined ? "" : `: ${refusal}`}` +
      `${on === undefined ? "" : `, on ${on}`} |`,
  );
  const expected = [
    "## object-model",
    "",
    `Killed within ${RUN_LIMIT} runs at each of ${SEEDS.length} seeds, or by the one case named.`,
    "Command: `npx vitest run packages/object-model/test/faults`.",
    "",
    "| fault | in | killed by |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
  const text = readFileSync(path, "utf8");
  const sections = text.split(/\n(?=## )/);
  const isOurs = (section: string) => section.startsWith("## object-model\n");
  if (process.env.OURO_UPDATE === "1") {
    const others = sections.filter((section) => !isOurs(section)).map((each) => each.trimEnd());
    writeFileSync(path, `${[...others, expected].join("\n\n")}\n`);
  } else expect(sections.find(isOurs)?.trimEnd()).toBe(expected);
});
