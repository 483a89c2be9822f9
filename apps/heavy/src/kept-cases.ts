// Programs that are kept: each showed a difference once, or shows what is easily got wrong, and has
// with it what CPython 3.13.2 did. So it is checked also where CPython is not at hand.

import { readdirSync, readFileSync } from "node:fs";
import type { MachineProgram, Seen } from "./machine-program.js";

export interface KeptCase {
  readonly about: string;
  readonly program: MachineProgram;
  /** In CPython 3.13.2. */
  readonly seen: Seen;
}

const FOLDER = new URL("../cases/", import.meta.url);

/** By name. */
export function readKeptCases(): ReadonlyMap<string, KeptCase> {
  const files = readdirSync(FOLDER).sort();
  return new Map(
    files.map((file) => [
      file.replace(".json", ""),
      JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as KeptCase,
    ]),
  );
}

/** The text of a file in the folder, but for its format (`npm run format`). */
export function printKeptCase(kept: KeptCase): string {
  return `${JSON.stringify(kept, null, 2)}\n`;
}
