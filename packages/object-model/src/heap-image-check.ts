// Whether a heap image means a heap: every number in it is looked at before anything is built of
// it, so that a restore, once begun, can only fail for want of memory.
//
//   types → groups (type, length, count) → how many slots and raw words there must be → values,
//   roots, states: every number of an object names one
//
// What is found broken is named by its byte in the image's file.

import {
  describeValue,
  HEAP_IMAGE_VERSION,
  type HeapImage,
  IMAGE_GENERATION_SHIFT,
  IMAGE_TRACKED,
  IMAGE_UNTRACKED,
  InputFormatError,
  isOuroError,
  TYPE_LIMIT_COUNT,
  type TypeDescriptor,
  UsageError,
} from "@ouro/interfaces";
import {
  countSections,
  itemOffset,
  LENGTH_LIMIT,
  rawWordCountOf,
  type SectionName,
  slotCountOf,
  WEAK_PLACE_COUNT,
} from "./heap-image-sections.js";
import { checkDescriptor } from "./type-table.js";

/** Objects of one type and length; they follow one another in an image. */
export interface ObjectGroup {
  /** Index in the image's types. */
  readonly typeIndex: number;
  readonly length: number;
  readonly objectCount: number;
}

/** Refuses an image for the item at `index` of a section. */
export type Fail = (section: SectionName, index: number, problem: string) => never;

/** What the first group comes after. */
export const NO_GROUP: ObjectGroup = { typeIndex: -1, length: 0, objectCount: 0 };
const WATCH_BITS = IMAGE_TRACKED | IMAGE_UNTRACKED;

const NUMBERS: readonly (keyof HeapImage)[] = [
  "objectTypes",
  "lengths",
  "states",
  "trackedOrder",
  "values",
  "rawWords",
  "handles",
  "frames",
  "weakReferences",
];

/** Throws `UsageError` for what has not the fields of an image: bytes not yet decoded, say. */
export function expectHeapImage(where: string, image: HeapImage): void {
  const refuse = (problem: string, remedy = "Pass what saveHeap or decodeHeapImage answers") => {
    throw new UsageError({ where, argument: "the image", problem, remedy });
  };
  const value: unknown = image;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    refuse(
      `is ${describeValue(value)}: the bytes of an image, not one`,
      "Decode them first with decodeHeapImage",
    );
  }
  if (typeof value !== "object" || value === null) {
    refuse(`is ${describeValue(value)}, not a heap image`);
  }
  const { types } = image;
  if (!Array.isArray(types)) refuse(`is no heap image: its types are ${describeValue(types)}`);
  for (const type of types) {
    if (typeof type === "object" && type !== null) continue;
    refuse(`is no heap image: ${describeValue(type)} is among its types`);
  }
  for (const field of NUMBERS) {
    const numbers = image[field];
    if (ArrayBuffer.isView(numbers) || Array.isArray(numbers)) continue;
    refuse(`is no heap image: its ${field} are ${describeValue(numbers)}`);
  }
}

/**
 * The groups of an image's objects, in order. Throws `InputFormatError` naming the first thing in
 * which the image contradicts itself. O(image).
 */
export function checkHeapImage(image: HeapImage): ObjectGroup[] {
  const fail: Fail = (section, index, problem) => {
    const offsetBytes = itemOffset(countSections(image), section, index);
    throw new InputFormatError({ source: "heap image", offsetBytes, problem });
  };
  if (image.version !== HEAP_IMAGE_VERSION) {
    const problem = `version ${describeValue(image.version)} is not ${HEAP_IMAGE_VERSION}`;
    throw new InputFormatError({ source: "heap image", offsetBytes: 8, problem });
  }
  checkTypes(image.types, fail);
  const groups = groupObjects(image, fail);
  checkTotals(image, groups, fail);
  checkStates(image, fail);
  checkReferences(image, fail);
  checkWeakReferences(image, groups, fail);
  return groups;
}

function checkTypes(types: readonly TypeDescriptor[], fail: Fail): void {
  const names = new Set<string>();
  if (types.length > TYPE_LIMIT_COUNT) {
    fail("types", TYPE_LIMIT_COUNT, `there are ${types.length} types, ${TYPE_LIMIT_COUNT} at most`);
  }
  for (const [index, type] of types.entries()) {
    try {
      checkDescriptor(type);
    } catch (error) {
      if (!isOuroError(error)) throw error;
      fail("types", index, error.message);
    }
    if (names.has(type.name)) fail("types", index, `two types are named "${type.name}"`);
    names.add(type.name);
  }
}

function groupObjects(image: HeapImage, fail: Fail): ObjectGroup[] {
  const { types, objectTypes, lengths, states } = image;
  const objectCount = objectTypes.length;
  if (lengths.length !== objectCount || states.length !== objectCount) {
    const counts = `${objectCount} types, ${lengths.length} lengths, ${states.length} states`;
    fail("states", 0, `the objects have ${counts}`);
  }
  const groups: ObjectGroup[] = [];
  let previous = NO_GROUP;
  for (let first = 0, end = 0; first < objectCount; first = end) {
    const typeIndex = objectTypes[first] as number;
    const length = lengths[first] as number;
    while (end < objectCount && objectTypes[end] === typeIndex && lengths[end] === length) end++;
    const group = { typeIndex, length, objectCount: end - first };
    checkGroup(types, previous, group, groups.length, fail);
    groups.push(group);
    previous = group;
  }
  return groups;
}

/** Whether a group may follow another. */
export function checkGroup(
  types: readonly TypeDescriptor[],
  previous: ObjectGroup,
  group: ObjectGroup,
  index: number,
  fail: Fail,
): void {
  const { typeIndex, length } = group;
  const type = types[typeIndex];
  if (type === undefined) fail("groups", index, `there is no type ${typeIndex}`);
  const isAfter =
    typeIndex > previous.typeIndex ||
    (typeIndex === previous.typeIndex && length > previous.length);
  if (!isAfter) fail("groups", index, "objects are not in the order of their types and lengths");
  if (type.variablePart === "none") {
    if (length !== 0) fail("groups", index, `"${type.name}" has no length, and ${length} is given`);
  } else if (length < 0 || length > LENGTH_LIMIT) {
    fail("groups", index, `length ${length} is not from 0 to ${LENGTH_LIMIT}`);
  }
}

function checkTotals(image: HeapImage, groups: readonly ObjectGroup[], fail: Fail): void {
  const { types, values, rawWords } = image;
  let slotCount = 0;
  let rawWordCount = 0;
  for (const [index, { typeIndex, length, objectCount }] of groups.entries()) {
    const type = types[typeIndex] as TypeDescriptor;
    slotCount += objectCount * slotCountOf(type, length);
    rawWordCount += objectCount * rawWordCountOf(type, length);
    if (slotCount > values.length) fail("groups", index, "it has more slots than there are values");
    if (rawWordCount > rawWords.length) {
      fail("groups", index, "it has more raw words than there are");
    }
  }
  if (slotCount !== values.length) {
    fail("values", slotCount, `there are ${values.length} values for ${slotCount} slots`);
  }
  if (rawWordCount !== rawWords.length) {
    fail("rawWords", rawWordCount, `there are ${rawWords.length} raw words for ${rawWordCount}`);
  }
}

function checkStates(image: HeapImage, fail: Fail): void {
  const { types, objectTypes, states, trackedOrder } = image;
  let trackedCount = 0;
  for (let object = 0; object < states.length; object++) {
    const state = states[object] as number;
    const watch = state & WATCH_BITS;
    if (watch === 0) continue;
    if (watch === WATCH_BITS) fail("states", object, `state ${state} is tracked and untracked`);
    if (watch === IMAGE_TRACKED) trackedCount++;
    const type = types[objectTypes[object] as number] as TypeDescriptor;
    if (!type.collected) fail("states", object, `"${type.name}" is tracked and not collected`);
  }
  if (trackedOrder.length === 0) return;
  if (trackedOrder.length !== trackedCount) {
    fail("trackedOrder", 0, `it names ${trackedOrder.length} of ${trackedCount} tracked objects`);
  }
  checkTrackedOrder(image, fail);
}

function checkTrackedOrder(image: HeapImage, fail: Fail): void {
  const { states, trackedOrder } = image;
  const isNamed = new Uint8Array(states.length);
  let youngest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < trackedOrder.length; index++) {
    const object = trackedOrder[index] as number;
    const state = states[object] ?? 0;
    if ((state & IMAGE_TRACKED) === 0) fail("trackedOrder", index, `${object} is not tracked`);
    if (isNamed[object] !== 0) fail("trackedOrder", index, `object ${object} is named twice`);
    isNamed[object] = 1;
    const generation = state >>> IMAGE_GENERATION_SHIFT;
    if (generation > youngest) fail("trackedOrder", index, "an older generation comes later");
    youngest = generation;
  }
}

function checkReferences(image: HeapImage, fail: Fail): void {
  const { values, handles, frames, objectTypes } = image;
  const objectCount = objectTypes.length;
  const problem = (value: number): string => `${value} names none of ${objectCount} objects`;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value > objectCount) fail("values", index, problem(value));
  }
  for (let index = 0; index < frames.length; index++) {
    const value = frames[index] as number;
    if (value > objectCount) fail("frames", index, problem(value));
  }
  if (handles.length % 2 !== 0) fail("handles", 0, "the last handle has no value");
  let previous = -1;
  for (let index = 0; index < handles.length; index += 2) {
    const handle = handles[index] as number;
    const value = handles[index + 1] as number;
    if (handle <= previous) fail("handles", index / 2, `handle ${handle} comes after ${previous}`);
    if (value > objectCount) fail("handles", index / 2, problem(value));
    previous = handle;
  }
}

/** Each says what it refers to in one place, and an object has at most one without a callback. */
function checkWeakReferences(image: HeapImage, groups: readonly ObjectGroup[], fail: Fail): void {
  const { types, values, rawWords, weakReferences } = image;
  const withoutCallback = new Set<number>();
  let slot = 0;
  let word = 0;
  let count = 0;
  for (const { typeIndex, length, objectCount } of groups) {
    const type = types[typeIndex] as TypeDescriptor;
    const slotCount = slotCountOf(type, length);
    const rawWordCount = rawWordCountOf(type, length);
    for (let each = 0; type.weakReference && each < objectCount; each++, count++) {
      checkWeakTarget(image, count, fail);
      const target = weakReferences[count] as number;
      const isShared = target > 0 && values[slot + each * slotCount] === 0;
      if (isShared && withoutCallback.has(target)) {
        const problem = `object ${target - 1} has another weak reference without callback`;
        fail("weakReferences", count, problem);
      }
      if (isShared) withoutCallback.add(target);
      const first = word + each * rawWordCount;
      for (let place = first; place < first + WEAK_PLACE_COUNT; place++) {
        if (rawWords[place] !== 0) fail("rawWords", place, "a weak reference says where it lay");
      }
    }
    slot += objectCount * slotCount;
    word += objectCount * rawWordCount;
  }
  if (count === weakReferences.length) return;
  const problem = `there are ${weakReferences.length} weak references for ${count} objects`;
  fail("weakReferences", count, problem);
}

function checkWeakTarget(
  { types, objectTypes, weakReferences }: HeapImage,
  index: number,
  fail: Fail,
): void {
  const objectCount = objectTypes.length;
  const target = weakReferences[index] ?? 0;
  if (target < 0 || target > objectCount) {
    fail("weakReferences", index, `${target} names none of ${objectCount} objects`);
  }
  const type = target === 0 ? undefined : types[objectTypes[target - 1] as number];
  if (type?.weaklyReferable === false) {
    fail("weakReferences", index, `"${type.name}" is not weakly referable`);
  }
}
