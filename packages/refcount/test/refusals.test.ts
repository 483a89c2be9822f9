// What counting says of itself, what it refuses in which words, and what its audit and free lists
// find broken.

import { createLargeBlockAllocator } from "@ouro/allocator";
import {
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  isOuroError,
  type Reference,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import {
  findLeaks,
  formatLeaks,
  isImmortal,
  makeImmortal,
  refcountStrategy,
  referenceCount,
} from "../src/index.js";
import { compose } from "./compose.js";

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("the strategy", () => {
  it("promises what it does, and its collections say that they did nothing", () => {
    const { manager, mutator } = compose();
    const { name, traits } = refcountStrategy();
    expect([name, manager.collector.name]).toEqual(["refcount", "refcount"]);
    expect(manager.collector.traits).toBe(traits);
    expect(traits).toEqual({
      moves: false,
      collectsAt: [],
      counts: true,
      cycles: "never",
      death: "prompt",
      exact: false,
      slices: false,
      programCode: "in place",
      finalizationOrder: "cpython",
      resurrection: false,
      hooks: ["born", "write", "move", "copy", "drop"],
      headerBits: [],
      sideBytesPerGranule: 0,
    });
    expect(mutator.collect()).toEqual({
      generation: 0,
      examinedCount: 0,
      promotedCount: 0,
      reclaimedCount: 0,
      reclaimedBytes: 0,
      resurrectedCount: 0,
      uncollectableCount: 0,
    });
    mutator.poll();
    expect(manager.collector.statistics().collectionCount).toBe(1);
  });

  const many = Object.fromEntries(Array.from({ length: 255 }, (_, each) => [`type ${each}`, 1]));

  it.each<[string, unknown, RegExp]>([
    ["an unknown option", { freeList: {} }, /^refcountStrategy: .*freeList/],
    ["a negative maximum", { freeListMaxima: { a: -1 } }, /freeListMaxima of "a" -1 is not/],
    ["too large a maximum", { freeListMaxima: { a: 2 ** 31 } }, /freeListMaxima of "a" 2147483648/],
    ["more lists than a byte names", { freeListMaxima: many }, /the number of freeListMaxima 255 /],
    [
      "maxima that are a number",
      { freeListMaxima: 3 },
      /^refcountStrategy: freeListMaxima 3 is no object of counts by type name\. Give one$/,
    ],
  ])("refuses %s", (_name, options, message) => {
    expect(messageOf(() => refcountStrategy(options as never))).toMatch(message);
  });

  it("takes the largest maximum, and as many lists as a byte names", () => {
    const { "type 254": _last, ...rest } = many;
    expect(() => refcountStrategy({ freeListMaxima: { ...rest, pair: 2 ** 31 - 1 } })).toThrow();
    const { "type 253": _other, ...most } = rest;
    expect(() => refcountStrategy({ freeListMaxima: { ...most, a: 2 ** 31 - 1 } })).not.toThrow();
  });

  it("refuses a free list of a type of variable length, and says what would do", () => {
    const { mutator, list, slot } = compose({ freeListMaxima: { list: 5 } });
    expect(messageOf(() => mutator.allocateArray(list, 2, slot(0)))).toBe(
      'refcountStrategy: freeListMaxima of "list" names a type of variable length, whose dead do ' +
        "not fit one another. Name types of fixed length",
    );
  });

  it("names the call that asks for another generation", () => {
    const { manager } = compose();
    expect(messageOf(() => manager.collector.collect(1))).toMatch(
      /^refcount\.collect: generation 1/,
    );
  });
});

describe("questions about counts", () => {
  it("are refused with the call, the fact and what to do", () => {
    const other = composeMemoryManager({ strategy: nullStrategy(), reservationBytes: 8 << 20 });
    const remedy = "Use a strategy whose traits say `counts`";
    for (const [name, ask] of [
      ["referenceCount", referenceCount],
      ["makeImmortal", makeImmortal],
      ["referenceCount", isImmortal],
    ] as const) {
      expect(messageOf(() => ask(other, 4 as Reference))).toBe(
        `${name}: strategy "null" does not count references. ${remedy}`,
      );
      const { manager } = compose();
      const refused = () => ask(manager, 4 as Reference);
      expect(messageOf(refused)).toMatch(new RegExp(`^${name}: 4 is not a live object`));
    }
  });

  it.each([undefined, {}, { heap: {} }, { collector: {} }])(
    "are refused of %j, which is no memory manager",
    (none) => {
      const given = none === undefined ? "undefined" : "object";
      for (const [name, ask] of [
        ["referenceCount", referenceCount],
        ["makeImmortal", makeImmortal],
        ["referenceCount", isImmortal],
        ["findLeaks", findLeaks],
      ] as const) {
        expect(messageOf(() => ask(none as never, 4 as Reference))).toBe(
          `${name}: ${given} is no memory manager. Pass one, as composeMemoryManager makes it`,
        );
      }
    },
  );

  it("are refused of an address that is a text", () => {
    const { manager, mutator, pair, slot } = compose();
    const text = String(mutator.allocate(pair, slot(0))) as never;
    expect(messageOf(() => referenceCount(manager, text))).toMatch(/is not a live object/);
  });

  it("answer nothing of a dying object, which cannot be made immortal any more", () => {
    const messages: string[] = [];
    const { manager, mutator, pair, slot } = compose({
      observer: {
        wants: [EVENT_OBJECT_DEALLOCATE],
        event(_code, object) {
          messages.push(messageOf(() => makeImmortal(manager, object as Reference)));
          messages.push(String(isImmortal(manager, object as Reference)));
        },
      },
    });
    const object = mutator.allocate(pair, slot(0));
    expect(isImmortal(manager, object)).toBe(false);
    mutator.setRoot(slot(0), 0);
    expect(messages).toEqual([
      `makeImmortal: object ${object} is being deallocated. Make an object immortal while ` +
        "something refers to it",
      "false",
    ]);
  });

  it("are answered where a manager has no epochs to take off", () => {
    const { manager, mutator, pair, slot } = compose();
    const { heap, collector } = manager;
    const object = mutator.allocate(pair, slot(0));
    expect(referenceCount({ heap, collector }, object)).toBe(1);
    expect(messageOf(() => referenceCount({ heap, collector }, 8 as Reference))).toMatch(
      /8 is not/,
    );
  });
});

describe("the audit", () => {
  it.each<[string, number, string]>([
    ["too low", -1, "its count is 1, and 2 slots hold it"],
    ["too high", 3, "its count is 5, and 2 slots hold it"],
    ["beyond immortal", 2 ** 30, `its count is ${2 ** 30 + 2}`],
  ])("finds a count that is %s, and leaves all others as they are", (_name, by, problem) => {
    const { manager, mutator, pair, slot } = compose();
    const object = mutator.allocate(pair, slot(0));
    mutator.set(mutator.allocate(pair, slot(1)), 0, object);
    const { words } = manager.heap;
    words[object] = (words[object] as number) + by;
    const before = [...words.subarray(object, object + 8)];
    expect(messageOf(manager.validate)).toBe(
      `object at word ${object} is broken: ${problem}. Something wrote where it must not: stop ` +
        "using the heap.",
    );
    expect([...words.subarray(object, object + 8)]).toEqual(before);
    words[object] = 2;
    manager.validate();
  });

  it("finds an object that is being deallocated in no call, and a slot that holds one", () => {
    const { manager, mutator, pair, slot } = compose();
    const object = mutator.allocate(pair, slot(0));
    const { words } = manager.heap;
    words[object] = -1;
    expect(messageOf(manager.validate)).toContain(
      `object at word ${object} is broken: it is being deallocated, in no call. `,
    );
    words[object] = 1;
    manager.validate();
    let problem = "";
    const observed = compose({
      observer: {
        wants: [EVENT_OBJECT_DEALLOCATE],
        event(_code, dying) {
          observed.manager.validate();
          observed.manager.heap.words[observed.slot(5)] = dying;
          problem = messageOf(observed.manager.validate);
          observed.manager.heap.words[observed.slot(5)] = 0;
        },
      },
    });
    const dead = observed.mutator.allocate(observed.pair, observed.slot(0));
    observed.mutator.setRoot(observed.slot(0), 0);
    observed.manager.heap.words[observed.mutator.allocate(observed.pair, observed.slot(0))] = -1;
    expect(messageOf(observed.manager.validate)).toContain("it is being deallocated, in no call");
    const at = observed.slot(5);
    expect(problem).toContain(
      `slot at word ${at} is broken: it holds ${dead}, which is deallocated. `,
    );
  });
});

describe("a validation", () => {
  it("has the allocator look at its blocks as well", () => {
    const { manager, mutator, pair, slot } = compose({
      allocator: ({ heap }) => createLargeBlockAllocator({ source: heap }),
    });
    const dead = mutator.allocate(pair, slot(0));
    mutator.allocate(pair, slot(1));
    mutator.setRoot(slot(0), 0);
    manager.heap.words[dead] = 7;
    expect(messageOf(manager.collector.validate)).toContain("its back link is wrong");
  });
});

describe("a free list", () => {
  function makeListed() {
    const composed = compose({ freeListMaxima: { other: 1, pair: 2 } });
    const { manager, mutator, pair, slot } = composed;
    const dead = [0, 1].map((each) => mutator.allocate(pair, slot(each)));
    mutator.leave(slot(0));
    const { borrowers } = manager.heap.statistics();
    const name = borrowers.find((each) => each.name.endsWith("-free-lists"))?.name as string;
    const borrower = manager.heap.registerBorrower(name);
    const region = manager.heap.reserveRegion(borrower, "free-lists", 12);
    expect(region.existed).toBe(true);
    return { ...composed, dead, entry: region.start + 8 };
  }

  it("keeps the newest first, as many as its maximum, and none of a type without one", () => {
    const { manager, dead, entry } = makeListed();
    const { words } = manager.heap;
    expect([...words.subarray(entry, entry + 3)]).toEqual([dead[1], 2, 2]);
    expect(manager.collector.statistics()).toMatchObject({ liveCount: 0, liveBytes: 0 });
    manager.validate();
  });

  it.each<[string, (words: Int32Array, entry: number, dead: number[]) => void, string]>([
    [
      "a count below 0",
      (words, entry) => words.fill(-1, entry + 1, entry + 2),
      "its count is outside of 0 to its maximum",
    ],
    [
      "a count above its maximum",
      (words, entry) => words.fill(3, entry + 1, entry + 2),
      "its count is outside of 0 to its maximum",
    ],
    [
      "a count that is too low",
      (words, entry) => words.fill(1, entry + 1, entry + 2),
      "it is longer than its count",
    ],
    ["a head that is no block", (words, entry) => words.fill(4, entry, entry + 1), "no block is"],
    [
      "an object that has a type again",
      (words, _entry, [, newest = 0]) => words.fill(1, newest + 1, newest + 2),
      "a listed object has a type",
    ],
  ])("is found broken that has %s", (_name, damage, problem) => {
    const { manager, dead, entry } = makeListed();
    damage(manager.heap.words, entry, dead);
    const message = messageOf(manager.collector.validate);
    expect(message).toMatch(/^free list of "pair" at word \d+ is broken: /);
    expect(message).toContain(problem);
  });

  it("is empty after a collection, and serves again", () => {
    const { manager, mutator, pair, frame, entry, dead } = makeListed();
    mutator.collect();
    const { words } = manager.heap;
    expect([...words.subarray(entry, entry + 3)]).toEqual([0, 0, 2]);
    mutator.enter(8);
    expect(mutator.allocate(pair, frame)).toBe(dead[0]);
    mutator.setRoot(frame, 0);
    expect([...words.subarray(entry, entry + 2)]).toEqual([dead[0], 1]);
    manager.validate();
  });
});

describe("an observer", () => {
  it.each<[string, EventCode, unknown[]]>([
    ["changes of counts", EVENT_COUNT_CHANGE, [0, 1, 1, 2, 2, 1, 1, 0]],
    ["deallocations", EVENT_OBJECT_DEALLOCATE, ["pair", 0]],
    ["reclaims", EVENT_OBJECT_RECLAIM, ["pair", 4]],
  ])("hears of %s alone, if it asks for nothing else", (_name, code, expected) => {
    const told: unknown[] = [];
    const { manager, mutator, pair, slot } = compose({
      observer: {
        wants: [code],
        event(heard, object, b, c) {
          expect([heard, object]).toEqual([code, 2 * Math.floor(object / 2)]);
          told.push(code === EVENT_COUNT_CHANGE || b !== pair ? b : "pair", c);
        },
      },
    });
    const object = mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(1), object);
    mutator.setRoot(slot(1), 0);
    mutator.setRoot(slot(0), 0);
    expect(told).toEqual(expected);
    manager.validate();
  });

  it("hears nothing of an immortal object, whose count stays", () => {
    const told: number[][] = [];
    const { manager, mutator, pair, slot } = compose({
      observer: { wants: [EVENT_COUNT_CHANGE], event: (...event) => void told.push(event) },
    });
    const object = mutator.allocate(pair, slot(0));
    makeImmortal(manager, object);
    told.length = 0;
    mutator.setRoot(slot(1), object);
    mutator.leave(slot(0));
    expect(told).toEqual([]);
    expect(manager.heap.words[object]).toBe(2 ** 30);
  });

  it("whose calls throw has the first error thrown, once the outermost call is over", () => {
    let count = 0;
    const { mutator, pair, slot, liveCount } = compose({
      observer: {
        wants: [EVENT_OBJECT_RECLAIM],
        event() {
          throw new Error(`error ${++count}`);
        },
      },
    });
    mutator.allocate(pair, slot(0));
    mutator.fill(mutator.allocate(pair, slot(1)), 0, slot(0));
    expect(() => mutator.setRoot(slot(1), 0)).toThrow("error 1");
    expect([count, liveCount()]).toEqual([2, 0]);
    mutator.allocate(pair, slot(0));
    expect(() => mutator.setRoot(slot(0), 0)).toThrow("error 3");
  });
});

describe("a leak report", () => {
  it("puts the type of most bytes and the longest cycle first, and finds each cycle whole", () => {
    const { manager, mutator, pair, list, slot } = compose();
    const large = manager.defineType({ name: "large", visitedSlotCount: 1, rawWordCount: 40 });
    // Two nested cycles through one object are one; a tail is in none.
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    const c = mutator.allocate(pair, slot(2));
    mutator.set(a, 0, b);
    mutator.set(b, 0, a);
    mutator.set(b, 1, c);
    mutator.set(c, 0, a);
    const tail = mutator.allocateArray(list, 1, slot(3));
    mutator.set(c, 1, tail);
    const self = mutator.allocate(large, slot(4));
    mutator.set(self, 0, self);
    mutator.set(tail, 1, self);
    const members = [a, b, c].sort((one, other) => one - other);
    mutator.leave(slot(0));
    const report = findLeaks(manager);
    expect(report.types.map(({ name }) => name)).toEqual(["large", "pair", "list"]);
    expect(report.cycles).toEqual([
      { members, typeNames: ["pair", "pair", "pair"] },
      { members: [self], typeNames: ["large"] },
    ]);
    expect(report.count).toBe(5);
    expect(report.bytes).toBe(3 * 16 + 16 + 43 * 4);
    expect(formatLeaks(report)).toMatch(/^5 objects leaked, 236 bytes\n {2}1 × large, 172 bytes\n/);
  });

  it("is printed, and nothing else is", () => {
    const none = undefined as never;
    expect(messageOf(() => formatLeaks(none))).toMatch(/^formatLeaks: option count is missing/);
  });

  it("names eight members of a cycle in print, and of nine the ninth by number alone", () => {
    for (const [length, rest] of [
      [8, ""],
      [9, ", and 1 more"],
    ] as const) {
      const { manager, mutator, list, slot } = compose();
      const first = mutator.allocateArray(list, 1, slot(0));
      mutator.setRoot(slot(1), first);
      for (let count = 1; count < length; count++) {
        const object = mutator.allocateArray(list, 1, slot(2));
        mutator.set(object, 1, mutator.root(slot(1)));
        mutator.moveRoot(slot(1), slot(2));
      }
      mutator.set(first, 1, mutator.root(slot(1)));
      mutator.leave(slot(0));
      const lines = formatLeaks(findLeaks(manager)).split("\n");
      expect(lines[2]).toMatch(new RegExp(`^ {2}cycle of ${length}: (list @\\d+(, )?){8}${rest}$`));
    }
  });
});

describe("a restored heap", () => {
  it("tells an observer, and lets go what nothing refers to, in the order of addresses", () => {
    const told: number[] = [];
    const { manager, mutator, pair, slot, liveCount } = compose({
      observer: {
        wants: [EVENT_OBJECT_DEALLOCATE],
        event: (_code, object) => void told.push(object),
      },
    });
    const garbage = [0, 1].map((each) => mutator.allocate(pair, slot(each)));
    mutator.allocate(pair, slot(2));
    for (const each of [0, 1]) manager.heap.words[slot(each)] = 0;
    manager.collector.restored();
    expect(told).toEqual(garbage);
    expect(liveCount()).toBe(1);
    manager.validate();
  });
});
