// What the command line may touch of the outside world, passed in so that tests can hold it:
// streams, environment, files, a clock, and whether somebody asked to stop. `processTerminal` is
// the real one.
//
// Node's modules are loaded where they are needed and streams opened where they are written to: a
// command that only prints help starts without the rest.

import { EXIT_LIMIT } from "./exit-code.js";
import { keysOf } from "./key-input.js";

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns; undefined when this is no terminal. */
  readonly columns: number | undefined;
  /** Its height in lines; undefined when this is no terminal. */
  readonly rows?: number | undefined;
  /** The stream itself, for libraries that draw on it. */
  readonly stream?: NodeJS.WritableStream;
}

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Contents of a file; `-` is standard input. Throws `FileNotReadableError`. */
  readBytes(path: string): Promise<Uint8Array>;
  /** Writes a file, piece by piece. Throws `FileNotWritableError`. */
  writeFile(path: string, pieces: Iterable<string | Uint8Array>): Promise<void>;
  /** Whether a file can be made or written there. Throws `FileNotWritableError`. */
  checkWritable(path: string): Promise<void>;
  /** A monotonic clock. Unit: milliseconds. */
  nowMs(): number;
  /** Lets pending signals and writes in. */
  takeBreath(): Promise<void>;
  /** Why the work should stop early; undefined while it should go on. */
  stopReason(): "interrupted" | "output-closed" | undefined;
  /** Names of the keys that are pressed, as they are; undefined when input is no terminal. */
  readonly keys?: (() => AsyncIterable<string>) | undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  ENOSPC: "no space is left on the device",
};

/** A file could not be opened or read at all. */
export class FileNotReadableError extends Error {
  /** The operating system's name for the reason, such as ENOENT. */
  readonly code: string;

  constructor(path: string, code: string) {
    super(`${path} cannot be read: ${REASONS[code] ?? code}. Check the name and its permissions.`);
    this.name = "FileNotReadableError";
    this.code = code;
  }
}

/** A file could not be made or written. */
export class FileNotWritableError extends Error {
  /** Why, in words. */
  readonly reason: string;
  readonly remedy: string;

  constructor(path: string, code: string) {
    // Where a file is to be made, what is not there is its folder.
    const reason = code === "ENOENT" ? "its folder does not exist" : (REASONS[code] ?? code);
    const remedy = REMEDIES[code] ?? "Name a file in a folder that may be written to.";
    super(`${path} cannot be written: ${reason}. ${remedy}`);
    this.name = "FileNotWritableError";
    this.reason = reason;
    this.remedy = remedy;
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: "Make the folder first, or name another one.",
  EISDIR: "Name a file in it.",
  ENOSPC: "Make room, or name a file elsewhere.",
};

async function readStandardInput(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of process.stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** Reads a file, or standard input for `-`. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if (path === "-") return await readStandardInput();
    const { readFile } = await import("node:fs/promises");
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new FileNotReadableError(path, code);
  }
}

/** Writes a file as its pieces come: none of them is kept. */
export async function writePieces(
  path: string,
  pieces: Iterable<string | Uint8Array>,
): Promise<void> {
  const { createWriteStream } = await import("node:fs");
  const { Readable } = await import("node:stream");
  const { pipeline } = await import("node:stream/promises");
  try {
    await pipeline(Readable.from(pieces), createWriteStream(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new FileNotWritableError(path, code);
  }
}

/** Looks whether a file can be made or written, and changes nothing. */
export async function checkWritable(path: string): Promise<void> {
  const { access, constants, stat } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  const refuse = (error: NodeJS.ErrnoException): never => {
    throw new FileNotWritableError(path, error.code ?? "unknown error");
  };
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") refuse(error);
  });
  if (found?.isDirectory()) throw new FileNotWritableError(path, "EISDIR");
  await access(found === undefined ? dirname(path) : path, constants.W_OK).catch(refuse);
}

/** What cannot be written cannot be reported either: a full disk ends the command, in one line. */
function giveUp({ code, message }: NodeJS.ErrnoException): never {
  const reason = REASONS[code ?? ""] ?? message;
  try {
    const { writeSync } = process.getBuiltinModule("node:fs");
    writeSync(2, `ouro: the output cannot be written: ${reason}.\n`);
  } catch {
    // Standard error goes to the same full disk.
  }
  process.exit(EXIT_LIMIT);
}

/** The terminal of this process. The first Ctrl-C asks for a stop, the second one ends at once. */
export function processTerminal(): Terminal {
  let reason: "interrupted" | "output-closed" | undefined;
  process.on("SIGINT", () => {
    if (reason !== undefined) process.exit(130);
    reason = "interrupted";
  });
  const hear = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") giveUp(error);
    reason ??= "output-closed";
  };
  const stdout = outputOf(process.stdout, hear);
  let stderr: Output | undefined;
  return {
    env: process.env,
    stdout,
    get stderr() {
      stderr ??= outputOf(process.stderr, hear);
      return stderr;
    },
    readBytes,
    writeFile: writePieces,
    checkWritable,
    nowMs: () => performance.now(),
    takeBreath: () => new Promise((resolve) => setImmediate(resolve)),
    stopReason: () => reason,
    // Asked late: standard input costs time to open.
    get keys() {
      return process.stdin.isTTY ? readKeys : undefined;
    },
  };
}

function outputOf(
  stream: NodeJS.WriteStream,
  hear: (error: NodeJS.ErrnoException) => void,
): Output {
  stream.on("error", hear);
  return {
    write: (text) => void (stream.writable && stream.write(text)),
    isTTY: stream.isTTY === true,
    stream,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined;
    },
  };
}

/** Keys one by one, without their echo, until whoever asks has enough. */
async function* readKeys(): AsyncGenerator<string> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  try {
    for await (const input of stdin) yield* keysOf(input as string);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
