// Test support: a heap graph written by hand, as a header and columns of numbers that a test can
// spoil one at a time, and a plain check of a graph that was read. The package writes no graphs.

import type { HeapGraph } from "../src/index.js";
import { bytesOfText, gzip, join, u32 } from "./raw-trace.js";

export interface RawColumn {
  readonly name: string;
  readonly encoding: string;
  values: number[];
}

export interface RawGraph {
  header: Record<string, unknown>;
  columns: RawColumn[];
}

const HUBS = [5, 6];

function type(name: string, id: number, gc: boolean, heap: boolean, clear: boolean) {
  return { name, id, gc, heap, finalizer: false, weakrefable: heap, clear };
}

/**
 * Eight objects:
 *
 *     root ─► 0 Node ⇄ 1 list ─► 3 tuple ─► 6 str        root ─► 2 list ─► itself
 *             └─► 5 class Node ─► 3, hidden 6            4 weak reference to 0 · 7 immortal str
 */
export function rawGraph(): RawGraph {
  const columns: RawColumn[] = [];
  const add = (name: string, encoding: string, values: number[]): void => {
    columns.push({ name, encoding, values });
  };
  add("type", "varint", [0, 1, 1, 2, 5, 4, 3, 3]);
  add("flags", "u8", [5, 5, 5, 5, 5, 5, 0, 2]);
  add("gen", "u8", [0, 0, 0, 1, 1, 2, 4, 4]);
  add("refcount", "varint", [2, 1, 2, 2, 1, 2, 3, 0]);
  add("external", "zigzag", [1, 0, 1, 0, 1, 1, 1, 0]);
  add("size", "varint", [40, 56, 56, 48, 72, 1000, 50, 300]);
  add("header", "u8", [32, 16, 16, 16, 16, 16, 0, 0]);
  add("nrefs", "varint", [2, 2, 1, 1, 0, 1, 0, 0]);
  add("refs", "refs", [1, 5, 0, 3, 2, 6, 3]);
  add("nhidden", "varint", [0, 0, 0, 0, 0, 1, 0, 0]);
  add("hidden", "refs", [6]);
  add("weak.ref", "delta", [4]);
  add("weak.target", "varint", [1]);
  add("weak.callback", "u8", [0]);
  add("roots", "delta", [2, 0]);
  const steps: Record<string, unknown>[] = [];
  const step = (
    facts: { cut?: number[]; generation?: number; return?: number; sizes: number[] },
    destroyed: number[],
    changed: [id: number, count: number][],
    generations: number[],
  ): void => {
    const prefix = `step${steps.length}.`;
    const { cut, sizes, ...collected } = facts;
    steps.push({
      kind: cut === undefined ? "collect" : "cut",
      destroyed: destroyed.length,
      heap_generation_sizes: sizes,
      objects_created: 0,
      ...collected,
    });
    if (cut !== undefined) add(`${prefix}cut`, "delta", cut);
    add(`${prefix}destroyed`, "delta", destroyed);
    add(
      `${prefix}changed.id`,
      "delta",
      changed.map(([id]) => id),
    );
    add(
      `${prefix}changed.refcount`,
      "varint",
      changed.map(([, count]) => count),
    );
    add(`${prefix}gen`, "u8", generations);
  };
  step({ cut: [2], sizes: [3, 2, 1, 0] }, [], [[2, 1]], [0, 0, 0, 1, 1, 2, 4, 4]);
  const collect0 = { generation: 0, return: 1, sizes: [0, 4, 1, 0] };
  step(collect0, [2], [], [1, 1, 5, 1, 1, 2, 4, 4]);
  step({ cut: [0], sizes: [0, 4, 1, 0] }, [], [[0, 1]], [1, 1, 5, 1, 1, 2, 4, 4]);
  const collect2 = { generation: 2, return: 2, sizes: [0, 0, 2, 0] };
  const changes: [number, number][] = [
    [3, 1],
    [5, 1],
  ];
  step(collect2, [1, 0], changes, [5, 5, 5, 4, 2, 2, 4, 4]);
  const header = {
    format: "hgraph",
    version: 1,
    name: "eight",
    description: "eight objects",
    source: "written by hand",
    objects: 8,
    refs: 7,
    hidden_refs: 1,
    generation_sizes: [3, 2, 1, 0],
    gc_count: [3, 0, 0],
    gc_threshold: [2000, 10, 10],
    types: [
      type("Node", 5, true, true, true),
      type("list", -1, true, false, true),
      type("tuple", -1, true, false, false),
      type("str", -1, false, false, false),
      type("type", -1, true, false, true),
      type("ReferenceType", -1, true, false, true),
    ],
    hubs: HUBS,
    steps,
  };
  return { header, columns };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

export function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}

function encode(encoding: string, values: readonly number[]): number[] {
  let last = 0;
  return values.flatMap((value) => {
    if (encoding === "u8") return [value];
    if (encoding === "varint") return varint(value);
    if (encoding === "zigzag") return varint(zigzag(value));
    const hub = encoding === "refs" ? HUBS.indexOf(value) : -1;
    if (hub >= 0) return varint(2 * hub + 1);
    const difference = zigzag(value - last);
    last = value;
    return varint(encoding === "refs" ? 2 * difference : difference);
  });
}

/** The decoded file; `sections` of the header is derived unless the header has one. */
export function decodedGraph({ header, columns }: RawGraph): Uint8Array {
  const encoded = columns.map(({ encoding, values }) => Uint8Array.from(encode(encoding, values)));
  const sections = columns.map(({ name, encoding, values }, index) => ({
    ...{ name, encoding, count: values.length },
    bytes: encoded[index]?.length,
  }));
  const text = bytesOfText(JSON.stringify({ sections, ...header }));
  return join(bytesOfText("HGRAPH01"), u32(text.length), text, ...encoded);
}

export function graphFile(raw: RawGraph): Uint8Array {
  return gzip(decodedGraph(raw));
}

/** What a graph says against itself, found in the plainest way; nothing if it is sound. */
export function unsound(graph: HeapGraph): string | undefined {
  const { objectCount: n, flags, generations, refs, hidden, refStarts, hiddenStarts } = graph;
  const incoming = new Array<number>(n).fill(0);
  for (const object of [...refs, ...hidden]) {
    if (!(object >= 0 && object < n)) return `reference ${object}`;
    incoming[object] = (incoming[object] as number) + 1;
  }
  if (refStarts[n] !== refs.length || hiddenStarts[n] !== hidden.length) return "starts";
  const refcounts = [...graph.refcounts];
  for (let object = 0; object < n; object++) {
    const [bits, generation] = [flags[object] as number, generations[object] as number];
    if (graph.types[graph.objectTypes[object] as number] === undefined) return `type of ${object}`;
    const sum = (incoming[object] as number) + (graph.externals[object] as number);
    if ((bits & 2) === 0 && refcounts[object] !== sum) return `count of ${object}`;
    if ((graph.externals[object] as number) < 0) return `external of ${object}`;
    if (((bits & 1) !== 0) !== generation < 4 || generation > 4) return `generation of ${object}`;
    const hasRefs = refStarts[object] !== refStarts[object + 1];
    if (hasRefs && (bits & 4) === 0) return `references of ${object}`;
  }
  for (const generation of [0, 1, 2, 3]) {
    const size = generations.filter((other) => other === generation).length;
    if (graph.generationSizes[generation] !== size) return `size of generation ${generation}`;
  }
  const dead = new Set<number>();
  for (const step of graph.steps) {
    for (const object of step.cut) if (!(object >= 0 && object < n)) return "cut";
    for (const object of step.destroyed) {
      if (dead.has(object) || !(object >= 0 && object < n)) return `death of ${object}`;
      dead.add(object);
    }
    for (const [index, object] of step.changedObjects.entries()) {
      const count = step.changedRefcounts[index] as number;
      if (dead.has(object) || refcounts[object] === count) return `change of ${object}`;
      refcounts[object] = count;
    }
    for (let object = 0; object < n; object++) {
      if ((step.generations[object] === 5) !== dead.has(object)) return `life of ${object}`;
    }
  }
  return undefined;
}
