// `ouro why`: which way leads to an object, what dominates it, and what one reference would free.

import { gzipSync } from "node:zlib";
import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { run, runDocument, smallGraph } from "./heap-document.js";

/** A root holds `holder`; it holds two ways to `shared`, which holds `leaf`. And a lone cycle. */
function diamond(): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const holder = manager.defineType({ name: "Holder", visitedSlotCount: 2 });
  const side = manager.defineType({ name: "Side", visitedSlotCount: 1 });
  const shared = manager.defineType({ name: "Shared", visitedSlotCount: 1 });
  const leaf = manager.defineType({ name: "Leaf", visitedSlotCount: 1 });
  const frame = mutator.enter(3);
  const at = (index: number) => (frame + index) as typeof frame;
  mutator.allocate(holder, frame);
  mutator.allocate(shared, at(1));
  for (const slot of [0, 1]) {
    const object = mutator.allocate(side, at(2));
    mutator.set(object, 0, mutator.root(at(1)));
    mutator.set(mutator.root(frame) as never, slot, object);
  }
  const last = mutator.allocate(leaf, at(2));
  mutator.set(mutator.root(at(1)) as never, 0, last);
  const lone = mutator.allocate(leaf, at(2));
  mutator.set(lone, 0, lone);
  mutator.setRoot(at(2), 0);
  mutator.setRoot(at(1), 0);
  return encodeHeapImage(manager.saveHeap());
}

const text = new TextEncoder().encode("# What this is\n\nA page of text.\n");

const files = {
  "d.ouroheap": diamond(),
  "read.me": text,
  "none.hgraph.gz": new Uint8Array(),
  "raw.hgraph": new TextEncoder().encode("HGRAPH01 and so on"),
  "noise.bin": Uint8Array.from({ length: 64 }, (_, index) => (index * 37) & 255),
  "other.gz": gzipSync(text),
};

describe("why an object is alive", () => {
  it("names the way, who dominates it, and the one reference that holds it", async () => {
    const { document, exitCode } = await runDocument(["why", "d.ouroheap", "--type", "Shared"], {
      files,
    });
    expect(exitCode).toBe(0);
    const { object, path, dominator, cut } = document;
    expect(object).toMatchObject({ type: "Shared", alike: 1, retainedObjects: 2 });
    expect(path.map(({ type }: { type: string }) => type)).toEqual(["Holder", "Side", "Shared"]);
    expect(path.map(({ dominates }: { dominates: boolean }) => dominates)).toEqual([
      true,
      false,
      true,
    ]);
    expect(dominator).toMatchObject({ type: "Holder", retainedObjects: 5 });
    // Two references lead to it: only the one from the root lets it go.
    expect(cut).toMatchObject({ holder: null, via: "frame slot 0", object: { type: "Holder" } });
  });

  it("looks by itself at the object with which most of a recorded heap would go", async () => {
    const { document } = await runDocument(["why", smallGraph]);
    expect(document.heap).toMatchObject({ kind: "heap-graph", name: "small", objects: 16_177 });
    expect(document.alive).toBe(true);
    expect(document.path.at(-1).number).toBe(document.object.number);
    expect(document.object.retainedBytes).toBeGreaterThanOrEqual(document.object.bytes);
  });

  it("says of garbage that no root reaches it", async () => {
    const answers: boolean[] = [];
    for (let number = 0; number < 6; number++) {
      const argv = ["why", "d.ouroheap", `#${number}`];
      const { document } = await runDocument(argv, { files });
      const { stdout } = await run(argv, { files });
      expect(stdout.includes("No root reaches it")).toBe(!document.alive);
      if (!document.alive) expect(document).toMatchObject({ path: null, cut: null });
      answers.push(document.alive);
    }
    expect(answers.filter((isAlive) => !isAlive)).toHaveLength(1);
  });

  it("fits 60 columns, with neither colour nor characters beyond ASCII", async () => {
    const { stdout, exitCode } = await run(["why", smallGraph, "--type", "dict", "--ascii"], {
      columns: 60,
      isTTY: true,
      env: { LANG: "C.UTF-8", NO_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("writes the heap for DevTools beside it", async () => {
    const { written, stderr } = await run(
      ["why", "d.ouroheap", "--heapsnapshot", "o.heapsnapshot"],
      { files },
    );
    const { snapshot } = JSON.parse(written.get("o.heapsnapshot") as string);
    expect(snapshot.node_count).toBe(6 + 3);
    expect(stderr).toContain("wrote o.heapsnapshot");
  });

  it.each([
    [["why"], 2, "FILE is missing"],
    [["why", "d.ouroheap", "--type", "Shard"], 2, "Did you mean Shared?"],
    [["why", "d.ouroheap", "#99"], 2, "Its objects are #0 to #5"],
    [["why", "d.ouroheap", "#1", "--largest"], 2, "one question too many"],
    [["why", "d.ouroheap", "x"], 2, "is not the number of an object"],
    [["why", "cut.ouroheap"], 4, "the file ends in its header"],
    [["why", "nowhere.hgraph.gz"], 4, "there is no such file"],
    [["why", "read.me"], 4, "read.me is a text file, which is no input of ouro."],
    [["why", "read.me"], 4, "NAME.ouroheap (a heap image)"],
    [["why", "none.hgraph.gz"], 4, "none.hgraph.gz is empty"],
    [["why", "raw.hgraph"], 4, "is a heap graph without its gzip compression"],
    [["why", "noise.bin"], 4, "noise.bin is not compressed with gzip"],
    [["why", "other.gz"], 4, "other.gz is a gzip file of something else"],
    [["why", "d.ouroheap", "--heapsnapshot", "no/such/x"], 2, "its folder does not exist"],
    [["why", "d.ouroheap", "--image", "."], 2, "--image . cannot be written: it is a folder"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const cut = { ...files, "cut.ouroheap": files["d.ouroheap"].subarray(0, 100) };
    const { exitCode, stdout, stderr } = await run(argv, { files: cut });
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });

  it("stops when asked, with the code of Ctrl-C", async () => {
    const { exitCode, stdout } = await run(["why", smallGraph], { interruptAfterBreaths: 2 });
    expect([exitCode, stdout]).toEqual([130, ""]);
  });
});
