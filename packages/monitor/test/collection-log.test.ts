import type { Clock } from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { expect, it } from "vitest";
import { type CollectionLogStyle, createCollectionLog } from "../src/index.js";

function logOf(style: CollectionLogStyle, preset: PresetName = "cpython-3.13", clock?: Clock) {
  const lines: string[] = [];
  const log = createCollectionLog({
    style,
    write: (line) => lines.push(line),
    ...(clock === undefined ? {} : { clock }),
  });
  const manager = createMemoryManager(preset, { observer: log.observer });
  if (style === "cpython") log.attach(manager.collector.generations);
  const node = manager.defineType({ name: "node", visitedSlotCount: 1 });
  const { mutator } = manager;
  const frame = mutator.enter(1);
  for (let index = 0; index < 3; index++) {
    const object = mutator.allocate(node, frame);
    mutator.set(object, 0, object);
  }
  mutator.collect(0);
  mutator.setRoot(frame, 0);
  mutator.collect();
  return lines;
}

it("says in CPython's own words what a collection begins with and comes to", () => {
  let now = 0;
  const clock = { now: () => (now += 6.9) };
  expect(logOf("cpython", "cpython-3.13", clock)).toEqual([
    "gc: collecting generation 0...",
    "gc: objects in each generation: 3 0 0",
    "gc: objects in permanent generation: 0",
    "gc: done, 2 unreachable, 0 uncollectable, 0.0069s elapsed",
    "gc: collecting generation 2...",
    "gc: objects in each generation: 0 1 0",
    "gc: objects in permanent generation: 0",
    "gc: done, 1 unreachable, 0 uncollectable, 0.0069s elapsed",
  ]);
});

it("writes a line a collection, without times where no clock is", () => {
  expect(logOf("line")).toEqual([
    "gc 1 gen 0: 3 examined, 2 reclaimed (24 bytes), 0 uncollectable",
    "gc 2 gen 2: 1 examined, 1 reclaimed (12 bytes), 0 uncollectable",
  ]);
});

it("writes JSON a line with the same facts", () => {
  const [first] = logOf("json").map((line) => JSON.parse(line));
  expect(first).toEqual({
    schema: "ouro/collection@1",
    number: 1,
    generation: 0,
    examinedCount: 3,
    reclaimedCount: 2,
    reclaimedBytes: 24,
    uncollectableCount: 0,
    finalizerCount: 0,
    resurrectedCount: 0,
  });
});

it("logs strategies without generations too, and says why CPython's words do not fit them", () => {
  expect(logOf("line", "mark-sweep")).toHaveLength(2);
  expect(() => logOf("cpython", "mark-sweep")).toThrow(/has no generations to tell of/);
});

it("says where the program was, if the program tells", () => {
  const lines: string[] = [];
  const position = () => ({ file: "leak.py", line: 14, functionName: "load" });
  for (const style of ["line", "json"] as const) {
    const log = createCollectionLog({ style, write: (line) => lines.push(line), position });
    const { mutator } = createMemoryManager("cpython-3.13", { observer: log.observer });
    mutator.collect(0);
  }
  expect(lines[0]).toMatch(/, at leak\.py:14 in load$/);
  expect(JSON.parse(lines[1] as string).place).toEqual(position());
});
