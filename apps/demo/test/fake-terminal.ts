// A terminal held in memory, for running the command line inside a test.

import { Writable } from "node:stream";
import { checkWritable, readBytes, type Terminal } from "../src/terminal.js";

export interface FakeTerminal extends Terminal {
  stdoutText(): string;
  stderrText(): string;
  /** What was written into files, by path. */
  readonly written: ReadonlyMap<string, string>;
  /** The same as bytes. */
  readonly writtenBytes: ReadonlyMap<string, Uint8Array>;
}

export interface FakeTerminalOptions {
  env?: Record<string, string>;
  isTTY?: boolean;
  columns?: number;
  /** Contents by path, looked up before the file system. */
  files?: Record<string, Uint8Array>;
  /** After this many breaths somebody presses Ctrl-C. */
  interruptAfterBreaths?: number;
  /** After this many breaths nobody reads the output any more. */
  closeAfterBreaths?: number;
  /** Standard error is a stream, as a progress bar needs it; what it draws is in `stderrText`. */
  isDrawable?: boolean;
  /** Names of keys that somebody presses, one after the other; then no more come. */
  keys?: readonly string[];
  rows?: number;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { env = { LANG: "C.UTF-8" }, isTTY = false, columns, files = {} } = options;
  const written = new Map<string, string>();
  const writtenBytes = new Map<string, Uint8Array>();
  let stdout = "";
  let stderr = "";
  let breathCount = 0;
  let nowMs = 0;
  async function* pressed(names: readonly string[]): AsyncGenerator<string> {
    yield* names;
  }

  return {
    env,
    keys: options.keys === undefined ? undefined : () => pressed(options.keys ?? []),
    stdout: {
      write(text) {
        stdout += text;
      },
      isTTY,
      columns,
      rows: options.rows,
    },
    stderr: {
      write(text) {
        stderr += text;
      },
      isTTY,
      columns,
      ...(options.isDrawable === true && {
        stream: drawnOn((text) => {
          stderr += text;
        }, columns),
      }),
    },
    async readBytes(path) {
      return files[path] ?? readBytes(path);
    },
    async writeFile(path, pieces) {
      const bytes = Buffer.concat([...pieces].map((piece) => Buffer.from(piece as string)));
      writtenBytes.set(path, bytes);
      written.set(path, bytes.toString("utf8"));
    },
    checkWritable,
    // A clock of its own, so that times in output are the same in each run.
    nowMs() {
      nowMs += 1;
      return nowMs;
    },
    async takeBreath() {
      breathCount += 1;
    },
    stopReason() {
      const { interruptAfterBreaths = Infinity, closeAfterBreaths = Infinity } = options;
      if (breathCount >= interruptAfterBreaths) return "interrupted";
      return breathCount >= closeAfterBreaths ? "output-closed" : undefined;
    },
    written,
    writtenBytes,
    stdoutText: () => stdout,
    stderrText: () => stderr,
  };
}

/** The stream of a terminal, as far as a progress bar asks it. */
function drawnOn(write: (text: string) => void, columns = 80): NodeJS.WriteStream {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns, rows: 24 }) as unknown as NodeJS.WriteStream;
}
