// What no section's properties kill is asked of the tests of the package that a patch changes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testPatched } from "../faults/patch-tests.ts";
import { root } from "../workspace.ts";

const FILE = "packages/interfaces/src/word.ts";
const text = readFileSync(join(root, FILE), "utf8");

it("A patched source meets the tests of its package, and they name what they saw", () => {
  const patched = text.replace("return (word * WORD_SIZE_BYTES)", "return (word * 8)");
  expect(testPatched(new Map([[FILE, text]]))).toMatchObject({ failed: [], problem: undefined });
  const { folders, failed, testCount } = testPatched(new Map([[FILE, patched]]));
  expect(folders).toEqual(["packages/interfaces"]);
  expect(testCount).toBeGreaterThan(0);
  expect(failed.map(({ file }) => file)).toContain("packages/interfaces/test/word.test.ts");
}, 120_000);
