// A misspelt option is refused, with the list of those that there are, and so is a number that
// cannot be meant: nothing is lost without a word.

import { createPrivateHeap } from "@ouro/heap";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { factoryCalls, ODD_OPTIONS, playOddOptions, refusalOf } from "./odd-options.js";

function setUp() {
  const source = createPrivateHeap({ reservationBytes: 2 ** 24 });
  return { source, allocator: parts.createPoolAllocator({ source }) };
}

it("each factory refuses an option that there is not", () => {
  for (const call of factoryCalls(parts)) {
    const { name, options } = call;
    expect(refusalOf(call, options), name).toBeUndefined();
    const refusal = refusalOf(call, { ...options, sorce: 1 });
    expect(refusal).toMatch(`${name}: option sorce is not known`);
  }
});

it(ODD_OPTIONS, () => playOddOptions(parts));

it("a free list with a misspelt maximum is refused by its name", () => {
  const { source, allocator } = setUp();
  const list = { name: "float", requestBytes: 24, maximumCount: 1, maximum: 5 };
  const options = { source, allocator, lists: [list], name: "misspelt" };
  expect(() => parts.createFreeListAllocator(options)).toThrow(/option maximum is not known/);
});

it("what is no assertion level is refused, and no element type", () => {
  const { source, allocator } = setUp();
  expect(() => parts.assertedAllocator(allocator, "cheep" as never)).toThrow(/Choose from off/);
  const { mallocAs } = parts.createMalloc({ memory: source, allocator });
  expect(() => mallocAs("toString" as never, 1)).toThrow(/is no element type/);
});
