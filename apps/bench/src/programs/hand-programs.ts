// The same strategies by hand: references in JavaScript variables, bare stores, no root slots while
// a tree is built. Under tracing this is safe only because nothing collects in mid-build: the hand
// names what is alive, then polls. Allocator and strategy are the same text as in the managers, so
// the ratio is the price of the contract.

import type { Reference, Slot } from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { expectReclaimed, type ProgramSubject } from "./program.js";

export function createHandPrograms(preset: PresetName): ProgramSubject {
  const manager = createMemoryManager(preset, { reservationBytes: 2 ** 30 });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const { mutator, collector, heap } = manager;
  const { words } = heap;
  const { tryAllocate, traits } = collector;
  const frame = mutator.enter(2);
  const scratch = (frame + 1) as Slot;
  let knownCount = 0;
  const birthCount = traits.counts ? 1 : 0;

  function make(left: number, right: number): Reference {
    const object = tryAllocate(node, 4);
    if (object === 0) throw new Error("out of memory");
    words[object] = birthCount;
    words[object + 2] = left;
    words[object + 3] = right;
    return object;
  }

  function build(depth: number): Reference {
    const isLeaf = depth === 0;
    const left = isLeaf ? 0 : build(depth - 1);
    const right = isLeaf ? 0 : build(depth - 1);
    return make(left, right);
  }

  function count(tree: number): number {
    const left = words[tree + 2] as number;
    return left === 0 ? 1 : 1 + count(left) + count(words[tree + 3] as number);
  }

  /** Counting lets go of what it built; tracing is asked whether it is time. */
  const drop = traits.counts
    ? (tree: Reference) => {
        words[scratch] = tree;
        mutator.setRoot(scratch, 0);
      }
    : () => collector.poll();

  function trees(depth: number): number {
    let total = 0;
    const buildAndCount = (d: number): void => {
      const tree = build(d);
      total += count(tree);
      drop(tree);
    };
    buildAndCount(depth + 1);
    words[frame] = build(depth);
    for (let d = 4; d <= depth; d += 2) {
      for (let i = 1 << (depth - d + 4); i > 0; i--) buildAndCount(d);
    }
    total += count(words[frame] as number);
    mutator.setRoot(frame, 0);
    expectReclaimed(finish(), total);
    return total;
  }

  /** Nothing is left of what the program built; answers how much was reclaimed of it. */
  function finish(): number {
    mutator.collect();
    const { liveCount, reclaimedCount } = collector.statistics();
    if (liveCount !== 0) throw new Error(`${preset} by hand keeps ${liveCount} objects of garbage`);
    const sinceLast = reclaimedCount - knownCount;
    knownCount = reclaimedCount;
    return sinceLast;
  }

  return {
    trees,
    buildList(objectCount) {
      let list = 0;
      for (let i = 0; i < objectCount; i++) {
        list = make(list, 0);
        if ((i & 1023) !== 0) continue;
        words[frame] = list;
        collector.poll();
        list = words[frame] as number;
      }
      words[frame] = list;
    },
    dropList() {
      mutator.setRoot(frame, 0);
      return finish();
    },
  };
}
