// Random mutator programs, played on a memory manager with the mark-sweep strategy and on the
// shadow heap side by side. After each command the two are compared, as far as the property asks.

import { EVENT_COLLECTION_END, isOuroError, type Reference, type Slot } from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import type * as markSweepExports from "../src/index.js";
import { reachableFrom, type ShadowObject, type ShadowValue, wordOf } from "./shadow-heap.js";

export type Parts = typeof markSweepExports;

export const KEEPS = "keeps every reachable object and its contents";
export const EXACT = "leaves exactly the reachable objects after each collection, swept or not";
export const RECORD = "records what a collection examined and reclaimed, to the byte";
export const SOUND = "stays sound after each command";
export const RELEASE = "gives every arena but one back when nothing is reachable";
export const FRESH = "gives new objects whose slots are none and whose raw words are zero";

export const propertyNames = [KEEPS, EXACT, RECORD, SOUND, RELEASE, FRESH] as const;

const SLOT_COUNT = 8;
const LAYOUTS = [
  { name: "leaf", rawWordCount: 2 },
  { name: "pair", visitedSlotCount: 2 },
  { name: "mixed", visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 4 },
  { name: "owner", ownedSlotCount: 1, collected: false },
  { name: "array", visitedSlotCount: 1, variablePart: "visited" },
  { name: "owned array", variablePart: "owned" },
  { name: "raw array", visitedSlotCount: 1, variablePart: "raw" },
  { name: "bytes", variablePart: "bytes" },
] as const;

type Command =
  | { do: "allocate"; layout: number; length: number; into: number; count: number }
  | { do: "chain"; into: number; count: number; isKept: boolean; layout: number; length: number }
  | { do: "attach"; object: number; field: number; count: number; layout: number; length: number }
  | { do: "tree"; into: number; depth: number; fan: number; isParentFirst: boolean }
  | { do: "set" | "give"; object: number; field: number; from: number }
  | { do: "immediate"; object: number; field: number; number: number }
  | { do: "load"; object: number; field: number; into: number }
  | { do: "moveRoot"; into: number; from: number }
  | { do: "clear"; slot: number }
  | { do: "hold"; from: number }
  | { do: "dispose"; pick: number }
  | { do: "enter" | "leave" | "collect" | "poll" };

interface Setting {
  readonly markStackWords: number;
  readonly growthFactor: number;
  readonly minimumBudgetBytes: number;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  markStackWords: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(4096)),
  growthFactor: fc.constantFrom(1, 1.5, 2),
  minimumBudgetBytes: fc.constantFrom(0, 1 << 14, 1 << 16, 1 << 22),
});

const slot = fc.nat({ max: SLOT_COUNT - 1 });
const field = fc.nat({ max: 50 });
const length = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 12 }) },
  { weight: 2, arbitrary: fc.nat({ max: 1000 }) },
  { weight: 1, arbitrary: fc.nat({ max: 40_000 }) },
);
const allocation = fc.record({
  do: fc.constant("allocate" as const),
  layout: fc.nat({ max: LAYOUTS.length - 1 }),
  length,
  into: slot,
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 300 })),
});
const chain = fc.record({
  do: fc.constant("chain" as const),
  into: slot,
  count: fc.integer({ min: 1, max: 400 }),
  isKept: fc.boolean(),
  layout: fc.constantFrom(1, 1, 2, 3, 4, 5, 6),
  length: fc.nat({ max: 3 }),
});
const attach = fc.record({
  do: fc.constant("attach" as const),
  object: slot,
  field,
  count: fc.integer({ min: 1, max: 30 }),
  layout: fc.nat({ max: LAYOUTS.length - 1 }),
  length: fc.oneof(fc.nat({ max: 5 }), fc.integer({ min: 5, max: 200 })),
});
const tree = fc.record({
  do: fc.constant("tree" as const),
  into: slot,
  depth: fc.integer({ min: 1, max: 5 }),
  fan: fc.integer({ min: 2, max: 4 }),
  isParentFirst: fc.boolean(),
});
const give = fc.record({ do: fc.constant("give" as const), object: slot, field, from: slot });
const change: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant("set" as const), object: slot, field, from: slot }),
  give,
  give,
  fc.record({ do: fc.constant("immediate" as const), object: slot, field, number: fc.nat() }),
  fc.record({ do: fc.constant("load" as const), object: slot, field, into: slot }),
  fc.record({ do: fc.constant("moveRoot" as const), into: slot, from: slot }),
  fc.record({ do: fc.constant("clear" as const), slot }),
);
const other: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant("hold" as const), from: slot }),
  fc.record({ do: fc.constant("dispose" as const), pick: fc.nat() }),
  fc.record({ do: fc.constantFrom("enter", "leave", "collect", "collect", "poll") }),
);
const programs = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: allocation },
    { weight: 3, arbitrary: chain },
    { weight: 6, arbitrary: attach },
    { weight: 3, arbitrary: tree },
    { weight: 8, arbitrary: change },
    { weight: 4, arbitrary: other },
  ),
  { maxLength: 60, size: "max" },
);

export function programProperty(name: string, parts: Parts): fc.IProperty<[Setting, Command[]]> {
  return fc.property(setting, programs as fc.Arbitrary<Command[]>, (options, commands) => {
    const program = createProgram(parts, options, name);
    for (const command of commands) program.run(command);
    program.end();
  });
}

function promise(fact: boolean, text: string): asserts fact {
  if (!fact) throw new Error(`a promise is broken: ${text}`);
}

function createProgram(parts: Parts, options: Setting, name: string) {
  let collectionCount = 0;
  const manager = composeMemoryManager({
    strategy: parts.markSweepStrategy(options),
    reservationBytes: 8 << 20,
    frameSlotLimitCount: 256,
    handleLimitCount: 16,
    observer: { wants: [EVENT_COLLECTION_END], event: () => void collectionCount++ },
  });
  const { mutator, collector, handles, types } = manager;
  const typeIds = LAYOUTS.map((layout) => manager.defineType(layout));
  const layouts = LAYOUTS.map((_, index) => types.descriptor(typeIds[index] as never));
  const frames: { start: Slot; values: ShadowValue[] }[] = [];
  const held: { handle: ReturnType<typeof handles.hold>; value: ShadowValue }[] = [];
  const known = new Map<Reference, ShadowObject>();
  let settledCount = 0;
  let stamp = 0;
  enter();

  const frame = () => frames[frames.length - 1] as { start: Slot; values: ShadowValue[] };
  const at = (index: number) => (frame().start + index) as Slot;

  function enter(): void {
    if (frames.length === 20) return;
    const values = Array.from({ length: SLOT_COUNT }, () => 0);
    frames.push({ start: mutator.enter(SLOT_COUNT), values });
  }

  function leave(): void {
    if (frames.length > 1) mutator.leave((frames.pop() as { start: Slot }).start);
  }

  function* roots(): Iterable<ShadowValue> {
    for (const { values } of frames) yield* values;
    for (const { value } of held) yield value;
  }

  /** One object into a root slot; false when memory is full of what is reachable. */
  function allocate(layout: number, length: number, into: number): boolean {
    const type = typeIds[layout] as (typeof typeIds)[number];
    const isFixed = layouts[layout]?.variablePart === "none";
    let reference: Reference;
    try {
      if (isFixed) reference = mutator.allocate(type, at(into));
      else reference = mutator.allocateArray(type, length, at(into));
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
      settle();
      return false;
    }
    settle();
    const object = describe(reference, layout, isFixed ? 0 : length);
    if (name === FRESH) checkFresh(object);
    write(object);
    known.set(reference, object);
    frame().values[into] = object;
    return true;
  }

  function describe(reference: Reference, layout: number, length: number): ShadowObject {
    const d = layouts[layout] as (typeof layouts)[number];
    const isVariable = d.variablePart !== "none";
    const isOfSlots = d.variablePart === "visited" || d.variablePart === "owned";
    const slotCount = d.visitedSlotCount + d.ownedSlotCount + (isOfSlots ? length : 0);
    const rawPart = { raw: length, bytes: Math.ceil(length / 4) } as Record<string, number>;
    const rawCount = d.rawWordCount + (rawPart[d.variablePart] ?? 0);
    return {
      reference,
      type: typeIds[layout] as never,
      sizeBytes: (2 + (isVariable ? 1 : 0) + slotCount + rawCount) * 4,
      firstField: isVariable ? 1 : 0,
      slots: new Array(slotCount).fill(0),
      raw: new Array(rawCount).fill(0),
    };
  }

  function checkFresh({ reference, firstField, slots, raw }: ShadowObject): void {
    for (let index = 0; index < slots.length + raw.length; index++) {
      const word = mutator.word(reference, firstField + index);
      promise(word === 0, `word ${index} of the new object ${reference} is ${word}`);
    }
  }

  function write({ reference, firstField, slots, raw }: ShadowObject): void {
    for (let index = 0; index < raw.length; index++) {
      stamp = (stamp + 0x10001) | 0;
      raw[index] = stamp;
      mutator.setWord(reference, firstField + slots.length + index, stamp);
    }
  }

  /** After a call that may have collected, in the model before it: the unreachable is gone. */
  function settle(): void {
    if (collectionCount === settledCount) return;
    settledCount = collectionCount;
    const reachable = reachableFrom(roots());
    for (const [reference, object] of known) {
      if (!reachable.has(object)) known.delete(reference);
    }
  }

  function collect(): void {
    const before = { count: known.size, bytes: collector.statistics().liveBytes };
    const collection = mutator.collect();
    settle();
    if (name !== RECORD) return;
    const { liveCount, liveBytes } = collector.statistics();
    promise(collection.examinedCount === before.count, `examined ${collection.examinedCount}`);
    const reclaimed = before.count - known.size;
    promise(collection.reclaimedCount === reclaimed, `reclaimed ${collection.reclaimedCount}`);
    const bytes = before.bytes - liveBytes;
    promise(collection.reclaimedBytes === bytes, `reclaimed bytes ${collection.reclaimedBytes}`);
    promise(liveCount === known.size, `${liveCount} objects live`);
  }

  function run(command: Command): void {
    play(command);
    compare();
  }

  function play(command: Command): void {
    const { values } = frame();
    if (command.do === "allocate") {
      for (let count = 0; count < command.count; count++) {
        if (!allocate(command.layout, command.length, command.into)) break;
        if (command.length > 1000) break;
      }
    }
    if (command.do === "chain") growChain(command);
    if (command.do === "attach") attachMany(command);
    if (command.do === "tree" && frames.length < 10) growTree(command, command.depth);
    if (command.do === "give") {
      store(command.object, command.field, values[command.from] ?? 0);
      clear(command.from);
    }
    if (command.do === "set") store(command.object, command.field, values[command.from] ?? 0);
    if (command.do === "immediate") store(command.object, command.field, -1 - command.number);
    if (command.do === "load") {
      const object = values[command.object];
      if (typeof object !== "object" || object.slots.length === 0) return;
      const index = command.field % object.slots.length;
      const value = mutator.get(object.reference, object.firstField + index);
      mutator.setRoot(at(command.into), value);
      values[command.into] = object.slots[index] as ShadowValue;
    }
    if (command.do === "moveRoot" && command.into !== command.from) {
      mutator.moveRoot(at(command.into), at(command.from));
      values[command.into] = values[command.from] as ShadowValue;
      values[command.from] = 0;
    }
    if (command.do === "clear") clear(command.slot);
    if (command.do === "hold" && held.length < 16) {
      const handle = handles.hold(at(command.from));
      held.push({ handle, value: values[command.from] as ShadowValue });
    }
    if (command.do === "dispose" && held.length > 0) {
      held.splice(command.pick % held.length, 1)[0]?.handle.dispose();
    }
    if (command.do === "enter") enter();
    if (command.do === "leave") leave();
    if (command.do === "collect") collect();
    if (command.do === "poll") {
      mutator.poll();
      settle();
    }
  }

  function clear(index: number): void {
    mutator.setRoot(at(index), 0);
    frame().values[index] = 0;
  }

  /** A list whose head is in a slot: each new object holds the old head, or not. */
  function growChain(chain: Extract<Command, { do: "chain" }>): void {
    const { into, count, isKept, layout, length } = chain;
    const spare = (into + 1) % SLOT_COUNT;
    for (let index = 0; index < count; index++) {
      if (!allocate(layout, length, spare)) return;
      if (isKept) store(spare, index, frame().values[into] ?? 0);
      mutator.moveRoot(at(into), at(spare));
      frame().values[into] = frame().values[spare] as ShadowValue;
      frame().values[spare] = 0;
    }
  }

  /** New objects that only the fields of one object hold. */
  function attachMany(attach: Extract<Command, { do: "attach" }>): void {
    const { object, field, count, layout, length } = attach;
    const spare = (object + 1) % SLOT_COUNT;
    for (let index = 0; index < count; index++) {
      if (!allocate(layout, length, spare)) return;
      store(object, field + index, frame().values[spare] ?? 0);
      clear(spare);
    }
  }

  /** A tree of pairs or arrays; each is born before its children or after them. */
  function growTree(tree: Extract<Command, { do: "tree" }>, depth: number): void {
    const { into, fan, isParentFirst } = tree;
    const last = SLOT_COUNT - 1;
    const layout = fan === 2 ? 1 : 4;
    enter();
    let isWhole = !isParentFirst || allocate(layout, fan, last);
    for (let child = 0; child < fan && depth > 1; child++) {
      growTree({ ...tree, into: child }, depth - 1);
    }
    if (!isParentFirst) isWhole = allocate(layout, fan, last);
    for (let child = 0; child < fan && isWhole; child++) {
      store(last, child, frame().values[child] ?? 0);
    }
    const root = frame().values[last] ?? 0;
    leave();
    mutator.setRoot(at(into), wordOf(root));
    frame().values[into] = root;
  }

  function store(slotIndex: number, fieldNumber: number, value: ShadowValue): void {
    const object = frame().values[slotIndex];
    if (typeof object !== "object" || object.slots.length === 0) return;
    const index = fieldNumber % object.slots.length;
    mutator.set(object.reference, object.firstField + index, wordOf(value));
    object.slots[index] = value;
  }

  function compare(): void {
    if (name === SOUND) manager.validate();
    if (name === KEEPS) for (const object of reachableFrom(roots())) checkKept(manager, object);
    if (name === EXACT) checkExact();
    if (name === RECORD) {
      const { liveCount } = collector.statistics();
      promise(liveCount === known.size, `${liveCount} objects live, by the model ${known.size}`);
    }
  }

  function checkExact(): void {
    const expected = [...known.keys()].sort((one, next) => one - next);
    let index = 0;
    collector.walk((object) => {
      promise(object === expected[index], `${object} is there instead of ${expected[index]}`);
      promise(collector.isObject(object), `${object} is walked and no object`);
      index++;
    });
    promise(index === expected.length, `${index} of ${expected.length} objects are there`);
  }

  function end(): void {
    while (frames.length > 1) leave();
    for (const { handle } of held.splice(0)) handle.dispose();
    frame().values.fill(0);
    for (let index = 0; index < SLOT_COUNT; index++) mutator.setRoot(at(index), 0);
    collect();
    compare();
    if (name !== RELEASE) return;
    const { lentArenaCount } = manager.heap.statistics();
    promise(lentArenaCount <= 1, `${lentArenaCount} arenas are lent and nothing is reachable`);
    promise(collector.statistics().liveCount === 0, "an object outlived all roots");
  }

  return { run, end };
}

function checkKept({ mutator, collector }: MemoryManager, object: ShadowObject): void {
  const { reference, firstField, slots, raw } = object;
  promise(collector.isObject(reference), `${reference} is reachable and no object`);
  promise(mutator.typeOf(reference) === object.type, `${reference} changed its type`);
  for (let index = 0; index < slots.length; index++) {
    const value = mutator.get(reference, firstField + index);
    promise(value === wordOf(slots[index] as ShadowValue), `${reference} changed at ${index}`);
  }
  for (let index = 0; index < raw.length; index++) {
    const word = mutator.word(reference, firstField + slots.length + index);
    promise(word === raw[index], `${reference} changed at raw word ${index}`);
  }
}
