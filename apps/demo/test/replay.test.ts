import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createTraceRecorder, encodeTrace } from "@ouro/trace";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, vi } from "vitest";
import { main } from "../src/main.js";
import { type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.js";

// Whole traces are replayed, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const shipped = (name: string) => fileURLToPath(new URL(`../traces/${name}`, import.meta.url));
const traceFile = shipped("text_tools.altrace.gz");
const traceBytes = readFileSync(traceFile);
const factsText = readFileSync(shipped("text_tools.facts.json"), "utf8");

const schemaUrl = new URL("../schema/replay-1.schema.json", import.meta.url);
const isReplayDocument = new Ajv2020({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(schemaUrl, "utf8")),
);

async function run(argv: string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const exitCode = await main(["replay", ...argv], terminal);
  return { exitCode, stdout: terminal.stdoutText(), stderr: terminal.stderrText() };
}

/** Runs with --json, and holds the document against the schema. */
async function runJson(argv: string[], options?: FakeTerminalOptions) {
  const outcome = await run([...argv, "--json", "--passes", "1"], options);
  const document = JSON.parse(outcome.stdout);
  isReplayDocument(document);
  expect(isReplayDocument.errors ?? []).toEqual([]);
  return { ...outcome, results: document.results };
}

/** A small trace: 100 blocks of 40 bytes and a large one, some of them freed. */
function smallTrace(sizeBytes = 40): Uint8Array {
  const recorder = createTraceRecorder();
  for (let i = 0; i < 100; i++) recorder.malloc(sizeBytes);
  recorder.mark("middle");
  const large = recorder.calloc(5000);
  recorder.realloc(large, 9000);
  for (let id = 0; id < 50; id++) recorder.free(id);
  const markNames = recorder.markNames();
  return encodeTrace({ name: "small", markNames }, recorder.events());
}

const encode = (text: string) => new TextEncoder().encode(text);

describe("ouro replay", () => {
  it("prints figures, comparison, fill map and verdict on standard output alone", async () => {
    const { exitCode, stdout, stderr } = await run([traceFile, "--verify", "--passes", "2"]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^text_tools · 297,371 events · pool\+large\n/);
    expect(stdout).toMatch(/peak footprint +\S+ MiB +2\.35 MiB +2\.36 MiB\n/);
    expect(stdout).toMatch(/pool arenas, peak \/ end +2 \/ 2 +2 \/ 2/);
    expect(stdout).toMatch(/\n +\d+ [█▓▒░_·]{64} +\d+ %\n/);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "Every check held: footer figures, memory lent and given back, block contents, " +
        "recorded CPython figures.",
    );
  });

  it.each([60, 40])("fits %i columns and ASCII", async (columns) => {
    const { stdout } = await run([traceFile, "--ascii"], { isTTY: true, columns, env: {} });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin so
    const lines = stdout.replace(/\u001b\[\d+m/g, "").split("\n");
    for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it("says of a reader's limit that no option of the command raises it", async () => {
    const bomb = gzipSync(new Uint8Array([...encode("ALTRACE1"), 255, 255, 255, 255]));
    const { exitCode, stderr } = await run(["bomb.gz"], { files: { "bomb.gz": bomb } });
    expect(exitCode).toBe(3);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "the header's length in bytes is 4294967295, above the 1048576 that ouro reads. Such a file",
    );
    expect(stderr).not.toContain("Raise the limit");
  });

  it("gives one JSON document that its schema describes", async () => {
    const { exitCode, results } = await runJson([traceFile, "--verify"]);
    expect(exitCode).toBe(0);
    expect(results).toHaveLength(1);
    const [result] = results;
    expect(result).toMatchObject({ file: traceFile, kind: "allocation-trace", ok: true });
    const facts = JSON.parse(factsText);
    expect(result.figures).toMatchObject({
      events: facts.events,
      peakLiveBytes: facts.peak_live_bytes,
      endLiveBytes: facts.end_live_bytes,
    });
    const blocks = result.figures.blocksPerClassAtPeak.map(
      (row: { blockSizeBytes: number; blockCount: number }) => [row.blockSizeBytes, row.blockCount],
    );
    expect(blocks).toEqual(
      facts.replay.pymalloc.at_peak_live.classes.map(([size, , count]: number[]) => [size, count]),
    );
    expect(result.recorded.pymalloc.peakArenas).toBe(facts.replay.pymalloc.peak_arenas);
  });

  it("replays standard input and traces without recorded figures", async () => {
    const { exitCode, results } = await runJson(["-", "--verify"], {
      files: { "-": smallTrace() },
    });
    expect(exitCode).toBe(0);
    const [{ figures, recorded, checks }] = results;
    expect(recorded).toBeNull();
    expect(checks).not.toContain("recorded CPython figures");
    const peakLiveBytes = 100 * 40 + 9000;
    expect(figures).toMatchObject({ events: 153, peakLiveBytes, endLiveBlocks: 51 });
    expect(figures.blocksPerClassAtPeak).toEqual([
      { blockSizeBytes: 48, poolCount: 1, blockCount: 100 },
    ]);
    expect(figures.peakFootprintBytes).toBe(2 ** 20 + 9000 + 8);
  });

  it("replays on the large-block allocator alone and holds it to no pool figure", async () => {
    const { exitCode, results } = await runJson([traceFile, "-a", "large", "--verify"]);
    expect(exitCode).toBe(0);
    expect(results[0]).toMatchObject({ allocator: "large", arenasAtPeak: [] });
    expect(results[0].figures).toMatchObject({ peakArenas: 0, blocksPerClassAtPeak: [] });
    expect(results[0].largeAtPeak.blockCount).toBeGreaterThan(20_000);
  });

  it.each([
    "bump",
    "pool+bump",
    "checked:pool+large",
    "free-lists:pool+large",
    "counting:pool+large",
    "asserted:large",
    "free-lists:checked:counting:pool+large",
    "checked:bump",
  ])("replays a shipped trace with every block verified on %s", async (allocator) => {
    const { exitCode, results } = await runJson([traceFile, "-a", allocator, "--verify"]);
    expect(results[0].mismatches).toEqual([]);
    expect(exitCode).toBe(0);
    const isExact = allocator.startsWith("counting");
    expect(results[0]).toMatchObject({ allocator, verified: true, ok: true });
    expect(results[0].checks.includes("recorded CPython figures")).toBe(
      isExact || allocator === "pool+bump",
    );
  });

  it("takes a composition that is spelled out for the same as its name", async () => {
    const options = { files: { "x.altrace.gz": smallTrace() } };
    const named = await runJson(["x.altrace.gz"], options);
    const spelled = await runJson(["x.altrace.gz", "-a", "small=pool,large=large"], options);
    expect(spelled.stdout).toBe(named.stdout);
  });
});

describe("a check that answers no", () => {
  const tampered = (change: (pymalloc: Record<string, unknown>) => void) => {
    const facts = JSON.parse(factsText);
    change(facts.replay.pymalloc);
    return {
      files: { "t.altrace.gz": traceBytes, "t.facts.json": encode(JSON.stringify(facts)) },
    };
  };

  it.each([
    ["peak arenas", "peak_arenas", "facts: peak arenas"],
    ["end arenas", "end_arenas", "facts: end arenas"],
  ])("names the %s above the recorded ones", async (_, field, where) => {
    const options = tampered((pymalloc) => Object.assign(pymalloc, { [field]: 1 }));
    const { exitCode, results } = await runJson(["t.altrace.gz"], options);
    expect(exitCode).toBe(1);
    expect(results[0].ok).toBe(false);
    expect(results[0].mismatches).toEqual([{ where, expected: "at most 1", actual: 2 }]);
  });

  it("names a peak footprint that is one byte too large", async () => {
    const { results } = await runJson([traceFile]);
    const { peakFootprintBytes } = results[0].figures;
    const options = tampered((pymalloc) =>
      Object.assign(pymalloc, { peak_footprint: peakFootprintBytes - 1 }),
    );
    const { exitCode, results: again } = await runJson(["t.altrace.gz"], options);
    expect(exitCode).toBe(1);
    expect(again[0].mismatches).toMatchObject([{ where: "facts: peak footprint" }]);
  });

  it("names a size class with one block too many, in text too", async () => {
    const options = tampered((pymalloc) => {
      const { classes } = pymalloc.at_peak_live as { classes: [number, number, number][] };
      const [first] = classes;
      if (first !== undefined) first[2] += 1;
    });
    const where = "facts: blocks of 32 bytes in use at the peak";
    const { exitCode, results } = await runJson(["t.altrace.gz"], options);
    expect(exitCode).toBe(1);
    expect(results[0].mismatches).toEqual([{ where, expected: 4716, actual: 4715 }]);
    const { stdout } = await run(["t.altrace.gz"], options);
    expect(stdout).toContain(`${where}: expected 4716, got 4715`);
  });

  it("names facts of another trace", async () => {
    const files = { "s.altrace.gz": smallTrace(), "s.facts.json": encode(factsText) };
    const { exitCode, results } = await runJson(["s.altrace.gz"], { files });
    expect(exitCode).toBe(1);
    expect(results[0].mismatches[0]).toEqual({
      where: "facts: events",
      expected: 297371,
      actual: 153,
    });
  });
});

describe("input that cannot be replayed", () => {
  it("ends with exit code 4 and leaves the other files replayed", async () => {
    const files = {
      "cut.altrace.gz": traceBytes.subarray(0, 30_000),
      "text.altrace.gz": encode("this is no trace"),
      "good.altrace.gz": smallTrace(),
    };
    const argv = ["missing.altrace.gz", ...Object.keys(files)];
    const { exitCode, results, stderr } = await runJson(argv, { files });
    expect(exitCode).toBe(4);
    expect(results.map((result: { ok: boolean }) => result.ok)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const [missing, cut, text] = results;
    expect(missing.error).toMatchObject({ exitCode: 4, kind: "not-readable" });
    expect(cut.error).toMatchObject({ exitCode: 4, kind: "input-format" });
    expect(cut.error.offsetBytes).toBeGreaterThan(0);
    expect(text.error.message).toContain("text.altrace.gz");
    for (const { error } of [missing, cut, text]) expect(stderr).toContain(error.message);
  });

  it("says the same on standard error when no JSON is asked for", async () => {
    const { exitCode, stdout, stderr } = await run(["missing.altrace.gz"]);
    expect(exitCode).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toContain("there is no such file");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses a damaged facts file by name", async () => {
    const files = { "s.altrace.gz": smallTrace(), "s.facts.json": encode("{}") };
    const { exitCode, results } = await runJson(["s.altrace.gz"], { files });
    expect(exitCode).toBe(4);
    expect(results[0].error.message).toContain("s.facts.json");
  });

  it("ends with exit code 3 when the limit on memory is reached, naming the event", async () => {
    const { exitCode, results } = await runJson([traceFile, "--limit", "2MiB"]);
    expect(exitCode).toBe(3);
    expect(results[0].error).toMatchObject({ exitCode: 3, kind: "out-of-memory" });
    expect(results[0].error.message).toMatch(/event \d+/);
    expect(results[0].figures.events).toBeGreaterThan(0);
    expect((await runJson([traceFile, "--limit", "1GiB"])).exitCode).toBe(0);
  });

  it("ends with exit code 5 and one sentence on an error nobody foresaw", async () => {
    const terminal = fakeTerminal();
    terminal.readBytes = () => Promise.reject(new TypeError("x is not a function"));
    expect(await main(["replay", "x"], terminal)).toBe(5);
    expect(terminal.stderrText()).toContain("x is not a function");
    const broken = fakeTerminal();
    Object.defineProperty(broken, "stdout", {
      value: {
        isTTY: false,
        columns: undefined,
        write() {
          throw new RangeError("the stream is odd");
        },
      },
    });
    expect(await main([], broken)).toBe(5);
    expect(broken.stderrText()).toMatch(/^ouro: internal error: the stream is odd\./);
    expect(broken.stderrText()).not.toMatch(/\n\s+at /);
  });
});

describe("Ctrl-C", () => {
  it.each([1, 2, 3])("after breath %i gives what there is and exit code 130", async (breaths) => {
    const { exitCode, results, stderr } = await runJson([traceFile, traceFile], {
      interruptAfterBreaths: breaths,
    });
    expect(exitCode).toBe(130);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ ok: false, partial: true, error: null });
    expect(stderr).toBe("ouro: interrupted; 0 of 2 files are complete.\n");
  });

  it("in the checking pass says how many events were replayed", async () => {
    const { stdout } = await run([traceFile], { interruptAfterBreaths: 3 });
    expect(stdout.replace(/\s+/g, " ")).toContain("after 262,144 of 297,371 events");
  });
});
