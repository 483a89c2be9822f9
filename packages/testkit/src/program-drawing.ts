// A failing program drawn: the heap before the last call of the script and after it.

import { createScene, playStep } from "./check-program.js";
import { type DrawnPart, drawParts } from "./heap-drawing.js";
import { type Program, scriptOf } from "./program.js";
import { messageOf, record, thrownBy } from "./record.js";
import type { Drawing } from "./report.js";
import type { ShadowObject } from "./shadow-heap.js";
import { printScript, type ScriptLine, type Step } from "./step.js";
import type { SubjectMaker } from "./subject.js";

/**
 * The heap before and after the last call, and after a full collection behind it: what breaks at
 * the end of a program breaks in one of them. A subject that throws is drawn up to there.
 * O(steps + objects).
 */
export function drawProgram(program: Program, maker: SubjectMaker): Drawing {
  return drawSteps(scriptOf(program), maker);
}

/** As `drawProgram`, for the calls of a script. */
export function drawSteps(steps: readonly Step[], maker: SubjectMaker): Drawing {
  return drawCheck(maker, (make) => {
    const scene = createScene(make);
    for (const step of steps) playStep(step, scene);
  }) as Drawing;
}

/**
 * The same of what a check does, observers and used-up memory with it; undefined if it plays
 * nothing. The check is played twice: only then is known which line is the last one.
 */
export function drawCheck(
  maker: SubjectMaker,
  check: (make: SubjectMaker) => void,
): Drawing | undefined {
  const { lines, sceneIndex, reason, isThrown } = record(maker, check);
  if (lines.length === 0) return undefined;
  const parts: DrawnPart[] = [];
  const known = new Set<ShadowObject>();
  const { stage } = record(maker, check, (scene, line, { look }) => {
    if (scene !== sceneIndex || line !== lines.length - 1) return;
    // Who was freed before is no part of the picture.
    parts.push({ title: "before the last call", snapshot: look(known) });
  });
  const draw = (title: string): void => {
    if (stage !== undefined) parts.push({ title, snapshot: stage.look(known) });
  };
  const error = thrownBy(() => {
    if (isThrown) throw new Error(reason);
    draw(`after ${lastLineOf(lines)}`);
    if (isCollection(lines.at(-1))) return;
    stage?.play({ call: "collect" });
    draw("after a full collection behind it");
  });
  if (error !== undefined) {
    const title = `then it threw: ${messageOf(error)}`;
    parts.push({ title, snapshot: { roots: [], objects: [] } });
  }
  return drawParts(parts);
}

const isCollection = (line: ScriptLine | undefined): boolean =>
  typeof line === "object" && "call" in line && line.call === "collect";

function lastLineOf(lines: readonly ScriptLine[]): string {
  return printScript(lines).split("\n").at(-1) ?? "";
}
