// The observed mutator stands before any mutator and tells an observer what the program does: births,
// writes to slots, safepoints. The mutator behind it has no call and no branch for it, and with an
// observer that wants none of these events the mutator itself is handed back.
//
//   program ──► observed ──► checked (if wanted) ──► fast
//                  └─► observer: object-create, slot-write, safepoint-pass
//
// A fact is told when the call that made it is complete, so what the call reclaimed was told before.

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
  /** A reference as the heap holds it: what checked mode gives out has an epoch on it. */
  plain: (reference: Reference) => Reference;
}

/** Wraps a mutator so that its events reach an observer. */
export function observedMutator(options: ObservedMutatorOptions): Mutator {
  const { mutator, observer } = options;
  return {
    ...mutator,
    ...(isObserved(observer, EVENT_SLOT_WRITE) ? tellingWrites(options, observer) : {}),
    ...tellingSafepoints(options),
  };
}

function tellingWrites({ mutator, words, plain }: ObservedMutatorOptions, observer: Observer) {
  /** Raw field f is word 2 + f of the object. */
  function told(object: Reference, field: number): void {
    const holder = plain(object);
    const slot = holder + OBJECT_HEADER_SIZE_WORDS + field;
    observer.event(EVENT_SLOT_WRITE, slot, holder, words[slot] as number);
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
  const { mutator, observer, words, types, plain } = options;
  const creates = isObserved(observer, EVENT_OBJECT_CREATE) ? observer : undefined;
  const passes = isObserved(observer, EVENT_SAFEPOINT_PASS) ? observer : undefined;
  if (creates === undefined && passes === undefined) return {};
  const layout = createObjectLayout(words, types);
  let safepointCount = 0;

  function pass(): void {
    safepointCount++;
    passes?.event(EVENT_SAFEPOINT_PASS, safepointCount, 0, 0);
  }

  function create(reference: Reference): Reference {
    const object = plain(reference);
    creates?.event(EVENT_OBJECT_CREATE, object, layout.typeOf(object), layout.sizeWords(object));
    return reference;
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
