// The machine of random mutator programs in CPython 3.13.2: the npm package pyodide, which runs in
// this process. It is installed with the heavy tools only, so it is looked for, not imported.

import { existsSync, readFileSync } from "node:fs";
import type { MachineProgram, Seen } from "./machine-program.js";

const PYODIDE = new URL("../node_modules/pyodide-313/pyodide.mjs", import.meta.url);
export const MACHINE_SOURCE = readFileSync(new URL("machine.py", import.meta.url), "utf8");

/** Before more programs than this, the interpreter puts its own things in order. */
const SETTLED_COUNT = 100;

interface Pyodide {
  runPython(code: string): unknown;
  globals: { get(name: string): (argument: string) => string };
}

export interface PythonMachine {
  readonly version: string;
  /** Runs programs one after another, each from a clean state. */
  run(programs: readonly MachineProgram[]): Seen[];
}

export function isPyodideInstalled(): boolean {
  return existsSync(PYODIDE);
}

/** Takes seconds. Throws what pyodide throws when it cannot start. */
export async function startPython(): Promise<PythonMachine> {
  const { loadPyodide } = (await import(PYODIDE.href)) as { loadPyodide(): Promise<Pyodide> };
  const pyodide = await loadPyodide();
  pyodide.runPython(MACHINE_SOURCE);
  pyodide.runPython("begin()");
  const runPrograms = pyodide.globals.get("run_programs");
  return {
    version: String(pyodide.runPython("sys.version.split()[0]")),
    run(programs) {
      if (programs.length > SETTLED_COUNT) pyodide.runPython("settle()");
      return JSON.parse(runPrograms(JSON.stringify(programs))) as Seen[];
    },
  };
}
