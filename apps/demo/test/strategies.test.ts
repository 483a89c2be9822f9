// `ouro strategies`: every preset that there is, by itself.

import { PRESET_NAMES } from "@ouro/memory-manager";
import { expect, it } from "vitest";
import { run, runDocument } from "./heap-document.js";

it("lists every preset with its traits", async () => {
  const { document, exitCode } = await runDocument(["strategies"]);
  expect(exitCode).toBe(0);
  const names = document.strategies.map(({ name }: { name: string }) => name);
  expect(names).toEqual([...PRESET_NAMES]);
  const byName = Object.fromEntries(
    document.strategies.map((row: { name: string }) => [row.name, row]),
  );
  expect(byName["cpython-3.13"]).toMatchObject({ generations: 3, finalization: true });
  expect(byName.semispace.traits).toMatchObject({ moves: true, counts: false });
  const { stdout } = await run(["strategies"], { columns: 100, isTTY: true });
  for (const name of PRESET_NAMES) expect(stdout).toContain(`\n${name} `);
});

it("says the same in words where a table has no room", async () => {
  const { stdout } = await run(["strategies", "--ascii"], { columns: 60, isTTY: false });
  const narrow = await run(["strategies", "--ascii", "--no-color"], { columns: 60, isTTY: true });
  for (const line of narrow.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  expect(narrow.stdout).toContain("counts references");
  expect(stdout).toContain("cpython-3.13");
  const { exitCode, stderr } = await run(["strategies", "x"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("one operand too many")]);
});
