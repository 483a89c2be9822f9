// Plants each fault in a copy of the sources, runs the property that is said to kill it at three
// seeds, and expects it to fail each time. `npx vitest run packages/mark-sweep/test/faults` runs it
// alone; with OURO_UPDATE=1 it writes the package's section of docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type Parts, programProperty, propertyNames } from "../programs.js";
import { type PlantedFault, plantedFaults } from "./fault-list.js";

const SEEDS = [1, 20_26, -77_777];
/** One of them here; all of them with OURO_LONG=1 (`npm run test:long`). */
const SEEDS_NOW = process.env.OURO_LONG === "1" ? SEEDS : SEEDS.slice(0, 1);
const RUN_LIMIT = 100;
const HEADING = "## mark-sweep";
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = join(root, "packages/mark-sweep/src");
const copies = join(root, "temp/planted-faults", `mark-sweep-${process.pid}`);

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
      const property = programProperty(fault.killedBy, await plant(fault, fault.index));
      for (const seed of SEEDS_NOW) {
        const result = fc.check(property, { seed, numRuns: RUN_LIMIT, endOnFailure: true });
        expect(result.failed, `seed ${seed}: it lived through ${result.numRuns} runs`).toBe(true);
      }
    },
    120_000,
  );
});

it("shows that each property can fail", () => {
  const killers = new Set(plantedFaults.map((fault) => fault.killedBy));
  expect(propertyNames.filter((name) => !killers.has(name))).toEqual([]);
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const rows = plantedFaults.map((fault) => `| ${fault.name} | ${fault.killedBy} |`);
  const lines = [
    HEADING,
    "",
    `Each fault is killed within ${RUN_LIMIT} runs at each of ${SEEDS.length} seeds.`,
    "Command: `npx vitest run packages/mark-sweep/test/faults`.",
    "",
    "| fault | killed by: it |",
    "|---|---|",
    ...rows,
  ];
  const expected = `${lines.join("\n")}\n`;
  const { before, section, after } = split(readFileSync(path, "utf8"));
  if (process.env.OURO_UPDATE === "1") {
    writeFileSync(path, [before, expected, after].filter((part) => part !== "").join("\n"));
  } else expect(section).toBe(expected);
});

function split(text: string): { before: string; section: string; after: string } {
  const start = text.indexOf(`${HEADING}\n`);
  if (start < 0) return { before: `${text.trimEnd()}\n`, section: "", after: "" };
  const next = text.indexOf("\n## ", start);
  const end = next < 0 ? text.length : next;
  return {
    before: `${text.slice(0, start).trimEnd()}\n`,
    section: `${text.slice(start, end).trimEnd()}\n`,
    after: next < 0 ? "" : text.slice(next + 1),
  };
}
