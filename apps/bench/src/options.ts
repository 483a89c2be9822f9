// The command line: what to measure, how often, and how to print it.

import { parseArgs } from "node:util";
import { UsageError } from "@ouro/interfaces";
import { COLLECTIONS } from "./collections/collection.js";
import { COLLECTION_PEERS } from "./collections/collection-peer.js";
import { PEERS } from "./peer.js";
import { CHECKED_PROGRAMS } from "./programs/program.js";
import { GROUPS, type Group } from "./workload.js";

export interface BenchOptions {
  readonly groups: readonly Group[];
  readonly peers: readonly string[] | undefined;
  /** Recorded traces, by name; all that are found when undefined. */
  readonly traces: readonly string[] | undefined;
  readonly format: "table" | "json" | "markdown";
  /** Written instead of stdout. */
  readonly outputFile: string | undefined;
  readonly roundCount: number;
  readonly isQuick: boolean;
  readonly nodeVersion: string | undefined;
  readonly timeoutSeconds: number;
  /** Runs that were written before: laid out on one page, and nothing is measured. */
  readonly sources: readonly string[];
  readonly isHelp: boolean;
}

export const HELP = `npm run bench [-- NAME...] [options]

  NAME               ${GROUPS.join(", ")};
                     collections are all collect-*, checked all checked-*; all when none is named
  --rounds N         rounds of all peers in turn, default 5, with --quick 1
  --quick            fewer operations: to see that it works, not to quote
  --peer NAME        only this peer and the null allocators; may be repeated
  --trace NAME       only this recorded trace; may be repeated
  --node NODE        samples run on another Node: a version of npm's package "node", or a path
  --timeout SECONDS  for one sample, default 60; collect-* have at least 400
  --from FILE        lays out a run that --json wrote, measures nothing; may be repeated
  --json             one document instead of tables, schema ouro/bench@1
  --markdown         the tables as they stand in docs/benchmarks*.md
  --output FILE      writes there instead of stdout, where npm and turbo print lines of their own

Environment: CC, OURO_PYTHON (a CPython), OURO_DATA (a folder of recordings).
`;

function usage(argument: string, problem: string, remedy: string): never {
  throw new UsageError({ where: "bench", argument, problem, remedy });
}

function parse(words: readonly string[]) {
  const options = {
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    peer: { type: "string", multiple: true },
    trace: { type: "string", multiple: true },
    node: { type: "string" },
    timeout: { type: "string", default: "60" },
    from: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    output: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    return usage("the command line", `is not understood: ${message}`, "See --help.");
  }
}

/** Throws `UsageError` naming the faulty word. */
export function parseOptions(words: readonly string[]): BenchOptions {
  const { values, positionals } = parse(words);
  const groups = positionals.flatMap((word) =>
    word === "collections" ? COLLECTIONS : word === "checked" ? CHECKED_PROGRAMS : groupNamed(word),
  );
  if (values.json && values.markdown) {
    usage("--markdown", "cannot go with --json", "Choose one; --json has all the figures.");
  }
  const sources = values.from ?? [];
  if (sources.length > 0 && (values.json || groups.length > 0)) {
    usage("--from", "measures nothing", "Give it alone, or with --markdown and --output.");
  }
  return {
    groups: groups.length === 0 ? GROUPS : [...new Set(groups)],
    peers: values.peer?.map(peerNamed),
    traces: values.trace,
    format: values.json ? "json" : values.markdown ? "markdown" : "table",
    outputFile: values.output,
    roundCount: positive("--rounds", values.rounds ?? (values.quick ? "1" : "5")),
    isQuick: values.quick,
    nodeVersion: values.node,
    timeoutSeconds: positive("--timeout", values.timeout),
    sources,
    isHelp: values.help,
  };
}

function groupNamed(word: string): Group {
  const group = GROUPS.find((name) => name === word);
  return group ?? usage(`"${word}"`, "is no workload", `Choose from ${GROUPS.join(", ")}.`);
}

function peerNamed(word: string): string {
  const names = [...PEERS, ...COLLECTION_PEERS].map(({ name }) => name);
  if (names.includes(word)) return word;
  return usage(`--peer ${word}`, "is no peer", `Choose from ${names.join(", ")}.`);
}

function positive(option: string, word: string): number {
  const value = Number(word);
  if (Number.isInteger(value) && value > 0) return value;
  return usage(`${option} ${word}`, "is no whole number above 0", `Write, say, ${option} 5.`);
}
