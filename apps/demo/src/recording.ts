// A recording: a file's bytes and what kind of recording they are. The content decides; where that
// can not be told (compressed, and damaged at once), the name does. What is no recording at all is
// told so, with what would be one.

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

/** What is read, in the words of `ouro help formats`. */
const INPUTS =
  "NAME.altrace.gz (an allocation trace), NAME.hgraph.gz (a heap graph), NAME.jsonl.gz (mutator " +
  "programs) and NAME.ouroheap (a heap image)";

/** The file was read, and is none of the files that ouro knows. */
export class UnknownInputError extends Error {
  constructor(file: string, what: string) {
    super(
      `${file} is ${what}, which is no input of ouro. It reads ${INPUTS}; ` +
        "ouro help formats says what each is.",
    );
    this.name = "UnknownInputError";
  }
}

/** Throws `UnknownInputError` for what is no recording. */
export function kindOf(file: string, bytes: Uint8Array): RecordingKind {
  if (bytes.length === 0) throw new UnknownInputError(file, "empty");
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) throw new UnknownInputError(file, notGzip(bytes));
  const start = decodedStart(bytes);
  const known = KINDS.find(([, begins]) => start.startsWith(begins));
  if (known !== undefined) return known[0];
  if (start.length >= LONGEST_START) {
    throw new UnknownInputError(file, "a gzip file of something else");
  }
  return kindOfName(file);
}

/** Recordings are gzipped: one that is not was unpacked by somebody. */
function notGzip(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, LONGEST_START)).toString("latin1");
  const unpacked = KINDS.find(([, begins]) => begins.length > 1 && start.startsWith(begins));
  if (unpacked !== undefined) return `${KIND_NAMES[unpacked[0]]} without its gzip compression`;
  return bytes.subarray(0, HEAD_BYTES).includes(0) ? "not compressed with gzip" : "a text file";
}

const LONGEST_START = 8;
const KIND_NAMES: Readonly<Record<RecordingKind, string>> = {
  "allocation-trace": "an allocation trace",
  "heap-graph": "a heap graph",
  "mutator-programs": "a file of programs",
};

/** The first decoded characters; empty for what can not be decoded. */
export function decodedStart(bytes: Uint8Array): string {
  try {
    const head = gunzipSync(bytes.subarray(0, HEAD_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: HEAD_DECODED_BYTES,
    });
    return head.subarray(0, LONGEST_START).toString("latin1");
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
