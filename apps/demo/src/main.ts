// The command line from arguments to exit code. Data goes to standard output, the rest to standard
// error. Commands are loaded when they are called: help and messages come without the heavy parts.

import { isOuroError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import {
  EXIT_INPUT,
  EXIT_INTERRUPTED,
  EXIT_INVARIANT,
  EXIT_LIMIT,
  EXIT_OK,
  exitCodeOf,
} from "./exit-code.js";
import { wrapText } from "./format.js";
import { type LookOptions, lookOf, lookOptionsOf } from "./look.js";
import { Stopped } from "./replay-work.js";
import { FileNotReadableError, FileNotWritableError, type Terminal } from "./terminal.js";

/** Runs the command that the arguments name; answers the exit code. Never throws. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(argv, terminal);
  } catch (error) {
    return explain(error, argv, terminal);
  }
}

const ASKS_HELP = ["help", "--help", "-h"];

/** The first screen needs no parser, whose modules take longer than all the rest of it. */
async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...more] = argv;
  const isFirstScreen = more.length === 0 && (first === undefined || ASKS_HELP.includes(first));
  if (isFirstScreen) return help([], {}, terminal);
  return runLine((await import("./arguments.js")).parseCommandLine(argv), terminal);
}

async function help(
  subjects: readonly string[],
  options: LookOptions,
  terminal: Terminal,
): Promise<number> {
  const { helpText } = await import("./help.js");
  const look = lookOf(terminal.stdout, terminal.env, options);
  terminal.stdout.write(await helpText(subjects, look));
  return EXIT_OK;
}

async function runLine(line: CommandLine, terminal: Terminal): Promise<number> {
  await (await import("./output-paths.js")).checkOutputs(line, terminal);
  switch (line.command) {
    case "version": {
      const { version } = await import("./version.js");
      terminal.stdout.write(`${version}\n`);
      return EXIT_OK;
    }
    case "replay":
      return (await import("./replay-command.js")).runReplay(line, terminal);
    case "verify":
      return (await import("./verify-command.js")).runVerify(line, terminal);
    case "demo":
      return (await import("./demo-command.js")).runDemo(line, terminal);
    case "why":
      return (await import("./why-command.js")).runWhy(line, terminal);
    case "compare":
      return (await import("./compare-command.js")).runCompare(line, terminal);
    case "leaks":
      return (await import("./leaks-command.js")).runLeaks(line, terminal);
    case "record":
      return (await import("./record-command.js")).runRecord(line, terminal);
    case "cycles":
      return (await import("./cycles-command.js")).runCycles(line, terminal);
    case "heap":
      return (await import("./heap-command.js")).runHeap(line, terminal);
    case "diff":
      return (await import("./diff-command.js")).runDiff(line, terminal);
    case "strategies":
      return (await import("./strategies-command.js")).runStrategies(line, terminal);
    case "explain":
      return (await import("./explain-command.js")).runExplain(line, terminal);
    case "completion":
      return (await import("./completion-command.js")).runCompletion(line, terminal);
    default:
      return help(line.operands, line, terminal);
  }
}

/** By its name: its module comes with the readers, which the first screen does without. */
function isUnknownInput(error: unknown): boolean {
  return error instanceof Error && error.name === "UnknownInputError";
}

/** One line for what went wrong, never a stack trace; `OURO_DEBUG=1` shows that of a defect. */
function explain(error: unknown, argv: readonly string[], terminal: Terminal): number {
  const look = lookOf(terminal.stderr, terminal.env, lookOptionsOf(argv));
  const say = (text: string) => terminal.stderr.write(`${wrapText(text, look.width).join("\n")}\n`);
  if (error instanceof FileNotReadableError || isUnknownInput(error)) {
    say((error as Error).message);
    return EXIT_INPUT;
  }
  if (error instanceof FileNotWritableError) {
    say(error.message);
    return EXIT_LIMIT;
  }
  if (error instanceof Stopped) {
    if (terminal.stopReason() !== "interrupted") return EXIT_OK;
    if (argv.includes("--json")) {
      const document = { schema: "ouro/interrupted@1", command: argv[0], partial: true };
      terminal.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    }
    say("ouro: interrupted before there was an answer.");
    return EXIT_INTERRUPTED;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOuroError(error)) {
    say(message);
    return exitCodeOf(error);
  }
  say(`ouro: internal error: ${message}. This is a defect of ouro; please report it.`);
  if (terminal.env.OURO_DEBUG && error instanceof Error) terminal.stderr.write(`${error.stack}\n`);
  return EXIT_INVARIANT;
}
