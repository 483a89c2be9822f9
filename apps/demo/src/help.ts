// The help texts. Examples come first.

import { UsageError } from "@ouro/interfaces";
import { LAYERS, PARTS } from "./allocator-registry.js";
import { COMMANDS, type CommandRow, HELP_SUBJECTS, OPTIONS } from "./command-table.js";
import { METRICS } from "./compare-metrics.js";
import { compositionNames } from "./composition.js";
import { EXIT_CODES } from "./exit-code.js";
import { wrapText } from "./format.js";
import type { Look } from "./look.js";
import { didYouMean } from "./suggestion.js";

/** Presets and what they are, loaded when somebody asks for them: they bring all strategies. */
export type LoadPresets = () => Promise<readonly (readonly [string, string])[]>;

/** The text of `ouro help` with these operands. Throws `UsageError` for any but one known one. */
export async function helpText(
  operands: readonly string[],
  look: Look,
  loadPresets: LoadPresets,
): Promise<string> {
  const [subject, tooMany] = operands;
  if (tooMany !== undefined) {
    throw new UsageError({
      where: "ouro help",
      argument: `"${tooMany}"`,
      problem: "is one operand too many",
      remedy: `Ask about one subject: ouro help ${subject}`,
    });
  }
  if (subject === "presets") return `${presetLines(await loadPresets(), look).join("\n")}\n`;
  const lines = subject === undefined ? overview(look) : subjectLines(subject, look);
  return `${lines.join("\n")}\n`;
}

function subjectLines(subject: string, look: Look): string[] {
  if (subject === "allocators") return allocatorLines(look);
  if (subject === "exit-codes") return exitCodeLines(look);
  if (subject === "formats") return formatLines(look);
  if (subject === "metrics") return metricLines(look);
  const command = COMMANDS.find((candidate) => candidate.name === subject);
  if (command !== undefined) return commandLines(command, look);
  const known = [...COMMANDS.map((candidate) => candidate.name), ...HELP_SUBJECTS];
  throw new UsageError({
    where: "ouro help",
    argument: subject,
    problem: "is neither a command nor a subject",
    remedy: didYouMean(subject, known, `There is help on: ${known.join(", ")}.`),
  });
}

function overview(look: Look): string[] {
  const { paint } = look;
  const dash = look.isUnicode ? "—" : "-";
  const rows = COMMANDS.map((command) => [command.name, command.meaning] as const);
  return [
    ...wrapText(`ouro ${dash} Python's memory management, in TypeScript parts`, look.width),
    "",
    ...exampleLines(EXAMPLES, look),
    "",
    paint.bold("Commands"),
    ...definitions(rows, look),
    "",
    ...wrapText(
      `Learn more: ouro help COMMAND, ${HELP_SUBJECTS.map((s) => `ouro help ${s}`).join(", ")}`,
      look.width,
    ),
  ];
}

const EXAMPLES: readonly Example[] = [
  ["ouro demo", "a short tour: real Python programs, replayed and compared"],
  ["ouro replay app.altrace.gz --verify", "replay a trace, check every block's contents"],
  [
    "ouro replay heap.hgraph.gz programs.jsonl.gz",
    "object heaps and programs, as CPython runs them",
  ],
  ["ouro explain programs.jsonl.gz", "each decision of the memory manager, told step by step"],
  ["ouro why heap.hgraph.gz --type dict", "what keeps an object alive"],
];

const COMMAND_EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  replay: [
    ["ouro replay app.altrace.gz", "figures, fill map and verdict"],
    ["ouro replay a.altrace.gz b.altrace.gz --verify", "with the contents of all blocks checked"],
    ["ouro replay app.altrace.gz -a large", "on another allocator"],
    ["ouro replay heap.hgraph.gz", "a heap: what dies when, compared with CPython"],
    ["ouro replay programs.jsonl.gz -p mark-sweep", "programs, on another memory manager"],
    ["ouro replay - --json < app.altrace.gz", "from standard input, for a script"],
    ["ouro replay programs.jsonl.gz --gc-log cpython", "each collection, in CPython's words"],
    ["ouro replay programs.jsonl.gz --trace-events t.json", "collections over time, in Perfetto"],
  ],
  demo: [
    ["ouro demo", "replay and compare"],
    ["ouro demo --json", "the same for a script"],
  ],
  why: [
    ["ouro why heap.hgraph.gz", "the object with which most would go"],
    ["ouro why heap.hgraph.gz --type dict", "the greatest of a type"],
    ["ouro why heap.hgraph.gz '#7712'", "one object, by its number"],
    ["ouro why heap.hgraph.gz --heapsnapshot h.heapsnapshot", "and in DevTools"],
  ],
  compare: [
    ["ouro compare programs.jsonl.gz", "every preset on one file of programs"],
    ["ouro compare heap.hgraph.gz -s cpython-3.13,mark-sweep", "two of them, on a recorded heap"],
    ["ouro compare app.altrace.gz -s pool+large,large", "allocators, on a trace"],
    ["ouro compare programs.jsonl.gz --sweep gen0=100..20000", "pauses against memory, a curve"],
    ["ouro compare p.jsonl.gz --runs 5 --format md", "with times, for an issue"],
    [
      "ouro compare p.jsonl.gz --baseline old.json --fail-on pause.max --limit garbage.max=1MiB",
      "in continuous integration: code 3 when it got worse",
    ],
  ],
  cycles: [
    ["ouro cycles heap.hgraph.gz", "what keeps itself alive, and what to make weak"],
    ["ouro cycles heap.hgraph.gz --type Node", "only cycles with an object of this type"],
    ["ouro cycles programs.jsonl.gz --program hand-self-list", "of a program, once it has run"],
    ["ouro cycles heap.hgraph.gz --type Node --fail-on cycles", "in continuous integration"],
    ["ouro cycles heap.hgraph.gz --step 3 --json", "after three steps of its plan, for a script"],
  ],
  verify: [
    ["ouro verify ./my-strategy.js", "every property that its traits promise"],
    ["ouro verify ./my-strategy.js --programs 5000 --seed 7", "longer, with other programs"],
    ["ouro verify ./my-strategy.js --save found", "counterexamples as files, with pictures"],
    ["ouro verify ./my-strategy.js --replay found/x.json", "one of them again"],
  ],
  heap: [
    ["ouro heap heap.hgraph.gz", "types, arenas, pools, and who pins an arena"],
    ["ouro heap heap.hgraph.gz --step 3 --top 30", "after three steps of its plan"],
    ["ouro heap heap.hgraph.gz --heapsnapshot h.heapsnapshot", "and in DevTools"],
    ["ouro heap heap.hgraph.gz --step 3 --image later.ouroheap", "kept, for ouro diff"],
  ],
  diff: [
    ["ouro diff before.hgraph.gz after.hgraph.gz", "what grew and what shrank"],
    ["ouro diff a.ouroheap b.ouroheap --json", "the same for a script"],
  ],
  leaks: [
    ["ouro leaks programs.jsonl.gz --program long-1003", "what survives collections and grows"],
    ["ouro leaks programs.jsonl.gz --survived 5", "only what survived five of them"],
    ["ouro leaks a.hgraph.gz b.hgraph.gz c.hgraph.gz", "heaps of one program, oldest first"],
    ["ouro leaks a.hgraph.gz b.hgraph.gz --fail-on leaks", "code 3 where a type grows"],
  ],
  record: [
    ["ouro record -o ouro_record.py", "the script; then, with your own python3:"],
    ["python3 ouro_record.py -o heap.hgraph.gz app.py", "the heap of app.py when it ends"],
    ["ouro why heap.hgraph.gz --type Cache", "what keeps an object of it alive"],
    ["ouro cycles heap.hgraph.gz", "what of it keeps itself alive"],
  ],
  strategies: [
    ["ouro strategies", "who counts, who moves, when garbage goes"],
    ["ouro strategies --json", "every trait, for a script"],
  ],
  explain: [
    ["ouro explain programs.jsonl.gz", "the first program of a file, step by step"],
    ["ouro explain programs.jsonl.gz --program hand-self-list", "one by its name"],
    ["ouro explain programs.jsonl.gz --level 3", "with every store and block"],
    ["ouro explain programs.jsonl.gz -p mark-sweep", "on another memory manager"],
  ],
  completion: [
    ['eval "$(ouro completion bash)"', "in ~/.bashrc"],
    ['eval "$(ouro completion zsh)"', "in ~/.zshrc, after compinit"],
    ["ouro completion fish | source", "in ~/.config/fish/config.fish"],
  ],
  help: [["ouro help exit-codes", "what the exit codes mean"]],
};

type Example = readonly [command: string, meaning: string];

/** Examples and meanings side by side where all fit, else below each other. */
function exampleLines(examples: readonly Example[], look: Look): string[] {
  const { paint } = look;
  const column = Math.max(...examples.map(([command]) => command.length)) + 2;
  const isWide = examples.every(([, meaning]) => 2 + column + meaning.length <= look.width);
  return examples.flatMap(([command, meaning]) => {
    if (isWide) return [`  ${paint.cyan(command.padEnd(column))}${paint.dim(meaning)}`];
    const meaningLines = wrapText(meaning, look.width, "      ");
    // A long command goes on behind a backslash, as a shell reads it.
    const parts = wrapText(command, look.width - 2, "  ");
    const commandLines = parts.map((part, index) =>
      paint.cyan(index + 1 < parts.length ? `${part} \\` : part),
    );
    return [...commandLines, ...meaningLines.map((line) => paint.dim(line))];
  });
}

function commandLines(command: CommandRow, look: Look): string[] {
  const { paint } = look;
  const rows = OPTIONS.filter((option) => command.options.includes(option.name)).map((option) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.value === undefined ? "" : ` ${option.value}`;
    return [`${short}--${option.name}${value}`, option.meaning] as const;
  });
  return [
    ...exampleLines(COMMAND_EXAMPLES[command.name] ?? [], look),
    "",
    `${paint.bold("Usage")}  ${command.usage}`,
    ...wrapText(`${command.meaning}.`, look.width, "  "),
    "",
    paint.bold("Options"),
    ...definitions(rows, look),
  ];
}

const ALLOCATOR_EXAMPLES: readonly Example[] = [
  ["-a pool+large", "CPython's arrangement; the default"],
  ["-a small=pool,large=large", "the same, spelled out"],
  ["-a large", "one allocator for everything"],
  ["-a checked:pool+large", "a layer over it; several: checked:counting:large"],
];

function allocatorLines(look: Look): string[] {
  const { paint } = look;
  const rows = PARTS.map(
    (part) =>
      [
        part.name,
        `${part.meaning} (${part.serves === "small" ? "requests up to 512 bytes" : "any request"})`,
      ] as const,
  );
  return [
    ...exampleLines(ALLOCATOR_EXAMPLES, look),
    "",
    paint.bold("Parts"),
    ...definitions(rows, look),
    "",
    ...wrapText(`Compositions: ${compositionNames().join(", ")}`, look.width),
    "",
    paint.bold("Layers, over any composition"),
    ...definitions(
      LAYERS.map((layer) => [layer.name, layer.meaning] as const),
      look,
    ),
  ];
}

const PRESET_EXAMPLES: readonly Example[] = [
  ["-p cpython-3.13", "objects live and die as in CPython; the default"],
  ["-p mark-sweep", "the same programs on a tracing collector"],
];

const PRESET_NOTE =
  "With all of CPython's parts a preset is held to everything recorded; one without to what its " +
  "traits promise: programs to what their roots reach, graphs to what full collections find.";

function presetLines(presets: readonly (readonly [string, string])[], look: Look): string[] {
  return [
    ...exampleLines(PRESET_EXAMPLES, look),
    "",
    look.paint.bold("Presets"),
    ...definitions(presets, look),
    "",
    ...wrapText(PRESET_NOTE, look.width),
  ];
}

function exitCodeLines(look: Look): string[] {
  const rows = EXIT_CODES.map(
    (row) => [`${String(row.code).padStart(3)}  ${row.name}`, row.meaning] as const,
  );
  return [
    look.paint.bold("Exit codes of every command"),
    ...definitions(rows, look),
    "",
    ...wrapText("Of several answers the gravest one counts: 130, 5, 2, 4, 3, 1, 0.", look.width),
  ];
}

const METRIC_NOTES = [
  "Work is counted in units: an object or slot touched, or a word written whole, is one; the " +
    "same in every run. A pause is what the program waited for in one operation: a collection, " +
    "or a cascade of deallocations. What a collection examines costs a unit an object.",
  "Values of --limit: 5000, 64MiB, 20%, 30ms. Of throughput a limit is the least.",
];

function metricLines(look: Look): string[] {
  const rows = METRICS.map(({ name, meaning }) => [name, meaning] as const);
  return [
    look.paint.bold("What ouro compare measures, --limit limits and --fail-on holds"),
    ...definitions(rows, look),
    "",
    ...METRIC_NOTES.flatMap((note) => wrapText(note, look.width)),
  ];
}

function formatLines(look: Look): string[] {
  const rows = [
    [
      "NAME.altrace.gz",
      "an allocation trace: each malloc, calloc, realloc and free of a CPython program, gzipped, " +
        "with totals at its end that every replay checks",
    ],
    [
      "NAME.hgraph.gz",
      "a heap graph: all objects of a stopped CPython program, a plan of references to drop and " +
        "generations to collect, and what died in each step",
    ],
    [
      "NAME.jsonl.gz",
      "mutator programs, one a line: operations on a small machine, and everything that could be " +
        "seen of CPython after each of them",
    ],
    [
      "NAME.facts.json",
      "lies beside a trace: how the same calls ran on CPython's pymalloc and glibc's malloc. " +
        "Without it the trace is replayed and checked, but not compared. Beside a graph: in " +
        "which steps the graph shows all that happened; without it every step is held to do so",
    ],
    [
      "NAME.ouroheap",
      "a heap image, as --image and encodeHeapImage of @ouro/object-model write it: the heap of " +
        "a memory manager at one moment, wherever a heap graph is read to look at it",
    ],
    [
      "--heapsnapshot OUT",
      "a heap in V8's own format, for the Memory panel of DevTools and for memlab",
    ],
    [
      "--speedscope, --pprof OUT",
      "a profile for speedscope, or gzipped for pprof: of a replay where memory came from, of " +
        "ouro heap who keeps how much alive",
    ],
    [
      "--trace-events OUT",
      "collections, cascades of deaths and what lives as Chrome trace events, for Perfetto; an " +
        "operation, or an object looked at, is a microsecond there",
    ],
    ["--prometheus OUT", "counts, and pauses in units of work, as Prometheus scrapes them"],
    [
      "--gc-log STYLE",
      "a line for each collection, JSON a line (ouro/collection@1), or the words of CPython's " +
        "gc.set_debug(gc.DEBUG_STATS)",
    ],
    [
      "--json",
      'one document { "schema": "ouro/COMMAND@1", ... }, such as ouro/replay@1, numbers in bytes ' +
        "and nanoseconds; " +
        "its JSON Schema is schema/COMMAND-1.schema.json of the package @ouro/demo",
    ],
  ] as const;
  return [look.paint.bold("What ouro reads and writes"), ...definitions(rows, look)];
}

/** Explanations beside the longest term, or below each term where that leaves no room. */
function definitions(rows: readonly (readonly [string, string])[], look: Look): string[] {
  const termWidth = Math.max(...rows.map(([term]) => term.length));
  if (look.width - termWidth < 28) {
    return rows.flatMap(([term, meaning]) => [
      `  ${term.trim()}`,
      ...wrapText(meaning, look.width, "      "),
    ]);
  }
  const indent = " ".repeat(termWidth + 4);
  return rows.flatMap(([term, meaning]) => {
    const lines = wrapText(meaning, look.width, indent);
    const head = `  ${term.padEnd(termWidth)}  `;
    return lines.map((line, i) => (i === 0 ? head + line.slice(indent.length) : line));
  });
}
