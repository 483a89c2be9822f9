// Which commands and options there are, as data: the parser, the help, the suggestions and the
// completion of shells all read it.

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
  { name: "limit", value: "SIZE", meaning: "what may be reached at most" },
  {
    name: "strategies",
    short: "s",
    value: "A,B",
    meaning: "what to compare: presets, or allocators for a trace (default: all)",
  },
  {
    name: "sweep",
    value: "OPTION=FROM..TO",
    meaning: "gen0, gen1 or gen2 over a range: the curve of pauses and memory",
  },
  {
    name: "survived",
    value: "N",
    meaning: "count objects that survived N collections or more (default 2)",
  },
  { name: "output", short: "o", value: "FILE", meaning: "write there instead of printing" },
  { name: "runs", value: "N", meaning: "also N whole runs by the clock, with their spread" },
  { name: "baseline", value: "FILE", meaning: "what compare --json wrote before: shows changes" },
  {
    name: "fail-on",
    value: "WHAT",
    meaning: "end with code 3 if it is found",
  },
  { name: "format", value: "NAME", meaning: "table (default), json or md" },
  {
    name: "type",
    value: "NAME",
    meaning: "only objects of this type",
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
    name: "image",
    value: "OUT",
    meaning: "also write the heap for ouro itself, to be looked at again (.ouroheap)",
  },
  {
    name: "mallocstats",
    meaning:
      "traces: pools and arenas at the peak on standard error, as CPython's " +
      "sys._debugmallocstats() lays them out",
  },
  { name: "svg", value: "OUT", meaning: "also write a picture: of what is told, or of the arenas" },
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
  {
    name: "property",
    value: "TEXT",
    meaning: "only properties with TEXT in their names (default all)",
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

/** Options of every command. */
export const EVERYWHERE = ["ascii", "no-color", "help", "version"];

export const COMMANDS: readonly CommandRow[] = [
  {
    name: "replay",
    usage: "ouro replay FILE... [options]",
    meaning: "replay recorded traces, heap graphs and programs and check everything recorded",
    options: [
      ...["allocator", "preset", "verify", "passes", "limit", "gc-log", "wall", "trace-events"],
      ...["speedscope", "pprof", "prometheus", "mallocstats", "json", "quiet"],
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
      "image",
      "json",
      "quiet",
      ...EVERYWHERE,
    ],
  },
  {
    name: "compare",
    usage: "ouro compare INPUT [options]",
    meaning:
      "run one input on several strategies and compare work, pauses, memory and garbage, with " +
      "liveness cross-checked",
    options: [
      "strategies",
      "program",
      "sweep",
      "runs",
      "baseline",
      "fail-on",
      "limit",
      "format",
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
    options: [
      ...["type", "preset", "program", "step", "top", "fail-on", "json", "quiet"],
      ...EVERYWHERE,
    ],
  },
  {
    name: "verify",
    usage: "ouro verify MODULE [options]",
    meaning: "prove or refute a strategy, an allocator, a heap or a detector of yours",
    options: ["programs", "property", "seed", "save", "replay", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "heap",
    usage: "ouro heap FILE [options]",
    meaning:
      "count a heap by type, map its arenas and pools, and name the blocks that pin an arena",
    options: [
      ...["preset", "program", "step", "top", "heapsnapshot", "image", "speedscope", "pprof"],
      ...["svg", "json", "quiet", ...EVERYWHERE],
    ],
  },
  {
    name: "diff",
    usage: "ouro diff BEFORE AFTER [options]",
    meaning: "compare two heaps, type by type",
    options: ["top", "fail-on", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "leaks",
    usage: "ouro leaks INPUT... [options]",
    meaning:
      "show what grows by type over collections, or over several heaps, and what keeps it alive",
    options: ["survived", "preset", "program", "top", "fail-on", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "record",
    usage: "ouro record [options]",
    meaning:
      "print a small Python script that records the heap of a running CPython program for why, " +
      "cycles and heap",
    options: ["output", "json", ...EVERYWHERE],
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
    options: ["program", "preset", "level", "plain", "svg", "json", "quiet", ...EVERYWHERE],
  },
  {
    name: "completion",
    usage: "ouro completion bash|zsh|fish",
    meaning: "print what makes a shell complete commands, options and presets",
    options: EVERYWHERE,
  },
  {
    name: "help",
    usage: "ouro help [COMMAND|allocators|presets|metrics|exit-codes|formats]",
    meaning: "explain a command or a subject",
    options: EVERYWHERE,
  },
];

export const HELP_SUBJECTS = ["allocators", "presets", "metrics", "exit-codes", "formats"];
