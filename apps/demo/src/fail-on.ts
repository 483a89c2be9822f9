// `--fail-on WHAT` of the commands that look at heaps: in continuous integration, what may not be
// there. The command does all that it does else, and then ends with code 3.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { EXIT_LIMIT, EXIT_OK } from "./exit-code.js";
import { wrapText } from "./format.js";
import { lookOf } from "./look.js";
import { didYouMean } from "./suggestion.js";
import type { Terminal } from "./terminal.js";

/** Throws `UsageError` unless nothing is asked for but the one thing that the command finds. */
export function checkFailOn({ failOn, command }: CommandLine, known: string): void {
  for (const asked of failOn) {
    if (asked === known) continue;
    throw new UsageError({
      where: `ouro ${command}`,
      argument: `--fail-on ${asked}`,
      problem: "is not what this command finds",
      remedy: didYouMean(asked, [known], `Write --fail-on ${known}.`),
    });
  }
}

/** The exit code; says on standard error what was found, the end of a sentence, if anything. */
export function failOnCode(
  line: CommandLine,
  terminal: Terminal,
  found: string | undefined,
): number {
  if (line.failOn.length === 0 || found === undefined) return EXIT_OK;
  const { width } = lookOf(terminal.stderr, terminal.env, line);
  const text = `ouro: --fail-on ${line.failOn[0]}: ${found}.`;
  terminal.stderr.write(`${wrapText(text, width).join("\n")}\n`);
  return EXIT_LIMIT;
}
