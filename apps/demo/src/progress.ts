// Progress of long work: a bar on standard error, only where that is a terminal.

import type { SingleBar } from "cli-progress";
import { wantsUnicode } from "./look.js";
import type { Terminal } from "./terminal.js";

export interface Progress {
  begin(step: string, file: string, total: number): void;
  reach(value: number): void;
  /** Takes the bar off the screen. */
  end(): void;
}

const NO_PROGRESS: Progress = { begin() {}, reach() {}, end() {} };

export interface ProgressOptions {
  readonly isQuiet: boolean;
  readonly ascii: boolean;
}

export async function createProgress(
  terminal: Terminal,
  options: ProgressOptions,
): Promise<Progress> {
  const { stderr, env } = terminal;
  const { stream } = stderr;
  const isDrawable = stderr.isTTY && stream !== undefined && env.TERM !== "dumb";
  if (options.isQuiet || !isDrawable) return NO_PROGRESS;
  const { default: cliProgress } = await import("cli-progress");
  const isUnicode = wantsUnicode(env, { ascii: options.ascii });
  const barWidth = Math.max(10, Math.min(40, (stderr.columns ?? 80) - 46));
  let bar: SingleBar | undefined;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    begin(step, file, total) {
      end();
      bar = new cliProgress.SingleBar({
        format: `${step.padEnd(8)} {bar} {percentage} %  ${shortName(file)}`,
        barCompleteChar: isUnicode ? "█" : "#",
        barIncompleteChar: isUnicode ? "░" : ".",
        barsize: barWidth,
        clearOnComplete: true,
        gracefulExit: false,
        stream,
      });
      bar.start(total, 0);
    },
    reach: (value) => bar?.update(value),
    end,
  };
}

/** The last part of a path, cut to 24 columns. */
function shortName(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  return name.length > 24 ? `${name.slice(0, 23)}~` : name;
}
