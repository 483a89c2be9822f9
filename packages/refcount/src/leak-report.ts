// The leak report: what counting alone cannot reclaim. An object leaks when no root and no immortal
// object reaches it and something still counts on it; as nothing outside refers to it, that comes
// from a cycle. The report names the cycles, and what they keep alive besides.
//
//   roots, immortal ──► reached                 not reached:  a ⇄ b  ──► c
//                                                             a cycle    kept by it
//
// Cycles are the strongly connected components among the leaked objects, found in one pass with a
// list for a stack (Tarjan 1972, depth-first search and linear graph algorithms).

import {
  type Collector,
  checkOptions,
  type LinearMemory,
  type Reference,
  type RootStack,
  type TypeTable,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";
import { checkManager, IMMORTAL_COUNT } from "./reference-count.js";

/** What of a memory manager a leak report reads; a whole one fits. */
export interface LeakSource {
  readonly heap: LinearMemory;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
}

/** Leaked objects of one type. Bytes are those of the objects, headers included. */
export interface LeakedType {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** Objects that each reach all the others, by address; one that holds itself is a cycle alone. */
export interface LeakedCycle {
  readonly members: readonly Reference[];
  /** Type names of the members, in the same order. */
  readonly typeNames: readonly string[];
}

/** **Invariant:** what is in `types` is what is leaked; each cycle's members are in it. */
export interface LeakReport {
  readonly count: number;
  readonly bytes: number;
  /** Most bytes first. */
  readonly types: readonly LeakedType[];
  /** Most members first. */
  readonly cycles: readonly LeakedCycle[];
}

/** Every member of a longer cycle would fill a page. */
const NAMED_MEMBERS = 8;

/**
 * Finds what is unreachable and not reclaimed, under any strategy; under counting alone these are
 * the leaked cycles and what they keep. Changes nothing. O(heap), in time and in the host's memory.
 */
export function findLeaks(source: LeakSource): LeakReport {
  checkManager("findLeaks", source);
  const graph = createObjectGraph(source);
  const leaked = findUnreached(source, graph);
  const cycles = findCycles(leaked, graph).map((members) => {
    members.sort((one, other) => one - other);
    return { members: members as Reference[], typeNames: members.map(graph.typeName) };
  });
  cycles.sort((one, other) => other.members.length - one.members.length);
  const types = groupByType(leaked, graph);
  return {
    count: leaked.size,
    bytes: types.reduce((sum, { bytes }) => sum + bytes, 0),
    types,
    cycles,
  };
}

/** The report for people: a line a type, a line a cycle. Throws `UsageError` for anything else. */
export function formatLeaks(report: LeakReport): string {
  checkOptions("formatLeaks", report, "count bytes types cycles");
  const { count, bytes, types, cycles } = report;
  if (count === 0) return "no leaks\n";
  const lines = [`${count} ${count === 1 ? "object" : "objects"} leaked, ${bytes} bytes`];
  for (const type of types) lines.push(`  ${type.count} × ${type.name}, ${type.bytes} bytes`);
  for (const { members, typeNames } of cycles) {
    const named = members.slice(0, NAMED_MEMBERS).map((each, at) => `${typeNames[at]} @${each}`);
    const rest = members.length > named.length ? `, and ${members.length - named.length} more` : "";
    lines.push(`  cycle of ${members.length}: ${named.join(", ")}${rest}`);
  }
  return `${lines.join("\n")}\n`;
}

interface ObjectGraph {
  slotsStart(object: number): number;
  slotsEnd(object: number): number;
  value(slot: number): number;
  typeName(object: number): string;
  sizeBytes(object: number): number;
}

function createObjectGraph({ heap, types }: LeakSource): ObjectGraph {
  const words = heap.words;
  const layout = createObjectLayout(words, types);
  return {
    slotsStart: layout.slotsStart,
    slotsEnd: layout.slotsEnd,
    value: (slot) => words[slot] as number,
    typeName: (object) => types.descriptor(layout.typeOf(object)).name,
    sizeBytes: (object) => layout.sizeWords(object) * 4,
  };
}

function findUnreached({ heap, roots, collector }: LeakSource, graph: ObjectGraph): Set<number> {
  const unreached = new Set<number>();
  const pending: number[] = [];
  const reach = (value: number): void => {
    if (value > 0 && unreached.delete(value)) pending.push(value);
  };
  collector.walk((object) => unreached.add(object));
  if (collector.traits.counts) {
    for (const object of [...unreached]) {
      if (heap.words[object] === IMMORTAL_COUNT) reach(object);
    }
  }
  roots.walk((_slot, value) => reach(value));
  for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
    const end = graph.slotsEnd(object);
    for (let slot = graph.slotsStart(object); slot < end; slot++) reach(graph.value(slot));
  }
  return unreached;
}

/** The search's path is a list of objects, each with the next of its slots to follow. */
function findCycles(leaked: Set<number>, graph: ObjectGraph): number[][] {
  const cycles: number[][] = [];
  const order = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const path: number[] = [];
  const cursors: number[] = [];

  function begin(object: number): void {
    order.set(object, order.size);
    lowest.set(object, order.size - 1);
    open.push(object);
    isOpen.add(object);
    path.push(object);
    cursors.push(graph.slotsStart(object));
  }

  function lower(object: number, to: number | undefined): void {
    if ((to as number) < (lowest.get(object) as number)) lowest.set(object, to as number);
  }

  /** Follows one slot of the path's last object. */
  function follow(object: number, slot: number): void {
    const child = graph.value(slot);
    if (!leaked.has(child)) return;
    if (!order.has(child)) begin(child);
    else if (isOpen.has(child)) lower(object, order.get(child));
  }

  function end(object: number): void {
    path.pop();
    cursors.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent, lowest.get(object));
    if (lowest.get(object) !== order.get(object)) return;
    const members = open.splice(open.lastIndexOf(object));
    for (const member of members) isOpen.delete(member);
    if (members.length > 1 || holdsItself(object, graph)) cycles.push(members);
  }

  for (const start of leaked) {
    if (!order.has(start)) begin(start);
    for (let object = path.at(-1); object !== undefined; object = path.at(-1)) {
      const slot = cursors.at(-1) as number;
      cursors[cursors.length - 1] = slot + 1;
      if (slot < graph.slotsEnd(object)) follow(object, slot);
      else end(object);
    }
  }
  return cycles;
}

function holdsItself(object: number, graph: ObjectGraph): boolean {
  const end = graph.slotsEnd(object);
  for (let slot = graph.slotsStart(object); slot < end; slot++) {
    if (graph.value(slot) === object) return true;
  }
  return false;
}

function groupByType(leaked: Set<number>, graph: ObjectGraph): LeakedType[] {
  const groups = new Map<string, { name: string; count: number; bytes: number }>();
  for (const object of leaked) {
    const name = graph.typeName(object);
    const group = groups.get(name) ?? { name, count: 0, bytes: 0 };
    group.count++;
    group.bytes += graph.sizeBytes(object);
    groups.set(name, group);
  }
  return [...groups.values()].sort((one, other) => other.bytes - one.bytes);
}
