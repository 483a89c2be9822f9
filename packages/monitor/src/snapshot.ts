// A snapshot is a heap image read as a graph: who refers to whom, from which slot, and how large
// each object is. All questions about a heap at one moment are asked of it: why an object is
// alive, what goes with it, what grew. It is taken of a live heap or of a file alike, since both
// give an image.
//
//   object i     type and size        edges from edgeStarts[i] up to edgeStarts[i + 1]
//   edge e       edgeTargets[e]: an object          edgeSlots[e]: its slot, from 0
//   root r       rootTargets[r]: an object          rootSlots[r]: handle −1 − h, or frame slot f
//
// Slots that hold none or an immediate have no edge. Objects keep the numbers they have in the
// image.

import {
  type HeapImage,
  IMAGE_GENERATION_SHIFT,
  IMAGE_TRACKED,
  NOT_TRACKED,
  OBJECT_HEADER_SIZE_WORDS,
  type TypeDescriptor,
} from "@ouro/interfaces";
import type { SourcePlace } from "./source-place.js";

/** How names and sizes are told; every part has a default, so that any image can be read. */
export interface SnapshotNames {
  /** What an object's type is called. Default: the descriptor's name. */
  typeName?(descriptor: TypeDescriptor): string;
  /** What a slot of an object of this type is called. Default: `[slot]`. */
  slotName?(descriptor: TypeDescriptor, slot: number): string;
  /** What a root slot is called: of a handle, or of the frame slot from the lowest one on. */
  rootName?(kind: "handle" | "frame", index: number): string;
  /** For each object its size in bytes. Default: what our own objects take. */
  sizesBytes?: ArrayLike<number>;
  /** For each object what tells it from others of its type, or undefined. */
  label?(object: number): string | undefined;
  /** Where the program made an object, if that is known. */
  placeOf?(object: number): SourcePlace | undefined;
}

/** **Invariant:** edges and roots name objects that are there; sizes are whole and not negative. */
export interface Snapshot {
  readonly objectCount: number;
  readonly edgeCount: number;
  readonly descriptors: readonly TypeDescriptor[];
  readonly typeNames: readonly string[];
  /** For each object an index of `descriptors` and `typeNames`. */
  readonly objectTypes: Int32Array;
  /** For each object its length, 0 if its type has none. */
  readonly lengths: Int32Array;
  readonly sizesBytes: Float64Array;
  readonly edgeStarts: Int32Array;
  readonly edgeTargets: Int32Array;
  readonly edgeSlots: Int32Array;
  readonly rootTargets: Int32Array;
  /** Below 0: the handle −1 − value; else the frame slot, 0 is the lowest. */
  readonly rootSlots: Int32Array;
  /** Pairs of a weak reference object and what it refers to. Neither edge nor root. */
  readonly weakEdges: Int32Array;
  /** For each object its generation, 3 if permanent, −1 if no cycle detector watches it. */
  readonly generations: Int8Array;
  typeNameOf(object: number): string;
  edgeName(edge: number): string;
  rootName(root: number): string;
  /** The type's name, and the object's number or what it is called. */
  describe(object: number): string;
  /** Where the program made it; undefined: nobody told. */
  placeOf(object: number): SourcePlace | undefined;
}

/** Reads an image as a graph. Throws nothing for a sound image. O(image). */
export function createSnapshot(image: HeapImage, names: SnapshotNames = {}): Snapshot {
  const { types: descriptors, objectTypes } = image;
  const objectCount = objectTypes.length;
  const edges = readEdges(image);
  const roots = readRoots(image);
  const typeNames = descriptors.map((each) => names.typeName?.(each) ?? each.name);
  const sizesBytes =
    names.sizesBytes === undefined ? sizesOf(image) : Float64Array.from(names.sizesBytes);
  const typeNameOf = (object: number): string => typeNames[objectTypes[object] as number] as string;

  function edgeName(edge: number): string {
    const holder = holderOf(edges.edgeStarts, edge);
    const descriptor = descriptors[objectTypes[holder] as number] as TypeDescriptor;
    const slot = edges.edgeSlots[edge] as number;
    return names.slotName?.(descriptor, slot) ?? `[${slot}]`;
  }

  function rootName(root: number): string {
    const slot = roots.rootSlots[root] as number;
    const kind = slot < 0 ? "handle" : "frame";
    const index = slot < 0 ? -1 - slot : slot;
    return names.rootName?.(kind, index) ?? `${kind} slot ${index}`;
  }

  return {
    objectCount,
    edgeCount: edges.edgeTargets.length,
    descriptors,
    typeNames,
    objectTypes,
    lengths: image.lengths,
    sizesBytes,
    ...edges,
    ...roots,
    weakEdges: readWeakEdges(image),
    generations: Int8Array.from(image.states, generationOf),
    typeNameOf,
    edgeName,
    rootName,
    describe: (object) => `${typeNameOf(object)} ${names.label?.(object) ?? `#${object}`}`,
    placeOf: (object) => names.placeOf?.(object),
  };
}

/** Which object an edge leaves: the last one whose edges begin at or before it. O(log objects). */
export function holderOf(edgeStarts: Int32Array, edge: number): number {
  let low = 0;
  let high = edgeStarts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((edgeStarts[middle] as number) <= edge) low = middle;
    else high = middle;
  }
  return low;
}

/** How many slots an object has, from its descriptor and length. */
function slotCountOf({ visitedSlotCount, ownedSlotCount, variablePart }: TypeDescriptor) {
  const repeats = variablePart === "visited" || variablePart === "owned" ? 1 : 0;
  return { fixed: visitedSlotCount + ownedSlotCount, repeats };
}

function readEdges(image: HeapImage) {
  const { objectTypes, lengths, values, types } = image;
  const counts = types.map(slotCountOf);
  const objectCount = objectTypes.length;
  let edgeCount = 0;
  for (let index = 0; index < values.length; index++)
    if ((values[index] as number) > 0) edgeCount++;
  const edgeStarts = new Int32Array(objectCount + 1);
  const edgeTargets = new Int32Array(edgeCount);
  const edgeSlots = new Int32Array(edgeCount);
  let position = 0;
  let edge = 0;
  for (let object = 0; object < objectCount; object++) {
    edgeStarts[object] = edge;
    const { fixed, repeats } = counts[objectTypes[object] as number] as (typeof counts)[number];
    const slotCount = fixed + repeats * (lengths[object] as number);
    for (let slot = 0; slot < slotCount; slot++) {
      const value = values[position++] as number;
      if (value <= 0) continue;
      edgeTargets[edge] = value - 1;
      edgeSlots[edge++] = slot;
    }
  }
  edgeStarts[objectCount] = edge;
  return { edgeStarts, edgeTargets, edgeSlots };
}

function readRoots({ handles, frames }: HeapImage) {
  const targets: number[] = [];
  const slots: number[] = [];
  for (let index = 0; index < handles.length; index += 2) {
    if ((handles[index + 1] as number) <= 0) continue;
    targets.push((handles[index + 1] as number) - 1);
    slots.push(-1 - (handles[index] as number));
  }
  for (let index = 0; index < frames.length; index++) {
    if ((frames[index] as number) <= 0) continue;
    targets.push((frames[index] as number) - 1);
    slots.push(index);
  }
  return { rootTargets: Int32Array.from(targets), rootSlots: Int32Array.from(slots) };
}

/** The image tells of weak references by number, in the order of the objects that are such. */
function readWeakEdges({ weakReferences, objectTypes, types }: HeapImage): Int32Array {
  const edges: number[] = [];
  let index = 0;
  for (let object = 0; object < objectTypes.length; object++) {
    if (!(types[objectTypes[object] as number] as TypeDescriptor).weakReference) continue;
    const target = weakReferences[index++] ?? 0;
    if (target > 0) edges.push(object, target - 1);
  }
  return Int32Array.from(edges);
}

function generationOf(state: number): number {
  return (state & IMAGE_TRACKED) === 0 ? NOT_TRACKED : state >> IMAGE_GENERATION_SHIFT;
}

/** Header, length word, slots and raw words. Unit: bytes. */
function sizesOf({ types, objectTypes, lengths }: HeapImage): Float64Array {
  return Float64Array.from(objectTypes, (type, object) => {
    const { visitedSlotCount, ownedSlotCount, rawWordCount, variablePart } = types[
      type
    ] as TypeDescriptor;
    const length = lengths[object] as number;
    const fixed = OBJECT_HEADER_SIZE_WORDS + visitedSlotCount + ownedSlotCount + rawWordCount;
    if (variablePart === "none") return 4 * fixed;
    return 4 * (fixed + 1 + (variablePart === "bytes" ? Math.ceil(length / 4) : length));
  });
}
