// A recording: a file's bytes and what kind of recording they are. The content decides; where that
// can not be told (cut short, no gzip), the name does; a file of neither is read as a trace, whose
// reader says what is wrong with it.

import { constants, gunzipSync } from "node:zlib";
import type { ReplayResult } from "./replay-result.js";
import type { Work } from "./replay-work.js";
import { FileNotReadableError, type Terminal } from "./terminal.js";

export type RecordingKind = ReplayResult["kind"];

export interface Recording {
  readonly file: string;
  readonly kind: RecordingKind;
  readonly bytes: Uint8Array;
}

const PIECE_BYTES = 1 << 17;
/** Enough compressed bytes to see how the decoded ones begin. */
const HEAD_BYTES = 1 << 12;
const HEAD_DECODED_BYTES = 1 << 24;

/** How decoded recordings begin, and how their files end. */
const KINDS: readonly (readonly [RecordingKind, start: string, ending: RegExp])[] = [
  ["allocation-trace", "ALTRACE1", /^(.*)\.altrace(\.gz)?$/],
  ["heap-graph", "HGRAPH01", /^(.*)\.hgraph(\.gz)?$/],
  ["mutator-programs", "{", /^(.*)\.jsonl(\.gz)?$/],
];

export function kindOfName(file: string): RecordingKind {
  return KINDS.find(([, , ending]) => ending.test(file))?.[0] ?? "allocation-trace";
}

export function isTraceName(file: string): boolean {
  return KINDS.some(([kind, , ending]) => kind === "allocation-trace" && ending.test(file));
}

export function kindOf(file: string, bytes: Uint8Array): RecordingKind {
  const start = decodedStart(bytes);
  const known = KINDS.find(([, begins]) => start.startsWith(begins));
  return known?.[0] ?? kindOfName(file);
}

/** The first decoded characters; empty for what can not be decoded. */
export function decodedStart(bytes: Uint8Array): string {
  try {
    const head = gunzipSync(bytes.subarray(0, HEAD_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: HEAD_DECODED_BYTES,
    });
    return head.subarray(0, 8).toString("latin1");
  } catch {
    return "";
  }
}

/** The bytes in pieces, between which Ctrl-C is heard. */
export async function* piecesOf(
  recording: Recording,
  work: Work,
  pieceBytes = PIECE_BYTES,
): AsyncGenerator<Uint8Array> {
  const { bytes, file } = recording;
  work.progress.begin("reading", file, bytes.length);
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    await work.breathe();
    yield bytes.subarray(start, start + pieceBytes);
    work.progress.reach(Math.min(start + pieceBytes, bytes.length));
  }
}

/** The name of the facts file that belongs to a recording; undefined for names of no known form. */
function factsPathOf(file: string): string | undefined {
  for (const [, , ending] of KINDS) {
    const stem = ending.exec(file)?.[1];
    if (stem !== undefined) return `${stem}.facts.json`;
  }
  return undefined;
}

/** Undefined when no facts file lies beside the recording. */
export async function factsTextBeside(
  file: string,
  terminal: Terminal,
): Promise<{ readonly text: string; readonly path: string } | undefined> {
  const path = file === "-" ? undefined : factsPathOf(file);
  if (path === undefined) return undefined;
  try {
    return { text: new TextDecoder().decode(await terminal.readBytes(path)), path };
  } catch (error) {
    if (error instanceof FileNotReadableError && error.code === "ENOENT") return undefined;
    throw error;
  }
}
