// What the project set out to reach on the pinned Node, and whether this run did.

import { NULL_OF_HOST, PEERS } from "./peer.js";
import type { WorkloadResult } from "./run.js";

export interface Target {
  readonly workload: string;
  /** The peer it speaks about; its row carries the answer. */
  readonly peer: string;
  readonly statement: string;
  /** Undefined when this run did not measure both sides. */
  readonly measured: number | undefined;
  readonly wanted: number;
  readonly isReached: boolean | undefined;
}

const SMALL_WORKLOADS = ["pairs-random", "pairs-last", "mixed"];
const SPEED_WORKLOADS = [...SMALL_WORKLOADS, "wide"];
const SPEED_TARGETS = [
  {
    peer: "tlsf",
    wanted: 2,
    statement: "at least 2× faster than AssemblyScript's TLSF, net",
    workloads: SMALL_WORKLOADS,
  },
  ...[
    ["tlsf", "AssemblyScript's TLSF"],
    ["malloc", "malloc (npm)"],
    ["thi.ng", "@thi.ng/malloc"],
    ["v8-typed-array", "new Uint8Array"],
  ].map(([peer = "", title]) => ({
    peer,
    wanted: 1,
    statement: `faster than ${title}, net`,
    workloads: ["wide"],
  })),
  {
    peer: "c-malloc",
    wanted: 1,
    statement: "faster than C malloc, net",
    workloads: SPEED_WORKLOADS,
  },
  {
    // Not with the block allocated last: that one is the first of its list, found at once.
    peer: "thi.ng",
    wanted: 100,
    statement: "at least 100× faster than @thi.ng/malloc, net",
    workloads: ["pairs-random", "mixed"],
  },
];
/** Limits on ratios of two rows. */
const CHECKED_LIMIT = 8;
const TRACE_LIMIT = 1.5;
const RESIDENT_LIMIT = 1.1;
const SECOND_TIME_LIMIT = 1.5;
const FEW_LIVE = "live-1000";
const MANY_LIVE = "live-1000000";

export function answerTargets(results: readonly WorkloadResult[]): Target[] {
  const named = new Map(results.map((result) => [result.name, result]));
  const speed = SPEED_WORKLOADS.flatMap((workload) => {
    const result = named.get(workload);
    if (result === undefined) return [];
    const asked = SPEED_TARGETS.filter(({ workloads }) => workloads.includes(workload));
    return asked.map(({ peer, wanted, statement }): Target => {
      const row = result.rows.find((candidate) => candidate.peer === peer);
      const measured = row?.oursTimesFaster?.net;
      const isReached = measured === undefined ? undefined : isEnough(measured, wanted);
      return { workload, peer, statement, wanted, measured, isReached };
    });
  });
  const limits = results.flatMap(limitTargets);
  const growth = growthTarget(named);
  return growth === undefined ? [...speed, ...limits] : [...speed, ...limits, growth];
}

/** What must not take longer, or more, than a limit. */
function limitTargets(result: WorkloadResult): Target[] {
  const { name: workload, group } = result;
  const rowOf = (peer: string, metric?: string) =>
    result.rows.find((row) => row.peer === peer && (metric ?? row.metric) === row.metric);
  const atMost = (
    peer: string,
    statement: string,
    wanted: number,
    ours: number | undefined,
    theirs: number | undefined,
  ): Target => {
    const measured = ours === undefined || theirs === undefined ? undefined : ours / theirs;
    const isReached = measured === undefined ? undefined : measured <= wanted;
    return { workload, peer, statement, wanted, measured, isReached };
  };
  const netOf = (peer: string) => rowOf(peer)?.netCpuNs;
  const targets: Target[] = [];
  const checked = rowOf("ouro-checked");
  if (checked?.cpuNs !== undefined) {
    const statement = `checked at most ${CHECKED_LIMIT}× the time of fast, net`;
    const fast = netOf("ouro-router");
    targets.push(atMost("ouro-checked", statement, CHECKED_LIMIT, checked.netCpuNs, fast));
  }
  if (group === "trace") {
    const statement = `at most ${TRACE_LIMIT}× the time of PyObject_Malloc in C, net`;
    const [ours, theirs] = [netOf("ouro-router"), netOf("cpython")];
    targets.push(atMost("cpython", statement, TRACE_LIMIT, ours, theirs));
  }
  if (group === "million") {
    const statement = `after a shuffled free at most ${SECOND_TIME_LIMIT}× the first time, gross`;
    const grossOf = (metric: string) => rowOf("ouro", metric)?.cpuNs?.median;
    const [again, first] = [grossOf("allocate after shuffled"), grossOf("allocate")];
    targets.push(atMost("ouro", statement, SECOND_TIME_LIMIT, again, first));
  }
  if (group === "wide") targets.push(residentTarget(result));
  return targets;
}

/**
 * Resident memory without that of the null allocator of the same host, against the best peer of
 * those that did as many operations: a slow peer does fewer, and so leaves fewer holes.
 */
function residentTarget({ name: workload, rows }: WorkloadResult): Target {
  const netOf = (peer: string): number | undefined => {
    const host = PEERS.find(({ name }) => name === peer)?.host;
    const bare = rows.find((row) => host !== undefined && row.peer === NULL_OF_HOST[host]);
    const row = rows.find((candidate) => candidate.peer === peer);
    if (row?.residentBytes === undefined || bare?.residentBytes === undefined) return undefined;
    return row.residentBytes - bare.residentBytes;
  };
  const workOf = (peer: string) => rows.find((row) => row.peer === peer)?.operationCount;
  const others = rows
    .filter(({ peer }) => !peer.startsWith("null") && !peer.startsWith("ouro"))
    .filter(({ operationCount }) => operationCount === workOf("ouro-router"))
    .map(({ peer }) => netOf(peer) ?? Infinity);
  const best = Math.min(...others);
  const ours = netOf("ouro-router");
  const measured = ours === undefined || best === Infinity ? undefined : ours / best;
  const statement = `at most ${RESIDENT_LIMIT}× the best resident memory for equal work, net`;
  const isReached = measured === undefined ? undefined : measured <= RESIDENT_LIMIT;
  return {
    workload,
    peer: "ouro-router",
    statement,
    wanted: RESIDENT_LIMIT,
    measured,
    isReached,
  };
}

/** "Faster" is more than once as fast; "at least" includes the number itself. */
function isEnough(measured: number, wanted: number): boolean {
  return wanted === 1 ? measured > 1 : measured >= wanted;
}

/** Time per pair with a million live over that with a thousand, ours and C's. */
function growthTarget(named: ReadonlyMap<string, WorkloadResult>): Target | undefined {
  const few = named.get(FEW_LIVE);
  const many = named.get(MANY_LIVE);
  if (few === undefined || many === undefined) return undefined;
  const growthOf = (peer: string) => {
    const before = few.rows.find((row) => row.peer === peer)?.cpuNs?.median;
    const after = many.rows.find((row) => row.peer === peer)?.cpuNs?.median;
    return before === undefined || after === undefined ? undefined : after / before;
  };
  const ours = growthOf("ouro");
  const theirs = growthOf("c-malloc");
  const statement = "from 1,000 to 1,000,000 live the time grows no more than C malloc's, gross";
  const base = { workload: MANY_LIVE, peer: "c-malloc", statement, measured: ours };
  if (theirs === undefined) return { ...base, wanted: Number.NaN, isReached: undefined };
  return { ...base, wanted: theirs, isReached: ours === undefined ? undefined : ours <= theirs };
}

/** "reached: 3.1×", for a table's last column. */
export function answerText({ measured, isReached }: Target): string {
  if (measured === undefined || isReached === undefined) return "not measured";
  return `${isReached ? "reached" : "not reached"}: ${measured.toFixed(2)}×`;
}
