// The machine-readable result, schema ouro/bench@1.

import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { isOuroError, UsageError } from "@ouro/interfaces";
import type { CollectionResults } from "./collections/run-collections.js";
import type { ObserverResults } from "./observers/run-observers.js";
import type { ProgramResults } from "./programs/run-programs.js";
import type { WorkloadResult } from "./run.js";
import type { Target } from "./target.js";

export const SCHEMA = "ouro/bench@1";

export interface BenchDocument {
  readonly schema: typeof SCHEMA;
  readonly command: string;
  readonly node: { readonly version: string; readonly v8: string };
  readonly machine: Machine;
  /** One-minute load averages; 0 where the system has none. */
  readonly load: { readonly before: number; readonly after: number };
  readonly roundCount: number;
  readonly isQuick: boolean;
  /** Versions of peers, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly workloads: readonly WorkloadResult[];
  readonly programs: readonly ProgramResults[];
  readonly collections: readonly CollectionResults[];
  /** Absent in runs of before they were measured. */
  readonly observers?: readonly ObserverResults[];
  readonly targets: readonly Target[];
}

export interface Machine {
  readonly processor: string;
  readonly coreCount: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly architecture: string;
}

export function machineFacts(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    coreCount: processors.length,
    memoryBytes: totalmem(),
    platform: process.platform,
    architecture: process.arch,
  };
}

export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

/** A run that `--json` wrote. Throws `UsageError` for a file that holds none. */
export function readDocument(file: string): BenchDocument {
  try {
    const document = JSON.parse(readFileSync(file, "utf8")) as BenchDocument;
    if (document.schema === SCHEMA) return document;
    return refuseFile(file, `has the schema ${JSON.stringify(document.schema)}, not ${SCHEMA}`);
  } catch (error) {
    if (isOuroError(error)) throw error;
    return refuseFile(file, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function refuseFile(file: string, problem: string): never {
  const remedy = "Name a file that --json wrote.";
  throw new UsageError({ where: "bench", argument: `--from ${file}`, problem, remedy });
}
