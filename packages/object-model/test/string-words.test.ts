// Strings and byte arrays that fill their blocks, so that another object's words lie behind them;
// the widest narrow unit, long texts, frames, hashes, and what a validation of a string finds.

import { isOuroError, type Reference, type Slot, slotAt } from "@ouro/interfaces";
import { refcountStrategy } from "@ouro/refcount";
import { describe, expect, it } from "vitest";
import { createByteArrays, createStrings } from "../src/index.js";
import { type ManagerOptions, makeManager } from "./manager.js";

function makeScene(options: ManagerOptions = {}) {
  const manager = makeManager(options);
  const frame = manager.mutator.enter(6);
  const slot = (index: number): Slot => slotAt(frame, index);
  const at = (index: number): Reference => manager.mutator.root(slot(index)) as Reference;
  const strings = createStrings(manager);
  return { ...manager, strings, bytes: createByteArrays(manager), frame, slot, at };
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("strings and byte arrays", () => {
  it("are compared without what lies behind them", () => {
    const scene = makeScene({ strategy: refcountStrategy() });
    const { strings, bytes, mutator, slot, at } = scene;
    const empty = strings.allocate("", slot(0));
    const next = strings.allocate("", slot(1));
    mutator.setRoot(slot(5), at(1));
    const one = bytes.allocateFrom(Uint8Array.of(1, 2, 3, 4), slot(2));
    const last = bytes.allocateFrom(Uint8Array.of(1, 2, 3, 4), slot(3));
    expect([strings.compare(empty, next), bytes.compare(one, last)]).toEqual([0, 0]);
    const zero = strings.allocate("\0", slot(4));
    expect([strings.compare(empty, zero), strings.compare(zero, empty)]).toEqual([-1, 1]);
    const longer = bytes.allocateFrom(Uint8Array.of(1, 2, 3, 4, 0), slot(4));
    expect([bytes.compare(one, longer), bytes.compare(longer, one)]).toEqual([-1, 1]);
  });

  it("narrow and wide, are not equal for having the same bytes", () => {
    const { strings, slot } = makeScene();
    const narrow = strings.allocate("\u0001\u0001", slot(0));
    const wide = strings.allocate("\u0101", slot(1));
    expect(strings.equals(narrow, wide)).toBe(false);
  });
});

describe("a string", () => {
  it("is made of a whole list of units, and narrow up to the unit 255", () => {
    const { strings, mutator, slot, at } = makeScene();
    strings.allocateUnits([0x41, 0xff], 0, 2, slot(0));
    expect(strings.text(at(0))).toBe("Aÿ");
    strings.allocate("ÿĀ", slot(1));
    strings.slice(slot(1), 0, 1, slot(2));
    expect([0, 1, 2].map((index) => mutator.typeOf(at(index)))).toEqual([
      ...[strings.narrowType, strings.wideType, strings.narrowType],
    ]);
    for (const index of [0, 1, 2]) strings.validate(at(index));
  });

  it("of more units than a call takes is read whole", () => {
    const { strings, slot } = makeScene();
    const text = "0123456789".repeat(50_000);
    expect(strings.text(strings.allocate(text, slot(0))) === text).toBe(true);
  });

  it("has the hash of its bytes, and 1 for 0", () => {
    const { strings, slot } = makeScene();
    const string = strings.allocate("test", slot(0));
    expect([strings.hash(string), strings.hash(string)]).toEqual([0xba6bd213, 0xba6bd213]);
    expect(strings.hash(strings.allocate("", slot(1)))).toBe(1);
  });

  it("of two, or a part of one, leaves no frame behind, not without memory either", () => {
    const { strings, mutator, heap, roots, frame, slot } = makeScene({ limitBytes: 3 << 20 });
    const top = heap.words[roots.topWord];
    strings.allocate("0123456789".repeat(10_000), slot(0));
    strings.concatenate(slot(0), slot(0), slot(1));
    strings.slice(slot(1), 1, 3, slot(2));
    expect(heap.words[roots.topWord]).toBe(top);
    const slices = (): void => {
      for (;;) strings.slice(slot(0), 0, 90_000, slot(2));
    };
    const wholes = (): void => {
      for (;;) strings.concatenate(slot(0), slot(0), slot(0));
    };
    for (const call of [wholes, slices]) {
      expect(messageOf(call)).toContain("no room for a request");
      expect(heap.words[roots.topWord]).toBe(top);
    }
    mutator.leave(frame);
  });

  it("whose words were written past it is found broken", () => {
    const { strings, bytes, mutator, slot, at } = makeScene();
    const narrow = strings.allocate("abc", slot(0));
    const wide = strings.allocate("\u0100b", slot(1));
    const array = bytes.allocate(3, slot(2));
    const broken = (object: Reference, problem: string): void =>
      expect(messageOf(() => strings.validate(object))).toMatch(
        new RegExp(`^(byte array or )?string at word \\d+ is broken: ${problem}\\.`),
      );
    broken(array, "its type is not a string's");
    mutator.setWord(narrow, 2, mutator.word(narrow, 2) | (1 << 24));
    broken(narrow, "its padding is not zero");
    const long = bytes.allocate(9, slot(3));
    mutator.setWord(long, 3, 1 << 8);
    for (const [call, place] of [
      [() => strings.validate(narrow), narrow + 4],
      [() => bytes.validate(long), long + 5],
    ] as const) {
      expect(messageOf(call)).toContain(`at word ${place} is broken`);
    }
    mutator.setWord(narrow, 2, mutator.word(narrow, 2) & 0xffffff);
    strings.validate(narrow);
    mutator.setWord(narrow, 1, 77);
    broken(narrow, "its hash is not that of its units");
    mutator.setWord(wide, 2, 0x610062);
    broken(wide, "its units are wider than they need be");
    expect(strings.lengthOf(at(1))).toBe(2);
  });
});
