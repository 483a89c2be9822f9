// A narrated program, for people and as a document.

import type { Level } from "./explain-sentences.js";
import type { ExplainedStep, Explanation } from "./explained-program.js";
import { formatNoun, visibleLength, wrapText } from "./format.js";
import type { Look } from "./look.js";
import { titleCodeOf, titleOf } from "./operation-title.js";
import type { Told } from "./told.js";

export function explanationLines(explanation: Explanation, look: Look): string[] {
  const { program, preset, steps, level } = explanation;
  const { glyphs, paint, width } = look;
  const title = `${program.name} ${glyphs.dot} ${formatNoun(program.steps.length, "step")}`;
  const lines = wrapText(`${title} ${glyphs.dot} ${preset}`, width).map((line) => paint.bold(line));
  lines.push(...wrapText(program.about ?? "", width, "  "));
  for (const [index, step] of steps.entries()) {
    lines.push("", ...stepLines(step, index, level, look));
  }
  lines.push("", ...endingLines(explanation, level, look));
  lines.push("", ...verdictLines(explanation, look));
  return lines;
}

/** The closing line, with a code as every sentence has. */
export function verdictOf({ differences, isWhole }: Explanation): Omit<Told, "level"> {
  if (differences.length > 0) {
    const text = `${formatNoun(differences.length, "difference")} from the recording.`;
    return { code: "PM-VERDICT-DIFFERENT", text };
  }
  return isWhole
    ? { code: "PM-VERDICT-SAME", text: "Everything is as recorded of CPython." }
    : { code: "PM-VERDICT-REACH", text: "What the roots reach is as recorded of CPython." };
}

export function verdictLines(explanation: Explanation, look: Look): string[] {
  const { glyphs, width } = look;
  const { differences } = explanation;
  const { code, text } = verdictOf(explanation);
  const lines = headLines(
    `${differences.length === 0 ? glyphs.yes : glyphs.no} ${text}`,
    code,
    look,
  );
  for (const { stepIndex, what, recorded, got } of differences) {
    lines.push(...wrapText(`step ${stepIndex}, ${what}: recorded ${recorded}, got ${got}`, width));
  }
  return lines;
}

/** Its code stands at its end, where there is room. */
function headLines(text: string, code: string, { paint, width }: Look): string[] {
  const isRoom = visibleLength(text) + 2 + code.length <= width;
  return isRoom ? [`${text}  ${paint.dim(code)}`] : wrapText(text, width);
}

export function stepLines(step: ExplainedStep, index: number, level: Level, look: Look): string[] {
  const head = `${index}  ${titleOf(step.operation)}`;
  const title = { code: titleCodeOf(step.operation), text: head };
  return chapterLines(title, String(index).length + 2, step.told, level, look);
}

export function endingLines({ ending }: Explanation, level: Level, look: Look): string[] {
  return chapterLines({ code: "PM-END", text: "The end" }, 3, ending, level, look);
}

/** A heading, and the sentences below it with their codes where there is room for both. */
function chapterLines(
  title: Omit<Told, "level">,
  indentCount: number,
  all: readonly Told[],
  level: Level,
  look: Look,
): string[] {
  const { paint, width } = look;
  const told = all.filter((each) => each.level <= level);
  const indent = " ".repeat(indentCount);
  const head = headLines(title.text, title.code, look).map((line) => paint.cyan(line));
  const codeWidth = Math.max(0, ...told.map(({ code }) => code.length));
  if (width - codeWidth < 40) {
    return [...head, ...told.flatMap(({ text }) => wrapText(text, width, indent))];
  }
  const sentences = told.flatMap(({ code, text }) => {
    const inner = `${indent}${" ".repeat(codeWidth + 2)}`;
    const [first = "", ...rest] = wrapText(text, width, inner);
    return [`${indent}${paint.dim(code.padEnd(codeWidth))}  ${first.trim()}`, ...rest];
  });
  return [...head, ...sentences];
}

/** What `ouro explain --json` prints. */
export function explanationDocument(explanation: Explanation, file: string) {
  const { program, preset, level, steps, ending, differences, isWhole } = explanation;
  return {
    schema: "ouro/explain@1",
    file,
    program: { name: program.name, about: program.about ?? null, steps: program.steps.length },
    preset,
    level,
    compared: isWhole ? "everything observed" : "what roots reach",
    agrees: differences.length === 0,
    steps: steps.map(({ operation, told }, index) => ({
      step: index,
      operation,
      code: titleCodeOf(operation),
      title: titleOf(operation),
      sentences: told,
    })),
    ending,
    verdict: verdictOf(explanation),
    differences,
  };
}
