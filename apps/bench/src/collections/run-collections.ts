// The rounds of the workloads of collectors: every peer in turn, one process each.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Tools } from "../spawn.js";
import { type Spread, spread } from "../statistics.js";
import { firstLine, peersFolder } from "../tool.js";
import type { CollectionSample, CollectionWorkload } from "./collection.js";
import { COLLECTION_PEERS, type CollectionPeer } from "./collection-peer.js";

export interface CollectionRow {
  readonly peer: string;
  readonly metric: string;
  /** In the workload's unit: over the rounds, each process's least, as its clock changes. */
  readonly cpu?: Spread;
  readonly wall?: Spread;
  /** How many times better than CPython and V8: less time, or fewer bytes. */
  readonly timesBetterThan?: { readonly cpython?: number; readonly v8?: number };
  readonly remark?: string;
  readonly problem?: string;
}

export interface CollectionResults {
  readonly name: string;
  readonly title: string;
  readonly unit: CollectionWorkload["unit"];
  readonly rows: readonly CollectionRow[];
}

export interface CollectionSettings {
  readonly tools: Tools;
  readonly roundCount: number;
  readonly timeoutSeconds: number;
  readonly peers: readonly string[] | undefined;
  readonly progress: (message: string) => void;
}

interface Collected {
  readonly peer: CollectionPeer;
  readonly samples: CollectionSample[];
  problem?: string;
}

const EXTENSION = ".hgraph.gz";
const shippedFolder = fileURLToPath(new URL("../../demo/graphs/", import.meta.url));
/** Some workloads take minutes in CPython. */
const LEAST_TIMEOUT_SECONDS = 400;

/** The graphs the project ships; OURO_DATA names a folder with others, or their parent. */
export function findGraphs(): string[] {
  const data = process.env.OURO_DATA;
  const folders = data === undefined ? [shippedFolder] : [data, join(data, "graphs")];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder).filter((name) => name.endsWith(EXTENSION));
    if (names.length > 0) return names.sort().map((name) => join(folder, name));
  }
  return [];
}

/** Runs one workload on all of its peers. Throws when two of them did different work. */
export function runCollection(
  workload: CollectionWorkload,
  settings: CollectionSettings,
): CollectionResults {
  const { name, title, unit } = workload;
  const { peers: chosen } = settings;
  const peers = COLLECTION_PEERS.filter(
    (peer) => peer.workloads.includes(name) && (chosen?.includes(peer.name) ?? true),
  );
  const all = peers.map((peer): Collected => ({ peer, samples: [] }));
  for (let round = 1; round <= settings.roundCount; round++) {
    for (const entry of all) {
      const { peer, problem } = entry;
      if (problem !== undefined || round > (peer.roundLimit ?? round)) continue;
      settings.progress(`${name} round ${round}/${settings.roundCount} ${peer.name}`);
      takeSample(entry, workload, settings);
    }
  }
  const checksums = new Set(all.flatMap(({ samples }) => samples.map(({ checksum }) => checksum)));
  if (checksums.size > 1) throw new Error(`${name}: peers did different work: ${[...checksums]}`);
  return { name, title, unit, rows: withCollectionRatios(all.flatMap(rowsOf)) };
}

/** One process, and of recorded graphs one for each, whose measures are laid together. */
function takeSample(
  entry: Collected,
  workload: CollectionWorkload,
  settings: CollectionSettings,
): void {
  const files = workload.name === "collect-graphs" ? findGraphs() : [undefined];
  const parts: CollectionSample[] = [];
  for (const file of files) {
    const part = takePart(entry, workload, settings, file);
    if (part === undefined) return;
    parts.push(part);
  }
  entry.samples.push({
    measures: Object.assign({}, ...parts.map(({ measures }) => measures)),
    checksum: parts.reduce((sum, { checksum }) => sum + checksum, 0),
  });
}

function takePart(
  entry: Collected,
  workload: CollectionWorkload,
  settings: CollectionSettings,
  file: string | undefined,
): CollectionSample | undefined {
  const command = commandFor(entry.peer, workload, settings.tools, file);
  if ("missing" in command) {
    entry.problem = `not available: ${command.missing}`;
    return undefined;
  }
  const run = spawnSync(command.file, command.words, {
    encoding: "utf8",
    timeout: Math.max(settings.timeoutSeconds, LEAST_TIMEOUT_SECONDS) * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 2 ** 26,
    env: { ...process.env, OURO_BENCH_SAMPLE: "1" },
  });
  if (run.signal === "SIGINT") process.exit(130);
  if (run.status === 0) return JSON.parse(run.stdout) as CollectionSample;
  entry.problem = `died: ${run.signal ?? firstLine(reasonIn(run.stderr))}`;
  return undefined;
}

function reasonIn(stderr: string): string {
  return stderr.split("\n").find((part) => /^\w*(Error|Exception)\b/.test(part)) ?? stderr;
}

function commandFor(
  peer: CollectionPeer,
  workload: CollectionWorkload,
  tools: Tools,
  file: string | undefined,
) {
  const words = [peer.name, JSON.stringify(workload), ...(file === undefined ? [] : [file])];
  if (peer.host === "cpython") {
    if ("missing" in tools.python) return tools.python;
    return { file: tools.python.value.command, words: [`${peersFolder}collecting.py`, ...words] };
  }
  const sample = fileURLToPath(new URL("./collections/collection-sample.js", import.meta.url));
  const isExposed = peer.host === "v8" && workload.name === "collect-bytes";
  return { file: tools.node, words: [...(isExposed ? ["--expose-gc"] : []), sample, ...words] };
}

function rowsOf({ peer, samples, problem }: Collected): CollectionRow[] {
  const first = samples[0];
  if (first === undefined || problem !== undefined) {
    return [{ peer: peer.name, metric: "", problem: problem ?? "no sample" }];
  }
  return Object.keys(first.measures).map((metric) => {
    const measures = samples.map((sample) => sample.measures[metric] ?? {});
    const overRounds = (side: "cpu" | "wall"): Spread | undefined => {
      const leasts = measures.flatMap((measure) => {
        const values = measure[side] ?? [];
        return values.length === 0 ? [] : [Math.min(...values)];
      });
      return leasts.length === 0 ? undefined : spread(leasts);
    };
    const cpu = overRounds("cpu");
    const wall = overRounds("wall");
    const remarks = [...new Set(measures.flatMap(({ remark }) => remark ?? []))];
    return {
      peer: peer.name,
      metric,
      ...(cpu === undefined ? {} : { cpu }),
      ...(wall === undefined ? {} : { wall }),
      ...(remarks.length === 0 ? {} : { remark: remarks.join(", ") }),
    };
  });
}

/** The figure that ratios are about: CPU time where it was measured. */
export function figureOf(row: CollectionRow | undefined): number | undefined {
  return (row?.cpu ?? row?.wall)?.median;
}

/** Adds how each row compares with the first row of CPython and of V8. */
export function withCollectionRatios(rows: readonly CollectionRow[]): CollectionRow[] {
  return rows.map((row) => {
    const own = figureOf(row);
    if (own === undefined) return row;
    const times = (host: "cpython" | "v8"): number | undefined => {
      if (hostOf(row.peer) === host) return undefined;
      const theirs = figureOf(
        rows.find((other) => hostOf(other.peer) === host && other.metric === row.metric),
      );
      return theirs === undefined ? undefined : theirs / own;
    };
    const cpython = times("cpython");
    const v8 = times("v8");
    const timesBetterThan = {
      ...(cpython === undefined ? {} : { cpython }),
      ...(v8 === undefined ? {} : { v8 }),
    };
    return { ...row, timesBetterThan };
  });
}

function hostOf(peer: string): CollectionPeer["host"] | undefined {
  return COLLECTION_PEERS.find(({ name }) => name === peer)?.host;
}
