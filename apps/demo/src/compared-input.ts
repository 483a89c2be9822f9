// Which course an input is: objects on a memory manager, or allocations on an allocator. What goes
// wrong is a result, so that a process of its own can tell it.

import { failureOf } from "./compare-failure.js";
import type { CompareOrder, PointAnswer } from "./compare-result.js";
import { isHeapImage } from "./inspected-heap.js";
import { kindOf } from "./recording.js";

/** An answer for each point; the input is read once for all of them. Never throws. */
export async function* runAnyStrategy(
  order: CompareOrder,
  tell: (share: number) => void,
): AsyncGenerator<PointAnswer, void> {
  const { file, bytes, strategy } = order;
  const kind = isHeapImage(bytes) ? "heap-image" : kindOf(file, bytes);
  try {
    if (kind === "allocation-trace") {
      const { runAllocator } = await import("./compared-allocator.js");
      yield await runAllocator(order, tell);
      return;
    }
    const { readCourses, runStrategy } = await import("./compared-strategy.js");
    const set = readCourses(order);
    for (const thresholds of order.points) {
      yield { input: set.input, result: runStrategy({ ...order, thresholds }, set, tell) };
    }
  } catch (error) {
    // Of the input, so of all points: what a strategy can not do is its result.
    const input = { file, kind, name: file, programs: null } as const;
    const nothing = { figures: null, liveness: null, wall: null, failure: failureOf(error) };
    for (const point of order.points) {
      yield { input, result: { strategy, value: point?.value ?? null, ...nothing } };
    }
  }
}
