// A heap to look at: a recorded heap graph, a heap image or what a program has made, as a graph
// with names, sizes and the numbers by which people know its objects.
//
//   NAME.hgraph.gz ─► heap graph ─► heap image ─┐
//   NAME.ouroheap ──────────────────────────────┼─► snapshot
//   NAME.jsonl.gz ─► program, run ─► heap image ┘
//
// What only the recording knows is added to the snapshot: CPython's sizes, what weak references
// refer to, what its slots are called (graph-slot-names.ts), and why a root is one.

import { assert, type HeapImage, InputFormatError, type TypeDescriptor } from "@ouro/interfaces";
import { createSnapshot, holderOf, type Snapshot, type SnapshotNames } from "@ouro/monitor";
import { decodeHeapImage } from "@ouro/object-model";
import {
  GRAPH_IMMORTAL,
  type GraphImage,
  type HeapGraph,
  heapImageOfGraph,
  readHeapGraph,
} from "@ouro/trace";
import { graphSlotName } from "./graph-slot-names.js";
import type { InspectedHeap } from "./inspection.js";
import { withKnownRoots } from "./known-roots.js";
import { chooseProgram } from "./program-choice.js";
import { decodedStart, kindOf, piecesOf } from "./recording.js";
import { createStages, type Work } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

export type { InspectedHeap };

/** How a heap image begins, and a decoded allocation trace. */
const IMAGE_START = "\u0089OHI";
const TRACE_START = "ALTRACE1";

/** Which heap of a file; a file of one heap needs none of it. */
export interface HeapChoice {
  /** For messages. */
  readonly command: string;
  /** What programs run on. */
  readonly preset: string;
  readonly program: string | undefined;
  /** Of a program. Undefined: all. */
  readonly stepCount: number | undefined;
}

/**
 * Reads a heap. Throws `InputFormatError`, `FileNotReadableError` and `Stopped`, and `UsageError`
 * for a program that is not in the file. O(file).
 */
export async function inspectHeap(
  file: string,
  choice: HeapChoice,
  terminal: Terminal,
  work: Work,
): Promise<InspectedHeap> {
  const bytes = await terminal.readBytes(file);
  await work.breathe();
  if (isHeapImage(bytes)) {
    const done = createStages(work, "reading", file, 2);
    const image = decodeHeapImage(bytes);
    await done();
    const heap = heapOfImage(file, image);
    await done();
    return heap;
  }
  const recording = { file, kind: kindOf(file, bytes), bytes };
  if (recording.kind === "mutator-programs") {
    const { heapOfProgram } = await import("./inspected-program.js");
    const program = await chooseProgram(recording, choice.program, choice.command, work);
    return heapOfProgram(file, program, choice.preset, choice.stepCount);
  }
  if (recording.kind === "allocation-trace" && decodedStart(bytes) === TRACE_START) {
    refuseTrace(file);
  }
  const graph = await readHeapGraph(piecesOf(recording, work), { sourceName: file });
  await work.breathe();
  return heapOfGraph(file, graph);
}

/** What tells shapes of one type apart in an image of a recorded heap: `tuple#7`, `dict#3/2`. */
const SHAPE = /#\d+( atom| owner|\/\d+)?$/;

export function isHeapImage(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, IMAGE_START.length)) === IMAGE_START;
}

function refuseTrace(file: string): never {
  const problem = "it is an allocation trace, which knows blocks and no objects";
  const remedy =
    "Name a heap graph (NAME.hgraph.gz), programs (NAME.jsonl.gz) or a heap image " +
    "(NAME.ouroheap).";
  throw new InputFormatError({ source: file, problem, remedy });
}

function heapOfImage(file: string, image: HeapImage): InspectedHeap {
  const typeName = ({ name }: TypeDescriptor): string => name.replace(SHAPE, "");
  const snapshot = createSnapshot(image, { typeName });
  return {
    file,
    kind: "heap-image",
    name: file,
    image,
    snapshot,
    graph: undefined,
    frameStarts: undefined,
    numberOf: (object) => object,
    objectOf: (number) => (number < snapshot.objectCount ? number : undefined),
  };
}

function heapOfGraph(file: string, graph: HeapGraph): InspectedHeap {
  return heapOfParts(file, graph, heapImageOfGraph(graph));
}

/**
 * A recorded heap some steps later: an image saved then, and for each of its objects its number in
 * the recording.
 */
export function laterHeap(
  { file, graph, frameStarts }: InspectedHeap,
  image: HeapImage,
  objects: Int32Array,
): InspectedHeap {
  assert(graph !== undefined && frameStarts !== undefined, "only a recording has later steps");
  const numbers = new Int32Array(graph.objectCount).fill(-1);
  for (const [object, number] of objects.entries()) numbers[number] = object;
  return heapOfParts(file, graph, { image, numbers, objects, frameStarts });
}

type Parts = Omit<GraphImage, "closingTypes">;

function heapOfParts(file: string, graph: HeapGraph, parts: Parts): InspectedHeap {
  const { image, numbers, objects, frameStarts } = parts;
  return {
    file,
    kind: "heap-graph",
    name: graph.name,
    image,
    snapshot: snapshotOfGraph(graph, parts),
    graph,
    frameStarts,
    numberOf: (object) => objects[object] as number,
    objectOf: (number) => (numbers[number] === -1 ? undefined : numbers[number]),
  };
}

function snapshotOfGraph(
  graph: HeapGraph,
  { image, numbers, objects, frameStarts }: Parts,
): Snapshot {
  const sizesBytes = Float64Array.from(
    objects,
    (object) => (graph.sizesBytes[object] as number) + (graph.headerSizesBytes[object] as number),
  );
  const names: SnapshotNames = {
    // A shape's name begins with that of its type.
    typeName: ({ name }) => name.slice(0, name.lastIndexOf("#")),
    rootName(_kind, index) {
      const object = holderOf(frameStarts, index);
      const isImmortal = ((graph.flags[object] as number) & GRAPH_IMMORTAL) !== 0;
      return isImmortal ? "immortal" : "held from outside";
    },
    label: (object) => `#${objects[object]}`,
    sizesBytes,
  };
  const whole = createSnapshot(image, names);
  const snapshot =
    graph.rootNames === undefined ? whole : withKnownRoots(whole, graph, graph.rootNames, numbers);
  return {
    ...snapshot,
    weakEdges: weakEdgesOf(graph, numbers),
    edgeName(edge) {
      const object = objects[holderOf(snapshot.edgeStarts, edge)] as number;
      return graphSlotName(graph, object, snapshot.edgeSlots[edge] as number);
    },
  };
}

function weakEdgesOf({ weakReferences }: HeapGraph, numbers: Int32Array): Int32Array {
  const edges: number[] = [];
  for (const [index, object] of weakReferences.objects.entries()) {
    const from = numbers[object] as number;
    const to = numbers[(weakReferences.targets[index] as number) - 1] ?? -1;
    if (from >= 0 && to >= 0) edges.push(from, to);
  }
  return Int32Array.from(edges);
}
