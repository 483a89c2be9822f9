// A picture of memory: rows of spans over word indexes, before they are laid out and drawn. It says
// what a program asked for and was given, right or wrong: spans may lie over one another, and
// beyond the row in which they begin.

/** `live` is in use, `freed` was given back, `kept` belongs to nobody the program knows. */
export type SpanFate = "live" | "freed" | "kept";

export interface MemorySpan {
  /** What the script calls it. */
  readonly name: string;
  /** How large it is, or what else is said beside its name. */
  readonly note: string;
  readonly startWord: number;
  /** One past its last word. */
  readonly endWord: number;
  readonly fate: SpanFate;
  /** What the last call is about. */
  readonly isMarked: boolean;
  /** What must not be, in capitals. */
  readonly wrongs: readonly string[];
}

/** Memory without a gap between two word indexes; what no span covers is drawn as empty. */
export interface MemoryRow {
  readonly title: string;
  readonly startWord: number;
  readonly endWord: number;
  readonly spans: readonly MemorySpan[];
  /** What boundaries are called. Default: their word indexes. */
  boundaryText?(word: number): string;
}

export interface MemoryPicture {
  readonly rows: readonly MemoryRow[];
  /** What is said of the whole. */
  readonly notes: readonly string[];
  /** What must not be, beside what spans say. */
  readonly wrongs: readonly string[];
}

/** Whether one of them has words that the other one has too. */
export function isOver(
  one: Pick<MemorySpan, "startWord" | "endWord">,
  other: Pick<MemorySpan, "startWord" | "endWord">,
): boolean {
  return one.startWord < other.endWord && other.startWord < one.endWord;
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** As people say it: 24 B, 12 KiB, 1.5 MiB. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < KIB) return `${sizeBytes} B`;
  const inKib = Number((sizeBytes / KIB).toFixed(1));
  return inKib < KIB ? `${inKib} KiB` : `${Number((sizeBytes / MIB).toFixed(1))} MiB`;
}
