// Fourteen traps that collectors and their clients fell into, each as a test. Where a client is at
// fault, checked mode must say so; where a strategy would be, every strategy must do right.

import {
  FLAGS_SHIFT,
  InvalidAddressError,
  immediateOf,
  type Reference,
  type Slot,
  StaleReferenceError,
  slotAt,
  type TypeId,
  UsageError,
} from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { composeMemoryManager, cpythonStrategy, type MemoryManager } from "@ouro/memory-manager";
import { semispaceStrategy } from "@ouro/semispace";
import { describe, expect, it } from "vitest";
import { COLLECTS_FIRST, collectsBeforeMemoryIsOut } from "./emergency-collection.js";
import { presets } from "./presets.js";

const MIB = 2 ** 20;
/** Epochs of a heap below 16 MiB: in bits 22 to 29 of a reference. */
const NARROW_UNIT = 2 ** 22;
const NARROW_EPOCHS = 2 ** 8;

interface Scene extends Omit<MemoryManager, "handles"> {
  readonly frame: Slot;
  readonly pair: TypeId;
  readonly sequence: TypeId;
  /** The object in the frame's slot of that index. */
  at(index: number): Reference;
}

function open<Manager extends Omit<MemoryManager, "handles">>(manager: Manager): Manager & Scene {
  const { mutator } = manager;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const sequence = manager.defineType({ name: "sequence", variablePart: "visited" });
  const frame = mutator.enter(4);
  const at = (index: number) => mutator.root(slotAt(frame, index)) as Reference;
  return { ...manager, frame, pair, sequence, at };
}

const managers = [...presets].map(([name, strategy]) => ({
  name,
  fast: () => open(composeMemoryManager({ strategy: strategy(), reservationBytes: 64 * MIB })),
  checked: () =>
    open(
      composeMemoryManager({
        strategy: strategy(),
        reservationBytes: 64 * MIB,
        checked: true,
      }),
    ),
  checkedNarrow: () =>
    open(
      composeMemoryManager({
        strategy: strategy(),
        reservationBytes: 12 * MIB,
        checked: true,
      }),
    ),
}));

describe.each(managers)("The fourteen traps under $name", ({ fast, checked, checkedNarrow }) => {
  it("1: a raw word is not written over a reference field", () => {
    const { mutator, pair, frame, at } = checked();
    mutator.allocate(pair, frame);
    expect(() => mutator.setWord(at(0), 0, 512)).toThrow(UsageError);
    expect(mutator.get(at(0), 0)).toBe(0);
  });

  it("2: what lost its last slot is not stored through a borrowed reference", () => {
    const { mutator, pair, frame, at, collector } = checked();
    mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    mutator.give(at(0), 0, slotAt(frame, 1));
    const borrowed = mutator.get(at(0), 0);
    mutator.set(at(0), 0, 0);
    mutator.allocate(pair, slotAt(frame, 2));
    const store = () => mutator.set(at(2), 0, borrowed);
    expect(store).toThrow(StaleReferenceError);
    collector.validate();
  });

  it("2: with take and give the same change is safe", () => {
    const { mutator, pair, frame, at, validate } = fast();
    mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    mutator.give(at(0), 0, slotAt(frame, 1));
    mutator.take(slotAt(frame, 3), at(0), 0);
    mutator.allocate(pair, slotAt(frame, 2));
    mutator.give(at(2), 0, slotAt(frame, 3));
    expect(mutator.typeOf(mutator.get(at(2), 0) as Reference)).toBe(pair);
    validate();
  });

  it("3: a reference kept over an allocation is refused, wherever its object lies", () => {
    const { mutator, pair, frame } = checked();
    const kept = mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    expect(() => mutator.get(kept, 0)).toThrow(StaleReferenceError);
  });

  it("4: epochs wrap: no false alarm after more safepoints than there are epochs", () => {
    const { mutator, pair, frame, at } = checkedNarrow();
    mutator.allocate(pair, frame);
    for (let count = 0; count < 1000; count++) {
      const kept = at(0);
      expect(kept).toBeLessThan(NARROW_EPOCHS * NARROW_UNIT);
      mutator.poll();
      expect(mutator.get(at(0), 0)).toBe(0);
      expect(() => mutator.get(kept, 0)).toThrow(StaleReferenceError);
    }
  });

  it("5: what is rooted while it is being built survives a collection at every step", () => {
    const { mutator, pair, frame, at, validate } = fast();
    mutator.allocate(pair, frame);
    for (let depth = 0; depth < 100; depth++) {
      mutator.collect();
      mutator.allocate(pair, slotAt(frame, 1));
      mutator.give(at(1), 0, frame);
      mutator.collect();
      mutator.moveRoot(frame, slotAt(frame, 1));
    }
    let object = at(0);
    for (let depth = 0; depth < 100; depth++) object = mutator.get(object, 0) as Reference;
    expect(mutator.get(object, 0)).toBe(0);
    validate();
  });

  it("7: a poll ends", () => {
    const { mutator, validate } = fast();
    mutator.poll();
    mutator.poll();
    validate();
  });

  it("8: take from the object in the slot itself, self store and refused self move", () => {
    const { mutator, pair, frame, at, validate } = fast();
    mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    mutator.set(at(1), 1, immediateOf(7));
    mutator.give(at(0), 0, slotAt(frame, 1));
    mutator.take(frame, at(0), 0);
    expect(mutator.get(at(0), 1)).toBe(immediateOf(7));
    mutator.setRoot(frame, at(0));
    mutator.set(at(0), 0, at(0));
    mutator.set(at(0), 0, mutator.get(at(0), 0));
    expect(mutator.get(at(0), 1)).toBe(immediateOf(7));
    validate();
    const careful = checked();
    careful.mutator.allocate(careful.pair, careful.frame);
    const { moveRoot } = careful.mutator;
    expect(() => moveRoot(careful.frame, careful.frame)).toThrow(UsageError);
    expect(careful.at(0)).toBeGreaterThan(0);
  });

  it("9: fill refuses a field that holds something", () => {
    const { mutator, pair, frame, at } = checked();
    mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    mutator.fill(at(0), 0, slotAt(frame, 1));
    mutator.allocate(pair, slotAt(frame, 1));
    expect(() => mutator.fill(at(0), 0, slotAt(frame, 1))).toThrow(UsageError);
    expect(at(1)).toBeGreaterThan(0);
  });

  it("10: counts are exact after a poll", () => {
    const { mutator, pair, frame, at, collector, heap } = fast();
    mutator.allocate(pair, frame);
    mutator.allocate(pair, slotAt(frame, 1));
    mutator.set(at(1), 0, at(0));
    mutator.setRoot(slotAt(frame, 1), 0);
    mutator.poll();
    if (collector.traits.counts) expect(heap.words[at(0)]).toBe(1);
    collector.validate();
  });

  it("11: handles that were given back hold nothing that a tracer takes for a reference", () => {
    const { mutator, pair, frame, roots, validate, ...manager } = fast();
    const { handles } = manager as unknown as MemoryManager;
    mutator.allocate(pair, frame);
    const held = Array.from({ length: 40 }, () => handles.hold(frame));
    for (const handle of held.filter((_, index) => index % 3 !== 0)) handle.dispose();
    mutator.collect();
    validate();
    for (let slot: number = roots.start; slot < roots.framesStart; slot++) {
      if (!roots.isLive(slot)) expect(manager.heap.words[slot]).toBe(0);
    }
  });

  it("12: length and type survive moves, however often", () => {
    const { mutator, sequence, frame, at, validate } = fast();
    mutator.allocateArray(sequence, 5, frame);
    mutator.set(at(0), 5, at(0));
    for (let count = 0; count < 3; count++) {
      mutator.collect();
      expect(mutator.lengthOf(at(0))).toBe(5);
      expect(mutator.typeOf(at(0))).toBe(sequence);
      expect(mutator.get(at(0), 5)).toBe(at(0));
    }
    validate();
  });

  it("13: what lies above the top roots nothing, and a fresh frame is empty", () => {
    const { mutator, pair, collector, validate } = fast();
    const inner = mutator.enter(3);
    mutator.allocate(pair, slotAt(inner, 2));
    mutator.leave(inner);
    mutator.collect();
    const { exact, death } = collector.traits;
    if (exact || death === "prompt") expect(collector.statistics().liveCount).toBe(0);
    validate();
    const again = mutator.enter(3);
    for (let index = 0; index < 3; index++) expect(mutator.root(slotAt(again, index))).toBe(0);
  });

  it("14: slot arithmetic past the frame is refused, though another frame lies there", () => {
    const { mutator, pair, frame, at } = checked();
    expect(() => mutator.allocate(pair, slotAt(frame, 4))).toThrow(InvalidAddressError);
    expect(() => mutator.root(slotAt(frame, 4))).toThrow(InvalidAddressError);
    const inner = mutator.enter(2);
    expect(() => mutator.allocate(pair, slotAt(frame, 4))).toThrow(InvalidAddressError);
    expect(() => mutator.setRoot(slotAt(inner, -1), 0)).toThrow(InvalidAddressError);
    mutator.allocate(pair, slotAt(frame, 3)); // a slot that was handed over stays good
    expect(mutator.typeOf(at(3))).toBe(pair);
    mutator.leave(inner);
  });

  it("keeps the type's flags apart from the type, as strategies have bits there", () => {
    const { mutator, pair, frame, at, heap } = fast();
    mutator.allocate(pair, frame);
    expect((heap.words[at(0) + 1] as number) & ((1 << FLAGS_SHIFT) - 1)).toBe(pair);
  });
});

describe.each([
  { name: "mark-sweep", strategy: () => markSweepStrategy() },
  { name: "semispace", strategy: () => semispaceStrategy() },
  { name: "cpython-3.13", strategy: () => cpythonStrategy() },
])("A small heap under $name", ({ strategy }) => {
  it(`6: ${COLLECTS_FIRST}`, () => {
    const options = { reservationBytes: 64 * MIB, limitBytes: 4 * MIB };
    collectsBeforeMemoryIsOut(composeMemoryManager({ strategy: strategy(), ...options }));
  });
});
