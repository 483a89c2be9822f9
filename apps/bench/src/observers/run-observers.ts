// The rounds of the listeners: all of them in turn, one process each, and in the next turn the
// other way round, so that what drifts hits each as often first as last. A difference is one of
// neighbours in time: a listener's time less that of nobody in the same turn.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Tools } from "../spawn.js";
import { type PairedDifference, pairedDifference, type Spread, spread } from "../statistics.js";
import { firstLine } from "../tool.js";
import { LISTENERS, OBSERVED_PRESETS, type ObserverWorkload } from "./observer.js";
import type { ObserverSample } from "./observer-sample.js";

export interface ObserverRow {
  readonly listener: string;
  /** Events it was told in one process. */
  readonly eventCount: number;
  /** Nanoseconds an object. */
  readonly cpuNs: Spread;
  /** Against nobody; undefined for nobody itself. */
  readonly difference?: PairedDifference;
}

export interface ObserverResults {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly ObserverRow[];
}

export interface ObserverSettings {
  readonly tools: Tools;
  readonly roundCount: number;
  readonly timeoutSeconds: number;
  readonly progress: (message: string) => void;
}

/** Measures every listener on each preset. Throws when a process fails. */
export function runObservers(
  workload: ObserverWorkload,
  settings: ObserverSettings,
): ObserverResults[] {
  return OBSERVED_PRESETS.map((preset) => {
    const samples = new Map(LISTENERS.map(({ name }) => [name, [] as ObserverSample[]]));
    const turnCount = settings.roundCount * workload.pairsPerRound;
    for (let turn = 1; turn <= turnCount; turn++) {
      const inTurn = turn % 2 === 1 ? LISTENERS : LISTENERS.toReversed();
      for (const { name } of inTurn) {
        settings.progress(`observer ${preset} turn ${turn}/${turnCount} ${name}`);
        samples.get(name)?.push(takeSample(preset, name, workload, settings));
      }
    }
    const title = `binary trees of depth ${workload.depth} on ${preset}, by who listens`;
    return { name: `observer-${preset}`, title, rows: rowsOf(samples) };
  });
}

function takeSample(
  preset: string,
  listener: string,
  { depth, repeatCount }: ObserverWorkload,
  { tools, timeoutSeconds }: ObserverSettings,
): ObserverSample {
  const file = fileURLToPath(new URL("./observers/observer-sample.js", import.meta.url));
  const words = [file, preset, listener, String(depth), String(repeatCount)];
  const run = spawnSync(tools.node, words, {
    encoding: "utf8",
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
    env: { ...process.env, OURO_BENCH_SAMPLE: "1" },
  });
  if (run.signal === "SIGINT") process.exit(130);
  if (run.status === 0) return JSON.parse(run.stdout) as ObserverSample;
  throw new Error(`observer ${preset} ${listener} died: ${run.signal ?? firstLine(run.stderr)}`);
}

/** Samples by listener, those of one turn at the same place. */
export function rowsOf(samples: ReadonlyMap<string, readonly ObserverSample[]>): ObserverRow[] {
  const [nobody] = LISTENERS;
  const base = (samples.get(nobody?.name ?? "") ?? []).map(({ cpuNs }) => cpuNs);
  return [...samples].map(([listener, taken]) => {
    const times = taken.map(({ cpuNs }) => cpuNs);
    const row = { listener, eventCount: taken[0]?.eventCount ?? 0, cpuNs: spread(times) };
    if (listener === nobody?.name) return row;
    return { ...row, difference: pairedDifference(base, times) };
  });
}
