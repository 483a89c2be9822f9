// How the kinds of objects of machine programs look on Ouro.
//
//   instance, slots, function   │ header │ s0 │ s1 │ … │
//   list, sublist, tuple        │ header │ length │ item 0 │ … │         visited from the last item
//   dict, subdict               │ header │ length │ key │ value │ key │ …   from the oldest key
//   atom                        │ header │ a raw word │
//
// A key is an immediate. Pairs have no gaps: what is behind a removed one moves up.

import {
  type Finalization,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import type { Kind } from "./machine-program.js";

export type MadeKind = Kind | "tuple" | "weak";

interface Made {
  readonly kind: MadeKind;
  readonly slotCount: number;
}

export interface ObjectKinds {
  isReferable(kind: MadeKind): boolean;
  make(into: Slot, kind: Kind, slotCount: number, hasFinalizer: boolean): void;
  /** Of the `count` values that root slots hold from `items` on. */
  makeTuple(into: Slot, items: Slot, count: number): void;
  load(object: Reference, made: Made, slot: number): Value;
  /** Stores what the root slot `value` holds; `object` is a root slot as well. */
  store(object: Slot, made: Made, slot: number, value: Slot): void;
}

const FIRST = 1;
const REFERABLE = new Set<MadeKind>(["instance", "slots", "function", "sublist", "subdict"]);
const isDict = (kind: MadeKind): boolean => kind === "dict" || kind === "subdict";
const isList = (kind: MadeKind): boolean => kind === "list" || kind === "sublist";
const BACKWARD = { visitOrder: "backward", releaseOrder: "backward" } as const;
const INSERTION = { visitOrder: "insertion", releaseOrder: "insertion" } as const;

export function createObjectKinds(
  manager: MemoryManager,
  code: { finalize: (slot: Slot) => void; call: (callable: Slot, weak: Slot) => void },
): ObjectKinds {
  const { mutator } = manager;
  const finalization = manager.finalization as Finalization;
  const types = new Map<string, TypeId>();

  function optionsOf(kind: MadeKind, slotCount: number) {
    if (kind === "atom") return { rawWordCount: 1 };
    const referable = { weaklyReferable: REFERABLE.has(kind) };
    if (kind === "tuple") {
      return {
        variablePart: "visited",
        ...BACKWARD,
        untracking: "tuple",
        clearable: false,
      } as const;
    }
    if (isList(kind)) return { variablePart: "visited", ...BACKWARD, ...referable } as const;
    if (kind === "dict")
      return { variablePart: "visited", ...INSERTION, untracking: "dict" } as const;
    if (kind === "subdict") return { variablePart: "visited", ...INSERTION, ...referable } as const;
    return { visitedSlotCount: slotCount, collected: true, clearable: true, ...referable };
  }

  function typeOf(kind: MadeKind, slotCount: number, finalizer: boolean): TypeId {
    const isFixed = !isDict(kind) && !isList(kind) && kind !== "tuple" && kind !== "atom";
    const name = `${kind}${isFixed ? slotCount : ""}${finalizer ? " finalized" : ""}`;
    const known = types.get(name);
    if (known !== undefined) return known;
    const type = manager.defineType({ name, ...optionsOf(kind, slotCount), finalizer });
    if (finalizer) finalization.setFinalizer(type, code.finalize);
    if (kind === "function") finalization.setCallable(type, code.call);
    types.set(name, type);
    return type;
  }

  /** The field of a key, or 0. */
  function entryOf(object: Reference, key: number): number {
    const length = mutator.lengthOf(object);
    for (let field = FIRST; field <= length; field += 2) {
      if (mutator.get(object, field) === ~key) return field;
    }
    return 0;
  }

  function storePair(at: Slot, key: number, value: Slot): void {
    const object = mutator.root(at) as Reference;
    const entry = entryOf(object, key);
    if (mutator.root(value) === 0) {
      if (entry !== 0) removePair(object, entry);
      return;
    }
    let field = entry === 0 ? FIRST : entry;
    while (entry === 0 && mutator.get(object, field) !== 0) field += 2;
    if (entry === 0) mutator.set(object, field, ~key as Value);
    mutator.set(object, field + 1, mutator.root(value));
  }

  /** The value goes last, when all is in order again. */
  function removePair(object: Reference, entry: number): void {
    const frame = mutator.enter(2);
    const passing = slotAt(frame, 1);
    mutator.take(frame, object, entry + 1);
    const length = mutator.lengthOf(object);
    let field = entry;
    for (; field + 2 <= length && mutator.get(object, field + 2) !== 0; field += 2) {
      mutator.set(object, field, mutator.get(object, field + 2));
      mutator.take(passing, object, field + 3);
      mutator.give(object, field + 1, passing);
    }
    mutator.set(object, field, 0 as Value);
    mutator.leave(frame);
  }

  return {
    isReferable: (kind) => REFERABLE.has(kind),
    make(into, kind, slotCount, hasFinalizer) {
      const finalizer = hasFinalizer && REFERABLE.has(kind);
      const type = typeOf(kind, slotCount, finalizer);
      if (isDict(kind)) mutator.allocateArray(type, 2 * slotCount, into);
      else if (isList(kind)) mutator.allocateArray(type, slotCount, into);
      else mutator.allocate(type, into);
    },
    makeTuple(into, items, count) {
      const object = mutator.allocateArray(typeOf("tuple", 0, false), count, into);
      for (let index = 0; index < count; index++) {
        mutator.set(object, FIRST + index, mutator.root(slotAt(items, index)));
      }
    },
    load(object, { kind, slotCount }, slot) {
      if (slotCount === 0) return 0 as Value;
      const field = slot % slotCount;
      if (isDict(kind)) {
        const entry = entryOf(object, field);
        return entry === 0 ? (0 as Value) : mutator.get(object, entry + 1);
      }
      return mutator.get(object, isList(kind) || kind === "tuple" ? FIRST + field : field);
    },
    store(at, { kind, slotCount }, slot, value) {
      if (slotCount === 0 || kind === "tuple") return;
      const field = slot % slotCount;
      if (isDict(kind)) storePair(at, field, value);
      else {
        const object = mutator.root(at) as Reference;
        mutator.set(object, isList(kind) ? FIRST + field : field, mutator.root(value));
      }
    },
  };
}
