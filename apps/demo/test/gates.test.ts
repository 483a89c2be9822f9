// What makes a command end with code 3 in continuous integration, and what it writes beside its
// answer: heap images, CPython's malloc statistics, and nothing at all where there is nothing.

import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { run, runDocument, shipped, smallGraph } from "./heap-document.js";

const lines = gunzipSync(readFileSync(shipped("programs/hand.jsonl.gz")))
  .toString()
  .split("\n");
const few = { "few.jsonl.gz": gzipSync(`${lines.slice(0, 3).join("\n")}\n`) };
const trace = shipped("traces/text_tools.altrace.gz");
const short = ["--passes", "1"];

/** So many objects that refer to themselves, and as many leaves. */
function heap(selfCount: number, leafCount: number): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const own = manager.defineType({ name: "Own", visitedSlotCount: 1 });
  const leaf = manager.defineType({ name: "Leaf", rawWordCount: 1 });
  const frame = mutator.enter(selfCount + leafCount);
  const at = (index: number) => (frame + index) as typeof frame;
  for (let index = 0; index < selfCount; index++) {
    const object = mutator.allocate(own, at(index));
    mutator.set(object, 0, object);
  }
  for (let index = 0; index < leafCount; index++) mutator.allocate(leaf, at(selfCount + index));
  return encodeHeapImage(manager.saveHeap());
}

const files = {
  "none.ouroheap": heap(0, 3),
  "one.ouroheap": heap(1, 3),
  "more.ouroheap": heap(1, 8),
};

describe("--fail-on", () => {
  it.each([
    [["cycles", "one.ouroheap", "--fail-on", "cycles"], 3, "has 1 cycle."],
    [["cycles", "none.ouroheap", "--fail-on", "cycles"], 0, ""],
    [["cycles", "one.ouroheap", "--type", "Own", "--fail-on", "cycles"], 3, "of type Own"],
    [["cycles", "one.ouroheap", "--type", "Leaf", "--fail-on", "cycles"], 0, ""],
    [["diff", "one.ouroheap", "more.ouroheap", "--fail-on", "increase"], 3, "has 60 B more than"],
    [["diff", "more.ouroheap", "one.ouroheap", "--fail-on", "increase"], 0, ""],
    [["leaks", "one.ouroheap", "more.ouroheap", "--fail-on", "leaks"], 3, "1 type grows by 60 B"],
    [["leaks", "more.ouroheap", "one.ouroheap", "--fail-on", "leaks"], 0, ""],
    [["diff", "one.ouroheap", "more.ouroheap"], 0, ""],
  ])("%j ends with code %i, and says so", async (argv, code, words) => {
    const { exitCode, stderr, stdout } = await run(argv, { files });
    expect(exitCode).toBe(code);
    if (words === "") expect(stderr).toBe("");
    else expect(stderr.replace(/\s+/g, " ")).toContain(words);
    expect(stdout).not.toBe("");
  });

  it("says what it knows when it is asked for something else", async () => {
    const argv = ["leaks", "one.ouroheap", "more.ouroheap", "--fail-on", "leak"];
    const { exitCode, stderr } = await run(argv, { files });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Did you mean leaks?");
  });

  it("does not say that weak references free what they do not, of some cycles alone", async () => {
    const { document } = await runDocument(["cycles", smallGraph]);
    const types = document.cycles.flatMap(({ types: rows }: { types: { type: string }[] }) =>
      rows.map(({ type }) => type),
    );
    const some = await runDocument(["cycles", smallGraph, "--type", types.at(-1)]);
    expect(some.document.cycles.length).toBeLessThan(document.cycles.length);
    expect(some.document.proof).toEqual(document.proof);
  });
});

describe("--image", () => {
  it("writes a heap that is read again, with the same types and references", async () => {
    const { writtenBytes, stderr, exitCode } = await run(
      ["heap", smallGraph, "--image", "again.ouroheap"],
      {},
    );
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("wrote again.ouroheap")]);
    const again = { "again.ouroheap": writtenBytes.get("again.ouroheap") as Uint8Array };
    const [before, after] = await Promise.all([
      runDocument(["heap", smallGraph]),
      runDocument(["heap", "again.ouroheap"], { files: again }),
    ]);
    const counts = (document: { types: { type: string; objects: number }[] }) =>
      document.types.map(({ type, objects }) => `${type} ${objects}`).sort();
    expect(counts(after.document)).toEqual(counts(before.document));
    expect(after.document.heap.references).toBe(before.document.heap.references);
    for (const command of ["why", "cycles"]) {
      const { document } = await runDocument([command, "again.ouroheap"], { files: again });
      expect(document.heap.kind).toBe("heap-image");
    }
  });

  it("keeps a heap as it is after some steps of its plan", async () => {
    const argv = ["why", smallGraph, "--step", "3", "--image", "later.ouroheap"];
    const { writtenBytes } = await run(argv, {});
    const later = { "later.ouroheap": writtenBytes.get("later.ouroheap") as Uint8Array };
    const { document } = await runDocument(["heap", "later.ouroheap"], { files: later });
    const { document: stepped } = await runDocument(["heap", smallGraph, "--step", "3"]);
    expect(document.heap.objects).toBe(stepped.heap.objects);
  });
});

describe("a trace, which knows no objects", () => {
  it.each(["--trace-events", "--speedscope", "--pprof", "--prometheus", "--gc-log"])(
    "is refused with %s before anything is replayed",
    async (option) => {
      const value = option === "--gc-log" ? "line" : "out";
      const { exitCode, stdout, stderr, written } = await run(["replay", trace, option, value]);
      expect([exitCode, stdout, written.size]).toEqual([2, "", 0]);
      const text = stderr.replace(/\s+/g, " ");
      expect(text).toContain(`${option} has nothing to tell of`);
      expect(text).toContain("Name a heap graph (NAME.hgraph.gz) or programs");
    },
  );

  it("is refused under another name too, and leaves no empty file", async () => {
    const bytes = { "some.file": readFileSync(trace) };
    const argv = ["replay", "some.file", "--prometheus", "out", ...short];
    const { exitCode, stderr, written } = await run(argv, { files: bytes });
    expect([exitCode, written.size]).toEqual([2, 0]);
    expect(stderr).toContain("knows no");
  });

  it("may stand beside programs, of which is told", async () => {
    const argv = ["replay", trace, "few.jsonl.gz", "--prometheus", "out", ...short];
    const { exitCode, written } = await run(argv, { files: few });
    expect(exitCode).toBe(0);
    expect(written.get("out")).toContain("ouro_objects_created_total");
  });

  it.each([
    ["cycles", trace],
    ["heap", trace],
    ["why", trace],
    ["diff", trace, trace],
    ["leaks", trace],
    ["explain", trace],
  ])("is no input of ouro %s, which says what is", async (...argv) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect([exitCode, stdout]).toEqual([4, ""]);
    expect(stderr.replace(/\s+/g, " ")).toMatch(/NAME\.(hgraph\.gz|jsonl\.gz)/);
  });
});

describe("--mallocstats", () => {
  it("shows the pools of a trace at its peak as CPython shows its own", async () => {
    const { exitCode, stderr, stdout } = await run(["replay", trace, "--mallocstats", ...short]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("size classes.");
    expect(stderr).toMatch(/^Small block threshold = 512, in 32 size classes\.\n/);
    const used = [...stderr.matchAll(/^ +\d+ +(\d+) +\d+ +(\d+) +\d+$/gm)];
    const { document } = await runDocument(["replay", trace, ...short]);
    const classes = document.results[0].figures.blocksPerClassAtPeak;
    expect(used.map(([, size, count]) => [Number(size), Number(count)])).toEqual(
      classes.map((row: { blockSizeBytes: number; blockCount: number }) => [
        row.blockSizeBytes,
        row.blockCount,
      ]),
    );
  });

  it.each([
    [["replay", trace, "-a", "large", "--mallocstats"], "has no pools"],
    [["replay", smallGraph, "--mallocstats"], "knows no blocks"],
  ])("is refused by %j", async (argv, words) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});
