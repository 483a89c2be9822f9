// `ouro explain` on a terminal: one step a screen, forward and back with keys. The state is a few
// numbers, so that a key is a function of it and a screen is a function of it, too; nothing here
// knows a terminal.
//
//   step 3 of 6 · level 2            ◄─ title, cut to the width
//   3  root 0 = nothing              ◄─ the step
//      PM-COUNT-DOWN  list #0: …     ◄─ its sentences up to the level; scrolled if there are many
//   keys                             ◄─ the last line

import { endingLines, stepLines, verdictLines } from "./explain-report.js";
import type { Level } from "./explain-sentences.js";
import type { Explanation } from "./explained-program.js";
import { formatNoun, visibleLength, wrapText } from "./format.js";
import type { Look } from "./look.js";
import { objectLines } from "./object-lines.js";

export interface ScreenState {
  /** A step; behind the last one comes the end of the program. */
  readonly step: number;
  readonly level: Level;
  /** Lines above the screen. */
  readonly scrollCount: number;
  readonly showsObjects: boolean;
  readonly showsKeys: boolean;
  /** Digits of a step to go to; undefined: none is being typed. */
  readonly goingTo: string | undefined;
  readonly isDone: boolean;
}

export function firstScreen(level: Level): ScreenState {
  return {
    step: 0,
    level,
    scrollCount: 0,
    showsObjects: false,
    showsKeys: false,
    goingTo: undefined,
    isDone: false,
  };
}

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ["enter, space, right, n", "the next step"],
  ["b, left, backspace", "the step before"],
  ["g, then a number", "go to that step"],
  ["home, end", "the first step, the end of the program"],
  ["1, 2, 3", "how much is told"],
  ["o", "objects that live after the step: counts, generations, references"],
  ["up, down", "scroll"],
  ["?", "these keys"],
  ["q, escape", "quit"],
];

/** What a key makes of a state. A key that means nothing changes nothing. */
export function press(state: ScreenState, key: string, stepCount: number): ScreenState {
  if (key === "ctrl-c") return { ...state, isDone: true };
  if (state.goingTo !== undefined) return typeNumber(state, state.goingTo, key, stepCount);
  const goTo = (step: number): ScreenState => ({
    ...state,
    step: Math.min(stepCount, Math.max(0, step)),
    scrollCount: 0,
    showsKeys: false,
  });
  switch (key) {
    case "q":
    case "escape":
      return { ...state, isDone: true };
    case "enter":
    case " ":
    case "right":
    case "n":
      return goTo(state.step + 1);
    case "b":
    case "left":
    case "backspace":
      return goTo(state.step - 1);
    case "home":
      return goTo(0);
    case "end":
      return goTo(stepCount);
    case "g":
      return { ...state, goingTo: "" };
    case "1":
    case "2":
    case "3":
      return { ...state, level: Number(key) as Level, scrollCount: 0 };
    case "o":
      return { ...state, showsObjects: !state.showsObjects, scrollCount: 0 };
    case "?":
      return { ...state, showsKeys: !state.showsKeys, scrollCount: 0 };
    case "up":
      return { ...state, scrollCount: Math.max(0, state.scrollCount - 1) };
    case "down":
      return { ...state, scrollCount: state.scrollCount + 1 };
    default:
      return state;
  }
}

function typeNumber(
  state: ScreenState,
  digits: string,
  key: string,
  stepCount: number,
): ScreenState {
  if (/^\d$/.test(key)) return { ...state, goingTo: (digits + key).slice(0, 7) };
  if (key === "backspace") return { ...state, goingTo: digits.slice(0, -1) };
  const done = { ...state, goingTo: undefined };
  if (key !== "enter" || digits === "") return done;
  return { ...done, step: Math.min(stepCount, Number(digits)), scrollCount: 0 };
}

/** As many lines as the screen has rows, none longer than it is wide. */
export function screenLines(
  explanation: Explanation,
  state: ScreenState,
  look: Look,
  rowCount: number,
): string[] {
  const { paint, glyphs } = look;
  const { program, preset, steps } = explanation;
  const isEnd = state.step === steps.length;
  const where = isEnd ? "the end" : `step ${state.step}`;
  const facts = [where, formatNoun(steps.length, "step"), `level ${state.level}`];
  const title = [...facts, program.name, preset].join(` ${glyphs.dot} `);
  const head = [paint.bold(cut(title, look)), ""];
  const foot = ["", paint.dim(footOf(state, look))];
  const roomCount = Math.max(1, rowCount - head.length - foot.length);
  const body = state.showsKeys ? keyLines(look) : bodyLines(explanation, state, look);
  const from = Math.min(state.scrollCount, Math.max(0, body.length - roomCount));
  const shown = body.slice(from, from + roomCount);
  if (from + roomCount < body.length) {
    const more = `${look.isUnicode ? "…" : "..."} ${body.length - from - roomCount + 1} more lines`;
    shown[shown.length - 1] = paint.dim(more);
  }
  while (shown.length < roomCount) shown.push("");
  return [...head, ...shown, ...foot];
}

function footOf({ goingTo }: ScreenState, { width }: Look): string {
  if (goingTo !== undefined) return `go to step: ${goingTo}_   [enter] go`;
  const whole = "[enter] next  [b] back  [g] go to  [1-3] level  [o] objects  [?] keys  [q] quit";
  return whole.length <= width ? whole : "[n] next [b] back [?] keys [q] quit";
}

function keyLines(look: Look): string[] {
  return KEYS.flatMap(([keys, meaning]) => wrapText(`${keys}: ${meaning}`, look.width));
}

function bodyLines(explanation: Explanation, state: ScreenState, look: Look): string[] {
  const step = explanation.steps[state.step];
  const lines: string[] = [];
  if (state.step === 0) {
    lines.push(...wrapText(explanation.program.about ?? "", look.width, "  "), "");
  }
  if (step === undefined) {
    lines.push(...endingLines(explanation, state.level, look), "");
    lines.push(...verdictLines(explanation, look));
  } else lines.push(...stepLines(step, state.step, state.level, look));
  if (step !== undefined && !step.told.some(({ level }) => level <= state.level)) {
    lines.push(...wrapText(`Nothing is told at level ${state.level}.`, look.width, "   "));
  }
  if (state.showsObjects && step !== undefined) lines.push("", ...objectLines(step.objects, look));
  return lines;
}

/** A line that fits; none of these has colours yet. */
function cut(text: string, { width }: Look): string {
  return visibleLength(text) > width ? `${[...text].slice(0, width - 1).join("")}~` : text;
}
