// Plays small cases one after the other on one subject, and holds it to the small heap after each.
// It looks at less than a fresh subject with a shadow heap is shown, and is a hundred times faster;
// what it finds is played again there.
//
//   case ─► mutator ─► live objects counted after each letter
//        └─► small heap     graph, counts and live objects compared after the full collection
//   then all roots are dropped, everything is collected, and nothing may be left

import type { Mutator, Reference, Slot, TypeId, Value } from "@ouro/interfaces";
import { programTypes } from "../program-types.js";
import { expectPromise } from "../promise.js";
import type { Subject } from "../subject.js";
import { type Letter, playOnSmallHeap } from "./letter.js";
import {
  ageOf,
  agesOf,
  heapOfStart,
  NUMBER_FIELD,
  SMALL_TYPE,
  type SmallCase,
} from "./small-case.js";
import { countOf, pathTo, reachableOf, referenceCounts, type SmallHeap } from "./small-heap.js";

const FRAME_SLOT_COUNT = 6;
/** Structures are audited after every so many cases. */
const VALIDATE_EVERY = 500;

export interface SmallRunner {
  /** Plays a case; throws at the first promise that does not hold. O(objects²). */
  play(small: SmallCase): void;
  /** Audits the structures. O(heap). */
  validate(): void;
  /** Garbage that stays for good: who never collects it is made anew from time to time. */
  readonly leftCount: number;
}

export function createSmallRunner(subject: Subject): SmallRunner {
  const { mutator, collector } = subject;
  const { traits } = collector;
  const type = subject.defineType(programTypes[SMALL_TYPE] as (typeof programTypes)[number]);
  const frame = mutator.enter(FRAME_SLOT_COUNT);
  const hasGenerations = collector.oldestGeneration > 0;
  const isExact = traits.exact && traits.cycles === "full collection";
  let leftCount = 0;
  let playedCount = 0;
  /** Collections so far, as the statistics had it last. */
  let knownCollectionCount = 0;
  /** Collections that were asked for since. */
  let askedCount = 0;
  /** Objects that were born and dropped while the start heap grew old. */
  let spareCount = 0;
  /** After a collection of the young alone nobody can say what of the cycles is left. */
  let isSure = true;

  function play(small: SmallCase): void {
    spareCount = 0;
    askedCount = 0;
    isSure = true;
    buildStart(small);
    const heap = heapOfStart(small);
    for (const letter of small.letters) {
      if (letter.do === "collect") collect(heap, letter.isYoungOnly ? 0 : undefined);
      else playLetter(letter, heap, mutator, frame, type);
      playOnSmallHeap(letter, heap);
    }
    // What was so after the letters before, shorter cases have shown.
    expectLive(heap, "after the last letter");
    isSure = true;
    collect(heap, undefined);
    expectLive(heap, "after a full collection");
    compare(subject, heap, frame);
    clear();
    playedCount++;
    if (playedCount % VALIDATE_EVERY === 0) subject.validate();
  }

  function expectLive(heap: SmallHeap, moment: string): void {
    const { liveCount, collectionCount } = collector.statistics();
    // It collected by itself.
    if (collectionCount > knownCollectionCount + askedCount) isSure = false;
    const found = liveCount - leftCount;
    const isPrompt = traits.death === "prompt";
    const isKnown = isExact && moment === "after a full collection";
    const least = countOf(reachableOf(heap));
    const most = isPrompt || isKnown ? countOf(heap.live) : heap.slots.length / 2 + spareCount;
    expectPromise(
      (found === most || !(isKnown || (isPrompt && isSure))) && found >= least && found <= most,
      `${found} live ${moment}; ${least} are reachable, and at most ${most} may be left`,
    );
  }

  function collect(heap: SmallHeap, generation: number | undefined): void {
    askedCount++;
    mutator.collect(generation);
    if ((generation === undefined || !hasGenerations) && isExact) {
      heap.live = reachableOf(heap);
      spareCount = 0;
    } else if (traits.cycles !== "never") isSure = false;
  }

  function buildStart({ rootCount, start }: SmallCase): void {
    const spare = slotOf(frame, rootCount - 1);
    for (const age of agesOf(start)) {
      for (const [index, history] of start.histories.entries()) {
        if (ageOf(history) === age) birth(mutator, type, slotOf(frame, index), index + 1);
      }
      if (age === 0) continue;
      mutator.allocate(type, spare);
      mutator.setRoot(spare, 0);
      if (traits.death !== "prompt") spareCount++;
      askedCount++;
      mutator.collect(hasGenerations ? age - 1 : undefined);
    }
    const root = (index: number): Reference => mutator.root(slotOf(frame, index)) as Reference;
    for (const [index, pair] of start.slots.entries()) {
      for (const field of [0, 1] as const) {
        const value = pair[field];
        if (value !== 0) mutator.set(root(index), field, root(value - 1));
      }
    }
    for (const [index, history] of start.histories.entries()) {
      if (history !== "touched") continue;
      mutator.setRoot(spare, root(index));
      mutator.setRoot(spare, 0);
    }
    for (const [index, isRooted] of start.isRooted.entries()) {
      if (!isRooted) mutator.setRoot(slotOf(frame, index), 0);
    }
  }

  function clear(): void {
    for (let index = 0; index < FRAME_SLOT_COUNT; index++) mutator.setRoot(slotOf(frame, index), 0);
    mutator.collect();
    const { liveCount, collectionCount } = collector.statistics();
    knownCollectionCount = collectionCount;
    expectPromise(
      !isExact || liveCount === leftCount,
      `${liveCount - leftCount} live though nothing is held`,
    );
    leftCount = liveCount;
  }

  return {
    play,
    validate: () => subject.validate(),
    get leftCount() {
      return leftCount;
    },
  };
}

const slotOf = (frame: Slot, index: number): Slot => (frame + index) as Slot;

function birth(mutator: Mutator, type: TypeId, slot: Slot, number: number): void {
  mutator.setWord(mutator.allocate(type, slot), NUMBER_FIELD, number);
}

function playLetter(
  letter: Letter,
  heap: SmallHeap,
  mutator: Mutator,
  frame: Slot,
  type: TypeId,
): void {
  const find = (object: number): Value => {
    const path = object === 0 ? undefined : pathTo(heap, object);
    if (path === undefined) return 0;
    let value = mutator.root(slotOf(frame, path.root));
    for (const field of path.fields) value = mutator.get(value as Reference, field);
    return value;
  };
  switch (letter.do) {
    case "allocate":
      birth(mutator, type, slotOf(frame, letter.root), heap.slots.length / 2 + 1);
      break;
    case "root":
      mutator.setRoot(slotOf(frame, letter.root), find(letter.value));
      break;
    case "write":
      mutator.set(find(letter.object) as Reference, letter.field, find(letter.value));
  }
}

/** What is reachable is what the small heap says, by number, slot by slot, and counted right. */
function compare(subject: Subject, heap: SmallHeap, frame: Slot): void {
  const { mutator, collector } = subject;
  const { counts: isCounting, moves } = collector.traits;
  const counts = isCounting && !moves ? countsOf(subject, heap) : undefined;
  const pending: [object: number, value: Value][] = heap.roots.map((object, index) => [
    object,
    mutator.root(slotOf(frame, index)),
  ]);
  const known = new Map<number, Value>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [object, value] = next;
    if (object === 0) {
      expectPromise(value === 0, `${value} is held where none should be`);
      continue;
    }
    expectPromise(value > 0, `${value} is held where object ${object} should be`);
    const seen = known.get(object);
    if (seen !== undefined) {
      expectPromise(seen === value, `object ${object} is at ${seen} and at ${value}`);
      continue;
    }
    known.set(object, value);
    const reference = value as Reference;
    const plain = subject.plain?.(reference) ?? reference;
    expectPromise(collector.isObject(plain), `object ${object} is held, and reclaimed`);
    const number = mutator.word(reference, NUMBER_FIELD);
    expectPromise(number === object, `object ${number} is held where ${object} should be`);
    const count = subject.heap.words[plain];
    const expected = counts?.[object];
    expectPromise(
      expected === undefined || expected === count,
      `object ${object} has count ${count}, not ${expected}`,
    );
    pending.push([heap.slots[2 * object - 2] as number, mutator.get(reference, 0)]);
    pending.push([heap.slots[2 * object - 1] as number, mutator.get(reference, 1)]);
  }
}

/** References from roots and from all that is still there. */
function countsOf({ collector }: Subject, heap: SmallHeap): number[] {
  const isLeft = collector.traits.cycles === "never";
  return referenceCounts(heap, isLeft ? heap.live : reachableOf(heap));
}
