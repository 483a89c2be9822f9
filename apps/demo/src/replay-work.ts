// What the steps of a replay share: the wishes of the user, and the way to show progress and to be
// stopped between two slices of work.

import type { Composition } from "./composition.js";
import type { Progress } from "./progress.js";
import type { RunRecorder } from "./run-recorder.js";
import type { Terminal } from "./terminal.js";

export interface ReplayOptions {
  readonly composition: Composition;
  /** Of graphs and programs. */
  readonly preset: string;
  readonly isVerifying: boolean;
  readonly passCount: number;
  readonly limitBytes: number | undefined;
  /** What graphs and programs do is written down by it. */
  readonly recorder?: RunRecorder | undefined;
}

export interface Work {
  readonly progress: Progress;
  /** A monotonic clock. Unit: milliseconds. */
  readonly nowMs: () => number;
  /** Lets signals in. Throws `Stopped` when somebody asked to stop. */
  breathe(): Promise<void>;
}

/** Somebody asked to stop: the result so far is partial. */
export class Stopped extends Error {}

export function createWork(terminal: Terminal, progress: Progress): Work {
  return {
    progress,
    nowMs: terminal.nowMs,
    async breathe() {
      await terminal.takeBreath();
      if (terminal.stopReason() !== undefined) throw new Stopped();
    },
  };
}

/** For what is still to be done of a partial answer. A second Ctrl-C ends the process. */
export function finishing(work: Work): Work {
  const breathe = async (): Promise<void> => {
    try {
      await work.breathe();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  };
  return { ...work, breathe };
}

/** Progress by stages: each call says that one more is done, and lets signals in. */
export function createStages(
  work: Work,
  step: string,
  file: string,
  stageCount: number,
): () => Promise<void> {
  let doneCount = 0;
  work.progress.begin(step, file, stageCount);
  return async () => {
    work.progress.reach(++doneCount);
    await work.breathe();
  };
}
