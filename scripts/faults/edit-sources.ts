// The sources with a fault in them, as texts: nothing on the disk changes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Edit, FaultSection, PlantedFault } from "./planted-fault.ts";

/** Path from the root of the repository, with its text. */
export type EditedSources = ReadonlyMap<string, string>;

/** A fault whose place is not in the sources, or is there more than once. */
export class LostFaultError extends Error {
  override readonly name = "LostFaultError";
  readonly file: string;
  readonly find: string;
  readonly placeCount: number;

  constructor(fault: string, file: string, find: string, placeCount: number) {
    super(
      `"${fault}" does not apply: ${file} has ${placeCount} places that read\n${find}\n` +
        "The sources moved on; the fault must follow them.",
    );
    this.file = file;
    this.find = find;
    this.placeCount = placeCount;
  }
}

export function editsOf(fault: PlantedFault): readonly Edit[] {
  return [fault, ...(fault.and ?? [])];
}

/** Throws a {@link LostFaultError} for an edit that does not apply. */
export function sourcesWith(fault: PlantedFault, section: FaultSection, root: string) {
  const sources = new Map<string, string>();
  for (const { file, find, replace } of editsOf(fault)) {
    const path = join(section.folder, file).replaceAll("\\", "/");
    const text = sources.get(path) ?? readFileSync(join(root, path), "utf8");
    const pieces = text.split(find);
    if (pieces.length !== 2) throw new LostFaultError(fault.name, path, find, pieces.length - 1);
    sources.set(path, pieces.join(replace));
  }
  return sources as EditedSources;
}
