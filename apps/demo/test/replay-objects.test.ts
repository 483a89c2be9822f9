// Heap graphs and mutator programs through the command: reports, documents, and what goes wrong.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { createMemoryManager, PRESET_NAMES, type PresetName } from "@ouro/memory-manager";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, vi } from "vitest";
import { DEFAULT_PRESET } from "../src/arguments.js";
import { main } from "../src/main.js";
import { type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.js";

vi.setConfig({ testTimeout: 60_000 });

const shipped = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const graphFile = shipped("graphs/small.hgraph.gz");
const graphBytes = readFileSync(graphFile);
const programBytes = readFileSync(shipped("programs/hand.jsonl.gz"));
const lines = gunzipSync(programBytes).toString("utf8").trim().split("\n");

const schemaUrl = new URL("../schema/replay-1.schema.json", import.meta.url);
const isReplayDocument = new Ajv2020({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(schemaUrl, "utf8")),
);

async function run(argv: string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const exitCode = await main(["replay", ...argv], terminal);
  return { exitCode, stdout: terminal.stdoutText(), stderr: terminal.stderrText() };
}

async function runJson(argv: string[], options?: FakeTerminalOptions) {
  const outcome = await run([...argv, "--json"], options);
  const document = JSON.parse(outcome.stdout);
  isReplayDocument(document);
  expect(isReplayDocument.errors ?? []).toEqual([]);
  return { ...outcome, results: document.results };
}

const programFile = (texts: readonly string[]): Uint8Array => gzipSync(`${texts.join("\n")}\n`);
/** Programs of every kind of operation, as one file. */
const someFile = { "some.jsonl.gz": programFile(lines.filter((_, index) => index % 4 === 0)) };

describe("a heap graph", () => {
  it("shows each step beside CPython's and how objects died", async () => {
    const { exitCode, stdout, stderr } = await run([graphFile, "--verify"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^small · 16,177 objects · 40,484 references · cpython-3\.13\n/);
    expect(stdout).toMatch(/\n {2}0 cut +40 +40 +✓\n/);
    expect(stdout).toMatch(/\n {2}7 collect 2 +23 +23 +✓ +12 +12\n/);
    expect(stdout).toMatch(/\n {2}freed by counting +41 /);
    expect(stdout).toMatch(/\n {2}freed in generation 0 +5 /);
    expect(stdout.replace(/\s+/g, " ")).toContain("Every check held: facts of this graph,");
  });

  it("gives a document that the schema describes, with every step", async () => {
    const { exitCode, results } = await runJson([graphFile, "--verify"]);
    expect(exitCode).toBe(0);
    const [result] = results;
    expect(result).toMatchObject({ kind: "heap-graph", ok: true, name: "small", verified: true });
    expect(result).toMatchObject({ promise: "exact", objects: 16_177, plannedSteps: 8 });
    expect(result.steps).toHaveLength(8);
    expect(result.steps[7]).toMatchObject({ generation: 2, deaths: 23, recordedReturned: 12 });
    const { made, freedByCounting, collected, alive } = result.figures;
    const freed = collected.reduce(
      (sum: number, row: { freed: { objects: number } }) => sum + row.freed.objects,
      freedByCounting.objects,
    );
    expect(made.objects).toBe(freed + alive.objects);
  });

  it.each(PRESET_NAMES)(
    "names refcounts as held under %s only if some were compared",
    async (preset) => {
      const { exitCode, results } = await runJson([graphFile, "-p", preset]);
      expect(exitCode).toBe(0);
      const { counts } = createMemoryManager(preset, { reservationBytes: 2 ** 26 }).collector
        .traits;
      expect(results[0].restored.comparedRefcounts > 0).toBe(counts);
      expect(results[0].checks.includes("restored refcounts")).toBe(counts);
    },
  );

  it("is not compared with the facts of another graph in silence", async () => {
    const facts = JSON.parse(readFileSync(shipped("graphs/small.facts.json"), "utf8"));
    const text = JSON.stringify({ ...facts, objects: 5 });
    const files = { "g.hgraph.gz": graphBytes, "g.facts.json": new TextEncoder().encode(text) };
    const { exitCode, results } = await runJson(["g.hgraph.gz"], { files });
    expect(exitCode).toBe(1);
    expect(results[0].mismatches).toEqual([
      { where: "facts: objects", expected: 5, actual: 16_177 },
    ]);
  });

  it("names the step in which another strategy's deaths would differ from CPython's", async () => {
    const decoded = gunzipSync(graphBytes);
    const text = decoded.toString("latin1");
    // The header says that step 7 answered 13 and not 12.
    const at = text.indexOf('"return":12');
    expect(at).toBeGreaterThan(0);
    decoded.write('"return":13', at, "latin1");
    const files = { "other.hgraph.gz": gzipSync(decoded) };
    const { exitCode, stdout } = await run(["other.hgraph.gz"], { files });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("step 7, collect 2: result: expected 13, got 12");
  });
});

describe("a file of programs", () => {
  it("says of each program what became of it", async () => {
    const { exitCode, results } = await runJson(["some.jsonl.gz"], { files: someFile });
    expect(exitCode).toBe(0);
    const [result] = results;
    expect(result).toMatchObject({ kind: "mutator-programs", promise: "everything observed" });
    expect(result.plannedPrograms).toBe(12);
    expect(result.programs).toHaveLength(12);
    for (const program of result.programs) expect(program.outcome).toBe("agrees");
  });

  it("names program, step and value that differ from the recording", async () => {
    const line = lines[0] as string;
    const changed = line.replace('"count":[1,0,0]', '"count":[2,0,0]');
    expect(changed).not.toBe(line);
    const files = { "x.jsonl.gz": programFile([changed, lines[1] as string]) };
    const { exitCode, results } = await runJson(["x.jsonl.gz"], { files });
    expect(exitCode).toBe(1);
    expect(results[0].mismatches[0]).toEqual({
      where: "hand-self-list, step 0: counts",
      expected: "[2,0,0]",
      actual: "[1,0,0]",
    });
    expect(results[0].programs.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "differs",
      "agrees",
    ]);
    expect((await run(["x.jsonl.gz"], { files })).stdout).toContain(
      "hand-self-list, step 0: counts: expected [2,0,0], got [1,0,0]",
    );
  });

  it("is known by what it contains, on standard input too", async () => {
    const files = { "-": someFile["some.jsonl.gz"], misnamed: graphBytes };
    const { results } = await runJson(["-", "misnamed"], { files });
    expect(results.map(({ kind }: { kind: string }) => kind)).toEqual([
      "mutator-programs",
      "heap-graph",
    ]);
  });
});

describe("every preset", () => {
  it("is there by its name, and the default is one of them", async () => {
    expect(PRESET_NAMES).toContain(DEFAULT_PRESET);
    const terminal = fakeTerminal();
    expect(await main(["help", "presets"], terminal)).toBe(0);
    for (const name of PRESET_NAMES) expect(terminal.stdoutText()).toContain(name);
    const { exitCode, stderr } = await run([graphFile, "-p", "mark-swep"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Did you mean mark-sweep?");
  });

  it.each(PRESET_NAMES)("%s keeps what its traits promise of programs", async (name) => {
    const argv = ["some.jsonl.gz", "--preset", name];
    const { exitCode, results } = await runJson(argv, { files: someFile });
    expect(results[0].mismatches).toEqual([]);
    expect(exitCode).toBe(0);
    const { programs } = results[0];
    const sum = (read: (program: { steps: number; leftOutSteps: number }) => number) =>
      programs.reduce((total: number, program: never) => total + read(program), 0);
    expect(programs).toHaveLength(12);
    expect(sum(({ steps }) => steps)).toBeGreaterThan(5 * sum(({ leftOutSteps }) => leftOutSteps));
  });

  // What a graph's plan asks of a preset follows from its traits.
  const traitsOf = (name: PresetName): string =>
    JSON.stringify(createMemoryManager(name, { reservationBytes: 2 ** 26 }).strategy.traits);
  const distinct = PRESET_NAMES.filter(
    (name, index) =>
      PRESET_NAMES.findIndex((other) => traitsOf(other) === traitsOf(name)) === index,
  );

  it.each(distinct)("%s keeps what its traits promise of a graph", async (name) => {
    const { exitCode, results } = await runJson([graphFile, "--preset", name]);
    expect(results[0]).toMatchObject({ preset: name, ok: true, mismatches: [] });
    expect(exitCode).toBe(0);
  });
});

describe("recordings that cannot be replayed", () => {
  it("end with exit code 4 and one sentence when they are damaged", async () => {
    const flipped = Uint8Array.from(graphBytes);
    flipped[30_000] = (flipped[30_000] as number) ^ 8;
    const files = {
      "cut.hgraph.gz": graphBytes.subarray(0, 20_000),
      "flipped.hgraph.gz": flipped,
      "cut.jsonl.gz": programBytes.subarray(0, 9000),
      "odd.jsonl.gz": programFile(["{}"]),
      "text.jsonl.gz": new TextEncoder().encode("this is no recording"),
    };
    const { exitCode, results, stderr } = await runJson(Object.keys(files), { files });
    expect(exitCode).toBe(4);
    for (const { error, kind } of results) {
      expect(error).toMatchObject({ exitCode: 4, kind: "input-format" });
      expect(kind).not.toBe("allocation-trace");
      expect(stderr).toContain(error.message);
    }
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("say nothing but that, and have no table of what did not happen", async () => {
    const files = { "cut.jsonl.gz": programBytes.subarray(0, 9000) };
    const { stdout, stderr } = await run(["cut.jsonl.gz"], { files });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^cut\.jsonl\.gz[^\n]*\n {2}✗ cut\.jsonl\.gz, line \d+, decoded byte/);
    expect(stderr).not.toContain("freed by counting");
  });

  it("end with exit code 3 when they need more memory than the limit", async () => {
    const { exitCode, results } = await runJson([graphFile, "--limit", "64KiB"]);
    expect(exitCode).toBe(3);
    expect(results[0].error).toMatchObject({ exitCode: 3, kind: "out-of-memory" });
  });

  it("end with what there is after Ctrl-C", async () => {
    const options = { files: someFile, interruptAfterBreaths: 6 };
    const graph = await runJson([graphFile], options);
    expect(graph.exitCode).toBe(130);
    expect(graph.results[0]).toMatchObject({ ok: false, partial: true, error: null });
    expect(graph.results[0].steps.length).toBeGreaterThan(0);
    const programs = await runJson(["some.jsonl.gz"], options);
    expect(programs.exitCode).toBe(130);
    expect(programs.results[0].programs.length).toBeGreaterThan(0);
  });
});

it.each([60, 40])("graphs and programs fit %i columns and ASCII", async (columns) => {
  const { stdout } = await run([graphFile, "some.jsonl.gz", "--ascii"], {
    ...{ isTTY: true, columns, env: {}, files: someFile },
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin so
  const shown = stdout.replace(/\u001b\[\d+m/g, "").split("\n");
  for (const line of shown) expect(line).toMatch(/^[ -~]*$/);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(columns);
});
