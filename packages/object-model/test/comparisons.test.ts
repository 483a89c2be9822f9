// Strings and byte arrays in order: unit by unit, and a prefix before what goes on.

import { type Slot, slotAt } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createByteArrays, createStrings } from "../src/index.js";
import { makeManager } from "./manager.js";

const IN_ORDER = ["", "a", "ab", "abc", "abd", "b", "ba", "é", "éa", "ż", "żółw", "日", "日本"];

function makeSlots() {
  const manager = makeManager();
  const frame = manager.mutator.enter(2 * IN_ORDER.length);
  return { manager, slot: (index: number): Slot => slotAt(frame, index) };
}

describe("a comparison", () => {
  it("of strings tells which comes first, be they narrow or wide", () => {
    const { manager, slot } = makeSlots();
    const strings = createStrings(manager);
    const made = IN_ORDER.map((text, index) => strings.allocate(text, slot(index)));
    for (const [at, one] of made.entries()) {
      for (const [place, other] of made.entries()) {
        expect(Math.sign(strings.compare(one, other))).toBe(Math.sign(at - place));
        expect(strings.equals(one, other)).toBe(at === place);
      }
    }
  });

  it("of byte arrays tells which comes first", () => {
    const { manager, slot } = makeSlots();
    const arrays = createByteArrays(manager);
    const contents = [[], [0], [0, 0], [0, 1], [1], [1, 0, 0, 0, 0], [1, 0, 0, 0, 9], [200]];
    const made = contents.map((bytes, index) =>
      arrays.allocateFrom(Uint8Array.from(bytes), slot(index)),
    );
    for (const [at, one] of made.entries()) {
      expect([...arrays.copyOut(one)]).toEqual(contents[at]);
      for (const [place, other] of made.entries()) {
        expect(Math.sign(arrays.compare(one, other))).toBe(Math.sign(at - place));
        expect(arrays.equals(one, other)).toBe(at === place);
      }
    }
  });
});
