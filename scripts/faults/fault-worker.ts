// Runs in a thread of its own: loads properties over sources that are edited, and asks the ones it
// is told to. Packages are found by their sources (from-sources.mjs); where a source is edited, its
// edited text is loaded in its place. See trial.ts for the other end.

import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { FaultProperty, Outcome } from "./planted-fault.ts";
import type { Question, Reply, TrialOptions } from "./trial.ts";

const { edits, propertiesModule } = workerData as TrialOptions;
const port = parentPort;
if (port === null) throw new Error("fault-worker.ts runs as a worker: see trial.ts");
const reply = (message: Reply): void => port.postMessage(message);
const loaded = new Set<string>();
const AS_TYPESCRIPT = { format: "module-typescript", shortCircuit: true } as const;

// Each thread loads the same sources, but for the edited ones.
enableCompileCache(fileURLToPath(new URL("../../temp/compile-cache", import.meta.url)));

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith(".") && context.parentURL !== undefined) {
      // A file that only the edit has is not on the disk.
      const { href } = new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL);
      if (edits[href] !== undefined) return { ...AS_TYPESCRIPT, url: href };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    const source = edits[url];
    if (source === undefined) return next(url, context);
    loaded.add(url);
    return { ...AS_TYPESCRIPT, source };
  },
});

function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").slice(0, 12).join("\n");
}

async function outcomeOf(property: FaultProperty, question: Question): Promise<Outcome> {
  try {
    return await property.ask(question);
  } catch (error) {
    // A property that cannot be set up over these sources does not hold on them.
    return { isKilled: true, programCount: 1, reason: firstLines(error) };
  }
}

try {
  const { properties }: { properties: FaultProperty[] } = await import(propertiesModule);
  port.on("message", async (question: Question) => {
    const property = properties[question.index] as FaultProperty;
    reply({ kind: "answer", outcome: await outcomeOf(property, question) });
  });
  const names = properties.map(({ ask: _, ...about }) => about);
  reply({ kind: "loaded", properties: names, editsLoaded: [...loaded] });
} catch (error) {
  reply({ kind: "not loaded", reason: firstLines(error), editsLoaded: [...loaded] });
}
