// The passes that measure time: whole replays in a loop that does nothing else.

import { type AllocationTrace, timeReplay } from "@ouro/trace";
import type { PassTimes } from "./replay-result.js";
import type { ReplayOptions, Work } from "./replay-work.js";
import { createRig } from "./rig.js";

/** Passes on a fresh heap without the meter; the first one, on untouched memory, does not count. */
export async function runTimedPasses(
  trace: AllocationTrace,
  options: ReplayOptions,
  work: Work,
): Promise<PassTimes> {
  const { composition, limitBytes, passCount } = options;
  const { peakLiveBytes } = trace.footer;
  const rig = await createRig({ composition, limitBytes, peakLiveBytes });
  const passes: number[] = [];
  while (passes.length < passCount) {
    await work.breathe();
    const timing = timeReplay(trace.events, rig.allocator, rig.heap.words, {
      nowMs: work.nowMs,
      passCount: 1,
    });
    if (passes.length > 0) passes.push(timing.firstPassNsPerEvent);
    passes.push(...timing.passesNsPerEvent);
    work.progress.reach(Math.min(passes.length, passCount) * trace.events.eventCount);
  }
  return passTimes(passes.slice(0, passCount));
}

function passTimes(passes: readonly number[]): PassTimes {
  const sorted = [...passes].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0, passes };
}
