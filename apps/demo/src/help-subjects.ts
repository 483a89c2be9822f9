// Help on a subject that is no command: parts, presets, metrics, codes, formats. Loaded when it is
// asked for, since the first screen has none of it.

import { LAYERS, PARTS } from "./allocator-registry.js";
import { METRICS } from "./compare-metrics.js";
import { compositionNames } from "./composition.js";
import { EXIT_CODES } from "./exit-code.js";
import { wrapText } from "./format.js";
import { definitions, type Example, exampleLines } from "./help-lines.js";
import type { Look } from "./look.js";

/** The text on a subject of `HELP_SUBJECTS`; undefined: it is none. */
export async function subjectLines(subject: string, look: Look): Promise<string[] | undefined> {
  if (subject === "allocators") return allocatorLines(look);
  if (subject === "exit-codes") return exitCodeLines(look);
  if (subject === "formats") return formatLines(look);
  if (subject === "metrics") return metricLines(look);
  if (subject !== "presets") return undefined;
  // These bring all strategies.
  return presetLines((await import("./preset-choice.js")).presetRows(), look);
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
    look.paint.bold("What ouro compare measures, for --limit and --fail-on"),
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
