// Runs a trial in a thread of its own, and answers what it has found when somebody stops it. From
// sources, where no built thread lies beside this module, it runs here in one piece.

import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { InputFormatError, OuroError, type OuroErrorKind } from "@ouro/interfaces";
import type { Report, Verdict } from "@ouro/testkit";
import { Stopped, type Work } from "./replay-work.js";
import type { Trial } from "./verify-trial.js";
import type { TrialFailure, TrialMessage, TrialOrder } from "./verify-worker.js";

const LISTEN_MS = 20;
const DEFAULT_SEED = 1;

export interface TrialResult {
  readonly report: Report;
  /** Somebody asked to stop: verdicts are missing. */
  readonly isPartial: boolean;
}

/** Throws `Stopped` when somebody asked to stop before there was a verdict. */
export async function runTrial(trial: Trial, order: TrialOrder, work: Work): Promise<TrialResult> {
  const verdicts: Verdict[] = [];
  const { properties = trial.propertyNames } = order.options;
  work.progress.begin("verify", order.file, properties.length);
  try {
    const report = await reportOf(trial, order, work, (verdict) => {
      verdicts.push(verdict);
      work.progress.reach(verdicts.length);
    });
    return { report, isPartial: false };
  } catch (error) {
    if (!(error instanceof Stopped) || verdicts.length === 0) throw error;
    const seed = order.options.seed ?? DEFAULT_SEED;
    return { report: trial.stopped(seed, verdicts), isPartial: true };
  }
}

async function reportOf(
  trial: Trial,
  order: TrialOrder,
  work: Work,
  onVerdict: (verdict: Verdict) => void,
): Promise<Report> {
  const url = new URL("./verify-worker.js", import.meta.url);
  await work.breathe();
  if (!existsSync(url)) return trial.run({ ...order.options, onVerdict });
  const worker = new Worker(url, { workerData: order });
  let report: Report | undefined;
  let failure: Error | undefined;
  worker.on("message", (text: string) => {
    const message = JSON.parse(text) as TrialMessage;
    if ("verdict" in message) onVerdict(message.verdict);
    else if ("report" in message) report = message.report;
    else failure = errorOf(message.failure);
  });
  // The suite's own errors come as messages: these are of code that the module left running.
  worker.on("error", (error) => {
    const said = error instanceof Error ? error.message : String(error);
    failure ??= strayError(order.file, `it throws outside of the suite's calls: ${said}`);
  });
  worker.on("exit", () => {
    failure ??= strayError(order.file, "it ends the thread in which it is verified");
  });
  try {
    while (report === undefined && failure === undefined) {
      await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
      await work.breathe();
    }
  } finally {
    await worker.terminate();
  }
  if (report === undefined) throw failure;
  return report;
}

/** A typed error of the trial's thread: of its class a message carries the kind alone. */
class TrialError extends OuroError {
  readonly kind: OuroErrorKind;

  constructor(message: string, kind: OuroErrorKind) {
    super(message, {});
    this.kind = kind;
  }
}

function errorOf({ message, kind, stack }: TrialFailure): Error {
  if (kind !== undefined) return new TrialError(message, kind);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}

function strayError(source: string, problem: string): InputFormatError {
  const remedy = "Have the module do nothing but answer the calls of the suite.";
  return new InputFormatError({ source, problem, remedy });
}
