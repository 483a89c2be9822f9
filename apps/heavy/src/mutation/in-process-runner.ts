// A test runner for Stryker that keeps the tests of a package loaded in one thread:
//
//   dry run ─► every test once: what it covers
//   mutant  ─► switched on in the sources that are loaded; of the tests that cover it, those first
//              that killed most for their time, until one fails
//
// So a mutant costs the tests that are run for it and nothing else. One in what is computed when
// modules are loaded costs a loading too. What loops is stopped (timed-run.ts), by Stryker and from
// outside if it must be.

import { openSandbox, type SandboxModules } from "./sandbox-modules.js";
import { beginFile, type RegisteredTest, takeTests } from "./test-registry.js";
import { processorMilliseconds, runWithin, StoppedError } from "./timed-run.js";

/** What instrumented sources ask, and write. */
interface Switchboard {
  activeMutant?: number;
  currentTestId?: string | undefined;
  mutantCoverage?: { readonly perTest: Record<string, unknown> } | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

interface MutantRun {
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: "runtime" | "static";
  readonly reloadEnvironment: boolean;
}

interface Options {
  readonly inProcess: { readonly testFiles: readonly string[]; readonly leftOutTitles: string };
}

/** What a test cost so far, and what was had from it. */
interface TestRecord {
  /** Of the processor, the first time that it passed. */
  usualMilliseconds: number | undefined;
  runCount: number;
  killCount: number;
  milliseconds: number;
}

interface TestResult {
  readonly status: "success" | "failed" | "skipped" | "stopped";
  readonly message: string;
  readonly milliseconds: number;
}

interface LoadedTests {
  readonly tests: readonly RegisteredTest[];
  /** Of a file of tests that did not load. */
  readonly problem?: string;
}

/**
 * A mutant that is come by five times as often as in all tests together, without one, is in an
 * endless loop; Stryker would wait for a hundred times.
 */
const HIT_LIMIT_SHARE = 5 / 100;

/** Numbers of Stryker. */
const STATUS_NUMBERS = { success: 0, failed: 1, skipped: 2, stopped: 1 } as const;

const NO_MUTANT = -1;
const switchboard: Switchboard = { activeMutant: NO_MUTANT };
(globalThis as Record<string, unknown>).__stryker__ = switchboard;

/** Counts of each test for each mutant: Stryker has them, and each collection would mark them. */
function forgetCoverage(): void {
  const { mutantCoverage } = switchboard;
  if (mutantCoverage === undefined) return;
  for (const id of Object.keys(mutantCoverage.perTest)) delete mutantCoverage.perTest[id];
  switchboard.mutantCoverage = undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Kills for each millisecond; of a test that never ran, as if it were quick. */
function worthOf({ runCount, killCount, milliseconds }: TestRecord): number {
  return (killCount + 0.5) / (milliseconds + runCount + 1);
}

async function runTest(test: RegisteredTest, usualMilliseconds: number): Promise<TestResult> {
  const start = processorMilliseconds();
  const since = () => processorMilliseconds() - start;
  try {
    const outcome = await runWithin(test, usualMilliseconds);
    const status = outcome === "skipped" ? "skipped" : "success";
    return { status, message: "", milliseconds: since() };
  } catch (error) {
    const status = error instanceof StoppedError ? "stopped" : "failed";
    return { status, message: messageOf(error), milliseconds: since() };
  }
}

/** For a test of which nothing is known yet, in the dry run or after a thread had to be ended. */
const UNKNOWN_MILLISECONDS = 10_000;

class InProcessRunner {
  static readonly inject = ["options"] as const;
  readonly #files: readonly string[];
  readonly #leftOutTitles: RegExp;
  readonly #modules: SandboxModules;
  readonly #records = new Map<string, TestRecord>();
  #loaded: LoadedTests | undefined;

  constructor(options: Options) {
    this.#files = options.inProcess.testFiles;
    this.#leftOutTitles = new RegExp(options.inProcess.leftOutTitles);
    this.#modules = openSandbox(process.cwd());
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    const { default: fc } = await import("fast-check");
    // Nobody reads a counterexample of a mutant: it need not be made small.
    fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1, endOnFailure: true });
  }

  async dryRun() {
    const { tests, problem } = await this.#load(true);
    if (problem !== undefined) return { status: "error", errorMessage: problem };
    const results: object[] = [];
    for (const test of tests) {
      switchboard.currentTestId = test.id;
      const { status, message, milliseconds } = await this.#run(test);
      switchboard.currentTestId = undefined;
      const { id, title: name, file: fileName } = test;
      const about = { id, name, fileName, timeSpentMs: milliseconds, failureMessage: message };
      results.push({ ...about, status: STATUS_NUMBERS[status] });
    }
    const { mutantCoverage } = switchboard;
    return { status: "complete", tests: results, mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, ...run }: MutantRun) {
    const { testFilter, reloadEnvironment } = run;
    const hitLimit = run.hitLimit && Math.ceil(run.hitLimit * HIT_LIMIT_SHARE);
    switchboard.hitLimit = hitLimit;
    switchboard.hitCount = hitLimit === undefined ? undefined : 0;
    forgetCoverage();
    const id = Number(activeMutant.id);
    switchboard.activeMutant = mutantActivation === "static" ? id : NO_MUTANT;
    if (reloadEnvironment || this.#loaded === undefined) this.#loaded = await this.#load(false);
    const { tests, problem } = this.#loaded;
    switchboard.activeMutant = id;
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    const chosen = tests.filter(({ id }) => wanted?.has(id) ?? true);
    // A file of tests that does not load has failed, as in any run.
    const outcome = problem === undefined ? await this.#runAll(chosen) : killed("", problem, 1);
    switchboard.activeMutant = NO_MUTANT;
    const { hitCount = 0 } = switchboard;
    const isEndless = hitLimit !== undefined && hitCount > hitLimit;
    return isEndless ? { status: "timeout", reason: `reached ${hitCount} times` } : outcome;
  }

  async #load(isCounting: boolean): Promise<LoadedTests> {
    this.#modules.beginGeneration(isCounting);
    try {
      for (const file of this.#files) {
        beginFile(file);
        await this.#modules.load(file);
      }
      return { tests: takeTests().filter(({ title }) => !this.#leftOutTitles.test(title)) };
    } catch (error) {
      return { tests: takeTests(), problem: messageOf(error) };
    }
  }

  async #run(test: RegisteredTest): Promise<TestResult> {
    const record = this.#recordOf(test);
    const result = await runTest(test, record.usualMilliseconds ?? UNKNOWN_MILLISECONDS);
    if (result.status === "success") record.usualMilliseconds ??= result.milliseconds;
    record.runCount++;
    record.milliseconds += result.milliseconds;
    if (result.status === "failed") record.killCount++;
    return result;
  }

  async #runAll(tests: readonly RegisteredTest[]) {
    const ranked = tests.map((test) => ({ test, worth: worthOf(this.#recordOf(test)) }));
    ranked.sort((one, other) => other.worth - one.worth);
    let count = 0;
    for (const { test } of ranked) {
      count++;
      const { status, message } = await this.#run(test);
      if (status === "stopped") return { status: "timeout", reason: message };
      if (status === "failed") return killed(test.id, message, count);
    }
    return { status: "survived", nrOfTests: count };
  }

  #recordOf({ id }: RegisteredTest): TestRecord {
    const known = this.#records.get(id);
    if (known !== undefined) return known;
    const fresh = { usualMilliseconds: undefined, runCount: 0, killCount: 0, milliseconds: 0 };
    this.#records.set(id, fresh);
    return fresh;
  }
}

function killed(id: string, failureMessage: string, nrOfTests: number) {
  return { status: "killed", killedBy: id === "" ? [] : [id], failureMessage, nrOfTests };
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [
  { kind: "TestRunner", name: "in-process", injectableClass: InProcessRunner },
];
