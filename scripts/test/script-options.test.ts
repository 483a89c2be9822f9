// Nobody gets a stack trace for a slip in the words behind `npm run NAME --`.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findProblem } from "../script-options.js";
import { root } from "../workspace.js";

const config = {
  options: {
    seed: { type: "string" },
    faults: { type: "boolean", default: false },
  },
} as const;

it.each([
  [["--sede", "7"], "--sede is not an option. Did you mean --seed?"],
  [["--fautls"], "--fautls is not an option. Did you mean --faults?"],
  [["--zzz"], "--zzz is not an option."],
  [["-z"], "-z is not an option."],
  [["--seed"], "--seed needs a value."],
  [["--seed", "--faults"], "--seed needs a value."],
  [["--faults=yes"], "--faults takes no value."],
  [["heap"], '"heap" is a word too many.'],
  [["--seed", "7", "--faults"], undefined],
  [["--seed=-7"], undefined],
])("says what is wrong with %j: %s", (words, problem) => {
  expect(findProblem(config, words)).toBe(problem);
});

it("reads the words of every script that the root names", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const commands = Object.values<string>(scripts).join(" ");
  const files = commands.match(/(?:scripts|apps\/heavy\/src)\/[a-z-]+\.ts/g) ?? [];
  expect(files.length).toBeGreaterThanOrEqual(9);
  const texts = files.map((file) => [file, readFileSync(join(root, file), "utf8")] as const);
  const others = texts.filter(([, text]) => !text.includes("readOptions(") || /argv/.test(text));
  expect(others.map(([file]) => file)).toEqual([]);
});

it("ends a script with code 2, the sentence and how it is called", () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(root, "scripts/check-all.ts"), ...words], {
      encoding: "utf8",
      env: { PATH: process.env.PATH },
    });
  const slip = run("--fo");
  expect([slip.status, slip.stdout]).toEqual([2, ""]);
  expect(slip.stderr).toMatch(
    /^npm run check: --fo is not an option\.\n\nnpm run check \[-- OPTIONS/,
  );
  const name = run("hause");
  expect([name.status, name.stdout]).toEqual([2, ""]);
  expect(name.stderr).toMatch(/^npm run check: "hause" is no check\. Did you mean house\? There/);
  expect(slip.stderr + name.stderr).not.toMatch(/\n\s+at |Error:/);
  const help = run("--help");
  expect([help.status, help.stderr]).toEqual([0, ""]);
  expect(help.stdout).toContain("only these: types, style");
});

it("lets vitest refuse an option in one sentence", () => {
  const words = ["--import", "./scripts/test-words.mjs", "node_modules/vitest/vitest.mjs", "run"];
  const { status, stderr } = spawnSync(process.execPath, [...words, "--foo"], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^npm test: Unknown option `--foo`\.\n\nnpm test \[-- WORDS\]/);
  expect(stderr).not.toMatch(/\n\s+at /);
});
