// The recipe for full speed of several managers in one isolate, as the README of memory-manager has
// it: one bundle of the program and of the packages that it calls, imported once for each manager
// under another query. Node itself imports the built bundle, as a user's does.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const bundle = new URL("../dist/own-copy.js", import.meta.url).href;
const script = `
const [one, other, again] = await Promise.all(
  ["?copy=1", "?copy=2", "?copy=1"].map((query) => import("${bundle}" + query)),
);
const programs = [one, other].map((copy) => copy.createManagerPrograms("mark-sweep"));
console.log(JSON.stringify({
  isCopied: one.createManagerPrograms !== other.createManagerPrograms,
  isShared: one.createManagerPrograms === again.createManagerPrograms,
  counts: programs.map((program) => program.trees(6)),
}));
`;

it("A bundle under another query is a copy of the code, and works beside the first", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--input-type=module", "--eval", script];
  const printed = execFileSync(process.execPath, args, { cwd, encoding: "utf8" });
  const { isCopied, isShared, counts } = JSON.parse(printed);
  expect([isCopied, isShared]).toEqual([true, true]);
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts[1]).toBe(counts[0]);
});
