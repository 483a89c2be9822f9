// Weak references one by one: what holds their callbacks while they are called, how they are
// emptied, restored and refused.

import { isOuroError, LENGTH_WORD_OFFSET, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeFinalizationRig } from "./finalization-rig.js";

type Rig = ReturnType<typeof makeFinalizationRig>;

const CALLBACK = 2;
const TAKEN = 4;
const REFERENT = 5;
const PREVIOUS = 7;

function refer(rig: Rig, slot: number, to: number, callback?: () => void): number {
  const weak = rig.make(rig.weakType, slot);
  rig.finalization.attach(weak as Reference, to as Reference, callback);
  return weak;
}

/** A weak reference whose callback is an object that only it holds. */
function referCallable(rig: Rig, slot: number, to: number): { weak: number; callable: number } {
  const weak = rig.make(rig.weakType, slot);
  const callable = rig.make(rig.plain, 8);
  rig.set(weak, 0, callable);
  rig.setRoot(8, 0);
  rig.finalization.attach(weak as Reference, to as Reference);
  return { weak, callable };
}

function errorOf(call: () => void): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call was not refused");
}

describe("An object that holds callbacks while they are called", () => {
  it("holds weak references and their callbacks, newest first, and dies with the last call", () => {
    const rig = makeFinalizationRig(parts, { hasHolders: true });
    const object = rig.make(rig.node, 0);
    const older = referCallable(rig, 1, object);
    refer(rig, 2, object);
    const newer = refer(rig, 3, object, () => look());
    const seen: unknown[] = [];
    function look(): void {
      const holder = rig.holders[0] as number;
      const length = rig.words[holder + LENGTH_WORD_OFFSET];
      const held = [...rig.words.subarray(holder + 3, holder + 7)];
      const left = [older.weak, newer].map((weak) => rig.words[weak + CALLBACK]);
      seen.push([length, held[0], (held[1] as number) < 0, held[2], held[3], ...left]);
      seen.push(rig.tracked.has(holder));
      rig.validate();
    }
    rig.finalization.setCallable(rig.plain, look);
    rig.setRoot(0, 0);
    const expected = [4, newer, true, older.weak, older.callable, 0, 0];
    expect(seen).toEqual([expected, true, expected, true]);
    const [holder] = rig.holders as [number];
    expect(rig.ends).toEqual([older.callable, holder, object]);
    expect(rig.tracked.has(holder)).toBe(false);
    rig.validate();
  });

  it("is not asked for where nothing is called back, nor without room to hold it", () => {
    for (const frameSlotLimitCount of [64, 9]) {
      const rig = makeFinalizationRig(parts, { hasHolders: true, frameSlotLimitCount });
      const object = rig.make(rig.other, 0);
      refer(rig, 1, object, frameSlotLimitCount === 9 ? () => {} : undefined);
      rig.setRoot(0, 0);
      expect(rig.holders).toEqual([]);
      expect(rig.targetOf(rig.rootOf(1))).toBe(0);
      rig.validate();
    }
  });

  it("has no room for callbacks that came while it was made: those are not called", () => {
    const rig = makeFinalizationRig(parts, { hasHolders: true });
    const called: string[] = [];
    const object = rig.make(rig.other, 0);
    refer(rig, 1, object, () => called.push("oldest"));
    refer(rig, 3, object, () => called.push("older"));
    const late = rig.make(rig.weakType, 2);
    rig.onHolder = () => {
      rig.finalization.attach(late as Reference, object as Reference, () => called.push("late"));
    };
    rig.setRoot(0, 0);
    expect(called).toEqual(["late", "older"]);
    expect(rig.targetOf(late)).toBe(0);
    rig.validate();
  });
});

describe("Emptying an object", () => {
  it.each(["forward", "backward"] as const)("releases what it holds, %s", (order) => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(order === "forward" ? rig.plain : rig.backward, 0);
    const held = [0, 1].map((field) => {
      const each = rig.make(rig.plain, 1);
      rig.set(object, field, each);
      return each;
    });
    rig.setRoot(1, 0);
    rig.death.clear(object);
    expect(rig.ends).toEqual(order === "forward" ? held : held.reverse());
    expect(rig.live.has(object)).toBe(true);
    rig.validate();
  });

  it("releases all elements of an array", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.array, 0);
    rig.words[object + LENGTH_WORD_OFFSET] = 3;
    const held = [1, 2, 3].map((field) => {
      const each = rig.make(rig.plain, 1);
      rig.set(object, field, each);
      return each;
    });
    rig.setRoot(1, 0);
    rig.death.clear(object);
    expect(rig.ends).toEqual(held);
    expect(rig.words[object + LENGTH_WORD_OFFSET]).toBe(3);
  });

  it("empties a weak reference, and lets go of its callback, host function or object", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const { weak, callable } = referCallable(rig, 1, object);
    const called: string[] = [];
    const hosted = refer(rig, 2, object, () => called.push("hosted"));
    const number = rig.words[hosted + CALLBACK];
    rig.death.clear(weak);
    rig.death.clear(hosted);
    expect([rig.targetOf(weak), rig.targetOf(hosted)]).toEqual([0, 0]);
    expect(rig.live.has(callable)).toBe(false);
    expect(rig.finalization.weakReferencesTo(object as Reference)).toEqual([]);
    // The number of a host function that is needed no longer is the next one's.
    expect(rig.words[refer(rig, 3, object, () => {}) + CALLBACK]).toBe(number);
    rig.setRoot(0, 0);
    expect(called).toEqual([]);
  });
});

describe("A weak reference", () => {
  it("lets its host function go when it dies, is called, or is used again", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const numberOf = (weak: number): number => rig.words[weak + CALLBACK] as number;
    const number = numberOf(refer(rig, 1, object, () => {}));
    rig.setRoot(1, 0);
    expect(numberOf(refer(rig, 1, object, () => {}))).toBe(number);
    expect(numberOf(refer(rig, 2, object, () => {}))).not.toBe(number);
    rig.setRoot(0, 0);
    const again = rig.make(rig.other, 0);
    const numbers = [refer(rig, 3, again, () => {}), refer(rig, 4, again, () => {})].map(numberOf);
    expect(numbers).toContain(number);
    for (const hasHolders of [true, false]) {
      const other = makeFinalizationRig(parts, { hasHolders });
      for (let round = 0; round < 3; round++) {
        const weak = refer(other, 1, other.make(other.other, 0), () => {});
        expect(other.words[weak + CALLBACK]).toBe(~0);
        other.setRoot(0, 0);
      }
    }
  });

  it("whose callable has no meaning is emptied, and its callback given up", () => {
    const rig = makeFinalizationRig(parts);
    const { weak, callable } = referCallable(rig, 1, rig.make(rig.other, 0));
    rig.setRoot(0, 0);
    expect(rig.ends).toContain(callable);
    expect(rig.targetOf(weak)).toBe(0);
    rig.validate();
  });

  it("in a collection keeps its callback, is called once, and waits no more", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const { weak, callable } = referCallable(rig, 1, object);
    const calls: number[][] = [];
    rig.finalization.setCallable(rig.plain, (self, argument) => {
      calls.push([rig.words[self] as number, rig.words[argument] as number]);
      rig.validate();
    });
    const lived: number[] = [];
    for (let round = 0; round < 2; round++) {
      rig.death.emptyWeakReferences(
        (visit) => visit(object),
        (each) => each === object,
        (each) => lived.push(each),
      );
    }
    expect(calls).toEqual([[callable, weak]]);
    expect(rig.finalization.programErrors).toEqual([]);
    expect(lived).toEqual([weak]);
    expect([...rig.words.subarray(weak + CALLBACK, weak + 8)]).toEqual([callable, 0, 0, 0, 0, 0]);
    rig.validate();
  });

  it("is counted when it is attached, whatever becomes of it", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    expect(rig.death.attachedCount()).toBe(0);
    refer(rig, 1, object);
    refer(rig, 2, object, () => {});
    rig.setRoot(2, 0);
    expect(rig.death.attachedCount()).toBe(2);
  });

  it("looks so for a type table", () => {
    expect(parts.WEAK_REFERENCE_TYPE).toEqual({
      name: "weak reference",
      visitedSlotCount: 1,
      ownedSlotCount: 2,
      rawWordCount: 3,
      variablePart: "none",
      visitOrder: "forward",
      releaseOrder: "forward",
      untracking: "never",
      collected: true,
      acyclic: false,
      finalizer: false,
      weaklyReferable: false,
      clearable: true,
      weakReference: true,
    });
    expect(Object.isFrozen(parts.WEAK_REFERENCE_TYPE)).toBe(true);
  });
});

describe("A weak reference out of a heap image", () => {
  it("refers to what it did, and its host function does nothing and keeps its number", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const weaks = [1, 2].map((slot) => rig.make(rig.weakType, slot));
    rig.words[(weaks[0] as number) + CALLBACK] = ~0;
    rig.words[(weaks[1] as number) + CALLBACK] = ~1;
    for (const weak of weaks) rig.finalization.reattach(weak as Reference, object as Reference);
    expect(weaks.map((weak) => rig.words[weak + CALLBACK])).toEqual([~0, ~1]);
    const called: string[] = [];
    const fresh = refer(rig, 3, object, () => called.push("fresh"));
    expect(rig.words[fresh + CALLBACK]).toBe(~2);
    expect(rig.finalization.weakReferencesTo(object as Reference)).toEqual([
      fresh,
      ...weaks.reverse(),
    ]);
    rig.setRoot(0, 0);
    expect(called).toEqual(["fresh"]);
    expect(rig.finalization.programErrorCount).toBe(0);
    rig.validate();
  });

  it("gets another number for its host function if that one is taken", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const called: string[] = [];
    const fresh = refer(rig, 1, object, () => called.push("fresh"));
    const weak = rig.make(rig.weakType, 2);
    rig.words[weak + CALLBACK] = rig.words[fresh + CALLBACK] as number;
    rig.finalization.reattach(weak as Reference, object as Reference);
    expect(rig.words[weak + CALLBACK]).toBe(~1);
    rig.setRoot(0, 0);
    expect(called).toEqual(["fresh"]);
  });

  it("may have been empty, with a callback, or have an object for one", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.other, 0);
    const [hosted, called] = [rig.make(rig.weakType, 1), rig.make(rig.weakType, 2)];
    rig.words[hosted + CALLBACK] = ~5;
    rig.set(called, 0, rig.make(rig.plain, 3));
    rig.finalization.reattach(hosted as Reference, 0);
    rig.finalization.reattach(called as Reference, object as Reference);
    expect(rig.words[hosted + CALLBACK]).toBe(~5);
    expect(rig.words[called + CALLBACK]).toBe(rig.rootOf(3));
    expect([rig.targetOf(hosted), rig.targetOf(called)]).toEqual([0, object]);
    expect(rig.finalization.weakReferencesTo(object as Reference)).toEqual([called]);
    rig.setRoot(1, 0);
    rig.validate();
  });
});

describe("What is refused", () => {
  it("is said with the place, the fact and what to do", () => {
    const rig = makeFinalizationRig(parts);
    const [plain, node] = [rig.make(rig.plain, 0), rig.make(rig.node, 1)];
    const shared = refer(rig, 2, node);
    const fresh = rig.make(rig.weakType, 3);
    const attach = (weak: number, target: number) => () =>
      rig.finalization.attach(weak as Reference, target as Reference);
    const refused: [call: () => void, message: string][] = [
      [
        attach(plain, node),
        'attach: an object of type "plain" is no weak reference. ' +
          "Define its type as WEAK_REFERENCE_TYPE says",
      ],
      [
        attach(fresh, plain),
        'attach: type "plain" allows no weak references. Define the type with `weaklyReferable`',
      ],
      [
        attach(shared, node),
        "attach: the weak reference refers to something already. Make a new one",
      ],
      [
        attach(fresh, node),
        `attach: object ${node} has a weak reference without callback. ` +
          "Use `sharedWeakReference`",
      ],
      [
        () => rig.finalization.setFinalizer(rig.plain, () => {}),
        'setFinalizer: type "plain" has no finalizer in its descriptor. ' +
          "Define the type with `finalizer`",
      ],
    ];
    for (const [call, message] of refused) {
      const error = errorOf(call);
      expect(isOuroError(error, "usage")).toBe(true);
      expect(error.message).toBe(message);
    }
    rig.words[fresh + TAKEN] = -1;
    expect(errorOf(attach(fresh, node)).message).toBe(
      "attach: the weak reference is being called back. Make a new one",
    );
  });

  it("is no second one with a callback, nor one without where all others have some", () => {
    const rig = makeFinalizationRig(parts);
    const object = rig.make(rig.node, 0);
    const first = refer(rig, 1, object, () => {});
    const shared = refer(rig, 2, object);
    const second = refer(rig, 3, object, () => {});
    expect(rig.finalization.weakReferencesTo(object as Reference)).toEqual([shared, second, first]);
    rig.setRoot(0, 0);
    for (const weak of [first, shared, second]) {
      expect([...rig.words.subarray(weak + CALLBACK, weak + PREVIOUS + 1)]).toEqual([
        ...[0, 0, 0, 0, 0, 0],
      ]);
    }
    rig.validate();
  });
});

it("A list of weak references is found broken, with the one that is, and how", () => {
  const rig = makeFinalizationRig(parts);
  const object = rig.make(rig.node, 0);
  const older = refer(rig, 1, object, () => {});
  const newer = refer(rig, 2, object, () => {});
  const unlinked = `it is in the list of ${object} and unlinked`;
  const header = rig.words[object + 1] as number;
  const damages: [word: number, value: number, structure: string, at: number, problem: string][] = [
    [object + 1, rig.node, "object", object, `it has ${newer} for the head of a list`],
    [newer + REFERENT, 0, "weak reference", newer, unlinked],
    [older + PREVIOUS, 0, "weak reference", older, unlinked],
    [newer + REFERENT + 1, 8, "weak reference", 8, "no object is there"],
    [rig.weakHeads + (object >> 2), 0, "object", object, "it has no head of a list"],
  ];
  for (const [word, value, structure, at, problem] of damages) {
    const before = rig.words[word] as number;
    rig.words[word] = value;
    const error = errorOf(rig.validate);
    expect(isOuroError(error, "heap-corruption")).toBe(true);
    expect(error).toMatchObject({ structure, word: at });
    const rest = structure === "object" ? ", and its header says otherwise" : "";
    expect(error.message).toContain(`is broken: ${problem}${rest}. `);
    rig.words[word] = before;
    rig.validate();
  }
  expect(rig.words[object + 1]).toBe(header);
});
