// When the memory of an object is given back: under plain counting before that of the last child
// that dies with it, so that a list needs no way back; where objects end with a say for others,
// after everything that it held, as in CPython.

import {
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Finalization,
  type Slot,
  type Strategy,
  slotAt,
} from "@ouro/interfaces";
import {
  composeMemoryManager,
  cpythonStrategy,
  type MemoryManagerOptions,
  trialDeletionStrategy,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { isImmortal, makeImmortal, refcountStrategy, referenceCount } from "../src/index.js";

type TypeOptions = { releaseOrder?: "backward"; rawWordCount?: number; collected?: false };

function compose(strategy: Strategy, options: Partial<MemoryManagerOptions> = {}) {
  const manager = composeMemoryManager({ strategy, reservationBytes: 16 << 20, ...options });
  const frame = manager.mutator.enter(4);
  const slot = (index: number): Slot => slotAt(frame, index);
  return { manager, mutator: manager.mutator, slot };
}

/** The order in which a parent "p" and its children "a", "b" (none: " ") are reclaimed. */
function reclaimOrder(strategy: Strategy, children: string, options: TypeOptions = {}): string {
  let order = "";
  const names = new Map<number, string>();
  const { manager, mutator, slot } = compose(strategy, {
    observer: {
      wants: [EVENT_OBJECT_RECLAIM],
      event(_code, object) {
        order += names.get(object);
      },
    },
  });
  const slotKind = options.collected === false ? "ownedSlotCount" : "visitedSlotCount";
  const parent = { name: "parent", [slotKind]: children.length, ...options };
  const object = mutator.allocate(manager.defineType(parent), slot(0));
  names.set(object, "p");
  const leaf = manager.defineType({ name: "leaf", rawWordCount: 2 });
  for (const [field, name] of [...children].entries()) {
    if (name === " ") continue;
    names.set(mutator.allocate(leaf, slot(1)), name);
    mutator.give(object, field, slot(1));
  }
  mutator.setRoot(slot(0), 0);
  manager.validate();
  return order;
}

describe("an object's memory", () => {
  it.each<[string, TypeOptions, string, string]>([
    ["a", {}, "pa", "ap"],
    ["ab", {}, "apb", "abp"],
    ["a ", {}, "pa", "ap"],
    [" b", {}, "pb", "bp"],
    ["abc", {}, "abpc", "abcp"],
    ["a ", { collected: false }, "pa", "ap"],
    [" b", { collected: false }, "pb", "bp"],
    ["ab", { releaseOrder: "backward" }, "bpa", "bap"],
    ["a ", { releaseOrder: "backward" }, "pa", "ap"],
    ["abc", { releaseOrder: "backward", rawWordCount: 1 }, "cbpa", "cbap"],
  ])("with the children %j, %o, goes before the last's, or last of all", (children, ...rest) => {
    const [options, plain, parentLast] = rest;
    expect(reclaimOrder(refcountStrategy(), children, options)).toBe(plain);
    expect(reclaimOrder(cpythonStrategy(), children, options)).toBe(parentLast);
  });

  it.each([0, 1, 2])("holds raw words behind %d fields, which are no references", (fieldCount) => {
    const { manager, mutator, slot } = compose(refcountStrategy());
    const leaf = manager.defineType({ name: "leaf", rawWordCount: 2 });
    const mixed = { name: "mixed", visitedSlotCount: fieldCount, rawWordCount: 2 };
    const kept = mutator.allocate(leaf, slot(0));
    const object = mutator.allocate(manager.defineType(mixed), slot(1));
    for (const word of [0, 1]) mutator.setWord(object, fieldCount + word, kept);
    mutator.setRoot(slot(2), kept);
    mutator.setRoot(slot(1), 0);
    expect(referenceCount(manager, kept)).toBe(2);
    manager.validate();
  });

  it("is sound in a finalizer of what dies with it", () => {
    const { manager, mutator, slot } = compose(cpythonStrategy());
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const final = manager.defineType({ name: "final", visitedSlotCount: 1, finalizer: true });
    let count = 0;
    (manager.finalization as Finalization).setFinalizer(final, () => {
      manager.validate();
      count++;
    });
    mutator.allocate(pair, slot(0));
    for (const field of [0, 1]) {
      mutator.allocate(final, slot(1));
      mutator.fill(mutator.root(slot(0)) as never, field, slot(1));
    }
    mutator.setRoot(slot(0), 0);
    expect([count, manager.statistics().liveCount]).toEqual([2, 0]);
  });
});

describe("a reference that is lost, where candidates for a cycle are noted", () => {
  it("changes nothing of an immortal object", () => {
    const { manager, mutator, slot } = compose(trialDeletionStrategy());
    const object = mutator.allocate(
      manager.defineType({ name: "pair", visitedSlotCount: 2 }),
      slot(0),
    );
    makeImmortal(manager, object);
    mutator.setRoot(slot(1), object);
    for (const each of [0, 1]) mutator.setRoot(slot(each), 0);
    expect(isImmortal(manager, object)).toBe(true);
    manager.validate();
  });

  it("is heard of as everywhere, and its object is found if it holds itself", () => {
    const told: number[][] = [];
    const wants: EventCode[] = [EVENT_COUNT_CHANGE];
    const event = (...[, object, before, after]: number[]): void =>
      void told.push([object as number, before as number, after as number]);
    const { manager, mutator, slot } = compose(trialDeletionStrategy(), {
      observer: { wants, event },
    });
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const object = mutator.allocate(pair, slot(0));
    mutator.set(object, 0, object);
    told.length = 0;
    mutator.setRoot(slot(0), 0);
    expect(told).toEqual([[object, 2, 1]]);
    expect(mutator.collect().reclaimedCount).toBe(1);
  });
});

describe("an image", () => {
  it("keeps who is immortal, and makes nobody else so", () => {
    const { manager, mutator, slot } = compose(refcountStrategy());
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    for (const each of [0, 1]) mutator.allocate(pair, slot(each));
    makeImmortal(manager, mutator.root(slot(0)) as never);
    const strategy = refcountStrategy();
    const other = composeMemoryManager({ strategy, reservationBytes: 16 << 20 });
    other.restoreHeap(manager.saveHeap());
    const frame = other.roots.framesStart as Slot;
    const counts = [0, 1].map((each) =>
      referenceCount(other, other.mutator.root(slotAt(frame, each)) as never),
    );
    expect(counts).toEqual([2 ** 30, 1]);
    other.validate();
  });
});
