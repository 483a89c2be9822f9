// How far a long run over small scopes is, on the line of a terminal.

import type { ScopeProgress } from "@ouro/testkit";
import { createStatusLine, durationText, type Output } from "./status-line.ts";

export interface ProgressLine {
  begin(title: string): void;
  tell(progress: ScopeProgress): void;
  /** Clears the line. */
  end(): void;
}

export function createProgressLine(output: Output, now: () => number = Date.now): ProgressLine {
  const status = createStatusLine(output, now);
  let title = "";
  let startTime = 0;

  return {
    begin(text) {
      title = text;
      startTime = now();
    },
    tell(progress) {
      status.tell(() => `${title}: ${progressText(progress, now() - startTime)}`);
    },
    end: status.clear,
  };
}

/** Branches take about the same time each, and so what is left follows from what is done. */
function progressText(progress: ScopeProgress, elapsedMilliseconds: number): string {
  const { doneCount, branchCount, programCount } = progress;
  const done = `${doneCount} of ${branchCount} branches, ${programCount} programs`;
  if (doneCount === 0) return done;
  const leftMilliseconds = (elapsedMilliseconds / doneCount) * (branchCount - doneCount);
  return `${done}, about ${durationText(leftMilliseconds)} left`;
}
