// Turns a heap graph into a heap image, so that any strategy can go on where CPython was stopped.
//
//   graph object              object in the image
//   refs                      visited slots, in their order
//   hidden                    owned-only slots
//   external references       one frame slot each: so every count comes out as recorded
//   immortal                  immortal, and one frame slot, so that tracing keeps it too
//   flags, generation, list   state and tracked order
//
// An object of CPython may have any number of both kinds of slots, and a type of an image repeats
// one kind only, so the types of an image are shapes of the graph's types:
//
//   "list#0"        no hidden references: a variable visited part
//   "dict#7/3"      3 refs: fixed visited slots, and a variable owned-only part
//   "code#8 owner"  no collector header: a variable owned-only part
//   "str#9 atom"    neither
//
// What is not carried over: sizes in bytes, and what weak reference objects refer to weakly; they
// are objects like others here.

import {
  HEAP_IMAGE_VERSION,
  type HeapImage,
  IMAGE_FINALIZED,
  IMAGE_GENERATION_SHIFT,
  IMAGE_IMMORTAL,
  IMAGE_TRACKED,
  IMAGE_UNTRACKED,
  LimitReachedError,
  type TypeDescriptor,
  type UntrackingRule,
} from "@ouro/interfaces";
import {
  GENERATION_PERMANENT,
  GENERATION_UNTRACKED,
  GRAPH_COLLECTED,
  GRAPH_FINALIZED,
  GRAPH_IMMORTAL,
  GRAPH_TRACKED,
  type GraphType,
  type HeapGraph,
} from "./heap-graph.js";

/** What a descriptor's fixed slots may number. */
const FIXED_SLOT_LIMIT = 0xffff;

/** A heap graph as a heap image, and who is who. */
export interface GraphImage {
  readonly image: HeapImage;
  /** For each object of the graph its number in the image. */
  readonly numbers: Int32Array;
  /** For each object of the image its number in the graph. */
  readonly objects: Int32Array;
  /**
   * Object i of the graph is held by the frame slots from `frameStarts[i]` to
   * `frameStarts[i + 1] − 1`, counted from the lowest slot in use.
   */
  readonly frameStarts: Int32Array;
  /**
   * Names of types whose finalizer empties the object's visited slots: generators and their kin,
   * which CPython closes and never clears. Without it their cycles stay.
   */
  readonly closingTypes: ReadonlySet<string>;
}

/** Shapes of a graph's types: for each object which, and the length of its variable part. */
interface Shapes {
  readonly types: readonly TypeDescriptor[];
  readonly shapeOf: Int32Array;
  readonly lengths: Int32Array;
}

/**
 * The image of a graph before its first step. Throws `LimitReachedError` for an object with both
 * hidden references and more than 65535 others. O(graph).
 */
export function heapImageOfGraph(graph: HeapGraph): GraphImage {
  const { objectCount } = graph;
  const { types, shapeOf, lengths } = findShapes(graph);
  const at = (column: Int32Array, object: number): number => column[object] as number;
  const objects = orderByShape(shapeOf, lengths, types.length);
  const numbers = new Int32Array(objectCount);
  for (let number = 0; number < objectCount; number++) numbers[at(objects, number)] = number;
  const frameStarts = frameStartsOf(graph);
  return {
    image: {
      version: HEAP_IMAGE_VERSION,
      types,
      objectTypes: objects.map((object) => at(shapeOf, object)),
      lengths: objects.map((object) => at(lengths, object)),
      states: Uint8Array.from(objects, (object) =>
        stateOf(graph, object, types[at(shapeOf, object)] as TypeDescriptor),
      ),
      trackedOrder: trackedOrderOf(graph, numbers),
      values: valuesOf(graph, objects, numbers),
      rawWords: new Int32Array(0),
      handles: new Int32Array(0),
      frames: framesOf(frameStarts, numbers),
      weakReferences: new Int32Array(0),
    },
    numbers,
    objects,
    frameStarts,
    closingTypes: new Set(types.filter(isClosing).map(({ name }) => name)),
  };
}

/** By shape, by length, by number. Sorts by counting: a comparison each would take seconds. */
function orderByShape(shapeOf: Int32Array, lengths: Int32Array, shapeCount: number): Int32Array {
  const groups = Array.from({ length: shapeCount }, () => new Map<number, number>());
  const groupOf = (object: number) => groups[shapeOf[object] as number] as Map<number, number>;
  for (let object = 0; object < shapeOf.length; object++) {
    const length = lengths[object] as number;
    groupOf(object).set(length, (groupOf(object).get(length) ?? 0) + 1);
  }
  let placed = 0;
  for (const group of groups) {
    for (const [length, count] of [...group].sort(([one], [other]) => one - other)) {
      group.set(length, placed);
      placed += count;
    }
  }
  const order = new Int32Array(shapeOf.length);
  for (let object = 0; object < shapeOf.length; object++) {
    const length = lengths[object] as number;
    const place = groupOf(object).get(length) as number;
    order[place] = object;
    groupOf(object).set(length, place + 1);
  }
  return order;
}

function findShapes(graph: HeapGraph): Shapes {
  const { objectCount, refStarts, hiddenStarts, objectTypes, flags } = graph;
  const types: TypeDescriptor[] = [];
  /** By type, then by what else tells shapes apart. */
  const known = graph.types.map(() => new Map<number, number>());
  const shapeOf = new Int32Array(objectCount);
  const lengths = new Int32Array(objectCount);
  const countOf = (starts: Int32Array, object: number): number =>
    (starts[object + 1] as number) - (starts[object] as number);
  for (let object = 0; object < objectCount; object++) {
    const typeIndex = objectTypes[object] as number;
    const isCollected = ((flags[object] as number) & GRAPH_COLLECTED) !== 0;
    const refCount = countOf(refStarts, object);
    const hiddenCount = countOf(hiddenStarts, object);
    const part = variablePartOf(isCollected, hiddenCount);
    lengths[object] = part === "visited" ? refCount : hiddenCount;
    const type = graph.types[typeIndex] as GraphType;
    const fixedCount = part === "visited" ? 0 : refCount;
    const key = shapeKey(part, isCollected, fixedCount);
    let shape = known[typeIndex]?.get(key);
    if (shape === undefined) {
      shape = types.length;
      known[typeIndex]?.set(key, shape);
      const name = `${type.name}#${typeIndex}${suffixOf(part, isCollected, refCount)}`;
      types.push(describeShape(graph, name, type, isCollected, fixedCount, part));
    }
    shapeOf[object] = shape;
  }
  return { types, shapeOf, lengths };
}

type VariablePart = TypeDescriptor["variablePart"];

/** Two shapes of a type have the same key if and only if they have the same name. */
function shapeKey(part: VariablePart, isCollected: boolean, fixedCount: number): number {
  if (part === "visited") return 0;
  if (part === "none") return 1;
  return isCollected ? 3 + fixedCount : 2;
}

function variablePartOf(isCollected: boolean, hiddenCount: number): VariablePart {
  if (hiddenCount > 0) return "owned";
  return isCollected ? "visited" : "none";
}

function suffixOf(part: VariablePart, isCollected: boolean, refCount: number): string {
  if (part === "visited") return "";
  if (part === "none") return " atom";
  return isCollected ? `/${refCount}` : " owner";
}

function describeShape(
  graph: HeapGraph,
  name: string,
  type: GraphType,
  collected: boolean,
  visitedSlotCount: number,
  variablePart: VariablePart,
): TypeDescriptor {
  if (visitedSlotCount > FIXED_SLOT_LIMIT) {
    throw new LimitReachedError({
      where: `heapImageOfGraph, graph "${graph.name}", type "${name}"`,
      what: "the number of references beside hidden ones",
      limit: FIXED_SLOT_LIMIT,
      actual: visitedSlotCount,
    });
  }
  return {
    name,
    visitedSlotCount,
    ownedSlotCount: 0,
    rawWordCount: 0,
    variablePart,
    visitOrder: "forward",
    releaseOrder: "forward",
    untracking: collected ? untrackingOf(type) : "never",
    collected,
    acyclic: false,
    finalizer: type.hasFinalizer,
    weaklyReferable: type.isWeaklyReferable,
    weakReference: false,
    clearable: collected && type.isClearable,
  };
}

function isClosing({ collected, finalizer, clearable }: TypeDescriptor): boolean {
  return collected && finalizer && !clearable;
}

/** CPython untracks exact tuples and dicts only, never those of subclasses. */
function untrackingOf({ name, isHeapType }: GraphType): UntrackingRule {
  return !isHeapType && (name === "tuple" || name === "dict") ? name : "never";
}

function stateOf(
  { flags, generations }: HeapGraph,
  object: number,
  { collected }: TypeDescriptor,
): number {
  const bits = flags[object] as number;
  const generation = generations[object] as number;
  const untracked = collected ? IMAGE_UNTRACKED : 0;
  return (
    (bits & GRAPH_TRACKED ? IMAGE_TRACKED | (generation << IMAGE_GENERATION_SHIFT) : untracked) |
    (bits & GRAPH_FINALIZED ? IMAGE_FINALIZED : 0) |
    (bits & GRAPH_IMMORTAL ? IMAGE_IMMORTAL : 0)
  );
}

/** Oldest generation first; within one, objects of a graph are numbered in list order. */
function trackedOrderOf({ generations }: HeapGraph, numbers: Int32Array): Int32Array {
  const order: number[] = [];
  const starts = new Array<number>(GENERATION_UNTRACKED + 1).fill(0);
  for (let object = 0; object < generations.length; object++) {
    const next = (generations[object] as number) + 1;
    if (next <= GENERATION_UNTRACKED) starts[next] = object + 1;
  }
  for (let next = 1; next <= GENERATION_UNTRACKED; next++) {
    starts[next] = Math.max(starts[next] as number, starts[next - 1] as number);
  }
  for (let generation = GENERATION_PERMANENT; generation >= 0; generation--) {
    const end = starts[generation + 1] as number;
    for (let object = starts[generation] as number; object < end; object++) {
      order.push(numbers[object] as number);
    }
  }
  return Int32Array.from(order);
}

function valuesOf(graph: HeapGraph, objects: Int32Array, numbers: Int32Array): Int32Array {
  const { refStarts, refs, hiddenStarts, hidden } = graph;
  const values = new Int32Array(refs.length + hidden.length);
  let count = 0;
  const store = (references: Int32Array, starts: Int32Array, object: number): void => {
    const end = starts[object + 1] as number;
    for (let index = starts[object] as number; index < end; index++) {
      values[count++] = (numbers[references[index] as number] as number) + 1;
    }
  };
  for (let number = 0; number < objects.length; number++) {
    const object = objects[number] as number;
    store(refs, refStarts, object);
    store(hidden, hiddenStarts, object);
  }
  return values;
}

function frameStartsOf({ objectCount, externals, flags }: HeapGraph): Int32Array {
  const starts = new Int32Array(objectCount + 1);
  for (let object = 0; object < objectCount; object++) {
    const isImmortal = ((flags[object] as number) & GRAPH_IMMORTAL) !== 0;
    const count = isImmortal ? 1 : (externals[object] as number);
    starts[object + 1] = (starts[object] as number) + count;
  }
  return starts;
}

function framesOf(frameStarts: Int32Array, numbers: Int32Array): Int32Array {
  const frames = new Int32Array(frameStarts.at(-1) as number);
  for (let object = 0; object < numbers.length; object++) {
    const end = frameStarts[object + 1] as number;
    frames.fill((numbers[object] as number) + 1, frameStarts[object] as number, end);
  }
  return frames;
}
