// Arbitrary mutator programs, played on the heap and on the model at once. The numbers of a command
// are taken modulo what there is, so that every program can be played and shrinks well.

import {
  ARENA_SIZE_WORDS,
  type Handle,
  isOuroError,
  type Observer,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import type * as semispaceExports from "../src/index.js";
import type { SemispaceOptions } from "../src/index.js";
import {
  firstField,
  type ModelObject,
  type ModelValue,
  newObject,
  type Pair,
  reachable,
  type Shape,
  shapes,
} from "./graph-model.js";

export type Parts = typeof semispaceExports;

export type Command =
  | { readonly kind: "allocate"; shape: number; length: number; slot: number }
  | { readonly kind: "store"; slot: number; field: number; from: number }
  | { readonly kind: "immediate"; slot: number; field: number; value: number }
  | { readonly kind: "load"; slot: number; field: number; into: number }
  | { readonly kind: "raw"; slot: number; word: number; value: number }
  | { readonly kind: "copy"; slot: number; from: number; count: number }
  | { readonly kind: "share"; slot: number; into: number }
  | { readonly kind: "drop"; slot: number }
  | { readonly kind: "enter" }
  | { readonly kind: "leave" }
  | { readonly kind: "hold"; slot: number }
  | { readonly kind: "dispose"; handle: number }
  | { readonly kind: "collect" };

const FRAME_SLOTS = 4;
/** What arenas hold that somebody else had before. */
const LEFT_BY_OTHERS = 0x1234_5678;
const index = fc.nat({ max: 11 });
const length = fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 200 }));
const allocate = fc.record({
  kind: fc.constant("allocate" as const),
  shape: fc.nat({ max: shapes.length - 1 }),
  length,
  slot: index,
});
const store = fc.record({
  kind: fc.constant("store" as const),
  slot: index,
  field: fc.nat({ max: 300 }),
  from: index,
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: allocate },
  { weight: 8, arbitrary: store },
  fc.record({
    kind: fc.constant("immediate" as const),
    slot: index,
    field: fc.nat({ max: 300 }),
    value: fc.integer({ min: -(2 ** 31), max: -1 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("load" as const),
      slot: index,
      field: fc.nat({ max: 300 }),
      into: index,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("raw" as const),
      slot: index,
      word: fc.nat({ max: 300 }),
      value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    }),
  },
  fc.record({ kind: fc.constant("copy" as const), slot: index, from: index, count: length }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("share" as const), slot: index, into: index }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), slot: index }) },
  fc.record({ kind: fc.constant("enter" as const) }),
  fc.record({ kind: fc.constant("leave" as const) }),
  fc.record({ kind: fc.constant("hold" as const), slot: index }),
  fc.record({ kind: fc.constant("dispose" as const), handle: index }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("collect" as const) }) },
);

export const programs = fc.array(command, { minLength: 5, maxLength: 60, size: "medium" });

/** A memory manager and the model of what its roots reach. */
export class Rig {
  readonly manager: MemoryManager;
  readonly types = new Map<Shape, TypeId>();
  readonly #frames: { frame: Slot; values: ModelValue[] }[] = [];
  readonly #handles: { handle: Handle; value: ModelValue }[] = [];

  constructor(parts: Parts, options: SemispaceOptions = {}, observer?: Observer) {
    this.manager = composeMemoryManager({
      strategy: parts.semispaceStrategy({ minimumBytes: 2 ** 20, ...options }),
      reservationBytes: 48 * 2 ** 20,
      ...(observer === undefined ? {} : { observer }),
    });
    for (const shape of shapes) this.types.set(shape, this.manager.defineType(shape));
    const { words, firstArenaIndex, arenaCount } = this.manager.heap;
    for (let index = firstArenaIndex; index < arenaCount; index++) {
      const arena = index * ARENA_SIZE_WORDS;
      words.fill(LEFT_BY_OTHERS, arena, arena + 8192);
    }
    this.#enter();
  }

  get pairs(): Pair[] {
    const pairs = this.#handles.map(({ handle, value }) => ({ slot: handle.slot, value }));
    for (const { frame, values } of this.#frames) {
      pairs.push(...values.map((value, each) => ({ slot: slotAt(frame, each), value })));
    }
    return pairs;
  }

  get reachableCount(): number {
    return reachable(this.pairs.map(({ value }) => value)).size;
  }

  dropAll(): void {
    for (const { handle } of this.#handles.splice(0)) handle.dispose();
    this.manager.mutator.leave((this.#frames[0] as { frame: Slot }).frame);
    this.#frames.length = 0;
  }

  #enter(): void {
    const frame = this.manager.mutator.enter(FRAME_SLOTS);
    this.#frames.push({ frame, values: new Array(FRAME_SLOTS).fill(0) });
  }

  /** The slot that a number names, and where the model keeps its value. */
  #at(number: number): { slot: Slot; values: ModelValue[]; place: number } {
    const top = this.#frames[this.#frames.length - 1] as { frame: Slot; values: ModelValue[] };
    const place = number % FRAME_SLOTS;
    return { slot: slotAt(top.frame, place), values: top.values, place };
  }

  #objectAt(number: number): { object: Reference; model: ModelObject } | undefined {
    const { slot, values, place } = this.#at(number);
    const model = values[place];
    if (typeof model !== "object") return undefined;
    return { object: this.manager.mutator.root(slot) as Reference, model };
  }

  play(command: Command): void {
    const { mutator } = this.manager;
    switch (command.kind) {
      case "allocate":
        this.#allocate(shapes[command.shape] as Shape, command.length, command.slot);
        return;
      case "collect":
        mutator.collect();
        return;
      case "enter":
        this.#enter();
        return;
      case "leave":
        if (this.#frames.length > 1) mutator.leave(this.#frames.pop()?.frame as Slot);
        return;
      case "share": {
        const { slot, values, place } = this.#at(command.slot);
        const into = this.#at(command.into);
        into.values[into.place] = values[place] as ModelValue;
        mutator.setRoot(into.slot, mutator.root(slot));
        return;
      }
      case "drop": {
        const { slot, values, place } = this.#at(command.slot);
        values[place] = 0;
        mutator.setRoot(slot, 0);
        return;
      }
      case "hold": {
        const { slot, values, place } = this.#at(command.slot);
        const handle = this.manager.handles.hold(slot);
        this.#handles.push({ handle, value: values[place] as ModelValue });
        return;
      }
      case "dispose": {
        const [gone] = this.#handles.splice(command.handle % (this.#handles.length || 1), 1);
        gone?.handle.dispose();
        return;
      }
      default:
        this.#access(command);
        return;
    }
  }

  #allocate(shape: Shape, length: number, number: number): void {
    const { slot, values, place } = this.#at(number);
    const { mutator } = this.manager;
    const type = this.types.get(shape) as TypeId;
    const isVariable = shape.variablePart !== undefined;
    if (isVariable) mutator.allocateArray(type, length, slot);
    else mutator.allocate(type, slot);
    values[place] = newObject(shape, isVariable ? length : 0);
  }

  #access(
    command: Extract<Command, { kind: "store" | "immediate" | "load" | "raw" | "copy" }>,
  ): void {
    const { mutator } = this.manager;
    const found = this.#objectAt(command.slot);
    if (found === undefined) return;
    const { object, model } = found;
    const first = firstField(model.shape);
    if (command.kind === "raw") {
      if (model.raw.length === 0) return;
      const word = command.word % model.raw.length;
      model.raw[word] = command.value;
      mutator.setWord(object, first + model.slots.length + word, command.value);
      return;
    }
    if (model.slots.length === 0) return;
    if (command.kind === "copy") {
      this.#copy(object, model, command.from, command.count);
      return;
    }
    const field = command.field % model.slots.length;
    if (command.kind === "immediate") {
      model.slots[field] = command.value;
      mutator.set(object, first + field, command.value);
      return;
    }
    const { slot, values, place } = this.#at(
      command.kind === "store" ? command.from : command.into,
    );
    if (command.kind === "store") {
      model.slots[field] = values[place] as ModelValue;
      mutator.set(object, first + field, mutator.root(slot));
      return;
    }
    values[place] = model.slots[field] as ModelValue;
    mutator.setRoot(slot, mutator.get(object, first + field));
  }

  #copy(target: Reference, model: ModelObject, from: number, count: number): void {
    const source = this.#objectAt(from);
    if (source === undefined) return;
    const copied = Math.min(count, source.model.slots.length, model.slots.length);
    const at = model.slots.length - copied;
    const slots = source.model.slots.slice(0, copied);
    model.slots.splice(at, copied, ...slots);
    const targetField = firstField(model.shape) + at;
    const sourceField = firstField(source.model.shape);
    this.manager.mutator.copy(target, targetField, source.object, sourceField, copied);
  }

  /** A request that no collection can make room for; true when it was refused as it should. */
  refusesTooMuch(): boolean {
    const { slot } = this.#at(0);
    try {
      const raw = this.types.get(shapes.find(({ name }) => name === "raw array") as Shape);
      this.manager.mutator.allocateArray(raw as TypeId, 2 ** 25, slot);
      return false;
    } catch (error) {
      if (isOuroError(error, "out-of-memory")) return true;
      throw error;
    }
  }
}
