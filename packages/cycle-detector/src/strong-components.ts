// Strongly connected components: nodes that each reach all the others. One depth-first search; the
// path is a list of nodes, each with the next of its references to follow, so that depth costs no
// stack.
//
//   path   a ─► b ─► c        open   a b c d …       lowest(b) = the first open node that b reaches
//
// A node whose lowest is itself closes a component: itself and what is open behind it. Source:
// Tarjan 1972, *Depth-first search and linear graph algorithms*.

import type { ObjectGraph } from "./object-graph.js";

export interface Components {
  /** The component of each node. */
  readonly of: Int32Array;
  readonly count: number;
  /** Nodes by component: those of c are `members[starts[c]]` to before `members[starts[c + 1]]`. */
  readonly members: Int32Array;
  readonly starts: Int32Array;
}

/** O(nodes + references). */
export function findComponents({ objects, starts, targets }: ObjectGraph): Components {
  const nodeCount = objects.length;
  const of = new Int32Array(nodeCount).fill(-1);
  const order = new Int32Array(nodeCount);
  const lowest = new Int32Array(nodeCount);
  const cursor = starts.slice(0, nodeCount);
  const path = new Int32Array(nodeCount);
  const open = new Int32Array(nodeCount);
  const members = new Int32Array(nodeCount);
  const componentStarts = new Int32Array(nodeCount + 1);
  let depth = 0;
  let openCount = 0;
  let seenCount = 0;
  let memberCount = 0;
  let componentCount = 0;

  function begin(node: number): void {
    order[node] = ++seenCount;
    lowest[node] = seenCount;
    path[depth++] = node;
    open[openCount++] = node;
  }

  function lower(node: number, to: number): void {
    if (to < (lowest[node] as number)) lowest[node] = to;
  }

  function follow(node: number, target: number): void {
    if (order[target] === 0) begin(target);
    else if ((of[target] as number) < 0) lower(node, order[target] as number);
  }

  function end(node: number): void {
    depth--;
    if (depth > 0) lower(path[depth - 1] as number, lowest[node] as number);
    if (lowest[node] !== order[node]) return;
    let member = -1;
    while (member !== node) {
      member = open[--openCount] as number;
      of[member] = componentCount;
      members[memberCount++] = member;
    }
    componentStarts[++componentCount] = memberCount;
  }

  for (let start = 0; start < nodeCount; start++) {
    if (order[start] === 0) begin(start);
    while (depth > 0) {
      const node = path[depth - 1] as number;
      const next = cursor[node] as number;
      cursor[node] = next + 1;
      if (next < (starts[node + 1] as number)) follow(node, targets[next] as number);
      else end(node);
    }
  }
  const ends = componentStarts.slice(0, componentCount + 1);
  return { of, count: componentCount, members, starts: ends };
}
