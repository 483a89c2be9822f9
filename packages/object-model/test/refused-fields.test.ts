// Which field a refusal names, and between which the good ones lie: at both ends of an object of
// each kind. A pair has the slots 0 to 2 and the raw words 3 and 4, a tuple its length and three
// slots, five bytes their length and two raw words.

import { isOuroError, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeRig, type Rig } from "./refusals.js";

const OF_PAIR = 'is not a field of this "pair", whose fields are 0 to 4.';
const OF_TUPLE = 'is not a field of this "tuple", whose fields are 0 to 3.';
const OF_BYTES = 'is not a field of this "bytes", whose fields are 0 to 2.';
const RAW = "is a raw word, where a slot is needed.";
const SLOT = "is a slot, where a raw word is needed.";
const LENGTH = "is the length, which never changes.";

type Attempt = (rig: Rig) => unknown;

const refused: readonly [message: string, attempt: Attempt][] = [
  [`get: -1 ${OF_PAIR}`, ({ mutator, pair }) => mutator.get(pair(), -1)],
  [`get: 5 ${OF_PAIR}`, ({ mutator, pair }) => mutator.get(pair(), 5)],
  [`get: 1.5 ${OF_PAIR}`, ({ mutator, pair }) => mutator.get(pair(), 1.5)],
  [`get: field 3 of "pair" ${RAW}`, ({ mutator, pair }) => mutator.get(pair(), 3)],
  [`get: field 4 of "pair" ${RAW}`, ({ mutator, pair }) => mutator.get(pair(), 4)],
  [`get: 4 ${OF_TUPLE}`, ({ mutator, tuple }) => mutator.get(tuple(), 4)],
  [`get: 2.5 ${OF_TUPLE}`, ({ mutator, tuple }) => mutator.get(tuple(), 2.5)],
  [`get: field 0 of "tuple" ${LENGTH}`, ({ mutator, tuple }) => mutator.get(tuple(), 0)],
  [`get: field 0 of "bytes" ${LENGTH}`, ({ mutator, bytes }) => mutator.get(bytes(), 0)],
  [`get: field 1 of "bytes" ${RAW}`, ({ mutator, bytes }) => mutator.get(bytes(), 1)],
  [`word: 5 ${OF_PAIR}`, ({ mutator, pair }) => mutator.word(pair(), 5)],
  [`word: 3.5 ${OF_PAIR}`, ({ mutator, pair }) => mutator.word(pair(), 3.5)],
  [`word: field 0 of "pair" ${SLOT}`, ({ mutator, pair }) => mutator.word(pair(), 0)],
  [`word: field 2 of "pair" ${SLOT}`, ({ mutator, pair }) => mutator.word(pair(), 2)],
  [`word: 3 ${OF_BYTES}`, ({ mutator, bytes }) => mutator.word(bytes(), 3)],
  [`word: 1.5 ${OF_BYTES}`, ({ mutator, bytes }) => mutator.word(bytes(), 1.5)],
  [`word: field 1 of "tuple" ${SLOT}`, ({ mutator, tuple }) => mutator.word(tuple(), 1)],
  [`word: field 3 of "tuple" ${SLOT}`, ({ mutator, tuple }) => mutator.word(tuple(), 3)],
  [`setWord: field 0 of "tuple" ${LENGTH}`, ({ mutator, tuple }) => mutator.setWord(tuple(), 0, 1)],
  [copied("source", `: field 3 of "pair" ${RAW}`), copy("tuple", 1, "pair", 1, 3)],
  [copied("source", `: field 3 of "pair" ${RAW}`), copy("tuple", 1, "pair", 3, 1)],
  [copied("source", `: 5 ${OF_PAIR}`), copy("tuple", 1, "pair", 5, 1)],
  [copied("source", `: 0.5 ${OF_PAIR}`), copy("tuple", 1, "pair", 0.5, 3)],
  [copied("target", `: 4 ${OF_TUPLE}`), copy("tuple", 2, "pair", 0, 3)],
  [copied("target", `: 4 ${OF_TUPLE}`), copy("tuple", 4, "pair", 0, 1)],
  [copied("target", `: 5 ${OF_TUPLE}`), copy("tuple", 5, "pair", 0, 1)],
  [copied("target", `: -1 ${OF_PAIR}`), copy("pair", -1, "tuple", 1, 3)],
  [copied("target", `: -2 ${OF_PAIR}`), copy("pair", -2, "tuple", 1, 9)],
  [copied("target", `: field 0 of "tuple" ${LENGTH}`), copy("tuple", 0, "pair", 0, 2)],
];

function copied(part: "source" | "target", message: string): string {
  return `copy (${part})${message}`;
}

type Kind = "pair" | "tuple";

function copy(into: Kind, at: number, from: Kind, first: number, count: number): Attempt {
  return (rig) => rig.mutator.copy(rig[into](), at, rig[from](), first, count);
}

describe("in checked mode", () => {
  it.each(refused)("it says %s", (message, attempt) => {
    const rig = makeRig(parts);
    try {
      attempt(rig);
    } catch (error) {
      if (!isOuroError(error)) throw error;
      expect(error.message.slice(0, message.length)).toBe(message);
      return;
    }
    expect("nothing").toBe(message);
  });

  it("every field up to both ends is good", () => {
    const { mutator, pair, tuple, bytes } = makeRig(parts);
    for (const field of [0, 1, 2]) expect(mutator.get(pair(), field)).toBe(0);
    for (const field of [3, 4]) expect(mutator.word(pair(), field)).toBe(0);
    for (const field of [1, 2, 3]) expect(mutator.get(tuple(), field)).toBe(0);
    expect([0, 1, 2].map((field) => mutator.word(bytes(), field))).toEqual([5, 0, 0]);
    mutator.copy(tuple(), 1, pair(), 0, 3);
    mutator.copy(pair(), 0, tuple(), 1, 3);
    mutator.copy(pair(), 9, tuple(), 9, 0);
  });

  it("an object that was not met before is judged as one that was", () => {
    const [first, second] = [makeRig(parts), makeRig(parts)];
    second.mutator.get(second.tuple(), 1);
    for (const { mutator, tuple, bytes } of [first, second]) {
      expect(mutator.word(tuple(), 0)).toBe(3);
      expect(mutator.word(bytes(), 0)).toBe(5);
    }
  });

  it("a collection is a safepoint, and a number that is no object gets no epoch", () => {
    const { mutator } = makeRig(parts);
    const before = mutator.safepointCount;
    mutator.poll();
    mutator.collect();
    mutator.collect(0);
    expect(mutator.safepointCount).toBe(before + 3);
    expect(() => mutator.withEpoch(3 as Reference)).toThrow(
      "withEpoch: 3 is not the word index of an object",
    );
  });
});
