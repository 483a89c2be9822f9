// Garbage that counts alone do not reclaim: pairs that name each other. In `collect-finalized` some
// have finalizers, and others are referred to weakly from outside, with callbacks.

import type { Slot, TypeId } from "@ouro/interfaces";
import {
  type CollectionSample,
  type CollectionWorkload,
  FINALIZED_EVERY,
  YOUNG_COUNT,
} from "./collection.js";
import { createManagerRig, LEFT, type ManagerRig, RIGHT } from "./manager-rig.js";
import { coldAndWarm, type Elapsed, expectEqual, timeRun } from "./stopwatch.js";

/** A holder in the rig's first slot with the first node of each pair; `typeOf` of each node. */
function buildPairs(rig: ManagerRig, pairCount: number, typeOf: (birth: number) => TypeId): void {
  const { manager, array, first, held } = rig;
  const { mutator } = manager;
  mutator.allocateArray(array, pairCount, first);
  const frame = mutator.enter(2);
  const other = (frame + 1) as Slot;
  for (let pair = 0; pair < pairCount; pair++) {
    mutator.allocate(typeOf(2 * pair), frame);
    const second = mutator.allocate(typeOf(2 * pair + 1), other);
    mutator.set(second, LEFT, held(frame));
    mutator.fill(held(frame), LEFT, other);
    mutator.fill(held(first), 1 + pair, frame);
  }
  mutator.leave(frame);
}

export function measureCycles(preset: string, workload: CollectionWorkload): CollectionSample {
  const { size, repeatCount } = workload;
  const rig = createManagerRig(preset);
  const { mutator } = rig.manager;
  const runs: Elapsed[] = [];
  rig.setAutomatic(false);
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    buildPairs(rig, size >> 1, () => rig.node);
    mutator.setRoot(rig.first, 0);
    runs.push(
      timeRun(() => {
        mutator.collect();
        rig.expectLive(0);
      }),
    );
  }
  return { measures: coldAndWarm(runs, size), checksum: size };
}

export function measureFinalized(preset: string, workload: CollectionWorkload): CollectionSample {
  const { size, repeatCount } = workload;
  const rig = createManagerRig(preset);
  const { manager, array, first, second, held } = rig;
  const { mutator, finalization, weakReferences } = manager;
  if (finalization === undefined || weakReferences === undefined) throw new Error("no finalizers");
  const closing = manager.defineType({ name: "closing", visitedSlotCount: 2, finalizer: true });
  const share = size / FINALIZED_EVERY;
  let finalizedCount = 0;
  let calledCount = 0;
  finalization.setFinalizer(closing, () => {
    finalizedCount++;
  });
  const frame = mutator.enter(3);
  const weak = (frame + 1) as Slot;
  const found = (frame + 2) as Slot;

  /** Weak references, from outside, to objects of which none has a finalizer. */
  function addWeakReferences(): void {
    mutator.allocateArray(array, share, second);
    for (let index = 0; index < share; index++) {
      const pair = (index * FINALIZED_EVERY) >> 1;
      mutator.setRoot(frame, mutator.get(held(first), 1 + pair));
      weakReferences?.create(weak, frame, () => {
        calledCount++;
      });
      mutator.fill(held(second), 1 + index, weak);
    }
    mutator.setRoot(frame, 0);
  }

  function expectEmptyWeakReferences(): void {
    for (let index = 0; index < share; index++) {
      mutator.setRoot(weak, mutator.get(held(second), 1 + index));
      if (weakReferences?.strengthen(found, weak)) throw new Error("a weak reference is not empty");
    }
    mutator.setRoot(weak, 0);
  }

  const runs: Elapsed[] = [];
  rig.setAutomatic(false);
  for (let repeat = 1; repeat <= repeatCount; repeat++) {
    buildPairs(rig, size >> 1, (birth) => (birth % FINALIZED_EVERY === 51 ? closing : rig.node));
    addWeakReferences();
    mutator.setRoot(first, 0);
    runs.push(
      timeRun(() => {
        mutator.collect();
        expectEqual("finalizers run", finalizedCount, repeat * share);
        expectEqual("callbacks called", calledCount, repeat * share);
        expectEmptyWeakReferences();
        rig.expectLive(share + 1);
      }),
    );
    mutator.setRoot(second, 0);
    mutator.collect();
  }
  return { measures: coldAndWarm(runs, size), checksum: size };
}

/** Beside old objects that nobody should look at; half of the young ones survive. */
export function measureYoung(preset: string, workload: CollectionWorkload): CollectionSample {
  const { size, repeatCount } = workload;
  const rig = createManagerRig(preset);
  const { manager, array, node, first, second, held } = rig;
  const { mutator } = manager;
  rig.setAutomatic(false);
  mutator.allocateArray(array, size, second);
  for (let old = 0; old < size; old++) {
    mutator.allocate(node, first);
    mutator.fill(held(second), 1 + old, first);
  }
  mutator.collect();
  const half = YOUNG_COUNT >> 1;
  // Without generations it is not the young alone that are examined.
  const countsCollected = manager.collector.generations !== undefined;
  const frame = mutator.enter(1);
  function makeYoung(): void {
    buildPairs(rig, half >> 1, () => node);
    mutator.setRoot(first, 0);
    for (let young = 0; young < half; young++) {
      const child = mutator.allocate(node, frame);
      mutator.fill(child, RIGHT, first);
      mutator.moveRoot(first, frame);
    }
  }
  // One run is a hundred collections: one alone is too short for the clock of CPU time.
  const runs: Elapsed[] = [];
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    let cpuNs = 0;
    let wallNs = 0;
    for (let round = 0; round < 100; round++) {
      makeYoung();
      const elapsed = timeRun(() => {
        const { reclaimedCount } = mutator.collect(0);
        if (countsCollected) expectEqual("objects reclaimed", reclaimedCount, half);
      });
      // Statistics look at every pool of the heap, and would be most of the time.
      rig.expectLive(size + 1 + half);
      cpuNs += elapsed.cpuNs / 100;
      wallNs += elapsed.wallNs / 100;
      mutator.setRoot(first, 0);
    }
    runs.push({ cpuNs, wallNs });
  }
  return { measures: coldAndWarm(runs, YOUNG_COUNT), checksum: YOUNG_COUNT };
}
