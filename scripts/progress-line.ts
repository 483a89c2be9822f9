// One line of a terminal that says how far a long run is. Where there is no terminal it says
// nothing: a log is not for lines that come and go.

import type { ScopeProgress } from "@ouro/testkit";

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  begin(title: string): void;
  tell(progress: ScopeProgress): void;
  /** Clears the line. */
  end(): void;
}

const EVERY_MILLISECONDS = 500;
const CLEAR = "\r\u001b[K";

export function createProgressLine(output: Output, now: () => number = Date.now): ProgressLine {
  let title = "";
  let startTime = 0;
  let nextTime = 0;

  return {
    begin(text) {
      title = text;
      startTime = now();
      nextTime = startTime;
    },
    tell(progress) {
      const time = now();
      if (output.isTTY !== true || time < nextTime) return;
      nextTime = time + EVERY_MILLISECONDS;
      output.write(`${CLEAR}${title}: ${progressText(progress, time - startTime)}`);
    },
    end() {
      if (output.isTTY === true) output.write(CLEAR);
    },
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

function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
