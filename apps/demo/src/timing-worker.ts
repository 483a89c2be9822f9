// Times passes in a thread of its own. V8 keeps one record of types for a piece of code, however
// many allocators run it: after a checking pass, with its meter and patterns, the same code is
// slower. A new thread has a record of its own, so the figure is that of the composition alone.

import { parentPort, workerData } from "node:worker_threads";
import { type TraceEvents, timeReplay } from "@ouro/trace";
import { parseComposition } from "./composition.js";
import { createRig } from "./rig.js";

export interface TimingOrder {
  readonly compositionName: string;
  readonly limitBytes: number | undefined;
  readonly peakLiveBytes: number;
  readonly events: TraceEvents;
  readonly passCount: number;
}

/** One message a pass, in nanoseconds an event, the first pass and maybe one too many included. */
export type TimingMessage =
  | { readonly passNsPerEvent: number }
  | { readonly failure: string }
  | { readonly isDone: true };

async function run({ compositionName, ...order }: TimingOrder): Promise<void> {
  const tell = (message: TimingMessage): void => parentPort?.postMessage(message);
  try {
    const rig = await createRig({ composition: parseComposition(compositionName), ...order });
    const { events, passCount } = order;
    for (let pass = 0; pass <= passCount; pass += 2) {
      const timing = timeReplay(events, rig.allocator, rig.heap.words, {
        nowMs: () => performance.now(),
        passCount: 1,
      });
      tell({ passNsPerEvent: timing.firstPassNsPerEvent });
      tell({ passNsPerEvent: timing.minNsPerEvent });
    }
    tell({ isDone: true });
  } catch (error) {
    tell({ failure: error instanceof Error ? error.message : String(error) });
  }
}

void run(workerData as TimingOrder);
