// What is printed as reached by no program is what V8 counted as such, by line.

import { expect, it } from "vitest";
import { unreachedPieces } from "../unreached.js";

const text = [
  "export function half(count) {",
  "  if (count % 2 === 1) {",
  "    // Odd.",
  "    throw new Error('odd');",
  "  }",
  "  return count / 2;",
  "}",
  "function nobody() {}",
].join("\n");

function range(from: string, to: string, count: number) {
  return { startOffset: text.indexOf(from), endOffset: text.indexOf(to) + to.length, count };
}

const whole = { startOffset: 0, endOffset: text.length, count: 1 };
const called = range("function half", "/ 2;\n}", 7);

it("names the block of a called function that never ran", () => {
  const functions = [
    { ranges: [whole] },
    { ranges: [called, range("{\n    //", "');\n  }", 0)] },
    { ranges: [range("function nobody", "{}", 1)] },
  ];
  expect(unreachedPieces(text, { functions })).toEqual([
    { firstLine: 3, lastLine: 5, text: "Odd." },
  ]);
});

it("takes what ran inside of what did not as reached, in whatever order it is told", () => {
  const functions = [
    { ranges: [range("return count", "/ 2", 1)] },
    { ranges: [range("function half", "/ 2;\n}", 0)] },
    { ranges: [range("function nobody", "{}", 1)] },
    { ranges: [whole] },
  ];
  const pieces = unreachedPieces(text, { functions });
  expect(pieces.map(({ firstLine, lastLine }) => [firstLine, lastLine])).toEqual([[1, 5]]);
});

it("names nothing when everything ran", () => {
  expect(unreachedPieces(text, { functions: [{ ranges: [whole] }, { ranges: [called] }] })).toEqual(
    [],
  );
});
