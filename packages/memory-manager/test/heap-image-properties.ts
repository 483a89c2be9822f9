// What must hold of a heap that was saved and restored, under any preset: as properties over
// programs, and as cases, without a test runner.

import assert from "node:assert/strict";
import {
  type Finalization,
  immediateOf,
  isOuroError,
  type Reference,
  type Slot,
  type Strategy,
  slotAt,
  TYPE_LIMIT_COUNT,
  type TypeDescriptor,
  type Value,
} from "@ouro/interfaces";
import {
  composeMemoryManager,
  type MemoryManager,
  type WeakReferences,
} from "@ouro/memory-manager";
import { decodeHeapImage, encodeHeapImage } from "@ouro/object-model";
import { isImmortal, referenceCount } from "@ouro/refcount";
import { mutatorPrograms, runProgram } from "@ouro/testkit";
import fc from "fast-check";
import { playTwin, type TwinCommand, twinPrograms } from "./twin-programs.js";

export const SAME_BYTES = "saved, restored and saved again it gives the same bytes";
export const SAME_HEAP =
  "restored it is what it was: contents, counts, ages, ends, weak references";
export const UNTRACKED = "what nobody tracked comes back untracked";
export const ROOM = "an image of more types than there is room for defines none of them";
export const HOST = "a callback of the host that an image left behind calls nobody";

const RESERVATION_BYTES = 2 ** 24;
/** Commands: a manager is made for each look, which takes longer than all else. */
const LOOKED_AT_EVERY = 8;

/** One object that its finalizer resurrected; one with a weak reference of each kind. */
const FIRST: readonly TwinCommand[] = [
  { do: "make", kind: "phoenix", slot: 0, length: 0 },
  { do: "drop", slot: 0 },
  { do: "make", kind: "watched", slot: 0, length: 0 },
  { do: "weak", slot: 1, of: 0, hasCallback: false },
  { do: "weak", slot: 2, of: 0, hasCallback: true },
];

const compose = (strategy: () => Strategy): MemoryManager =>
  composeMemoryManager({ strategy: strategy(), reservationBytes: RESERVATION_BYTES });

/** Another manager with the heap of this one, by way of a file. */
function restored(manager: MemoryManager, strategy: () => Strategy): MemoryManager {
  const other = compose(strategy);
  other.restoreHeap(decodeHeapImage(encodeHeapImage(manager.saveHeap())));
  other.validate();
  return other;
}

type Look = (manager: MemoryManager, strategy: () => Strategy) => void;

const looks: Readonly<Record<string, Look>> = {
  [SAME_BYTES](manager, strategy) {
    const bytes = encodeHeapImage(manager.saveHeap());
    const again = encodeHeapImage(restored(manager, strategy).saveHeap());
    assert.equal(Buffer.compare(again, bytes), 0, "the images differ");
  },
  [SAME_HEAP](manager, strategy) {
    assert.deepEqual(describeHeap(restored(manager, strategy)), describeHeap(manager));
  },
};

/** Held after each program. */
export function imageProperty(name: string, strategy: () => Strategy) {
  return fc.property(mutatorPrograms(), (program) => {
    const managers: MemoryManager[] = [];
    runProgram(program, () => {
      managers.push(compose(strategy));
      return managers.at(-1) as MemoryManager;
    });
    for (const manager of managers) looks[name]?.(manager, strategy);
  });
}

/** Held in the middle of programs about death and age; for strategies with finalization. */
export function imageOfDeathProperty(name: string, strategy: () => Strategy) {
  let count = 0;
  return fc.property(twinPrograms, (program) => {
    playTwin([...FIRST, ...program], strategy(), (manager) => {
      if (count++ % LOOKED_AT_EVERY === 0) looks[name]?.(manager, strategy);
    });
  });
}

/** What can be asked of the heap, of each object in the order in which roots reach it. */
function describeHeap(manager: MemoryManager): string[] {
  const { roots } = manager;
  const numbers = new Map<number, number>();
  const objects: Reference[] = [];
  const nameOf = (value: number): string => {
    if (value <= 0) return `${value}`;
    if (!numbers.has(value)) {
      objects.push(value as Reference);
      numbers.set(value, objects.length);
    }
    return `#${numbers.get(value)}`;
  };
  const lines: string[] = [];
  roots.walk((slot, value) => lines.push(`root ${slot - roots.start}: ${nameOf(value)}`));
  for (let index = 0; index < objects.length; index++) {
    lines.push(describeObject(manager, objects[index] as Reference, nameOf));
  }
  lines.push(`${manager.statistics().liveCount} live`);
  return lines;
}

function describeObject(
  manager: MemoryManager,
  object: Reference,
  nameOf: (value: number) => string,
): string {
  const { mutator, types, collector, finalization } = manager;
  const type = types.descriptor(mutator.typeOf(object));
  const { visitedSlotCount, ownedSlotCount, variablePart } = type;
  const isVariable = variablePart !== "none";
  const length = isVariable ? mutator.lengthOf(object) : 0;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  const slotCount = visitedSlotCount + ownedSlotCount + (repeatsSlots ? length : 0);
  const bytes = variablePart === "bytes" ? Math.ceil(length / 4) : length;
  const rawCount = type.rawWordCount + (isVariable && !repeatsSlots ? bytes : 0);
  const first = isVariable ? 1 : 0;
  const words = Array.from({ length: rawCount }, (_, index) =>
    type.weakReference ? 0 : mutator.word(object, first + slotCount + index),
  );
  const slots = Array.from({ length: slotCount }, (_, index) =>
    nameOf(mutator.get(object, first + index)),
  );
  const weak = type.weakReference ? nameOf(finalization?.targetOf(object) ?? 0) : "";
  const counted = (): number | "immortal" =>
    isImmortal(manager, object) ? "immortal" : referenceCount(manager, object);
  return [
    `${type.name}[${length}]`,
    `count ${collector.traits.counts ? counted() : "-"}`,
    `generation ${collector.generations?.generationOf(object)}`,
    `finalized ${finalization?.isFinalized(object)}`,
    `weakly ${weak} ${finalization?.weakReferencesTo(object).length}`,
    ...slots,
    ...words,
  ].join(" ");
}

/** Throws when it does not; for strategies that track objects. */
export function comesBackUntracked(strategy: () => Strategy): void {
  const manager = compose(strategy);
  const tuple = manager.defineType({
    name: "tuple",
    variablePart: "visited",
    untracking: "tuple",
  });
  manager.mutator.allocateArray(tuple, 2, manager.mutator.enter(1));
  manager.mutator.collect(); // finds that it can be in no cycle
  const other = restored(manager, strategy);
  for (const each of [manager, other]) {
    const object = each.mutator.root(each.roots.framesStart) as Reference;
    const generation = each.collector.generations?.generationOf(object);
    assert.equal(generation, -1, `the generation of an untracked object is ${generation}`);
  }
}

/** Throws when it is not refused, or leaves types behind. */
export function refusesManyTypes(strategy: () => Strategy): void {
  const manager = compose(strategy);
  const names = ["first", "second", "third"];
  for (const name of names) manager.defineType({ name, visitedSlotCount: 1 });
  const image = manager.saveHeap();
  const narrow = { reservationBytes: RESERVATION_BYTES, typeLimitCount: names.length - 1 };
  const other = composeMemoryManager({ strategy: strategy(), ...narrow });
  const { count } = other.types; // a strategy may have defined its own
  assert.throws(() => other.restoreHeap(image), /room for 2\. Raise typeLimitCount|is not defined/);
  assert.equal(other.types.count, count, "types of an image that was refused are defined");
  const many = Array.from({ length: TYPE_LIMIT_COUNT + 1 }, (_, index) => ({
    ...(image.types[0] as TypeDescriptor),
    name: `type ${index}`,
  }));
  const isWhole = (error: unknown): boolean => isOuroError(error, "input-format");
  assert.throws(() => compose(strategy).restoreHeap({ ...image, types: many }), isWhole);
}

/** Throws when it calls somebody; for strategies with finalization. */
export function callsNobody(strategy: () => Strategy): void {
  const manager = compose(strategy);
  const node = { name: "node", visitedSlotCount: 1, weaklyReferable: true } as const;
  const frame = manager.mutator.enter(4);
  manager.mutator.allocate(manager.defineType(node), frame);
  manager.weakReferences?.create(slotAt(frame, 1), frame, () => {});
  const other = restored(manager, strategy);
  const { mutator, types } = other;
  const [old, made, weak] = [0, 2, 3].map((index) => slotAt(other.roots.framesStart, index)) as [
    Slot,
    Slot,
    Slot,
  ];
  let callCount = 0;
  mutator.allocate(types.find("node") as never, made);
  (other.weakReferences as WeakReferences).create(weak, made, () => void callCount++);
  mutator.setRoot(old, 0 as Value);
  assert.equal(callCount, 0, "the death of a restored object called another's callback");
  mutator.setRoot(made, immediateOf(0));
  assert.equal(callCount, 1, "and its own is called");
  assert.equal((other.finalization as Finalization).programErrorCount, 0);
  other.validate();
}
