// Completion, in the shells that this machine has; which are missing is said.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS, OPTIONS } from "../src/command-table.js";
import { run } from "./heap-document.js";

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ouro-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    writeFileSync(join(folder, shell), (await run(["completion", shell])).stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;
const missing = ["bash", "zsh", "fish"].filter((shell) => !has(shell));
if (missing.length > 0) console.log(`skipped: completion in ${missing.join(", ")}, not installed`);

/** What bash offers for the last word of each line, all asked of one process. */
function bash(lines: readonly (readonly string[])[]): string[][] {
  const asked = lines.map(
    (words) => `
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
    COMP_CWORD=${words.length - 1}
    _ouro ouro '${words.at(-1)}' '${words.at(-2)}'
    printf '%s\\n' "\${COMPREPLY[@]}" ---`,
  );
  const script = `source ${join(folder, "bash")}\n${asked.join("\n")}`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  const answers = stdout.split("---\n").slice(0, -1);
  return answers.map((answer) => answer.split("\n").filter((line) => line !== ""));
}

describe.skipIf(!has("bash"))("bash", () => {
  it("offers what fits the last word", () => {
    const rows: readonly (readonly [string[], string[]])[] = [
      [["ouro", ""], COMMANDS.map(({ name }) => name)],
      [
        ["ouro", "he"],
        ["heap", "help"],
      ],
      [["ouro", "replay", "--gc"], ["--gc-log"]],
      [["ouro", "replay", "--gc-log", "c"], ["cpython"]],
      [["ouro", "heap", "-p", "mark"], ["mark-sweep"]],
      [["ouro", "heap", "--allo"], []],
      [["ouro", "replay", "--pprof", ""], []],
      [["ouro", "heap", "some"], []],
      [
        ["ouro", "completion", ""],
        ["bash", "zsh", "fish"],
      ],
      [["ouro", "help", "exit"], ["exit-codes"]],
    ];
    const found = bash(rows.map(([words]) => words));
    expect(found).toHaveLength(rows.length);
    for (const [index, [words, offered]] of rows.entries()) {
      if (offered.length === 1) expect(found[index], words.join(" ")).toContain(offered[0]);
      else expect(found[index], words.join(" ")).toEqual(offered);
    }
  });

  it("offers every option of every command, and no other", () => {
    const wanted = COMMANDS.map(({ options }) =>
      OPTIONS.filter(({ name }) => options.includes(name)).map(({ name }) => `--${name}`),
    );
    expect(bash(COMMANDS.map(({ name }) => ["ouro", name, "--"]))).toEqual(wanted);
  });
});

it.skipIf(!has("zsh"))("is a script that zsh reads without a word", () => {
  const script = `autoload -U compinit; compinit -D -u; source ${join(folder, "zsh")}; which _ouro`;
  const { stdout, stderr, status } = spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
  expect(stdout).toContain("_describe command commands");
});

it.skipIf(!has("fish"))("offers commands, options and presets in fish", () => {
  const offers = (line: string): string[] => {
    const script = `source ${join(folder, "fish")}; complete -C '${line}'`;
    const { stdout, stderr } = spawnSync("fish", ["-N", "-c", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.split("\n").map((row) => row.split("\t")[0] as string);
  };
  expect(offers("ouro expl")).toEqual(expect.arrayContaining(["explain"]));
  expect(offers("ouro replay --gc-log cp")).toEqual(expect.arrayContaining(["cpython"]));
  expect(offers("ouro heap --pre")).toEqual(expect.arrayContaining(["--preset"]));
  expect(offers("ouro heap --allo")).not.toContain("--allocator");
});

it.each([
  [["completion"], "SHELL is missing"],
  [["completion", "bahs"], "Did you mean bash?"],
  [["completion", "bash", "zsh"], "one operand too many"],
])("is refused for %j: %s", async (argv, words) => {
  const { exitCode, stderr, stdout } = await run(argv);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.replace(/\s+/g, " ")).toContain(words);
});
