// The help texts. Examples come first.

import { UsageError } from "@ouro/interfaces";
import { COMMANDS, type CommandRow, HELP_SUBJECTS } from "./command-table.js";
import { wrapText } from "./format.js";
import { definitions, type Example, exampleLines } from "./help-lines.js";
import type { Look } from "./look.js";
import { optionsOf } from "./option-meanings.js";
import { didYouMean } from "./suggestion.js";

/** The text of `ouro help` with these operands. Throws `UsageError` for any but one known one. */
export async function helpText(operands: readonly string[], look: Look): Promise<string> {
  const [subject, tooMany] = operands;
  if (tooMany !== undefined) {
    throw new UsageError({
      where: "ouro help",
      argument: `"${tooMany}"`,
      problem: "is one operand too many",
      remedy: `Ask about one subject: ouro help ${subject}`,
    });
  }
  const lines = subject === undefined ? overview(look) : await linesOn(subject, look);
  return `${lines.join("\n")}\n`;
}

async function linesOn(subject: string, look: Look): Promise<string[]> {
  const command = COMMANDS.find((candidate) => candidate.name === subject);
  if (command !== undefined) return commandLines(command, look);
  const { subjectLines } = await import("./help-subjects.js");
  const lines = await subjectLines(subject, look);
  if (lines !== undefined) return lines;
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

function commandLines(command: CommandRow, look: Look): string[] {
  const { paint } = look;
  const rows = optionsOf(command.name).map((option) => {
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
