// One run of the benchmarks, from options to a document.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { UsageError } from "@ouro/interfaces";
import { COLLECTIONS, makeCollections } from "./collections/collection.js";
import { answerCollectionTargets } from "./collections/collection-target.js";
import { runCollection } from "./collections/run-collections.js";
import { type BenchDocument, currentLoad, machineFacts, SCHEMA } from "./document.js";
import { makeObserverWorkload, OBSERVER } from "./observers/observer.js";
import { runObservers } from "./observers/run-observers.js";
import type { BenchOptions } from "./options.js";
import { PEERS, type Peer } from "./peer.js";
import { makePrograms, PROGRAMS } from "./programs/program.js";
import { answerProgramTargets } from "./programs/program-target.js";
import { runProgram } from "./programs/run-programs.js";
import { runWorkload } from "./run.js";
import type { Tools } from "./spawn.js";
import { answerTargets } from "./target.js";
import { compileLoops, compilerVersion, compileTlsf, findNode, findPython } from "./tool.js";
import { decodeToWords, findTraces } from "./trace-words.js";
import { makeWorkloads, type TraceWords } from "./workload.js";

/** Exact versions of the npm peers: package.json pins them. */
function pinnedVersions(): Record<string, string> {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { dependencies, devDependencies } = JSON.parse(text) as Record<
    "dependencies" | "devDependencies",
    Record<string, string>
  >;
  return { ...dependencies, ...devDependencies };
}

function findTools(options: BenchOptions): Tools {
  const node = findNode(options.nodeVersion);
  if ("missing" in node) {
    throw new UsageError({
      where: "bench",
      argument: `--node ${options.nodeVersion}`,
      problem: `cannot be used: ${node.missing}`,
      remedy: 'Name a program by its path, or a version of npm\'s package "node", such as 20.20.2.',
    });
  }
  return {
    node: node.value,
    program: compileLoops("program"),
    library: compileLoops("library"),
    tlsf: compileTlsf(pinnedVersions().assemblyscript ?? ""),
    python: findPython(),
  };
}

function versionsOf(tools: Tools): Record<string, string> {
  const pins = pinnedVersions();
  const versions: Record<string, string> = {};
  for (const { name, npmPackage } of PEERS) {
    const pin = npmPackage === undefined ? undefined : pins[npmPackage];
    if (pin !== undefined) versions[name] = pin;
  }
  if ("value" in tools.program) versions["c-malloc"] = `(${compilerVersion()}, -O2)`;
  if ("value" in tools.python) {
    const { version, isWanted } = tools.python.value;
    versions.cpython = `CPython ${version}${isWanted ? "" : " (not 3.13: no reference)"}`;
  }
  return versions;
}

function chosenPeers(names: readonly string[] | undefined): readonly Peer[] {
  if (names === undefined) return PEERS;
  return PEERS.filter(({ name }) => name.startsWith("null") || names.includes(name));
}

async function chosenTraces(options: BenchOptions, progress: (message: string) => void) {
  if (!options.groups.includes("trace")) return [];
  const traces: TraceWords[] = [];
  for (const file of findTraces(options.traces)) {
    progress(`decoding ${file}`);
    traces.push(await decodeToWords(file));
  }
  if (traces.length === 0) progress("trace: no recorded traces found; OURO_DATA names a folder");
  return traces;
}

function nodeFacts(node: string): { version: string; v8: string } {
  const code = "process.versions.node + ' ' + process.versions.v8";
  const [version = "", v8 = ""] = spawnSync(node, ["-p", code], { encoding: "utf8" })
    .stdout.trim()
    .split(" ");
  return { version, v8 };
}

/** Measures what the options name. Throws `UsageError` and what a damaged trace throws. */
export async function runBench(
  options: BenchOptions,
  command: string,
  progress: (message: string) => void,
): Promise<BenchDocument> {
  const before = currentLoad();
  const tools = findTools(options);
  const { roundCount, timeoutSeconds, isQuick } = options;
  const workloads = makeWorkloads(options.groups, await chosenTraces(options, progress), isQuick);
  const peers = chosenPeers(options.peers);
  const settings = { tools, roundCount, timeoutSeconds, progress };
  const results = workloads.map((workload) => runWorkload(workload, peers, settings));
  const names = PROGRAMS.filter((name) => options.groups.includes(name));
  const programs = makePrograms(names, isQuick).map((program) => runProgram(program, settings));
  const collectionNames = COLLECTIONS.filter((name) => options.groups.includes(name));
  const collections = makeCollections(collectionNames, isQuick).map((workload) =>
    runCollection(workload, { ...settings, peers: options.peers }),
  );
  const observers = options.groups.includes(OBSERVER)
    ? runObservers(makeObserverWorkload(isQuick), settings)
    : [];
  return {
    schema: SCHEMA,
    command,
    node: nodeFacts(tools.node),
    machine: machineFacts(),
    load: { before, after: currentLoad() },
    roundCount,
    isQuick,
    versions: versionsOf(tools),
    workloads: results,
    programs,
    collections,
    observers,
    targets: [
      ...answerTargets(results),
      ...answerProgramTargets(programs),
      ...answerCollectionTargets(collections),
    ],
  };
}
