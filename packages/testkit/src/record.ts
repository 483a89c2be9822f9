// What a property does to managers, written down as it is done. Behind its program a property goes
// on: it collects once more, drops everything, collects again. A counterexample's script is all of
// that, up to the call at which the promise broke, and what was seen there as a comment.
//
//   check(program, recording maker) ─► scene ─► each call, before it is made ─► lines
//                                                       reason ─► // comment behind the last one

import { type ManagerMaker, sourceOf } from "./manager-subject.js";
import type { Player } from "./player.js";
import type { ShadowObject } from "./shadow-heap.js";
import type { Snapshot } from "./snapshot.js";
import { printScript, type ScriptLine, type Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";

/** Takes the lines of one scene. */
export interface Recorder {
  add(line: ScriptLine): void;
  /** The step that was added last was refused with this error, and whoever called goes on. */
  refuse(step: Step, error: unknown): void;
  /** The manager is made with this observer: an expression. */
  observe(observer: string): void;
  /** Shows the scene whose lines these are. */
  show(stage: Stage): void;
}

/** A scene, as far as a drawing of it goes. */
export interface Stage {
  look(known: Set<ShadowObject>): Snapshot;
  play(step: Step): void;
}

/** Told of a line of a scene before it is done: both are counted from 0. */
export type LineWatch = (sceneIndex: number, lineIndex: number, stage: Stage) => void;

/** A maker whose scenes are written down. */
export interface RecordingMaker extends SubjectMaker {
  readonly begin: () => Recorder;
}

export interface Recording {
  /** Of the scene that was called last: a property may play several. */
  readonly lines: readonly ScriptLine[];
  /** Of the observer that the manager is to be made with, if one matters. */
  readonly observer: string | undefined;
  /** Undefined when nothing broke this time. */
  readonly reason: string | undefined;
  readonly sceneIndex: number;
  readonly stage: Stage | undefined;
  /** The last call itself ended with an error that nobody caught. */
  readonly isThrown: boolean;
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
        recorder.refuse(step, error);
        throw error;
      }
    },
  };
}

/** Lets `check` play on a maker like the given one; answers what it did to whom it called last. */
export function record(
  make: SubjectMaker,
  check: (make: SubjectMaker) => void,
  watch: LineWatch = () => {},
): Recording {
  let last: Script = { index: 0, lines: [] };
  let sceneCount = 0;
  const begin = (): Recorder => {
    const script: Script = { index: sceneCount++, lines: [] };
    const { index, lines } = script;
    return {
      add(line) {
        lines.push(line);
        last = script;
        if (script.stage !== undefined) watch(index, lines.length - 1, script.stage);
      },
      refuse(step, error) {
        lines[lines.length - 1] = { refused: step };
        script.refusal = error;
      },
      observe(observer) {
        script.observer = observer;
      },
      show(stage) {
        script.stage = stage;
      },
    };
  };
  const maker: RecordingMaker = Object.assign(
    (...args: Parameters<SubjectMaker>) => make(...args),
    { begin },
  );
  const error = thrownBy(() => check(maker));
  const { index: sceneIndex, lines, observer, refusal, stage } = last;
  const end = lines.at(-1);
  // Whoever broke by the refusal itself did not go on.
  const isThrown = typeof end === "object" && "refused" in end && isCausedBy(error, refusal);
  if (isThrown) lines.splice(-1, 1, end.refused);
  const reason = error === undefined ? undefined : messageOf(error);
  return { lines, observer, reason, sceneIndex, stage, isThrown };
}

function isCausedBy(error: unknown, refusal: unknown): boolean {
  for (
    let each = error;
    each !== undefined;
    each = each instanceof Error ? each.cause : undefined
  ) {
    if (each === refusal) return true;
  }
  return false;
}

/** One scene as it is written down. */
interface Script {
  readonly index: number;
  readonly lines: ScriptLine[];
  stage?: Stage;
  observer?: string;
  /** By which the last refused step was refused. */
  refusal?: unknown;
}

/** What `play` throws; undefined when it throws nothing. */
export function thrownBy(play: () => void): unknown {
  try {
    play();
    return undefined;
  } catch (error) {
    return error ?? new Error("nothing was thrown");
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Whether two errors have the same name: another error is another failure. */
export function isAlike(one: unknown, other: unknown): boolean {
  const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
  return nameOf(one) === nameOf(other);
}

/** The message of what `play` throws; undefined when it throws nothing. */
export function reasonOf(play: () => void): string | undefined {
  const error = thrownBy(play);
  return error === undefined ? undefined : messageOf(error);
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
export function printRecording(
  maker: ManagerMaker,
  { lines, observer, reason }: Pick<Recording, "lines" | "observer" | "reason">,
): string {
  const head = sourceOf(maker, observer);
  return [head, printScript([...lines, ...reasonLines(reason)])].join("\n");
}
