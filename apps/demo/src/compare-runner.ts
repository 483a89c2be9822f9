// Runs the strategies of a comparison one after the other, each in a process of its own. From
// sources, where no built program lies beside this module, they share this one: the figures of the
// cost model are the same, and wall times are not to be compared.

import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CompareMessage, CompareOrder, StrategyResult } from "./compare-result.js";
import type { Work } from "./replay-work.js";

type Answer = Extract<CompareMessage, { result: StrategyResult }>;

const LISTEN_MS = 20;
/** Shares are told in thousandths. */
const PROGRESS_TOTAL = 1000;

/** Throws `Stopped` when somebody asked to stop; what fails otherwise is in the result. */
export async function runApart(order: CompareOrder, work: Work): Promise<Answer> {
  const path = fileURLToPath(new URL("./compare-process.js", import.meta.url));
  work.progress.begin("compare", order.strategy, PROGRESS_TOTAL);
  const tell = (share: number): void => work.progress.reach(Math.floor(share * PROGRESS_TOTAL));
  if (!existsSync(path)) {
    await work.breathe();
    const { runAnyStrategy } = await import("./compared-input.js");
    return runAnyStrategy(order, tell);
  }
  // Ctrl-C reaches a whole group of processes: this one alone decides what it means.
  const child = fork(path, [], { serialization: "advanced", detached: true });
  let answer: Answer | undefined;
  let end: string | undefined;
  child.on("message", (message: CompareMessage) => {
    if ("share" in message) tell(message.share);
    else answer = message;
  });
  child.on("error", (error) => {
    end = error.message;
  });
  child.on("exit", (code, signal) => {
    end ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  // A second Ctrl-C ends this process at once; the other one must not go on without it.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.send(order);
  try {
    while (end === undefined) {
      await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
      await work.breathe();
    }
  } finally {
    process.removeListener("exit", kill);
    kill();
  }
  return answer ?? died(order, end);
}

function died({ file, strategy }: CompareOrder, end: string): Answer {
  const message = `the process of ${strategy} ended with ${end} before it answered`;
  const failure = { exitCode: 5, kind: "internal", message };
  const nothing = { value: null, figures: null, liveness: null, wall: null };
  return {
    input: { file, kind: "mutator-programs", name: file, programs: null },
    result: { strategy, ...nothing, failure },
  };
}
