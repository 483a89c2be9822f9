// A unified diff as edited sources. It may change and add files of packages' sources; each hunk has
// to find its lines as they are, though not at the same line numbers.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import type { EditedSources } from "./edit-sources.ts";

export type PatchProblem =
  | "is no unified diff"
  | "changes nothing"
  | "is outside the packages' sources"
  | "is not there"
  | "is deleted or renamed"
  | "is added, and is there already"
  | "does not apply";

/** A patch that cannot be planted: what, where, and what to do. */
export class PatchError extends Error {
  override readonly name = "PatchError";
  readonly file: string | undefined;
  readonly problem: PatchProblem;
  /** Counted from 1, of the hunk that finds no place. */
  readonly hunk: number | undefined;

  constructor(
    problem: PatchProblem,
    remedy: string,
    { file, hunk }: { file?: string; hunk?: number } = {},
  ) {
    const what = file === undefined ? "The patch" : `${file}${hunk ? `, hunk ${hunk},` : ""}`;
    super(`${what} ${problem}. ${remedy}`);
    this.file = file;
    this.problem = problem;
    this.hunk = hunk;
  }
}

const SOURCE = /^packages\/[a-z-]+\/src\/(?!.*\.\.).+\.ts$/;
const NONE = "/dev/null";

/** The patched texts; nothing on the disk changes. Throws a {@link PatchError}. */
export function applyPatchText(patchText: string, root: string): EditedSources {
  const sources = new Map<string, string>();
  for (const file of parse(patchText)) {
    const path = pathOf(file);
    const isAdded = file.oldFileName === NONE;
    sources.set(path, patched(textOf(path, isAdded, root), path, file));
  }
  return sources;
}

function parse(patchText: string): StructuredPatch[] {
  let files: StructuredPatch[];
  try {
    files = parsePatch(patchText).filter(
      ({ hunks, oldFileName }) => hunks.length > 0 || oldFileName,
    );
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new PatchError(
      "is no unified diff",
      `It was made with \`git diff\`, or not whole: ${said}`,
    );
  }
  if (files.length === 0) {
    throw new PatchError("is no unified diff", "Make it with `git diff > FILE`.");
  }
  return files;
}

/** From the root; both `a/packages/…` and `packages/…` are understood. */
function pathOf({ oldFileName, newFileName, hunks }: StructuredPatch): string {
  const bare = (name: string | undefined): string => (name ?? "").replace(/^[abciw]\/(?=.*)/, "");
  const file = bare(newFileName === NONE ? oldFileName : newFileName);
  if (!SOURCE.test(file)) {
    const remedy = "Faults are planted in packages/*/src/**/*.ts, by paths from the root.";
    throw new PatchError("is outside the packages' sources", remedy, { file });
  }
  const isRenamed = oldFileName !== NONE && bare(oldFileName) !== file;
  if (newFileName === NONE || isRenamed) {
    throw new PatchError("is deleted or renamed", "Change its text in place.", { file });
  }
  if (hunks.length === 0) throw new PatchError("changes nothing", "Give it hunks.", { file });
  return file;
}

function textOf(path: string, isAdded: boolean, root: string): string {
  const exists = existsSync(join(root, path));
  if (isAdded && exists) {
    throw new PatchError("is added, and is there already", "Make the diff anew.", { file: path });
  }
  if (!isAdded && !exists) {
    throw new PatchError("is not there", "Make the diff against this revision.", { file: path });
  }
  return isAdded ? "" : readFileSync(join(root, path), "utf8");
}

function patched(text: string, path: string, file: StructuredPatch): string {
  const whole = applyPatch(text, file);
  if (whole !== false) {
    if (whole !== text) return whole;
    throw new PatchError("changes nothing", "A fault changes the text.", { file: path });
  }
  const lost = file.hunks.findIndex(
    (hunk) => applyPatch(text, { ...file, hunks: [hunk] }) === false,
  );
  throw new PatchError("does not apply", "Make the diff against this revision.", {
    file: path,
    hunk: lost + 1 || 1,
  });
}
