// The facade and finalization in checked mode: what they answer the mutator takes, and what they
// are given is tested as by the mutator.

import {
  InvalidAddressError,
  type Reference,
  type Slot,
  StaleReferenceError,
  UsageError,
} from "@ouro/interfaces";
import {
  createGc,
  createMemoryManager,
  DEBUG_COLLECTABLE,
  DEBUG_SAVEALL,
  type MemoryManager,
} from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";

const PRESETS = ["cpython-3.13", "cpython-3.13-fast", "refcount-whole-heap"] as const;

function makeRig(preset: (typeof PRESETS)[number]) {
  const manager = createMemoryManager(preset, { checked: true, reservationBytes: 1 << 25 });
  const { mutator } = manager;
  const lines: string[] = [];
  const gc = createGc(manager, { write: (line) => lines.push(line) });
  const finalization = manager.finalization as NonNullable<MemoryManager["finalization"]>;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2, weaklyReferable: true });
  const frame = mutator.enter(4);
  const at = (index: number): Slot => (frame + index) as Slot;
  const root = (index: number): Reference => mutator.root(at(index)) as Reference;
  /** Roots 0 and 1: a pair, and one that refers to itself and then to it. */
  function makeTwo(): void {
    mutator.allocate(pair, at(0));
    mutator.allocate(pair, at(1));
    mutator.set(root(1), 0, root(1));
    mutator.set(root(1), 1, root(0));
  }
  return { manager, mutator, gc, finalization, pair, at, root, makeTwo, lines };
}

describe.each(PRESETS)("gc in checked mode under %s", (preset) => {
  it("gives references that the mutator takes, and takes those that it gave", () => {
    const { gc, mutator, root, makeTwo, pair } = makeRig(preset);
    makeTwo();
    expect(gc.isTracked(root(0))).toBe(true);
    expect(gc.isFinalized(root(0))).toBe(false);
    expect(gc.getReferents(root(1), root(0))).toEqual([root(1), root(0)]);
    expect(gc.getReferrers(root(0))).toEqual([root(1)]);
    expect(gc.getObjects()).toEqual([root(0), root(1)]);
    expect(gc.getObjects().map(mutator.typeOf)).toEqual([pair, pair]);
    mutator.set(gc.getReferrers(root(0))[0] as Reference, 0, gc.getObjects(0)[0] as Reference);
    expect(gc.getReferents(root(1))).toEqual([root(0), root(0)]);
  });

  it("refuses references of before a safepoint, and word indexes", () => {
    const { gc, mutator, finalization, root, makeTwo, manager } = makeRig(preset);
    makeTwo();
    const stale = root(0);
    mutator.poll();
    const plain = manager.plain(root(0));
    for (const ask of [gc.isTracked, gc.isFinalized, gc.getReferrers, gc.getReferents]) {
      expect(() => ask(stale)).toThrow(StaleReferenceError);
      expect(() => ask(plain)).toThrow(InvalidAddressError);
    }
    for (const ask of [finalization.targetOf, finalization.weakReferencesTo]) {
      expect(() => ask(stale)).toThrow(StaleReferenceError);
    }
    expect(manager.withEpoch(plain)).toBe(root(0));
    expect(() => manager.withEpoch(stale)).toThrow(/withEpoch/);
    expect(() => manager.withEpoch((plain + 4096) as Reference)).toThrow(InvalidAddressError);
  });

  it("tells of a reference that was kept which call gave it out, and which was given it", () => {
    const { manager, gc, finalization, mutator, at, root, makeTwo } = makeRig(preset);
    makeTwo();
    manager.weakReferences?.create(at(2), at(0));
    const given: [string, () => Reference | 0 | undefined][] = [
      ["root", () => root(0)],
      ["get", () => mutator.get(root(1), 1) as Reference],
      ["withEpoch", () => manager.withEpoch(manager.plain(root(0)))],
      ["gc.getObjects", () => gc.getObjects()[0]],
      ["gc.getReferrers", () => gc.getReferrers(root(0))[0]],
      ["gc.getReferents", () => gc.getReferents(root(1))[0]],
      ["finalization.targetOf", () => finalization.targetOf(root(2))],
      ["finalization.sharedWeakReference", () => finalization.sharedWeakReference(root(0))],
      ["finalization.weakReferencesTo", () => finalization.weakReferencesTo(root(0))[0]],
    ];
    for (const [taker, take] of given) {
      const stale = take() as Reference;
      mutator.poll();
      expect(() => mutator.get(stale, 0)).toThrow(
        new RegExp(`^get: .* was taken by ${taker} after`),
      );
      expect(() => gc.isTracked(stale)).toThrow(/^gc\.isTracked: reference/);
      expect(() => finalization.targetOf(stale)).toThrow(/^finalization\.targetOf: reference/);
    }
  });

  it("knows of an object that its finalizer resurrected that it ran", () => {
    const { manager, gc, finalization, mutator, at, root } = makeRig(preset);
    const file = manager.defineType({ name: "file", visitedSlotCount: 1, finalizer: true });
    finalization.setFinalizer(file, (slot) => mutator.setRoot(at(2), mutator.root(slot)));
    mutator.allocate(file, at(0));
    mutator.set(root(0), 0, root(0));
    mutator.setRoot(at(0), 0);
    gc.collect();
    expect(gc.isFinalized(root(2))).toBe(true);
    expect(finalization.isFinalized(root(2))).toBe(true);
    expect(finalization.programErrorCount).toBe(0);
  });

  it("follows weak references to and fro", () => {
    const { manager, finalization, mutator, at, root, makeTwo } = makeRig(preset);
    makeTwo();
    expect(finalization.sharedWeakReference(root(0))).toBe(0);
    manager.weakReferences?.create(at(2), at(0));
    expect(finalization.targetOf(root(2))).toBe(root(0));
    expect(finalization.sharedWeakReference(root(0))).toBe(root(2));
    expect(finalization.weakReferencesTo(root(0))).toEqual([root(2)]);
    mutator.set(root(1), 1, 0);
    mutator.setRoot(at(0), 0);
    expect(finalization.targetOf(root(2))).toBe(0);
    manager.validate();
  });

  it("keeps garbage, and tells of it, when its debug flags say so", () => {
    const { manager, gc, finalization, mutator, at, root, makeTwo, lines } = makeRig(preset);
    gc.setDebug(DEBUG_SAVEALL | DEBUG_COLLECTABLE);
    makeTwo();
    const address = manager.plain(root(1));
    mutator.setRoot(at(1), 0);
    expect(gc.collect()).toBe(1);
    expect([finalization.programErrorCount, gc.garbage.length]).toEqual([0, 1]);
    expect(lines).toEqual([`gc: collectable <pair ${address}>`]);
    const kept = gc.garbage[0]?.value as Reference;
    expect(manager.plain(kept)).toBe(address);
    expect(gc.getReferents(kept)).toEqual([kept, root(0)]);
    manager.validate();
    gc.setDebug(0);
    gc.garbage.pop()?.dispose();
    expect(gc.collect()).toBe(1);
    expect(manager.statistics().liveCount).toBe(1);
  });
});

const NO_OBJECTS = [0, -5, 12_345, 0.5, Number.NaN, 2 ** 31, 2 ** 40, undefined] as Reference[];

describe.each(PRESETS)("gc under %s", (preset) => {
  it.each([true, false])(
    "refuses what is no object, by the call's name (checked: %s)",
    (checked) => {
      const manager = createMemoryManager(preset, { checked, reservationBytes: 1 << 25 });
      const gc = createGc(manager);
      const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
      const object = manager.mutator.allocate(pair, manager.mutator.enter(1));
      for (const call of ["isTracked", "isFinalized", "getReferrers", "getReferents"] as const) {
        for (const none of NO_OBJECTS) {
          // Checked mode says of what is no number at all that the call cannot be given it.
          const isUsage = checked && none === undefined;
          expect(() => gc[call](none)).toThrow(isUsage ? UsageError : InvalidAddressError);
          expect(() => gc[call](none)).toThrow(`gc.${call}: `);
        }
        expect(() => gc[call](object)).not.toThrow();
      }
    },
  );

  it.each([true, false])("is one for all facades of a manager (checked: %s)", (checked) => {
    const manager = createMemoryManager(preset, { checked, reservationBytes: 1 << 25 });
    const { mutator } = manager;
    const lines: string[] = [];
    const [one, other] = [
      createGc(manager, { write: (line) => lines.push(line) }),
      createGc(manager),
    ];
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    one.setDebug(DEBUG_SAVEALL | DEBUG_COLLECTABLE);
    expect(other.getDebug()).toBe(DEBUG_SAVEALL | DEBUG_COLLECTABLE);
    const frame = mutator.enter(1);
    mutator.allocate(pair, frame);
    mutator.set(mutator.root(frame) as Reference, 0, mutator.root(frame));
    mutator.setRoot(frame, 0);
    expect(other.collect()).toBe(1);
    expect([lines.length, one.garbage.length]).toEqual([1, 1]);
    expect(other.garbage).toBe(one.garbage);
    expect(other.callbacks).toBe(one.callbacks);
    other.setDebug(0);
    expect(one.getDebug()).toBe(0);
    createGc(manager).garbage.pop()?.dispose();
    expect(one.collect()).toBe(1);
    expect(manager.statistics().liveCount).toBe(0);
    manager.validate();
  });
});
