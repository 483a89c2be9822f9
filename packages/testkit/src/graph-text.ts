// The reachable graph as text: objects are numbered as they are met from the root slots on, so that
// two heaps which hold the same give the same text, wherever their objects lie.
//
//   0: #1                          root slot 0 holds the first object met
//   −1: 0                          the first handle holds none
//   #1: record(0) #2 0 #1 4=17     its slots, and raw words that are not 0, by field

import type { Reference, Value } from "@ouro/interfaces";
import { shadowTypes } from "./command.js";
import type { Player } from "./player.js";
import { expectPromise } from "./promise.js";
import type { ShadowHeap, ShadowObject, ShadowValue } from "./shadow-heap.js";
import type { Subject } from "./subject.js";

/**
 * The reachable graph as text, read through the mutator from the root slots in use: objects are
 * numbered as they are met. Two heaps that hold the same give the same text. O(reachable).
 */
export function graphText(subject: Subject, shadow: ShadowHeap, player: Player): string {
  const { mutator } = subject;
  const numbers = new Map<Reference, number>();
  const met: Reference[] = [];
  const textOf = (value: Value): string => {
    if (value <= 0) return String(value);
    const reference = value as Reference;
    if (!numbers.has(reference)) numbers.set(reference, met.push(reference));
    return `#${numbers.get(reference)}`;
  };
  const lines = shadow.rootNames().map((name) => {
    return `${name}: ${textOf(mutator.root(player.slotOf(name)))}`;
  });
  for (let index = 0; index < met.length; index++) {
    lines.push(`#${index + 1}: ${objectText(met[index] as Reference, mutator, player, textOf)}`);
  }
  return lines.join("\n");
}

function objectText(
  reference: Reference,
  mutator: Subject["mutator"],
  player: Player,
  textOf: (value: Value) => string,
): string {
  const id = mutator.typeOf(reference);
  const type = shadowTypes.find((_, index) => player.typeId(index) === id);
  expectPromise(type !== undefined, `object ${reference} has type ${id}, which no program defines`);
  const length = type.isVariable ? mutator.lengthOf(reference) : 0;
  const slotsEnd = type.firstField + type.slotCount(length);
  const parts: string[] = [];
  for (let field = type.firstField; field < slotsEnd; field++) {
    parts.push(textOf(mutator.get(reference, field)));
  }
  for (let index = 0; index < type.rawWordCount(length); index++) {
    const word = mutator.word(reference, slotsEnd + index);
    if (word !== 0) parts.push(`${slotsEnd + index}=${word}`);
  }
  return `${type.descriptor.name}(${length}) ${parts.join(" ")}`;
}

/** The same of the shadow heap. O(reachable). */
export function shadowText(shadow: ShadowHeap): string {
  const numbers = new Map<ShadowObject, number>();
  const met: ShadowObject[] = [];
  const textOf = (value: ShadowValue): string => {
    if (typeof value === "number") return String(value);
    if (!numbers.has(value)) numbers.set(value, met.push(value));
    return `#${numbers.get(value)}`;
  };
  const lines = shadow.rootNames().map((name) => `${name}: ${textOf(shadow.root(name))}`);
  for (let index = 0; index < met.length; index++) {
    const { type, length, slots, raw } = met[index] as ShadowObject;
    const words = [...raw].filter(([, word]) => word !== 0).sort(([one], [other]) => one - other);
    const parts = [...slots.map(textOf), ...words.map(([field, word]) => `${field}=${word}`)];
    lines.push(`#${index + 1}: ${type.descriptor.name}(${length}) ${parts.join(" ")}`);
  }
  return lines.join("\n");
}
