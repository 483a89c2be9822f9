// The roots of a heap that a program recorded of itself. What is known to be a root has a name; of
// other counts nothing is known but that something holds the object, and most of them are no roots:
// the interpreter's tables, its stacks, C code. So they hold only what nothing else explains.
//
//   sys.modules, frames, locals, immortal objects ─► what they reach
//   the rest, if counted from outside             ─► held by "a count that nothing explains"
//   what is left                                  ─► garbage

import { findReachable, type Snapshot } from "@ouro/monitor";
import { GRAPH_IMMORTAL, type HeapGraph } from "@ouro/trace";

export const UNEXPLAINED = "a count that nothing here explains";

/** The snapshot with these roots alone. O(objects + references). */
export function withKnownRoots(
  snapshot: Snapshot,
  graph: HeapGraph,
  rootNames: readonly string[],
  numbers: Int32Array,
): Snapshot {
  const roots: { readonly target: number; readonly name: string }[] = [];
  for (const [index, object] of graph.roots.entries()) {
    roots.push({ target: numbers[object] as number, name: rootNames[index] as string });
  }
  for (const [object, flags] of graph.flags.entries()) {
    if ((flags & GRAPH_IMMORTAL) !== 0) {
      roots.push({ target: numbers[object] as number, name: "immortal" });
    }
  }
  const known = rootedIn(snapshot, roots);
  const { distances } = findReachable(known);
  for (const [object, count] of graph.externals.entries()) {
    const target = numbers[object] as number;
    if (count > 0 && distances[target] === -1) roots.push({ target, name: UNEXPLAINED });
  }
  return rootedIn(snapshot, roots);
}

function rootedIn(
  snapshot: Snapshot,
  roots: readonly { readonly target: number; readonly name: string }[],
): Snapshot {
  return {
    ...snapshot,
    rootTargets: Int32Array.from(roots, ({ target }) => target),
    rootSlots: Int32Array.from(roots, (_, index) => index),
    rootName: (root) => roots[root]?.name ?? UNEXPLAINED,
  };
}
