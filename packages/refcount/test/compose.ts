// A memory manager under reference counting with two types and a frame, as most tests need one.

import {
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type Slot,
  slotAt,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManagerOptions } from "@ouro/memory-manager";
import { type RefcountOptions, refcountStrategy } from "../src/index.js";

export function compose(options: Partial<MemoryManagerOptions> & RefcountOptions = {}) {
  const { freeListMaxima = {}, ...rest } = options;
  const manager = composeMemoryManager({
    strategy: refcountStrategy({ freeListMaxima }),
    reservationBytes: 16 << 20,
    ...rest,
  });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const list = manager.defineType({
    name: "list",
    variablePart: "visited",
    releaseOrder: "backward",
  });
  const frame = manager.mutator.enter(8);
  const slot = (index: number): Slot => slotAt(frame, index);
  const liveCount = (): number => manager.collector.statistics().liveCount;
  return { manager, mutator: manager.mutator, pair, list, slot, frame, liveCount };
}

/** A manager whose observer logs, by the letters that the test gave. */
export function composeLogging(
  wants?: (
    | typeof EVENT_COUNT_CHANGE
    | typeof EVENT_OBJECT_DEALLOCATE
    | typeof EVENT_OBJECT_RECLAIM
  )[],
) {
  const log: string[] = [];
  const names = new Map<number, string>();
  const observer = {
    ...(wants === undefined ? {} : { wants }),
    event(code: number, a: number, b: number, c: number) {
      const name = names.get(a) ?? "?";
      if (code === EVENT_COUNT_CHANGE) log.push(`${name} ${b}→${c}`);
      if (code === EVENT_OBJECT_DEALLOCATE) log.push(`${name} ends`);
      if (code === EVENT_OBJECT_RECLAIM) log.push(`${name} reclaimed, ${c} words`);
    },
  };
  return { ...compose({ observer }), log, names };
}
