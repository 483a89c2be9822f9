// What is measured. A workload is one call of one timed loop; a group is what a user names.

import { COLLECTIONS } from "./collections/collection.js";
import { OBSERVER } from "./observers/observer.js";
import { PROGRAMS } from "./programs/program.js";
import { BATCH_LIMIT, type ReplaceShape } from "./sequence.js";

export type LoopCall =
  | { readonly loop: "replace"; readonly shape: ReplaceShape; readonly pairCount: number }
  | { readonly loop: "million"; readonly blockCount: number }
  | {
      readonly loop: "trace";
      readonly file: string;
      readonly eventCount: number;
      readonly peakLiveBytes: number;
    }
  | { readonly loop: "footprint"; readonly blockCount: number; readonly requestBytes: number };

export interface Workload {
  readonly group: Group;
  readonly name: string;
  readonly title: string;
  readonly call: LoopCall;
}

const ALLOCATOR_GROUPS = [
  "pairs",
  "mixed",
  "wide",
  "live",
  "million",
  "trace",
  "footprint",
  "assertions",
] as const;
/** What a user may name: workloads of allocators, of whole managers, of collectors, observers. */
export const GROUPS = [...ALLOCATOR_GROUPS, ...PROGRAMS, ...COLLECTIONS, OBSERVER] as const;
export type Group = (typeof GROUPS)[number];

/** A recorded trace, decoded to words that every peer can read. */
export interface TraceWords {
  readonly name: string;
  readonly file: string;
  readonly eventCount: number;
  readonly peakLiveBytes: number;
}

export const MILLION_REQUEST_BYTES = 32;
export const LIVE_COUNT = 10_000;
export const LIVE_COUNTS = [1_000, 10_000, 100_000, 1_000_000] as const;

export function makeWorkloads(
  groups: readonly Group[],
  traces: readonly TraceWords[],
  isQuick: boolean,
): Workload[] {
  const all = [
    ...replaceWorkloads(isQuick ? BATCH_LIMIT >> 2 : BATCH_LIMIT),
    ...wholeWorkloads(isQuick ? 250_000 : 1_000_000),
    ...traces.map(traceWorkload),
  ];
  return groups.flatMap((group) => all.filter((workload) => workload.group === group));
}

function replaceWorkloads(pairCount: number): Workload[] {
  const small = { liveCount: LIVE_COUNT, smallestBytes: 32, largestBytes: 32, lastOnly: false };
  const mixed = { liveCount: LIVE_COUNT, smallestBytes: 8, largestBytes: 512, lastOnly: false };
  return [
    {
      group: "pairs",
      name: "pairs-random",
      title: "free + allocate 32 bytes, 10,000 live, random slot",
      call: { loop: "replace", shape: small, pairCount },
    },
    {
      group: "pairs",
      name: "pairs-last",
      title: "free + allocate 32 bytes, 10,000 live, the block allocated last",
      call: { loop: "replace", shape: { ...small, lastOnly: true }, pairCount },
    },
    {
      group: "mixed",
      name: "mixed",
      title: "free + allocate 8–512 bytes, 10,000 live, random slot",
      call: { loop: "replace", shape: mixed, pairCount },
    },
    {
      group: "wide",
      name: "wide",
      title: "free + allocate 8 B–64 KiB, log-uniform, 10,000 live, random slot",
      call: {
        loop: "replace",
        shape: { ...mixed, largestBytes: 65_536, isLog: true },
        pairCount: pairCount >> 2,
      },
    },
    ...[LIVE_COUNT, 100].flatMap((liveCount) =>
      [small, mixed].map((shape): Workload => {
        const isSmall = shape === small;
        return {
          group: "assertions",
          name: `assertions-${isSmall ? "pairs" : "mixed"}-${liveCount}`,
          title:
            `free + allocate ${isSmall ? "32" : "8–512"} bytes, ` +
            `${liveCount.toLocaleString("en")} live, by assertion level`,
          call: { loop: "replace", shape: { ...shape, liveCount }, pairCount },
        };
      }),
    ),
    ...LIVE_COUNTS.map(
      (liveCount): Workload => ({
        group: "live",
        name: `live-${liveCount}`,
        title: `free + allocate 8–512 bytes, ${liveCount.toLocaleString("en")} live, random slot`,
        call: { loop: "replace", shape: { ...mixed, liveCount }, pairCount },
      }),
    ),
  ];
}

function wholeWorkloads(blockCount: number): Workload[] {
  const count = blockCount.toLocaleString("en");
  return [
    {
      group: "million",
      name: "million",
      title: `${count} blocks of ${MILLION_REQUEST_BYTES} bytes, in memory that is fresh at first`,
      call: { loop: "million", blockCount },
    },
    ...[16, 32].map(
      (requestBytes): Workload => ({
        group: "footprint",
        name: `footprint-${requestBytes}`,
        title: `resident bytes per ${requestBytes}-byte block, ${count} blocks, slots not counted`,
        call: { loop: "footprint", blockCount, requestBytes },
      }),
    ),
  ];
}

function traceWorkload({ name, file, eventCount, peakLiveBytes }: TraceWords): Workload {
  return {
    group: "trace",
    name: `trace-${name}`,
    title: `replay of ${name}, ${eventCount.toLocaleString("en")} events`,
    call: { loop: "trace", file, eventCount, peakLiveBytes },
  };
}
