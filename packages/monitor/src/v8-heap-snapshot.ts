// Writes a snapshot as V8 writes its own (.heapsnapshot), so that DevTools' Memory panel and memlab
// open it: retained sizes and retention paths of our heap, in tools that people know.
//
//   node 0  root, synthetic ─┬─ element 1 ─► (GC roots) ─┬─ property ─► what a root slot holds
//                            │                           └─ …
//                            └─ element 2 ─► (cyclic garbage) ─ element ─► what no root reaches
//   then the objects, in the order of their numbers
//
// What garbage refers to and a root reaches too is written as a weak reference: it is seen, and
// what an object retains is what would go with it, garbage or not.
//
// The readers are scanners that trust what they read, so what they would take silently is asserted
// here: counts that do not add up shift the whole graph, a size of 2³² wraps, a fraction is two
// numbers; a wrong target or a repeated id is believed. Only the root's synthetic children keep
// self sizes as they are; a name that begins with "<" is cut, and "Object" is renamed, so such type
// names get a mark in front.
//
// Source of the format: V8's src/profiler/heap-snapshot-generator.cc; DevTools' HeapSnapshotLoader.

import { assert, LimitReachedError, type TypeDescriptor } from "@ouro/interfaces";
import { findReachable, type Reachability } from "./reachability.js";
import type { Snapshot } from "./snapshot.js";

const NODE_TYPES = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "regexp",
  "number",
  "native",
  "synthetic",
  "concatenated string",
  "sliced string",
  "symbol",
  "bigint",
  "object shape",
];
const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
const NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count", "detachedness"];
const OBJECT = NODE_TYPES.indexOf("object");
const SYNTHETIC = NODE_TYPES.indexOf("synthetic");
const ELEMENT = EDGE_TYPES.indexOf("element");
const PROPERTY = EDGE_TYPES.indexOf("property");
const INTERNAL = EDGE_TYPES.indexOf("internal");
const WEAK = EDGE_TYPES.indexOf("weak");
/** Synthetic nodes before the objects: the root, the roots, the garbage. */
const SYNTHETIC_COUNT = 3;
const SIZE_LIMIT = 2 ** 32;
/** A serial is half an id, which is below 2³², too. */
const SERIAL_LIMIT = 2 ** 31 - SYNTHETIC_COUNT - 1;
/** What holds a number that readers keep as it is. */
const ELEMENT_NAME = /^\[(0|[1-9]\d{0,8})\]$/;
/** Numbers of one piece of text: no string comes near V8's limit. */
const NUMBERS_PER_TEXT = 30_000;

export interface V8HeapSnapshotOptions {
  /**
   * For each object a whole number that no other object ever had: comparisons match by it. Default:
   * its number in the snapshot, which is good for one snapshot alone.
   */
  serialOf?: (object: number) => number;
  /** Extra facts, written where readers skip them. */
  facts?: Readonly<Record<string, unknown>>;
}

/**
 * The text of a .heapsnapshot file, piece by piece. Throws `LimitReachedError` for an object of 4
 * GiB or more. O(objects + references).
 */
export function* writeV8HeapSnapshot(
  snapshot: Snapshot,
  options: V8HeapSnapshotOptions = {},
): Generator<string, void, void> {
  const strings = createStrings();
  const reachability = findReachable(snapshot);
  const garbage = garbageOf(snapshot, reachability);
  const weak = groupWeakEdges(snapshot);
  const counts = edgeCountsOf(snapshot, garbage, weak);
  const edgeCount = counts.reduce((total, count) => total + count, 0);
  const locations = locationsOf(snapshot);
  const scripts = locations.files.length === 0 ? {} : { scripts: locations.files };
  const facts = { ...options.facts, ...scripts };
  yield headerOf(snapshot, edgeCount, facts);
  const nodes = encodeNodes(snapshot, counts, strings, options);
  const nodeCount = yield* numbersText("nodes", nodes);
  assert(nodeCount === counts.length, "as many nodes are written as the head says there are");
  const edges = encodeEdges(snapshot, garbage, weak, strings, reachability);
  const writtenCount = yield* numbersText("edges", edges);
  assert(writtenCount === edgeCount, "as many edges are written as the nodes say they have");
  const empty = ["trace_function_infos", "trace_tree", "samples"];
  yield `${empty.map((key) => `"${key}":[]`).join(",\n")},\n`;
  yield* numbersText("locations", locations.rows);
  yield* strings.text();
  yield "}\n";
}

function headerOf(
  { objectCount }: Snapshot,
  edgeCount: number,
  facts: Readonly<Record<string, unknown>>,
): string {
  const meta = {
    node_fields: NODE_FIELDS,
    node_types: [NODE_TYPES, "string", "number", "number", "number", "number"],
    edge_fields: ["type", "name_or_index", "to_node"],
    edge_types: [EDGE_TYPES, "string_or_number", "node"],
    trace_function_info_fields: [
      "function_id",
      "name",
      "script_name",
      "script_id",
      "line",
      "column",
    ],
    trace_node_fields: ["id", "function_info_index", "count", "size", "children"],
    sample_fields: ["timestamp_us", "last_assigned_id"],
    location_fields: ["object_index", "script_id", "line", "column"],
  };
  const head = {
    meta,
    node_count: objectCount + SYNTHETIC_COUNT,
    edge_count: edgeCount,
    trace_function_count: 0,
    ...(Object.keys(facts).length === 0 ? {} : { ouro: facts }),
  };
  return `{"snapshot":${JSON.stringify(head)},\n`;
}

interface StringTable {
  indexOf(text: string): number;
  text(): Generator<string, void, void>;
}

function createStrings(): StringTable {
  const indexes = new Map<string, number>();
  return {
    indexOf(text) {
      const known = indexes.get(text);
      if (known !== undefined) return known;
      indexes.set(text, indexes.size);
      return indexes.size - 1;
    },
    *text() {
      yield '"strings":[';
      let separator = "";
      for (const text of indexes.keys()) {
        yield `${separator}${JSON.stringify(text)}`;
        separator = ",\n";
      }
      yield "]";
    },
  };
}

/** For each object with a place its node, script, line and column, as V8 numbers them, from 0. */
function locationsOf({ objectCount, placeOf }: Snapshot) {
  const scripts = new Map<string, number>();
  const rows: (readonly [number, number, number, number])[] = [];
  for (let object = 0; object < objectCount; object++) {
    const place = placeOf(object);
    if (place === undefined) continue;
    if (!scripts.has(place.file)) scripts.set(place.file, scripts.size);
    const script = scripts.get(place.file) as number;
    rows.push([(object + SYNTHETIC_COUNT) * NODE_FIELDS.length, script, place.line - 1, 0]);
  }
  return { rows, files: [...scripts.keys()] };
}

/** What no root reaches. */
function garbageOf({ objectCount }: Snapshot, { distances }: Reachability): number[] {
  const garbage: number[] = [];
  for (let object = 0; object < objectCount; object++) {
    if (distances[object] === -1) garbage.push(object);
  }
  return garbage;
}

function groupWeakEdges({ weakEdges }: Snapshot): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < weakEdges.length; index += 2) {
    const [weak, target] = [weakEdges[index] as number, weakEdges[index + 1] as number];
    groups.set(weak, [...(groups.get(weak) ?? []), target]);
  }
  return groups;
}

/** For each node how many edges leave it. */
function edgeCountsOf(
  { objectCount, edgeStarts, rootTargets }: Snapshot,
  garbage: readonly number[],
  weak: ReadonlyMap<number, readonly number[]>,
): Int32Array {
  const counts = new Int32Array(objectCount + SYNTHETIC_COUNT);
  counts[0] = SYNTHETIC_COUNT - 1;
  counts[1] = rootTargets.length;
  counts[2] = garbage.length;
  for (let object = 0; object < objectCount; object++) {
    const own = (edgeStarts[object + 1] as number) - (edgeStarts[object] as number);
    counts[object + SYNTHETIC_COUNT] = own + (weak.get(object)?.length ?? 0);
  }
  return counts;
}

function* encodeEdges(
  snapshot: Snapshot,
  garbage: readonly number[],
  weak: ReadonlyMap<number, readonly number[]>,
  strings: StringTable,
  { distances }: Reachability,
): Generator<number[], void, void> {
  const nodeOf = (object: number): number => {
    assert(object >= 0 && object < snapshot.objectCount, "a reference names an object of the heap");
    return (object + SYNTHETIC_COUNT) * NODE_FIELDS.length;
  };
  yield [ELEMENT, 1, NODE_FIELDS.length];
  yield [ELEMENT, 2, 2 * NODE_FIELDS.length];
  const { rootTargets, edgeStarts, edgeTargets, objectCount } = snapshot;
  for (let root = 0; root < rootTargets.length; root++) {
    const name = strings.indexOf(snapshot.rootName(root));
    yield [PROPERTY, name, nodeOf(rootTargets[root] as number)];
  }
  for (const [index, object] of garbage.entries()) yield [ELEMENT, index + 1, nodeOf(object)];
  for (let object = 0; object < objectCount; object++) {
    const end = edgeStarts[object + 1] as number;
    for (let edge = edgeStarts[object] as number; edge < end; edge++) {
      const target = edgeTargets[edge] as number;
      const isIdle = distances[object] === -1 && distances[target] !== -1;
      if (isIdle) yield [WEAK, strings.indexOf(snapshot.edgeName(edge)), nodeOf(target)];
      else yield [...nameEdge(snapshot, object, edge, strings), nodeOf(target)];
    }
    for (const target of weak.get(object) ?? []) {
      yield [WEAK, strings.indexOf("referent"), nodeOf(target)];
    }
  }
}

/** Elements by the number that they are called, owned-only slots as internal, others by name. */
function nameEdge(
  { descriptors, objectTypes, lengths, edgeSlots, edgeName }: Snapshot,
  object: number,
  edge: number,
  strings: StringTable,
): [number, number] {
  const type = descriptors[objectTypes[object] as number] as TypeDescriptor;
  const slot = edgeSlots[edge] as number;
  const isVisitedVariable = type.variablePart === "visited";
  const visitedCount =
    type.visitedSlotCount + (isVisitedVariable ? (lengths[object] as number) : 0);
  const name = edgeName(edge);
  if (slot >= visitedCount) return [INTERNAL, strings.indexOf(name)];
  const element = ELEMENT_NAME.exec(name)?.[1];
  return element === undefined
    ? [PROPERTY, strings.indexOf(name)]
    : [ELEMENT, Number.parseInt(element, 10)];
}

function* encodeNodes(
  snapshot: Snapshot,
  counts: Int32Array,
  strings: StringTable,
  { serialOf = (object) => object }: V8HeapSnapshotOptions,
): Generator<number[], void, void> {
  const idOf = (serial: number): number => 2 * serial + 1;
  for (const [index, name] of ["", "(GC roots)", "(cyclic garbage)"].entries()) {
    yield [SYNTHETIC, strings.indexOf(name), idOf(index), 0, counts[index] as number, 0];
  }
  const serials = new Set<number>();
  for (let object = 0; object < snapshot.objectCount; object++) {
    const size = snapshot.sizesBytes[object] as number;
    expectSize(size, snapshot.describe(object));
    const name = strings.indexOf(safeName(snapshot.typeNameOf(object)));
    const serial = serialOf(object);
    expectSerial(serial, serials);
    const id = idOf(serial + SYNTHETIC_COUNT);
    yield [OBJECT, name, id, size, counts[object + SYNTHETIC_COUNT] as number, 0];
  }
}

/** Names that the readers would change. */
function safeName(name: string): string {
  return name.startsWith("<") || name === "Object" ? `type ${name}` : name;
}

function* numbersText(
  key: string,
  groups: Iterable<readonly number[]>,
): Generator<string, number, void> {
  yield `"${key}":[`;
  let numbers: string[] = [];
  let separator = "";
  let groupCount = 0;
  for (const group of groups) {
    groupCount++;
    numbers.push(group.join(","));
    if (numbers.length < NUMBERS_PER_TEXT) continue;
    yield separator + numbers.join(",\n");
    separator = ",\n";
    numbers = [];
  }
  yield `${numbers.length === 0 ? "" : separator}${numbers.join(",\n")}],\n`;
  return groupCount;
}

/** Comparisons match by what becomes of serials: a repeated one makes one object of two. */
function expectSerial(serial: number, serials: Set<number>): void {
  assert(Number.isInteger(serial), "a serial is a whole number");
  assert(serial >= 0, "a serial is not negative");
  assert(serial < SERIAL_LIMIT, "a serial is below 2 ** 31 - 4");
  assert(!serials.has(serial), "no two objects have the same serial");
  serials.add(serial);
}

function expectSize(sizeBytes: number, object: string): void {
  assert(Number.isInteger(sizeBytes), "a size is a whole number");
  assert(sizeBytes >= 0, "a size is not negative");
  if (sizeBytes < SIZE_LIMIT) return;
  const what = `the size of ${object} in bytes`;
  throw new LimitReachedError({
    where: "writeV8HeapSnapshot",
    what,
    limit: SIZE_LIMIT - 1,
    actual: sizeBytes,
  });
}
