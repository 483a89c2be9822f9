// The cycles of a heap, live ones too: which objects reach one another, what they are and take, and
// which references to make weak so that counting alone reclaims them.
//
//   heap ─► graph ─► strongly connected components ─► of each: types, bytes, references to weaken
//
// A reference in any slot counts, also in one that a cycle detector does not visit: such a cycle is
// never collected. Nothing is changed, and the strategy need not count.

import { OBJECT_HEADER_SIZE_WORDS, type Reference, type TypeId } from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";
import { type ArcGraph, findFeedbackArcs } from "./feedback-arcs.js";
import { createObjectGraph, type GraphSource, type ObjectGraph } from "./object-graph.js";
import { type Components, findComponents } from "./strong-components.js";

/** A reference in a slot. References are plain: without the epoch of checked mode. */
export interface CycleReference {
  readonly from: Reference;
  readonly fromType: string;
  /** The number that `mutator.get` takes. */
  readonly field: number;
  readonly to: Reference;
  readonly toType: string;
}

export interface CycleType {
  readonly name: string;
  readonly count: number;
  /** Bytes of the objects, headers included. */
  readonly bytes: number;
}

/** Objects that each reach all the others; one object if it refers to itself. */
export interface Cycle {
  /** By address. */
  readonly members: readonly Reference[];
  readonly bytes: number;
  /** Most bytes first. */
  readonly types: readonly CycleType[];
  /** References from members to members. */
  readonly referenceCount: number;
  /** References to make weak: then no cycle is left, and with fewer of these one would be. */
  readonly weaken: readonly CycleReference[];
  /** No choice has fewer references than this. */
  readonly lowerBound: number;
  /** Whether `weaken` is known to be as short as any: always, up to 20 references. */
  readonly isShortest: boolean;
}

export interface CycleReport {
  /** Objects that were looked at. */
  readonly objectCount: number;
  /** Objects in cycles, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  /** Most bytes first. */
  readonly cycles: readonly Cycle[];
}

export interface FindCyclesOptions {
  /** Looks at these alone, by plain references. Default: all that is not reclaimed. */
  objects?: Iterable<Reference>;
}

/**
 * Finds all cycles, under any strategy that can walk its heap; a memory manager is a source. Not
 * for program code in the middle of a collection. O(heap), in time and in the host's memory; no
 * recursion.
 */
export function findCycles(source: GraphSource, { objects }: FindCyclesOptions = {}): CycleReport {
  const graph = createObjectGraph(source, objects);
  const components = findComponents(graph);
  const describe = createDescription(source, graph, components);
  const cycles: Cycle[] = [];
  for (let component = 0; component < components.count; component++) {
    const cycle = describe(component);
    if (cycle !== undefined) cycles.push(cycle);
  }
  cycles.sort((one, other) => other.bytes - one.bytes || first(one) - first(other));
  return {
    objectCount: graph.objects.length,
    count: cycles.reduce((sum, { members }) => sum + members.length, 0),
    bytes: cycles.reduce((sum, { bytes }) => sum + bytes, 0),
    cycles,
  };
}

function first({ members }: Cycle): number {
  return members[0] as number;
}

/** Makes the function that describes a component; undefined for one that is no cycle. */
function createDescription(
  { heap, types }: GraphSource,
  graph: ObjectGraph,
  components: Components,
): (component: number) => Cycle | undefined {
  const { objects, starts, targets, slots } = graph;
  const { typeOf, sizeWords } = createObjectLayout(heap.words, types);
  /** Of a node, its number within its component. */
  const localOf = new Int32Array(objects.length);

  function nameOf(object: number): string {
    return types.descriptor(typeOf(object) as TypeId).name;
  }

  /** References within the component, as numbers of the graph's rows. */
  function innerReferences(component: number, nodes: Int32Array): Int32Array {
    let limitCount = 0;
    for (const node of nodes) limitCount += (starts[node + 1] as number) - (starts[node] as number);
    const inner = new Int32Array(limitCount);
    let count = 0;
    for (const node of nodes) {
      for (let at = starts[node] as number; at < (starts[node + 1] as number); at++) {
        if (components.of[targets[at] as number] === component) inner[count++] = at;
      }
    }
    return inner.slice(0, count);
  }

  function toReference(at: number, from: number): CycleReference {
    const object = objects[from] as number;
    const target = objects[targets[at] as number] as number;
    return {
      from: object as Reference,
      fromType: nameOf(object),
      field: (slots[at] as number) - object - OBJECT_HEADER_SIZE_WORDS,
      to: target as Reference,
      toType: nameOf(target),
    };
  }

  function groupByType(nodes: Int32Array): CycleType[] {
    const groups = new Map<number, { name: string; count: number; bytes: number }>();
    for (const node of nodes) {
      const object = objects[node] as number;
      const type = typeOf(object) as number;
      const group = groups.get(type) ?? { name: nameOf(object), count: 0, bytes: 0 };
      group.count++;
      group.bytes += sizeWords(object) * 4;
      groups.set(type, group);
    }
    return [...groups.values()].sort((one, other) => other.bytes - one.bytes);
  }

  /** Most components are one object that does not refer to itself. */
  function isCycle(start: number, end: number): boolean {
    if (end - start > 1) return true;
    const node = components.members[start] as number;
    for (let at = starts[node] as number; at < (starts[node + 1] as number); at++) {
      if (targets[at] === node) return true;
    }
    return false;
  }

  /** The component as a graph of its own; references keep their order. */
  function toArcs(nodes: Int32Array, inner: Int32Array): ArcGraph {
    for (let local = 0; local < nodes.length; local++) localOf[nodes[local] as number] = local;
    const from = new Int32Array(inner.length);
    for (let arc = 0, local = 0; arc < inner.length; arc++) {
      while ((inner[arc] as number) >= (starts[(nodes[local] as number) + 1] as number)) local++;
      from[arc] = local;
    }
    const to = new Int32Array(inner.length);
    for (let arc = 0; arc < inner.length; arc++) {
      to[arc] = localOf[targets[inner[arc] as number] as number] as number;
    }
    return { nodeCount: nodes.length, from, to };
  }

  return (component) => {
    const start = components.starts[component] as number;
    const end = components.starts[component + 1] as number;
    if (!isCycle(start, end)) return undefined;
    const nodes = components.members.slice(start, end).sort();
    const inner = innerReferences(component, nodes);
    const arcGraph = toArcs(nodes, inner);
    const found = findFeedbackArcs(arcGraph);
    const arcs = Array.from(Int32Array.from(found.arcs).sort());
    const typeGroups = groupByType(nodes);
    return {
      members: Array.from(nodes, (node) => objects[node] as Reference),
      bytes: typeGroups.reduce((sum, { bytes }) => sum + bytes, 0),
      types: typeGroups,
      referenceCount: inner.length,
      weaken: arcs.map((arc) =>
        toReference(inner[arc] as number, nodes[arcGraph.from[arc] as number] as number),
      ),
      lowerBound: found.lowerBound,
      isShortest: found.lowerBound === arcs.length,
    };
  };
}

/** Every member of a longer cycle would fill a screen. */
const NAMED_REFERENCES = 8;

/** The report for people: a line a cycle, a line a reference to make weak. */
export function formatCycles({ objectCount, count, bytes, cycles }: CycleReport): string {
  if (count === 0) return `no cycles in ${objectCount} objects\n`;
  const lines = [`${cycles.length} cycles: ${count} of ${objectCount} objects, ${bytes} bytes`];
  for (const cycle of cycles) {
    const kinds = cycle.types.map(({ name, count: each }) => `${each} × ${name}`).join(", ");
    lines.push(`  ${kinds}: ${cycle.bytes} bytes, ${cycle.referenceCount} references`);
    const { weaken, lowerBound, isShortest } = cycle;
    const known = isShortest ? "the fewest" : `at least ${lowerBound} are needed`;
    lines.push(`    weak references needed: ${weaken.length} (${known})`);
    for (const { from, fromType, field, to, toType } of weaken.slice(0, NAMED_REFERENCES)) {
      lines.push(`      ${fromType} @${from}, field ${field} ─► ${toType} @${to}`);
    }
    if (weaken.length > NAMED_REFERENCES) {
      lines.push(`      and ${weaken.length - NAMED_REFERENCES} more`);
    }
  }
  return `${lines.join("\n")}\n`;
}
