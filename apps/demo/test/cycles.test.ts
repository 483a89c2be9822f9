// `ouro cycles`: what keeps itself alive, what to make weak, and whether counting frees it then.

import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { run, runDocument, shipped, smallGraph } from "./heap-document.js";

interface Node {
  readonly name: string;
  readonly to: readonly number[];
  readonly isRoot?: boolean;
}

/** A heap of nodes with two slots each. */
function heapOf(nodes: readonly Node[]): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const frame = mutator.enter(nodes.length);
  const at = (index: number) => (frame + index) as typeof frame;
  for (const [index, { name, to }] of nodes.entries()) {
    const type =
      manager.types.find(name) ?? manager.defineType({ name, visitedSlotCount: to.length });
    mutator.allocate(type, at(index));
  }
  for (const [index, { to }] of nodes.entries()) {
    for (const [slot, target] of to.entries()) {
      mutator.set(mutator.root(at(index)) as never, slot, mutator.root(at(target)));
    }
  }
  for (const [index, { isRoot }] of nodes.entries()) if (!isRoot) mutator.setRoot(at(index), 0);
  return encodeHeapImage(manager.saveHeap());
}

/** Doubly linked: each child refers back to its parent. A lone pair is garbage. */
const files = {
  "tree.ouroheap": heapOf([
    { name: "Parent", to: [1, 2], isRoot: true },
    { name: "Child", to: [0] },
    { name: "Child", to: [0] },
    { name: "Leaf", to: [] },
    { name: "Pair", to: [5] },
    { name: "Pair", to: [4] },
  ]),
  "chain.ouroheap": heapOf([
    { name: "Node", to: [1], isRoot: true },
    { name: "Node", to: [2] },
    { name: "Last", to: [] },
  ]),
};
const programs = shipped("programs/hand.jsonl.gz");

describe("the cycles of a heap", () => {
  it("names who is in them, what to make weak, and that counting frees it then", async () => {
    const { document, exitCode } = await runDocument(["cycles", "tree.ouroheap"], { files });
    expect(exitCode).toBe(0);
    const [tree, pair] = document.cycles;
    expect(document.cycles).toHaveLength(2);
    expect(tree).toMatchObject({ objects: 3, references: 4, reachable: true, fewest: true });
    expect(tree.weaken).toHaveLength(2);
    expect(tree.left).toEqual({ asItIs: 3, weakened: 0 });
    expect(pair).toMatchObject({ objects: 2, reachable: false, lowerBound: 1 });
    expect(document.proof).toMatchObject({ weakened: 3, holds: true });
    expect(document.proof.left).toEqual({ asItIs: 5, weakened: 0 });
  });

  it("finds none in a chain, which counting frees as it is", async () => {
    const { document } = await runDocument(["cycles", "chain.ouroheap"], { files });
    expect(document.cycles).toEqual([]);
    expect(document.proof.left).toEqual({ asItIs: 0, weakened: 0 });
    const { stdout } = await run(["cycles", "chain.ouroheap"], { files });
    expect(stdout).toContain("no cycles");
  });

  it("names slots and objects as people know them, with like cycles in one paragraph", async () => {
    const argv = ["cycles", smallGraph, "--top", "3"];
    const { stdout } = await run(argv);
    expect(stdout).toMatch(/\d+ alike, each /);
    expect(stdout).toMatch(/type #\d+ reference 2 → tuple #\d+/);
    expect(stdout).toContain("✓ counting alone frees everything then");
    const { document } = await runDocument(argv);
    expect(document.heap).toMatchObject({ kind: "heap-graph", objects: 16_177 });
    expect(document.proof.left.asItIs).toBeGreaterThan(10_000);
    expect(document.proof.left.weakened).toBe(0);
    const big = document.cycles[0];
    expect(big.weaken.length).toBeGreaterThanOrEqual(big.lowerBound);
    expect(big.members).toHaveLength(100);
  });

  it("looks at a recorded heap after some steps of its plan", async () => {
    const { document } = await runDocument(["cycles", smallGraph, "--step", "8"]);
    const before = await runDocument(["cycles", smallGraph]);
    expect(document.heap.objects).toBeLessThan(before.document.heap.objects);
    expect(document.cycles.length).toBeLessThan(before.document.cycles.length);
    expect(document.proof.holds).toBe(true);
  });

  it("shows the garbage that a program has made and no collection has found", async () => {
    const argv = ["cycles", programs, "--program", "hand-tuple-list", "--step"];
    const { document } = await runDocument([...argv, "3"]);
    expect(document.heap).toMatchObject({ kind: "mutator-program", objects: 2 });
    const [cycle] = document.cycles;
    expect(cycle.types.map(({ type }: { type: string }) => type).sort()).toEqual(["list", "tuple"]);
    expect(cycle.weaken[0].via).toMatch(/^\[\d\]$/);
    const whole = await runDocument(argv.slice(0, -1));
    expect(whole.document.cycles).toEqual([]);
  });

  it("leaves out cycles without an object of the type that is asked for", async () => {
    const { document } = await runDocument(["cycles", "tree.ouroheap", "--type", "Pair"], {
      files,
    });
    expect(document.cycles).toHaveLength(1);
    // The proof is of the whole heap all the same.
    expect(document.proof.left.asItIs).toBe(5);
  });

  it("fits 60 columns, with neither colour nor characters beyond ASCII", async () => {
    const { stdout, exitCode } = await run(["cycles", smallGraph, "--ascii"], {
      columns: 60,
      isTTY: true,
      env: { NO_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("stops when asked, with the code of Ctrl-C", async () => {
    const { exitCode, stdout } = await run(["cycles", smallGraph], { interruptAfterBreaths: 3 });
    expect([exitCode, stdout]).toEqual([130, ""]);
  });

  it.each([
    [["cycles"], 2, "INPUT is missing"],
    [["cycles", "tree.ouroheap", "--type", "Chill"], 2, "Did you mean Child?"],
    [["cycles", programs, "--program", "hand-tuple-lost"], 2, "Did you mean hand-tuple-list?"],
    [["cycles", programs, "--step", "999"], 2, "Write a number from 0 to"],
    [["cycels", "tree.ouroheap"], 2, "Did you mean cycles?"],
    [["cycles", shipped("traces/text_tools.altrace.gz")], 4, "it is an allocation trace"],
    [["cycles", "cut.ouroheap"], 4, "the file ends in its header"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const cut = { ...files, "cut.ouroheap": files["tree.ouroheap"].subarray(0, 100) };
    const { exitCode, stdout, stderr } = await run(argv, { files: cut });
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("the heap of a program", () => {
  it("is looked at by why, heap and diff alike", async () => {
    const choice = ["--program", "hand-tuple-list", "--step", "3"];
    const why = await runDocument(["why", programs, ...choice, "--type", "list"]);
    expect(why.document.heap.kind).toBe("mutator-program");
    const heap = await runDocument(["heap", programs, ...choice]);
    expect(heap.document.types).toHaveLength(2);
    const diff = await runDocument(["diff", programs, programs]);
    expect(diff.document.types).toEqual([]);
  });
});
