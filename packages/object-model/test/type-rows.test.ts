// What the table of types writes of a descriptor into the heap, for those who read rows: where the
// slots lie, how long an object is, and a bit for each flag and order.

import {
  LENGTH_BYTES,
  LENGTH_NONE,
  LENGTH_WORDS,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TYPE_ACYCLIC,
  TYPE_CLEARABLE,
  TYPE_COLLECTED,
  TYPE_FINALIZER,
  TYPE_INSERTION_ORDER,
  TYPE_RELEASE_BACKWARD,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
  TYPE_VISIT_BACKWARD,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { describeType, type TypeOptions } from "../src/index.js";
import { rigs } from "./rigs.js";

type Options = Omit<TypeOptions, "name">;

function rowOf(options: Options): number[] {
  const { types, heap } = (rigs.at(-1) as (typeof rigs)[number])[1]();
  types.define(describeType({ name: "other" }));
  const type = types.define(describeType({ name: "any", ...options }));
  const row = types.base + (type << TYPE_ROW_SHIFT);
  return [...heap.words.subarray(row, row + (1 << TYPE_ROW_SHIFT))];
}

describe("the row of a type", () => {
  const raw = { rawWordCount: 1 };
  const weak = { visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 3, weakReference: true };
  it.each<[string, Options, number]>([
    ["none", raw, 0],
    ["collected", { ...raw, collected: true }, TYPE_COLLECTED],
    ["acyclic", { ...raw, acyclic: true }, TYPE_ACYCLIC],
    ["finalizer", { ...raw, finalizer: true }, TYPE_FINALIZER],
    ["weakly referable", { ...raw, weaklyReferable: true }, TYPE_WEAKLY_REFERABLE],
    ["clearable", { ...raw, clearable: true }, TYPE_CLEARABLE],
    ["visited backward", { ...raw, visitOrder: "backward" }, TYPE_VISIT_BACKWARD],
    ["released backward", { ...raw, releaseOrder: "backward" }, TYPE_RELEASE_BACKWARD],
    [
      "visited in the order of insertion",
      { ...raw, visitOrder: "insertion" },
      TYPE_INSERTION_ORDER,
    ],
    ["released in it", { ...raw, releaseOrder: "insertion" }, TYPE_INSERTION_ORDER],
    ["untracked as tuples are", { ...raw, untracking: "tuple" }, TYPE_UNTRACKS_AS_TUPLE],
    ["untracked as dicts are", { ...raw, untracking: "dict" }, TYPE_UNTRACKS_AS_DICT],
    ["with visited slots", { visitedSlotCount: 1 }, TYPE_COLLECTED | TYPE_CLEARABLE],
    ["an array of such", { variablePart: "visited" }, TYPE_COLLECTED | TYPE_CLEARABLE],
    ["an array of others", { variablePart: "owned" }, 0],
    ["weak references", weak, TYPE_COLLECTED | TYPE_CLEARABLE | TYPE_WEAK_REFERENCE],
  ])("has the bits of what the type is: %s", (_name, options, flags) => {
    expect(rowOf(options)[ROW_FLAGS]).toBe(flags);
  });

  it.each<[Options, number[]]>([
    [{ visitedSlotCount: 2, ownedSlotCount: 1, rawWordCount: 3 }, [2, 4, 5, 8, 0, 0, LENGTH_NONE]],
    [{ visitedSlotCount: 1, variablePart: "visited" }, [3, 4, 4, 4, -1, -1, LENGTH_WORDS]],
    [
      { visitedSlotCount: 1, ownedSlotCount: 2, variablePart: "owned" },
      [3, 4, 6, 6, 0, -1, LENGTH_WORDS],
    ],
    [{ ownedSlotCount: 1, rawWordCount: 2, variablePart: "raw" }, [3, 3, 4, 6, 0, 0, LENGTH_WORDS]],
    [{ variablePart: "bytes" }, [3, 3, 3, 3, 0, 0, LENGTH_BYTES]],
  ])("says where the parts of %o begin and end", (options, numbers) => {
    const row = rowOf(options);
    const words = [
      ...[ROW_SLOTS_START, ROW_VISITED_END, ROW_SLOTS_END, ROW_SIZE],
      ...[ROW_VISITED_MASK, ROW_SLOTS_MASK, ROW_LENGTH],
    ];
    expect(words.map((word) => row[word])).toEqual(numbers);
  });
});
