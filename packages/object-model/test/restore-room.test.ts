// Where an image goes, and where there is no room for it: a heap that holds anything, whatever its
// counts add up to, too few handles, frame slots, types or bytes.

import { isOuroError, OutOfMemoryError, slotAt } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { type ManagerOptions, makeManager } from "./manager.js";

/** A pair that a handle holds, and one in each of two frame slots. */
function makeImage() {
  const { mutator, handles, defineType, saveHeap } = makeManager();
  const pair = defineType({ name: "pair", visitedSlotCount: 2 });
  defineType({ name: "page", variablePart: "raw" });
  const frame = mutator.enter(2);
  for (const each of [0, 1]) mutator.allocate(pair, slotAt(frame, each));
  handles.make();
  handles.hold(frame);
  return saveHeap();
}

function errorOf(options: ManagerOptions, prepare = (_: ReturnType<typeof makeManager>) => {}) {
  const manager = makeManager(options);
  prepare(manager);
  try {
    manager.restoreHeap(makeImage());
  } catch (error) {
    if (isOuroError(error)) return error;
    throw error;
  }
  return undefined;
}

describe("an image is restored", () => {
  it("where there is just room for it", () => {
    const options = { handleLimitCount: 2, frameSlotLimitCount: 2, typeLimitCount: 2 };
    expect(errorOf(options)).toBeUndefined();
  });

  it.each<[string, ManagerOptions, string, number, number]>([
    ["handles", { handleLimitCount: 1 }, "restoreHeap (handleLimitCount sets the room)", 8, 4],
    ["slots", { frameSlotLimitCount: 1 }, "restoreHeap (frameSlotLimitCount sets the room)", 8, 4],
  ])("but not with one too few %s, and says how many bytes it asked for", (_name, ...rest) => {
    const [options, where, requestBytes, limitBytes] = rest;
    const error = errorOf(options) as OutOfMemoryError;
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.message.startsWith(`${where}: `)).toBe(true);
    expect([error.requestBytes, error.lentBytes, error.limitBytes]).toEqual([
      ...[requestBytes, 0, limitBytes],
    ]);
  });

  it("but not into a heap that has as many of one thing as of another", () => {
    const withHandle = errorOf({}, ({ mutator, handles, defineType }) => {
      const frame = mutator.enter(1);
      mutator.allocate(defineType({ name: "pair", visitedSlotCount: 2 }), frame);
      handles.hold(frame);
      mutator.leave(frame);
    });
    const withSlot = errorOf({}, ({ mutator, defineType }) => {
      mutator.allocate(defineType({ name: "pair", visitedSlotCount: 2 }), mutator.enter(1));
    });
    const says = "restoreHeap: the heap is not empty: it has 1 objects, ";
    const remedy = "Restore into a new memory manager";
    expect(withHandle?.message).toBe(`${says}1 handles, 0 frame slots. ${remedy}`);
    expect(withSlot?.message).toBe(`${says}0 handles, 1 frame slots. ${remedy}`);
  });

  it("but not beside other types, and says what to do", () => {
    const missing = errorOf({}, ({ defineType }) => void defineType({ name: "other" }));
    const other = errorOf(
      {},
      ({ defineType }) => void defineType({ name: "pair", rawWordCount: 1 }),
    );
    const remedy = "Restore into a new memory manager, or define the same types";
    expect(missing?.message).toBe(`restoreHeap: type "pair" is not defined here. ${remedy}`);
    expect(other?.message).toBe(
      `restoreHeap: type "pair" has rawWordCount 0, and 1 here. ${remedy}`,
    );
  });

  it("but not without memory for each object, and says after how many", () => {
    const large = makeManager({ isWide: true });
    const page = large.defineType({ name: "page", variablePart: "raw" });
    const frame = large.mutator.enter(3);
    for (const each of [0, 1, 2]) large.mutator.allocateArray(page, 200_000, slotAt(frame, each));
    const small = makeManager({ limitBytes: 2 << 20 });
    let error: unknown;
    try {
      small.restoreHeap(large.saveHeap());
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ requestBytes: 800_012, limitBytes: 2 << 20 });
    expect(String(error)).toMatch(/restoreHeap, after [12] objects: /);
    small.validate();
  });
});
