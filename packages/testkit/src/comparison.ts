// Whether the heap holds what the shadow heap says: the two graphs, walked from their roots side by
// side, equal up to the names of objects.
//
//   shadow object ◄──── one to one ────► address         type, length, each slot, each raw word
//
// Contents are read through the mutator, as a program would; which object it is, by its address in
// the heap's words, since a checked reference is not an address.

import {
  OBJECT_HEADER_SIZE_WORDS,
  type Reference,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { shadowTypes } from "./command.js";
import type { Player } from "./player.js";
import { expectPromise } from "./promise.js";
import type { ShadowHeap, ShadowObject, ShadowValue } from "./shadow-heap.js";
import type { Subject } from "./subject.js";

/** Of objects with more raw words, both ends and what was written are compared. */
const ALL_WORDS_LIMIT = 64;

interface Pair {
  readonly shadow: ShadowObject;
  readonly reference: Reference;
  readonly address: number;
}

/** Throws at the first difference. O(reachable). */
export function compareGraphs(subject: Subject, shadow: ShadowHeap, player: Player): void {
  const { mutator, heap, collector } = subject;
  const { words } = heap;
  const addresses = new Map<ShadowObject, number>();
  const shadows = new Map<number, ShadowObject>();
  const pending: Pair[] = [];

  function compareValue(expected: ShadowValue, actual: Value, word: number, at: string): void {
    if (typeof expected === "number") {
      expectPromise(actual === expected, `${at} holds ${actual}, not ${expected}`);
      return;
    }
    const name = nameOf(expected);
    expectPromise(actual > 0, `${at} holds ${actual}, not ${name}`);
    expectPromise(collector.isObject(word), `${at} holds ${name}, which is reclaimed`);
    const known = addresses.get(expected);
    const other = shadows.get(word);
    expectPromise(known === undefined || known === word, `${at} holds another one than ${name}`);
    expectPromise(
      other === undefined || other === expected,
      `${at} holds ${name} at the address of ${other === undefined ? "" : nameOf(other)}`,
    );
    if (known !== undefined) return;
    addresses.set(expected, word);
    shadows.set(word, expected);
    pending.push({ shadow: expected, reference: actual as Reference, address: word });
  }

  for (const name of shadow.rootNames()) {
    const value = mutator.root(player.slotOf(name));
    compareValue(shadow.root(name), value, player.wordIn(name), `root slot ${name}`);
  }
  while (pending.length > 0) {
    const pair = pending.pop() as Pair;
    compareHeader(pair, subject, player);
    const { firstField } = pair.shadow.type;
    for (const [index, expected] of pair.shadow.slots.entries()) {
      const field = firstField + index;
      const word = words[pair.address + OBJECT_HEADER_SIZE_WORDS + field] as number;
      const at = `field ${field} of ${nameOf(pair.shadow)}`;
      compareValue(expected, mutator.get(pair.reference, field), word, at);
    }
    compareRawWords(pair, subject);
  }
}

function compareHeader({ shadow, reference }: Pair, subject: Subject, player: Player): void {
  const { mutator } = subject;
  const type: TypeId = player.typeId(shadowTypes.indexOf(shadow.type));
  const found = mutator.typeOf(reference);
  expectPromise(found === type, `${nameOf(shadow)} is of type ${found}, not ${type}`);
  if (!shadow.type.isVariable) return;
  const length = mutator.lengthOf(reference);
  expectPromise(
    length === shadow.length,
    `${nameOf(shadow)} has length ${length}, not ${shadow.length}`,
  );
}

function compareRawWords({ shadow, reference }: Pair, { mutator }: Subject): void {
  const start = shadow.type.firstField + shadow.slots.length;
  const count = shadow.type.rawWordCount(shadow.length);
  const compare = (field: number): void => {
    const expected = shadow.raw.get(field) ?? 0;
    const actual = mutator.word(reference, field);
    expectPromise(
      actual === expected,
      `raw word ${field} of ${nameOf(shadow)} is ${actual}, not ${expected}`,
    );
  };
  for (let index = 0; index < count; index++) {
    if (count > ALL_WORDS_LIMIT && index === ALL_WORDS_LIMIT / 2) index = count - index;
    compare(start + index);
  }
  for (const field of shadow.raw.keys()) compare(field);
}

function nameOf({ serial, type }: ShadowObject): string {
  return `"${type.descriptor.name}" ${serial}`;
}
