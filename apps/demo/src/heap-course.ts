// A heap as the course of a comparison: it is restored, references from outside are dropped and
// generations collected, as its plan says. A heap without a plan is collected, then loses its roots
// one by one, then is collected again. The oracle searches the recorded references.

import type { HeapImage } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { createSnapshot } from "@ouro/monitor";
import { createGraphSubject, type HeapGraph } from "@ouro/trace";
import { plainImage } from "./counting-proof.js";
import type { Course, CourseHost, MakeCompared } from "./course.js";

const OLDEST_GENERATION = 2;

/** A step: frame slots to clear, one after the other, or a generation to collect. */
export type HeapStep = { readonly clear: Int32Array } | { readonly collect: number };

/** The plan of a recorded heap. `frameStarts`: where an object's frame slots begin. */
export function stepsOfGraph(
  { steps, objectCount }: HeapGraph,
  frameStarts: Int32Array,
): HeapStep[] {
  const cutCounts = new Int32Array(objectCount);
  return steps.map(({ generation, cut }): HeapStep => {
    if (generation !== undefined) return { collect: generation };
    const clear = cut.map((object) => {
      const slot = (frameStarts[object] as number) + (cutCounts[object] as number);
      cutCounts[object] = (cutCounts[object] as number) + 1;
      return slot;
    });
    return { clear };
  });
}

/** For a heap without a plan. */
export function stepsOfImage({ handles, frames }: HeapImage): HeapStep[] {
  const clear = Int32Array.from({ length: handles.length / 2 + frames.length }, (_, slot) => slot);
  return [{ collect: OLDEST_GENERATION }, { clear }, { collect: OLDEST_GENERATION }];
}

export function createHeapCourse(
  given: HeapImage,
  steps: readonly HeapStep[],
  make: MakeCompared,
  host: CourseHost,
): Course {
  const image = plainImage(given);
  const { objectCount, edgeStarts, edgeTargets, sizesBytes } = createSnapshot(image);
  const frames = image.frames.slice();
  const isDead = new Uint8Array(objectCount);
  const isReached = new Uint8Array(objectCount);
  const queue = new Int32Array(objectCount);
  let manager: MemoryManager | undefined;
  const subject = createGraphSubject((needs) => {
    manager = make(needs);
    return manager;
  });
  subject.restore(image, new Set());
  const made = manager as unknown as MemoryManager;
  /** Undefined after a change, until somebody asks. */
  let reached: { readonly count: number; readonly bytes: number } | undefined;

  function reach() {
    isReached.fill(0);
    let count = 0;
    let bytes = 0;
    const enter = (object: number): void => {
      if (isReached[object] === 1) return;
      isReached[object] = 1;
      bytes += sizesBytes[object] as number;
      queue[count++] = object;
    };
    for (const value of frames) if (value > 0) enter(value - 1);
    for (let next = 0; next < count; next++) {
      const object = queue[next] as number;
      const end = edgeStarts[object + 1] as number;
      for (let edge = edgeStarts[object] as number; edge < end; edge++) {
        enter(edgeTargets[edge] as number);
      }
    }
    return { count, bytes };
  }

  /** An operation each, garbage being asked for after the last. */
  function clear(slots: Int32Array): void {
    for (const [index, slot] of slots.entries()) {
      frames[slot] = 0;
      reached = undefined;
      subject.clearFrameSlot(slot);
      made.mutator.poll();
      if (index < slots.length - 1) host.endOperation(false);
    }
  }

  function reachable() {
    reached ??= reach();
    return reached;
  }

  function check(): string | undefined {
    reachable();
    for (const object of Array.from(subject.takeDeaths())) isDead[object] = 1;
    for (let object = 0; object < objectCount; object++) {
      if (isDead[object] === 1 && isReached[object] === 1)
        return `object ${object} died, and a root reaches it`;
    }
    return undefined;
  }

  return {
    manager: made,
    heldCount: objectCount,
    heldBytes: sizesBytes.reduce((sum, bytes) => sum + bytes, 0),
    stepCount: steps.length,
    step(index) {
      const step = steps[index] as HeapStep;
      if ("collect" in step) subject.collect(step.collect);
      else clear(step.clear);
      host.endOperation(true);
    },
    reachable,
    check,
    isWholeVisited: image.types.every(
      ({ variablePart, ownedSlotCount }) => variablePart !== "owned" && ownedSlotCount === 0,
    ),
  };
}
