// A failing program drawn: the heap before the last call of the script and after it.

import type { ObjectCount } from "./census.js";
import { createScene, playStep } from "./check-program.js";
import { type DrawnPart, drawParts } from "./heap-drawing.js";
import { type Program, scriptOf } from "./program.js";
import type { Drawing } from "./report.js";
import type { ShadowObject } from "./shadow-heap.js";
import { type Snapshot, takeSnapshot } from "./snapshot.js";
import { printScript, type Step } from "./step.js";
import type { Subject, SubjectMaker } from "./subject.js";

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
  const scene = createScene(maker);
  const { shadow, census, subject } = scene;
  const known = new Set<ShadowObject>();
  const isThere = thereOf(subject, (object) => census.isThere(object));
  const look = (): Snapshot => {
    census.take();
    const counts = census.counts();
    return takeSnapshot(shadow, known, isThere, (object) => countNote(counts.get(object)));
  };
  const last = steps.at(-1);
  const parts: DrawnPart[] = [];
  const play = (step: Step, title: string): void => {
    playStep(step, scene);
    parts.push({ title, snapshot: look() });
  };
  try {
    for (const step of steps.slice(0, -1)) {
      const newborn = playStep(step, scene);
      if (newborn !== undefined && !subject.collector.traits.moves) known.add(newborn);
    }
    census.take();
    for (const object of known) if (!census.isThere(object)) known.delete(object);
    if (last !== undefined) {
      parts.push({ title: "before the last call", snapshot: look() });
      play(last, `after ${lastLineOf(steps)}`);
    }
    if (last?.call !== "collect") play({ call: "collect" }, "after a full collection behind it");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    parts.push({ title: `then it threw: ${reason}`, snapshot: { roots: [], objects: [] } });
  }
  return drawParts(parts);
}

/** Right ones are told too: only beside them a wrong one is understood. */
function countNote(count: ObjectCount | undefined): string | undefined {
  if (count === undefined) return undefined;
  const { kept, expected } = count;
  return kept === expected ? `count ${kept}` : `count ${kept}, not ${expected}`;
}

function lastLineOf(steps: readonly Step[]): string {
  return printScript(steps).split("\n").at(-1) ?? "";
}

/** Of a strategy that moves, addresses say nothing: then what is reachable is taken to be there. */
function thereOf(
  subject: Subject,
  isThere: (object: ShadowObject) => boolean,
): (object: ShadowObject) => boolean {
  return subject.collector.traits.moves ? () => true : isThere;
}
