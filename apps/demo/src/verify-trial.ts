// What a module puts on trial: its exports decide which suite runs.

import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputFormatError, type Strategy } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import {
  type AllocatorMaker,
  allocatorSuite,
  type Counterexample,
  type CounterexampleFile,
  collectorSuite,
  type DetectorMaker,
  detectorSuite,
  type HeapMaker,
  heapSuite,
  type ManagerMaker,
  memoryManagerSuite,
  type Report,
  replayCounterexample,
  reportOf,
  runSuite,
  type Suite,
  type SuiteOptions,
  type Verdict,
} from "@ouro/testkit";
import { FileNotReadableError } from "./terminal.js";

/** A suite with the subject it is for. */
export interface Trial {
  readonly suiteName: string;
  /** One verdict for each in a whole run. */
  readonly propertyNames: readonly string[];
  run(options: SuiteOptions): Report;
  /** What a run that was stopped has found. */
  stopped(seed: number, verdicts: readonly Verdict[]): Report;
  replay(file: CounterexampleFile): Counterexample | undefined;
}

interface Exports {
  readonly default?: unknown;
  readonly strategy?: Strategy | (() => Strategy);
  readonly allocator?: AllocatorMaker;
  readonly heap?: HeapMaker;
  readonly detector?: DetectorMaker;
  readonly manager?: ManagerMaker;
}

/** Programs are short: a small heap is made anew for each of them. */
const RESERVATION_BYTES = 2 ** 26;

/**
 * Loads a module, named from a folder, and finds what it exports. Throws `FileNotReadableError`
 * for no file, `InputFormatError` for a module that cannot be loaded or exports nothing to verify.
 */
export async function loadTrial(file: string, folder: string | undefined): Promise<Trial> {
  const path = resolve(folder ?? ".", file);
  try {
    await stat(path);
  } catch (error) {
    throw new FileNotReadableError(file, (error as NodeJS.ErrnoException).code ?? "unknown error");
  }
  return trialOf(file, await importModule(file, path));
}

async function importModule(file: string, path: string): Promise<Exports> {
  try {
    return (await import(pathToFileURL(path).href)) as Exports;
  } catch (error) {
    throw refusal(file, `it cannot be loaded: ${(error as Error).message}`);
  }
}

function refusal(source: string, problem: string): InputFormatError {
  const remedy =
    "Export a strategy as default or as `strategy`, or an `allocator`, `heap`, `detector` or " +
    "`manager` as the testkit's suites take it.";
  return new InputFormatError({ source, offsetBytes: 0, problem, remedy });
}

function trialOf(file: string, found: Exports): Trial {
  const { strategy = found.default as Exports["strategy"] } = found;
  for (const kind of ["allocator", "heap", "detector", "manager"] as const) {
    if (found[kind] === undefined || typeof found[kind]?.make === "function") continue;
    throw refusal(file, `its \`${kind}\` has no function \`make\``);
  }
  if (found.allocator !== undefined) return bind(allocatorSuite, found.allocator);
  if (found.heap !== undefined) return bind(heapSuite, found.heap);
  if (found.detector !== undefined) return bind(detectorSuite, found.detector);
  if (found.manager !== undefined) return bind(memoryManagerSuite, found.manager);
  const make = typeof strategy === "function" ? strategy : () => strategy as Strategy;
  if (typeof make()?.create !== "function") throw refusal(file, "it exports nothing to verify");
  return bind(collectorSuite, {
    strategy: make,
    compose: (made, { observer }) =>
      composeMemoryManager({ strategy: made, observer, reservationBytes: RESERVATION_BYTES }),
  });
}

function bind<Maker>(suite: Suite<Maker>, maker: Maker): Trial {
  return {
    suiteName: suite.name,
    propertyNames: suite.properties.map(({ name }) => name),
    run: (options) => runSuite(suite, maker, options),
    stopped: (seed, verdicts) => reportOf(suite, maker, { seed, verdicts, warnings: [] }),
    replay: (file) => replayCounterexample(suite, maker, file),
  };
}
