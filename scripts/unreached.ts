// What no program reached: the pieces of the packages' sources that a run never executed, as V8
// counts them. Types are stripped in place, so that V8's offsets are those of the files.
//
//   the script again, in a process that counts ─► ranges with counts, the inner ones within
//   the outer ones ─► each character reached or not ─► pieces, by file and line

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** As V8 writes it; a range lies within another one or beside it. */
interface CountedRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
export interface CountedScript {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly CountedRange[] }[];
}

/** Lines are counted from 1. */
export interface Piece {
  readonly firstLine: number;
  readonly lastLine: number;
  /** Its beginning. */
  readonly text: string;
}

const SOURCE = /\/(packages\/(?!testkit\/)[a-z-]+\/src\/[^?]+\.ts)$/;

/** Whether this is the process that counts: it does so from its first line on. */
export const isCounted = (): boolean => process.env.NODE_V8_COVERAGE !== undefined;

/** Plays the running script again, and prints what that left out; answers its exit code. */
export function printUnreached(): number {
  const folder = mkdtempSync(join(tmpdir(), "ouro-unreached-"));
  try {
    // Code that comes out of a cache is not counted block by block.
    const env = { ...process.env, NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: "1" };
    const args = [...process.execArgv, ...process.argv.slice(1)];
    const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
    const scripts = readdirSync(folder).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      return result as CountedScript[];
    });
    for (const line of describeUnreached(scripts)) console.log(line);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeUnreached(scripts: readonly CountedScript[]): string[] {
  const lines: string[] = [];
  let pieceCount = 0;
  for (const script of scripts.toSorted((a, b) => (a.url < b.url ? -1 : 1))) {
    const file = SOURCE.exec(script.url)?.[1];
    if (file === undefined) continue;
    const pieces = unreachedPieces(readFileSync(fileURLToPath(script.url), "utf8"), script);
    pieceCount += pieces.length;
    for (const { firstLine, lastLine, text } of pieces) {
      const where = firstLine === lastLine ? `${firstLine}` : `${firstLine}-${lastLine}`;
      lines.push(`${file}:${where}  ${text}`);
    }
  }
  return [...lines, `${pieceCount} pieces of the sources were reached by no program.`];
}

/** What has no word in it, a brace or an empty line, is no piece. */
export function unreachedPieces(
  text: string,
  { functions }: Pick<CountedScript, "functions">,
): Piece[] {
  const isReached = new Uint8Array(text.length).fill(1);
  const ranges = functions.flatMap((each) => each.ranges);
  // The outer ones first: the inner ones are written over them.
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) {
    isReached.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  const pieces: Piece[] = [];
  for (let end = 0, start = isReached.indexOf(0); start >= 0; start = isReached.indexOf(0, end)) {
    const next = isReached.indexOf(1, start);
    end = next < 0 ? text.length : next;
    const piece = pieceOf(text, start, end);
    if (piece !== undefined) pieces.push(piece);
  }
  return pieces;
}

function pieceOf(text: string, start: number, end: number): Piece | undefined {
  const piece = text.slice(start, end);
  const first = piece.search(/\w/);
  if (first < 0) return undefined;
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const [line = ""] = piece.slice(first).split("\n");
  return {
    firstLine: lineAt(start + first),
    lastLine: lineAt(start + piece.trimEnd().length),
    text: line.slice(0, 70),
  };
}
