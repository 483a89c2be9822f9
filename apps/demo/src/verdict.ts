// The last lines about a file: whether every check held, and each mismatch if not.

import { formatNoun, wrapText } from "./format.js";
import type { Look } from "./look.js";
import { isOk, type ReplayResult } from "./replay-result.js";

const MISMATCH_LINES_MOST = 20;
/** What a program's step shows may be long: the whole of it is in the JSON document. */
const VALUE_CHARACTERS_MOST = 240;

/** `partialText` is said of an interrupted replay, `checkedText` of one where every check held. */
export function verdictLines(
  result: ReplayResult,
  partialText: string,
  checkedText: string,
  look: Look,
): string[] {
  const { paint, glyphs } = look;
  if (result.failure !== undefined) {
    const lines = wrapText(`${glyphs.no} ${result.failure.message}`, look.width, "  ");
    return [...lines.map((line) => paint.red(line)), ...mismatchLines(result, look)];
  }
  if (result.isPartial) {
    const lines = wrapText(`${glyphs.no} ${partialText}`, look.width, "  ");
    return [...lines.map((line) => paint.yellow(line)), ...mismatchLines(result, look)];
  }
  if (isOk(result)) {
    return wrapText(`${glyphs.yes} ${checkedText}`, look.width, "  ").map((line) =>
      paint.green(line),
    );
  }
  const text = `${glyphs.no} ${formatNoun(result.mismatches.length, "check")} answered no:`;
  return [`  ${paint.red(text)}`, ...mismatchLines(result, look)];
}

function mismatchLines(result: ReplayResult, look: Look): string[] {
  const lines = result.mismatches
    .slice(0, MISMATCH_LINES_MOST)
    .flatMap(({ where, expected, actual }) => {
      const line = `    ${where}: expected ${shortened(expected)}, got ${shortened(actual)}`;
      return line.length <= look.width ? [line] : wrapText(line, look.width, "    ");
    });
  const hiddenCount = result.mismatches.length - MISMATCH_LINES_MOST;
  return hiddenCount > 0 ? [...lines, `    and ${hiddenCount} more (--json lists all)`] : lines;
}

function shortened(value: number | string): string {
  const text = String(value);
  return text.length <= VALUE_CHARACTERS_MOST ? text : `${text.slice(0, VALUE_CHARACTERS_MOST)}...`;
}
