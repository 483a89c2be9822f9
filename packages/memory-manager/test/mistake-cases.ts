// Mistakes that whoever writes CPython's memory management anew is known to make, each as a small
// program with an exact outcome. The titles say what must hold.

import assert from "node:assert/strict";
import {
  isOuroError,
  type Reference,
  type Slot,
  type Strategy,
  slotAt,
  type Value,
} from "@ouro/interfaces";
import type * as managerPackage from "@ouro/memory-manager";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
type Parts = Pick<typeof managerPackage, "composeMemoryManager">;

export type MistakeCase = (parts: Parts, strategy: Strategy) => void;

export const DIED_MEANWHILE = "answers collect() without what died by its count in finalizers";
export const EMPTY_FIRST = "empties a field before it lets go of what the field held";
export const AGAIN = "collects again after a collection that found the heap broken";
export const WITHIN = "ends a cascade of deaths in which a finalizer let others die";
export const PEAK = "collects as soon as a new heap does once a peak is over";
export const CANDIDATE_PEAK = "collects as few candidates as at first once a peak is over";

const NONE = 0 as Value;

function compose({ composeMemoryManager }: Parts, strategy: Strategy) {
  const manager = composeMemoryManager({ strategy, reservationBytes: 2 ** 26 });
  const { mutator } = manager;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = mutator.enter(4);
  const at = (index: number): Slot => slotAt(frame, index);
  const held = (index: number): Reference => mutator.root(at(index)) as Reference;
  return { ...manager, pair, at, held };
}

/** A generator that hangs in a cycle of its own: its `finally` runs, and nothing was collected. */
function diesInFinalizers(parts: Parts, strategy: Strategy): void {
  const { mutator, generations, finalization, pair, at, held, ...manager } = withGenerations(
    compose(parts, strategy),
  );
  const closing = manager.defineType({ name: "closing", visitedSlotCount: 2, finalizer: true });
  finalization.setFinalizer(closing, (slot) =>
    mutator.set(mutator.root(slot) as Reference, 0, NONE),
  );
  mutator.allocate(closing, at(0));
  mutator.allocate(pair, at(1));
  mutator.set(held(0), 0, held(1));
  mutator.set(held(1), 0, held(0));
  for (const index of [0, 1]) mutator.setRoot(at(index), NONE);
  assert.equal(generations.collect(2), 0, "what collect() answers");
  assert.equal(manager.statistics().liveCount, 0, "objects are left");
}

function withGenerations(composed: ReturnType<typeof compose>) {
  const { generations, finalization } = composed.collector;
  assert.ok(generations !== undefined && finalization !== undefined);
  return { ...composed, generations, finalization };
}

/** No collector watches what dies here: its finalizer runs while its holder is being emptied. */
function emptiesFirst(parts: Parts, strategy: Strategy): void {
  const { mutator, finalization, pair, at, held, ...manager } = withGenerations(
    compose(parts, strategy),
  );
  const file = manager.defineType({
    name: "file",
    rawWordCount: 1,
    collected: false,
    finalizer: true,
  });
  let holder = 0 as Reference;
  const seen: Value[] = [];
  finalization.setFinalizer(file, () => seen.push(mutator.get(holder, 1)));
  holder = mutator.allocate(pair, at(0));
  mutator.allocate(file, at(1));
  mutator.give(holder, 1, at(1));
  mutator.set(holder, 0, holder);
  mutator.setRoot(at(0), NONE);
  mutator.collect();
  assert.deepEqual(seen, [NONE], "what the field held meanwhile");
}

/** A count that somebody wrote over, and that is mended. */
function collectsAgain(parts: Parts, strategy: Strategy): void {
  const { mutator, heap, pair, at, ...manager } = compose(parts, strategy);
  const object = mutator.allocate(pair, at(0));
  for (const field of [0, 1]) mutator.set(object, field, object);
  mutator.setRoot(at(0), NONE);
  heap.words[object] = 1;
  assert.throws(
    () => mutator.collect(),
    (error) => isOuroError(error, "heap-corruption"),
  );
  heap.words[object] = 2;
  assert.equal(mutator.collect().reclaimedCount, 1, "objects are reclaimed");
  manager.validate();
}

/** The deaths inside have a way back of their own. */
function diesWithin(parts: Parts, strategy: Strategy): void {
  const { mutator, finalization, pair, at, held, ...manager } = withGenerations(
    compose(parts, strategy),
  );
  const closing = manager.defineType({ name: "closing", visitedSlotCount: 2, finalizer: true });
  finalization.setFinalizer(closing, () => {
    mutator.allocate(pair, at(2));
    mutator.allocate(pair, at(3));
    for (const field of [0, 1]) mutator.set(held(2), field, held(3));
    for (const index of [3, 2]) mutator.setRoot(at(index), NONE);
  });
  mutator.allocate(pair, at(0));
  for (const field of [0, 1]) {
    mutator.allocate(field === 0 ? closing : pair, at(1));
    mutator.give(held(0), field, at(1));
  }
  mutator.setRoot(at(0), NONE);
  assert.equal(manager.statistics().liveCount, 0, "objects are left");
  manager.validate();
}

const PEAK_COUNT = 40_000;

/** Objects that hold themselves, made and dropped, until one of them finds a collection done. */
function garbageUntilCollected({
  mutator,
  collector,
  pair,
  at,
}: ReturnType<typeof compose>): number {
  const before = collector.statistics().collectionCount;
  let madeCount = 0;
  while (collector.statistics().collectionCount === before) {
    const object = mutator.allocate(pair, at(1));
    mutator.set(object, 0, object);
    mutator.setRoot(at(1), NONE);
    madeCount++;
    assert.ok(madeCount < 2 * PEAK_COUNT, "it does not collect any more");
  }
  return madeCount;
}

/** A list in the first slot; with `isLost` each of its objects lost a reference. */
function fillToPeak(composed: ReturnType<typeof compose>, isLost: boolean): void {
  const { mutator, pair, at, held } = composed;
  for (let made = 0; made < PEAK_COUNT; made++) {
    mutator.allocate(pair, at(1));
    if (isLost) mutator.setRoot(at(2), held(1));
    mutator.give(held(1), 0, at(0));
    mutator.moveRoot(at(0), at(1));
    if (isLost) mutator.setRoot(at(2), NONE);
  }
}

/** How many of them it takes after a peak, for one that it takes in a new heap. */
function ratioAfterPeak(parts: Parts, make: () => Strategy, isLost: boolean): number {
  const counts = [false, true].map((hasPeak) => {
    const composed = compose(parts, make());
    const { mutator, at } = composed;
    if (hasPeak) {
      fillToPeak(composed, isLost);
      mutator.collect();
      mutator.setRoot(at(0), NONE);
    }
    mutator.collect();
    return garbageUntilCollected(composed);
  });
  return (counts[1] as number) / (counts[0] as number);
}

/** The last pool that began to serve is not looked at again: a few hundred objects. */
export function forgetsPeaks(parts: Parts, make: () => Strategy, isLost: boolean): void {
  const ratio = ratioAfterPeak(parts, make, isLost);
  assert.ok(ratio < 1.25, `after a peak it takes ${ratio} times as much`);
}

/** By what must hold; each is played under some strategies. */
export const mistakeCases: Readonly<Record<string, MistakeCase>> = {
  [DIED_MEANWHILE]: diesInFinalizers,
  [EMPTY_FIRST]: emptiesFirst,
  [AGAIN]: collectsAgain,
  [WITHIN]: diesWithin,
};
