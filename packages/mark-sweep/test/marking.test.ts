// Marking with next to no stack, and what it must leave alone; and what is done when there is no
// block: the sweep is finished, or a refusal changes nothing.

import {
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  EVENT_OBJECT_MARK,
  type Reference,
  type Slot,
  type StrategyParts,
  slotAt,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManagerOptions } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { type MarkSweepOptions, markSweepStrategy } from "../src/index.js";

const MIB = 1 << 20;

function manage(options: MarkSweepOptions = {}, rest: Partial<MemoryManagerOptions> = {}) {
  const strategy = markSweepStrategy(options);
  let parts: StrategyParts | undefined;
  const create: typeof strategy.create = (given) => {
    parts = given;
    return strategy.create(given);
  };
  const manager = composeMemoryManager({
    strategy: { ...strategy, create },
    reservationBytes: 16 * MIB,
    ...rest,
  });
  const { sideTable, budgetWord } = parts as unknown as StrategyParts;
  const { heap, mutator, collector } = manager;
  const { words } = heap;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const three = manager.defineType({ name: "three", visitedSlotCount: 3 });
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  const raw = manager.defineType({ name: "raw", variablePart: "raw" });
  const frame = mutator.enter(8);
  const at = (index: number): Slot => slotAt(frame, index);
  /** What is to be added to the granule of an object, in words of 32. */
  const marks = sideTable.start - heap.firstArenaIndex * (ARENA_SIZE_WORDS >>> 7);
  const types = { node, three, array, raw };
  return { ...manager, ...types, words, frame, at, marks, budgetWord, heap, mutator, collector };
}

type Managed = ReturnType<typeof manage>;

const COUNT = 80;

/** Objects in an array that only builds the graph: each is stored into others by the shape. */
function build(managed: Managed, type: "node" | "three" | "array", shape: Shape): void {
  const { mutator, array, at } = managed;
  const all = mutator.allocateArray(array, COUNT, at(1));
  for (let index = 0; index < COUNT; index++) {
    if (type === "array") mutator.allocateArray(array, 5, at(2));
    else mutator.allocate(managed[type], at(2));
    mutator.give(all, 1 + index, at(2));
  }
  const first = type === "array" ? 1 : 0;
  const width = { node: 2, three: 3, array: 5 }[type];
  for (let index = 0; index < COUNT; index++) {
    const object = mutator.get(all, 1 + index) as Reference;
    for (let field = 0; field < width; field++) {
      const target = shape(index, field, width);
      if (target < 0) mutator.set(object, first + field, -8 as never);
      else if (target < COUNT) {
        mutator.set(object, first + field, mutator.get(all, 1 + target));
      }
    }
  }
  mutator.setRoot(at(0), mutator.get(all, 1 + shape(-1, 0, width)));
  mutator.setRoot(at(1), 0);
}

/** Which object a field refers to; below 0 an immediate, from `COUNT` on none; of −1 the root. */
type Shape = (index: number, field: number, width: number) => number;

const shapes: Record<string, Shape> = {
  "a list upwards": (index, field, width) => {
    if (index < 0) return 0;
    return field === width - 1 ? index + 1 : COUNT;
  },
  "a list downwards": (index, field) => {
    if (index < 0) return COUNT - 1;
    return field === 0 && index > 0 ? index - 1 : COUNT;
  },
  "a tree from its root": (index, field, width) => (index < 0 ? 0 : index * width + 1 + field),
  "a tree from its leaves": (index, field, width) => {
    if (index < 0) return COUNT - 1;
    const child = (COUNT - 1 - index) * width + 1 + field;
    return child < COUNT ? COUNT - 1 - child : COUNT;
  },
  "a ring with chords and immediates": (index, field, width) => {
    if (index < 0) return 7;
    if (field === width - 1) return (index + 1) % COUNT;
    return field === 0 && index % 3 === 0 ? -1 : (index * 7 + field * 31) % COUNT;
  },
};

describe.each(Object.keys(shapes))("%s is marked whole", (name) => {
  it.each(["node", "three", "array"] as const)("with any stack, of objects of type %s", (type) => {
    for (const [markStackWords, isHeard] of [
      [1, false],
      [2, true],
      [4, false],
    ] as const) {
      let marked = 0;
      const observer = { wants: [EVENT_OBJECT_MARK] as never, event: () => void marked++ };
      const managed = manage({ markStackWords }, isHeard ? { observer } : {});
      const { heap, mutator, collector, at } = managed;
      // The mark stack is the region before this one, or rounded up to its granule.
      const guard = heap.reserveRegion(heap.registerBorrower("test"), "guard", 64);
      managed.words.fill(7, guard.start, guard.start + 64);
      build(managed, type, shapes[name] as Shape);
      expect(mutator.collect()).toMatchObject({ examinedCount: COUNT + 1, reclaimedCount: 1 });
      expect(marked).toBe(isHeard ? COUNT : 0);
      managed.validate();
      mutator.setRoot(at(0), 0);
      expect(mutator.collect().reclaimedCount).toBe(COUNT);
      expect(collector.statistics().liveCount).toBe(0);
      const left = managed.words.subarray(guard.start, guard.start + 64);
      expect(left.every((word) => word === 7)).toBe(true);
    }
  });
});

describe("Marking", () => {
  it("keeps what only a handle holds", () => {
    const { mutator, collector, handles, node, at } = manage();
    mutator.allocate(node, at(0));
    const handle = handles.hold(at(0));
    mutator.setRoot(at(0), 0);
    expect(mutator.collect().reclaimedCount).toBe(0);
    handle.dispose();
    expect(mutator.collect().reclaimedCount).toBe(1);
    expect(collector.statistics().liveCount).toBe(0);
  });

  it("keeps a list that hangs below the lowest object for which the stack had no room", () => {
    const { mutator, array, node, at } = manage({ markStackWords: 1 });
    const list = [0, 1, 2, 3].map(() => {
      const object = mutator.allocate(node, at(1));
      mutator.fill(object, 0, at(0));
      mutator.moveRoot(at(0), at(1));
      return object;
    });
    // Of three elements the first is followed, the second on the stack, and the third left out.
    const holder = mutator.allocateArray(array, 3, at(1));
    for (const field of [1, 2]) {
      mutator.allocate(node, at(2));
      mutator.give(holder, field, at(2));
    }
    mutator.give(holder, 3, at(0));
    expect(list).toEqual([...list].sort((one, other) => one - other));
    expect(mutator.collect()).toMatchObject({ examinedCount: 7, reclaimedCount: 0 });
  });

  it("marks nothing for a slot that is empty", () => {
    for (const isHeard of [false, true]) {
      const observer = { wants: [EVENT_OBJECT_MARK] as never, event() {} };
      const { mutator, words, marks, node, three, array, at } = manage(
        {},
        isHeard ? { observer } : {},
      );
      mutator.allocate(node, at(0));
      mutator.allocate(three, at(1));
      mutator.allocateArray(array, 9, at(2));
      const before = words[marks];
      expect(marks).toBeGreaterThan(0);
      mutator.collect();
      expect(words[marks]).toBe(before);
    }
  });

  it("looks at no word before an object's slots", () => {
    const { mutator, array, node, at } = manage();
    const [dead, live] = [0, 1].map((each) => mutator.allocateArray(array, 1, at(each)));
    mutator.allocate(node, at(2));
    mutator.give(dead as Reference, 1, at(2));
    mutator.setRoot(at(0), 0);
    expect(live).toBe((dead as number) + 4);
    expect(mutator.collect()).toMatchObject({ examinedCount: 3, reclaimedCount: 2 });
  });

  it("is found wrong also behind arenas that are not lent", () => {
    const { mutator, words, marks, node, raw, heap, at, validate } = manage();
    mutator.allocateArray(raw, 3 * ARENA_SIZE_WORDS, at(0));
    const object = mutator.allocate(node, at(1));
    mutator.setRoot(at(0), 0);
    mutator.collect();
    expect(object >>> ARENA_SHIFT).toBeGreaterThan(heap.firstArenaIndex);
    const word = marks + ((object + 4) >>> 7);
    words[word] = (words[word] as number) | (1 << ((object + 4) >>> 2));
    expect(validate).toThrow(`mark map at word ${object + 4} is broken`);
  });
});

describe("Without a block", () => {
  it("the budget is looked at first: what is spent makes the collector collect by itself", () => {
    for (const sizeWords of [4, 12, 5_000]) {
      const { collector, words, budgetWord, raw } = manage();
      words[budgetWord] = 0;
      expect(collector.allocate(raw, sizeWords)).toBeGreaterThan(0);
      expect(collector.statistics().collectionCount).toBe(1);
    }
  });

  it("the sweep is finished: dead small objects make room for a large one", () => {
    const managed = manage({ minimumBudgetBytes: 2 ** 30 }, { limitBytes: 2 * MIB });
    const { mutator, collector, words, budgetWord, node, raw, at } = managed;
    for (let index = 0; index < (2 * MIB) / 16; index++) mutator.allocate(node, at(0));
    mutator.setRoot(at(0), 0);
    expect(collector.tryAllocate(node, 4)).toBe(0);
    words[budgetWord] = 0;
    mutator.poll();
    expect(collector.statistics()).toMatchObject({ collectionCount: 1, liveCount: 0 });
    expect(collector.tryAllocate(raw, ARENA_SIZE_WORDS / 2)).toBeGreaterThan(0);
    managed.validate();
  });

  it("a refusal changes nothing", () => {
    const { collector, heap, node, raw, validate } = manage({}, { limitBytes: 2 * MIB });
    const front = [...heap.words.subarray(0, 64)];
    for (const call of ["allocate", "tryAllocate"] as const) {
      expect(collector[call](raw, 4 * ARENA_SIZE_WORDS)).toBe(0);
    }
    expect([...heap.words.subarray(0, 6)]).toEqual(front.slice(0, 6));
    heap.setLimitBytes(0);
    expect([collector.allocate(node, 4), collector.tryAllocate(node, 4)]).toEqual([0, 0]);
    expect([...heap.words.subarray(0, 6)]).toEqual(front.slice(0, 6));
    validate();
  });

  it("a validation names what is broken of the allocator", () => {
    const { mutator, collector, heap, words, node, at } = manage();
    mutator.allocate(node, at(0));
    words.fill(-1, heap.arenaTable + heap.arenaCount, heap.firstArenaIndex << ARENA_SHIFT);
    expect(() => collector.validate()).toThrow(/^(?!mark map).* is broken/);
  });
});

describe("Trimming", () => {
  it("finishes the sweep, and gives back what nobody uses", () => {
    const { mutator, collector, heap, words, budgetWord, node, at } = manage();
    for (let index = 0; index < 70_000; index++) mutator.allocate(node, at(0));
    mutator.setRoot(at(0), 0);
    words[budgetWord] = 0;
    mutator.poll();
    expect(heap.statistics().lentArenaCount).toBeGreaterThan(0);
    collector.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
  });

  it("in the midst of a collection does nothing", () => {
    let trim = (): void => {};
    const observer = { wants: [EVENT_OBJECT_MARK] as never, event: () => trim() };
    const { mutator, collector, heap, node, at, validate } = manage({}, { observer });
    for (let index = 0; index < 70_000; index++) mutator.allocate(node, at(0));
    const lent = heap.statistics().lentArenaCount;
    trim = () => {
      collector.trim?.();
      expect(heap.statistics().lentArenaCount).toBe(lent);
    };
    mutator.collect();
    trim = () => {};
    collector.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(1);
    validate();
  });
});
