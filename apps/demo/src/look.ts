// How output may look: colour, characters beyond ASCII, and width. Meaning never hangs on colour.

import pc from "picocolors";
import type { Output, Terminal } from "./terminal.js";

/** Characters of a fill map, from the fullest pool to one that was never used. */
export interface Glyphs {
  readonly full: string;
  /** Partly filled pools: at least two thirds, at least one third, less. */
  readonly parts: readonly [string, string, string];
  readonly empty: string;
  readonly untouched: string;
  readonly yes: string;
  readonly no: string;
  readonly dot: string;
  readonly dash: string;
  readonly atMost: string;
  readonly arrow: string;
  readonly times: string;
  /** More and less than before. */
  readonly up: string;
  readonly down: string;
}

const UNICODE: Glyphs = {
  full: "█",
  parts: ["▓", "▒", "░"],
  empty: "_",
  untouched: "·",
  yes: "✓",
  no: "✗",
  dot: "·",
  dash: "–",
  atMost: "≤",
  arrow: "→",
  times: "×",
  up: "↑",
  down: "↓",
};

const ASCII: Glyphs = {
  full: "#",
  parts: ["+", "=", "-"],
  empty: "_",
  untouched: ".",
  yes: "ok",
  no: "NO",
  dot: "|",
  dash: "-",
  atMost: "<=",
  arrow: "->",
  times: "x",
  up: "^",
  down: "v",
};

export interface Look {
  readonly paint: ReturnType<typeof pc.createColors>;
  readonly glyphs: Glyphs;
  readonly isUnicode: boolean;
  /** Unit: columns. */
  readonly width: number;
}

export interface LookOptions {
  readonly ascii?: boolean | undefined;
  readonly noColor?: boolean | undefined;
}

/** Without a parser, for messages about a command line that is wrong elsewhere. */
export function lookOptionsOf(argv: readonly string[]): LookOptions {
  return { ascii: argv.includes("--ascii"), noColor: argv.includes("--no-color") };
}

type Env = Terminal["env"];

/** `--no-color`, then FORCE_COLOR, NO_COLOR, TERM=dumb, and at last whether it is a terminal. */
export function wantsColor(output: Output, env: Env, options: LookOptions): boolean {
  if (options.noColor) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.TERM === "dumb") return false;
  return output.isTTY;
}

/** Whether the locale promises UTF-8; the first of the three variables that is set decides. */
export function wantsUnicode(env: Env, options: LookOptions): boolean {
  if (options.ascii || env.TERM === "dumb") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  if (/utf-?8/i.test(locale)) return true;
  return locale === "" && (env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined);
}

const WIDTH_LEAST = 40;
const WIDTH_MOST = 100;

/** The look of one output stream; 80 columns where nothing else is known. */
export function lookOf(output: Output, env: Env, options: LookOptions): Look {
  const isUnicode = wantsUnicode(env, options);
  const columns = output.columns || Number(env.COLUMNS) || 80;
  return {
    paint: pc.createColors(wantsColor(output, env, options)),
    glyphs: isUnicode ? UNICODE : ASCII,
    isUnicode,
    width: Math.min(WIDTH_MOST, Math.max(WIDTH_LEAST, columns)),
  };
}
