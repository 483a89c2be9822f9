// Every command of docs/how-python-does-it.md is executed, and prints what the page says. `ouro
// demo`, which takes longest, is executed in demo.test.ts with the same sentences.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { main } from "../src/main.js";
import { fakeTerminal } from "./fake-terminal.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${root}docs/how-python-does-it.md`, "utf8");
const commands = [...page.matchAll(/```sh\nouro (.+)\n```\n\n```text\n([^`]+)```/g)].map(
  ([, command = "", shown = ""]) => ({ command, shown }),
);

describe("how Python does it", () => {
  it("shows something in every section", () => {
    const sections = page.match(/^## /gm) ?? [];
    expect(commands).toHaveLength(sections.length);
    expect(commands.map(({ command }) => command)).toContain("demo");
    for (const section of page.split(/^## /m).slice(1, -1)) {
      expect(section).toMatch(/Ours: /);
      expect(section).toMatch(/CPython: /);
    }
  });

  it.each(commands.filter(({ command }) => command !== "demo"))(
    "`ouro $command` prints what the page says",
    async ({ command, shown }) => {
      const argv = command.split(" ").map((word) => word.replace(/^apps\//, `${root}apps/`));
      const terminal = fakeTerminal();
      expect(await main(argv, terminal)).toBe(0);
      const printed = terminal.stdoutText().split("\n");
      // Lines as they are, columns too, in the order of the page; dots stand for lines left out.
      let from = 0;
      for (const line of shown
        .trimEnd()
        .split("\n")
        .filter((each) => each.trim() !== "…")) {
        const at = printed.indexOf(line, from);
        expect(at, `"${line}" is printed, behind the line before`).toBeGreaterThanOrEqual(from);
        from = at + 1;
      }
    },
    60_000,
  );
});
