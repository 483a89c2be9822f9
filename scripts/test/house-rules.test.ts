import { expect, test } from "vitest";
import { checkFile, checkPath } from "../house-rules.ts";

const SOURCE = "packages/heap/src/arena-table.ts";

test.each([
  ["a file of 501 lines", SOURCE, "\n".repeat(501), "501 lines"],
  ["a line of 101 columns", SOURCE, `// ${"x".repeat(98)}`, "101 columns"],
  ["a function of 71 lines", SOURCE, `function f() {${"\n".repeat(70)}}`, "f has 71 lines"],
  ["a banned word inside an identifier", SOURCE, "const blockPtr = 1;", "address or object"],
  ["a banned word in the plural", SOURCE, "let freeChunks = 0;", "arena, pool or block"],
  ["a note to do something later", SOURCE, `// ${"TO"}DO: more`, "left over"],
  ["a focused test", "packages/heap/test/a.test.ts", `test.${"on"}ly("x", f);`, "left over"],
  ["a skipped test", "packages/heap/test/a.test.ts", `describe.${"sk"}ip("x", f);`, "left over"],
  ["the wall clock", SOURCE, "const now = Date.now();", "clocks and chance"],
  ["chance", SOURCE, "const x = Math.random();", "clocks and chance"],
  ["a timer", SOURCE, "setTimeout(f, 1);", "clocks and chance"],
])("reports %s", (_what, path, text, expected) => {
  expect(checkFile({ path, text })).toEqual([expect.stringContaining(expected)]);
});

test("reports a top-level folder that the house does not have", () => {
  expect(checkPath("tools/a.ts")).toEqual([expect.stringContaining("top level")]);
});

test("reports a file name in camel case", () => {
  expect(checkPath("packages/heap/src/arenaTable.ts")).toEqual([
    expect.stringContaining("kebab-case"),
  ]);
});

test("measures the functions inside a factory, not the factory", () => {
  const inner = `  function inner() {${"\n".repeat(70)}  }`;
  const text = `export function createHeap() {\n${inner}\n}`;
  expect(checkFile({ path: SOURCE, text })).toEqual([expect.stringContaining("inner has 71")]);
});

test("lets comments name what the code may not use", () => {
  expect(checkFile({ path: SOURCE, text: "// Never Date.now(): CPython's pages differ." })).toEqual(
    [],
  );
});

test("finds nothing in a file that keeps the rules", () => {
  expect(checkFile({ path: SOURCE, text: "export const POOL_SIZE_BYTES = 16384;\n" })).toEqual([]);
});
