// Programs that are kept: each showed a difference once, or shows what is easily got wrong, and has
// with it what CPython 3.13.2 did. So it is checked also where CPython is not at hand.

import { readdirSync, readFileSync } from "node:fs";
import type { MachineProgram, Seen } from "./machine-program.js";

export interface KeptCase {
  readonly name: string;
  readonly about: string;
  readonly program: MachineProgram;
  /** In CPython 3.13.2. */
  readonly seen: Seen;
}

const FOLDER = new URL("../cases/", import.meta.url);

export function readKeptCases(): KeptCase[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => ({
      name: file.replace(".json", ""),
      ...(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Omit<KeptCase, "name">),
    }));
}
