// A trial in a thread of its own: a suite runs without a break, and who waits for it hears Ctrl-C
// and shows how far it is.

import { parentPort, workerData } from "node:worker_threads";
import { isOuroError, type OuroErrorKind } from "@ouro/interfaces";
import type { Report, SuiteOptions, Verdict } from "@ouro/testkit";
import { loadTrial } from "./verify-trial.js";

export interface TrialOrder {
  readonly file: string;
  /** Folder that the name of the file starts from. */
  readonly folder: string | undefined;
  readonly options: SuiteOptions;
}

export type TrialMessage =
  | { readonly verdict: Verdict }
  | { readonly report: Report }
  | { readonly failure: TrialFailure };

/** What went wrong, as data: the kind is that of a typed error, whose class no message carries. */
export interface TrialFailure {
  readonly message: string;
  readonly kind: OuroErrorKind | undefined;
  readonly stack: string | undefined;
}

function failureOf(error: unknown): TrialFailure {
  return {
    message: error instanceof Error ? error.message : String(error),
    kind: isOuroError(error) ? error.kind : undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** As JSON: traits may hold functions, which no message can. */
function tell(message: TrialMessage): void {
  parentPort?.postMessage(JSON.stringify(message));
}

async function run({ file, folder, options }: TrialOrder): Promise<void> {
  try {
    const trial = await loadTrial(file, folder);
    tell({ report: trial.run({ ...options, onVerdict: (verdict) => tell({ verdict }) }) });
  } catch (error) {
    tell({ failure: failureOf(error) });
  }
}

void run(workerData as TrialOrder);
