// Which course an input is: objects on a memory manager, or allocations on an allocator. What goes
// wrong is a result, so that a process of its own can tell it.

import { failureOf } from "./compare-failure.js";
import type { CompareMessage, CompareOrder, StrategyResult } from "./compare-result.js";
import { isHeapImage } from "./inspected-heap.js";
import { kindOf } from "./recording.js";

type Answer = Extract<CompareMessage, { result: StrategyResult }>;

/** Never throws. */
export async function runAnyStrategy(
  order: CompareOrder,
  tell: (share: number) => void,
): Promise<Answer> {
  const { file, bytes, strategy } = order;
  const kind = isHeapImage(bytes) ? "heap-image" : kindOf(file, bytes);
  try {
    if (kind === "allocation-trace") {
      const { runAllocator } = await import("./compared-allocator.js");
      return await runAllocator(order, tell);
    }
    const { readCourses, runStrategy } = await import("./compared-strategy.js");
    const set = readCourses(order);
    return { input: set.input, result: runStrategy(order, set, tell) };
  } catch (error) {
    const nothing = { figures: null, liveness: null, wall: null };
    return {
      input: { file, kind, name: file, programs: null },
      result: { strategy, value: null, ...nothing, failure: failureOf(error) },
    };
  }
}
