// One line of a terminal that says how far a long run is, and goes before anything else is printed.
// Where there is no terminal there is none: a log is not for lines that come and go.

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface StatusLine {
  /** Asks for the text only when it is time for another one. */
  tell(text: () => string): void;
  clear(): void;
}

const EVERY_MILLISECONDS = 500;
const CLEAR = "\r\u001b[K";

export function createStatusLine(output: Output, now: () => number = Date.now): StatusLine {
  const isSeen = output.isTTY === true;
  let nextTime = 0;
  return {
    tell(text) {
      if (!isSeen || now() < nextTime) return;
      nextTime = now() + EVERY_MILLISECONDS;
      // A line that wraps cannot be taken back.
      output.write(CLEAR + text().slice(0, (output.columns ?? 80) - 1));
    },
    clear() {
      if (isSeen) output.write(CLEAR);
      nextTime = 0;
    },
  };
}

/** 95 s, 12 min: what a person needs who waits. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
