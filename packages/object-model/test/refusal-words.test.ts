// In which words checked mode refuses: each sentence once, with "#" for numbers, and the calls that
// say it.

import { isOuroError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeOddRig, ODD_ENTRIES } from "./odd-arguments.js";
import { makeRig, refusals } from "./refusals.js";

type Words = readonly (readonly [sentence: string, calls: string])[];

const OF_REFUSALS: Words = [
  [
    'reference # was taken by root after safepoint # and made stale by allocate "pair" ' +
      "(safepoint #); now it is after safepoint #. Keep it in a root slot and read it again " +
      "after a safepoint.",
    "get",
  ],
  [
    'reference # was taken by root after safepoint # and made stale by allocateArray "tuple" ' +
      "(safepoint #); now it is after safepoint #. Keep it in a root slot and read it again " +
      "after a safepoint.",
    "get",
  ],
  [
    "reference # was taken by root after safepoint # and made stale by poll (safepoint #); " +
      "now it is after safepoint #. Keep it in a root slot and read it again after a safepoint.",
    "copy (source), copy (target), fieldsStart, fill, get, give, lengthOf, plain, set, set " +
      "(value), setRoot, setWord, take, typeOf, word",
  ],
  [
    "reference # was taken by root after safepoint # and made stale by collect (safepoint #); " +
      "now it is after safepoint #. Keep it in a root slot and read it again after a safepoint.",
    "get",
  ],
  [
    "# is not a reference that the checked mutator gave out. Pass a number that this part " +
      "returned and that is still in use.",
    "copy (source), copy (target), fieldsStart, fill, get, give, lengthOf, plain, set, set " +
      "(value), setRoot, setWord, take, typeOf, word",
  ],
  [
    "reference # was taken by allocate after safepoint # and made stale by the death of its " +
      "object, whose last reference was dropped; now it is after safepoint #. Keep it in a root " +
      "slot for as long as it is used.",
    "copy (source), copy (target), fieldsStart, fill, get, give, lengthOf, plain, set, set " +
      "(value), setRoot, setWord, take, typeOf, word",
  ],
  [
    "# is not a reference: it is none or an immediate. Pass a number that this part returned " +
      "and that is still in use.",
    "get",
  ],
  [
    "# is not a root slot of its frame, which has # from # on. Pass a number that this part " +
      "returned and that is still in use.",
    "allocate, allocateArray, fill, give, moveRoot, plainSlot, root, setRoot, take",
  ],
  [
    "# is not a root slot of a frame entered and not left, or of a handle in use. Pass a " +
      "number that this part returned and that is still in use.",
    "allocate, allocateArray, fill, give, moveRoot, plainSlot, root, setRoot, take",
  ],
  [
    "# is not a root slot of a frame entered and not left, or of a handle in use (its frame " +
      "was left). Pass a number that this part returned and that is still in use.",
    "allocate, allocateArray, fill, give, moveRoot, plainSlot, root, setRoot, take",
  ],
  [
    '# is not a field of this "pair", whose fields are # to #. Pass a number that this part ' +
      "returned and that is still in use.",
    "copy (source), copy (target), fill, get, give, set, setWord, take, word",
  ],
  [
    'field # of "pair" is a raw word, where a slot is needed. Look at the type\'s descriptor: ' +
      "slots come first, raw words after",
    "copy (source), copy (target), fill, get, give, set, take",
  ],
  [
    'field # of "tuple" is the length, which never changes. Look at the type\'s descriptor: ' +
      "slots come first, raw words after",
    "copy (source), copy (target), fill, get, give, set, take",
  ],
  [
    'field # of "pair" is a slot, where a raw word is needed. Look at the type\'s descriptor: ' +
      "slots come first, raw words after",
    "setWord, word",
  ],
  [
    '# is not a field of this "bytes", whose fields are # to #. Pass a number that this part ' +
      "returned and that is still in use.",
    "setWord, word",
  ],
  [
    'field # of "bytes" is the length, which never changes. Look at the type\'s descriptor: ' +
      "slots come first, raw words after",
    "setWord",
  ],
  ["value # does not fit in a word of # bits. Split it over several raw words", "setWord"],
  ["count # is not a whole number from # to #. Give one", "copy"],
  [
    'field # of "pair" holds a value, which would be lost without a word to the collector. ' +
      "Use give, or empty the field first",
    "fill",
  ],
  [
    "value # is neither a reference, none nor an immediate. Make an immediate with " +
      "immediateOf, or keep the number in a raw word",
    "setRoot",
  ],
  [
    "value NaN is neither a reference, none nor an immediate. Make an immediate with " +
      "immediateOf, or keep the number in a raw word",
    "set (value)",
  ],
  [
    "# is not the frame entered last and not left, which is the one from # on. Pass a number " +
      "that this part returned and that is still in use.",
    "leave",
  ],
  [
    "# is not the frame entered last and not left, which is none. Pass a number that this " +
      "part returned and that is still in use.",
    "leave",
  ],
  ["slotCount # is not a whole number from # to #. Give one", "enter"],
  ["slot # is moved to itself, which would empty it. Move between two slots", "moveRoot"],
  ["type # is not a whole number from # to #. Give one", "allocate"],
  ['type "tuple" is of variable length. Use allocateArray and say the length', "allocate"],
  ['type "pair" is of fixed length. Use allocate', "allocateArray"],
  ["length # is not a whole number from # to #. Give one", "allocateArray"],
  [
    'an object of type "pair" is of fixed length. Ask for lengths of variable-length objects ' +
      "only",
    "lengthOf",
  ],
  ["generation # is not a whole number from # to #. Give one", "collect"],
];

/** Where undefined is given in place of an argument. */
const OF_NOTHING: Words = [
  [
    "the reference is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "copy (source), copy (target), fieldsStart, fill, get, give, lengthOf, plain, set, " +
      "setWord, take, typeOf, withEpoch, word",
  ],
  [
    "the slot is undefined, which is no number. References, slots, types and fields are plain " +
      "numbers: pass it as it was given out",
    "allocate, allocateArray, fill, give, moveRoot, plainSlot, root, setRoot, take",
  ],
  ["slotCount undefined is not a whole number from # to #. Give one", "enter"],
  [
    "the frame is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "leave",
  ],
  [
    "value undefined is neither a reference, none nor an immediate. Make an immediate with " +
      "immediateOf, or keep the number in a raw word",
    "set (value), setRoot",
  ],
  [
    "the type is undefined, which is no number. References, slots, types and fields are plain " +
      "numbers: pass it as it was given out",
    "allocate, allocateArray",
  ],
  ["length undefined is not a whole number from # to #. Give one", "allocateArray"],
  [
    "the field is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "copy (source), copy (target), fill, get, give, set, setWord, take, word",
  ],
  ["count undefined is not a whole number from # to #. Give one", "copy"],
  ["field undefined is not a whole number from # to #. Give one", "copy (source), copy (target)"],
  [
    "the value is undefined, which is no number. References, slots, types and fields are " +
      "plain numbers: pass it as it was given out",
    "setWord",
  ],
];

function wordsOf(attempts: readonly (() => unknown)[]): Words {
  const callsOf = new Map<string, Set<string>>();
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      if (!isOuroError(error)) throw error;
      const message = error.message.replace(/-?[\d.]*\d/g, "#");
      const end = message.indexOf(": ");
      const sentence = message.slice(end + 2);
      const calls = callsOf.get(sentence) ?? new Set();
      callsOf.set(sentence, calls.add(message.slice(0, end)));
    }
  }
  return [...callsOf].map(([sentence, calls]) => [sentence, [...calls].sort().join(", ")]);
}

it("checked mode says what is wrong, in which call, and what to do", () => {
  const attempts = refusals.map((refusal) => () => {
    const rig = makeRig(parts);
    refusal.attempt(rig, refusal.prepare?.(rig) ?? rig.pair());
  });
  expect(wordsOf(attempts)).toEqual(OF_REFUSALS);
});

it("checked mode names the argument that is no number", () => {
  const rig = makeOddRig(parts);
  const attempts = ODD_ENTRIES.flatMap(({ name, call = name, good }) =>
    good(rig).map((_, place) => () => {
      const entry = (rig.mutator as unknown as Record<string, (...given: unknown[]) => unknown>)[
        call
      ];
      entry?.(...good(rig).with(place, undefined));
    }),
  );
  expect(wordsOf(attempts)).toEqual(OF_NOTHING);
});
