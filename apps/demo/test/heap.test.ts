// `ouro heap` and `ouro diff`: what a heap holds, where it lies, and what changed.

import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { run, runDocument, smallGraph } from "./heap-document.js";

/** A list of nodes, each held by the one before; node 0 by a root. */
function chain(count: number): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const node = manager.defineType({ name: "Node", visitedSlotCount: 2 });
  const frame = mutator.enter(2);
  for (let index = 0; index < count; index++) {
    const object = mutator.allocate(node, (frame + 1) as typeof frame);
    mutator.set(object, 0, mutator.root(frame));
    mutator.setRoot(frame, object);
  }
  mutator.setRoot((frame + 1) as typeof frame, 0);
  return encodeHeapImage(manager.saveHeap());
}

const files = { "few.ouroheap": chain(3), "many.ouroheap": chain(70_000) };

describe("what a heap holds", () => {
  it("counts a list of nodes once in what they retain together", async () => {
    const { document } = await runDocument(["heap", "many.ouroheap"], { files });
    const [row] = document.types;
    expect(row).toMatchObject({ type: "Node", objects: 70_000, bytes: 70_000 * 16 });
    expect(row.retainedBytes).toBe(row.bytes);
    expect(document.arenas).toHaveLength(2);
    const [one] = document.classes;
    expect(one.used).toBe(70_000);
    expect(one.used + one.free).toBe(one.pools * Math.floor(16_384 / one.blockBytes));
  });

  it("names the blocks that pin an arena, and why they are alive", async () => {
    const { document } = await runDocument(["heap", "few.ouroheap"], { files });
    expect(document.pinned).toHaveLength(1);
    const [{ blocks, usedBytes }] = document.pinned;
    expect(blocks).toHaveLength(3);
    expect(usedBytes).toBe(3 * document.classes[0].blockBytes);
    const lengths = blocks.map(({ path }: { path: unknown[] }) => path.length);
    expect(lengths.sort()).toEqual([1, 2, 3]);
    const { stdout } = await run(["heap", "few.ouroheap"], { files });
    expect(stdout).toContain("is pinned by 3 blocks:");
  });

  it("shows a recorded heap as its plan leaves it, in the numbers of the recording", async () => {
    const before = await runDocument(["heap", smallGraph]);
    const after = await runDocument(["heap", smallGraph, "--step", "8"]);
    // 41 objects go by counting and the others in collections: what the facts beside it say.
    const gone = before.document.heap.objects - after.document.heap.objects;
    expect(gone).toBeGreaterThan(60);
    expect(after.document.heap.bytes).toBeLessThan(before.document.heap.bytes);
    const types = new Map(
      before.document.types.map((row: { type: string; objects: number }) => [row.type, row]),
    );
    for (const { type, objects } of after.document.types) {
      expect(types.get(type)).toBeDefined();
      expect(objects).toBeLessThanOrEqual((types.get(type) as { objects: number }).objects);
    }
  });

  it("fits 60 columns in ASCII, and writes the heap for DevTools", async () => {
    const argv = ["heap", smallGraph, "--ascii", "--top", "5", "--heapsnapshot", "o.heapsnapshot"];
    const { stdout, exitCode, written } = await run(argv, {
      columns: 60,
      isTTY: true,
      env: { NO_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    expect(stdout).toContain("25 objects more in 1 arena of large blocks");
    expect(stdout).toMatch(/and \d+ more types \(--top N\)/);
    const { snapshot } = JSON.parse(written.get("o.heapsnapshot") as string);
    expect(snapshot.node_count).toBe(16_177 + 3);
  });

  it.each([
    [["heap"], 2, "FILE is missing"],
    [["heap", "few.ouroheap", "--step", "1"], 2, "Write a number from 0 to 0"],
    [["heap", "few.ouroheap", "--step", "-"], 2, "is not a whole number"],
    [["heap", "few.ouroheap", "-p", "semispace"], 2, "moves objects"],
    [["heap", "few.ouroheap", "-p", "cpython-3.31"], 2, "Did you mean cpython-3.13?"],
    [["diff", "few.ouroheap"], 2, "BEFORE AFTER"],
    [["diff", "few.ouroheap", "few.ouroheap", "x"], 2, "one operand too many"],
    [["diff", "few.ouroheap", "nowhere.hgraph.gz"], 4, "there is no such file"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const { exitCode, stdout, stderr } = await run(argv, { files });
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("the difference of two heaps", () => {
  it("has a sign, and an arrow for those who see no colour", async () => {
    const argv = ["diff", "few.ouroheap", "many.ouroheap"];
    const { document } = await runDocument(argv, { files });
    expect(document.types).toEqual([
      { type: "Node", objects: 69_997, bytes: 69_997 * 16, objectsBefore: 3, bytesBefore: 48 },
    ]);
    const grown = await run(argv, { files });
    expect(grown.stdout).toMatch(/Node +\+69,997 ↑ +\+1\.07 MiB ↑ +48 B → 1\.07 MiB/);
    const shrunk = await run(["diff", "many.ouroheap", "few.ouroheap", "--ascii"], { files });
    expect(shrunk.stdout).toMatch(/Node +-69,997 v +-1\.07 MiB v/);
  });

  it("says of a heap and itself that nothing changed", async () => {
    const { stdout } = await run(["diff", smallGraph, smallGraph], { columns: 60 });
    expect(stdout).toContain("No type has more or less.");
  });
});
