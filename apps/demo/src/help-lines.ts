// Lists as every help text has them: examples to copy, and names with what they mean.

import { wrapText } from "./format.js";
import type { Look } from "./look.js";

/** A command to copy, and what it does. */
export type Example = readonly [command: string, meaning: string];

/** Examples and meanings side by side where all fit, else below each other. */
export function exampleLines(examples: readonly Example[], look: Look): string[] {
  const { paint } = look;
  const column = Math.max(...examples.map(([command]) => command.length)) + 2;
  const isWide = examples.every(([, meaning]) => 2 + column + meaning.length <= look.width);
  return examples.flatMap(([command, meaning]) => {
    if (isWide) return [`  ${paint.cyan(command.padEnd(column))}${paint.dim(meaning)}`];
    const meaningLines = wrapText(meaning, look.width, "      ");
    // A long command goes on behind a backslash, as a shell reads it.
    const parts = wrapText(command, look.width - 2, "  ");
    const commandLines = parts.map((part, index) =>
      paint.cyan(index + 1 < parts.length ? `${part} \\` : part),
    );
    return [...commandLines, ...meaningLines.map((line) => paint.dim(line))];
  });
}

/** Explanations beside the longest term, or below each term where that leaves no room. */
export function definitions(rows: readonly (readonly [string, string])[], look: Look): string[] {
  const termWidth = Math.max(...rows.map(([term]) => term.length));
  if (look.width - termWidth < 28) {
    return rows.flatMap(([term, meaning]) => [
      `  ${term.trim()}`,
      ...wrapText(meaning, look.width, "      "),
    ]);
  }
  const indent = " ".repeat(termWidth + 4);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrapText(meaning, look.width, indent);
    const head = `  ${term.padEnd(termWidth)}  `;
    return lines.map((line, i) => (i === 0 ? head + line.slice(indent.length) : line));
  });
}
