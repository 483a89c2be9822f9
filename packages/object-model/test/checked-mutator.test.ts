import { createPrivateHeap } from "@ouro/heap";
import {
  InvalidAddressError,
  immediateOf,
  type Reference,
  StaleReferenceError,
  slotAt,
  type TypeId,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { createReferenceLog } from "../src/reference-log.js";
import { killableStrategy } from "./killable-strategy.js";
import { makeManager } from "./manager.js";
import { flawOf, makeRig, refusals } from "./refusals.js";

const modes = [
  { mode: "small integers", isWide: false },
  { mode: "doubles", isWide: true },
];

describe.each(modes)("checked mode with references in $mode", ({ isWide }) => {
  it.each(refusals)("refuses $name, and nothing changes", (refusal) => {
    expect(flawOf(refusal, makeRig(parts, { isWide }))).toBeUndefined();
  });

  it("gives out references that are small integers in a small heap only", () => {
    const { pair } = makeRig(parts, { isWide });
    expect(pair() < 2 ** 30).toBe(!isWide);
    expect(pair()).toBeLessThan(2 ** 52); // 22 bits of epoch above 30 of word index
  });

  it("runs a program that keeps the contract, and the heap holds plain word indexes", () => {
    const { mutator, fast, frame, outer, pair, tuple, types } = makeRig(parts, { isWide });
    mutator.set(pair(), 0, tuple());
    mutator.set(pair(), 1, immediateOf(-5));
    mutator.setRoot(outer, pair());
    mutator.give(tuple(), 1, frame);
    mutator.take(slotAt(outer, 1), tuple(), 1);
    mutator.fill(tuple(), 1, slotAt(outer, 1));
    mutator.setWord(mutator.root(outer) as Reference, 3, -1);
    mutator.setWord(mutator.root(outer) as Reference, 4, 0xffffffff);
    mutator.copy(tuple(), 2, tuple(), 1, 2);
    mutator.copy(tuple(), 1, tuple(), 3, 0);
    expect(mutator.get(tuple(), 3)).toBe(0);
    expect(mutator.plain(mutator.get(tuple(), 2) as Reference)).toBe(
      fast.root(mutator.plainSlot(outer)),
    );
    expect(mutator.word(mutator.root(outer) as Reference, 4)).toBe(-1);
    expect(mutator.get(mutator.root(outer) as Reference, 1)).toBe(immediateOf(-5));
    expect(mutator.word(tuple(), 0)).toBe(3);
    expect(mutator.lengthOf(tuple())).toBe(3);
    expect(mutator.typeOf(tuple())).toBe(types.tuple);
    mutator.leave(frame);
    const inner = mutator.enter(0);
    mutator.leave(inner);
    mutator.leave(outer);
  });

  it("sees every stale reference though epochs wrap, but for those of exactly one round", () => {
    const { mutator, pair } = makeRig(parts, { isWide });
    const old = pair();
    for (let count = 1; count < 800; count++) {
      mutator.poll();
      expect(mutator.typeOf(pair())).toBe(1);
      const isOneRound = !isWide && count % 255 === 0;
      if (isOneRound) expect(mutator.typeOf(old)).toBe(1);
      else expect(() => mutator.typeOf(old)).toThrow(StaleReferenceError);
    }
  });
});

it("epochs wrap in a larger heap, too: no false alarm, and what is older stays stale", () => {
  const { mutator, pair } = makeRig(parts, { isWide: true });
  const EPOCH_COUNT = 2 ** 22 - 1;
  for (let count = 0; count < EPOCH_COUNT - 5; count++) mutator.poll();
  const old = pair();
  for (let count = 0; count < 20; count++) {
    mutator.poll();
    expect(mutator.typeOf(pair())).toBe(1);
    expect(pair()).toBeLessThan(2 ** 52); // 22 bits of epoch above 30 of word index
    expect(() => mutator.typeOf(old)).toThrow(StaleReferenceError);
  }
});

it("stamps begin anew when they are used up, and nothing of before passes", () => {
  const { types } = makeManager();
  const log = createReferenceLog({ heapSizeWords: 4096, types, sites: false, stampCount: 5 });
  const old = log.give(1024, 0);
  for (let count = 1; count <= 20; count++) {
    log.passSafepoint(4, 0);
    expect(log.safepointCount).toBe(count);
    expect(log.wordOf(old)).toBe(0);
    expect(log.wordOf(log.give(2048, 0))).toBe(2048);
    expect(log.explain(old)).toMatchObject({ takenAtSafepoint: 0, reference: 1024 });
    expect(log.explain(log.give(1024, 1))?.takenBy).toBe("get");
  }
});

it("a heap that grows far beyond its first size keeps references apart from their epochs", () => {
  const manager = composeMemoryManager({
    strategy: nullStrategy(),
    heap: createPrivateHeap({ reservationBytes: 64 * 2 ** 20, backing: "resizable" }),
    checked: true,
  });
  const { mutator, defineType, plain } = manager;
  const bytes = defineType({ name: "bytes", variablePart: "bytes" });
  const frame = mutator.enter(40);
  for (let index = 0; index < 40; index++) {
    mutator.allocateArray(bytes, 2 ** 20, slotAt(frame, index));
  }
  const last = mutator.root(slotAt(frame, 39)) as Reference;
  expect(plain(last)).toBeGreaterThan(2 ** 22);
  expect(mutator.lengthOf(last)).toBe(2 ** 20);
  mutator.poll();
  mutator.root(slotAt(frame, 39));
  expect(() => mutator.lengthOf(last)).toThrow(StaleReferenceError);
});

describe("where objects die in collections only", () => {
  const ofReferences = refusals.filter(({ name }) =>
    /kept over a safepoint|a word index that|inside of an object/.test(name),
  );
  it.each(ofReferences)("checked mode refuses $name", (refusal) => {
    expect(flawOf(refusal, makeRig(parts, { death: "collection" }))).toBeUndefined();
  });
});

describe("a refusal names what is wrong", () => {
  it("a slot by its frame, or by what became of that", () => {
    const { mutator, outer, frame } = makeRig(parts);
    const start = mutator.plainSlot(frame);
    expect(() => mutator.root(slotAt(frame, 4))).toThrow(
      `root: ${start + 4} is not a root slot of its frame, which has 4 from ${start} on`,
    );
    expect(() => mutator.setRoot(slotAt(outer, 2), 0)).toThrow(
      `setRoot: ${start} is not a root slot of its frame, which has 2 from ${start - 2} on`,
    );
    mutator.leave(frame);
    expect(() => mutator.root(frame)).toThrow(
      `root: ${start} is not a root slot of a frame entered and not left, ` +
        "or of a handle in use (its frame was left)",
    );
  });

  it("the first field of a run that is no slot, be it raw or behind the object", () => {
    const { mutator, tuple, pair } = makeRig(parts);
    expect(() => mutator.copy(tuple(), 1, pair(), 1, 3)).toThrow(
      'copy (source): field 3 of "pair" is a raw word, where a slot is needed',
    );
    const length = mutator.lengthOf(tuple());
    expect(() => mutator.copy(tuple(), 1, tuple(), 2, length)).toThrow(
      `copy (source): ${length + 1} is not a field of this "tuple"`,
    );
  });

  it("the call to which a type was given that is none", () => {
    const { mutator, frame } = makeRig(parts);
    expect(() => mutator.allocate(31 as TypeId, frame)).toThrow(/^allocate: type 31 is not/);
  });
});

/** The error of a call that must throw one. */
function thrownBy(call: () => unknown): StaleReferenceError {
  try {
    call();
  } catch (error) {
    return error as StaleReferenceError;
  }
  throw new Error("it was not refused");
}

describe("a stale reference is explained", () => {
  it("by the call that gave it out and the safepoint that followed", () => {
    const { mutator, pair, types, frame } = makeRig(parts);
    const kept = pair();
    mutator.allocateArray(types.bytes, 9, slotAt(frame, 3));
    mutator.poll();
    const error = thrownBy(() => mutator.set(kept, 1, 0));
    expect(error.message).toBe(
      `set: reference ${error.reference} was taken by root after safepoint 3 and made stale by ` +
        'allocateArray "bytes" (safepoint 4); now it is after safepoint 5. ' +
        "Keep it in a root slot and read it again after a safepoint.",
    );
    expect(error).toMatchObject({ takenAtSafepoint: 3, takenBy: "root", currentSafepoint: 5 });
    expect(error.reference).toBe(mutator.plain(pair()));
  });

  it("by the death of its object when no safepoint lies between", () => {
    const { mutator, killable, types, frame } = makeRig(parts);
    const born = mutator.allocate(types.pair, slotAt(frame, 3));
    killable.kill(mutator.plain(born));
    const error = thrownBy(() => mutator.get(born, 0));
    expect(error.madeStaleBy).toMatch(/^the death of its object/);
    expect(error.takenBy).toBe("allocate");
    expect(error.message).toMatch(/Keep it in a root slot for as long as it is used\.$/);
  });

  it("by the stack of the call that gave it out, if sites are recorded", () => {
    const { mutator, tuple } = makeRig(parts, { sites: true });
    const takeHere = () => tuple();
    const kept = takeHere();
    mutator.collect();
    const error = thrownBy(() => mutator.lengthOf(kept));
    expect(error.site?.split("\n")[0]).toMatch(/refusals\.ts/);
    expect(error.site).toMatch(/takeHere.*checked-mutator\.test\.ts/);
    expect(error.message).toContain(error.site);
  });

  it("less exactly when it was given out very long ago", () => {
    const { mutator, pair } = makeRig(parts, { isWide: true });
    const kept = pair();
    for (let count = 0; count < 5000; count++) {
      mutator.poll();
      for (let read = 0; read < 2; read++) pair();
    }
    const error = thrownBy(() => mutator.typeOf(kept));
    expect(error.takenAtSafepoint).toBe(3);
    expect(error.takenBy).toBe("a call too long ago to be remembered");
    expect(error.madeStaleBy).toBe("safepoint 4");
    expect(error.olderSafepoint).toBeUndefined();
  });
});

describe("a stale reference is explained truly though epochs have wrapped", () => {
  it("by the call that gave it out, if its number was not given out since", () => {
    const { mutator, pair } = makeRig(parts);
    const kept = pair();
    for (let count = 1; count <= 600; count++) {
      mutator.poll();
      expect(() => mutator.get(kept, 0)).toThrow(
        " was taken by root after safepoint 3 and made stale by poll (safepoint 4); " +
          `now it is after safepoint ${count + 3}. Keep it in a root slot`,
      );
    }
  });

  it("by the youngest giving of its number, and that it may be an older one", () => {
    const { mutator, pair } = makeRig(parts, { sites: true });
    const kept = pair();
    for (let count = 0; count < 300; count++) {
      mutator.poll();
      pair();
    }
    const error = thrownBy(() => mutator.get(kept, 0));
    expect(error.message).toContain(
      " was taken by root after safepoint 258 and made stale by poll (safepoint 259), " +
        "or after safepoint 3 or before, and where is not known any more; " +
        "now it is after safepoint 303. ",
    );
    expect(error.message).toContain("Unless it is the older one, it was taken at:\n");
    expect(error).toMatchObject({ takenAtSafepoint: 258, olderSafepoint: 3 });
  });

  it("by what may be, once the log has forgotten", () => {
    const { mutator, pair } = makeRig(parts);
    const kept = pair();
    for (let count = 0; count < 5000; count++) mutator.poll();
    const error = thrownBy(() => mutator.get(kept, 0));
    expect(error.takenBy).toBe("a call too long ago to be remembered");
    expect(error.takenAtSafepoint).toBe(3);
    expect(error.olderSafepoint).toBeUndefined();
    for (let count = 0; count < 420; count++) {
      mutator.poll();
      for (let read = 0; read < 20; read++) pair();
    }
    const later = thrownBy(() => mutator.get(kept, 0));
    expect(later).toMatchObject({ takenAtSafepoint: 3 + 21 * 255, olderSafepoint: 3 + 20 * 255 });
    expect(later.takenBy).toBe("a call too long ago to be remembered");
  });

  it("in a larger heap, too", () => {
    const EPOCH_COUNT = 2 ** 22 - 1;
    const { mutator, pair } = makeRig(parts, { isWide: true });
    const kept = pair();
    for (let count = 0; count < EPOCH_COUNT; count++) mutator.poll();
    const once = thrownBy(() => mutator.get(kept, 0));
    expect(once.message).toContain(" was taken by a call too long ago to be remembered after ");
    expect(once).toMatchObject({ takenAtSafepoint: 3, olderSafepoint: undefined });
    pair();
    mutator.poll();
    const twice = thrownBy(() => mutator.get(kept, 0));
    expect(twice).toMatchObject({ takenBy: "root", takenAtSafepoint: 3 + EPOCH_COUNT });
    expect(twice.message).toContain(
      "made stale by poll (safepoint 4194307), or after safepoint 3 or before, ",
    );
  });

  it("and a number that was never given out is called that", () => {
    const { mutator, pair } = makeRig(parts);
    for (let count = 0; count < 300; count++) mutator.poll();
    const invented = (pair() + 4096) as Reference;
    expect(() => mutator.get(invented, 0)).toThrow(/that the checked mutator gave out/);
    mutator.poll();
    expect(() => mutator.get(invented, 0)).toThrow(/that the checked mutator gave out/);
  });
});

describe("slots of a frame", () => {
  it("may be handed to code with frames of its own, however deep and however many", () => {
    const { mutator, outer, types } = makeRig(parts);
    const descend = (depth: number): void => {
      const inner = mutator.enter(depth % 3);
      mutator.allocate(types.pair, slotAt(outer, 1));
      if (depth > 0) descend(depth - 1);
      expect(mutator.typeOf(mutator.root(slotAt(outer, 1)) as Reference)).toBe(types.pair);
      expect(() => mutator.root(slotAt(inner, depth % 3))).toThrow(InvalidAddressError);
      expect(() => mutator.root(slotAt(inner, -1))).toThrow(InvalidAddressError);
      mutator.leave(inner);
    };
    descend(500);
  });

  it("never have the key of the frame below, though keys wrap", () => {
    const { mutator } = makeRig(parts);
    const below = mutator.enter(1);
    let sameCount = 0;
    for (let count = 0; count < 20_000; count++) {
      const above = mutator.enter(1);
      if (above - below === 1) sameCount++;
      mutator.leave(above);
    }
    expect(sameCount).toBe(0);
  });

  it("that was there before are plain, and its neighbours are no part of it", () => {
    const manager = makeManager();
    const older = manager.mutator.enter(2);
    const mutator = parts.createCheckedMutator(manager);
    const newer = mutator.enter(1);
    expect(mutator.root(slotAt(older, 1))).toBe(0);
    expect(() => mutator.root(slotAt(older, 2))).toThrow(InvalidAddressError);
    mutator.leave(newer);
  });

  it("are unlocked when program code entered a frame and forgot to leave it", () => {
    const rig = makeRig(parts);
    const { mutator, fast, killable, frame } = rig;
    killable.programCode = () => {
      const base = fast.enter(1); // as a part does that calls program code
      mutator.enter(2);
      fast.leave(base);
    };
    mutator.poll();
    killable.programCode = () => {
      const base = fast.enter(2);
      expect(mutator.root(slotAt(base, 1))).toBe(0);
      fast.leave(base);
    };
    mutator.poll();
    mutator.leave(frame);
  });
});

describe("program code at a safepoint", () => {
  it("may use references of its own, which are stale when the safepoint ends", () => {
    const { mutator, killable, pair, tuple } = makeRig(parts);
    const before = pair();
    let inside = 0 as Reference;
    killable.programCode = () => {
      expect(() => mutator.typeOf(before)).toThrow(StaleReferenceError);
      inside = tuple();
      expect(mutator.lengthOf(inside)).toBe(3);
    };
    mutator.poll();
    expect(() => mutator.lengthOf(inside)).toThrow(StaleReferenceError);
    mutator.collect();
    expect(() => mutator.lengthOf(inside)).toThrow(StaleReferenceError);
  });
});

describe("checked mode of a memory manager in use", () => {
  it("leaves frames that were there before, in the order of leaving", () => {
    const manager = makeManager();
    const older = manager.mutator.enter(2);
    const mutator = parts.createCheckedMutator(manager);
    const newer = mutator.enter(1);
    expect(() => mutator.leave(older)).toThrow(InvalidAddressError);
    mutator.leave(newer);
    mutator.leave(older);
    expect(() => mutator.leave(older)).toThrow(InvalidAddressError);
  });

  it("collects at every n-th safepoint when told to", () => {
    const killable = killableStrategy();
    const { strategy } = killable;
    const { mutator } = makeManager({ strategy, checked: true, collectEvery: 3 });
    for (let count = 0; count < 10; count++) mutator.poll();
    expect(killable.collectCount).toBe(3);
    expect(() => makeManager({ collectEvery: 0 })).toThrow(/whole number from 1/);
  });

  it("gives handles whose value is checked", () => {
    const { mutator, handles, defineType } = makeManager({ checked: true });
    const pair = defineType({ name: "pair", visitedSlotCount: 2 });
    const frame = mutator.enter(1);
    mutator.allocate(pair, frame);
    const handle = handles.hold(frame);
    const value = handle.value as Reference;
    expect(mutator.typeOf(value)).toBe(pair);
    mutator.poll();
    expect(() => mutator.typeOf(value)).toThrow(StaleReferenceError);
    expect(mutator.typeOf(handle.value as Reference)).toBe(pair);
    handle.dispose();
    expect(() => mutator.root(handle.slot)).toThrow(InvalidAddressError);
  });
});
