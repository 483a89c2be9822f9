// What would go with all objects of a type together: the sum of what those of them retain that no
// other object of the type dominates. Found on the dominator tree, walked depth first with a stack
// of its own; a type counts where its first object on the way down is met.

import type { Dominators, Snapshot } from "@ouro/monitor";

/** Bytes by type name, of what roots reach. O(objects). */
export function retainedByType(snapshot: Snapshot, tree: Dominators): Map<string, number> {
  const { objectCount, objectTypes, typeNames } = snapshot;
  const { starts, children } = childrenOf(snapshot, tree);
  const names = [...new Set(typeNames)];
  const nameOf = typeNames.map((name) => names.indexOf(name));
  const depths = new Int32Array(names.length);
  const totals = new Float64Array(names.length);
  /** Objects to enter, and −1 − those to leave. */
  const stack: number[] = [];
  const push = (parent: number): void => {
    const end = starts[parent + 1] as number;
    for (let at = starts[parent] as number; at < end; at++) stack.push(children[at] as number);
  };
  push(objectCount);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const object = next < 0 ? -1 - next : next;
    const name = nameOf[objectTypes[object] as number] as number;
    if (next < 0) {
      depths[name] = (depths[name] as number) - 1;
      continue;
    }
    if (depths[name] === 0) {
      totals[name] = (totals[name] as number) + (tree.retainedBytes[object] as number);
    }
    depths[name] = (depths[name] as number) + 1;
    stack.push(-1 - object);
    push(object);
  }
  return new Map(names.map((name, index) => [name, totals[index] as number]));
}

/** The objects that each one dominates at once; those of the roots are of number `objectCount`. */
function childrenOf({ objectCount }: Snapshot, { dominators }: Dominators) {
  const starts = new Int32Array(objectCount + 3);
  for (const dominator of dominators.subarray(0, objectCount)) {
    if (dominator >= 0) starts[dominator + 2] = (starts[dominator + 2] as number) + 1;
  }
  for (let at = 1; at < starts.length; at++) {
    starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  }
  const children = new Int32Array(objectCount);
  for (let object = 0; object < objectCount; object++) {
    const slot = (dominators[object] as number) + 1;
    if (slot === 0) continue;
    const at = starts[slot] as number;
    children[at] = object;
    starts[slot] = at + 1;
  }
  return { starts, children };
}
