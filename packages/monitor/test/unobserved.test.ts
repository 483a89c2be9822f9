// With nothing attached there is no call and no branch for an observer on the hot path. Shown on
// what V8 says has run: no stretch of a source that ran once an operation speaks of observers.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PRESET_NAMES } from "@ouro/memory-manager";
import { expect, it } from "vitest";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Stretch {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

function hotStretches(preset: string, attached = ""): Stretch[] {
  const hook = path("../../../scripts/from-sources.mjs");
  const argv = ["--import", hook, path("hot-path-probe.ts"), preset, attached];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
  return JSON.parse(stdout) as Stretch[];
}

/** Comments speak of much. */
function speaksOfObservers({ text }: Stretch): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  return /observ|\.event\b|\btells?[A-Z]|isObserved/i.test(code);
}

const namesOf = (stretches: readonly Stretch[]): string[] =>
  stretches.map(({ file, name }) => `${file}: ${name}`);

/** A process each, so two here; all of them with OURO_LONG=1 (`npm run test:long`). */
const PRESETS =
  process.env.OURO_LONG === "1"
    ? PRESET_NAMES.filter((name) => name !== "null")
    : ["cpython-3.13", "semispace"];

it.each(PRESETS)("nothing that runs once an operation on %s speaks of observers", (preset) => {
  const stretches = hotStretches(preset);
  expect(namesOf(stretches).join()).toContain("object-model/src/mutator.ts: allocate");
  expect(stretches.length).toBeGreaterThan(5);
  expect(namesOf(stretches.filter(speaksOfObservers))).toEqual([]);
});

it("runs what it runs without an observer for one that wants no event", () => {
  const [deaf, bare] = ["deaf", ""].map((attached) => hotStretches("mark-sweep", attached));
  expect(deaf).toEqual(bare);
});

it("finds it where an observer is attached, so that it could be found", () => {
  const stretches = hotStretches("cpython-3.13", "observed").filter(
    ({ file }) => !file.startsWith("monitor/"),
  );
  expect(stretches.filter(speaksOfObservers).length).toBeGreaterThan(2);
});
