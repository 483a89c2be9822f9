// Every recorded trace that is given, checked in all that was recorded of it. `OURO_DATA` names the
// folder of recordings; without it the traces that ship with the command stand in.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { main } from "../src/main.js";
import { fakeTerminal } from "./fake-terminal.js";

const { OURO_DATA } = process.env;
const folder =
  OURO_DATA === undefined
    ? fileURLToPath(new URL("../traces", import.meta.url))
    : join(OURO_DATA, "traces");
const traces = readdirSync(folder).filter((name) => name.endsWith(".altrace.gz"));

if (OURO_DATA === undefined) {
  console.warn(
    `SKIPPED: the recorded traces beyond the ${traces.length} shipped ones. ` +
      "Set OURO_DATA to a folder of recordings to check all of them.",
  );
}

describe("a recorded trace", () => {
  it("is there", () => {
    expect(traces.length).toBeGreaterThanOrEqual(OURO_DATA === undefined ? 2 : 1);
  });

  it.each(traces)(
    "%s holds every check on CPython's arrangement",
    { timeout: 120_000 },
    async (name) => {
      const terminal = fakeTerminal();
      const argv = ["replay", join(folder, name), "--verify", "--passes", "1", "--json"];
      const exitCode = await main(argv, terminal);
      const [result] = JSON.parse(terminal.stdoutText()).results;
      expect(result.error).toBeNull();
      expect(result.mismatches).toEqual([]);
      const hasFacts = existsSync(join(folder, name.replace(".altrace.gz", ".facts.json")));
      expect(result.checks).toEqual([
        "footer figures",
        "memory lent and given back",
        "block contents",
        ...(hasFacts ? ["recorded CPython figures"] : []),
      ]);
      expect(exitCode).toBe(0);
      expect(result.figures.arenasAfterFreeAll).toBeLessThanOrEqual(1);
    },
  );
});
