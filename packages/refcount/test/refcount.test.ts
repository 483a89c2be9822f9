import {
  EVENT_OBJECT_DEALLOCATE,
  InvalidAddressError,
  immediateOf,
  OutOfMemoryError,
  type Reference,
  StaleReferenceError,
  UsageError,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import {
  findLeaks,
  IMMORTAL_COUNT,
  isImmortal,
  makeImmortal,
  referenceCount,
} from "../src/index.js";
import { compose, composeLogging } from "./compose.js";

const NODE_COUNT_OF_DEPTH = 10_000_000;

describe("a count", () => {
  it("is the number of slots that hold the object, of roots, handles and objects", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    expect(referenceCount(manager, a)).toBe(1);
    mutator.setRoot(slot(1), a);
    const b = mutator.allocate(pair, slot(2));
    mutator.set(b, 0, a);
    mutator.set(b, 1, a);
    using _handle = manager.handles.hold(slot(0));
    expect(referenceCount(manager, a)).toBe(5);
    manager.validate();
  });

  it("survives the store of what a field holds already", () => {
    const { manager, mutator, pair, slot, liveCount } = compose();
    const a = mutator.allocate(pair, slot(0));
    mutator.allocate(pair, slot(1));
    mutator.give(a, 0, slot(1));
    mutator.set(a, 0, mutator.get(a, 0));
    mutator.setRoot(slot(0), mutator.root(slot(0)));
    expect(liveCount()).toBe(2);
    expect(referenceCount(manager, mutator.get(a, 0) as Reference)).toBe(1);
    manager.validate();
  });

  it("does not change when a value moves", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    mutator.give(a, 0, slot(1));
    expect(referenceCount(manager, b)).toBe(1);
    mutator.take(slot(2), a, 0);
    expect(referenceCount(manager, b)).toBe(1);
    mutator.moveRoot(slot(3), slot(2));
    expect(referenceCount(manager, b)).toBe(1);
    mutator.fill(a, 1, slot(3));
    expect(referenceCount(manager, b)).toBe(1);
    manager.validate();
  });

  it("is asked of live objects under counting strategies only", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(0), 0);
    expect(() => referenceCount(manager, a)).toThrow(InvalidAddressError);
    const other = composeMemoryManager({ strategy: nullStrategy(), reservationBytes: 8 << 20 });
    expect(() => referenceCount(other, a)).toThrow(UsageError);
    expect(() => makeImmortal(other, a)).toThrow(UsageError);
  });
});

describe("the traps of slots", () => {
  it("keeps a child that is taken into the slot of its only holder", () => {
    const { manager, mutator, pair, slot, liveCount } = compose();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    mutator.give(a, 0, slot(1));
    mutator.take(slot(0), a, 0);
    expect(mutator.root(slot(0))).toBe(b);
    expect(liveCount()).toBe(1);
    manager.validate();
  });

  it("keeps an object that goes from field to field by take and give", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    const x = mutator.allocate(pair, slot(2));
    mutator.give(a, 0, slot(2));
    mutator.take(slot(3), a, 0);
    mutator.give(b, 0, slot(3));
    expect(mutator.allocate(pair, slot(4))).not.toBe(x);
    expect(mutator.get(b, 0)).toBe(x);
    manager.validate();
  });

  it("finds the slot through which a dead object was stored again", () => {
    const { manager, mutator, pair, slot } = compose();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    const x = mutator.allocate(pair, slot(2));
    mutator.give(a, 0, slot(2));
    mutator.set(a, 0, 0);
    mutator.set(b, 0, x);
    expect(() => manager.validate()).toThrow(
      `slot at word ${b + 2} is broken: it holds ${x}, where no object is`,
    );
  });

  it("finds the slot that a raw number was written over", () => {
    const { manager, mutator, pair, slot } = compose();
    mutator.setWord(mutator.allocate(pair, slot(0)), 0, 512);
    expect(() => manager.validate()).toThrow("it holds 512, where no object is");
  });

  it("drops the old value of a slot after the birth", () => {
    const { mutator, pair, slot, liveCount } = compose();
    const a = mutator.allocate(pair, slot(0));
    expect(mutator.allocate(pair, slot(0))).not.toBe(a);
    expect(liveCount()).toBe(1);
  });

  it("leaves immediates alone", () => {
    const { manager, mutator, pair, slot, liveCount } = compose();
    const a = mutator.allocate(pair, slot(0));
    for (const integer of [-5, 0, 7, 2 ** 30 - 1]) mutator.set(a, 0, immediateOf(integer));
    mutator.setRoot(slot(1), immediateOf(4));
    manager.validate();
    mutator.leave(slot(0));
    expect(liveCount()).toBe(0);
  });

  it("copies from an object that only an overwritten slot kept", () => {
    const { manager, mutator, list, pair, slot, liveCount } = compose();
    const target = mutator.allocateArray(list, 2, slot(0));
    const source = mutator.allocateArray(list, 2, slot(1));
    const child = mutator.allocate(pair, slot(2));
    mutator.give(source, 2, slot(2));
    mutator.give(target, 1, slot(1));
    mutator.copy(target, 1, source, 1, 2);
    expect(mutator.get(target, 1)).toBe(0);
    expect(mutator.get(target, 2)).toBe(child);
    expect(referenceCount(manager, child)).toBe(1);
    expect(liveCount()).toBe(2);
    manager.validate();
  });
});

describe("a copy within an object", () => {
  /** A list of so many objects that nothing else holds. */
  function makeList(length: number) {
    const composed = composeLogging([EVENT_OBJECT_DEALLOCATE]);
    const { mutator, pair, list, slot, names } = composed;
    const array = mutator.allocateArray(list, length, slot(0));
    for (const [at, name] of [..."abcdefg"].slice(0, length).entries()) {
      names.set(mutator.allocate(pair, slot(1)), name);
      mutator.give(array, 1 + at, slot(1));
    }
    const fields = (): string =>
      Array.from({ length }, (_, at) => names.get(mutator.get(array, 1 + at)) ?? "-").join("");
    return { ...composed, array, fields };
  }

  it.each<[string, number, number, number, string, string, number]>([
    ["up", 3, 1, 3, "abab", "c ends, d ends", 2],
    ["up by one", 2, 1, 3, "aabcefg", "d ends", 3],
    ["up, and the last alone dies", 4, 2, 2, "abcbcfg", "d ends, e ends", 2],
    ["down", 1, 3, 2, "cdcd", "a ends, b ends", 2],
    ["down by one", 1, 2, 4, "bcdeefg", "a ends", 4],
    ["onto itself", 2, 2, 2, "abcd", "", 2],
  ])("that goes %s is as in memmove, and what it overwrote dies", (_name, ...rest) => {
    const [into, from, count, expected, deaths] = rest;
    const { manager, mutator, log, array, fields, liveCount } = makeList(expected.length);
    mutator.copy(array, into, array, from, Math.min(count, expected.length - into + 1));
    expect(fields()).toBe(expected);
    expect(log.join(", ")).toBe(deaths);
    expect(liveCount()).toBe(1 + new Set(expected).size);
    manager.validate();
  });

  it("from another object lets go in the order of the run, wherever the two lie", () => {
    for (const isUpwards of [false, true]) {
      const { mutator, pair, list, slot, log, names } = composeLogging([EVENT_OBJECT_DEALLOCATE]);
      mutator.allocateArray(list, 2, slot(0));
      mutator.allocateArray(list, 2, slot(1));
      const into = mutator.root(slot(isUpwards ? 1 : 0)) as Reference;
      const from = mutator.root(slot(isUpwards ? 0 : 1)) as Reference;
      expect(into > from).toBe(isUpwards);
      for (const [at, name] of ["a", "b"].entries()) {
        names.set(mutator.allocate(pair, slot(2)), name);
        mutator.give(into, 1 + at, slot(2));
      }
      mutator.copy(into, 1, from, 1, 2);
      expect(log).toEqual(["a ends", "b ends"]);
    }
  });
});

describe("deallocation", () => {
  it("goes depth first, in the order of each type, as CPython does", () => {
    const { mutator, pair, list, slot, log, names } = composeLogging([EVENT_OBJECT_DEALLOCATE]);
    // a = [b, c]; b = (d, e); c = (f, none): a list releases its last element first.
    const at = (letter: string, object: Reference) => {
      names.set(object, letter);
      return object;
    };
    const a = at("a", mutator.allocateArray(list, 2, slot(0)));
    for (const [index, children] of ["de", "f"].entries()) {
      const parent = at("bc"[index] as string, mutator.allocate(pair, slot(1)));
      for (const [field, letter] of [...children].entries()) {
        at(letter, mutator.allocate(pair, slot(2)));
        mutator.give(parent, field, slot(2));
      }
      mutator.give(a, 1 + index, slot(1));
    }
    mutator.setRoot(slot(0), 0);
    expect(log.join(", ")).toBe("a ends, c ends, f ends, b ends, d ends, e ends");
  });

  it("lets an object that two share go with the second", () => {
    const { mutator, pair, slot, log, names } = composeLogging();
    const a = mutator.allocate(pair, slot(0));
    const b = mutator.allocate(pair, slot(1));
    names.set(a, "a").set(b, "b");
    mutator.set(a, 0, b);
    log.length = 0;
    mutator.setRoot(slot(1), 0);
    mutator.setRoot(slot(0), 0);
    expect(log).toEqual([
      "b 2→1",
      "a 1→0",
      "a ends",
      "b 1→0",
      "a reclaimed, 4 words",
      "b ends",
      "b reclaimed, 4 words",
    ]);
  });

  it("releases owned-only slots of a type that no collector watches", () => {
    const { manager, mutator, pair, slot, liveCount } = compose();
    const box = manager.defineType({ name: "box", ownedSlotCount: 2, rawWordCount: 3 });
    const owned = manager.defineType({ name: "owned list", variablePart: "owned" });
    const a = mutator.allocate(box, slot(0));
    const b = mutator.allocateArray(owned, 40, slot(1));
    for (let field = 1; field <= 40; field++) {
      mutator.allocate(pair, slot(2));
      mutator.give(b, field, slot(2));
    }
    mutator.give(a, 1, slot(1));
    expect(liveCount()).toBe(42);
    mutator.setRoot(slot(0), 0);
    expect(liveCount()).toBe(0);
  });

  it.each(["forward", "backward"] as const)(
    "keeps its place in a wide array whose elements die with all below them, %s",
    (releaseOrder) => {
      const { manager, mutator, pair, slot, liveCount } = compose();
      const wide = manager.defineType({ name: "wide", variablePart: "visited", releaseOrder });
      const array = mutator.allocateArray(wide, 3000, slot(0));
      for (let field = 1; field <= 3000; field++) {
        const parent = mutator.allocate(pair, slot(1));
        for (const child of [0, 1]) {
          mutator.allocate(pair, slot(2));
          mutator.give(parent, child, slot(2));
        }
        if (field % 7 !== 0) mutator.give(array, field, slot(1));
        else mutator.set(array, field, immediateOf(field));
      }
      mutator.setRoot(slot(1), 0);
      expect(liveCount()).toBe(1 + 3 * (3000 - 428));
      mutator.setRoot(slot(0), 0);
      expect(liveCount()).toBe(0);
      manager.validate();
    },
  );

  it("deallocates a list of ten million nodes and gives every byte back", () => {
    const { manager, mutator, pair, slot, liveCount } = compose({ reservationBytes: 200 << 20 });
    const [head, next] = [slot(0), slot(1)];
    for (let depth = 0; depth < NODE_COUNT_OF_DEPTH; depth++) {
      mutator.fill(mutator.allocate(pair, next), 0, head);
      mutator.moveRoot(head, next);
    }
    expect(manager.heap.statistics().lentBytes).toBeGreaterThan(16 * NODE_COUNT_OF_DEPTH);
    mutator.setRoot(head, 0);
    expect(liveCount()).toBe(0);
    expect(manager.heap.statistics().lentArenaCount).toBeLessThanOrEqual(1);
    expect(manager.collector.statistics().reclaimedCount).toBe(NODE_COUNT_OF_DEPTH);
  }, 30_000);

  it("drops the roots of a frame in their order, and of the frames above it", () => {
    const { mutator, pair, slot, log, names, manager } = composeLogging([EVENT_OBJECT_DEALLOCATE]);
    for (const [index, letter] of ["a", "b", "c"].entries()) {
      names.set(mutator.allocate(pair, slot(index)), letter);
    }
    const inner = mutator.enter(1);
    names.set(mutator.allocate(pair, inner), "d");
    mutator.leave(slot(0));
    expect(log).toEqual(["a ends", "b ends", "c ends", "d ends"]);
    manager.validate();
  });
});

describe("an immortal object", () => {
  it("is never counted and never deallocated, and keeps what it holds", () => {
    const { manager, mutator, pair, slot, liveCount } = compose();
    const none = mutator.allocate(pair, slot(0));
    mutator.allocate(pair, slot(1));
    mutator.give(none, 0, slot(1));
    makeImmortal(manager, none);
    expect(isImmortal(manager, none)).toBe(true);
    const holder = mutator.allocate(pair, slot(1));
    mutator.set(holder, 0, none);
    mutator.set(holder, 1, none);
    mutator.leave(slot(0));
    expect(liveCount()).toBe(2);
    expect(referenceCount(manager, none)).toBe(IMMORTAL_COUNT);
    expect(findLeaks(manager).count).toBe(0);
    manager.validate();
    expect(() => makeImmortal(manager, holder)).toThrow(InvalidAddressError);
  });

  it.each([{ checked: true }, { checked: false }])("can be made and looked at, %o", (mode) => {
    const { manager, mutator, pair, slot } = compose(mode);
    const object = mutator.allocate(pair, slot(0));
    mutator.set(object, 0, object);
    expect(referenceCount(manager, object)).toBe(2);
    expect(referenceCount(manager, manager.plain(object))).toBe(2);
    makeImmortal(manager, object);
    expect(isImmortal(manager, mutator.root(slot(0)) as Reference)).toBe(true);
    expect(manager.heap.words[manager.plain(object)]).toBe(IMMORTAL_COUNT);
    mutator.poll();
    const ask = () => referenceCount(manager, object);
    if (mode.checked) expect(ask).toThrow(StaleReferenceError);
    else expect(ask()).toBe(IMMORTAL_COUNT);
  });

  it("stays immortal in a restored heap", () => {
    const { manager, mutator, pair, slot } = compose();
    makeImmortal(manager, mutator.allocate(pair, slot(0)));
    const object = mutator.root(slot(0)) as Reference;
    manager.collector.restored();
    expect(isImmortal(manager, object)).toBe(true);
  });

  it("is refused while an object is being deallocated", () => {
    const refusals: unknown[] = [];
    const { manager, mutator, pair, slot } = compose({
      observer: {
        wants: [EVENT_OBJECT_DEALLOCATE],
        event(_code, object) {
          expect(referenceCount(manager, object as Reference)).toBe(0);
          try {
            makeImmortal(manager, object as Reference);
          } catch (error) {
            refusals.push(error);
          }
        },
      },
    });
    mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(0), 0);
    expect(refusals).toEqual([expect.any(UsageError)]);
  });
});

describe("memory that runs out", () => {
  it("refuses the birth, changes nothing, and serves again after a death", () => {
    const { manager, mutator, pair, slot, liveCount } = compose({ limitBytes: 1 << 20 });
    const [head, next] = [slot(0), slot(1)];
    const build = () => {
      for (;;) {
        mutator.fill(mutator.allocate(pair, next), 0, head);
        mutator.moveRoot(head, next);
      }
    };
    expect(build).toThrow(OutOfMemoryError);
    expect(liveCount()).toBe(65_536);
    expect(mutator.root(next)).toBe(0);
    manager.validate();
    mutator.take(next, mutator.root(head) as Reference, 0);
    mutator.moveRoot(head, next);
    expect(liveCount()).toBe(65_535);
    mutator.allocate(pair, next);
    mutator.leave(slot(0));
    expect(liveCount()).toBe(0);
    manager.validate();
  });

  it("answers a length that no memory could hold as out of memory", () => {
    const { mutator, list, slot } = compose();
    expect(() => mutator.allocateArray(list, 0x3fffffff, slot(0))).toThrow(OutOfMemoryError);
    expect(() => mutator.allocateArray(list, 10_000_000, slot(0))).toThrow(OutOfMemoryError);
  });

  it("gives listed objects back before it refuses", () => {
    const { manager, mutator, pair, list, slot } = compose({
      limitBytes: 2 << 20,
      freeListMaxima: { pair: 70_000 },
    });
    for (let index = 0; index < 70_000; index++) {
      mutator.fill(mutator.allocate(pair, slot(1)), 0, slot(0));
      mutator.moveRoot(slot(0), slot(1));
    }
    mutator.setRoot(slot(0), 0);
    expect(manager.collector.statistics().liveBytes).toBe(0);
    expect(manager.heap.statistics().lentBytes).toBe(2 << 20);
    expect(manager.collector.statistics().collectionCount).toBe(0);
    mutator.allocateArray(list, 200_000, slot(0));
    expect(manager.collector.statistics().collectionCount).toBe(1);
    manager.validate();
  });
});
