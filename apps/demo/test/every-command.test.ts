// What holds for every command: looks, help, did-you-mean, Ctrl-C, a reader that goes away, and
// a JSON document as its schema says. A command without a row here fails the first test.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/command-table.js";
import { run as runOn, shipped, smallGraph } from "./heap-document.js";

const few = "few.jsonl.gz";
const lines = gunzipSync(readFileSync(shipped("programs/hand.jsonl.gz")))
  .toString()
  .split("\n");
const files = { [few]: gzipSync(`${lines.slice(0, 3).join("\n")}\n`) };
const heap = fileURLToPath(new URL("./shipped-heap.mjs", import.meta.url));

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
const colour = /\u001b\[\d+m/;

interface Row {
  readonly command: string;
  readonly argv: readonly string[];
  /** Has no document. */
  readonly isText?: true;
  /** Is done before anybody can press Ctrl-C. */
  readonly isShort?: true;
  /** Prints a script: as wide as that is, and without colour. */
  readonly isScript?: true;
  /** Takes seconds: run to its end in its own test, and as the others with OURO_LONG=1. */
  readonly isSlow?: true;
  /** Name of its document's schema. Default: the command. */
  readonly document?: string;
}

const ROWS: readonly Row[] = [
  { command: "replay", argv: ["replay", few] },
  { command: "why", argv: ["why", smallGraph] },
  { command: "cycles", argv: ["cycles", smallGraph] },
  { command: "heap", argv: ["heap", smallGraph] },
  { command: "diff", argv: ["diff", smallGraph, smallGraph] },
  { command: "strategies", argv: ["strategies"], isShort: true },
  { command: "explain", argv: ["explain", few] },
  { command: "compare", argv: ["compare", few, "-s", "cpython-3.13,mark-sweep"] },
  { command: "leaks", argv: ["leaks", smallGraph] },
  { command: "record", argv: ["record"], isShort: true, isScript: true },
  { command: "verify", argv: ["verify", heap, "--programs", "1"] },
  { command: "demo", argv: ["demo", "--passes", "1"], document: "replay", isSlow: true },
  {
    command: "completion",
    argv: ["completion", "bash"],
    isText: true,
    isShort: true,
    isScript: true,
  },
  { command: "help", argv: ["help"], isText: true, isShort: true },
];
const LONG_ROWS = ROWS.filter(({ isShort }) => !isShort);
/** Whose whole output is looked at more than once. */
const QUICK_ROWS = ROWS.filter(({ isSlow }) => !isSlow || process.env.OURO_LONG === "1");

const run = (argv: readonly string[], more: object = {}) => runOn(argv, { files, ...more });

function schemaOf(name: string) {
  const schema = JSON.parse(readFileSync(shipped(`schema/${name}-1.schema.json`), "utf8"));
  return new Ajv2020({ allErrors: true, strictTypes: false }).compile(schema);
}

it("is asked of every command", () => {
  const rows = ROWS.map(({ command }) => command);
  expect(COMMANDS.map(({ name }) => name).filter((name) => !rows.includes(name))).toEqual([]);
});

describe("every command", () => {
  // Of `ouro demo` demo.test.ts looks at every line.
  it.each(QUICK_ROWS)(
    "fits into 60 columns of plain ASCII: $command",
    async ({ argv, isScript }) => {
      const options = { columns: 60, isTTY: true, env: { TERM: "dumb" } };
      const { stdout, exitCode } = await run(argv, options);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
      if (isScript) return;
      const wide = stdout.split("\n").filter((line) => line.length > 60);
      expect(wide).toEqual([]);
    },
  );

  it.each(QUICK_ROWS)("has colour only where it is wanted: $command", async (row) => {
    const { argv, isScript } = row;
    const withTTY = { isTTY: true, columns: 80 };
    const plain = await run(argv, { ...withTTY, env: { LANG: "C.UTF-8", NO_COLOR: "1" } });
    expect(plain.stdout).not.toMatch(colour);
    const off = await run([...argv, "--no-color"], { env: { FORCE_COLOR: "1" } });
    expect(off.stdout).not.toMatch(colour);
    if (isScript) return;
    const on = await run(argv, { env: { FORCE_COLOR: "1", LANG: "C.UTF-8" } });
    expect(on.stdout).toMatch(colour);
  });

  it.each(COMMANDS.map(({ name }) => name))("has help with an example first: %s", async (name) => {
    const options = { columns: 60, env: { TERM: "dumb" } };
    const { stdout, exitCode } = await run([name, "--help"], options);
    expect(exitCode).toBe(0);
    if (name === "help") return;
    expect(stdout.split("\n")[0]).toMatch(/ouro/);
    expect(stdout).toContain(`Usage  ouro ${name}`);
    expect(stdout.split("\n").filter((line) => line.length > 60)).toEqual([]);
  });

  it.each(COMMANDS)("is found from a name with a slip: $name", async ({ name }) => {
    const slip = name.slice(0, -1) + (name.endsWith("x") ? "y" : "x");
    const { stderr, exitCode, stdout } = await run([slip]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(`Did you mean ${name}?`);
  });

  it.each(COMMANDS)("says what an option with a slip was meant to be: $name", async ({ name }) => {
    const { stderr, exitCode } = await run([name, "--ascci"]);
    expect(exitCode).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain("Did you mean --ascii?");
  });

  // That of `ouro demo` is looked at after Ctrl-C, below.
  it.each(QUICK_ROWS.filter(({ isText }) => !isText))(
    "prints one document, as its schema says: $command",
    async ({ argv, command, document = command }) => {
      const { stdout, stderr, exitCode } = await run([...argv, "--json"], { isTTY: true });
      expect([exitCode, stderr]).toEqual([0, ""]);
      const isSound = schemaOf(document);
      isSound(JSON.parse(stdout));
      expect(isSound.errors ?? []).toEqual([]);
    },
  );
});

describe("a command that takes its time", () => {
  it.each(LONG_ROWS)("says that Ctrl-C came, with code 130: $command", async ({ argv }) => {
    const { stderr, exitCode } = await run(argv, { interruptAfterBreaths: 1 });
    expect(exitCode).toBe(130);
    expect(stderr).toContain("interrupted");
    expect(stderr).not.toMatch(/\n\s+at |defect/);
  });

  it.each(LONG_ROWS)("leaves a document that is sound after Ctrl-C: $command", async (row) => {
    const options = { interruptAfterBreaths: 1 };
    const { stdout, exitCode } = await run([...row.argv, "--json"], options);
    expect(exitCode).toBe(130);
    const document = JSON.parse(stdout);
    const name = document.schema.replace(/^ouro\/(.*)@1$/, "$1");
    expect(["interrupted", row.document ?? row.command]).toContain(name);
    expect(existsSync(shipped(`schema/${name}-1.schema.json`))).toBe(true);
    const isSound = schemaOf(name);
    isSound(document);
    expect(isSound.errors ?? []).toEqual([]);
  });

  it.each(LONG_ROWS)("ends quietly when nobody reads any more: $command", async ({ argv }) => {
    const { stderr, exitCode } = await run(argv, { closeAfterBreaths: 1 });
    expect([exitCode, stderr]).toEqual([0, ""]);
  });
});

describe("a file to write", () => {
  it.each([
    ["heap", "--speedscope"],
    ["heap", "--pprof"],
    ["heap", "--svg"],
    ["heap", "--image"],
    ["heap", "--heapsnapshot"],
    ["replay", "--trace-events"],
    ["replay", "--prometheus"],
    ["explain", "--svg"],
    ["record", "--output"],
  ])("is refused before %s begins: %s in a folder that is not there", async (command, option) => {
    const input = { heap: [smallGraph], replay: [few], explain: [few], record: [] }[command] ?? [];
    const path = "/no/such/folder/out";
    const { exitCode, stdout, stderr } = await run([command, ...input, option, path]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    const words = `ouro ${command}: ${option} ${path} cannot be written: its folder does not exist`;
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });

  it("is one for each option", async () => {
    const argv = ["heap", smallGraph, "--speedscope", "out", "--pprof", "out"];
    const { exitCode, stderr } = await run(argv);
    expect(exitCode).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain("--pprof out is the file of --speedscope too");
  });
});

describe("an operand that is not there", () => {
  it.each([
    [["why"], "FILE is missing. Write ouro why FILE;"],
    [["heap"], "FILE is missing"],
    [["compare"], "INPUT is missing"],
    [["cycles"], "INPUT is missing"],
    [["leaks"], "INPUT is missing"],
    [["explain"], "PROGRAM is missing"],
    [["diff"], "BEFORE and AFTER are missing. Write ouro diff BEFORE AFTER;"],
    [["diff", "a.hgraph.gz"], "AFTER is missing"],
    [["diff", "a.hgraph.gz", ""], 'AFTER "" names no file'],
    [["diff", "a", "b", "c"], '"c" is one operand too many'],
    [["verify"], "MODULE"],
    [["replay"], "FILE"],
  ])("is called as the help calls it: %j", async (argv, words) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("the help on options", () => {
  it.each([
    ["compare", "--limit METRIC=VALUE", "most memory"],
    ["replay", "--limit SIZE", "METRIC"],
    ["cycles", "--fail-on cycles", "increase"],
    ["diff", "--fail-on increase", "cycles"],
    ["heap", "who keeps how much alive", "where memory came from"],
    ["replay", "where memory came from", "who keeps"],
  ])("of %s says %s, and not %s", async (command, words, others) => {
    const { stdout } = await run([command, "--help"]);
    const text = stdout.slice(stdout.indexOf("Options")).replace(/\s+/g, " ");
    expect(text).toContain(words);
    expect(text).not.toContain(others);
  });

  it("has one way to name what is compared, and says so to whoever takes another", async () => {
    const { stdout } = await run(["compare", "--help"]);
    expect(stdout).not.toContain("--preset");
    const { exitCode, stderr } = await run(["compare", few, "-p", "mark-sweep"]);
    expect(exitCode).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain("What is compared stands after -s");
  });
});
