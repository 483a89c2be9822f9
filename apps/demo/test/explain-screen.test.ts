// Stepping through an explanation: keys, screens, and the session on a terminal.

import { describe, expect, it } from "vitest";
import { firstScreen, press, type ScreenState, screenLines } from "../src/explain-screen.js";
import { keysOf } from "../src/key-input.js";
import { lookOf } from "../src/look.js";
import { fakeTerminal } from "./fake-terminal.js";
import { run, shipped } from "./heap-document.js";

const hand = shipped("programs/hand.jsonl.gz");
const STEP_COUNT = 6;

const pressAll = (keys: readonly string[], from: ScreenState = firstScreen(2)): ScreenState =>
  keys.reduce((state, key) => press(state, key, STEP_COUNT), from);

describe("a key", () => {
  it.each([
    [["enter", " ", "right", "n"], 4],
    [["n", "n", "b", "left", "backspace"], 0],
    [["end"], STEP_COUNT],
    [["end", "n"], STEP_COUNT],
    [["end", "home"], 0],
    [["g", "4", "enter"], 4],
    [["g", "9", "9", "enter"], STEP_COUNT],
    [["g", "4", "2", "backspace", "enter"], 4],
    [["n", "g", "enter"], 1],
    [["n", "g", "4", "escape"], 1],
    [["x", "ä", "tab"], 0],
  ])("sequence %j leads to step %i", (keys, step) => {
    expect(pressAll(keys)).toMatchObject({ step, isDone: false });
  });

  it("goes back exactly as it went forward", () => {
    const there = pressAll(["n", "n", "n"]);
    expect(pressAll(["n", "n", "b", "b"], there)).toEqual(there);
  });

  it.each(["q", "escape", "ctrl-c"])("named %s quits", (key) => {
    expect(pressAll(["n", key]).isDone).toBe(true);
  });

  it("quits with Ctrl-C also while a number is typed", () => {
    expect(pressAll(["g", "3", "ctrl-c"]).isDone).toBe(true);
  });

  it("is told apart by name in what a terminal sends, also several at once", () => {
    expect(keysOf("n\u001b[C\u001b[D\r\u007f \u001bOA3\u001b[1~\u0003")).toEqual([
      "n",
      "right",
      "left",
      "enter",
      "backspace",
      " ",
      "up",
      "3",
      "home",
      "ctrl-c",
    ]);
    expect(keysOf("\u001b")).toEqual(["escape"]);
    expect(keysOf("\u001b[15;2~")).toEqual([]);
  });
});

/** Steps through a program with these keys; answers its screens, the last one last. */
async function session(keys: readonly string[], more: object = {}) {
  const options = { isTTY: true, columns: 80, rows: 24, keys, ...more };
  const argv = ["explain", hand, "--program", "hand-self-list"];
  const { stdout, exitCode } = await run(argv, options);
  const screens = stdout
    .split("\u001b[H")
    .slice(1)
    .map((screen) =>
      screen
        .split("\u001b[J")[0]
        ?.split("\u001b[K")
        .map((line) => line.trim()),
    );
  return { screens, stdout, exitCode };
}

const NO_COLOR = { LANG: "C.UTF-8", NO_COLOR: "1" };

describe("a session", () => {
  it("shows a step a screen, forward and back, and leaves the terminal as it was", async () => {
    const keys = ["n", "b", "end", "q"];
    const { screens, stdout, exitCode } = await session(keys, { env: NO_COLOR });
    expect(exitCode).toBe(0);
    expect(screens.map((screen) => screen?.[0])).toEqual([
      "step 0 · 6 steps · level 2 · hand-self-list · cpython-3.13",
      "step 1 · 6 steps · level 2 · hand-self-list · cpython-3.13",
      "step 0 · 6 steps · level 2 · hand-self-list · cpython-3.13",
      "the end · 6 steps · level 2 · hand-self-list · cpython-3.13",
    ]);
    expect(screens[2]).toEqual(screens[0]);
    expect(screens[3]?.join("\n")).toContain("✓ Everything is as recorded of CPython.");
    expect(stdout.startsWith("\u001b[?1049h\u001b[?25l")).toBe(true);
    expect(stdout.endsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
  });

  it("changes the level and shows what lives, with counts and generations", async () => {
    const { screens } = await session(["n", "o", "3", "1"], { env: NO_COLOR });
    const [, , objects, whole, least] = screens.map((screen) => screen?.join("\n") ?? "");
    expect(objects).toMatch(/list #0 +2 +0 +0 +#0/);
    expect(whole).toContain("PM-SLOT-WRITE");
    expect(least).toContain("Nothing is told at level 1.");
  });

  it("fits into 60 columns and 10 lines of ASCII, and scrolls what does not", async () => {
    const more = { env: { NO_COLOR: "1" }, columns: 60, rows: 10 };
    const { screens } = await session(["down", "?"], more);
    for (const screen of screens) {
      expect(screen).toHaveLength(11);
      for (const line of screen ?? []) {
        expect(line.length).toBeLessThanOrEqual(60);
        expect(line).toMatch(/^[\x20-\x7e]*$/);
      }
    }
    expect(screens[0]?.join("\n")).toMatch(/\.\.\. \d+ more lines/);
    expect(screens[1]).not.toEqual(screens[0]);
    expect(screens[2]?.join("\n")).toContain("the next step");
  });

  it.each([
    ["input is no terminal", { keys: undefined }, []],
    ["output is no terminal", { isTTY: false }, []],
    ["the terminal is dumb", { env: { TERM: "dumb" } }, []],
    ["it is asked to be plain", {}, ["--plain"]],
  ])("does not begin where %s", async (_, more, argv) => {
    const options = { isTTY: true, columns: 80, keys: ["q"], ...more };
    const { stdout } = await run(
      ["explain", hand, "--program", "hand-self-list", "--no-color", ...argv],
      options as never,
    );
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("The end");
  });
});

it("fills the screen of a step that tells nothing, and of an explanation without steps", () => {
  const terminal = fakeTerminal();
  const look = lookOf(terminal.stdout, {}, {});
  const explanation = {
    program: { name: "none", about: undefined },
    preset: "null",
    steps: [],
    ending: [],
    differences: [],
  };
  const lines = screenLines(explanation as never, firstScreen(2), look, 12);
  expect(lines).toHaveLength(12);
  expect(lines[0]).toContain("the end");
});
