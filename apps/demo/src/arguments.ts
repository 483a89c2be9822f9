// The command line as data: which commands and options exist, and what the user asked for. Anything
// not known is a `UsageError` with the nearest known name.

import { parseArgs } from "node:util";
import { UsageError } from "@ouro/interfaces";
import type { CollectionLogStyle } from "@ouro/monitor";
import { didYouMean, nearestName } from "./suggestion.js";

export interface OptionRow {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; undefined when the option takes none. */
  readonly value?: string;
  readonly meaning: string;
}

export interface CommandRow {
  readonly name: string;
  readonly usage: string;
  readonly meaning: string;
  readonly options: readonly string[];
}

export const OPTIONS: readonly OptionRow[] = [
  {
    name: "allocator",
    short: "a",
    value: "NAME",
    meaning:
      "what traces run on: pool+large, large or a composition of yours (ouro help allocators)",
  },
  {
    name: "preset",
    short: "p",
    value: "NAME",
    meaning: "what graphs and programs run on (default cpython-3.13; ouro help presets)",
  },
  {
    name: "verify",
    meaning:
      "traces: check the contents of every block; graphs and programs: check every structure " +
      "after each step",
  },
  { name: "passes", value: "N", meaning: "timed passes over each trace, 1 to 1000 (default 3)" },
  { name: "limit", value: "SIZE", meaning: "most memory the heap may lend: 64MiB, 512KiB, 1GiB" },
  {
    name: "type",
    value: "NAME",
    meaning: "the object of this type with which most would go; only cycles with this type",
  },
  { name: "largest", meaning: "the object with which most would go (the default)" },
  {
    name: "step",
    value: "N",
    meaning: "after N steps: of a graph's plan (default 0), of a program (default all)",
  },
  { name: "top", value: "N", meaning: "rows of a table (default 12)" },
  {
    name: "program",
    value: "NAME",
    meaning: "a program of the file, by name or place (default 0)",
  },
  {
    name: "level",
    value: "N",
    meaning: "1: what happens to objects, 2: each decision (default), 3: each store and block",
  },
  {
    name: "heapsnapshot",
    value: "OUT",
    meaning: "also write the heap for DevTools and memlab (.heapsnapshot)",
  },
  {
    name: "gc-log",
    value: "STYLE",
    meaning:
      "log each collection on standard error: line, json, or cpython, in CPython's own words",
  },
  { name: "wall", meaning: "also real times, which differ from run to run" },
  {
    name: "trace-events",
    value: "OUT",
    meaning: "write collections over time for Perfetto (Chrome trace events)",
  },
  { name: "speedscope", value: "OUT", meaning: "write where memory comes from, or who holds it" },
  { name: "pprof", value: "OUT", meaning: "the same for pprof (.pb.gz)" },
  {
    name: "prometheus",
    value: "OUT",
    meaning: "write counts and pauses as Prometheus scrapes them",
  },
  {
    name: "programs",
    value: "N",
    meaning: "programs for each property, 1 to 1000000 (default 100)",
  },
  { name: "seed", value: "N", meaning: "a whole number; same seed, same programs (default 1)" },
  { name: "save", value: "FOLDER", meaning: "write each counterexample there, with its picture" },
  { name: "replay", value: "FILE", meaning: "play one counterexample again, and nothing else" },
  { name: "plain", meaning: "all at once, also on a terminal, where one steps through it else" },
  { name: "json", meaning: "one JSON document on standard output (ouro help formats)" },
  { name: "quiet", short: "q", meaning: "no progress bar" },
  { name: "ascii", meaning: "only ASCII characters" },
  { name: "no-color", meaning: "no colour (so do NO_COLOR=1 and TERM=dumb)" },
  { name: "help", short: "h", meaning: "this help" },
  { name: "version", short: "V", meaning: "the version" },
];

const EVERYWHERE = ["ascii", "no-color", "help", "version"];

export const COMMANDS: readonly CommandRow[] = [
  {
    name: "replay",
    usage: "ouro replay FILE... [options]",
    meaning: "replay recorded traces, heap graphs and programs and check everything recorded",
    options: [
      ...["allocator", "preset", "verify", "passes", "limit", "gc-log", "wall", "trace-events"],
      ...["speedscope", "pprof", "prometheus", "json", "quiet"],
      ...EVERYWHERE,
    ],
  },
  {
    name: "demo",
    usage: "ouro demo [options]",
    meaning: "replay the recordings shipped with ouro and compare with CPython",
    options: ["allocator", "preset", "passes", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "why",
    usage: "ouro why FILE ['#NUMBER'] [options]",
    meaning: "say why an object of a heap is alive, what holds it, and what would go with it",
    options: [
      "type",
      "largest",
      "preset",
      "program",
      "step",
      "heapsnapshot",
      "json",
      "quiet",
      ...EVERYWHERE,
    ],
  },
  {
    name: "cycles",
    usage: "ouro cycles INPUT [options]",
    meaning:
      "find the reference cycles of a heap or a program, the references to make weak, and prove " +
      "that counting alone frees them then",
    options: ["type", "preset", "program", "step", "top", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "verify",
    usage: "ouro verify MODULE [options]",
    meaning: "prove or refute a strategy, an allocator, a heap or a detector of yours",
    options: ["programs", "seed", "save", "replay", "json", ...EVERYWHERE],
  },
  {
    name: "heap",
    usage: "ouro heap FILE [options]",
    meaning:
      "count a heap by type, map its arenas and pools, and name the blocks that pin an arena",
    options: [
      ...["preset", "program", "step", "top", "heapsnapshot", "speedscope", "pprof", "json"],
      ...["quiet", ...EVERYWHERE],
    ],
  },
  {
    name: "diff",
    usage: "ouro diff BEFORE AFTER [options]",
    meaning: "compare two heaps, type by type",
    options: ["top", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "strategies",
    usage: "ouro strategies [options]",
    meaning: "list every preset with its traits",
    options: ["json", ...EVERYWHERE],
  },
  {
    name: "explain",
    usage: "ouro explain PROGRAM [options]",
    meaning: "tell each decision of the memory manager while a program runs",
    options: ["program", "preset", "level", "plain", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "help",
    usage: "ouro help [COMMAND|allocators|presets|exit-codes|formats]",
    meaning: "explain a command or a subject",
    options: EVERYWHERE,
  },
];

export const HELP_SUBJECTS = ["allocators", "presets", "exit-codes", "formats"];

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
  readonly seed: number | undefined;
  readonly savePath: string | undefined;
  readonly replayPath: string | undefined;
}

export const DEFAULT_ALLOCATOR = "pool+large";
export const DEFAULT_PRESET = "cpython-3.13";
const DEFAULT_PASS_COUNT = 3;
const DEFAULT_ROW_COUNT = 12;
const DEFAULT_LEVEL = 2;
const GC_LOG_STYLES: readonly CollectionLogStyle[] = ["line", "json", "cpython"];

const PARSER_OPTIONS = Object.fromEntries(
  OPTIONS.map((option) => [
    option.name,
    {
      type: option.value === undefined ? ("boolean" as const) : ("string" as const),
      ...(option.short === undefined ? {} : { short: option.short }),
    },
  ]),
);

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: PARSER_OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string>();
  const given: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    given.push(token.rawName);
    values.set(token.name, optionValue(token));
  }
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
    limitBytes: limitOf(values.get("limit")),
    typeName: values.get("type"),
    isLargest: values.has("largest"),
    stepCount: wholeNumberOf("step", values.get("step"), 0, 1_000_000),
    program: values.get("program"),
    level: (wholeNumberOf("level", values.get("level"), 1, 3) ?? DEFAULT_LEVEL) as 1 | 2 | 3,
    rowCount: wholeNumberOf("top", values.get("top"), 1, 1_000_000) ?? DEFAULT_ROW_COUNT,
    heapSnapshotPath: values.get("heapsnapshot"),
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
    seed: wholeNumberOf("seed", values.get("seed"), -(2 ** 31), 2 ** 31 - 1),
    savePath: values.get("save"),
    replayPath: values.get("replay"),
  };
}

/** Only the two options about looks, for messages about a command line that is wrong elsewhere. */
export function lookOptionsOf(argv: readonly string[]): { ascii: boolean; noColor: boolean } {
  return { ascii: argv.includes("--ascii"), noColor: argv.includes("--no-color") };
}

function optionValue(token: { name: string; rawName: string; value?: string | undefined }): string {
  const row = OPTIONS.find((option) => option.name === token.name);
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
      remedy: didYouMean(
        rawName,
        spellings,
        row === undefined ? "See ouro help." : `See ouro help ${row.name}.`,
      ),
    });
  }
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
    remedy: `Write for example --${option} 5.`,
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
