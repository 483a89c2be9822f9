// Plants each fault in a copy of the sources and expects a program to see a difference, or the heap to
// be found broken. `npx vitest run packages/memory-manager/test/faults` runs it alone; with
// OURO_UPDATE=1 it writes the package's section of docs/fault-matrix.md anew.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Strategy } from "@ouro/interfaces";
import { cpythonStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { flawOfFullQueue } from "../full-queue.js";
import { playTwin, type TwinCommand, twinPrograms } from "../twin-programs.js";
import { FULL, type PlantedFault, plantedFaults } from "./planted-faults.js";

const RUN_LIMIT = 400;
const SEED = 20_26;
const HEADING = "## cpython-3.13-fast";
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const copies = join(root, "temp/planted-faults", `memory-manager-${process.pid}`);
const COPIED = [
  ...["allocator", "object-model", "finalization", "cycle-detector", "generational", "refcount"],
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
  return () => planted.cpythonFastStrategy();
}

/** The programs, with what the exact preset shows of each: made once for all faults. */
const expected: { program: TwinCommand[]; seen: string[] }[] = fc
  .sample(twinPrograms, { numRuns: RUN_LIMIT, seed: SEED })
  .map((program) => ({ program, seen: [] }));

function isNoticed(each: (typeof expected)[number], strategy: Strategy): boolean {
  if (each.seen.length === 0) each.seen = playTwin(each.program, cpythonStrategy());
  try {
    return playTwin(each.program, strategy).join() !== each.seen.join();
  } catch {
    return true;
  }
}

function isKilled(fault: PlantedFault, strategy: () => Strategy): boolean {
  if (fault.killedBy !== FULL) return expected.some((each) => isNoticed(each, strategy()));
  try {
    return flawOfFullQueue(strategy()) !== undefined;
  } catch {
    return true;
  }
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault makes a program see a difference", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const strategy = await plant(fault, fault.index);
      expect(isKilled(fault, strategy), "no program notices it").toBe(true);
    },
    120_000,
  );
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const rows = plantedFaults.map((fault) => `| ${fault.name} | ${fault.killedBy} |`);
  const lines = [
    HEADING,
    "",
    `Each fault is killed within ${RUN_LIMIT} programs.`,
    "Command: `npx vitest run packages/memory-manager/test/faults`.",
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
