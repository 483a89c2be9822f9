// What a detector of CPython's kind should answer, on plain arrays: the two linked lists of
// `move_unreachable`, with objects that are appended while the first one is read.

import type { GraphNode } from "./graph-rig.js";

export interface Answer {
  readonly reached: number[];
  readonly found: number[];
}

/** References of a node that are visited, in the order of visit. */
export function visited({ references, ownedCount, isBackward }: GraphNode): number[] {
  const some = references.slice(0, references.length - ownedCount).filter((each) => each >= 0);
  return isBackward ? some.reverse() : some;
}

/** References from nodes outside of the list, from owned-only slots, and from elsewhere. */
function outsideOf(nodes: readonly GraphNode[], list: ReadonlySet<number>): number[] {
  const rests = nodes.map(({ outsideCount }) => outsideCount);
  for (const [index, node] of nodes.entries()) {
    const inside = list.has(index) ? visited(node) : [];
    for (const target of node.references) if (target >= 0) rests[target] = (rests[target] ?? 0) + 1;
    for (const target of inside) rests[target] = (rests[target] ?? 0) - 1;
  }
  return rests;
}

export function answerAsCPython(nodes: readonly GraphNode[], order: readonly number[]): Answer {
  const members = new Set(order);
  const rests = outsideOf(nodes, members);
  const young = [...order];
  const isDone = new Set<number>();
  let unreachable: number[] = [];
  for (let at = 0; at < young.length; at++) {
    const node = young[at] as number;
    if (rests[node] === 0) {
      young.splice(at--, 1);
      unreachable.push(node);
      continue;
    }
    isDone.add(node);
    for (const target of visited(nodes[node] as GraphNode)) {
      if (!members.has(target) || isDone.has(target) || rests[target] !== 0) continue;
      rests[target] = 1;
      if (!unreachable.includes(target)) continue;
      unreachable = unreachable.filter((each) => each !== target);
      young.push(target);
    }
  }
  return { reached: young, found: unreachable };
}

/** Without any order: what a walk from those with a rest does not reach. */
export function unreachedBy(nodes: readonly GraphNode[], order: readonly number[]): Set<number> {
  const rests = outsideOf(nodes, new Set(order));
  const left = new Set(order);
  const pending = order.filter((node) => (rests[node] as number) > 0);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!left.delete(node)) continue;
    pending.push(...visited(nodes[node] as GraphNode));
  }
  return left;
}
