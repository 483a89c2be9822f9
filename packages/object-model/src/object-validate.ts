// What must hold of every heap of objects, whatever the strategy: each object has a type, and each
// slot, of an object or a root, holds none, an immediate or an object that is there.

import {
  type Collector,
  expectSound,
  type RootStack,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";
import { createObjectLayout } from "./object-layout.js";

/**
 * Throws `HeapCorruptionError` naming the first object, slot or root found broken. O(heap).
 */
export function validateObjects(
  words: Int32Array,
  types: TypeTable,
  roots: RootStack,
  collector: Collector,
): void {
  const layout = createObjectLayout(words, types);
  roots.validate();
  roots.walk((slot, value) => {
    const isSound = value <= 0 || collector.isObject(value);
    expectSound(isSound, "root slot", slot, () => `it holds ${value}, where no object is`);
  });
  let previousEnd = 0;
  collector.walk((object) => {
    const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    expectSound(
      type >= 1 && type <= types.count,
      "object",
      object,
      () => `its type ${type} is none`,
    );
    expectSound(object >= previousEnd, "object", object, "it overlaps the one before it");
    previousEnd = object + layout.sizeWords(object);
    const slotsEnd = layout.slotsEnd(object);
    for (let slot = layout.slotsStart(object); slot < slotsEnd; slot++) {
      const value = words[slot] as number;
      const isSound = value <= 0 || collector.isObject(value);
      expectSound(isSound, "slot", slot, () => `it holds ${value}, where no object is`);
    }
  });
}
