// The rounds: every peer in turn, A B C … A B C …, so that a busy minute of the machine hits them
// all.

import { callFor, NULL_OF_HOST, PEERS, type Peer, reasonLeftOut, takesPart } from "./peer.js";
import type { SampleResult } from "./sample.js";
import { spawnSample, type Tools } from "./spawn.js";
import { median, net, type Spread, spread, timesFaster } from "./statistics.js";
import type { Workload } from "./workload.js";

/** What the ratios are about: the first of these that ran. */
const OURS = ["ouro", "ouro-router"] as const;

export interface Row {
  readonly peer: string;
  /** What is timed: a pair, an event, a step of `million`; empty when only memory is measured. */
  readonly metric: string;
  /** Nanoseconds per operation, gross. Undefined when the peer did not come to an end. */
  readonly cpuNs?: Spread;
  readonly wallNs?: Spread;
  /** CPU time without the null allocator's; absent when noise. */
  readonly netCpuNs?: number;
  /** How many times faster ours is than this peer. */
  readonly oursTimesFaster?: { readonly net?: number; readonly gross?: number };
  readonly residentBytes?: number;
  readonly bytesPerBlock?: number;
  readonly sampleCount: number;
  /** Operations of one timed batch. */
  readonly operationCount: number;
  readonly problem?: string;
}

export interface WorkloadResult {
  readonly name: string;
  readonly group: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface RunSettings {
  readonly tools: Tools;
  readonly roundCount: number;
  readonly timeoutSeconds: number;
  readonly progress: (message: string) => void;
}

interface Collected {
  readonly peer: Peer;
  readonly samples: SampleResult[];
  problem?: string;
}

/** Measures one workload with all of its peers. Throws when two peers ran different sequences. */
export function runWorkload(
  workload: Workload,
  peers: readonly Peer[],
  settings: RunSettings,
): WorkloadResult {
  const { call, group } = workload;
  const chosen = peers.filter((peer) => takesPart(peer, group));
  const all = chosen.map((peer): Collected => {
    const problem = reasonLeftOut(peer, call);
    return problem === undefined ? { peer, samples: [] } : { peer, samples: [], problem };
  });
  for (let round = 1; round <= settings.roundCount; round++) {
    for (const entry of all) {
      if (entry.problem !== undefined) continue;
      settings.progress(
        `${workload.name} round ${round}/${settings.roundCount} ${entry.peer.name}`,
      );
      const outcome = spawnSample(entry.peer, call, settings.tools, settings.timeoutSeconds);
      if ("failure" in outcome) entry.problem = outcome.failure;
      else entry.samples.push(outcome.sample);
    }
  }
  compareChecksums(workload, all);
  const { name, title } = workload;
  return { name, group, title, rows: withRatios(all.flatMap((entry) => rowsOf(entry, workload))) };
}

/** Equal work has equal checksums, whatever the language. */
function compareChecksums(workload: Workload, all: readonly Collected[]): void {
  const seen = new Map<string, { peer: string; checksum: number }>();
  for (const { peer, samples } of all) {
    for (const { checksum } of samples) {
      const work = JSON.stringify(callFor(peer, workload.call));
      const first = seen.get(work) ?? { peer: peer.name, checksum };
      seen.set(work, first);
      if (first.checksum === checksum) continue;
      throw new Error(
        `${workload.name}: ${peer.name} and ${first.peer} ran different sequences ` +
          `(checksums ${checksum} and ${first.checksum}); the figures cannot be compared`,
      );
    }
  }
}

function operationsOf(call: Workload["call"]): number {
  if (call.loop === "replace") return call.pairCount;
  return call.loop === "trace" ? call.eventCount : call.blockCount;
}

function rowsOf({ peer, samples, problem }: Collected, { call }: Workload): Row[] {
  const operationCount = operationsOf(callFor(peer, call));
  const base = { peer: peer.name, sampleCount: samples.length, operationCount };
  const first = samples[0];
  if (first === undefined || problem !== undefined) {
    return [{ ...base, metric: "", problem: problem ?? "no sample" }];
  }
  const residentBytes = median(samples.map((sample) => sample.residentBytes));
  if (first.bytesPerBlock !== undefined) {
    const bytesPerBlock = median(samples.map((sample) => sample.bytesPerBlock ?? 0));
    return [{ ...base, metric: "", residentBytes, bytesPerBlock }];
  }
  return Object.keys(first.timings).map((metric) => {
    const timings = samples.map((sample) => sample.timings[metric] ?? []);
    return {
      ...base,
      metric,
      residentBytes,
      cpuNs: spread(timings.map((batches) => median(batches.map((batch) => batch.cpuNs)))),
      wallNs: spread(timings.map((batches) => median(batches.map((batch) => batch.wallNs)))),
    };
  });
}

/** Adds net times, and the ratios to ours. */
export function withRatios(rows: readonly Row[]): Row[] {
  const grossOf = (peer: string | undefined, metric: string) =>
    rows.find((row) => row.peer === peer && row.metric === metric)?.cpuNs?.median;
  const netOf = (peer: string, metric: string) => {
    const gross = grossOf(peer, metric);
    return gross === undefined ? undefined : net(gross, grossOf(nullNameOf(peer), metric));
  };
  const ours = OURS.find((name) => rows.some((row) => row.peer === name && row.cpuNs));
  return rows.map((row) => {
    if (row.cpuNs === undefined || row.peer === nullNameOf(row.peer)) return row;
    const netCpuNs = netOf(row.peer, row.metric);
    const withNet = netCpuNs === undefined ? row : { ...row, netCpuNs };
    if (ours === undefined || row.peer === ours) return withNet;
    const netRatio = timesFaster(netOf(ours, row.metric), netCpuNs);
    const gross = timesFaster(grossOf(ours, row.metric), row.cpuNs.median);
    return { ...withNet, oursTimesFaster: definedOnly({ net: netRatio, gross }) };
  });
}

function definedOnly(ratios: { net: number | undefined; gross: number | undefined }) {
  return {
    ...(ratios.net === undefined ? {} : { net: ratios.net }),
    ...(ratios.gross === undefined ? {} : { gross: ratios.gross }),
  };
}

function nullNameOf(peer: string): string | undefined {
  const found = PEERS.find(({ name }) => name === peer);
  return found === undefined ? undefined : NULL_OF_HOST[found.host];
}
