// What a module puts on trial: its exports decide which suite runs.

import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputFormatError, isOuroError, type Strategy } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import {
  type AllocatorMaker,
  allocatorSuite,
  type CounterexampleFile,
  checkMaker,
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
  type ScriptSource,
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
  /** `source` is the file's name, for the error of one that does not fit. */
  replay(file: CounterexampleFile, source: string): Verdict;
}

interface Exports {
  readonly default?: Strategy | (() => Strategy);
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
 * for no file, `InputFormatError` for a module that cannot be loaded, or exports nothing that can
 * be verified.
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
    throw new InputFormatError({
      source: file,
      problem: `it cannot be loaded: ${told(error)}`,
      remedy: `\`node ${basename(file)}\` in its folder shows where.`,
    });
  }
}

/** Without the full stop, to stand within a message. */
function told(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

function trialOf(file: string, found: Exports): Trial {
  const { allocator, heap, detector, manager, strategy = found.default } = found;
  if (allocator !== undefined) {
    return bind(file, allocatorSuite, withSource(allocator, allocatorSource(file)));
  }
  if (heap !== undefined) return bind(file, heapSuite, withSource(heap, heapSource(file)));
  if (detector !== undefined) {
    return bind(file, detectorSuite, withSource(detector, detectorSource(file)));
  }
  if (manager !== undefined) {
    return bind(file, memoryManagerSuite, withSource(manager, managerSource(file)));
  }
  if (strategy === undefined) {
    throw new InputFormatError({
      source: file,
      problem: "it exports nothing to verify",
      remedy:
        "Export a strategy as default or as `strategy`, or an `allocator`, `heap`, `detector` or " +
        "`manager` as the testkit's suites take it.",
    });
  }
  return bind(file, collectorSuite, {
    strategy: typeof strategy === "function" ? strategy : () => strategy,
    source: strategySource(file, found, typeof strategy === "function"),
    compose: (made, { observer }) =>
      composeMemoryManager({ strategy: made, observer, reservationBytes: RESERVATION_BYTES }),
  });
}

/** A module beside the one on trial, in which scripts run as they are printed. */
const besideIt = (file: string): string => JSON.stringify(`./${basename(file)}`);

/** Left as it is if it is no object: the suite says so. */
function withSource<Maker, Source>(maker: Maker, source: Source) {
  return typeof maker === "object" && maker !== null ? { source, ...maker } : maker;
}

function managerSource(file: string): ScriptSource {
  return (observer = "{ wants: [], event() {} }") =>
    [
      `import { manager as maker } from ${besideIt(file)};`,
      `const manager = maker.make({ observer: ${observer} });`,
    ].join("\n");
}

function allocatorSource(file: string): string {
  return [
    `import { allocator as maker } from ${besideIt(file)};`,
    "const { heap, allocator } = maker.make();",
  ].join("\n");
}

function heapSource(file: string): string {
  return `import { heap as maker } from ${besideIt(file)};`;
}

function detectorSource(file: string): ScriptSource {
  return (observer) => {
    const options = observer === undefined ? "" : `{ observer: ${observer} }`;
    return [
      `import { detector as maker } from ${besideIt(file)};`,
      `const { heap, types, detector } = maker.make(${options});`,
    ].join("\n");
  };
}

function strategySource(file: string, found: Exports, isMade: boolean): ScriptSource {
  const name = found.strategy === undefined ? "strategy" : "{ strategy }";
  const given = isMade ? "strategy: strategy()" : "strategy";
  const reserved = `reservationBytes: ${RESERVATION_BYTES}`;
  return (observer) => {
    const heard = observer === undefined ? "" : ` observer: ${observer},`;
    return [
      'import { composeMemoryManager } from "@ouro/memory-manager";',
      `import ${name} from ${besideIt(file)};`,
      `const manager = composeMemoryManager({ ${given},${heard} ${reserved} });`,
    ].join("\n");
  };
}

function bind<Maker>(file: string, suite: Suite<Maker>, maker: Maker): Trial {
  refusing(file, () => checkMaker(suite, maker));
  return {
    suiteName: suite.name,
    propertyNames: suite.properties.map(({ name }) => name),
    run: (options) => refusing(file, () => runSuite(suite, maker, options)),
    stopped: (seed, verdicts) => reportOf(suite, maker, { seed, verdicts, warnings: [] }),
    replay: (counterexample, source) => replayCounterexample(suite, maker, counterexample, source),
  };
}

/** The module is the input: what its parts cannot be, or throw, is told of the file. */
function refusing<Answer>(file: string, run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (!isOuroError(error)) throw error;
    const remedy = "Mend what the module exports, and verify it again.";
    throw new InputFormatError({ source: file, problem: told(error), remedy });
  }
}
