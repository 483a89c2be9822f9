// The passes that measure time: whole replays in a loop that does nothing else, in a thread of
// their own (timing-worker.ts). Run from sources, where no built worker lies beside this module,
// they share this thread and come out slower.

import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { type AllocationTrace, timeReplay } from "@ouro/trace";
import type { PassTimes } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";
import { createRig } from "./rig.js";
import type { TimingMessage, TimingOrder } from "./timing-worker.js";

const LISTEN_MS = 50;

/** Passes on a fresh heap without the meter; the first one, on untouched memory, does not count. */
export async function runTimedPasses(
  trace: AllocationTrace,
  options: ReplayOptions,
  work: Work,
): Promise<PassTimes> {
  const order: TimingOrder = {
    compositionName: options.composition.name,
    limitBytes: options.limitBytes,
    peakLiveBytes: trace.footer.peakLiveBytes,
    events: trace.events,
    passCount: options.passCount,
  };
  const workerUrl = new URL("./timing-worker.js", import.meta.url);
  const passes = existsSync(workerUrl)
    ? await timeInThread(workerUrl, order, work)
    : await timeHere(trace, options, work);
  return passTimes(passes);
}

async function timeInThread(url: URL, order: TimingOrder, work: Work): Promise<number[]> {
  const passes: number[] = [];
  let end: "running" | "done" | Error = "running";
  const worker = new Worker(url, { workerData: order });
  worker.on("message", (message: TimingMessage) => {
    if ("passNsPerEvent" in message) passes.push(message.passNsPerEvent);
    else end = "failure" in message ? new Error(message.failure) : "done";
    work.progress.reach(Math.max(0, passes.length - 1) * order.events.eventCount);
  });
  worker.on("error", (error) => {
    end = error instanceof Error ? error : new Error(String(error));
  });
  try {
    while ((end as string | Error) === "running") {
      await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
      await work.breathe();
    }
  } finally {
    await worker.terminate();
  }
  if ((end as string | Error) instanceof Error) throw end;
  return passes.slice(1, order.passCount + 1);
}

async function timeHere(
  trace: AllocationTrace,
  { composition, limitBytes, passCount }: ReplayOptions,
  work: Work,
): Promise<number[]> {
  const { peakLiveBytes } = trace.footer;
  const rig = await createRig({ composition, limitBytes, peakLiveBytes });
  const passes: number[] = [];
  while (passes.length < passCount) {
    await work.breathe();
    const timing = timeReplay(trace.events, rig.allocator, rig.heap.words, {
      nowMs: work.nowMs,
      passCount: 1,
    });
    passes.push(timing.minNsPerEvent);
    work.progress.reach(passes.length * trace.events.eventCount);
  }
  return passes;
}

function passTimes(passes: readonly number[]): PassTimes {
  const sorted = [...passes].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0, passes };
}
