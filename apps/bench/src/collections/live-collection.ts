// Full collections of objects that all live: a complete binary tree, whose nodes were born in the
// order of their places or in random order. Nothing dies; the walk is what is measured.

import type { CollectionSample, CollectionWorkload } from "./collection.js";
import { createManagerRig, LEFT, type ManagerRig, RIGHT } from "./manager-rig.js";
import { shuffled } from "./random.js";
import { coldAndWarm, type Elapsed, ROUNDS_TO_WARM_UP, timeRun } from "./stopwatch.js";

/** Leaves the tree's root in the rig's first slot, and nothing else alive. */
function buildTree(rig: ManagerRig, count: number, isShuffled: boolean): void {
  const { manager, node, array, first, second, held } = rig;
  const { mutator } = manager;
  // The node of place p is the one born as number births[p].
  const births = isShuffled ? shuffled(count) : Int32Array.from({ length: count }, (_, i) => i);
  const nodeAt = (place: number) =>
    mutator.get(held(first), 1 + (births[place] as number)) as ReturnType<typeof held>;
  mutator.allocateArray(array, count, first);
  for (let birth = 0; birth < count; birth++) {
    mutator.allocate(node, second);
    mutator.fill(held(first), 1 + birth, second);
  }
  for (let place = 0; 2 * place + 1 < count; place++) {
    mutator.set(nodeAt(place), LEFT, nodeAt(2 * place + 1));
    if (2 * place + 2 < count) mutator.set(nodeAt(place), RIGHT, nodeAt(2 * place + 2));
  }
  mutator.setRoot(second, nodeAt(0));
  mutator.moveRoot(first, second);
}

export function measureLive(preset: string, workload: CollectionWorkload): CollectionSample {
  const { size, repeatCount, name } = workload;
  const rig = createManagerRig(preset);
  const { mutator } = rig.manager;
  rig.setAutomatic(false);
  buildTree(rig, size, name === "collect-shuffled");
  const runs: Elapsed[] = [];
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    // A reference taken and dropped: strategies that examine what lost one examine the tree.
    mutator.setRoot(rig.second, rig.held(rig.first));
    mutator.setRoot(rig.second, 0);
    runs.push(
      timeRun(() => {
        mutator.collect();
        rig.expectLive(size);
      }),
    );
  }
  mutator.setRoot(rig.first, 0);
  mutator.collect();
  rig.expectLive(0);
  return { measures: coldAndWarm(runs, size), checksum: size };
}

/** What the process grew by, with everything that a collection needs beside the objects. */
export function measureBytes(preset: string, { size }: CollectionWorkload): CollectionSample {
  const rig = createManagerRig(preset);
  const { manager, node, first, second } = rig;
  const { mutator } = manager;
  const build = (count: number): void => {
    for (let birth = 0; birth < count; birth++) {
      mutator.allocate(node, second);
      mutator.fill(rig.held(second), LEFT, first);
      mutator.moveRoot(first, second);
    }
    mutator.collect();
    rig.expectLive(count);
  };
  // Compiled code and first tables are there before the clock starts.
  for (let round = 0; round < ROUNDS_TO_WARM_UP; round++) {
    build(5000);
    mutator.setRoot(first, 0);
    mutator.collect();
  }
  const before = process.memoryUsage.rss();
  build(size);
  const bytes = (process.memoryUsage.rss() - before) / size;
  return { measures: { "": { wall: [bytes] } }, checksum: size };
}
