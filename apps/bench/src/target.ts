// What the project set out to reach on the pinned Node, and whether this run did.

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

const SPEED_WORKLOADS = ["pairs-random", "pairs-last", "mixed"];
const SPEED_TARGETS = [
  {
    peer: "tlsf",
    wanted: 2,
    statement: "at least 2× faster than AssemblyScript's TLSF, net",
    workloads: SPEED_WORKLOADS,
  },
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
  const growth = growthTarget(named);
  return growth === undefined ? speed : [...speed, growth];
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
