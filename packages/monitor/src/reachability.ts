// What the roots reach, and by which shortest way. Breadth first, with a queue in an array: depth
// costs no stack, and the first way found to an object is a shortest one.
//
//   distances[i]   references from a root to object i: 1 for what a root holds; −1: unreachable
//   parents[i]     the edge by which it was reached; below 0 the root −1 − value

import type { Snapshot } from "./snapshot.js";

export interface Reachability {
  readonly distances: Int32Array;
  readonly parents: Int32Array;
  /** Every reachable object, nearest first. */
  readonly order: Int32Array;
}

/** Finds what the roots reach. O(objects + references). */
export function findReachable(snapshot: Snapshot): Reachability {
  const { objectCount, edgeStarts, edgeTargets, rootTargets } = snapshot;
  const distances = new Int32Array(objectCount).fill(-1);
  const parents = new Int32Array(objectCount);
  const queue = new Int32Array(objectCount);
  let count = 0;
  for (let root = 0; root < rootTargets.length; root++) {
    const target = rootTargets[root] as number;
    if (distances[target] !== -1) continue;
    distances[target] = 1;
    parents[target] = -1 - root;
    queue[count++] = target;
  }
  for (let next = 0; next < count; next++) {
    const object = queue[next] as number;
    const end = edgeStarts[object + 1] as number;
    for (let edge = edgeStarts[object] as number; edge < end; edge++) {
      const target = edgeTargets[edge] as number;
      if (distances[target] !== -1) continue;
      distances[target] = (distances[object] as number) + 1;
      parents[target] = edge;
      queue[count++] = target;
    }
  }
  return { distances, parents, order: queue.subarray(0, count) };
}
