// The files that a command is asked to read.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { COMMANDS } from "./command-table.js";

/** As many files as the command takes. Throws `UsageError` for fewer, more, or one without name. */
export function fileOperands(
  { command }: CommandLine,
  count: number,
  operands: readonly string[],
): readonly string[] {
  const names = operandNames(command).slice(0, count);
  const fail = (argument: string, problem: string): never => {
    const usage = ["ouro", command, ...names].join(" ");
    throw new UsageError({
      where: `ouro ${command}`,
      argument,
      problem,
      remedy: `Write ${usage}; see ouro help ${command}.`,
    });
  };
  const missing = names.slice(operands.length);
  if (missing.length > 0) fail(missing.join(" and "), missing.length > 1 ? "are missing" : MISSING);
  if (operands.length > count) fail(`"${operands[count]}"`, "is one operand too many");
  const empty = operands.indexOf("");
  if (empty >= 0) fail(`${names[empty]} ""`, "names no file");
  return operands;
}

const MISSING = "is missing";

/** What the help calls the operands: `ouro diff BEFORE AFTER [options]`. */
function operandNames(command: string): string[] {
  const usage = COMMANDS.find(({ name }) => name === command)?.usage ?? "";
  return usage
    .split(" ")
    .slice(2)
    .filter((word) => !/^\[|^'/.test(word))
    .map((word) => word.replace("...", ""));
}
