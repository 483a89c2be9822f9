// Test support: a memory manager with CPython's preset as the machine of mutator programs. Objects
// are known by their addresses as long as they live. A dict is an array of pairs of key and value
// without gaps, so that its slots stand in the order in which the keys came in.

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type Finalization,
  type Generations,
  type Reference,
  type Slot,
  type Strategy,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { composeMemoryManager, type WeakReferences } from "@ouro/memory-manager";
import type { TypeOptions } from "@ouro/object-model";
import { referenceCount } from "@ouro/refcount";
import type { ProgramHost, ProgramSubject } from "../src/index.js";

const ROOT_COUNT = 65;
const SEQUENCE = {
  variablePart: "visited",
  visitOrder: "backward",
  releaseOrder: "backward",
} as const;
const PAIRS = {
  variablePart: "visited",
  visitOrder: "insertion",
  releaseOrder: "insertion",
} as const;
const FIRST = 1;

/** Of kinds whose number of slots is the object's length. */
const MANY: Readonly<Record<string, Omit<TypeOptions, "name">>> = {
  list: { ...SEQUENCE, weaklyReferable: true },
  xlist: SEQUENCE,
  tuple: { ...SEQUENCE, untracking: "tuple", clearable: false },
  dict: { ...PAIRS, weaklyReferable: true },
  xdict: { ...PAIRS, untracking: "dict" },
};

export function createCPythonSubject(
  strategy: Strategy,
): ProgramSubject & { validate(): void; readonly programErrorCount: number } {
  const ids = new Map<number, number>();
  const references = new Map<number, Reference>();
  const kinds = new Map<number, string>();
  let host: ProgramHost = { died() {}, finalize() {}, call() {} };
  const manager = composeMemoryManager({
    strategy,
    reservationBytes: 2 ** 26,
    observer: {
      wants: [EVENT_OBJECT_DEALLOCATE, EVENT_OBJECT_RECLAIM],
      event(code, object) {
        const id = ids.get(object);
        if (id === undefined) return;
        if (code === EVENT_OBJECT_DEALLOCATE) host.died(id);
        else {
          ids.delete(object);
          references.delete(id);
        }
      },
    },
  });
  const { mutator } = manager;
  const finalization = manager.finalization as Finalization;
  const weakReferences = manager.weakReferences as WeakReferences;
  const generations = manager.collector.generations as Generations;
  const types = new Map<string, TypeId>();
  const roots = mutator.enter(ROOT_COUNT);
  const rootSlot = (root: number): Slot => slotAt(roots, root);
  const referenceOf = (id: number): Reference => references.get(id) as Reference;
  const valueNamed = (id: number | null): Value => (id === null ? 0 : referenceOf(id)) as Value;
  const idOf = (value: number): number => (value > 0 ? (ids.get(value) as number) : -1);
  const isPairs = (id: number): boolean => kinds.get(id)?.endsWith("dict") === true;
  const firstOf = (id: number): number => ((kinds.get(id) as string) in MANY ? FIRST : 0);

  function typeOf(kind: string, slotCount: number, hasFinalizer: boolean): TypeId {
    const name = kind in MANY || kind === "atom" ? kind : `${kind}-${slotCount}-${hasFinalizer}`;
    const known = types.get(name);
    if (known !== undefined) return known;
    const type = manager.defineType({ name, ...optionsOf(kind, slotCount, hasFinalizer) });
    if (hasFinalizer) {
      finalization.setFinalizer(type, (slot) => host.finalize(idOf(mutator.root(slot))));
    }
    if (kind === "fn") {
      finalization.setCallable(type, (callable, weak) =>
        host.call(idOf(mutator.root(weak)), idOf(mutator.root(callable))),
      );
    }
    types.set(name, type);
    return type;
  }

  function name(id: number, kind: string, object: Reference): void {
    ids.set(object, id);
    references.set(id, object);
    kinds.set(id, kind);
  }

  function entryOf(object: Reference, key: number): number {
    const length = mutator.lengthOf(object);
    for (let field = FIRST; field <= length; field += 2) {
      if (mutator.get(object, field) === ~key) return field;
    }
    return 0;
  }

  function storePair(object: Reference, key: number, value: Value): void {
    const entry = entryOf(object, key);
    if (value === 0) {
      if (entry !== 0) removePair(object, entry);
      return;
    }
    let field = entry === 0 ? FIRST : entry;
    while (entry === 0 && mutator.get(object, field) !== 0) field += 2;
    mutator.set(object, field, ~key as Value);
    mutator.set(object, field + 1, value);
  }

  /** Pairs behind it move up; the value goes last. */
  function removePair(object: Reference, entry: number): void {
    const frame = mutator.enter(2);
    mutator.take(frame, object, entry + 1);
    const length = mutator.lengthOf(object);
    let field = entry;
    for (; field + 2 <= length && mutator.get(object, field + 2) !== 0; field += 2) {
      mutator.set(object, field, mutator.get(object, field + 2));
      mutator.take(slotAt(frame, 1), object, field + 3);
      mutator.give(object, field + 1, slotAt(frame, 1));
    }
    mutator.set(object, field, 0 as Value);
    mutator.leave(frame);
  }

  return {
    begin(given) {
      host = given;
    },
    make(id, kind, slotCount, root, hasFinalizer) {
      const type = typeOf(kind, slotCount, hasFinalizer);
      const length = kind.endsWith("dict") ? 2 * slotCount : slotCount;
      const frame = mutator.enter(1);
      const object =
        kind in MANY ? mutator.allocateArray(type, length, frame) : mutator.allocate(type, frame);
      name(id, kind, object);
      mutator.setRoot(rootSlot(root), object);
      mutator.leave(frame);
    },
    makeTuple(id, items, root) {
      const frame = mutator.enter(1);
      const object = mutator.allocateArray(typeOf("tuple", 0, false), items.length, frame);
      name(id, "tuple", object);
      for (const [index, item] of items.entries()) {
        mutator.set(object, FIRST + index, valueNamed(item));
      }
      mutator.setRoot(rootSlot(root), object);
      mutator.leave(frame);
    },
    makeWeak(id, object, root, callback) {
      const frame = mutator.enter(3);
      const [target, into, callable] = [frame, slotAt(frame, 1), slotAt(frame, 2)];
      mutator.setRoot(target, valueNamed(object));
      if (typeof callback === "number") {
        mutator.setRoot(callable, valueNamed(callback));
        weakReferences.createWith(into, target, callable);
      } else if (callback === "log") {
        weakReferences.create(into, target, (slot) => host.call(idOf(mutator.root(slot)), "log"));
      } else weakReferences.create(into, target);
      const weak = mutator.root(into) as Reference;
      if (!ids.has(weak)) name(id, "wref", weak);
      mutator.setRoot(rootSlot(root), weak);
      mutator.leave(frame);
      return idOf(weak);
    },
    store(id, slot, value) {
      const object = referenceOf(id);
      if (isPairs(id)) storePair(object, slot, valueNamed(value));
      else mutator.set(object, firstOf(id) + slot, valueNamed(value));
    },
    setRoot: (root, value) => mutator.setRoot(rootSlot(root), valueNamed(value)),
    slot(id, slot) {
      const object = referenceOf(id);
      if (!isPairs(id)) return idOf(mutator.get(object, firstOf(id) + slot));
      const entry = entryOf(object, slot);
      return entry === 0 ? -1 : idOf(mutator.get(object, entry + 1));
    },
    root: (root) => idOf(mutator.root(rootSlot(root))),
    deref(id, root) {
      const frame = mutator.enter(1);
      mutator.setRoot(frame, valueNamed(id));
      weakReferences.strengthen(rootSlot(root), frame);
      mutator.leave(frame);
      return idOf(mutator.root(rootSlot(root)));
    },
    collect: generations.collect,
    safepoint: mutator.poll,
    setThresholds: ([young = 0, middle = 0, old = 0]) =>
      generations.setThresholds({ young, middle, old }),
    enable: () => generations.setEnabled(true),
    disable: () => generations.setEnabled(false),
    freeze() {
      generations.freeze();
      return generations.liveCount(3);
    },
    unfreeze() {
      generations.unfreeze();
      return generations.liveCount(3);
    },
    refcount: (id) => (references.has(id) ? referenceCount(manager, referenceOf(id)) : 0),
    generation: (id) => generations.generationOf(referenceOf(id)),
    weakTarget: (id) => idOf(finalization.targetOf(referenceOf(id))),
    counts: generations.counts,
    statistics: () =>
      generations
        .statistics()
        .map(({ collections, collected, uncollectable }) => [
          collections,
          collected,
          uncollectable,
        ]),
    longLived() {
      const { totalCount, pendingCount } = generations.longLived();
      return [totalCount, pendingCount];
    },
    validate: manager.validate,
    get programErrorCount() {
      return finalization.programErrorCount;
    },
  };
}

function optionsOf(kind: string, slotCount: number, finalizer: boolean): Omit<TypeOptions, "name"> {
  const many = MANY[kind];
  if (many !== undefined) return many;
  if (kind === "atom") return { rawWordCount: 1 };
  const visitedSlotCount = slotCount;
  return { visitedSlotCount, collected: true, clearable: true, weaklyReferable: true, finalizer };
}
