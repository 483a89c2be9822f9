// Saves a heap as an image, and fills an empty heap from one. Addresses become numbers and numbers
// addresses again:
//
//   save      walk: how many of each type and length ─► walk: each object's number
//             ─► slots, raw words and roots, references as numbers
//   restore   check everything ─► allocate group by group, never collecting ─► sort each group by
//             address: that is its numbering ─► bare stores of slots and roots ─► the collector
//             makes its own state (`restored`) ─► validate
//
// Sorting is what makes saving a restored heap give the same image, wherever an allocator places.

import {
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  type Collector,
  expectSound,
  HEAP_IMAGE_VERSION,
  type HeapImage,
  LENGTH_WORD_OFFSET,
  type LinearMemory,
  PERMANENT_GENERATION,
  type PrivateHeap,
  type Reference,
  ROW_FLAGS,
  type RootStack,
  TYPE_WEAK_REFERENCE,
  type TypeId,
  type TypeTable,
} from "@ouro/interfaces";
import { rawWordCountOf, slotCountOf, WEAK_PLACE_COUNT } from "./heap-image-sections.js";
import { createObjectLayout, type ObjectLayout } from "./object-layout.js";

/** The parts of a memory manager that an image is taken of, or that it fills. */
export interface HeapImageParts {
  readonly heap: PrivateHeap;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
}

/** The parts that a walk over the objects needs. */
export interface WalkedParts {
  readonly heap: LinearMemory;
  readonly types: TypeTable;
  readonly collector: Pick<Collector, "walk">;
}

/**
 * The heap as an image: every object that is not reclaimed, garbage included. Changes nothing. Call
 * it at a safepoint, from outside program code. Throws `HeapCorruptionError` for a slot that names
 * no object. O(heap).
 */
export function saveHeap(parts: HeapImageParts): HeapImage {
  const { heap, types, collector } = parts;
  const words = heap.words;
  const layout = createObjectLayout(words, types);
  const census = takeCensus(parts, layout);
  const { objects } = census;
  const encode = createEncoder(objects);

  const objectTypes = new Int32Array(objects.length);
  const lengths = new Int32Array(objects.length);
  const states = new Uint8Array(objects.length);
  const values = new Int32Array(census.slotCount);
  const rawWords = new Int32Array(census.rawWordCount);
  const isWeakReference = (object: number): boolean =>
    ((words[layout.rowOf(object) + ROW_FLAGS] as number) & TYPE_WEAK_REFERENCE) !== 0;
  let valueCount = 0;
  let rawWordCount = 0;
  for (let index = 0; index < objects.length; index++) {
    const object = objects[index] as Reference;
    objectTypes[index] = layout.typeOf(object) - 1;
    lengths[index] = layout.isVariable(object) ? (words[object + LENGTH_WORD_OFFSET] as number) : 0;
    states[index] = collector.stateOf?.(object) ?? 0;
    const slotsEnd = layout.slotsEnd(object);
    for (let slot = layout.slotsStart(object); slot < slotsEnd; slot++) {
      values[valueCount++] = encode(words[slot] as number, slot);
    }
    const end = object + layout.sizeWords(object);
    // Where a weak reference refers to is said apart: here it would be an address.
    const contentStart = isWeakReference(object) ? slotsEnd + WEAK_PLACE_COUNT : slotsEnd;
    rawWordCount += contentStart - slotsEnd;
    for (let word = contentStart; word < end; word++) {
      rawWords[rawWordCount++] = words[word] as number;
    }
  }
  return {
    version: HEAP_IMAGE_VERSION,
    types: Array.from({ length: types.count }, (_, index) =>
      types.descriptor((index + 1) as TypeId),
    ),
    objectTypes,
    lengths,
    states,
    trackedOrder: saveTrackedOrder(collector, encode),
    values,
    rawWords,
    handles: saveHandles(words, parts.roots, encode),
    frames: saveFrames(words, parts.roots, encode),
    weakReferences: saveWeakReferences(collector, objects.filter(isWeakReference), encode),
  };
}

/**
 * Objects in the order in which an image numbers them: by type, by length, by address. After a
 * restore these are the objects of the image, each in its place. O(heap).
 */
export function objectsInImageOrder(parts: WalkedParts): Int32Array {
  return takeCensus(parts, createObjectLayout(parts.heap.words, parts.types)).objects;
}

/** The value in an image of what a slot holds. */
type Encoder = (value: number, slot: number) => number;

interface Census {
  /** In the order of their numbers. */
  readonly objects: Int32Array;
  readonly slotCount: number;
  readonly rawWordCount: number;
}

/** Sorts by counting: how many of each type and length there are says where each of them goes. */
function takeCensus({ heap, types, collector }: WalkedParts, layout: ObjectLayout): Census {
  const words = heap.words;
  const groups = Array.from({ length: types.count + 1 }, () => new Map<number, number>());
  const lengthOf = (object: number): number =>
    layout.isVariable(object) ? (words[object + LENGTH_WORD_OFFSET] as number) : 0;
  collector.walk((object) => {
    const group = groups[layout.typeOf(object)];
    expectSound(group !== undefined, "object", object, "its type is none");
    const length = lengthOf(object);
    group.set(length, (group.get(length) ?? 0) + 1);
  });

  let objectCount = 0;
  let slotCount = 0;
  let rawWordCount = 0;
  for (const [type, group] of groups.entries()) {
    if (group.size === 0) continue;
    const descriptor = types.descriptor(type as TypeId);
    for (const [length, count] of [...group].sort(([one], [other]) => one - other)) {
      group.set(length, objectCount);
      objectCount += count;
      slotCount += count * slotCountOf(descriptor, length);
      rawWordCount += count * rawWordCountOf(descriptor, length);
    }
  }

  const objects = new Int32Array(objectCount);
  collector.walk((object) => {
    const group = groups[layout.typeOf(object)] as Map<number, number>;
    const length = lengthOf(object);
    const index = group.get(length) as number;
    objects[index] = object;
    group.set(length, index + 1);
  });
  return { objects, slotCount, rawWordCount };
}

/** From references to numbers, by a table for each arena that has objects. */
function createEncoder(objects: Int32Array): Encoder {
  const arenas: Int32Array[] = [];
  const granuleMask = ARENA_SIZE_WORDS - 1;
  for (let index = 0; index < objects.length; index++) {
    const object = objects[index] as number;
    const arena = object >>> ARENA_SHIFT;
    arenas[arena] ??= new Int32Array(ARENA_SIZE_WORDS >> 2);
    (arenas[arena] as Int32Array)[(object & granuleMask) >> 2] = index + 1;
  }
  return (value, slot) => {
    if (value <= 0) return value;
    const numbers = arenas[value >>> ARENA_SHIFT];
    const number = (value & 3) === 0 ? (numbers?.[(value & granuleMask) >> 2] ?? 0) : 0;
    expectSound(number !== 0, "slot", slot, () => `it holds ${value}, where no object is`);
    return number;
  };
}

/** The permanent generation first, the youngest last. An order of addresses is none. */
function saveTrackedOrder({ generations, traits }: Collector, encode: Encoder): Int32Array {
  if (traits.collectionOrder === "any") return new Int32Array(0);
  const order: number[] = [];
  for (let generation = PERMANENT_GENERATION; generation >= 0; generation--) {
    generations?.walk(generation, (object) => order.push(encode(object, object) - 1));
  }
  return Int32Array.from(order);
}

/** Without finalization nothing says what they refer to. */
function saveWeakReferences(
  { finalization }: Collector,
  weakReferences: Int32Array,
  encode: Encoder,
): Int32Array {
  return weakReferences.map((weak) => encode(finalization?.targetOf(weak as Reference) ?? 0, weak));
}

function saveHandles(words: Int32Array, roots: RootStack, encode: Encoder): Int32Array {
  const handles: number[] = [];
  const end = words[roots.handlesEndWord] as number;
  for (let slot: number = roots.start; slot < end; slot++) {
    if (!roots.isLive(slot)) continue;
    handles.push(slot - roots.start, encode(words[slot] as number, slot));
  }
  return Int32Array.from(handles);
}

function saveFrames(words: Int32Array, roots: RootStack, encode: Encoder): Int32Array {
  const top = words[roots.topWord] as number;
  const frames = words.slice(roots.framesStart, top);
  for (let index = 0; index < frames.length; index++) {
    frames[index] = encode(frames[index] as number, roots.framesStart + index);
  }
  return frames;
}
