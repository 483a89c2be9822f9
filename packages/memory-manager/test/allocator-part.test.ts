// The allocator as a part: whose blocks objects are is somebody's choice, and what cannot fit is
// refused with the two parts and the reason before there is a manager.

import {
  createAllocationCounts,
  createAllocationSites,
  createBumpAllocator,
  createCheckedAllocator,
  createCountingAllocator,
  createFreeListAllocator,
  createPoolAllocator,
} from "@ouro/allocator";
import {
  type Allocator,
  EVENT_COLLECTION_END,
  IncompatiblePartsError,
  isOuroError,
  type Reference,
  UsageError,
} from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import {
  type AllocatorParts,
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
} from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { describe, expect, it } from "vitest";

const pools = ({ heap, name, budgetWord }: AllocatorParts): Allocator =>
  createPoolAllocator({ source: heap, name, budgetWord });
const bump = ({ heap, name }: AllocatorParts): Allocator =>
  createBumpAllocator({ source: heap, name });
const checked = (parts: AllocatorParts): Allocator =>
  createCheckedAllocator(pools(parts), { source: parts.heap, name: `${parts.name}-checked` });
const counting = (parts: AllocatorParts): Allocator =>
  createCountingAllocator(pools(parts), {
    counts: createAllocationCounts({ sites: createAllocationSites() }),
  });
const reservationBytes = 2 ** 23;

const fitting = [
  ["null over bump", nullStrategy, bump],
  ["null over checked pools", nullStrategy, checked],
  ["refcount over pools", refcountStrategy, pools],
  ["refcount over bump", refcountStrategy, bump],
  ["refcount over counted pools", refcountStrategy, counting],
  ["refcount over checked pools", refcountStrategy, checked],
  ["cpython-3.13 over pools", cpythonStrategy, pools],
  ["cpython-3.13 over checked pools", cpythonStrategy, checked],
  ["mark-sweep over pools", markSweepStrategy, pools],
] as const;

describe.each(fitting)("%s", (_, strategy, allocator) => {
  it("keeps what is held, and gives back what its traits promise", () => {
    const manager = composeMemoryManager({ strategy: strategy(), allocator, reservationBytes });
    const { mutator, collector } = manager;
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const frame = mutator.enter(2);
    for (let count = 0; count < 500; count++) {
      const object = mutator.allocate(pair, (frame + 1) as typeof frame);
      mutator.give(object, 0, frame);
      mutator.moveRoot(frame, (frame + 1) as typeof frame);
    }
    mutator.collect();
    manager.validate();
    expect(manager.statistics().liveCount).toBe(500);
    let length = 0;
    for (let at = mutator.root(frame); at > 0; at = mutator.get(at as Reference, 0)) length++;
    expect(length).toBe(500);
    mutator.setRoot(frame, 0);
    mutator.collect();
    manager.validate();
    const isReclaiming = collector.traits.collectsAt.length > 0 || collector.traits.counts;
    expect(manager.statistics().liveCount).toBe(isReclaiming ? 0 : 500);
  });
});

it("Free lists under a manager are emptied by a full collection, by whoever hears its end", () => {
  let lists: ReturnType<typeof createFreeListAllocator> | undefined;
  const strategy = cpythonStrategy();
  const manager = composeMemoryManager({
    ...{ strategy, reservationBytes },
    allocator(parts) {
      const list = { name: "pair", requestBytes: 16, maximumCount: 80 };
      const source = parts.heap;
      lists = createFreeListAllocator({ source, allocator: pools(parts), lists: [list] });
      return lists;
    },
    observer: {
      wants: [EVENT_COLLECTION_END],
      event(_code, generation) {
        if (generation === 2) lists?.clear();
      },
    },
  });
  const { mutator } = manager;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = mutator.enter(1);
  const kept = (): number => lists?.keptCount(0) ?? -1;
  const fill = (): void => {
    for (let count = 0; count < 100; count++) mutator.allocate(pair, frame);
    mutator.setRoot(frame, 0);
  };
  fill();
  expect(kept()).toBeGreaterThan(0);
  manager.collector.generations?.collect(1);
  expect(kept()).toBeGreaterThan(0);
  mutator.collect();
  expect(kept()).toBe(0);
  fill();
  manager.validate();
});

function errorOf(strategy: ReturnType<typeof nullStrategy>, allocator: unknown): unknown {
  try {
    composeMemoryManager({ strategy, allocator: allocator as typeof pools, reservationBytes });
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("an allocator that does not fit is refused", () => {
  it.each([
    ["bump", bump, "manager-blocks"],
    ["checked pools", checked, "manager-blocks"],
  ] as const)("under mark-sweep, which needs one that can sweep: %s", (_, allocator, other) => {
    const error = errorOf(markSweepStrategy(), allocator) as IncompatiblePartsError;
    expect(error).toBeInstanceOf(IncompatiblePartsError);
    expect(error.parts[0]).toBe("mark-sweep");
    expect(error.parts[1]).toContain(other);
    expect(error.message).toContain("the allocator cannot sweep");
  });

  it.each([
    ["semispace", semispaceStrategy],
    ["cpython-3.13-fast", cpythonFastStrategy],
  ] as const)("by a strategy that places objects itself: %s", (name, strategy) => {
    const error = errorOf(strategy(), pools) as IncompatiblePartsError;
    expect(isOuroError(error, "incompatible-parts")).toBe(true);
    expect(error.parts).toEqual([name, "allocator"]);
    expect(error.message).toContain("would not use the allocator");
  });

  it.each([
    ["no function", "pools", /option allocator is .* Give a function that makes an allocator/],
    [
      "a function that makes none",
      (): undefined => undefined,
      /is no allocator: it has no function tryAllo/,
    ],
    ["half an allocator", () => ({ tryAllocate: () => 0 }), /it has no function free/],
  ] as const)("when it is %s", (_, allocator, says) => {
    const error = errorOf(nullStrategy(), allocator) as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(says);
  });
});
