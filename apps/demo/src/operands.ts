// The files that a command is asked to read.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";

/** As many files as the command takes. Throws `UsageError` for fewer, more, or one without name. */
export function fileOperands(
  { command }: CommandLine,
  count: number,
  operands: readonly string[],
): readonly string[] {
  const fail = (argument: string, problem: string): never => {
    const files = count === 1 ? "FILE" : "BEFORE AFTER";
    throw new UsageError({
      where: `ouro ${command}`,
      argument,
      problem,
      remedy: `Write ouro ${command} ${files}; see ouro help ${command}.`,
    });
  };
  if (operands.length < count) fail("FILE", "is missing");
  if (operands.length > count) fail(`"${operands[count]}"`, "is one operand too many");
  if (operands.includes("")) fail('""', "names no file");
  return operands;
}
