// Counts that tell an observer: the same steps as without one, and an event for each. They stand in
// for the plain functions when the collector is made, so that those have no call and no branch.
//
//   increment   notes its event, for the slot is not stored yet
//   decrement   tells what was noted, then its own: now counts and slots agree
//   end of an object, end of a hook: as decrement
//
// Whenever the observer is called, every count is what the slots say, so that it may `validate()`.
// What it throws must not stop a deallocation half way: the first error waits until the hook ends.
// A collection ends in no hook: who collects takes the errors of its deaths, and reports them.

import {
  type Barrier,
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  isObserved,
  type Observer,
} from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";
import { IMMORTAL_COUNT } from "./reference-count.js";

export interface ObservedCounts {
  increment(object: number): void;
  /** Takes one reference away and says whether it was the last. */
  decrement(object: number): boolean;
  reclaim(object: number): void;
  /** Undefined if the observer does not want to hear of it. */
  readonly onEnd: ((object: number) => boolean) | undefined;
  /** Whether the observer is being called now. */
  isCalling(): boolean;
  /** Runs one call of the barrier to its end, then throws what the observer threw first. */
  finish(): void;
  /** What the observer threw and nobody was told of yet: then it is thrown nowhere. */
  takeErrors(): readonly unknown[];
  /** The barrier with `finish` behind each of its hooks. */
  finishing(barrier: Barrier): Barrier;
}

/** Whether an observer wants any of the events that counts have. */
export function observesCounts(observer: Observer | undefined): observer is Observer {
  return (
    isObserved(observer, EVENT_COUNT_CHANGE) ||
    isObserved(observer, EVENT_OBJECT_DEALLOCATE) ||
    isObserved(observer, EVENT_OBJECT_RECLAIM)
  );
}

export function createObservedCounts(
  words: Int32Array,
  layout: ObjectLayout,
  observer: Observer,
  plain: Pick<ObservedCounts, "increment" | "decrement" | "reclaim">,
): ObservedCounts {
  const wantsChanges = isObserved(observer, EVENT_COUNT_CHANGE);
  const wantsEnds = isObserved(observer, EVENT_OBJECT_DEALLOCATE);
  const wantsReclaims = isObserved(observer, EVENT_OBJECT_RECLAIM);
  let notedObject = 0;
  let notedCount = 0;
  let callDepth = 0;
  let errors: unknown[] = [];

  function emit(code: EventCode, a: number, b: number, c: number): void {
    callDepth++;
    try {
      observer.event(code, a, b, c);
    } catch (error) {
      errors.push(error);
    }
    callDepth--;
  }

  function note(object: number, count: number): void {
    if (!wantsChanges) return;
    notedObject = object;
    notedCount = count;
  }

  function tellNoted(): void {
    if (notedObject === 0) return;
    const object = notedObject;
    notedObject = 0;
    emit(EVENT_COUNT_CHANGE, object, notedCount - 1, notedCount);
  }

  function increment(object: number): void {
    tellNoted();
    const count = words[object] as number;
    if (count >= IMMORTAL_COUNT) return;
    words[object] = count + 1;
    note(object, count + 1);
  }

  /** The last reference leaves a link to no parent: the object is counted no longer. */
  function decrement(object: number): boolean {
    const count = words[object] as number;
    if (count >= IMMORTAL_COUNT) return false;
    words[object] = count === 1 ? ~0 : count - 1;
    tellNoted();
    if (wantsChanges) emit(EVENT_COUNT_CHANGE, object, count, count - 1);
    return count === 1;
  }

  function tellReclaim(object: number): void {
    const type = layout.typeOf(object);
    const sizeWords = layout.sizeWords(object);
    plain.reclaim(object);
    emit(EVENT_OBJECT_RECLAIM, object, type, sizeWords);
  }

  function finish(): void {
    tellNoted();
    if (errors.length === 0 || callDepth > 0) return;
    const [first] = errors;
    errors = [];
    throw first;
  }

  function takeErrors(): readonly unknown[] {
    tellNoted();
    const taken = errors;
    errors = [];
    return taken;
  }

  function finishing({ born, write, move, copy, drop }: Barrier): Barrier {
    return {
      born(slot, object) {
        note(object, 1);
        born(slot, object);
        finish();
      },
      write(slot, value, holder) {
        write(slot, value, holder);
        finish();
      },
      move(into, from, holder) {
        move(into, from, holder);
        finish();
      },
      copy(into, from, count, holder, source) {
        copy(into, from, count, holder, source);
        finish();
      },
      drop(start, end) {
        drop(start, end);
        finish();
      },
    };
  }

  // Who wants reclaims alone is told of no count, and sees no object in the middle of its end.
  const counts = wantsChanges || wantsEnds ? { increment, decrement } : plain;
  return {
    increment: counts.increment,
    decrement: counts.decrement,
    reclaim: wantsReclaims ? tellReclaim : plain.reclaim,
    onEnd: wantsEnds
      ? (object) => {
          emit(EVENT_OBJECT_DEALLOCATE, object, layout.typeOf(object), 0);
          return false;
        }
      : undefined,
    isCalling: () => callDepth > 0,
    finish,
    takeErrors,
    finishing,
  };
}
