// Somebody steps through a program: draws a screen, waits for a key, draws the next. The screen is
// the terminal's second one, so that what stood there before stands there after.

import { firstScreen, press, screenLines } from "./explain-screen.js";
import type { Level } from "./explain-sentences.js";
import type { Explanation } from "./explained-program.js";
import { type LookOptions, lookOf } from "./look.js";
import type { Terminal } from "./terminal.js";

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const DEFAULT_ROW_COUNT = 24;

/** Whether there is somebody to press keys, and a screen to draw on. */
export function canStep({ stdout, env, keys }: Terminal): boolean {
  return keys !== undefined && stdout.isTTY && env.TERM !== "dumb";
}

/** Ends when somebody quits, or no more keys come. */
export async function stepThrough(
  explanation: Explanation,
  level: Level,
  terminal: Terminal,
  options: LookOptions,
): Promise<void> {
  const { stdout, env, keys } = terminal;
  if (keys === undefined) return;
  let state = firstScreen(level);
  const draw = (): void => {
    const look = lookOf(stdout, env, options);
    const rowCount = stdout.rows ?? DEFAULT_ROW_COUNT;
    const lines = screenLines(explanation, state, look, rowCount);
    stdout.write(HOME + lines.map((line) => line + CLEAR_LINE).join("\r\n") + CLEAR_BELOW);
  };
  stdout.write(ENTER_SCREEN);
  stdout.stream?.on("resize", draw);
  try {
    draw();
    for await (const key of keys()) {
      state = press(state, key, explanation.steps.length);
      if (state.isDone) return;
      draw();
    }
  } finally {
    stdout.stream?.off("resize", draw);
    stdout.write(LEAVE_SCREEN);
  }
}
