// What V8 needs for the same list, right after building it and after a full collection.

import { createV8Programs } from "../programs/v8-programs.js";
import type { CollectionSample, CollectionWorkload } from "./collection.js";
import { ROUNDS_TO_WARM_UP } from "./stopwatch.js";

declare const gc: (() => void) | undefined;

export function measureV8Bytes({ size }: CollectionWorkload): CollectionSample {
  if (gc === undefined) throw new Error("needs --expose-gc");
  const program = createV8Programs();
  for (let round = 0; round < ROUNDS_TO_WARM_UP; round++) {
    program.buildList(5000);
    program.dropList();
  }
  gc();
  const before = process.memoryUsage.rss();
  program.buildList(size);
  gc();
  const bytes = (process.memoryUsage.rss() - before) / size;
  program.dropList();
  return { measures: { "": { wall: [bytes] } }, checksum: size };
}
