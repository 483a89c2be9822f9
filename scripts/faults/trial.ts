// Edited sources before a section's properties, in a thread that can be ended when it hangs:
//
//   open(edits, module) ─► loaded: its properties ─► ask(index, …) ─► outcome, or "hangs"
//                      └─► does not load, and why
//
// A thread that hung is ended and another one opened for the next question.

import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { EditedSources } from "./edit-sources.ts";
import type { Asked, FaultProperty, Outcome } from "./planted-fault.ts";

export interface TrialOptions {
  /** URL of a source file, with the text in its place. */
  readonly edits: Readonly<Record<string, string>>;
  readonly propertiesModule: string;
}

export interface Question extends Asked {
  readonly index: number;
}

/** A property as it crosses threads. */
export type NamedProperty = Pick<FaultProperty, "name" | "on" | "programLimit">;

export type Reply =
  | { kind: "loaded"; properties: NamedProperty[]; editsLoaded: string[] }
  | { kind: "not loaded"; reason: string; editsLoaded: string[] }
  | { kind: "answer"; outcome: Outcome };

export interface TrialOutcome extends Outcome {
  /** The thread was ended: the property neither held nor failed in the time it was given. */
  readonly hangs?: boolean;
}

export interface Trial {
  readonly properties: readonly NamedProperty[];
  /** Whether the properties' modules import an edited source at all. */
  readonly meetsEdits: boolean;
  /** Why the edited sources do not load. */
  readonly problem: string | undefined;
  /** "Hangs" after so long: 60 seconds, if nothing is said. */
  ask(index: number, asked: Asked, limitMilliseconds?: number): Promise<TrialOutcome>;
  close(): Promise<void>;
}

const LOAD_MILLISECONDS = 60_000;
const workerUrl = new URL("./fault-worker.ts", import.meta.url);
const loader = new URL("../from-sources.mjs", import.meta.url);

export function toUrls(sources: EditedSources, root: string): Record<string, string> {
  const entries = [...sources].map(([path, text]) => [pathToFileURL(`${root}/${path}`).href, text]);
  return Object.fromEntries(entries);
}

/** The thread's next message; "hangs" after so long. Throws what ended the thread. */
function nextReply(worker: Worker, milliseconds: number): Promise<Reply | "hangs"> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle("hangs"), milliseconds);
    function settle(reply: Reply | "hangs"): void {
      clearTimeout(timer);
      worker.off("message", settle);
      worker.off("error", fail);
      resolve(reply);
    }
    function fail(error: unknown): void {
      clearTimeout(timer);
      worker.off("message", settle);
      reject(error);
    }
    worker.once("message", settle);
    worker.once("error", fail);
  });
}

export async function openTrial(options: TrialOptions): Promise<Trial> {
  let worker = start(options);
  const first = await loadedReply(worker);
  const { editsLoaded } = first;
  const properties = first.kind === "loaded" ? first.properties : [];
  const problem = first.kind === "not loaded" ? first.reason : undefined;
  let isStopped = false;

  async function ask(
    index: number,
    asked: Asked,
    limitMilliseconds = 60_000,
  ): Promise<TrialOutcome> {
    if (isStopped) {
      worker = start(options);
      await loadedReply(worker);
      isStopped = false;
    }
    worker.postMessage({ index, ...asked } satisfies Question);
    try {
      const reply = await nextReply(worker, limitMilliseconds);
      if (reply !== "hangs" && reply.kind === "answer") return reply.outcome;
    } catch (error) {
      // Out of stack or memory beyond what the property could catch: the thread is gone.
      isStopped = true;
      const reason = error instanceof Error ? error.message : String(error);
      return { isKilled: true, programCount: 1, reason };
    }
    isStopped = true;
    await worker.terminate();
    return { isKilled: false, hangs: true, programCount: 0 };
  }

  const close = async (): Promise<void> => void (await worker.terminate());
  return { properties, meetsEdits: editsLoaded.length > 0, problem, ask, close };
}

function start(options: TrialOptions): Worker {
  const worker = new Worker(workerUrl, {
    workerData: options,
    execArgv: ["--import", loader.href],
  });
  // What ends a thread is told by the question that was asked; between questions nobody listens.
  worker.on("error", () => {});
  return worker;
}

async function loadedReply(worker: Worker): Promise<Exclude<Reply, { kind: "answer" }>> {
  const reply = await nextReply(worker, LOAD_MILLISECONDS);
  if (reply === "hangs" || reply.kind === "answer") {
    await worker.terminate();
    return { kind: "not loaded", reason: "its modules do not end loading", editsLoaded: [] };
  }
  return reply;
}
