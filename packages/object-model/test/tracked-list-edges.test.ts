// Tracked lists at the edges of their region, as they are opened again, and a validation that looks
// at no entry behind the last one.

import { LIST_PIECE_SHIFT, type Reference } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createTrackedLists } from "../src/index.js";

const PIECE = 1 << LIST_PIECE_SHIFT;
const HEADER_WORDS = 24;
const LIST_COUNT = 5;

/** Lists in a region of two pieces and what is left over; behind it lies what is others'. */
function makeLists(leftoverWords: number) {
  const marks = 16 * PIECE;
  const start = marks + 4 * PIECE;
  const sizeWords = HEADER_WORDS + 2 * (PIECE + LIST_COUNT) + leftoverWords;
  const words = new Int32Array(start + sizeWords + 2 * PIECE);
  words.fill(77, start + sizeWords);
  const open = () =>
    createTrackedLists({
      ...{ words, marks, trackedMask: 1 << 16, generationMask: 3 << 17 },
      region: { start, sizeWords, existed: false },
      isObject: (word) => word > 0 && word < marks,
    });
  const contents = (lists: ReturnType<typeof open>, list: number): number[] => {
    const found: number[] = [];
    lists.walk(list, (object) => found.push(object));
    return found;
  };
  return { words, start, end: start + sizeWords, open, contents };
}

it.each([0, PIECE + LIST_COUNT - 1])(
  "no piece reaches past the region, with %d words left",
  (left) => {
    const { words, end, open, contents } = makeLists(left);
    const lists = open();
    const objects = Array.from({ length: 2 * PIECE }, (_, index) => 4 * (index + 1));
    for (const object of objects) lists.track(object, 0);
    expect(() => lists.track(4 * (2 * PIECE + 1), 1)).toThrow(
      "they have more entries than objects",
    );
    expect(contents(lists, 0)).toEqual(objects);
    expect(words.subarray(end).every((word) => word === 77)).toBe(true);
  },
);

it("lists that are opened again over their words have what they had", () => {
  const { open, contents } = makeLists(0);
  const first = open();
  for (const object of [4, 8]) first.track(object, 0);
  const again = open();
  again.track(12, 1);
  again.track(16, 0);
  expect([0, 1].map((list) => contents(again, list))).toEqual([[4, 8, 16], [12]]);
});

it("a validation finds that the last entry of a list is missing", () => {
  const { words, start, open } = makeLists(0);
  const lists = open();
  for (const object of [4, 8]) lists.track(object, 0);
  const validate = () =>
    lists.validate((visit) => [4, 8].forEach((object) => void visit(object as Reference)));
  validate();
  expect(words[start]).toBe(2);
  words[start] = 1;
  expect(validate).toThrow("1 objects that say they are in it have no entry");
});
