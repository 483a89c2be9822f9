// What a collection over maps found, and reclaims together: what it says of it, to the byte, and
// what weak references among the found and to them come to.

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Finalization,
  type Reference,
  type Slot,
  slotAt,
} from "@ouro/interfaces";
import {
  composeMemoryManager,
  cpythonFastStrategy,
  type WeakReferences,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

function manage(wants?: EventCode[]) {
  const told: number[][] = [];
  const event = (...numbers: number[]): void => void told.push(numbers);
  const manager = composeMemoryManager({
    strategy: cpythonFastStrategy(),
    reservationBytes: 1 << 25,
    ...(wants === undefined ? {} : { observer: { wants, event } }),
  });
  const { mutator } = manager;
  const frame = mutator.enter(8);
  const at = (index: number): Slot => slotAt(frame, index);
  const held = (index: number): Reference => mutator.root(at(index)) as Reference;
  const types = {
    node: manager.defineType({ name: "node", visitedSlotCount: 2, weaklyReferable: true }),
    final: manager.defineType({
      ...{ name: "final", visitedSlotCount: 2, weaklyReferable: true, finalizer: true },
    }),
    list: manager.defineType({ name: "list", variablePart: "visited" }),
    blob: manager.defineType({ name: "blob", visitedSlotCount: 1, variablePart: "bytes" }),
  };
  const finalization = manager.finalization as Finalization;
  const weak = manager.weakReferences as WeakReferences;
  return { ...manager, ...types, told, frame, at, held, finalization, weak };
}

describe("What is reclaimed together", () => {
  it("is told of and counted by its true size, also where lengths differ", () => {
    const wants: EventCode[] = [EVENT_OBJECT_DEALLOCATE, EVENT_OBJECT_RECLAIM];
    const { mutator, told, at, held, node, list, blob, validate } = manage(wants);
    mutator.allocate(node, at(0));
    mutator.allocateArray(list, 3, at(1));
    mutator.allocateArray(list, 30, at(2));
    mutator.allocateArray(blob, 9, at(3));
    mutator.set(held(0), 0, held(1));
    mutator.set(held(1), 2, held(2));
    mutator.set(held(2), 30, held(3));
    mutator.set(held(3), 1, held(0));
    const dead = [0, 1, 2, 3].map(held).sort((one, other) => one - other);
    const types = new Map(dead.map((object) => [object as number, mutator.typeOf(object)]));
    const sizes: [number, number][] = [
      [held(0), 4],
      [held(1), 6],
      [held(2), 33],
      [held(3), 7],
    ];
    for (const index of [0, 1, 2, 3]) mutator.setRoot(at(index), 0 as never);
    expect(mutator.collect()).toMatchObject({ reclaimedCount: 4, reclaimedBytes: 50 * 4 });
    const sizeOf = new Map(sizes);
    expect(told).toEqual([
      ...dead.map((object) => [EVENT_OBJECT_DEALLOCATE, object, types.get(object), 0]),
      ...dead.map((object) => [
        ...[EVENT_OBJECT_RECLAIM, object, types.get(object), sizeOf.get(object)],
      ]),
    ]);
    validate();
  });

  it("lets go of what it held outside, each in the order of its last reference", () => {
    const { mutator, told, at, held, node, list, validate } = manage([EVENT_OBJECT_DEALLOCATE]);
    mutator.allocateArray(list, 4, at(0));
    mutator.set(held(0), 1, held(0));
    const leaves = [2, 3, 4].map((field) => {
      const leaf = mutator.allocateArray(list, 0, at(1));
      mutator.give(held(0), field, at(1));
      return leaf;
    });
    mutator.allocate(node, at(2));
    mutator.setRoot(at(0), 0 as never);
    mutator.collect();
    expect(told.map(([, object]) => object)).toEqual(expect.arrayContaining(leaves));
    expect(told.length).toBe(4);
    validate();
  });
});

describe("Weak references", () => {
  it("that are garbage leave the list of what they referred to", () => {
    const { mutator, at, held, list, node, finalization, weak, validate } = manage();
    mutator.allocate(node, at(0));
    mutator.allocateArray(list, 2, at(1));
    weak.create(at(2), at(0));
    mutator.set(held(1), 1, held(1));
    mutator.set(held(1), 2, held(2));
    mutator.setRoot(at(2), 0 as never);
    mutator.setRoot(at(1), 0 as never);
    expect(finalization.weakReferencesTo(held(0)).length).toBe(1);
    expect(mutator.collect().reclaimedCount).toBe(2);
    expect(finalization.weakReferencesTo(held(0))).toEqual([]);
    validate();
  });

  it("that a finalizer made to garbage are called when that dies, one by one", () => {
    const { mutator, at, held, final, finalization, weak, validate } = manage();
    const called: boolean[] = [];
    finalization.setFinalizer(final, (slot) => {
      if (called.length > 0 || held(3) !== (0 as never)) return;
      weak.create(at(3), slot, (given) => {
        called.push(finalization.targetOf(mutator.root(given) as Reference) === 0);
      });
    });
    mutator.allocate(final, at(0));
    mutator.allocate(final, at(1));
    mutator.set(held(0), 0, held(1));
    mutator.set(held(1), 0, held(0));
    mutator.setRoot(at(0), 0 as never);
    mutator.setRoot(at(1), 0 as never);
    expect(mutator.collect().reclaimedCount).toBe(2);
    expect(called).toEqual([true]);
    expect(finalization.targetOf(held(3))).toBe(0);
    validate();
  });
});
