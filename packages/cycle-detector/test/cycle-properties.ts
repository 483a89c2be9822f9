// Properties of the report of cycles, each under its name, against naive reachability and against
// trying every set of references.

import fc from "fast-check";
import { type GraphNode, graphs, makeGraphRig, type Parts } from "./graph-rig.js";
import * as names from "./property-names.js";

interface Edge {
  readonly from: number;
  readonly at: number;
  readonly to: number;
}

function edgesOf(nodes: readonly GraphNode[]): Edge[] {
  return nodes.flatMap(({ references }, from) =>
    references.map((to, at) => ({ from, at, to })).filter(({ to }) => to >= 0),
  );
}

/** Takes away nodes without references to others left, again and again. */
function isAcyclic(count: number, edges: readonly Edge[]): boolean {
  let left = new Set(Array.from({ length: count }, (_, node) => node));
  for (;;) {
    const holding = new Set(
      edges.filter(({ from, to }) => left.has(from) && left.has(to)).map(({ from }) => from),
    );
    if (holding.size === left.size) return left.size === 0;
    left = holding;
  }
}

/** Sets of nodes that reach one another, as text. */
function naiveComponents(count: number, edges: readonly Edge[]): string[] {
  const reach = Array.from({ length: count }, () => new Set<number>());
  for (const { from, to } of edges) reach[from]?.add(to);
  for (let middle = 0; middle < count; middle++) {
    for (const row of reach) {
      if (row.has(middle)) for (const end of reach[middle] as Set<number>) row.add(end);
    }
  }
  const groups = new Set<string>();
  for (let node = 0; node < count; node++) {
    if (!reach[node]?.has(node)) continue;
    const group = [...(reach[node] as Set<number>)].filter((other) => reach[other]?.has(node));
    groups.add(group.sort((a, b) => a - b).join());
  }
  return [...groups].sort();
}

function report(parts: Parts, nodes: readonly GraphNode[]) {
  const rig = makeGraphRig(nodes);
  const found = parts.findCycles(rig);
  const nodeOf = (object: number): number => rig.objects.indexOf(object as never);
  const edges = edgesOf(nodes);
  const cycles = found.cycles.map((cycle) => {
    const members = cycle.members.map(nodeOf);
    const inner = edges.filter(({ from, to }) => members.includes(from) && members.includes(to));
    const cut = cycle.weaken.map(({ from, field, to }) => ({
      from: nodeOf(from),
      at: field,
      to: nodeOf(to),
    }));
    return { cycle, members, inner, cut };
  });
  return { rig, found, cycles, edges };
}

const isSame = (one: Edge, other: Edge): boolean => one.from === other.from && one.at === other.at;

function without(edges: readonly Edge[], cut: readonly Edge[]): Edge[] {
  return edges.filter((edge) => !cut.some((each) => isSame(each, edge)));
}

/** The fewest of the edges without which the graph is acyclic, by trying sets of each size. */
function fewest(count: number, edges: readonly Edge[]): number {
  let sets: number[][] = [[]];
  for (let size = 0; ; size++) {
    for (const set of sets) {
      const cut = set.map((at) => edges[at] as Edge);
      if (isAcyclic(count, without(edges, cut))) return size;
    }
    sets = sets.flatMap((set) =>
      edges
        .map((_, at) => at)
        .filter((at) => at > (set.at(-1) ?? -1))
        .map((at) => [...set, at]),
    );
  }
}

const small = graphs(6, 3);
const larger = graphs(40, 5);

const properties: Record<string, (parts: Parts) => fc.IProperty<[never]>> = {
  [names.COMPONENTS]: (parts) =>
    fc.property(larger, (nodes) => {
      const { cycles, edges } = report(parts, nodes);
      const found = cycles.map(({ members }) => members.join()).sort();
      const expected = naiveComponents(nodes.length, edges);
      if (found.join(" | ") !== expected.join(" | ")) {
        throw new Error(`cycles ${found.join(" | ")}, and should be ${expected.join(" | ")}`);
      }
    }) as never,
  [names.WEAKENS]: (parts) =>
    fc.property(larger, (nodes) => {
      for (const { inner, cut } of report(parts, nodes).cycles) {
        if (cut.some((edge) => !inner.some((each) => isSame(each, edge) && each.to === edge.to))) {
          throw new Error("it names a reference that is none of the cycle's");
        }
        const rest = without(inner, cut);
        if (!isAcyclic(nodes.length, rest)) throw new Error("a cycle is left");
        for (const edge of cut) {
          if (isAcyclic(nodes.length, [...rest, edge])) throw new Error("fewer would suffice");
        }
      }
    }) as never,
  [names.SHORTEST]: (parts) =>
    fc.property(small, (nodes) => {
      for (const { cycle, inner, cut } of report(parts, nodes).cycles) {
        if (inner.length > 14) continue;
        const best = fewest(nodes.length, inner);
        if (cut.length !== best) throw new Error(`${cut.length} references, and ${best} suffice`);
        if (!cycle.isShortest) throw new Error("it does not say that it is the shortest");
      }
    }) as never,
  [names.BOUND]: (parts) =>
    fc.property(fc.oneof(larger, graphs(60, 2)), (nodes) => {
      for (const { cycle, inner } of report(parts, nodes).cycles) {
        const { lowerBound, weaken, isShortest, referenceCount } = cycle;
        const facts = [lowerBound >= 1, lowerBound <= weaken.length];
        facts.push(isShortest === (lowerBound === weaken.length));
        facts.push(referenceCount === inner.length, inner.length > 20 || isShortest);
        if (inner.length <= 12) facts.push(lowerBound <= fewest(nodes.length, inner));
        if (facts.includes(false)) throw new Error(`bound ${lowerBound} of ${weaken.length}`);
      }
    }) as never,
  [names.SUMS]: (parts) =>
    fc.property(larger, (nodes) => {
      const { found, cycles, rig } = report(parts, nodes);
      let count = 0;
      let bytes = 0;
      for (const { cycle, members } of cycles) {
        count += members.length;
        const expected = members.reduce(
          (sum, node) => sum + (2 + (nodes[node] as GraphNode).references.length) * 4,
          0,
        );
        const byType = cycle.types.reduce((sum, type) => sum + type.bytes, 0);
        const countByType = cycle.types.reduce((sum, type) => sum + type.count, 0);
        if (cycle.bytes !== expected || byType !== expected || countByType !== members.length) {
          throw new Error(`${cycle.bytes} bytes and ${byType} by type, and should be ${expected}`);
        }
        bytes += expected;
      }
      const sums = [found.count, found.bytes, found.objectCount].join();
      if (sums !== [count, bytes, rig.objects.length].join()) throw new Error(`sums ${sums}`);
    }) as never,
};

export const cyclePropertyNames = Object.keys(properties);

export function cycleProperty(name: string, parts: Parts): fc.IProperty<[never]> {
  return (properties[name] as (parts: Parts) => fc.IProperty<[never]>)(parts);
}
