// The command line as data: which commands and options exist, and what the user asked for. Anything
// not known is a `UsageError` with the nearest known name.

import { parseArgs } from "node:util";
import { UsageError } from "@ouro/interfaces";
import type { CollectionLogStyle } from "@ouro/monitor";
import { COMMANDS, EVERYWHERE, OPTIONS } from "./command-table.js";
import { optionsOf } from "./option-meanings.js";
import { didYouMean, nearestName } from "./suggestion.js";

export interface CommandLine {
  readonly command: string;
  readonly operands: readonly string[];
  readonly allocator: string;
  readonly preset: string;
  readonly isVerifying: boolean;
  readonly passCount: number;
  /** Undefined: no limit but the reservation's. */
  readonly limitBytes: number | undefined;
  readonly typeName: string | undefined;
  readonly isLargest: boolean;
  /** Steps of a graph's plan or of a program to carry out first. */
  readonly stepCount: number | undefined;
  /** Name or place of a program in its file. */
  readonly program: string | undefined;
  readonly level: 1 | 2 | 3;
  /** Rows of a table. */
  readonly rowCount: number;
  /** Where to write a .heapsnapshot. */
  readonly heapSnapshotPath: string | undefined;
  /** Where to write a heap image. */
  readonly imagePath: string | undefined;
  /** Whether the pools of a trace are shown as CPython shows its own. */
  readonly wantsMallocStats: boolean;
  readonly svgPath: string | undefined;
  readonly gcLogStyle: CollectionLogStyle | undefined;
  /** Whether times by the clock are wanted beside units of work. */
  readonly isTimed: boolean;
  readonly traceEventsPath: string | undefined;
  readonly speedscopePath: string | undefined;
  readonly pprofPath: string | undefined;
  readonly prometheusPath: string | undefined;
  readonly isPlain: boolean;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly ascii: boolean;
  readonly noColor: boolean;
  /** Of `verify`; undefined: the suite's own. */
  readonly programCount: number | undefined;
  readonly propertyText: string | undefined;
  readonly seed: number | undefined;
  readonly savePath: string | undefined;
  readonly replayPath: string | undefined;
  /** Of `leaks`; undefined: its default. */
  readonly survivedCount: number | undefined;
  /** Of `record`. */
  readonly outputPath: string | undefined;
  /** Of `compare`, as they were written. */
  readonly strategies: string | undefined;
  readonly sweep: string | undefined;
  readonly wallRuns: number;
  readonly baselinePath: string | undefined;
  readonly failOn: readonly string[];
  readonly limits: readonly string[];
  readonly format: "table" | "json" | "md";
}

export const DEFAULT_ALLOCATOR = "pool+large";
export const DEFAULT_PRESET = "cpython-3.13";
const DEFAULT_PASS_COUNT = 3;
const DEFAULT_ROW_COUNT = 12;
const DEFAULT_LEVEL = 2;
export const GC_LOG_STYLES: readonly CollectionLogStyle[] = ["line", "json", "cpython"];

const PARSER_OPTIONS = Object.fromEntries(
  OPTIONS.map((option) => [
    option.name,
    {
      type: option.value === undefined ? ("boolean" as const) : ("string" as const),
      ...(option.short === undefined ? {} : { short: option.short }),
    },
  ]),
);

/** Operands, and options by name, as they were written. Throws `UsageError`. */
function readTokens(argv: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: PARSER_OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string>();
  /** Of options that may be given several times. */
  const lists = { "fail-on": [] as string[], limit: [] as string[] };
  const given: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    given.push(token.rawName);
    values.set(token.name, optionValue(token, argv));
    if (token.name === "limit" || token.name === "fail-on") {
      lists[token.name].push(values.get(token.name) as string);
    }
  }
  return { operands, values, lists, given };
}

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { operands, values, lists, given } = readTokens(argv);
  const [first, ...rest] = operands;
  const asksHelp = values.has("help");
  const command = commandName(first, values);
  checkOptions(first === undefined ? undefined : command, given, asksHelp);
  return {
    command: asksHelp ? "help" : command,
    operands: asksHelp && first !== undefined && command !== "help" ? [command] : rest,
    allocator: values.get("allocator") ?? DEFAULT_ALLOCATOR,
    preset: values.get("preset") ?? DEFAULT_PRESET,
    isVerifying: values.has("verify"),
    passCount: passCountOf(values.get("passes")),
    limitBytes: command === "compare" ? undefined : limitOf(values.get("limit")),
    typeName: values.get("type"),
    isLargest: values.has("largest"),
    stepCount: wholeNumberOf("step", values.get("step"), 0, 1_000_000),
    program: values.get("program"),
    level: (wholeNumberOf("level", values.get("level"), 1, 3) ?? DEFAULT_LEVEL) as 1 | 2 | 3,
    rowCount: wholeNumberOf("top", values.get("top"), 1, 1_000_000) ?? DEFAULT_ROW_COUNT,
    heapSnapshotPath: values.get("heapsnapshot"),
    imagePath: values.get("image"),
    wantsMallocStats: values.has("mallocstats"),
    svgPath: values.get("svg"),
    gcLogStyle: oneOf("gc-log", values.get("gc-log"), GC_LOG_STYLES),
    isTimed: values.has("wall"),
    traceEventsPath: values.get("trace-events"),
    speedscopePath: values.get("speedscope"),
    pprofPath: values.get("pprof"),
    prometheusPath: values.get("prometheus"),
    isPlain: values.has("plain"),
    isJson: values.has("json"),
    isQuiet: values.has("quiet"),
    ascii: values.has("ascii"),
    noColor: values.has("no-color"),
    programCount: wholeNumberOf("programs", values.get("programs"), 1, 1_000_000),
    propertyText: values.get("property"),
    seed: wholeNumberOf("seed", values.get("seed"), -(2 ** 31), 2 ** 31 - 1),
    savePath: values.get("save"),
    replayPath: values.get("replay"),
    survivedCount: wholeNumberOf("survived", values.get("survived"), 1, 1_000_000),
    outputPath: values.get("output"),
    strategies: values.get("strategies"),
    sweep: values.get("sweep"),
    wallRuns: wholeNumberOf("runs", values.get("runs"), 1, 1000) ?? 0,
    baselinePath: values.get("baseline"),
    failOn: lists["fail-on"],
    limits: lists.limit,
    format: formatOf(values.get("format")),
  };
}

function optionValue(
  token: { name: string; rawName: string; value?: string | undefined },
  argv: readonly string[],
): string {
  const command = argv.find((each) => !each.startsWith("-")) ?? "";
  const isNamed = ({ name }: { name: string }): boolean => name === token.name;
  const row = optionsOf(command).find(isNamed) ?? OPTIONS.find(isNamed);
  if (row?.value !== undefined && (token.value === undefined || token.value === "")) {
    throw new UsageError({
      where: "ouro",
      argument: token.rawName,
      problem: "needs a value",
      remedy: `Write ${token.rawName} ${row.value}.`,
    });
  }
  if (row !== undefined && row.value === undefined && token.value !== undefined) {
    throw new UsageError({
      where: "ouro",
      argument: token.rawName,
      problem: `takes no value, but got "${token.value}"`,
      remedy: `Write ${token.rawName} alone.`,
    });
  }
  return token.value ?? "";
}

function commandName(first: string | undefined, values: ReadonlyMap<string, string>): string {
  if (first === undefined) return values.has("version") ? "version" : "help";
  if (values.has("version")) return "version";
  if (COMMANDS.some((command) => command.name === first)) return first;
  const names = COMMANDS.map((command) => command.name);
  const isFile = nearestName(first, names) === undefined && /[./]/.test(first);
  throw new UsageError({
    where: "ouro",
    argument: first,
    problem: "is not a command",
    remedy: isFile
      ? `To replay a recording: ouro replay ${first}`
      : didYouMean(first, names, `Commands: ${names.join(", ")}.`),
  });
}

/** Without a command only the options that every command knows mean something. */
function checkOptions(
  command: string | undefined,
  given: readonly string[],
  asksHelp: boolean,
): void {
  const row = COMMANDS.find((candidate) => candidate.name === command);
  const allowed = asksHelp ? OPTIONS.map((option) => option.name) : (row?.options ?? EVERYWHERE);
  const spellings = OPTIONS.filter((option) => allowed.includes(option.name)).flatMap((option) =>
    option.short === undefined ? [`--${option.name}`] : [`--${option.name}`, `-${option.short}`],
  );
  for (const rawName of given) {
    if (spellings.includes(rawName)) continue;
    throw new UsageError({
      where: row === undefined ? "ouro" : `ouro ${command}`,
      argument: rawName,
      problem:
        row === undefined ? "is no option without a command" : "is not an option of this command",
      remedy:
        INSTEAD[`${command} ${rawName}`] ??
        didYouMean(
          rawName,
          spellings,
          row === undefined ? "See ouro help." : `See ouro help ${row.name}.`,
        ),
    });
  }
}

const SAME_THING = "What is compared stands after -s: -s cpython-3.13,mark-sweep.";

/** What another command calls otherwise. */
const INSTEAD: Readonly<Record<string, string>> = {
  "compare --preset": SAME_THING,
  "compare -p": SAME_THING,
  "compare --allocator": SAME_THING,
  "compare -a": SAME_THING,
};

const FORMATS = ["table", "json", "md"] as const;

function formatOf(text: string | undefined): CommandLine["format"] {
  const format = FORMATS.find((name) => name === (text ?? "table"));
  if (format !== undefined) return format;
  throw new UsageError({
    where: "ouro",
    argument: `--format ${text}`,
    problem: "is not a format",
    remedy: didYouMean(text ?? "", FORMATS, `Formats: ${FORMATS.join(", ")}.`),
  });
}

function passCountOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PASS_COUNT;
  const passCount = Number(text);
  if (/^\d+$/.test(text) && passCount >= 1 && passCount <= 1000) return passCount;
  throw new UsageError({
    where: "ouro",
    argument: `--passes ${text}`,
    problem: "is not a whole number from 1 to 1000",
    remedy: "Write for example --passes 5.",
  });
}

function wholeNumberOf(
  option: string,
  text: string | undefined,
  from: number,
  to: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= from && value <= to) return value;
  throw new UsageError({
    where: "ouro",
    argument: `--${option} ${text}`,
    problem: `is not a whole number from ${from} to ${to}`,
    remedy: `Write for example --${option} ${Math.min(Math.max(from, 5), to)}.`,
  });
}

function oneOf<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): Name | undefined {
  if (text === undefined) return undefined;
  const name = known.find((each) => each === text);
  if (name !== undefined) return name;
  throw new UsageError({
    where: "ouro",
    argument: `--${option} ${text}`,
    problem: "is not known",
    remedy: didYouMean(text, known, `Known: ${known.join(", ")}.`),
  });
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kib: 2 ** 10,
  k: 2 ** 10,
  mib: 2 ** 20,
  m: 2 ** 20,
  gib: 2 ** 30,
  g: 2 ** 30,
};

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
  const unitBytes = UNIT_BYTES[(parts?.[2] ?? "?").toLowerCase()];
  const bytes = Math.floor(Number(parts?.[1]) * (unitBytes ?? Number.NaN));
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError({
    where: "ouro",
    argument: `--limit ${text}`,
    problem: "is not a size",
    remedy: "Write for example --limit 64MiB.",
  });
}
