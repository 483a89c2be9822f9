// The longest that a program waits: many live objects, one after the other replaced at random. What
// is replaced refers to itself, so that counting alone does not reclaim it.

import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import type { Slot } from "@ouro/interfaces";
import { median } from "../statistics.js";
import {
  type CollectionSample,
  type CollectionWorkload,
  type Measure,
  STEP_COUNT,
} from "./collection.js";
import { createManagerRig, LEFT } from "./manager-rig.js";
import { createRandom } from "./random.js";

const NS_PER_MS = 1e6;

/** Longest, usual, and all steps together, in milliseconds. */
export function describeSteps(
  stepsNs: readonly number[],
  remark: string,
): Readonly<Record<string, Measure>> {
  const steps = stepsNs.map((stepNs) => stepNs / NS_PER_MS);
  return {
    "worst step": { wall: [Math.max(...steps)], remark },
    "usual step": { wall: [median(steps)] },
    "all steps": { wall: [steps.reduce((sum, step) => sum + step, 0)] },
  };
}

export function measurePause(preset: string, { size }: CollectionWorkload): CollectionSample {
  const rig = createManagerRig(preset);
  const { manager, array, node, first, second, held } = rig;
  const { mutator, collector } = manager;
  mutator.allocateArray(array, size, first);
  const replace = (index: number): void => {
    const fresh = mutator.allocate(node, second as Slot);
    mutator.set(fresh, LEFT, fresh);
    mutator.give(held(first), 1 + index, second);
  };
  for (let index = 0; index < size; index++) replace(index);
  const random = createRandom();
  const fullBefore = fullCollections();
  const steps: number[] = [];
  for (let step = 0; step < (2 * size) / STEP_COUNT; step++) {
    const before = process.hrtime.bigint();
    for (let turn = 0; turn < STEP_COUNT; turn++) replace(random(size));
    steps.push(Number(process.hrtime.bigint() - before));
  }
  const fullCount = fullCollections() - fullBefore;
  mutator.setRoot(first, 0);
  mutator.collect();
  rig.expectLive(0);
  return { measures: describeSteps(steps, `${fullCount} full collections`), checksum: size };

  /** Of the oldest generation, or of all where there are none. */
  function fullCollections(): number {
    const oldest = collector.generations?.statistics().at(-1);
    return oldest?.collections ?? collector.statistics().collectionCount;
  }
}

class Node {
  left: Node | null;
  right: Node | null = null;
  constructor() {
    this.left = null;
    this.left = this;
  }
}

interface GarbageEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

const turnOfEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** With `yields` a step ends when the event loop has turned: V8 does some of its work then. */
export async function measureV8Pause(
  { size }: CollectionWorkload,
  yields: boolean,
): Promise<CollectionSample> {
  const majors: number[] = [];
  const note = (entry: PerformanceEntry): void => {
    const { kind } = (entry as GarbageEntry).detail;
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) majors.push(entry.duration);
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  const held: Node[] = [];
  for (let index = 0; index < size; index++) held.push(new Node());
  await turnOfEventLoop();
  observer.observe({ entryTypes: ["gc"] });
  const random = createRandom();
  const steps: number[] = [];
  for (let step = 0; step < (2 * size) / STEP_COUNT; step++) {
    const before = process.hrtime.bigint();
    for (let turn = 0; turn < STEP_COUNT; turn++) held[random(size)] = new Node();
    if (yields) await turnOfEventLoop();
    steps.push(Number(process.hrtime.bigint() - before));
  }
  await turnOfEventLoop();
  observer.takeRecords().forEach(note);
  observer.disconnect();
  return { measures: describeSteps(steps, `${majors.length} full collections`), checksum: size };
}
