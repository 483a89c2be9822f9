// `ouro leaks`: what grows among the objects that survive, and what keeps it alive.

import { createMemoryManager } from "@ouro/memory-manager";
import { encodeHeapImage } from "@ouro/object-model";
import { describe, expect, it } from "vitest";
import { createCensusSeries } from "../src/census-series.js";
import { run, runDocument, shipped, smallGraph } from "./heap-document.js";

const programs = shipped("programs/hand.jsonl.gz");
const growing = ["leaks", programs, "--program", "hand-full-25-percent"];

/** So many leaves in one list, and always the same two others. */
function heap(leafCount: number): Uint8Array {
  const manager = createMemoryManager("cpython-3.13");
  const { mutator } = manager;
  const list = manager.defineType({ name: "Cache", variablePart: "visited" });
  const leaf = manager.defineType({ name: "Leaf", rawWordCount: 1 });
  const other = manager.defineType({ name: "Other", rawWordCount: 1 });
  const frame = mutator.enter(4);
  const at = (index: number) => (frame + index) as typeof frame;
  mutator.allocateArray(list, leafCount, frame);
  for (let index = 0; index < leafCount; index++) {
    mutator.allocate(leaf, at(1));
    mutator.set(mutator.root(frame) as never, 1 + index, mutator.root(at(1)));
  }
  for (const slot of [1, 2]) mutator.allocate(other, at(slot));
  return encodeHeapImage(manager.saveHeap());
}

const files = { "1.ouroheap": heap(5), "2.ouroheap": heap(9), "3.ouroheap": heap(20) };
const heaps = ["leaks", ...Object.keys(files)];

describe("what leaks", () => {
  it("is what has more in each heap, with the way to one of them", async () => {
    const { document, exitCode } = await runDocument(heaps, { files });
    expect([exitCode, document.unit, document.censuses]).toEqual([0, "heap", 3]);
    const rows = new Map(document.types.map((row: { type: string }) => [row.type, row]));
    expect(rows.get("Leaf")).toMatchObject({
      objects: 15,
      grows: true,
      objectsOverTime: [5, 9, 20],
    });
    expect(rows.get("Other")).toMatchObject({ objects: 0, grows: false, example: null });
    const { example } = rows.get("Leaf") as unknown as { example: { path: { type: string }[] } };
    expect(example.path.map(({ type }) => type)).toEqual(["Cache", "Leaf"]);
    const { stdout } = await run(heaps, { files });
    expect(stdout).toMatch(/Leaf +\+15 ↑ .*grows/);
    expect(stdout).toContain("is alive by");
  });

  it("does not say of what comes and goes that it grows", async () => {
    const argv = ["leaks", "1.ouroheap", "3.ouroheap", "2.ouroheap"];
    const { document } = await runDocument(argv, { files });
    const leaf = document.types.find(({ type }: { type: string }) => type === "Leaf");
    expect(leaf).toMatchObject({ objects: 4, grows: false });
  });

  it("is counted after each collection of a program, the old ones alone", async () => {
    const all = await runDocument([...growing, "--survived", "1"]);
    const old = await runDocument([...growing, "--survived", "2"]);
    expect(all.document.censuses).toBeGreaterThanOrEqual(3);
    expect(all.document).toMatchObject({ unit: "collection", survived: 1 });
    const sum = (document: { types: { objectsOverTime: number[] }[] }): number =>
      document.types.flatMap(({ objectsOverTime }) => objectsOverTime).reduce((a, b) => a + b, 0);
    expect(sum(old.document)).toBeLessThan(sum(all.document));
    expect(sum(old.document)).toBeGreaterThan(0);
  });

  it("is told by where a program made it, too", async () => {
    const { document } = await runDocument([...growing, "--survived", "1"]);
    const sum = (rows: { objects: number; bytes: number }[]) => ({
      objects: rows.reduce((all, { objects }) => all + objects, 0),
      bytes: rows.reduce((all, { bytes }) => all + bytes, 0),
    });
    expect(sum(document.sites)).toEqual(sum(document.types));
    expect(document.sites.length).toBeGreaterThan(1);
    const { stdout } = await run(growing);
    expect(stdout).toMatch(/made at +objects/);
    expect(stdout).toMatch(/step \d+: \d+ new node/);
    const heapsAlone = await runDocument(heaps, { files });
    expect(heapsAlone.document.sites).toBe(null);
  });

  it("does not grow in a recorded heap whose plan only drops references", async () => {
    const { document } = await runDocument(["leaks", smallGraph, "--survived", "1"]);
    expect(document.censuses).toBe(4);
    for (const { grows, bytes } of document.types)
      expect([grows, bytes <= 0]).toEqual([false, true]);
    // Before the second collection nothing can have survived two.
    const { stdout } = await run(["leaks", smallGraph]);
    expect(stdout).toContain("No type has more than at the beginning.");
  });

  it("fits 60 columns, with neither colour nor characters beyond ASCII", async () => {
    const { stdout } = await run([...heaps, "--ascii"], {
      files,
      columns: 60,
      isTTY: true,
      env: { NO_COLOR: "1" },
    });
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it.each([
    [["leaks"], 2, "INPUT is missing"],
    [["leaks", "1.ouroheap"], 2, "nothing can grow"],
    [[...heaps, "--survived", "3"], 2, "means nothing for several heaps"],
    [[...growing, "--survived", "0"], 2, "is not a whole number"],
    [["leask", "1.ouroheap"], 2, "Did you mean leaks?"],
    [["leaks", "1.ouroheap", "nowhere.ouroheap"], 4, "there is no such file"],
    [["leaks", shipped("traces/text_tools.altrace.gz")], 4, "it is an allocation trace"],
  ])("%j ends with code %i and says %s", async (argv, code, words) => {
    const { exitCode, stdout, stderr } = await run(argv, { files });
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("a series of censuses", () => {
  const object = (number: number, typeName = "A") => ({ number, typeName, bytes: 10 });

  it("counts an object from the collection on that it must survive, and forgets the dead", () => {
    const series = createCensusSeries(2);
    series.take([object(1), object(2)]);
    series.take([object(1), object(3)]);
    series.take([object(1), object(2), object(3)]);
    // Number 2 died in between: what has it now is another object, and young.
    expect(series.types()).toEqual([{ typeName: "A", counts: [0, 1, 2], bytes: [0, 10, 20] }]);
    expect([1, 2, 3].map(series.isOld)).toEqual([true, false, true]);
  });

  it("gives a type that comes late a beginning of nothing", () => {
    const series = createCensusSeries(1);
    series.take([object(1)]);
    series.take([object(1), object(2, "B")]);
    expect(series.types()[1]).toEqual({ typeName: "B", counts: [0, 1], bytes: [0, 10] });
  });
});
