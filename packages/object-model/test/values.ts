// Values as a test says them and as a heap holds them: small integers, texts, and boxes, which are
// equal only to themselves. A text reads back as "s:…", an integer as "i:…", a box as "b:number".

import {
  immediateOf,
  integerOf,
  type Mutator,
  type Reference,
  type Slot,
  slotAt,
  type Value,
} from "@ouro/interfaces";
import fc from "fast-check";
import type { createStrings, findOrDefineType, Strings } from "../src/index.js";
import type { Composition } from "./compositions.js";

export type Said =
  | { readonly integer: number }
  | { readonly text: string }
  | { readonly box: number };

export const BOX_COUNT = 8;

export const anySaid: fc.Arbitrary<Said> = fc.oneof(
  fc.integer({ min: -4, max: 4 }).map((integer) => ({ integer })),
  fc.constantFrom("", "a", "ab", "abcd", "é", "Ω", "abcdefΩ").map((text) => ({ text })),
  fc.nat(BOX_COUNT - 1).map((box) => ({ box })),
);

export function nameOf(said: Said): string {
  if ("integer" in said) return `i:${said.integer}`;
  return "text" in said ? `s:${said.text}` : `b:${said.box}`;
}

export interface Values {
  /** Where the boxes live. */
  readonly frame: Slot;
  /** Puts what is said into a slot. */
  put(said: Said, into: Slot): void;
  nameOf(value: Value): string;
}

/** Boxes live in a frame of their own, entered here. */
export function makeValues(
  { mutator, types }: Composition,
  parts: { createStrings: typeof createStrings; findOrDefineType: typeof findOrDefineType },
): Values {
  const strings = parts.createStrings({ mutator, types });
  const boxType = parts.findOrDefineType(types, { name: "box", rawWordCount: 1 });
  const boxes = mutator.enter(BOX_COUNT);
  for (let number = 0; number < BOX_COUNT; number++) {
    mutator.setWord(mutator.allocate(boxType, slotAt(boxes, number)), 0, number);
  }
  return {
    frame: boxes,
    put(said, into) {
      if ("integer" in said) mutator.setRoot(into, immediateOf(said.integer));
      else if ("text" in said) strings.allocate(said.text, into);
      else mutator.setRoot(into, mutator.root(slotAt(boxes, said.box)));
    },
    nameOf: (value) => nameOfValue(mutator, strings, value),
  };
}

function nameOfValue(mutator: Mutator, strings: Strings, value: Value): string {
  if (value === 0) return "none";
  if (value < 0) return `i:${integerOf(value)}`;
  if (strings.isString(value)) return `s:${strings.text(value)}`;
  return `b:${mutator.word(value as Reference, 0)}`;
}

/** Leaves everything; then a strategy that promises so much has nothing left. */
export function expectNothingLeft({ mutator, collector }: Composition, values: Values): void {
  mutator.leave(values.frame);
  mutator.collect();
  const { exact, death } = collector.traits;
  const { liveCount } = collector.statistics();
  if ((exact || death === "prompt") && liveCount > 0) throw new Error(`${liveCount} objects leak`);
}
