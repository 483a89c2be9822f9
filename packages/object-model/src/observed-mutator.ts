// The observed mutator stands before the fast one and tells an observer what the program does:
// births, writes to slots, safepoints. The mutator behind it has no call and no branch for it, and
// where an observer wants none of these events the mutator itself is handed back.
//
//   program ──► checked, stress (if wanted) ──► observed ──► fast
//                                                  └─► object-create, slot-write, safepoint-pass
//
// A fact is told when the call that made it is complete: what it reclaimed was told before.

import {
  EVENT_OBJECT_CREATE,
  EVENT_SAFEPOINT_PASS,
  EVENT_SLOT_WRITE,
  isObserved,
  type Mutator,
  OBJECT_HEADER_SIZE_WORDS,
  type Observer,
  type Reference,
  type Slot,
  type TypeTable,
} from "@ouro/interfaces";
import { createObjectLayout } from "./object-layout.js";

const NO_HOLDER = 0;

export interface ObservedMutatorOptions {
  mutator: Mutator;
  /** The heap that it works in, and its types: a birth is told with type and size. */
  words: Int32Array;
  types: TypeTable;
  observer: Observer | undefined;
}

const TOLD = [EVENT_OBJECT_CREATE, EVENT_SAFEPOINT_PASS, EVENT_SLOT_WRITE] as const;

/** Wraps a mutator so that its events reach an observer. */
export function observedMutator(options: ObservedMutatorOptions): Mutator {
  const { mutator, observer } = options;
  if (!TOLD.some((code) => isObserved(observer, code))) return mutator;
  return {
    ...mutator,
    ...(isObserved(observer, EVENT_SLOT_WRITE) ? tellingWrites(options, observer) : {}),
    ...tellingSafepoints(options),
  };
}

function tellingWrites({ mutator, words }: ObservedMutatorOptions, observer: Observer) {
  function told(object: Reference, field: number): void {
    const slot = object + OBJECT_HEADER_SIZE_WORDS + field;
    observer.event(EVENT_SLOT_WRITE, slot, object, words[slot] as number);
  }

  function toldRoot(slot: Slot): void {
    observer.event(EVENT_SLOT_WRITE, slot, NO_HOLDER, words[slot] as number);
  }

  return {
    setRoot(slot, value) {
      mutator.setRoot(slot, value);
      toldRoot(slot);
    },
    moveRoot(into, from) {
      mutator.moveRoot(into, from);
      toldRoot(into);
      toldRoot(from);
    },
    set(object, field, value) {
      mutator.set(object, field, value);
      told(object, field);
    },
    give(object, field, from) {
      mutator.give(object, field, from);
      told(object, field);
      toldRoot(from);
    },
    fill(object, field, from) {
      mutator.fill(object, field, from);
      told(object, field);
      toldRoot(from);
    },
    take(into, object, field) {
      mutator.take(into, object, field);
      toldRoot(into);
      told(object, field);
    },
    copy(target, targetField, source, sourceField, count) {
      mutator.copy(target, targetField, source, sourceField, count);
      for (let index = 0; index < count; index++) told(target, targetField + index);
    },
  } satisfies Partial<Mutator>;
}

function tellingSafepoints(options: ObservedMutatorOptions): Partial<Mutator> {
  const { mutator, observer, words, types } = options;
  const creates = isObserved(observer, EVENT_OBJECT_CREATE) ? observer : undefined;
  const passes = isObserved(observer, EVENT_SAFEPOINT_PASS) ? observer : undefined;
  if (creates === undefined && passes === undefined) return {};
  const layout = createObjectLayout(words, types);
  let safepointCount = 0;

  function pass(): void {
    safepointCount++;
    passes?.event(EVENT_SAFEPOINT_PASS, safepointCount, 0, 0);
  }

  function create(object: Reference): Reference {
    creates?.event(EVENT_OBJECT_CREATE, object, layout.typeOf(object), layout.sizeWords(object));
    return object;
  }

  return {
    allocate(type, into) {
      pass();
      return create(mutator.allocate(type, into));
    },
    allocateArray(type, length, into) {
      pass();
      return create(mutator.allocateArray(type, length, into));
    },
    poll() {
      pass();
      mutator.poll();
    },
    collect(generation) {
      pass();
      return mutator.collect(generation);
    },
  };
}
