import { type Clock, EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM, slotAt } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { expect, it } from "vitest";
import { combineObservers, createMonitor, prometheusOf } from "../src/index.js";

/** A clock that is a millisecond further each time it is read. */
function steppingClock(): Clock {
  let now = 0;
  return { now: () => now++ };
}

function runCycles(pairCount: number, clock?: Clock) {
  const monitor = createMonitor(clock === undefined ? {} : { clock });
  const manager = createMemoryManager("cpython-3.13", {
    observer: monitor.observer,
    memoryObserver: monitor.observer,
  });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const { mutator } = manager;
  const frame = mutator.enter(2);
  for (let index = 0; index < pairCount; index++) {
    const object = mutator.allocate(pair, frame);
    mutator.set(object, 0, object);
    mutator.allocate(pair, slotAt(frame, 1));
    monitor.endOperation();
  }
  mutator.leave(frame);
  mutator.collect();
  monitor.endOperation();
  return { monitor, manager };
}

it("counts births, deaths by counting and deaths in collections", () => {
  const { monitor } = runCycles(10);
  const counts = monitor.counts();
  expect(counts.createdCount).toBe(20);
  expect(counts.createdBytes).toBe(20 * 16);
  expect(counts.reclaimedCount).toBe(20);
  expect(counts.reclaimedInCollectionsCount).toBe(10);
  expect(counts.operationCount).toBe(11);
  expect(counts.generations[2]).toEqual({
    collectionCount: 1,
    examinedCount: 10,
    reclaimedCount: 10,
    uncollectableCount: 0,
  });
  expect(counts.events["object-create"]).toBe(20);
  expect(counts.events["block-request"]).toBe(20);
  expect(counts.events["block-free"]).toBe(20);
});

it("tells pauses in units of work, the same in every run, and time only with a clock", () => {
  const { monitor } = runCycles(100);
  const again = runCycles(100).monitor;
  expect(monitor.collectionWork.greatest).toBe(again.collectionWork.greatest);
  // Examined, cleared and reclaimed, each of the hundred.
  expect(monitor.collectionWork.greatest).toBe(300);
  expect(monitor.operationWork.greatest).toBeGreaterThanOrEqual(300);
  expect(monitor.pauses.count).toBe(0);
  const timed = runCycles(100, steppingClock()).monitor;
  expect(timed.pauses.count).toBe(1);
  expect(timed.pauses.greatest).toBe(1000);
});

it("counts a cascade of deallocations as one pause", () => {
  const monitor = createMonitor();
  const { mutator, defineType } = createMemoryManager("refcount-only", {
    observer: monitor.observer,
  });
  const node = defineType({ name: "node", visitedSlotCount: 1 });
  const frame = mutator.enter(2);
  for (let index = 0; index < 50; index++) {
    const object = mutator.allocate(node, slotAt(frame, 1));
    mutator.give(object, 0, frame);
    mutator.moveRoot(frame, slotAt(frame, 1));
    monitor.endOperation();
  }
  mutator.setRoot(frame, 0);
  monitor.endOperation();
  expect(monitor.operationWork.greatest).toBe(50);
  expect(monitor.liveCount.entries().at(-1)?.last).toBe(0);
  expect(Math.max(...monitor.liveCount.entries().map((each) => each.greatest))).toBe(50);
});

it("writes its counts for Prometheus, each metric with its kind", () => {
  const { monitor } = runCycles(3, steppingClock());
  const text = prometheusOf(monitor, 'a "b"\n');
  expect(text).toContain('ouro_objects_created_total{manager="a \\"b\\"\\n"} 6\n');
  expect(text).toContain('ouro_collections_total{manager="a \\"b\\"\\n",generation="2"} 1\n');
  expect(text).toContain(
    'ouro_collection_pause_seconds_bucket{manager="a \\"b\\"\\n",le="+Inf"} 1',
  );
  for (const line of text.trimEnd().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) ouro_\w+ .+|ouro_\w+\{[^}]*\} [\d.e+-]+)$/);
  }
  const families = [...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]);
  expect(new Set(families).size).toBe(families.length);
});

it("tells each of several observers what it wants, and wants what any of them does", () => {
  const heard: string[] = [];
  const all = combineObservers([
    { wants: [EVENT_OBJECT_CREATE], event: (code) => heard.push(`one ${code}`) },
    {
      wants: [EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM],
      event: (code) => heard.push(`two ${code}`),
    },
  ]);
  expect(all.wants).toEqual([EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM]);
  all.event(EVENT_OBJECT_CREATE, 1, 2, 3);
  all.event(EVENT_OBJECT_RECLAIM, 1, 2, 3);
  expect(heard).toEqual(["one 10", "two 10", "two 32"]);
});
