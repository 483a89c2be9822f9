// Turns: whenever something comes, such as an event, a property may do something. Of a run that
// fails as few turns are kept as show it, so that its script is one line at one event.
//
//   all turns ─► holds
//             └► fails ─► written down? ─► those that were taken ─► fewer, and fewer ─► script

import type { Scene } from "./check-program.js";
import { leaveOut } from "./fewer.js";
import { isAlike, recorderOf, thrownBy } from "./record.js";
import type { SubjectMaker } from "./subject.js";

/** What is done when it comes for the nth time, counted from 1. */
export interface Turn<What> {
  readonly nth: number;
  readonly what: What;
}

export interface Turns<What> {
  /** It comes: answers what to do. It counts too when whoever would do it is not ready. */
  come(isReady: boolean): What | undefined;
  readonly taken: readonly Turn<What>[];
  /** The turns that there are, where they are known before. */
  readonly listed: readonly Turn<What>[] | undefined;
}

/** Answers what to do when it comes for the nth time; asked of those that could. */
export type Choose<What> = (nth: number) => What | undefined;

/**
 * Plays with these turns, on a subject of its own; a bare one has no more around it than its turns
 * need.
 */
export type Play<What> = (turns: Turns<What>, isBare: boolean) => void;

function createTurns<What>(choose: Choose<What>, listed?: readonly Turn<What>[]): Turns<What> {
  const taken: Turn<What>[] = [];
  let count = 0;
  return {
    come(isReady) {
      const nth = ++count;
      const what = isReady ? choose(nth) : undefined;
      if (what !== undefined) taken.push({ nth, what });
      return what;
    },
    taken,
    listed,
  };
}

function listedTurns<What>(turns: readonly Turn<What>[]): Turns<What> {
  return createTurns((nth) => turns.find((turn) => turn.nth === nth)?.what, turns);
}

/**
 * Plays with every turn that is chosen. What fails is played once more when `make` is written down:
 * with as few turns as fail alike.
 */
export function playTurns<What>(make: SubjectMaker, choose: Choose<What>, play: Play<What>): void {
  const all = createTurns(choose);
  const error = thrownBy(() => play(all, false));
  if (error === undefined) return;
  if (recorderOf(make) !== undefined) playFewest(all.taken, error, play);
  throw error;
}

function playFewest<What>(taken: readonly Turn<What>[], error: unknown, play: Play<What>): void {
  const failsWith = (turns: readonly Turn<What>[], isBare: boolean): boolean => {
    const again = thrownBy(() => play(listedTurns(turns), isBare));
    return again !== undefined && isAlike(again, error);
  };
  const fails = (turns: readonly Turn<What>[]): boolean => failsWith(turns, false);
  const left = fails([]) ? [] : leaveOut(taken, fails);
  const bare = bareOnes(left).find((turns) => failsWith(turns, true));
  play(listedTurns(bare ?? left), bare !== undefined);
}

/** With less around it, it comes earlier: a single turn at any time up to its own. */
function bareOnes<What>(turns: readonly Turn<What>[]): (readonly Turn<What>[])[] {
  const [turn, second] = turns;
  if (turn === undefined || second !== undefined) return [turns];
  return Array.from({ length: turn.nth }, (_, index) => [{ nth: index + 1, what: turn.what }]);
}

/**
 * The function of a script that is called whenever it comes; `code` says what is done. False where
 * there are no turns: then nothing is said.
 */
export function sayTurns<What>(
  { remark }: Scene,
  { listed = [] }: Turns<What>,
  code: (what: What) => string,
  called: string,
): boolean {
  if (listed.length === 0) return false;
  // Hoisted with the function: what comes before this line is heard, and is not counted.
  remark("var count = 0;");
  remark([`function ${called} {`, ...turnLines(listed, code), "}"].join("\n"));
  return true;
}

function turnLines<What>(turns: readonly Turn<What>[], code: (what: What) => string): string[] {
  const [first, second] = turns;
  if (first !== undefined && second === undefined) {
    return [`  if (++count === ${first.nth}) ${code(first.what)}`];
  }
  return [
    "  const nth = ++count;",
    ...turns.map(({ nth, what }) => `  if (nth === ${nth}) ${code(what)}`),
  ];
}
