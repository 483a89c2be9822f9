// Test support: the recordings that the project ships, and those of the folder that is given.

import { existsSync, readdirSync, readFileSync } from "node:fs";
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

/** All of the folder OURO_DATA, if it has some of the kind, else those that are shipped. */
export function recordingsOf(kind: RecordingKind): (readonly [string, () => Recording])[] {
  const folder = process.env.OURO_DATA;
  const isGiven = folder !== undefined && existsSync(join(folder, kind));
  return recordingsIn(isGiven ? folder : shippedFolder, kind);
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
