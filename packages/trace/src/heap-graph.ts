// A heap graph (`NAME.hgraph.gz`) is a stopped CPython program: every object that its cycle
// collector tracks and everything reachable from them, a plan of steps, and what each step did. A
// step *cuts* references that are held from outside, or *collects* a generation. The file is one
// gzip member. Decoded, it is (integers little-endian):
//
//   ┌──────────┬─────────┬─────────────┬─────────┬─────────┬───┬──────────────┐
//   │ HGRAPH01 │ u32 h   │ header JSON │ type    │ flags   │ … │ stepK.gen    │
//   │ 8 bytes  │ 4 bytes │ h bytes     │ column  │ column  │   │ column       │
//   └──────────┴─────────┴─────────────┴─────────┴─────────┴───┴──────────────┘
//
// The columns, in this order, each with a count and an encoding that the header names
// (column-decoder.ts); n objects:
//
//   type flags gen refcount external size header        n each
//   nrefs, refs · nhidden, hidden                        n, their sum
//   weak.ref weak.target weak.callback · roots · [names.text names]
//   for each step K: [stepK.cut] stepK.destroyed stepK.changed.id stepK.changed.refcount stepK.gen
//
// In memory a graph is typed arrays: the references of object i are `refs` from `refStarts[i]` to
// `refStarts[i + 1] − 1`, in the order in which traversal visits them; `hidden` likewise.
//
// A graph that a program recorded of itself (`ouro record`) has no steps, and in its header
// `root_names`, a text for each of `roots`. It can say what slots are called: `names.text` is
// UTF-8, a text a line, and `names` has for each of `refs` the number of its text from 1 on, or 0.
// Both sections are there or neither is.
//
// **Invariant:** refcount = external + incoming refs + incoming hidden, but for immortal objects,
// whose refcount is 0. Objects are numbered by generation, within one in the order of its list.

import type { ColumnEncoding } from "./column-decoder.js";

export const GRAPH_MAGIC = "HGRAPH01";
export const GRAPH_FORMAT_NAME = "hgraph";
export const GRAPH_FORMAT_VERSION = 1;

/** Bits of a graph's `flags`. */
export const GRAPH_TRACKED = 1;
/** Never dies, has no refcount. */
export const GRAPH_IMMORTAL = 2;
/** Has a collector header: can be tracked and may have visited references. */
export const GRAPH_COLLECTED = 4;
/** Its finalizer already ran. */
export const GRAPH_FINALIZED = 8;

/** Values of `generations` above 0, 1 and 2. */
export const GENERATION_PERMANENT = 3;
export const GENERATION_UNTRACKED = 4;
export const GENERATION_DEAD = 5;

/** A type of a recorded program. */
export interface GraphType {
  readonly name: string;
  /** Number of the type object; −1 if it is not in the graph. */
  readonly object: number;
  /** Takes part in cycle collection. */
  readonly isCollected: boolean;
  /** Made at run time; its instances refer to it. */
  readonly isHeapType: boolean;
  /** Has a finalizer, which often does nothing. */
  readonly hasFinalizer: boolean;
  readonly isWeaklyReferable: boolean;
  /** The collector can empty it (CPython: `tp_clear`). */
  readonly isClearable: boolean;
}

/** What a step of the plan did, recorded. */
export interface GraphStep {
  readonly kind: "cut" | "collect";
  /** Of a collect. */
  readonly generation?: number;
  /** Of a collect: its result. */
  readonly returned?: number;
  /** Of a cut: objects that lose one external reference each, in order. */
  readonly cut: Int32Array;
  /** Objects that died, in the order in which their destruction began. */
  readonly destroyed: Int32Array;
  /** Survivors whose refcount changed, and the new values. */
  readonly changedObjects: Int32Array;
  readonly changedRefcounts: Int32Array;
  /** After the step. */
  readonly generations: Uint8Array;
  /** After the step, objects outside the graph included. */
  readonly heapGenerationSizes: readonly number[];
  readonly createdObjectCount: number;
}

/** Weak reference objects of a graph, a column each. */
export interface GraphWeakReferences {
  readonly objects: Int32Array;
  /** Target's number + 1; 0: already dead. */
  readonly targets: Int32Array;
  /** 1: has a callback. */
  readonly callbacks: Uint8Array;
}

/** A recorded heap and what its plan did to it. */
export interface HeapGraph {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly objectCount: number;
  /** Objects in generations 0, 1, 2 and the permanent one. */
  readonly generationSizes: readonly number[];
  readonly gcCounts: readonly number[];
  readonly gcThresholds: readonly number[];
  readonly types: readonly GraphType[];
  /** For each object the index of its type. */
  readonly objectTypes: Int32Array;
  readonly flags: Uint8Array;
  readonly generations: Uint8Array;
  readonly refcounts: Int32Array;
  readonly externals: Int32Array;
  /** Without header. */
  readonly sizesBytes: Int32Array;
  readonly headerSizesBytes: Uint8Array;
  readonly refStarts: Int32Array;
  readonly refs: Int32Array;
  /** Owned references that traversal does not show, as `refs`. */
  readonly hiddenStarts: Int32Array;
  readonly hidden: Int32Array;
  readonly weakReferences: GraphWeakReferences;
  /** Objects that the plan holds from outside. */
  readonly roots: Int32Array;
  /**
   * For each root what it is, in a heap that was recorded from inside its own program; then
   * `externals` are counts that nothing explains, and only these are known to be roots. Undefined:
   * whatever has external references is held from outside.
   */
  readonly rootNames: readonly string[] | undefined;
  /** What slots are called. Undefined: the file does not say. */
  readonly slotNames: GraphSlotNames | undefined;
  readonly steps: readonly GraphStep[];
}

/** What the slots of a graph are called, as far as its recorder knew. */
export interface GraphSlotNames {
  readonly texts: readonly string[];
  /** For each of `refs` the number of its text, from 1 on; 0: it has none. */
  readonly numbers: Int32Array;
}

/** The sections before the steps: name, encoding, and which claim of the header counts them. */
export const GRAPH_SECTIONS = [
  ["type", "varint", "objects"],
  ["flags", "u8", "objects"],
  ["gen", "u8", "objects"],
  ["refcount", "varint", "objects"],
  ["external", "zigzag", "objects"],
  ["size", "varint", "objects"],
  ["header", "u8", "objects"],
  ["nrefs", "varint", "objects"],
  ["refs", "refs", "refs"],
  ["nhidden", "varint", "objects"],
  ["hidden", "refs", "hidden"],
  ["weak.ref", "delta", "weak"],
  ["weak.target", "varint", "weak"],
  ["weak.callback", "u8", "weak"],
  ["roots", "delta", "any"],
] as const satisfies readonly (readonly [string, ColumnEncoding, string])[];

/** After them, in graphs that say what slots are called. */
export const NAME_SECTIONS = [
  ["names.text", "u8", "any"],
  ["names", "varint", "refs"],
] as const satisfies readonly (readonly [string, ColumnEncoding, string])[];

/** The sections of a step, the name without `stepK.`. */
export const STEP_SECTIONS = [
  ["cut", "delta", "any"],
  ["destroyed", "delta", "destroyed"],
  ["changed.id", "delta", "changed"],
  ["changed.refcount", "varint", "changed"],
  ["gen", "u8", "objects"],
] as const satisfies readonly (readonly [string, ColumnEncoding, string])[];
