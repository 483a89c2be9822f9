// The type table: descriptors for people, rows in linear memory for collectors (type-row.ts of
// @ouro/interfaces says what a row holds). Type 0 is no type: its row is never filled, and the type
// word of free memory is 0.
//
//   region  │ row of type 0: empty │ row of type 1 │ row of type 2 │ … reserved, not yet used … │

import {
  type Borrower,
  checkInteger,
  checkOptions,
  describeValue,
  LENGTH_BYTES,
  LENGTH_NONE,
  LENGTH_WORDS,
  type PrivateHeap,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  type SlotOrder,
  TYPE_ACYCLIC,
  TYPE_CLEARABLE,
  TYPE_COLLECTED,
  TYPE_FINALIZER,
  TYPE_INSERTION_ORDER,
  TYPE_LIMIT_COUNT,
  TYPE_RELEASE_BACKWARD,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_UNTRACKS_AS_TUPLE,
  TYPE_VISIT_BACKWARD,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
  type TypeDescriptor,
  type TypeId,
  type TypeTable,
  type UntrackingRule,
  UsageError,
} from "@ouro/interfaces";

const where = "defineType";
/** So that a field's offset, and a fixed object's size, stay far below an arena. */
const FIXED_PART_LIMIT_WORDS = 0xffff;

/** What a descriptor may say; an image file writes the index. */
export const VARIABLE_PARTS: readonly TypeDescriptor["variablePart"][] = [
  "none",
  "visited",
  "owned",
  "raw",
  "bytes",
];
export const SLOT_ORDERS: readonly SlotOrder[] = ["forward", "backward", "insertion"];
export const UNTRACKING_RULES: readonly UntrackingRule[] = ["never", "tuple", "dict"];
const FLAGS = [
  "collected",
  "acyclic",
  "finalizer",
  "weaklyReferable",
  "clearable",
  "weakReference",
] as const;

export interface TypeTableOptions {
  heap: PrivateHeap;
  borrower: Borrower;
  /** Room for so many types. Default 1023. */
  typeLimitCount?: number;
}

/** What a descriptor may leave out: a plain type without slots, watched by the collector. */
export type TypeOptions = Pick<TypeDescriptor, "name"> & Partial<TypeDescriptor>;

const OPTIONS =
  "name|visitedSlotCount ownedSlotCount rawWordCount variablePart visitOrder releaseOrder " +
  "untracking collected acyclic finalizer weaklyReferable clearable weakReference";

/**
 * A whole descriptor of what was said of a type. Throws `UsageError` for what is no property of a
 * type: misspelt, it would be lost without a word.
 */
export function describeType(options: TypeOptions): TypeDescriptor {
  checkOptions(where, options, OPTIONS);
  const { visitedSlotCount = 0, variablePart = "none" } = options;
  // Whatever else it is, it is refused when the type is defined.
  const hasSlots = typeof visitedSlotCount === "number" && visitedSlotCount > 0;
  const isVisited = hasSlots || variablePart === "visited";
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    ownedSlotCount: 0,
    rawWordCount: 0,
    visitOrder: "forward",
    releaseOrder: "forward",
    untracking: "never",
    collected: isVisited,
    acyclic: false,
    finalizer: false,
    weaklyReferable: false,
    clearable: isVisited,
    weakReference: false,
    ...(Object.fromEntries(said) as TypeOptions),
    visitedSlotCount,
    variablePart,
  };
}

/**
 * The type of this name in the table; defined as said if there is none yet. Throws `UsageError` if
 * the type that is there looks otherwise. So two parts of a program, or two mutators of one memory
 * manager, use a type together without knowing who comes first.
 */
export function findOrDefineType(types: TypeTable, options: TypeOptions): TypeId {
  const descriptor = describeType(options);
  const type = types.find(descriptor.name);
  if (type === undefined) return types.define(descriptor);
  const existing = types.descriptor(type);
  for (const key of Object.keys(descriptor) as (keyof TypeDescriptor)[]) {
    if (descriptor[key] === existing[key]) continue;
    const [here, asked] = [quote(existing[key]), quote(descriptor[key])];
    const problem = `is there already with ${key} ${here}, not ${asked}`;
    refuse(descriptor, problem, "Choose another name");
  }
  return type;
}

/** Makes an empty table, in a region of the heap. Throws `OutOfMemoryError` without room for it. */
export function createTypeTable(options: TypeTableOptions): TypeTable {
  const { heap, borrower, typeLimitCount = 1023 } = options;
  checkInteger("createTypeTable", "typeLimitCount", typeLimitCount, 1, TYPE_LIMIT_COUNT);
  const sizeWords = (typeLimitCount + 1) << TYPE_ROW_SHIFT;
  const base = heap.reserveRegion(borrower, "type-table", sizeWords).start;
  const descriptors: TypeDescriptor[] = [];
  const ids = new Map<string, TypeId>();

  function define(descriptor: TypeDescriptor): TypeId {
    checkDescriptor(descriptor);
    if (ids.has(descriptor.name)) {
      refuse(descriptor, "repeats the name of another type", "Choose another name");
    }
    if (descriptors.length === typeLimitCount) {
      refuse(descriptor, `is one more than ${typeLimitCount} types`, "Raise typeLimitCount");
    }
    descriptors.push(Object.freeze({ ...descriptor }));
    const type = descriptors.length as TypeId;
    ids.set(descriptor.name, type);
    writeRow(heap.words, base + (type << TYPE_ROW_SHIFT), descriptor);
    return type;
  }

  return {
    base,
    limitCount: typeLimitCount,
    get count() {
      return descriptors.length;
    },
    define,
    descriptor(type) {
      checkInteger("descriptor", "type", type, 1, descriptors.length);
      return descriptors[type - 1] as TypeDescriptor;
    },
    find: (name) => ids.get(name),
  };
}

function writeRow(words: Int32Array, row: number, descriptor: TypeDescriptor): void {
  const { visitedSlotCount, ownedSlotCount, rawWordCount, variablePart } = descriptor;
  const slotsStart = variablePart === "none" ? 2 : 3;
  const slotsEnd = slotsStart + visitedSlotCount + ownedSlotCount;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  words[row + ROW_SLOTS_START] = slotsStart;
  words[row + ROW_VISITED_END] = slotsStart + visitedSlotCount;
  words[row + ROW_SLOTS_END] = slotsEnd;
  words[row + ROW_SIZE] = slotsEnd + rawWordCount;
  words[row + ROW_VISITED_MASK] = variablePart === "visited" ? -1 : 0;
  words[row + ROW_SLOTS_MASK] = repeatsSlots ? -1 : 0;
  words[row + ROW_LENGTH] = lengthKind(variablePart);
  words[row + ROW_FLAGS] = flagsOf(descriptor);
}

function lengthKind(variablePart: TypeDescriptor["variablePart"]): number {
  if (variablePart === "none") return LENGTH_NONE;
  return variablePart === "bytes" ? LENGTH_BYTES : LENGTH_WORDS;
}

function flagsOf(descriptor: TypeDescriptor): number {
  const { visitOrder, releaseOrder, untracking } = descriptor;
  const isInInsertionOrder = visitOrder === "insertion" || releaseOrder === "insertion";
  return (
    (descriptor.collected ? TYPE_COLLECTED : 0) |
    (descriptor.acyclic ? TYPE_ACYCLIC : 0) |
    (descriptor.finalizer ? TYPE_FINALIZER : 0) |
    (descriptor.weaklyReferable ? TYPE_WEAKLY_REFERABLE : 0) |
    (descriptor.clearable ? TYPE_CLEARABLE : 0) |
    (descriptor.weakReference ? TYPE_WEAK_REFERENCE : 0) |
    (visitOrder === "backward" ? TYPE_VISIT_BACKWARD : 0) |
    (releaseOrder === "backward" ? TYPE_RELEASE_BACKWARD : 0) |
    (isInInsertionOrder ? TYPE_INSERTION_ORDER : 0) |
    (untracking === "tuple" ? TYPE_UNTRACKS_AS_TUPLE : 0) |
    (untracking === "dict" ? TYPE_UNTRACKS_AS_DICT : 0)
  );
}

/** Throws `UsageError` for a descriptor that breaks an invariant of descriptors. O(1). */
export function checkDescriptor(descriptor: TypeDescriptor): void {
  const { name, visitedSlotCount, ownedSlotCount, rawWordCount, variablePart } = descriptor;
  if (typeof name !== "string" || name === "") {
    refuse(descriptor, "has no name", "Give a type a name that says what it is");
  }
  checkChoice(descriptor, "variablePart", VARIABLE_PARTS);
  checkChoice(descriptor, "visitOrder", SLOT_ORDERS);
  checkChoice(descriptor, "releaseOrder", SLOT_ORDERS);
  checkChoice(descriptor, "untracking", UNTRACKING_RULES);
  for (const key of FLAGS) {
    if (typeof descriptor[key] === "boolean") continue;
    refuse(descriptor, `has the ${key} ${quote(descriptor[key])}`, "Say true or false");
  }
  checkInteger(where, `visitedSlotCount of "${name}"`, visitedSlotCount, 0, FIXED_PART_LIMIT_WORDS);
  checkInteger(where, `ownedSlotCount of "${name}"`, ownedSlotCount, 0, FIXED_PART_LIMIT_WORDS);
  checkInteger(where, `rawWordCount of "${name}"`, rawWordCount, 0, FIXED_PART_LIMIT_WORDS);
  if (variablePart === "visited" && ownedSlotCount + rawWordCount > 0) {
    refuse(descriptor, "has fixed parts behind its variable part", "Make the last part variable");
  }
  if (variablePart === "owned" && rawWordCount > 0) {
    refuse(descriptor, "has raw words behind its variable part", "Make the last part variable");
  }
  const isVisited = visitedSlotCount > 0 || variablePart === "visited";
  if (isVisited && !descriptor.collected) {
    refuse(descriptor, "is not collected and has visited slots", "Make the slots owned-only");
  }
  if (descriptor.weakReference) checkWeakReference(descriptor);
}

function checkWeakReference(descriptor: TypeDescriptor): void {
  const { visitedSlotCount, ownedSlotCount, rawWordCount, variablePart } = descriptor;
  const isFixed = variablePart === "none";
  if (isFixed && visitedSlotCount === 1 && ownedSlotCount === 2 && rawWordCount >= 3) return;
  const problem = "is of weak references and has not their fields";
  refuse(descriptor, problem, "Give it one visited slot, two owned-only slots and three raw words");
}

function checkChoice<Key extends "variablePart" | "visitOrder" | "releaseOrder" | "untracking">(
  descriptor: TypeDescriptor,
  key: Key,
  choices: readonly TypeDescriptor[Key][],
): void {
  if (choices.includes(descriptor[key])) return;
  const problem = `has the ${key} ${quote(descriptor[key])}`;
  refuse(descriptor, problem, `Choose from ${choices.join(", ")}`);
}

function refuse({ name }: TypeDescriptor, problem: string, remedy: string): never {
  throw new UsageError({ where, argument: `type ${quote(name)}`, problem, remedy });
}

/** A value as it stands in a message. */
function quote(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : describeValue(value);
}
