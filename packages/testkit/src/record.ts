// What a property does to managers, written down as it is done. Behind its program a property goes
// on: it collects once more, drops everything, collects again. A counterexample's script is all of
// that, up to the call at which the promise broke, and what was seen there as a comment.
//
//   check(program, recording maker) ─► scene ─► each call, before it is made ─► lines
//                                                       reason ─► // comment behind the last one

import type { Player } from "./player.js";
import { printScript, type ScriptLine, type Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";

/** Takes the lines of one scene. */
export interface Recorder {
  add(line: ScriptLine): void;
  /** The line that was added last was refused, and whoever called goes on. */
  refuse(step: Step): void;
}

/** A maker whose scenes are written down. */
export interface RecordingMaker extends SubjectMaker {
  readonly begin: () => Recorder;
}

export interface Recording {
  /** Of the scene that was called last: a property may play several. */
  readonly lines: readonly ScriptLine[];
  /** Undefined when nothing broke this time. */
  readonly reason: string | undefined;
}

export function recorderOf(maker: SubjectMaker): Recorder | undefined {
  return (maker as Partial<RecordingMaker>).begin?.();
}

/** Steps are written down before they are played: the last one is where it broke. */
export function recordingPlayer(player: Player, recorder: Recorder | undefined): Player {
  if (recorder === undefined) return player;
  return {
    ...player,
    play(step) {
      recorder.add(step);
      try {
        player.play(step);
      } catch (error) {
        recorder.refuse(step);
        throw error;
      }
    },
  };
}

/** Lets `check` play on a maker like the given one; answers what it did to whom it called last. */
export function record(make: SubjectMaker, check: (make: SubjectMaker) => void): Recording {
  let last: ScriptLine[] = [];
  const begin = (): Recorder => {
    const lines: ScriptLine[] = [];
    return {
      add(line) {
        lines.push(line);
        last = lines;
      },
      refuse(step) {
        lines[lines.length - 1] = { refused: step };
      },
    };
  };
  const maker: RecordingMaker = Object.assign(
    (...args: Parameters<SubjectMaker>) => make(...args),
    {
      begin,
    },
  );
  const reason = reasonOf(() => check(maker));
  const end = last.at(-1);
  // Whoever broke there did not go on.
  if (typeof end === "object" && "refused" in end) last[last.length - 1] = end.refused;
  return { lines: last, reason };
}

/** The message of what `play` throws; undefined when it throws nothing. */
export function reasonOf(play: () => void): string | undefined {
  try {
    play();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The message of what was thrown, whatever it was. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Graphs as text can be long. */
const REASON_LINE_LIMIT = 24;

/** The reason as comments, for the end of a script. */
export function reasonLines(reason: string | undefined): string[] {
  const lines = reason?.split("\n") ?? [];
  const left = lines.length - REASON_LINE_LIMIT;
  const shown =
    left > 0 ? [...lines.slice(0, REASON_LINE_LIMIT), `and more lines: ${left}`] : lines;
  return shown.map((line) => `// ${line}`.trimEnd());
}

/** The steps among the lines: what a drawing plays. */
export function stepsIn(lines: readonly ScriptLine[]): Step[] {
  return lines.flatMap((line) => (typeof line === "object" && "call" in line ? [line] : []));
}

/** The calls as JavaScript, beginning with how the manager is made. */
export function printRecording(head: string, { lines, reason }: Recording): string {
  return [head, printScript([...lines, ...reasonLines(reason)])].join("\n");
}
