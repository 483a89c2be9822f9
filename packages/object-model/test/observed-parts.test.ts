// A mutator whose observer wants some of what there is to hear, and every field of a run.

import {
  EVENT_OBJECT_CREATE,
  EVENT_SAFEPOINT_PASS,
  EVENT_SLOT_WRITE,
  type EventCode,
  slotAt,
} from "@ouro/interfaces";
import { semispaceStrategy } from "@ouro/semispace";
import { expect, it } from "vitest";
import { makeManager } from "./manager.js";

function listen(wants: EventCode[]) {
  const heard: number[][] = [];
  const observer = { wants, event: (...event: number[]) => void heard.push(event) };
  const strategy = semispaceStrategy({ collectionIntervalCount: 1, minimumBytes: 2 ** 20 });
  const manager = makeManager({ observer, strategy, isWide: true });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const row = manager.defineType({ name: "row", variablePart: "visited" });
  return { ...manager, heard, pair, row, frame: manager.mutator.enter(2) };
}

it("an observer of safepoints hears of each, and of no birth", () => {
  const { mutator, collector, heard, pair, row, frame } = listen([EVENT_SAFEPOINT_PASS]);
  const countCollections = () => collector.statistics().collectionCount;
  mutator.allocate(pair, frame);
  mutator.allocateArray(row, 3, slotAt(frame, 1));
  const before = countCollections();
  mutator.poll();
  expect(countCollections()).toBe(before + 1);
  mutator.collect();
  expect(countCollections()).toBe(before + 2);
  expect(heard).toEqual([1, 2, 3, 4].map((count) => [EVENT_SAFEPOINT_PASS, count, 0, 0]));
});

it("an observer of births hears of each, and of no safepoint", () => {
  const { mutator, heard, pair, row, frame } = listen([EVENT_OBJECT_CREATE]);
  const first = mutator.allocate(pair, frame);
  const second = mutator.allocateArray(row, 3, slotAt(frame, 1));
  mutator.poll();
  mutator.collect();
  expect(heard).toEqual([
    [EVENT_OBJECT_CREATE, first, pair, 4],
    [EVENT_OBJECT_CREATE, second, row, 6],
  ]);
});

it("an observer of writes hears of every field of a run, in its order", () => {
  const { mutator, heard, row, frame } = listen([EVENT_SLOT_WRITE]);
  const array = mutator.allocateArray(row, 5, frame);
  heard.length = 0;
  for (const field of [1, 2, 3]) mutator.set(array, field, -field);
  mutator.copy(array, 3, array, 1, 3);
  expect(heard).toEqual([
    ...[1, 2, 3].map((field) => [EVENT_SLOT_WRITE, array + 2 + field, array, -field]),
    ...[3, 4, 5].map((field) => [EVENT_SLOT_WRITE, array + 2 + field, array, 2 - field]),
  ]);
});
