// The programs as a mutator writes them: references in root slots, one API, any strategy.

import type { Observer, Reference, Slot } from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { createCacheProgram } from "./cache-program.js";
import { expectReclaimed, type ProgramSubject } from "./program.js";

const LEFT = 0;
const RIGHT = 1;

export interface ManagerProgramsOptions {
  /** Default 1 GiB. */
  reservationBytes?: number;
  checked?: boolean;
  /** For tests: everything is collected at every so many safepoints. */
  collectEvery?: number;
  /** Default: nobody listens. */
  observer?: Observer;
}

export function createManagerPrograms(
  preset: PresetName,
  { reservationBytes = 2 ** 30, ...others }: ManagerProgramsOptions = {},
): ProgramSubject {
  const manager = createMemoryManager(preset, { reservationBytes, ...others });
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const array = manager.defineType({ name: "array", variablePart: "visited" });
  const { mutator, collector } = manager;
  const { enter, leave, allocate, allocateArray, fill, get, root, setRoot, moveRoot } = mutator;
  const at = (slot: Slot, index: number): Slot => (slot + index) as Slot;
  const head = enter(2);
  const other = at(head, 1);
  let pairCount = 0;
  let knownCount = 0;

  /** A node over the two trees in the slots behind its own. */
  function join(into: Slot, isLeaf: boolean): void {
    const tree = allocate(node, into);
    if (isLeaf) return;
    fill(tree, LEFT, at(into, 1));
    fill(tree, RIGHT, at(into, 2));
  }

  function build(depth: number, into: Slot): void {
    const isLeaf = depth === 0;
    if (!isLeaf) {
      build(depth - 1, at(into, 1));
      build(depth - 1, at(into, 2));
    }
    join(into, isLeaf);
  }

  function push(): void {
    const link = allocate(node, other);
    fill(link, LEFT, head);
    moveRoot(head, other);
  }

  function count(tree: Reference): number {
    const left = get(tree, LEFT) as Reference;
    return left === 0 ? 1 : 1 + count(left) + count(get(tree, RIGHT) as Reference);
  }

  function buildAndCount(depth: number, slot: Slot): number {
    build(depth, slot);
    const objectCount = count(root(slot) as Reference);
    return objectCount;
  }

  function trees(depth: number): number {
    const frame = enter(2 * depth + 8);
    const scratch = at(frame, 1);
    let total = buildAndCount(depth + 1, scratch);
    setRoot(scratch, 0);
    build(depth, frame);
    for (let d = 4; d <= depth; d += 2) {
      for (let i = 1 << (depth - d + 4); i > 0; i--) {
        total += buildAndCount(d, scratch);
        setRoot(scratch, 0);
      }
    }
    total += count(root(frame) as Reference);
    leave(frame);
    mutator.collect();
    const reclaimed = expectEmpty();
    if (preset !== "null") expectReclaimed(reclaimed, total);
    return total;
  }

  /** Answers how much was reclaimed since the last program ended. */
  function expectEmpty(): number {
    const { liveCount, reclaimedCount } = collector.statistics();
    const wanted = preset === "null" ? liveCount : 0;
    if (liveCount !== wanted) throw new Error(`${preset} keeps ${liveCount} objects of garbage`);
    const sinceLast = reclaimedCount - knownCount;
    knownCount = reclaimedCount;
    return sinceLast;
  }

  return {
    trees,
    useCache(count) {
      const counted = createCacheProgram(manager)(count);
      expectEmpty();
      return counted;
    },
    buildList(objectCount) {
      for (let i = 0; i < objectCount; i++) push();
    },
    dropList() {
      setRoot(head, 0);
      mutator.collect();
      return expectEmpty();
    },
    buildGarbage(objectCount) {
      pairCount = objectCount >> 1;
      allocateArray(array, pairCount, head);
      const frame = enter(2);
      const second = at(frame, 1);
      for (let i = 1; i <= pairCount; i++) {
        allocate(node, frame);
        const tail = allocate(node, second);
        mutator.set(tail, LEFT, root(frame));
        fill(root(frame) as Reference, LEFT, second);
        fill(root(head) as Reference, i, frame);
      }
      leave(frame);
    },
    collectGarbage() {
      setRoot(head, 0);
      const { reclaimedCount } = mutator.collect();
      expectEmpty();
      return reclaimedCount - 1;
    },
  };
}
