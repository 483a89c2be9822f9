// The shadow heap: the same program on plain JavaScript objects, and reachability by walking. It is
// the oracle: slow, naive, and made without a line of the code under test.
//
//   ShadowObject { type, length, slots: [object | number …], raw: field → word }
//   frames: one array of slots and a list of starts        handles: serial number → value
//
// A slot name is a number: 0 and above a frame slot, counted from the bottom of the stack; below 0
// the handle with serial number −1 − name. A value is an object, 0 for none, or an immediate.

import type { ShadowType } from "./shadow-type.js";

/** None (0) and immediates are numbers here too. */
export type ShadowValue = ShadowObject | number;

export interface ShadowObject {
  /** Births are counted from 1. */
  readonly serial: number;
  readonly type: ShadowType;
  /** 0 for a type of fixed length. */
  readonly length: number;
  readonly slots: ShadowValue[];
  /** Raw words that were written, by field; the others are 0. */
  readonly raw: Map<number, number>;
}

/** Names a root slot: a frame slot from 0, a handle below 0. */
export type SlotName = number;

/** How a mutator finds an object: a root slot, and fields to follow from there. */
export interface Path {
  readonly slot: SlotName;
  readonly fields: readonly number[];
}

export interface ShadowHeap {
  readonly birthCount: number;
  readonly depth: number;
  readonly handles: ReadonlyMap<number, ShadowValue>;
  /** First slot of the current frame; `top` when no frame is there. */
  readonly frameStart: SlotName;
  readonly top: SlotName;
  enter(slotCount: number): void;
  leave(): void;
  /** Answers the serial number of the handle. */
  hold(from: SlotName): number;
  dispose(handle: number): void;
  root(slot: SlotName): ShadowValue;
  setRoot(slot: SlotName, value: ShadowValue): void;
  allocate(type: ShadowType, length: number, into: SlotName): ShadowObject;
  /** The object at the end of a path; throws for a path that ends elsewhere. */
  follow(path: Path): ShadowObject;
  get(object: ShadowObject, field: number): ShadowValue;
  set(object: ShadowObject, field: number, value: ShadowValue): void;
  /** All root slots in use, handles first. */
  rootNames(): SlotName[];
  /** What a walk from the roots finds. O(heap). */
  reachable(): Set<ShadowObject>;
  /** References that each of `objects` has from these objects' slots and from roots. O(heap). */
  countReferences(objects: Iterable<ShadowObject>): Map<ShadowObject, number>;
  /** What is left of `objects` when all die that nothing refers to, again and again. O(heap). */
  withoutAcyclicGarbage(objects: Iterable<ShadowObject>): Set<ShadowObject>;
}

export function createShadowHeap(): ShadowHeap {
  const stack: ShadowValue[] = [];
  const frameStarts: number[] = [];
  const handles = new Map<number, ShadowValue>();
  let birthCount = 0;
  let holdCount = 0;

  function root(slot: SlotName): ShadowValue {
    const value = slot < 0 ? handles.get(-1 - slot) : stack[slot];
    if (value === undefined) throw new Error(`shadow heap: ${slot} is no root slot in use`);
    return value;
  }

  function setRoot(slot: SlotName, value: ShadowValue): void {
    root(slot);
    if (slot < 0) handles.set(-1 - slot, value);
    else stack[slot] = value;
  }

  function allocate(type: ShadowType, length: number, into: SlotName): ShadowObject {
    const slots = new Array<ShadowValue>(type.slotCount(length)).fill(0);
    birthCount++;
    const object: ShadowObject = { serial: birthCount, type, length, slots, raw: new Map() };
    setRoot(into, object);
    return object;
  }

  function follow({ slot, fields }: Path): ShadowObject {
    let value = root(slot);
    for (const field of fields) value = typeof value === "number" ? 0 : get(value, field);
    if (typeof value === "number") throw new Error("shadow heap: a path ends at no object");
    return value;
  }

  const rootValues = (): ShadowValue[] => [...handles.values(), ...stack];

  return {
    get birthCount() {
      return birthCount;
    },
    get depth() {
      return frameStarts.length;
    },
    handles,
    get frameStart() {
      return frameStarts.at(-1) ?? stack.length;
    },
    get top() {
      return stack.length;
    },
    enter(slotCount) {
      frameStarts.push(stack.length);
      for (let count = 0; count < slotCount; count++) stack.push(0);
    },
    leave() {
      stack.length = frameStarts.pop() ?? 0;
    },
    hold(from) {
      handles.set(holdCount, root(from));
      return holdCount++;
    },
    dispose(handle) {
      handles.delete(handle);
    },
    root,
    setRoot,
    allocate,
    follow,
    get,
    set(object, field, value) {
      object.slots[slotIndex(object, field)] = value;
    },
    rootNames: () => [...[...handles.keys()].map((serial) => -1 - serial), ...stack.keys()],
    reachable: () => walk(rootValues()),
    countReferences: (objects) => countReferences(objects, rootValues()),
    withoutAcyclicGarbage: (objects) => withoutAcyclicGarbage(objects, rootValues()),
  };
}

function get(object: ShadowObject, field: number): ShadowValue {
  return object.slots[slotIndex(object, field)] as ShadowValue;
}

function slotIndex(object: ShadowObject, field: number): number {
  const index = field - object.type.firstField;
  if (index >= 0 && index < object.slots.length) return index;
  throw new Error(`shadow heap: field ${field} of "${object.type.descriptor.name}" is no slot`);
}

function walk(from: readonly ShadowValue[]): Set<ShadowObject> {
  const reached = new Set<ShadowObject>();
  const pending = [...from];
  while (pending.length > 0) {
    const value = pending.pop() as ShadowValue;
    if (typeof value === "number" || reached.has(value)) continue;
    reached.add(value);
    for (const held of value.slots) if (held !== 0) pending.push(held);
  }
  return reached;
}

function countReferences(
  objects: Iterable<ShadowObject>,
  roots: readonly ShadowValue[],
): Map<ShadowObject, number> {
  const counts = new Map<ShadowObject, number>();
  const count = (value: ShadowValue): void => {
    if (typeof value !== "number") counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const value of roots) count(value);
  for (const object of objects) {
    if (!counts.has(object)) counts.set(object, 0);
    for (const value of object.slots) count(value);
  }
  return counts;
}

function withoutAcyclicGarbage(
  objects: Iterable<ShadowObject>,
  roots: readonly ShadowValue[],
): Set<ShadowObject> {
  const left = new Set(objects);
  const counts = countReferences(left, roots);
  const dying = [...left].filter((object) => counts.get(object) === 0);
  while (dying.length > 0) {
    const dead = dying.pop() as ShadowObject;
    left.delete(dead);
    for (const held of dead.slots) {
      if (typeof held === "number") continue;
      const count = (counts.get(held) as number) - 1;
      counts.set(held, count);
      if (count === 0 && left.has(held)) dying.push(held);
    }
  }
  return left;
}
