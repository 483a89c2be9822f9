// Plants each fault in a copy of the sources and expects the pitfall that is named for it to fail.
// `npx vitest run packages/cycle-detector/test/faults` runs it alone; with OURO_UPDATE=1 it writes
// docs/fault-matrix.md anew.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { composeMemoryManager } from "@ouro/memory-manager";
import { afterAll, describe, expect, it } from "vitest";
import { type Parts, pitfalls } from "../pitfalls.js";
import { faultMatrix, readMatrix, writeMatrix } from "./fault-matrix.js";
import { type PlantedFault, plantedFaults } from "./planted-faults.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const copies = join(root, "temp/planted-faults", `trial-deletion-${process.pid}`);
/** The detector, and of the memory manager what is of trial deletion. */
const COPIED: readonly (readonly [string, readonly string[]])[] = [
  ["cycle-detector", readdirSync(join(root, "packages/cycle-detector/src"))],
  [
    "memory-manager",
    [
      ...["trial-deletion-strategy.ts", "candidate-collection.ts"],
      ...["cpython-strategy.ts", "tracking-barrier.ts"],
    ],
  ],
];

/** Packages import one another by name: in the copy, the copy. */
function copyFile(name: string, file: string, folder: string): void {
  const text = readFileSync(join(root, "packages", name, "src", file), "utf8");
  const pointed = text.replaceAll('"@ouro/cycle-detector"', '"../cycle-detector/index.js"');
  writeFileSync(join(folder, file), pointed);
}

async function plant(fault: PlantedFault, index: number): Promise<Parts> {
  const copy = join(copies, String(index));
  for (const [name, files] of COPIED) {
    const folder = join(copy, name);
    mkdirSync(folder, { recursive: true });
    for (const file of files) copyFile(name, file, folder);
  }
  const file = join(copy, fault.file);
  const pieces = readFileSync(file, "utf8").split(fault.find);
  expect(pieces.length, `"${fault.find}" stands once in ${fault.file}`).toBe(2);
  writeFileSync(file, pieces.join(fault.replace));
  const strategy = join(copy, "memory-manager/trial-deletion-strategy.ts");
  const { trialDeletionStrategy } = await import(/* @vite-ignore */ strategy);
  return { composeMemoryManager, trialDeletionStrategy };
}

afterAll(() => rmSync(copies, { recursive: true, force: true }));

describe("a planted fault is killed by the pitfall that is named for it", () => {
  it.each(plantedFaults.map((fault, index) => ({ ...fault, index })))(
    "$name",
    async (fault) => {
      const parts = await plant(fault, fault.index);
      expect(() => pitfalls[fault.killedBy]?.(parts)).toThrow();
    },
    120_000,
  );
});

it("shows that each pitfall can be fallen into", () => {
  const killers = new Set(plantedFaults.map(({ killedBy }) => killedBy));
  expect(Object.keys(pitfalls).filter((title) => !killers.has(title))).toEqual([]);
});

it("lists the planted faults in docs/fault-matrix.md as they are", () => {
  const path = join(root, "docs/fault-matrix.md");
  const expected = faultMatrix(plantedFaults);
  if (process.env.OURO_UPDATE === "1") writeMatrix(path, expected);
  expect(readMatrix(path)).toBe(expected);
});
