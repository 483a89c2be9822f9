// One run of Stryker over the sources of one package, as a tally of what became of its mutants.
// Stryker is a heavy tool: it is imported when it is asked for, and described here as far as used.

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const STRYKER = new URL(
  "../../node_modules/@stryker-mutator/core/dist/src/index.js",
  import.meta.url,
);
const RUNNER = fileURLToPath(new URL("./in-process-plugin.mjs", import.meta.url));

/** Layers 1 and 2. */
export const MUTATED_PACKAGES: readonly string[] = [
  ...["heap", "allocator", "object-model", "finalization"],
  ...["null", "refcount", "cycle-detector", "generational", "mark-sweep", "semispace"],
];

/**
 * Faults are planted in texts that mutants change; the others measure processes of their own, or
 * read a page.
 */
const LEFT_OUT =
  /faults\/|resident-memory|heap\/test\/(shared|resizable)|allocator\/test\/shared|heap-image-doc/;

/** Seconds for what smaller structures show as well: only their size is of interest. */
const LEFT_OUT_TITLES = /million nodes/;

/**
 * The suite's properties of a bare router and of one whose blocks are counted: free lists and the
 * checked layer stand over a router as well.
 */
const TWIN_ROUTERS = [
  ...["gives blocks that", "keeps the contents", "keeps the first", "keeps what is marked"],
  ...["fills zeroed", "accounts for", "walks exactly", "refuses foreign, interior"],
  ...["never gives memory", "notices a header", "stays sound", "loses nothing", "takes exactly"],
].map((start) => `(size router|counting allocator) ${start}`);

/**
 * By package, compositions on which it does nothing else than on others that are tried, and tests
 * that count steps or ask what the others declare.
 */
const TWIN_TITLES: Readonly<Record<string, RegExp>> = {
  allocator: new RegExp(
    [
      ...["2 GiB", "takes no more steps", "says too little", ...TWIN_ROUTERS],
      "trim of the (counting|checked|free list|size router)",
    ].join("|"),
  ),
  "object-model": new RegExp(
    [
      "cpython-3\\.12|refcount-(whole|trial)|on large blocks",
      "half way, (null|mark-sweep|refcount-only|cpython-3\\.13) leaves",
    ].join("|"),
  ),
};

/**
 * Parts that only the memory manager puts together are tested there too: by the tests that do so
 * and are quick.
 */
const WIRED_PACKAGES = [
  ...["finalization", "object-model"],
  ...["refcount", "cycle-detector", "generational"],
];
const WIRING_TESTS = [
  ...["cpython", "cycles", "gc-kinds", "gc-suite", "regressions", "twin.property"],
].map((name) => `packages/memory-manager/test/${name}.test.ts`);

/**
 * Our runner stops what loops. What it cannot stop Stryker ends, by the clock and with the whole
 * thread of tests: on a busy machine that must not come too soon.
 */
const TIMEOUT_MILLISECONDS = 120_000;

/**
 * Every test makes memories of many MiB, of which it touches little. Without this V8 would collect
 * for each of them, and mark all tests that are loaded.
 */
const NODE_ARGUMENTS = ["--external-memory-accounted-in-global-limit"];

export interface Mutant {
  readonly status: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

export interface MutationTally {
  readonly all: number;
  readonly killed: number;
  readonly timeouts: number;
  /** Of no test noticed, and those that no test reaches. */
  readonly survivors: readonly Mutant[];
  /** Mutants that are no program: they count for nothing. */
  readonly invalid: number;
}

interface Stryker {
  runMutationTest(): Promise<readonly Mutant[]>;
}

export function isStrykerInstalled(): boolean {
  return existsSync(STRYKER);
}

function testFilesOf(name: string): string[] {
  const folder = `packages/${name}/test/`;
  const files = readdirSync(root + folder, { recursive: true, encoding: "utf8" });
  const paths = files.filter((file) => file.endsWith(".test.ts")).map((file) => folder + file);
  // Properties last: the quick ones have killed most by then.
  const rank = (path: string): number => (path.includes(".property.") ? 1 : 0);
  const wiring = WIRED_PACKAGES.includes(name) ? WIRING_TESTS : [];
  return [...paths, ...wiring]
    .filter((path) => !LEFT_OUT.test(path))
    .sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

function leftOutTitlesOf(name: string): string {
  const twins = TWIN_TITLES[name];
  return [LEFT_OUT_TITLES, ...(twins === undefined ? [] : [twins])]
    .map(({ source }) => source)
    .join("|");
}

function optionsOf(name: string, concurrency: number): object {
  const report = `reports/mutation/${name}`;
  return {
    ...{ plugins: [RUNNER], testRunner: "in-process", checkers: [], packageManager: "npm" },
    testRunnerNodeArgs: NODE_ARGUMENTS,
    inProcess: { testFiles: testFilesOf(name), leftOutTitles: leftOutTitlesOf(name) },
    ...{ mutate: [`packages/${name}/src/**/*.ts`], coverageAnalysis: "perTest", concurrency },
    ...{
      disableTypeChecks: `packages/${name}/src/**/*.ts`,
    },
    ...{ tempDirName: `temp/stryker-${name}`, cleanTempDir: "always" },
    ignorePatterns: ["/apps", "/docs", "/reports", "/temp", "**/dist", "/.turbo"],
    ...{ incremental: true, incrementalFile: `${report}.incremental.json` },
    ...{ reporters: ["json", "html", "progress-append-only"] },
    ...{ jsonReporter: { fileName: `${report}.json` } },
    htmlReporter: { fileName: `${report}.html` },
    ...{ timeoutMS: TIMEOUT_MILLISECONDS, timeoutFactor: 2, logLevel: "warn" },
    ...{ allowConsoleColors: false, warnings: { unknownOptions: false, slow: false } },
  };
}

/** Runs in the repository's root, where Stryker looks for what it copies. */
export async function runMutants(name: string, concurrency: number): Promise<MutationTally> {
  process.chdir(root);
  // A mutant that lives costs all programs of each property that reaches it.
  process.env.OURO_RUNS ??= name === "allocator" ? "2" : "10";
  // For threads of tests: a memory is mapped anew, as the C library would clear one that it kept.
  process.env.MALLOC_MMAP_THRESHOLD_ ??= String(2 ** 20);
  const { default: StrykerRun } = (await import(STRYKER.href)) as {
    default: new (options: object) => Stryker;
  };
  const run = new StrykerRun(optionsOf(name, concurrency));
  const mutants = await progressToStderr(() => run.runMutationTest());
  const of = (...names: string[]) => mutants.filter(({ status }) => names.includes(status));
  const invalid = of("CompileError", "RuntimeError", "Ignored").length;
  return {
    all: mutants.length - invalid,
    killed: of("Killed").length,
    timeouts: of("Timeout").length,
    survivors: of("Survived", "NoCoverage"),
    invalid,
  };
}

/** Stryker tells every ten seconds how far it is, on stdout, where our result belongs. */
async function progressToStderr<Result>(run: () => Promise<Result>): Promise<Result> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}
