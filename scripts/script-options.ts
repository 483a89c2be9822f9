// The words behind `npm run NAME --`, read alike by every script: one that is not known, or a value
// that is missing, ends the script with code 2, a sentence and how the script is called; `--help`
// tells that alone. Nobody gets a stack trace for a slip.

import { type ParseArgsConfig, parseArgs } from "node:util";
import { didYouMean } from "../apps/demo/src/suggestion.ts";

export interface ScriptUsage {
  /** As people type it: `npm run prove`. */
  readonly command: string;
  /** What the words behind it are; empty if it takes none. */
  readonly text: string;
}

type Config = Pick<ParseArgsConfig, "options" | "allowPositionals">;

/** Ends the script if somebody asks for help, and with code 2 if the words are wrong. */
export function readOptions<const Given extends Config>(
  usage: ScriptUsage,
  config: Given,
  args: readonly string[] = process.argv.slice(2),
): ReturnType<typeof parseArgs<Given>> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(helpText(usage));
    process.exit(0);
  }
  const problem = findProblem(config, args);
  return problem === undefined
    ? parseArgs<Given>({ ...config, args: [...args] })
    : refuse(usage, problem);
}

/** What is wrong with the words, as a sentence; undefined if nothing is. */
export function findProblem(config: Config, args: readonly string[]): string | undefined {
  try {
    parseArgs({ ...config, args: [...args] });
    return undefined;
  } catch (error) {
    return problemOf(error, Object.keys(config.options ?? {}));
  }
}

/** One of the names that a word may be. Ends the script with code 2 if it is none. */
export function oneOfNames<Name extends string>(
  usage: ScriptUsage,
  what: string,
  word: string,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === word);
  if (found !== undefined) return found;
  const known = `There are: ${names.join(", ")}.`;
  return refuse(usage, `"${word}" is no ${what}. ${didYouMean(word, names, known)}`);
}

/** An option's whole number from `least` on. Ends the script with code 2 if it is none. */
export function wholeNumber(
  usage: ScriptUsage,
  option: string,
  word: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = Number(word);
  if (/^-?\d+$/.test(word) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return refuse(usage, `--${option} ${word} is no whole number ${range}.`);
}

/** Says what is wrong and how the script is called, and ends it with code 2. */
export function refuse(usage: ScriptUsage, problem: string): never {
  console.error(`${usage.command}: ${problem}\n\n${helpText(usage)}`);
  process.exit(2);
}

function helpText({ command, text }: ScriptUsage): string {
  return text === "" ? `${command} takes no options.` : `${command} [-- OPTIONS]\n\n${text}`;
}

/** What Node's parser found, in words of ours. */
function problemOf(error: unknown, names: readonly string[]): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const word = /'([^' ]+)/.exec(message)?.[1] ?? "";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const options = names.map((name) => `--${name}`);
    return `${word} is not an option. ${didYouMean(word, options, "")}`.trim();
  }
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") return `"${word}" is a word too many.`;
  if (message.includes("does not take an argument")) return `${word} takes no value.`;
  return `${word} needs a value.`;
}
