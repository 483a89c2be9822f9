// Takes the examples out of a Markdown text, and says what each of them promises to print.

export interface Example {
  readonly path: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly code: string;
  /** The text block that follows the example at once, if there is one. */
  readonly textBlock: string | undefined;
  /** From a package README: held to the length that a README example may have. */
  readonly isReadme: boolean;
}

interface Fence {
  readonly info: string;
  readonly line: number;
  readonly endLine: number;
  readonly body: string;
}

function findFences(text: string): Fence[] {
  const fences: Fence[] = [];
  const lines = text.split("\n");
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("```")) continue;
    if (start < 0) {
      start = index;
      continue;
    }
    const info = (lines[start] ?? "").slice(3).trim();
    const body = lines.slice(start + 1, index).join("\n");
    fences.push({ info, line: start + 1, endLine: index + 1, body });
    start = -1;
  }
  return fences;
}

export function extractExamples(
  path: string,
  text: string,
  { needsMark }: { needsMark: boolean },
): Example[] {
  const lines = text.split("\n");
  const fences = findFences(text);
  const examples: Example[] = [];
  for (const [index, fence] of fences.entries()) {
    const isWanted = fence.info === "ts runnable" || (!needsMark && fence.info === "ts");
    if (!isWanted) continue;
    const next = fences[index + 1];
    const between = next === undefined ? ["none"] : lines.slice(fence.endLine, next.line - 1);
    const isFollowed = next?.info === "text" && between.every((line) => line.trim() === "");
    examples.push({
      path,
      line: fence.line,
      code: fence.body,
      textBlock: isFollowed ? next.body.trimEnd() : undefined,
      isReadme: !needsMark,
    });
  }
  return examples;
}

/** The text block after the example, else its `// → value` comments, else nothing is promised. */
export function expectedOutput(example: Example): string | undefined {
  if (example.textBlock !== undefined) return example.textBlock;
  const values = example.code.match(/\/\/ → .*/g);
  return values?.map((value) => value.slice("// → ".length).trimEnd()).join("\n");
}
