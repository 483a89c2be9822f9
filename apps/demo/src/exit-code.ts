// What the ouro command says to a script: one table of exit codes for every command. When several
// files give several answers, the one furthest down in `GRAVITY` wins.

import { isOuroError } from "@ouro/interfaces";

export const EXIT_OK = 0;
export const EXIT_ANSWER_NO = 1;
export const EXIT_USAGE = 2;
export const EXIT_LIMIT = 3;
export const EXIT_INPUT = 4;
export const EXIT_INVARIANT = 5;
export const EXIT_INTERRUPTED = 130;

export interface ExitCodeRow {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
}

export const EXIT_CODES: readonly ExitCodeRow[] = [
  { code: EXIT_OK, name: "ok", meaning: "everything was done and every check held" },
  {
    code: EXIT_ANSWER_NO,
    name: "answered no",
    meaning: "the work was done and a check answered no: each mismatch is listed",
  },
  { code: EXIT_USAGE, name: "usage", meaning: "a command, option or name is not known" },
  {
    code: EXIT_LIMIT,
    name: "limit reached",
    meaning: "a limit stopped the work, such as --limit or the size limits on input",
  },
  {
    code: EXIT_INPUT,
    name: "input not readable",
    meaning:
      "a file is missing, cut short or damaged, or a counterexample of what a module does not " +
      "promise; the other files were processed",
  },
  {
    code: EXIT_INVARIANT,
    name: "invariant broken",
    meaning: "a defect of Ouro itself: a structure contradicts itself. Please report it",
  },
  {
    code: EXIT_INTERRUPTED,
    name: "interrupted",
    meaning: "Ctrl-C: what was found so far is printed and marked as partial",
  },
];

const GRAVITY = [
  EXIT_OK,
  EXIT_ANSWER_NO,
  EXIT_LIMIT,
  EXIT_INPUT,
  EXIT_USAGE,
  EXIT_INVARIANT,
  EXIT_INTERRUPTED,
];

/** The graver one of two exit codes. */
export function graverExitCode(left: number, right: number): number {
  return GRAVITY.indexOf(left) >= GRAVITY.indexOf(right) ? left : right;
}

/** The exit code that an error asks for; anything not typed is a defect of ours. */
export function exitCodeOf(error: unknown): number {
  if (!isOuroError(error)) return EXIT_INVARIANT;
  switch (error.kind) {
    case "usage":
    case "incompatible-parts":
      return EXIT_USAGE;
    case "out-of-memory":
    case "limit-reached":
      return EXIT_LIMIT;
    case "input-format":
      return EXIT_INPUT;
    default:
      return EXIT_INVARIANT;
  }
}
