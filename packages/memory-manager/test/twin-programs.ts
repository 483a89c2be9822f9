// Programs for two managers at once: what the one does the other has to do, step by step, as far as
// a program can see: the graph that roots reach, with counts and generations, what collections
// answer, what finalizers and callbacks ran, in any order, and how much is alive that no root
// reaches.

import type { Reference, Slot, Strategy, TypeId, Value } from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManager } from "@ouro/memory-manager";
import { isImmortal, makeImmortal, referenceCount } from "@ouro/refcount";
import fc from "fast-check";

const SLOT_COUNT = 8;
const PHOENIX_SLOT = SLOT_COUNT;
const TEMPORARY = SLOT_COUNT + 1;
const NONE = 0 as Value;
const LARGE = 200;
/** More references than a byte counts. */
const CROWD = 300;

const COMMON = { weaklyReferable: true, rawWordCount: 1 } as const;
const KINDS = {
  one: { visitedSlotCount: 1 },
  two: { visitedSlotCount: 2 },
  three: { visitedSlotCount: 3 },
  four: { visitedSlotCount: 4 },
  five: { visitedSlotCount: 5 },
  owner: { visitedSlotCount: 1, ownedSlotCount: 1, rawWordCount: 1 },
  many: { variablePart: "visited" },
  dict: { variablePart: "visited", untracking: "dict" },
  tuple: { variablePart: "visited", untracking: "tuple" },
  final: { ...COMMON, visitedSlotCount: 2, finalizer: true },
  phoenix: { ...COMMON, visitedSlotCount: 2, finalizer: true },
  watched: { ...COMMON, visitedSlotCount: 2 },
  atom: { rawWordCount: 1 },
} as const;

type Kind = keyof typeof KINDS;

export type TwinCommand =
  | { do: "make"; kind: Kind; slot: number; length: number }
  | { do: "link"; from: number; field: number; to: number }
  | { do: "immediate"; from: number; field: number }
  | { do: "drop"; slot: number }
  | { do: "crowd"; slot: number; of: number; isDropped: boolean }
  | { do: "chain"; kind: Kind; slot: number; count: number; isBackward: boolean; isLast: boolean }
  | { do: "scatter"; kind: Kind; slot: number; count: number; stride: number }
  | { do: "emptied"; kind: "dict" | "tuple"; slot: number; isKept: boolean }
  | { do: "garbage"; kind: Kind; count: number }
  | { do: "weak"; slot: number; of: number; hasCallback: boolean }
  | { do: "immortal"; slot: number }
  | { do: "collect"; generation: number }
  | { do: "freeze" | "unfreeze" | "poll" };

type Chain = Extract<TwinCommand, { do: "chain" }>;
type Scatter = Extract<TwinCommand, { do: "scatter" }>;

const slot = fc.nat(SLOT_COUNT - 1);
const count = fc.integer({ min: 1, max: 100 });
/** Of a chain: who holds whom, and in the last field or in the first. */
const direction = { isBackward: fc.boolean(), isLast: fc.boolean() };
const always = <T extends string>(value: T) => fc.constant(value);
/** A tuple is what a program fills once: see `emptied`. */
const ALL = (Object.keys(KINDS) as Kind[]).filter((kind) => kind !== "tuple");
const untracked = fc.constantFrom("dict", "tuple");
const FIXED: readonly Kind[] = ["one", "two", "three", "four", "five", "final", "watched"];

/** Programs whose objects are of these kinds. */
function programsOf(kinds: readonly Kind[]): fc.Arbitrary<TwinCommand[]> {
  const kind = fc.constantFrom(...kinds);
  const fixed = fc.constantFrom(...FIXED.filter((each) => kinds.includes(each)));
  const commands: readonly [number, fc.Arbitrary<unknown>][] = [
    [8, fc.record({ do: always("make"), kind, slot, length: fc.constantFrom(0, 1, 3, 6, LARGE) })],
    [9, fc.record({ do: always("link"), from: slot, field: fc.nat(4), to: slot })],
    [1, fc.record({ do: always("immediate"), from: slot, field: fc.nat(4) })],
    [5, fc.record({ do: always("drop"), slot })],
    [1, fc.record({ do: always("crowd"), slot, of: slot, isDropped: fc.boolean() })],
    [2, fc.record({ do: always("chain"), kind: fixed, slot, count, ...direction })],
    [2, fc.record({ do: always("scatter"), kind: fixed, slot, count, stride: count })],
    [2, fc.record({ do: always("garbage"), kind: fixed, count })],
    [3, fc.record({ do: always("emptied"), kind: untracked, slot, isKept: fc.boolean() })],
    [2, fc.record({ do: always("weak"), slot, of: slot, hasCallback: fc.boolean() })],
    [1, fc.record({ do: always("immortal"), slot })],
    [6, fc.record({ do: always("collect"), generation: fc.nat(2) })],
    [1, fc.record({ do: fc.constantFrom("freeze", "unfreeze", "poll") })],
  ];
  const weighted = commands.map(([weight, arbitrary]) => ({ weight, arbitrary }));
  const command = fc.oneof(...weighted) as fc.Arbitrary<TwinCommand>;
  return fc.array(command, { minLength: 4, maxLength: 40 });
}

/** Of all kinds; of one, so that tracts are of one shape; or of several with the same slots. */
export const twinPrograms: fc.Arbitrary<TwinCommand[]> = fc.oneof(
  programsOf(ALL),
  fc.constantFrom<Kind>("one", "two", "three", "four").chain((kind) => programsOf([kind])),
  programsOf(["final", "phoenix", "watched"]),
);

/** What a program left is dropped, one by one, and nothing is born: shapes that were found hold. */
const LAST: readonly TwinCommand[] = [
  ...[0, 1, 2].map((generation) => ({ do: "collect", generation }) as const),
  ...Array.from({ length: SLOT_COUNT }, (_, each) => [
    { do: "drop", slot: each } as const,
    { do: "collect", generation: 2 } as const,
  ]).flat(),
];

/** Runs a program and says after each step what a program can see; `look` may see the rest. */
export function playTwin(
  program: readonly TwinCommand[],
  strategy: Strategy,
  look = (_: MemoryManager): void => {},
): string[] {
  const rig = makeTwin(strategy);
  return [...program, ...LAST].map((command) => {
    const answer = rig.perform(command);
    look(rig.manager);
    rig.manager.validate();
    return `${JSON.stringify(command)} ${answer}: ${rig.describe()}`;
  });
}

function makeTwin(strategy: Strategy) {
  const manager = composeMemoryManager({ strategy, reservationBytes: 2 ** 23 });
  const { mutator, finalization, weakReferences } = manager;
  const { generations } = manager.collector;
  if (finalization === undefined || weakReferences === undefined) {
    throw new Error("a twin has finalization");
  }
  const types = new Map<Kind, TypeId>();
  for (const [name, options] of Object.entries(KINDS)) {
    types.set(name as Kind, manager.defineType({ name, ...options }));
  }
  const frame = mutator.enter(TEMPORARY + 2);
  const at = (index: number): Slot => (frame + index) as Slot;
  const inSlot = (index: number): Reference | 0 =>
    Math.max(0, mutator.root(at(index))) as Reference;
  const typeOf = (name: Kind): TypeId => types.get(name) as TypeId;
  let events: string[] = [];
  let madeCount = 0;
  let lastReclaimedCount = 0;
  let hasPhoenix = false;

  for (const name of ["final", "phoenix"] as const) {
    finalization.setFinalizer(typeOf(name), (given) => {
      const object = mutator.root(given) as Reference;
      events.push(`finalizer ${mutator.word(object, 2)}`);
      if (name === "phoenix") mutator.setRoot(at(PHOENIX_SLOT), object);
    });
  }

  const isMany = (name: string): boolean => name in KINDS && "variablePart" in KINDS[name as Kind];

  function make(name: Kind, into: number, length: number): void {
    if (name === "phoenix" && hasPhoenix) return;
    if (name === "phoenix") hasPhoenix = true;
    if (isMany(name)) mutator.allocateArray(typeOf(name), length, at(into));
    else mutator.allocate(typeOf(name), at(into));
    if ("weaklyReferable" in KINDS[name]) {
      mutator.setWord(inSlot(into) as Reference, 2, ++madeCount);
    }
  }

  /** First field and number of fields that hold values. */
  function fieldsOf(object: Reference): [number, number] {
    const { name, visitedSlotCount, ownedSlotCount } = manager.types.descriptor(
      mutator.typeOf(object),
    );
    if (isMany(name)) return [1, mutator.lengthOf(object)];
    return [0, visitedSlotCount + ownedSlotCount];
  }

  function store(from: number, field: number, value: Value): void {
    const object = inSlot(from);
    if (object === 0) return;
    const [first, count] = fieldsOf(object);
    const { weakReference, untracking } = manager.types.descriptor(mutator.typeOf(object));
    const isOpen = !weakReference && untracking !== "tuple";
    if (count > 0 && isOpen) mutator.set(object, first + (field % count), value);
  }

  /** So many references to one object that a byte does not count them, in a ring. */
  function crowd(into: number, of: number, isDropped: boolean): void {
    const object = inSlot(of);
    if (object === 0 || into === of) return;
    mutator.allocateArray(typeOf("many"), CROWD, at(into));
    for (let field = 1; field <= CROWD; field++) {
      mutator.set(inSlot(into) as Reference, field, object);
    }
    store(of, 0, inSlot(into));
    if (!isDropped) return;
    for (const each of [into, of]) mutator.setRoot(at(each), NONE);
  }

  /** Each holds the one before, or is held by it. */
  function chain({ kind, slot: into, count, isBackward, isLast }: Chain): void {
    mutator.allocate(typeOf(kind), at(into));
    const [first, fieldCount] = fieldsOf(inSlot(into) as Reference);
    const field = isLast ? first + fieldCount - 1 : first;
    mutator.setRoot(at(TEMPORARY), mutator.root(at(into)));
    for (let index = 1; index < count; index++) {
      const next = mutator.allocate(typeOf(kind), at(TEMPORARY + 1));
      if (isBackward) mutator.set(next, field, mutator.root(at(TEMPORARY)));
      else mutator.set(inSlot(TEMPORARY) as Reference, field, next);
      mutator.moveRoot(at(TEMPORARY), at(TEMPORARY + 1));
    }
    if (isBackward) mutator.setRoot(at(into), mutator.root(at(TEMPORARY)));
    mutator.setRoot(at(TEMPORARY), NONE);
  }

  /** Each holds in its first field the one that lies `stride` further round: far above or below. */
  function scatter({ kind, slot: into, count, stride }: Scatter): void {
    const all = at(TEMPORARY);
    const held = (index: number): Reference =>
      mutator.get(mutator.root(all) as Reference, 1 + index) as Reference;
    mutator.allocateArray(typeOf("many"), count, all);
    for (let index = 0; index < count; index++) {
      mutator.allocate(typeOf(kind), at(into));
      mutator.set(mutator.root(all) as Reference, 1 + index, inSlot(into));
    }
    const [first] = fieldsOf(held(0));
    for (let index = 0; index < count; index++) {
      mutator.set(held(index), first, held((index + stride) % count));
    }
    mutator.setRoot(all, NONE);
  }

  /**
   * A dict that held itself, or a tuple of an atom: either may be untracked in the next collection.
   * Not so if it holds itself still.
   */
  function emptied(name: "dict" | "tuple", into: number, isKept: boolean): void {
    mutator.allocateArray(typeOf(name), 2, at(into));
    const object = inSlot(into) as Reference;
    if (isKept || name === "dict") mutator.set(object, 1, object);
    if (!isKept) mutator.set(object, 1, -7 as Value);
    mutator.set(object, 2, mutator.allocate(typeOf("atom"), at(TEMPORARY)));
    mutator.setRoot(at(TEMPORARY), NONE);
  }

  /** Rings, each of which holds what was made before it in its last field. */
  function garbage(name: Kind, count: number): void {
    for (let index = 0; index < count; index++) {
      make(name, TEMPORARY, 0);
      const object = inSlot(TEMPORARY) as Reference;
      const [first, fieldCount] = fieldsOf(object);
      mutator.set(object, first, object);
      if (fieldCount > 1) mutator.set(object, first + fieldCount - 1, mutator.root(at(0)));
    }
    mutator.setRoot(at(TEMPORARY), NONE);
  }

  function makeWeak(into: number, of: number, hasCallback: boolean): void {
    const target = inSlot(of);
    if (target === 0 || into === of) return;
    if (!manager.types.descriptor(mutator.typeOf(target)).weaklyReferable) return;
    const id = mutator.word(target, 2);
    const callback = hasCallback ? () => events.push(`callback ${id}`) : undefined;
    weakReferences?.create(at(into), at(of), callback);
  }

  /** What there is of generations, at most the one that is asked for. */
  function collect(generation: number): number {
    if (generations === undefined) return mutator.collect().reclaimedCount;
    return generations.collect(Math.min(generation, generations.oldestGeneration));
  }

  function perform(command: TwinCommand): number {
    events = [];
    switch (command.do) {
      case "make":
        make(command.kind, command.slot, command.length);
        break;
      case "link":
        store(command.from, command.field, mutator.root(at(command.to)));
        break;
      case "immediate":
        store(command.from, command.field, -7 as Value);
        break;
      case "drop":
        mutator.setRoot(at(command.slot), NONE);
        break;
      case "crowd":
        crowd(command.slot, command.of, command.isDropped);
        break;
      case "chain":
        chain(command);
        break;
      case "scatter":
        scatter(command);
        break;
      case "emptied":
        emptied(command.kind, command.slot, command.isKept);
        break;
      case "garbage":
        garbage(command.kind, command.count);
        break;
      case "weak":
        makeWeak(command.slot, command.of, command.hasCallback);
        break;
      case "immortal":
        if (inSlot(command.slot) !== 0) makeImmortal(manager, inSlot(command.slot) as Reference);
        break;
      case "collect":
        return collect(command.generation);
      case "freeze":
        generations?.freeze();
        return generations?.liveCount(3) ?? -1;
      case "unfreeze":
        generations?.unfreeze();
        break;
      default:
        mutator.poll();
    }
    return 0;
  }

  /** Objects numbered in the order in which roots reach them, each with what can be asked of it. */
  function describeGraph(): string {
    const numbers = new Map<number, number>();
    const order: Reference[] = [];
    const nameOf = (value: number): string => {
      if (value <= 0) return String(value);
      if (!numbers.has(value)) {
        numbers.set(value, order.length);
        order.push(value as Reference);
      }
      return `#${numbers.get(value)}`;
    };
    const lines = [];
    for (let index = 0; index <= PHOENIX_SLOT; index++) lines.push(nameOf(mutator.root(at(index))));
    for (let index = 0; index < order.length; index++) {
      const object = order[index] as Reference;
      const [first, count] = fieldsOf(object);
      const slots = [];
      for (let field = first; field < first + count; field++) {
        slots.push(nameOf(mutator.get(object, field)));
      }
      const known = isImmortal(manager, object) ? "immortal" : referenceCount(manager, object);
      const type = manager.types.descriptor(mutator.typeOf(object)).name;
      const generation = generations?.generationOf(object);
      lines.push(`${type} ${known} g${generation} ${slots.join(" ")}`);
    }
    return lines.join("; ");
  }

  /** Callbacks may have been held by an object of their own, which the other twin has not. */
  function reclaimedInStep(): number {
    const { reclaimedCount } = manager.statistics();
    const count = reclaimedCount - lastReclaimedCount;
    lastReclaimedCount = reclaimedCount;
    return events.some((event) => event.startsWith("callback")) ? -1 : count;
  }

  function describe(): string {
    const seen = {
      events: events.sort(),
      live: manager.statistics().liveCount,
      reclaimed: reclaimedInStep(),
      counts: generations?.counts(),
      statistics: generations?.statistics(),
      longLived: generations?.longLived(),
      generations: [0, 1, 2, 3].map((each) => generations?.liveCount(each)),
    };
    return `${JSON.stringify(seen)} ${describeGraph()}`;
  }

  return { manager, perform, describe };
}
