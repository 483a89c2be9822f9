// Test support: arbitrary programs of allocator calls, as events of a trace.

import * as fc from "fast-check";
import { createTraceRecorder, type TraceEvents } from "../src/index.js";

export interface RecordedProgram {
  readonly events: TraceEvents;
  readonly markNames: readonly string[];
}

/** Sizes around all that matters: 0, class borders, the limit of small requests, large ones. */
export function sizeArbitrary(sizeLimitBytes: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 520 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 16, 17, 511, 512, 513) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: sizeLimitBytes }) },
  );
}

/** Programs whose frees and reallocs name live blocks only. */
export function programArbitrary(
  options: { callLimit?: number; sizeLimitBytes?: number } = {},
): fc.Arbitrary<RecordedProgram> {
  const { callLimit = 300, sizeLimitBytes = 2 ** 31 - 1 } = options;
  const call = fc.record({
    choice: fc.integer({ min: 0, max: 99 }),
    which: fc.nat(),
    sizeBytes: sizeArbitrary(sizeLimitBytes),
    domain: fc.constantFrom("obj" as const, "mem" as const),
  });
  return fc.array(call, { maxLength: callLimit, size: "max" }).map((calls) => {
    const recorder = createTraceRecorder();
    const live: number[] = [];
    for (const { choice, which, sizeBytes, domain } of calls) {
      const at = live.length === 0 ? -1 : which % live.length;
      if (choice < 3) recorder.mark(`phase ${which % 10}`);
      else if (choice < 45 || at < 0) live.push(recorder.malloc(sizeBytes, domain));
      else if (choice < 55) live.push(recorder.calloc(sizeBytes, domain));
      else if (choice < 70) recorder.realloc(live[at] as number, sizeBytes, domain);
      else recorder.free(live.splice(at, 1)[0] as number, domain);
    }
    return { events: recorder.events(), markNames: recorder.markNames() };
  });
}
