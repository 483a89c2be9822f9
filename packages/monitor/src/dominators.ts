// Dominators: object d dominates object o if every way from the roots to o goes through d. Drop d,
// and o goes with it. The retained size of d is what it dominates, itself included.
//
//   roots ─► a ─► b ─► d        b and c are dominated by a, and so is d, which has two ways
//             └─► c ──┘         retained: a: all four · b, c, d: themselves
//
// One root over all roots is number `objectCount`. Semi-NCA: semidominators by depth-first search
// and path compression, then each immediate dominator as the nearest common ancestor, walked up the
// tree so far (Georgiadis 2005, Linear-Time Algorithms for Dominators and Related Problems, ch. 2;
// after Lengauer and Tarjan 1979). Nothing recurses; a list of a million is as good as a tree.

import type { Snapshot } from "./snapshot.js";

export interface Dominators {
  /** For each object the nearest other one that dominates it; `objectCount` the roots; −1 none. */
  readonly dominators: Int32Array;
  /** For each object the bytes that would go with it, its own included; 0 if unreachable. */
  readonly retainedBytes: Float64Array;
  /** For each object how many objects would go with it, itself included. */
  readonly retainedCounts: Int32Array;
}

interface SearchTree {
  /** Objects in the order of their discovery; position 0 is the root over all roots. */
  readonly vertices: Int32Array;
  readonly count: number;
  /** For each object its position; 0 if it is unreachable. */
  readonly positions: Int32Array;
  /** For each position that of the one it was discovered from. */
  readonly parents: Int32Array;
}

/** Immediate dominators and retained sizes. O(references × log objects), about linear. */
export function findDominators(snapshot: Snapshot): Dominators {
  const { objectCount, sizesBytes } = snapshot;
  const tree = searchDepthFirst(snapshot);
  const immediate = findImmediate(snapshot, tree);
  const { vertices, count } = tree;
  const dominators = new Int32Array(objectCount).fill(-1);
  const retainedBytes = new Float64Array(objectCount);
  const retainedCounts = new Int32Array(objectCount);
  // A dominator is discovered before what it dominates, so backwards every sum is complete.
  for (let position = count - 1; position > 0; position--) {
    const object = vertices[position] as number;
    const dominator = vertices[immediate[position] as number] as number;
    dominators[object] = dominator;
    retainedBytes[object] = (retainedBytes[object] as number) + (sizesBytes[object] as number);
    retainedCounts[object] = (retainedCounts[object] as number) + 1;
    if (dominator === objectCount) continue;
    retainedBytes[dominator] =
      (retainedBytes[dominator] as number) + (retainedBytes[object] as number);
    retainedCounts[dominator] =
      (retainedCounts[dominator] as number) + (retainedCounts[object] as number);
  }
  return { dominators, retainedBytes, retainedCounts };
}

/** Preorder by an explicit stack of edges yet to look at. */
function searchDepthFirst(snapshot: Snapshot): SearchTree {
  const { objectCount, edgeStarts, edgeTargets, rootTargets } = snapshot;
  const vertices = new Int32Array(objectCount + 1);
  const positions = new Int32Array(objectCount);
  const parents = new Int32Array(objectCount + 1);
  const stack = new Int32Array(objectCount + 1);
  const nextEdges = new Int32Array(objectCount + 1);
  vertices[0] = objectCount;
  let count = 1;
  for (let root = 0; root < rootTargets.length; root++) {
    let depth = 0;
    const enter = (object: number, parent: number): void => {
      positions[object] = count;
      parents[count] = parent;
      vertices[count] = object;
      nextEdges[depth] = edgeStarts[object] as number;
      stack[depth++] = object;
      count++;
    };
    const first = rootTargets[root] as number;
    if (positions[first] !== 0) continue;
    enter(first, 0);
    while (depth > 0) {
      const object = stack[depth - 1] as number;
      const edge = nextEdges[depth - 1] as number;
      if (edge === edgeStarts[object + 1]) {
        depth--;
        continue;
      }
      nextEdges[depth - 1] = edge + 1;
      const target = edgeTargets[edge] as number;
      if (positions[target] === 0) enter(target, positions[object] as number);
    }
  }
  return { vertices, count, positions, parents };
}

/** For each position the position of its immediate dominator. */
function findImmediate(snapshot: Snapshot, tree: SearchTree): Int32Array {
  const { count, parents } = tree;
  const { starts, sources } = reverse(snapshot, tree);
  const semi = Int32Array.from({ length: count }, (_, position) => position);
  const labels = semi.slice();
  const ancestors = parents.slice(0, count);
  const path = new Int32Array(count);

  /** The position with the least semidominator on the way up to what is not yet linked. */
  function evaluate(position: number, linkedFrom: number): number {
    if (position < linkedFrom) return position;
    let length = 0;
    let at = position;
    while ((ancestors[at] as number) >= linkedFrom) {
      path[length++] = at;
      at = ancestors[at] as number;
    }
    while (length > 0) {
      const below = path[--length] as number;
      const above = ancestors[below] as number;
      const isLess =
        (semi[labels[above] as number] as number) < (semi[labels[below] as number] as number);
      if (isLess) labels[below] = labels[above] as number;
      ancestors[below] = ancestors[above] as number;
    }
    return labels[position] as number;
  }

  for (let position = count - 1; position > 0; position--) {
    let least = parents[position] as number;
    const end = starts[position + 1] as number;
    for (let edge = starts[position] as number; edge < end; edge++) {
      const source = evaluate(sources[edge] as number, position + 1);
      if ((semi[source] as number) < least) least = semi[source] as number;
    }
    semi[position] = least;
  }
  const immediate = parents.slice(0, count);
  for (let position = 1; position < count; position++) {
    let dominator = immediate[position] as number;
    while (dominator > (semi[position] as number)) dominator = immediate[dominator] as number;
    immediate[position] = dominator;
  }
  return immediate;
}

/** References backwards, between positions: who refers to a position, the roots as position 0. */
function reverse(snapshot: Snapshot, tree: SearchTree) {
  const { edgeStarts, edgeTargets, rootTargets } = snapshot;
  const { vertices, count, positions } = tree;
  const starts = new Int32Array(count + 2);
  const visit = (visitor: (source: number, target: number) => void): void => {
    for (let root = 0; root < rootTargets.length; root++) {
      visitor(0, positions[rootTargets[root] as number] as number);
    }
    for (let position = 1; position < count; position++) {
      const object = vertices[position] as number;
      const end = edgeStarts[object + 1] as number;
      for (let edge = edgeStarts[object] as number; edge < end; edge++) {
        visitor(position, positions[edgeTargets[edge] as number] as number);
      }
    }
  };
  visit((_, target) => {
    starts[target + 2] = (starts[target + 2] as number) + 1;
  });
  for (let position = 2; position < starts.length; position++) {
    starts[position] = (starts[position] as number) + (starts[position - 1] as number);
  }
  const sources = new Int32Array(starts[count + 1] as number);
  visit((source, target) => {
    const place = starts[target + 1] as number;
    sources[place] = source;
    starts[target + 1] = place + 1;
  });
  return { starts, sources };
}
