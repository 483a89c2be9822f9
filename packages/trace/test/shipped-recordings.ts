// Test support: the recordings that the project ships, and those of the folder that is given.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export type RecordingKind = "graphs" | "programs";

const ENDINGS: Readonly<Record<RecordingKind, string>> = {
  graphs: ".hgraph.gz",
  programs: ".jsonl.gz",
};

export interface Recording {
  readonly name: string;
  readonly file: Uint8Array;
  /** The text of the facts beside it. */
  facts(): string;
}

/** With OURO_DATA all of the folder's recordings, else those that are shipped. */
export function recordingsOf(kind: RecordingKind): (readonly [string, () => Recording])[] {
  return recordingsIn(process.env.OURO_DATA ?? shippedFolder, kind);
}

export function shippedRecordingsOf(kind: RecordingKind): (readonly [string, () => Recording])[] {
  return recordingsIn(shippedFolder, kind);
}

const shippedFolder = fileURLToPath(new URL("../../../apps/demo/", import.meta.url));

function recordingsIn(folder: string, kind: RecordingKind): (readonly [string, () => Recording])[] {
  const ending = ENDINGS[kind];
  const files = readdirSync(join(folder, kind)).filter((file) => file.endsWith(ending));
  return files.map((file) => {
    const name = basename(file, ending);
    const path = join(folder, kind, file);
    const read = (): Recording => ({
      name,
      file: new Uint8Array(readFileSync(path)),
      facts: () => readFileSync(path.replace(ending, ".facts.json"), "utf8"),
    });
    return [name, read] as const;
  });
}
