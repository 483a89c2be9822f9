// A unified diff as edited sources. It may change and add files of the sources of packages, apps;
// each hunk has to find its lines as they are, though not at the same line numbers. What it changes
// elsewhere, tests and pages, is left aside and named.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import type { EditedSources } from "./edit-sources.ts";

export type PatchProblem =
  | "is no unified diff"
  | "changes nothing"
  | "is outside the sources"
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

const SOURCE = /^(packages|apps)\/[a-z-]+\/src\/(?!.*\.\.).+\.ts$/;
const NONE = "/dev/null";

export interface Patched {
  readonly sources: EditedSources;
  /** Files that are no sources of a package or app. */
  readonly leftAside: readonly string[];
}

/** The patched texts; nothing on the disk changes. Throws a {@link PatchError}. */
export function applyPatchText(patchText: string, root: string): Patched {
  const sources = new Map<string, string>();
  const leftAside: string[] = [];
  for (const file of parse(patchText)) {
    const name = nameOf(file);
    if (!SOURCE.test(name)) {
      leftAside.push(name);
      continue;
    }
    const path = pathOf(file, name);
    const isAdded = file.oldFileName === NONE;
    sources.set(path, patched(textOf(path, isAdded, root), path, file));
  }
  const [first] = leftAside;
  if (sources.size === 0 && first !== undefined) {
    const remedy = "Faults are planted in packages/*/src and apps/*/src, by paths from the root.";
    throw new PatchError("is outside the sources", remedy, { file: first });
  }
  return { sources, leftAside };
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
function nameOf({ oldFileName, newFileName }: StructuredPatch): string {
  return bare(newFileName === NONE ? oldFileName : newFileName);
}

const bare = (name: string | undefined): string => (name ?? "").replace(/^[abciw]\/(?=.*)/, "");

function pathOf({ oldFileName, newFileName, hunks }: StructuredPatch, file: string): string {
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
