// One run of a test that may not end: V8 stops it after a time, and the thread goes on with the
// next. What counts is the processor's time, not the clock's: on a busy machine a test that was not
// let run is run once more, for longer.

import { Script } from "node:vm";
import type { RegisteredTest } from "./test-registry.js";

/** A test is stopped after so long, and as many times what it took without a mutant. */
const LEAST_MILLISECONDS = 1500;
const LIMIT_FACTOR = 5;

const ENTRY = "__ouroTestUnderWay__";
const script = new Script(`${ENTRY}()`);

export class StoppedError extends Error {}

function isStop(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function start(test: RegisteredTest, timeout: number): Promise<"passed" | "skipped"> {
  let outcome: Promise<"passed" | "skipped"> | undefined;
  (globalThis as Record<string, unknown>)[ENTRY] = () => {
    outcome = test.run();
  };
  script.runInThisContext({ timeout });
  return outcome as Promise<"passed" | "skipped">;
}

/** The processor's time of this thread and all others of the process. */
export function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Throws what a failed expectation throws, and `StoppedError` for a test that did not end. */
export async function runWithin(
  test: RegisteredTest,
  usualMilliseconds: number,
): Promise<"passed" | "skipped"> {
  const limit = Math.ceil(LEAST_MILLISECONDS + LIMIT_FACTOR * usualMilliseconds);
  for (let timeout = limit; ; ) {
    const before = processorMilliseconds();
    try {
      return await start(test, timeout);
    } catch (error) {
      if (!isStop(error)) throw error;
      await test.cleanUp();
      const had = processorMilliseconds() - before;
      if (had > 0.8 * limit) throw new StoppedError(`stopped: ${test.title}`);
      timeout = Math.ceil(timeout * Math.min(20, 1.2 * (limit / (had + 1))));
    }
  }
}
