// A reviewer's diff becomes edited sources, or an error that says what is wrong with it.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { applyPatchText, PatchError } from "../faults/patch.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const FILE = "packages/testkit/src/promise.ts";

const diff = (from: string, to: string, body: string): string =>
  `--- ${from}\n+++ ${to}\n@@ -1,2 +1,2 @@\n${body}\n`;

const CHANGE =
  "-// What a memory manager promised and did not keep.\n+// What it promised and did not keep.\n ";

function problemOf(text: string): unknown {
  try {
    applyPatchText(text, root);
    return undefined;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { problem: error.problem, file: error.file };
  }
}

describe("A patch", () => {
  it("may change several files, add some, and carry pages that are left aside", () => {
    const added = "packages/trace/src/fresh.ts";
    const text = [
      diff(`a/${FILE}`, `b/${FILE}`, CHANGE),
      `--- /dev/null\n+++ b/${added}\n@@ -0,0 +1 @@\n+export const fresh = 1;\n`,
      "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-one\n+other\n",
    ].join("");
    const { sources, leftAside } = applyPatchText(text, root);
    expect([...sources.keys()]).toEqual([FILE, added]);
    expect(sources.get(FILE)).toMatch(/^\/\/ What it promised/);
    expect(sources.get(added)).toBe("export const fresh = 1;\n");
    expect(leftAside).toEqual(["README.md"]);
  });

  it("of an app's sources is planted as well", () => {
    const text = "--- /dev/null\n+++ b/apps/demo/src/fresh.ts\n@@ -0,0 +1 @@\n+export {};\n";
    expect([...applyPatchText(text, root).sources.keys()]).toEqual(["apps/demo/src/fresh.ts"]);
  });

  it.each([
    ["is no unified diff", "hello"],
    ["does not apply", diff(`a/${FILE}`, `b/${FILE}`, "-not there\n+nor this\n ")],
    ["is not there", diff("a/packages/heap/src/no.ts", "b/packages/heap/src/no.ts", "-a\n+b\n ")],
    ["is outside the sources", diff("a/README.md", "b/README.md", "-a\n+b\n ")],
    ["is deleted or renamed", `--- a/${FILE}\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n`],
    [
      "changes nothing",
      diff(`a/${FILE}`, `b/${FILE}`, " // What a memory manager promised and did not keep.\n "),
    ],
  ])("that %s is refused by that name", (problem, text) => {
    expect(problemOf(text)).toMatchObject({ problem });
  });
});
