// What a heap holds, as stacks: the dominator tree from the roots down, folded by type name, so
// that speedscope and pprof draw who keeps how much alive. The width of a frame is the retained
// size of all objects there.
//
//   (roots) ─► dict ─► list ─► Node      a chain of Node under Node is one frame, however long
//
// Objects that no root reaches stand under "(garbage)". Deeper than the limit, frames are the last
// one's.

import type { AllocationProfile, AllocationSample, AllocationSite } from "./allocation-profile.js";
import type { Dominators } from "./dominators.js";
import type { Snapshot } from "./snapshot.js";

/** Frames of one stack. */
const DEPTH_LIMIT = 100;

interface Fold {
  readonly name: string;
  readonly parent: Fold | undefined;
  readonly depth: number;
  readonly children: Map<string, Fold>;
  count: number;
  bytes: number;
}

function createFold(name: string, parent: Fold | undefined): Fold {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return { name, parent, depth, children: new Map(), count: 0, bytes: 0 };
}

/** Every object in one sample, all of them live. O(objects). */
export function retentionProfileOf(
  snapshot: Snapshot,
  { dominators }: Dominators,
  name: string,
): AllocationProfile {
  const { objectCount, sizesBytes } = snapshot;
  const roots = createFold("(roots)", undefined);
  const garbage = createFold("(garbage)", undefined);
  const folds: (Fold | undefined)[] = new Array(objectCount);
  const all: Fold[] = [];

  function childOf(parent: Fold, typeName: string): Fold {
    if (parent.name === typeName || parent.depth === DEPTH_LIMIT) return parent;
    let child = parent.children.get(typeName);
    if (child === undefined) {
      child = createFold(typeName, parent);
      parent.children.set(typeName, child);
      all.push(child);
    }
    return child;
  }

  /** Up to a dominator that has its fold, then down again: each object is folded once. */
  function foldOf(object: number): Fold {
    const way: number[] = [];
    let at = object;
    while (at >= 0 && at < objectCount && folds[at] === undefined) {
      way.push(at);
      at = dominators[at] as number;
    }
    let fold = at === objectCount ? roots : at < 0 ? garbage : (folds[at] as Fold);
    for (let index = way.length - 1; index >= 0; index--) {
      const below = way[index] as number;
      fold = childOf(fold, snapshot.typeNameOf(below));
      folds[below] = fold;
    }
    return fold;
  }

  for (let object = 0; object < objectCount; object++) {
    const fold = foldOf(object);
    fold.count++;
    fold.bytes += sizesBytes[object] as number;
  }
  return { name, samples: all.filter(({ count }) => count > 0).map(sampleOf) };
}

function sampleOf(fold: Fold): AllocationSample {
  const sites: AllocationSite[] = [];
  for (let at = fold.parent; at !== undefined; at = at.parent) sites.push({ name: at.name });
  const { count, bytes, name } = fold;
  return {
    sites: sites.reverse(),
    typeName: name,
    allocatedCount: count,
    allocatedBytes: bytes,
    liveCount: count,
    liveBytes: bytes,
  };
}
