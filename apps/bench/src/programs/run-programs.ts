// The rounds of the programs: every subject in turn, one process each, as for the allocators.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Tools } from "../spawn.js";
import { median, type Spread, spread } from "../statistics.js";
import { firstLine, peersFolder } from "../tool.js";
import type { Program, ProgramResult } from "./program.js";
import { PROGRAM_PEERS, type ProgramPeer } from "./program-peer.js";

export interface ProgramRow {
  readonly peer: string;
  /** What is timed; empty when only memory is measured. */
  readonly metric: string;
  /** Nanoseconds per object: median over the rounds of each process's least. */
  readonly cpuNs?: Spread;
  readonly wallNs?: Spread;
  readonly bytesPerObject?: number;
  /** How many times faster, or smaller, this peer is than these. */
  readonly timesBetterThan?: { readonly cpython?: number; readonly v8?: number };
  /** Its time over that of the same strategy by hand, or of the same manager alone. */
  readonly price?: number;
  readonly problem?: string;
}

export interface ProgramResults {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly ProgramRow[];
}

export interface ProgramSettings {
  readonly tools: Tools;
  readonly roundCount: number;
  readonly timeoutSeconds: number;
  readonly progress: (message: string) => void;
}

interface Collected {
  readonly peer: ProgramPeer;
  readonly results: ProgramResult[];
  problem?: string;
}

/** Runs one program on all of its peers. Throws when two of them counted different objects. */
export function runProgram(program: Program, settings: ProgramSettings): ProgramResults {
  const peers = PROGRAM_PEERS.filter(({ programs }) => programs.includes(program.name));
  const all = peers.map((peer): Collected => ({ peer, results: [] }));
  for (let round = 1; round <= settings.roundCount; round++) {
    for (const entry of all) {
      if (entry.problem !== undefined) continue;
      const { name } = entry.peer;
      settings.progress(`${program.name} round ${round}/${settings.roundCount} ${name}`);
      takeSample(entry, program, settings);
    }
  }
  const checksums = new Set(all.flatMap(({ results }) => results.map(({ checksum }) => checksum)));
  if (checksums.size > 1) {
    throw new Error(`${program.name}: peers counted different objects: ${[...checksums]}`);
  }
  const rows = withProgramRatios(all.flatMap(rowsOf));
  return { name: program.name, title: program.title, rows };
}

function takeSample(entry: Collected, program: Program, settings: ProgramSettings): void {
  const command = commandFor(entry.peer, program, settings.tools);
  if ("missing" in command) {
    entry.problem = `not available: ${command.missing}`;
    return;
  }
  const run = spawnSync(command.file, command.words, {
    encoding: "utf8",
    timeout: settings.timeoutSeconds * 1000,
    killSignal: "SIGKILL",
    env: { ...process.env, OURO_BENCH_SAMPLE: "1" },
  });
  if (run.signal === "SIGINT") process.exit(130);
  if (run.status === 0) entry.results.push(JSON.parse(run.stdout) as ProgramResult);
  else entry.problem = `died: ${run.signal ?? firstLine(reasonIn(run.stderr))}`;
}

function reasonIn(stderr: string): string {
  return stderr.split("\n").find((part) => /^\w*(Error|Exception)\b/.test(part)) ?? stderr;
}

function commandFor(peer: ProgramPeer, { name, size, repeatCount }: Program, tools: Tools) {
  const numbers = [name, String(size), String(repeatCount)];
  if (peer.name !== "cpython") {
    const file = fileURLToPath(new URL("./programs/program-sample.js", import.meta.url));
    return { file: tools.node, words: [file, peer.name, ...numbers] };
  }
  if ("missing" in tools.python) return tools.python;
  return { file: tools.python.value.command, words: [`${peersFolder}programs.py`, ...numbers] };
}

function rowsOf({ peer, results, problem }: Collected): ProgramRow[] {
  const first = results[0];
  if (first === undefined || problem !== undefined) {
    return [{ peer: peer.name, metric: "", problem: problem ?? "no sample" }];
  }
  if (first.bytesPerObject !== undefined) {
    const bytesPerObject = median(results.map((result) => result.bytesPerObject ?? 0));
    return [{ peer: peer.name, metric: "", bytesPerObject }];
  }
  return Object.keys(first.timings).map((metric) => {
    const stretches = results.map((result) => result.timings[metric] ?? []);
    const least = (unit: "cpuNs" | "wallNs") =>
      spread(stretches.map((all) => Math.min(...all.map((stretch) => stretch[unit]))));
    return { peer: peer.name, metric, cpuNs: least("cpuNs"), wallNs: least("wallNs") };
  });
}

/** Adds how each row compares with CPython, V8 and the same strategy by hand. */
export function withProgramRatios(rows: readonly ProgramRow[]): ProgramRow[] {
  const figureOf = (row: ProgramRow | undefined) => row?.cpuNs?.median ?? row?.bytesPerObject;
  const of = (peer: string, metric: string) =>
    figureOf(rows.find((row) => row.peer === peer && row.metric === metric));
  return rows.map((row) => {
    const own = figureOf(row);
    const hand = PROGRAM_PEERS.find(({ name }) => name === row.peer)?.hand;
    if (own === undefined) return row;
    const times = (peer: string) => {
      const theirs = row.peer === peer ? undefined : of(peer, row.metric);
      return theirs === undefined ? undefined : theirs / own;
    };
    const byHand = hand === undefined ? undefined : of(hand, row.metric);
    const cpython = times("cpython");
    const v8 = times("v8");
    return {
      ...row,
      timesBetterThan: {
        ...(cpython === undefined ? {} : { cpython }),
        ...(v8 === undefined ? {} : { v8 }),
      },
      ...(byHand === undefined ? {} : { price: own / byHand }),
    };
  });
}
