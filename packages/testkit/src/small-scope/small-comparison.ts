// What is reachable is what the small heap says, by number, slot by slot, and counted right.

import type { Reference, Slot, Value } from "@ouro/interfaces";
import { expectPromise } from "../promise.js";
import type { Subject } from "../subject.js";
import { NUMBER_FIELD } from "./move.js";
import { reachableOf, referenceCount, type SmallHeap } from "./small-heap.js";

/** Answers a function that throws at the first difference; it is O(objects²). */
export function createSmallComparison(subject: Subject, frame: Slot): (heap: SmallHeap) => void {
  const { mutator, collector, heap: memory } = subject;
  const { counts, moves, cycles } = collector.traits;
  const isCounting = counts && !moves;
  /** By object, where it was found; what is behind its end is of other cases. */
  const places: Value[] = [];
  const pending: number[] = [];

  function compareValue(object: number, value: Value): void {
    if (object === 0) {
      if (value !== 0) expectPromise(false, `${value} is held where none should be`);
      return;
    }
    if (value <= 0) expectPromise(false, `${value} is held where object ${object} should be`);
    const place = places[object] as Value;
    if (place === 0) {
      places[object] = value;
      pending.push(object);
    } else if (place !== value) {
      expectPromise(false, `object ${object} is at ${place} and at ${value}`);
    }
  }

  function compareObject(object: number, heap: SmallHeap, holders: number): void {
    const reference = places[object] as number as Reference;
    const plain = subject.plain?.(reference) ?? reference;
    if (!collector.isObject(plain)) expectPromise(false, `object ${object} is held, and reclaimed`);
    const number = mutator.word(reference, NUMBER_FIELD);
    if (number !== object) {
      expectPromise(false, `object ${number} is held where ${object} should be`);
    }
    if (isCounting) {
      const count = memory.words[plain];
      const expected = referenceCount(object, heap, holders);
      if (count !== expected) {
        expectPromise(false, `object ${object} has count ${count}, not ${expected}`);
      }
    }
    compareValue(heap.slots[2 * object - 2] as number, mutator.get(reference, 0));
    compareValue(heap.slots[2 * object - 1] as number, mutator.get(reference, 1));
  }

  return function compare(heap) {
    const { slots, roots } = heap;
    const holders = cycles === "never" ? heap.live : reachableOf(heap);
    for (let object = 0; object <= slots.length / 2; object++) places[object] = 0 as Value;
    pending.length = 0;
    for (let index = 0; index < roots.length; index++) {
      compareValue(roots[index] as number, mutator.root((frame + index) as Slot));
    }
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      compareObject(next, heap, holders);
    }
  };
}
