// How much a collection by trial deletion works: words of the heap that are read while it runs,
// counted from outside. Lins (1990) carried out all three passes for one candidate after the other,
// and read a chain of n candidates n² / 2 times; in passes over all candidates it is O(n).

import { createPrivateHeap } from "@ouro/heap";
import { type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import type * as managerPackage from "@ouro/memory-manager";
import fc from "fast-check";

type Parts = Pick<typeof managerPackage, "composeMemoryManager" | "trialDeletionStrategy">;

/** More than an object with two slots is read in all passes, and in finalization and freeing. */
const READS_AN_OBJECT = 150;
/** For what is there without objects: tables of the heap, statistics. */
const READS_BESIDE = 2000;

/** Words that count who reads them. */
function countingReads(words: Int32Array): { words: Int32Array; take: () => number } {
  let readCount = 0;
  const counting = new Proxy(words, {
    get(target, key) {
      readCount++;
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const take = (): number => {
    const taken = readCount;
    readCount = 0;
    return taken;
  };
  return { words: counting, take };
}

interface Chain {
  readonly count: number;
  /** The younger one holds the older one, or the other way about. */
  readonly isBackward: boolean;
  /** Of so many, one is held from outside too; 0: none is. */
  readonly heldEvery: number;
  /** Whether the ends hold each other. */
  readonly isRing: boolean;
}

const chains: fc.Arbitrary<Chain> = fc.record({
  count: fc.integer({ min: 300, max: 900 }),
  isBackward: fc.boolean(),
  heldEvery: fc.constantFrom(0, 1, 2, 10),
  isRing: fc.boolean(),
});

/** Every object of the chain is a candidate: a reference to it went, and it has others. */
function readsOfCollection(parts: Parts, chain: Chain): number {
  const { count, isBackward, heldEvery, isRing } = chain;
  const heap = createPrivateHeap({ reservationBytes: 2 ** 24, regionBytes: 2 ** 23 });
  const { words, take } = countingReads(heap.words);
  const { mutator, defineType } = parts.composeMemoryManager({
    strategy: parts.trialDeletionStrategy({ leastCandidateCount: 1 << 20 }),
    heap: { ...heap, words },
  });
  const node = defineType({ name: "node", visitedSlotCount: 2 });
  const array = defineType({ name: "array", variablePart: "visited" });
  const frame = mutator.enter(4);
  const [outside, first, last, fresh] = [0, 1, 2, 3].map((index) => slotAt(frame, index)) as [
    ...[Slot, Slot, Slot, Slot],
  ];
  const held = (slot: Slot): Reference => mutator.root(slot) as Reference;
  mutator.allocateArray(array, count, outside);
  mutator.allocate(node, first);
  mutator.setRoot(last, held(first));
  for (let index = 1; index < count; index++) {
    mutator.allocate(node, fresh);
    if (isBackward) mutator.set(held(fresh), 0, held(last));
    else mutator.set(held(last), 0, held(fresh));
    if (heldEvery > 0 && index % heldEvery === 0) {
      mutator.set(held(outside), 1 + index, held(fresh));
    }
    mutator.set(held(fresh), 1, held(fresh));
    mutator.moveRoot(last, fresh);
  }
  if (isRing)
    mutator.set(isBackward ? held(first) : held(last), 0, held(isBackward ? last : first));
  for (const slot of [first, last]) mutator.setRoot(slot, 0 as Value);
  take();
  mutator.collect();
  return take();
}

/** The pitfall: work grows with the number of candidates, not with its square. */
export function workIsLinear(parts: Parts): void {
  const isLinear = fc.property(chains, (chain) => {
    const readCount = readsOfCollection(parts, chain);
    const limit = READS_BESIDE + READS_AN_OBJECT * chain.count;
    if (readCount > limit) throw new Error(`${readCount} words read, and ${limit} are enough`);
  });
  fc.assert(isLinear, { numRuns: 12, seed: 1, endOnFailure: true });
}
