// The objects of a mutator program on a memory manager: how each kind is laid out, and who is who.
// Objects are known by their addresses as long as they live; what moves tells so.
//
//   node, fn     │ header │ slot 0 │ slot 1 │ …                a type for each number of slots
//   list, tuple  │ header │ length │ item 0 │ item 1 │ …       visited from the last to the first
//   dict         │ header │ length │ ~key │ value │ ~key │ …   pairs without gaps, so that they
//                                                              stand in the order they came in
//   atom         │ header │ a raw word │                       nothing to visit

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  IncompatiblePartsError,
  type Observer,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import type { TypeOptions } from "@ouro/object-model";
import type { MutatorProgram, ProgramKind, ProgramOperation } from "./mutator-program.js";
import { type ProgramHost, SCRATCH_ROOT } from "./program-subject.js";
import { endEventOf, type MakeSubjectManager, type SubjectManager } from "./subject-manager.js";

const ROOT_COUNT = SCRATCH_ROOT + 1;
/** Field 0 of an object of variable length is its length. */
const FIRST = 1;
const MIB = 2 ** 20;
/** What the C library maps anew, already zero: up to 32 MiB it may zero used memory instead. */
const RESERVATION_LEAST_BYTES = 33 * MIB;
const RESERVATION_MOST_BYTES = 2 ** 32 - MIB;
/** Header, length and what a block's size is rounded up by. Unit: bytes. */
const OBJECT_OVERHEAD_BYTES = 32;
/** A slot is a word; that of a dict is a pair. */
const SLOT_MOST_BYTES = 8;
/** Copies, side tables, blocks between sizes. */
const RESERVATION_FACTOR = 4;
const SPARE_TYPE_COUNT = 32;
/** Finalizers and callbacks that run inside each other's stores have frames of their own. */
const FRAME_SLOT_LIMIT_COUNT = 2 ** 16;

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

/** Of kinds whose number of slots is the object's length. */
const MANY: Readonly<Record<string, Omit<TypeOptions, "name">>> = {
  list: { ...SEQUENCE, weaklyReferable: true },
  xlist: SEQUENCE,
  tuple: { ...SEQUENCE, untracking: "tuple", clearable: false },
  dict: { ...PAIRS, weaklyReferable: true },
  xdict: { ...PAIRS, untracking: "dict" },
};

/** The program's objects, named by its ids, on a fresh memory manager. */
export interface ProgramHeap {
  readonly manager: SubjectManager;
  /** Who is told of deaths, finalizers and calls from now on. */
  setHost(host: ProgramHost): void;
  /** Tells that the callback of a weak reference ran that only logs. */
  called(weak: number): void;
  /** Gives an object that was made elsewhere its id. */
  name(id: number, kind: string, object: Reference): void;
  isNamed(object: Reference): boolean;
  isAlive(id: number): boolean;
  referenceOf(id: number): Reference;
  /** −1 for none. */
  idOf(value: number): number;
  valueNamed(id: number | null): Value;
  rootSlot(root: number): Slot;
  make(id: number, kind: ProgramKind, slotCount: number, root: number, hasFinalizer: boolean): void;
  makeTuple(id: number, items: readonly (number | null)[], root: number): void;
  store(id: number, slot: number, value: number | null): void;
  slot(id: number, slot: number): number;
}

/** A recorded program names any object at any time; checked mode lets nobody keep references. */
function refuseChecked(): never {
  throw new IncompatiblePartsError({
    parts: ["checked mode", "the machine of mutator programs"],
    reason: "the machine knows objects by where they lie, over safepoints too",
    remedy: "Compose the memory manager without `checked`",
  });
}

/**
 * With room for a given program, else for a small one. Throws what `make` throws, and
 * `IncompatiblePartsError` for a checked manager; its calls throw what the manager's do.
 */
export function createProgramHeap(
  make: MakeSubjectManager,
  program?: Pick<MutatorProgram, "steps">,
): ProgramHeap {
  const ids = new Map<number, number>();
  const references = new Map<number, Reference>();
  const kinds = new Map<number, string>();
  const types = new Map<string, TypeId>();
  let host: ProgramHost = { died() {}, finalize() {}, call() {} };
  let endEvent: EventCode = EVENT_OBJECT_RECLAIM;

  const observer: Observer = {
    wants: [EVENT_OBJECT_DEALLOCATE, EVENT_OBJECT_RECLAIM, EVENT_OBJECT_MOVE],
    event(code, object, to) {
      const id = ids.get(object);
      if (id === undefined) return;
      if (code === endEvent) host.died(id);
      if (code === EVENT_OBJECT_MOVE) move(id, object, to);
      if (code === EVENT_OBJECT_RECLAIM) forget(id, object);
    },
  };
  const manager = make({
    ...roomFor(program?.steps ?? []),
    observer,
    frameSlotLimitCount: FRAME_SLOT_LIMIT_COUNT,
  });
  if ("plain" in manager.mutator) refuseChecked();
  endEvent = endEventOf(manager.collector);
  const { mutator, finalization } = manager;
  const roots = mutator.enter(ROOT_COUNT);

  const rootSlot = (root: number): Slot => slotAt(roots, root);
  const referenceOf = (id: number): Reference => references.get(id) as Reference;
  const valueNamed = (id: number | null): Value => (id === null ? 0 : referenceOf(id)) as Value;
  const idOf = (value: number): number => (value > 0 ? (ids.get(value) as number) : -1);
  const isPairs = (id: number): boolean => kinds.get(id)?.endsWith("dict") === true;
  const firstOf = (id: number): number => ((kinds.get(id) as string) in MANY ? FIRST : 0);

  function move(id: number, from: number, to: number): void {
    ids.delete(from);
    ids.set(to, id);
    references.set(id, to as Reference);
  }

  function forget(id: number, object: number): void {
    ids.delete(object);
    references.delete(id);
    kinds.delete(id);
  }

  function name(id: number, kind: string, object: Reference): void {
    ids.set(object, id);
    references.set(id, object);
    kinds.set(id, kind);
  }

  function typeOf(kind: string, slotCount: number, hasFinalizer: boolean): TypeId {
    const typeName =
      kind in MANY || kind === "atom" ? kind : `${kind}-${slotCount}-${hasFinalizer}`;
    const known = types.get(typeName);
    if (known !== undefined) return known;
    const options = optionsOf(kind, slotCount, hasFinalizer);
    const type = manager.defineType({ name: typeName, ...options });
    if (hasFinalizer) {
      finalization?.setFinalizer(type, (slot) => host.finalize(idOf(mutator.root(slot))));
    }
    if (kind === "fn") {
      finalization?.setCallable(type, (callable, weak) =>
        host.call(idOf(mutator.root(weak)), idOf(mutator.root(callable))),
      );
    }
    types.set(typeName, type);
    return type;
  }

  function makeObject(
    id: number,
    kind: ProgramKind,
    slotCount: number,
    root: number,
    hasFinalizer: boolean,
  ): void {
    const type = typeOf(kind, slotCount, hasFinalizer);
    const length = kind.endsWith("dict") ? 2 * slotCount : slotCount;
    const frame = mutator.enter(1);
    const object =
      kind in MANY ? mutator.allocateArray(type, length, frame) : mutator.allocate(type, frame);
    name(id, kind, object);
    mutator.setRoot(rootSlot(root), object);
    mutator.leave(frame);
  }

  function makeTuple(id: number, items: readonly (number | null)[], root: number): void {
    const frame = mutator.enter(1);
    const object = mutator.allocateArray(typeOf("tuple", 0, false), items.length, frame);
    name(id, "tuple", object);
    for (const [index, item] of items.entries()) {
      mutator.set(object, FIRST + index, valueNamed(item));
    }
    mutator.setRoot(rootSlot(root), object);
    mutator.leave(frame);
  }

  /** The field of a key; 0 if the dict has none. */
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
    manager,
    setHost(given) {
      host = given;
    },
    called: (weak) => host.call(weak, "log"),
    name,
    isNamed: (object) => ids.has(object),
    isAlive: (id) => references.has(id),
    referenceOf,
    idOf,
    valueNamed,
    rootSlot,
    make: makeObject,
    makeTuple,
    store(id, slot, value) {
      const object = referenceOf(id);
      if (isPairs(id)) storePair(object, slot, valueNamed(value));
      else mutator.set(object, firstOf(id) + slot, valueNamed(value));
    },
    slot(id, slot) {
      const object = referenceOf(id);
      if (!isPairs(id)) return idOf(mutator.get(object, firstOf(id) + slot));
      const entry = entryOf(object, slot);
      return entry === 0 ? -1 : idOf(mutator.get(object, entry + 1));
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

/** For all objects that the program makes, dead or alive: some strategies reclaim nothing. */
function roomFor(steps: MutatorProgram["steps"]) {
  const types = new Set<string>();
  let bytes = 0;
  for (const { operation } of steps) {
    const count = operation.op === "burst" ? operation.count : 1;
    const slots = operation.op === "tuple" ? operation.items.length : slotCountOf(operation);
    bytes += count * (OBJECT_OVERHEAD_BYTES + SLOT_MOST_BYTES * slots);
    if ("kind" in operation) types.add(`${operation.kind} ${slots}`);
  }
  const wanted = RESERVATION_LEAST_BYTES + RESERVATION_FACTOR * bytes;
  return {
    reservationBytes: Math.min(RESERVATION_MOST_BYTES, Math.ceil(wanted / MIB) * MIB),
    // With and without a finalizer.
    typeLimitCount: 2 * types.size + SPARE_TYPE_COUNT,
  };
}

function slotCountOf(operation: ProgramOperation): number {
  return "slotCount" in operation ? operation.slotCount : 0;
}
