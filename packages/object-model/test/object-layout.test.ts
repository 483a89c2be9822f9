import {
  LENGTH_WORD_OFFSET,
  type Slot,
  TYPE_ROW_SHIFT,
  type TypeDescriptor,
  type TypeId,
} from "@ouro/interfaces";
import { createObjectLayout, describeType } from "@ouro/object-model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { managers } from "./rigs.js";

const [, makeRig] = managers[0] as (typeof managers)[number];

/** Any descriptor that is allowed. */
const arbitraryType: fc.Arbitrary<TypeDescriptor> = fc
  .record({
    visitedSlotCount: fc.nat(5),
    ownedSlotCount: fc.nat(5),
    rawWordCount: fc.nat(5),
    variablePart: fc.constantFrom("none", "visited", "owned", "raw", "bytes"),
  })
  .map((parts) => {
    const { variablePart } = parts;
    const isLast = variablePart === "visited" ? { ownedSlotCount: 0, rawWordCount: 0 } : {};
    const isLastSlot = variablePart === "owned" ? { rawWordCount: 0 } : {};
    return describeType({ name: "any", ...parts, ...isLast, ...isLastSlot } as TypeDescriptor);
  });

/** What each word of an object is, said without arithmetic: one letter a word. */
function drawObject(type: TypeDescriptor, length: number): string {
  const { visitedSlotCount, ownedSlotCount, rawWordCount, variablePart } = type;
  let drawing = "ht";
  if (variablePart !== "none") drawing += "l";
  drawing += "v".repeat(visitedSlotCount);
  if (variablePart === "visited") drawing += "v".repeat(length);
  drawing += "o".repeat(ownedSlotCount);
  if (variablePart === "owned") drawing += "o".repeat(length);
  drawing += "r".repeat(rawWordCount);
  if (variablePart === "raw") drawing += "r".repeat(length);
  for (let byte = 0; variablePart === "bytes" && byte < length; byte += 4) drawing += "r";
  return drawing;
}

function runOf(drawing: string, letters: RegExp): [number, number] {
  const start = drawing.search(letters);
  const count = [...drawing].filter((letter) => letters.test(letter)).length;
  return [start, start + count];
}

describe("the layout of an object", () => {
  test("is the drawing of its type, for every type and length", () => {
    fc.assert(
      fc.property(arbitraryType, fc.nat(40), (type, someLength) => {
        const rig = makeRig();
        const id = rig.types.define(type);
        const slot = rig.mutator.enter(1);
        const isVariable = type.variablePart !== "none";
        const length = isVariable ? someLength : 0;
        const object = isVariable
          ? rig.mutator.allocateArray(id, length, slot)
          : rig.mutator.allocate(id, slot);

        const layout = createObjectLayout(rig.heap.words, rig.types);
        const drawing = drawObject(type, length);
        const [slotsStart, slotsEnd] = runOf(drawing, /[vo]/);
        const [, visitedEnd] = runOf(drawing, /v/);
        expect(layout.sizeWords(object)).toBe(drawing.length);
        expect(layout.sizeFor(id, length)).toBe(drawing.length);
        expect(layout.isVariable(object)).toBe(isVariable);
        expect(layout.typeOf(object)).toBe(id);
        expect(layout.rowOf(object)).toBe(rig.types.base + (id << TYPE_ROW_SHIFT));
        expect(layout.slotsEnd(object) - layout.slotsStart(object)).toBe(slotsEnd - slotsStart);
        if (slotsEnd > slotsStart) expect(layout.slotsStart(object)).toBe(object + slotsStart);
        const visitedCount = Math.max(0, visitedEnd - runOf(drawing, /v/)[0]);
        expect(layout.visitedEnd(object) - layout.slotsStart(object)).toBe(visitedCount);
      }),
      { numRuns: 200 },
    );
  });

  test("does not take the first field of a fixed object for a length", () => {
    const rig = makeRig();
    const id = rig.types.define(
      describeType({ name: "raw", visitedSlotCount: 0, rawWordCount: 2 }),
    );
    const slot = rig.mutator.enter(1);
    const object = rig.mutator.allocate(id, slot);
    rig.mutator.setWord(object, 0, 1000);
    expect(rig.heap.words[object + LENGTH_WORD_OFFSET]).toBe(1000);
    const layout = createObjectLayout(rig.heap.words, rig.types);
    expect(layout.sizeWords(object)).toBe(4);
    expect(layout.slotsEnd(object)).toBe(layout.slotsStart(object));
  });

  test("takes a two-field object into one granule, and one of none too", () => {
    const rig = makeRig();
    const layout = createObjectLayout(rig.heap.words, rig.types);
    const pair = rig.types.define(describeType({ name: "pair", visitedSlotCount: 2 }));
    expect(layout.sizeFor(pair, 0) * 4).toBe(16);
  });

  test("sizes byte arrays by words", () => {
    const rig = makeRig();
    const layout = createObjectLayout(rig.heap.words, rig.types);
    const bytes = rig.types.define(describeType({ name: "bytes", variablePart: "bytes" }));
    const sizes = [0, 1, 3, 4, 5, 8, 9].map((length) => layout.sizeFor(bytes, length));
    expect(sizes).toEqual([3, 4, 4, 4, 5, 5, 6]);
  });

  test("is that of its type number, not of a number that is none", () => {
    const rig = makeRig();
    const layout = createObjectLayout(rig.heap.words, rig.types);
    const slot: Slot = rig.mutator.enter(1);
    // @ts-expect-error a plain number is no type
    layout.sizeFor(1, 0);
    // @ts-expect-error a slot is no type
    layout.sizeFor(slot, 0);
    const isNumber: number = layout.typeOf(0);
    const isType: TypeId = layout.typeOf(0);
    expect(isNumber).toBe(isType);
  });
});
