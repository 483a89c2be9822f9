// Fills an empty heap from an image (heap-image.ts draws the way). All that can be refused is
// refused before the first object is placed; only memory can run out later, and then what was
// placed is given back.

import {
  type Collector,
  type HeapImage,
  IMAGE_FINALIZED,
  IMAGE_TRACKED,
  LENGTH_WORD_OFFSET,
  OutOfMemoryError,
  type Reference,
  type RootStack,
  type Slot,
  type TypeDescriptor,
  type TypeId,
  type TypeTable,
  UsageError,
} from "@ouro/interfaces";
import type { HeapImageParts } from "./heap-image.js";
import { checkHeapImage, expectHeapImage, type ObjectGroup } from "./heap-image-check.js";
import { createObjectLayout } from "./object-layout.js";
import { validateObjects } from "./object-validate.js";

const where = "restoreHeap";

/**
 * Fills an empty heap. Types are defined if the table is empty; otherwise each type of the image
 * must be there, by name, with an equal descriptor. Handles keep their indexes, frame slots are one
 * run from the bottom. Throws `InputFormatError` for an image that contradicts itself, `UsageError`
 * for what is no image, as bytes not yet decoded, a heap that is not empty, other types or more
 * than there is room for, or weak references where nothing keeps them; `OutOfMemoryError` when
 * memory, handles or frame slots do not suffice: then the heap is empty as before, and the types
 * that were defined stay so. O(image).
 */
export function restoreHeap(parts: HeapImageParts, image: HeapImage): void {
  const { heap, types, roots, collector } = parts;
  expectHeapImage(where, image);
  const groups = checkHeapImage(image);
  checkEmpty(parts);
  checkRoots(roots, image);
  if (collector.finalization === undefined && image.weakReferences.some((value) => value > 0)) {
    const remedy = "Restore it into a memory manager with finalization";
    refuse("the image", "has weak references, and no part here keeps them", remedy);
  }
  const typeIds = matchTypes(types, image.types);
  const objects = allocateObjects(parts, image, groups, typeIds);
  storeContents(parts, image, objects);
  storeRoots(heap.words, roots, image, objects);
  restoreStates(collector, image, objects);
  collector.restored();
  restoreWeakReferences(parts, image, objects);
  collector.validate();
  validateObjects(heap.words, types, roots, collector);
}

function checkEmpty({ heap, roots, collector }: HeapImageParts): void {
  let objectCount = 0;
  collector.walk(() => {
    objectCount++;
  });
  const slotCount = (heap.words[roots.topWord] as number) - roots.framesStart;
  const { liveHandleCount } = roots;
  if (objectCount + slotCount + liveHandleCount === 0) return;
  const counts = `${objectCount} objects, ${liveHandleCount} handles, ${slotCount} frame slots`;
  refuse("the heap", `is not empty: it has ${counts}`, "Restore into a new memory manager");
}

function checkRoots(roots: RootStack, { handles, frames }: HeapImage): void {
  const handleLimit = roots.framesStart - roots.start;
  const handleCount = handles.length === 0 ? 0 : (handles.at(-2) as number) + 1;
  if (handleCount > handleLimit) refuseRoots("handleLimitCount", handleCount, handleLimit);
  const slotLimit = roots.end - roots.framesStart;
  if (frames.length > slotLimit) refuseRoots("frameSlotLimitCount", frames.length, slotLimit);
}

function refuseRoots(option: string, count: number, limit: number): never {
  throw new OutOfMemoryError({
    where: `${where} (${option} sets the room)`,
    requestBytes: count * 4,
    lentBytes: 0,
    limitBytes: limit * 4,
  });
}

/** For each type of the image its number here. Nothing is defined unless all can be. */
function matchTypes(types: TypeTable, wanted: readonly TypeDescriptor[]): TypeId[] {
  if (types.count === 0) {
    const { limitCount } = types;
    if (wanted.length > limitCount) {
      const problem = `has ${wanted.length} types, and there is room for ${limitCount}`;
      refuse("the image", problem, "Raise typeLimitCount of the memory manager");
    }
    return wanted.map((descriptor) => types.define(descriptor));
  }
  return wanted.map((descriptor) => {
    const type = types.find(descriptor.name);
    const argument = `type "${descriptor.name}"`;
    const remedy = "Restore into a new memory manager, or define the same types";
    if (type === undefined) return refuse(argument, "is not defined here", remedy);
    const here = types.descriptor(type);
    for (const key of Object.keys(here) as (keyof TypeDescriptor)[]) {
      if (here[key] === descriptor[key]) continue;
      refuse(argument, `has ${key} ${descriptor[key]}, and ${here[key]} here`, remedy);
    }
    return type;
  });
}

/** The objects in the order of their numbers, slots none and raw words zero. */
function allocateObjects(
  parts: HeapImageParts,
  image: HeapImage,
  groups: readonly ObjectGroup[],
  typeIds: readonly TypeId[],
): Int32Array {
  const { words } = parts.heap;
  const { tryAllocate } = parts.collector;
  const layout = createObjectLayout(words, parts.types);
  const objects = new Int32Array(image.objectTypes.length);
  let count = 0;
  for (const { typeIndex, length, objectCount } of groups) {
    const type = typeIds[typeIndex] as TypeId;
    const isVariable = image.types[typeIndex]?.variablePart !== "none";
    const sizeWords = layout.sizeFor(type, length);
    const end = count + objectCount;
    const first = count;
    for (; count < end; count++) {
      const object = tryAllocate(type, sizeWords);
      if (object === 0) refuseMemory(parts, objects.subarray(0, count), sizeWords);
      if (isVariable) words[object + LENGTH_WORD_OFFSET] = length;
      objects[count] = object;
    }
    objects.subarray(first, end).sort();
  }
  return objects;
}

function refuseMemory(parts: HeapImageParts, placed: Int32Array, sizeWords: number): never {
  const { lentBytes, limitBytes } = parts.heap.statistics();
  giveBack(parts, placed);
  throw new OutOfMemoryError({
    where: `${where}, after ${placed.length} objects`,
    requestBytes: sizeWords * 4,
    lentBytes,
    limitBytes,
  });
}

/** An object that is born, dropped and collected is gone in every strategy that reclaims. */
function giveBack({ heap, roots, collector }: HeapImageParts, placed: Int32Array): void {
  const { words } = heap;
  const slot = roots.framesStart;
  words[roots.topWord] = slot + 1;
  words[slot] = 0;
  for (let index = placed.length - 1; index >= 0; index--) {
    const object = placed[index] as Reference;
    if (collector.withdraw !== undefined) {
      collector.withdraw(object);
      continue;
    }
    collector.setState?.(object, IMAGE_FINALIZED); // its finalizer must not run on an empty object
    if (collector.born === undefined) words[slot] = object;
    else collector.born(slot, object);
    if (collector.write === undefined) words[slot] = 0;
    else collector.write(slot, 0, 0);
  }
  words[roots.topWord] = slot;
  collector.collect(collector.oldestGeneration);
}

function storeContents(parts: HeapImageParts, image: HeapImage, objects: Int32Array): void {
  const { words } = parts.heap;
  const { values, rawWords } = image;
  const layout = createObjectLayout(words, parts.types);
  let valueCount = 0;
  let rawWordCount = 0;
  for (let index = 0; index < objects.length; index++) {
    const object = objects[index] as number;
    const slotsEnd = layout.slotsEnd(object);
    for (let slot = layout.slotsStart(object); slot < slotsEnd; slot++) {
      words[slot] = decode(values[valueCount++] as number, objects);
    }
    const end = object + layout.sizeWords(object);
    for (let word = slotsEnd; word < end; word++) words[word] = rawWords[rawWordCount++] as number;
  }
}

function storeRoots(
  words: Int32Array,
  roots: RootStack,
  { handles, frames }: HeapImage,
  objects: Int32Array,
): void {
  for (let index = 0; index < handles.length; index += 2) {
    const slot = (roots.start + (handles[index] as number)) as Slot;
    roots.takeHandleAt(slot);
    words[slot] = decode(handles[index + 1] as number, objects);
  }
  const { framesStart } = roots;
  for (let index = 0; index < frames.length; index++) {
    words[framesStart + index] = decode(frames[index] as number, objects);
  }
  words[roots.topWord] = framesStart + frames.length;
}

/** Tracked objects first, in the order of the lists. */
function restoreStates(collector: Collector, image: HeapImage, objects: Int32Array): void {
  if (collector.setState === undefined) return;
  const { states, trackedOrder } = image;
  const isListed = trackedOrder.length > 0;
  for (const index of trackedOrder) {
    collector.setState(objects[index] as Reference, states[index] as number);
  }
  for (let index = 0; index < states.length; index++) {
    const state = states[index] as number;
    if (state === 0 || (isListed && (state & IMAGE_TRACKED) !== 0)) continue;
    collector.setState(objects[index] as Reference, state);
  }
}

/** Those with lower numbers first, as if they were the older ones. */
function restoreWeakReferences(
  { collector }: HeapImageParts,
  { types, objectTypes, weakReferences }: HeapImage,
  objects: Int32Array,
): void {
  const { finalization } = collector;
  if (finalization === undefined || weakReferences.length === 0) return;
  let count = 0;
  for (let index = 0; index < objects.length; index++) {
    if (types[objectTypes[index] as number]?.weakReference !== true) continue;
    const target = decode(weakReferences[count++] as number, objects);
    finalization.reattach(objects[index] as Reference, target as Reference | 0);
  }
}

function decode(value: number, objects: Int32Array): number {
  return value > 0 ? (objects[value - 1] as number) : value;
}

function refuse(argument: string, problem: string, remedy: string): never {
  throw new UsageError({ where, argument, problem, remedy });
}
