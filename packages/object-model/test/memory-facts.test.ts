// What is said when memory or frame slots run out, in bytes, and that lists go on without the room
// that they would give back.

import { OutOfMemoryError, type Reference, type Slot, slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createLists } from "../src/index.js";
import { makeManager } from "./manager.js";

function factsOf(call: () => unknown): object {
  try {
    call();
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    const { message, requestBytes, lentBytes, limitBytes } = error;
    return { where: message.split(":")[0], requestBytes, lentBytes, limitBytes };
  }
  return {};
}

it("a frame that has no room says what it asked for, what is used, and what there is", () => {
  const { mutator } = makeManager({ frameSlotLimitCount: 20 });
  const frame = mutator.enter(12);
  const where = "enter (frameSlotLimitCount sets the room for frames)";
  expect(factsOf(() => mutator.enter(9))).toEqual({
    ...{ where, requestBytes: 36, lentBytes: 48, limitBytes: 80 },
  });
  const inner = mutator.enter(8);
  expect(factsOf(() => mutator.enter(1))).toMatchObject({ requestBytes: 4, lentBytes: 80 });
  mutator.leave(inner);
  expect(mutator.enter(8)).toBe(inner);
  expect(inner).toBe(slotAt(frame, 12));
});

it("an object that has no room says its type and its size", () => {
  const { mutator, defineType, heap } = makeManager({ limitBytes: 2 << 20 });
  const raw = defineType({ name: "raw", variablePart: "raw" });
  const bytes = defineType({ name: "bytes", variablePart: "bytes" });
  const large = defineType({ name: "large", rawWordCount: 60_000 });
  const frame = mutator.enter(1);
  const { lentBytes } = heap.statistics();
  const facts = { lentBytes, limitBytes: 2 << 20 };
  expect(factsOf(() => mutator.allocateArray(raw, 600_000, frame))).toEqual({
    ...{ where: 'allocate "raw"', requestBytes: 4 * 600_003, ...facts },
  });
  expect(factsOf(() => mutator.allocateArray(bytes, 2_400_001, frame))).toEqual({
    ...{ where: 'allocate "bytes"', requestBytes: 4 * 600_004, ...facts },
  });
  for (let count = 0; count < 8; count++) factsOf(() => mutator.allocate(large, frame));
  expect(factsOf(() => mutator.allocate(large, frame))).toMatchObject({
    ...{ where: 'allocate "large"', requestBytes: 4 * 60_002 },
  });
});

it("a list that has no memory to give room back in keeps the room, and its elements", () => {
  const manager = makeManager({ limitBytes: 3 << 20 });
  const { mutator, defineType } = manager;
  const lists = createLists(manager);
  const frame = mutator.enter(4);
  const slot = (index: number): Slot => slotAt(frame, index);
  const list = (): Reference => mutator.root(frame) as Reference;
  lists.allocate(frame);
  for (let count = 1; count <= 200; count++) {
    mutator.setRoot(slot(1), -count);
    lists.append(frame, slot(1));
  }
  const raw = defineType({ name: "raw", variablePart: "raw" });
  for (let length = 100_000; length >= 1; length >>= 1) {
    while (!("where" in factsOf(() => mutator.allocateArray(raw, length, slot(2)))));
  }
  for (let count = 200; count > 1; count--) {
    lists.pop(frame, slot(3));
    expect(mutator.root(slot(3))).toBe(-count);
    expect(lists.lengthOf(list())).toBe(count - 1);
  }
  lists.validate(list());
  expect(lists.get(list(), 0)).toBe(-1);
});
