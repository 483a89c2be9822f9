import { EVENT_COLLECTION_END, EVENT_COLLECTION_START, slotAt } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { expect, it } from "vitest";
import { createCollectionTrack, createMonitor } from "../src/index.js";

function runProgram() {
  const track = createCollectionTrack();
  const manager = createMemoryManager("cpython-3.13", { observer: track.observer });
  const node = manager.defineType({ name: "node", visitedSlotCount: 1 });
  const { mutator } = manager;
  const frame = mutator.enter(2);
  track.begin("a program");
  for (let index = 0; index < 5; index++) {
    const object = mutator.allocate(node, slotAt(frame, 1));
    mutator.give(object, 0, frame);
    mutator.moveRoot(frame, slotAt(frame, 1));
    track.endOperation();
  }
  mutator.setRoot(frame, 0);
  track.endOperation();
  const ring = mutator.allocate(node, frame);
  mutator.set(ring, 0, ring);
  track.endOperation();
  mutator.setRoot(frame, 0);
  track.endOperation();
  mutator.collect();
  track.endOperation();
  track.end();
  return track.track("cpython-3.13");
}

/** Whether every two slices follow one another, or one holds the other. */
function nest(slices: readonly { startUs: number; durationUs: number }[]): boolean {
  const open: number[] = [];
  for (const { startUs, durationUs } of slices) {
    while (open.length > 0 && (open.at(-1) as number) <= startUs) open.pop();
    if (open.length > 0 && startUs + durationUs > (open.at(-1) as number)) return false;
    open.push(startUs + durationUs);
  }
  return true;
}

it("writes a slice for the program, its cascade and its collection, which nest", () => {
  const { slices, name } = runProgram();
  expect(name).toBe("cpython-3.13");
  expect(slices.map((slice) => slice.name)).toEqual(["a program", "cascade of deaths", "gc 1"]);
  expect(slices[1]).toMatchObject({ startUs: 6, durationUs: 5, facts: { objects: 5 } });
  expect(slices[2]?.facts).toEqual({ generation: 2, examined: 1, reclaimed: 1, uncollectable: 0 });
  expect(nest(slices)).toBe(true);
});

it("follows what is live, and gives the same picture in every run", () => {
  const { counters = {} } = runProgram();
  const objects = counters["live objects"] ?? [];
  expect(Math.max(...objects.map(({ greatest }) => greatest))).toBe(5);
  expect(objects.at(-1)?.last).toBe(0);
  expect(runProgram()).toEqual(runProgram());
});

it("keeps as many slices as asked for and counts those left out", () => {
  const track = createCollectionTrack({ sliceLimitCount: 2 });
  track.begin("a program");
  for (let index = 0; index < 10; index++) {
    track.observer.event(EVENT_COLLECTION_START, 0, 7, 0);
    track.observer.event(EVENT_COLLECTION_END, 0, 0, 0);
    track.endOperation();
  }
  track.end();
  expect(track.track("a").slices).toHaveLength(2);
  expect(track.leftOutCount).toBe(9);
});

it("begins with what a restored heap holds, on the track and on the monitor", () => {
  const track = createCollectionTrack();
  track.begin("restored", 7, 700);
  expect(track.track("a").counters?.["live bytes"]?.at(-1)?.last).toBe(700);
  const monitor = createMonitor();
  monitor.beginManager(7, 700);
  monitor.endOperation();
  expect(monitor.liveCount.entries().at(-1)?.last).toBe(7);
  monitor.beginManager();
  monitor.endOperation();
  expect(monitor.liveBytes.entries().at(-1)?.last).toBe(0);
});
