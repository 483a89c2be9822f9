// Arrays of more bytes than an allocator can be asked for, or than 31 or 32 bits can say: each
// memory manager answers that it has no room, and goes on as before.

import { OutOfMemoryError, slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { describeType } from "../src/index.js";
import { managers } from "./rigs.js";

const LENGTHS = [2 ** 29, 2 ** 30 - 20, 2 ** 30 - 4, 2 ** 30 - 3, 2 ** 30 - 1];

it.each(managers)("%s has no room for an array of gigabytes, and says so", (_preset, make) => {
  const { mutator, types, collector, validate } = make({ limitBytes: 16 << 20 });
  const frame = mutator.enter(2);
  for (const variablePart of ["raw", "visited", "owned"] as const) {
    const type = types.define(describeType({ name: variablePart, variablePart }));
    const kept = mutator.allocateArray(type, 3, frame);
    for (const length of LENGTHS) {
      const call = () => mutator.allocateArray(type, length, slotAt(frame, 1));
      expect(call).toThrow(OutOfMemoryError);
      expect(call).toThrow("no room");
      expect(collector.tryAllocate(type, length + 3)).toBe(0);
    }
    expect(mutator.lengthOf(mutator.root(frame) as typeof kept)).toBe(3);
  }
  expect(mutator.root(slotAt(frame, 1))).toBe(0);
  validate();
});
