// The recordings that ship with the package.

import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FileNotReadableError } from "./terminal.js";

const FOLDERS = {
  traces: ".altrace.gz",
  graphs: ".hgraph.gz",
  programs: ".jsonl.gz",
} as const;

/** Paths, by name. Throws `FileNotReadableError` when none are there. */
export async function shippedRecordings(kind: keyof typeof FOLDERS): Promise<string[]> {
  const folder = fileURLToPath(new URL(`../${kind}/`, import.meta.url));
  let names: string[] = [];
  try {
    names = await readdir(folder);
  } catch {
    throw new FileNotReadableError(folder, "ENOENT");
  }
  const recordings = names.filter((name) => name.endsWith(FOLDERS[kind])).sort();
  if (recordings.length > 0) return recordings.map((name) => folder + name);
  throw new FileNotReadableError(`${folder}*${FOLDERS[kind]}`, "ENOENT");
}
