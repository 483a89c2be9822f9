import { UsageError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createMemoryManager, PRESET_NAMES } from "../src/index.js";

it.each(PRESET_NAMES)("%s, in fast mode too, refuses a generation that it has not", (preset) => {
  const manager = createMemoryManager(preset, { reservationBytes: 1 << 25 });
  const { mutator } = manager;
  const { oldestGeneration } = manager.collector;
  for (const generation of [5, -1, 0.5, oldestGeneration + 1]) {
    expect(() => mutator.collect(generation)).toThrow(UsageError);
    expect(() => mutator.collect(generation)).toThrow(
      `collect: generation ${generation} is not a whole number from 0 to ${oldestGeneration}`,
    );
  }
  expect(mutator.collect(0).generation).toBe(0);
  expect(mutator.collect().generation).toBe(oldestGeneration);
});
