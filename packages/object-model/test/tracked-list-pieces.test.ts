// The pieces that tracked lists lie in, a few of them: when one is given back, when stale entries
// make room for others, and what a validation says of a list.

import { LIST_PIECE_SHIFT, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createTrackedLists } from "../src/index.js";

const PIECE = 1 << LIST_PIECE_SHIFT;
const TRACKED = 1 << 16;
const GENERATION = 3 << 17;
const HEADER_WORDS = 24;
const LIST_COUNT = 5;

function makeLists(pieceCount: number) {
  const marks = 8 * 4 * PIECE;
  const start = marks + 8 * PIECE;
  const sizeWords = HEADER_WORDS + pieceCount * (PIECE + LIST_COUNT);
  const words = new Int32Array(start + sizeWords);
  words.fill(1, start - 32, start); // what lies before the region is others'
  const lists = createTrackedLists({
    ...{ words, marks, trackedMask: TRACKED, generationMask: GENERATION },
    region: { start, sizeWords, existed: false },
    isObject: (word) => word > 0 && word < marks,
  });
  let next = 0;
  function track(count: number, list: number): number[] {
    const born = Array.from({ length: count }, () => {
      next += 4;
      lists.track(next, list);
      return next;
    });
    return born;
  }
  const contents = (list: number): number[] => {
    const found: number[] = [];
    lists.walk(list, (object) => found.push(object));
    return found;
  };
  const validate = (): void =>
    lists.validate((visit) => {
      for (let object = 4; object <= next; object += 4) visit(object as Reference);
    });
  return { lists, track, contents, validate, words, marks, start };
}

describe("the pieces of tracked lists", () => {
  it("are made free by what is stale, when none is left", () => {
    const { lists, track, contents, validate } = makeLists(3);
    const objects = track(3 * PIECE, 0);
    for (const object of objects.slice(0, PIECE)) lists.untrack(object);
    const [young] = track(1, 1);
    expect(contents(0)).toEqual(objects.slice(PIECE));
    expect(contents(1)).toEqual([young]);
    validate();
  });

  it("are given back while a list is gathered behind another", () => {
    const { lists, track, contents, validate } = makeLists(4);
    const old = track(1, 1);
    const young = track(2 * PIECE, 0);
    expect(lists.gather(1).end).toBe(1 + 2 * PIECE);
    lists.promote(0, 1 + 2 * PIECE, 2);
    lists.release();
    expect(contents(2)).toEqual([...old, ...young]);
    validate();
  });

  it("are given back as the objects tracked last leave first", () => {
    const { lists, track, contents, validate } = makeLists(3);
    for (const object of track(3 * PIECE, 0).reverse()) lists.untrack(object);
    const objects = track(2 * PIECE, 1);
    expect([contents(0), contents(1)]).toEqual([[], objects]);
    validate();
  });

  it("do not suffice for more objects than there are places", () => {
    const { track } = makeLists(3);
    track(3 * PIECE, 0);
    expect(() => track(1, 0)).toThrow(
      /^tracked lists at word \d+ is broken: they have more entries than objects\./,
    );
  });
});

describe("a tracked list", () => {
  it("drops its only entry when that is stale", () => {
    const { lists, track, contents } = makeLists(3);
    const [one, other] = track(2, 0) as [number, number];
    lists.untrack(one);
    lists.untrack(other);
    expect(contents(0)).toEqual([]);
  });

  it("keeps its order above places where its objects lay before", () => {
    const { lists, track, contents, validate } = makeLists(3);
    const before = track(4, 0);
    const [one, other] = track(2, 0) as [number, number];
    for (const object of before) lists.untrack(object);
    expect(contents(0)).toEqual([one, other]);
    for (const object of [one, other]) lists.untrack(object);
    expect(contents(0)).toEqual([]);
    for (const object of [other, one]) lists.track(object, 0);
    const young = track(2, 0);
    lists.untrack(other);
    expect(contents(0)).toEqual([one, ...young]);
    validate();
  });

  it("forgets its objects, the permanent ones too", () => {
    const { lists, track, contents, validate } = makeLists(4);
    const objects = [0, 1, 2, 3].flatMap((list) => track(2, list));
    lists.clear();
    expect(objects.filter((object) => lists.isTracked(object))).toEqual([]);
    for (const list of [0, 1, 2, 3]) {
      expect([contents(list), lists.liveCount(list)]).toEqual([[], 0]);
    }
    validate();
  });
});

describe("a validation of tracked lists", () => {
  it.each([0, 3])("finds an object without its entry, in list %d", (list) => {
    const { track, validate, words, start } = makeLists(4);
    const [one, other] = track(2, list) as [number, number];
    validate();
    words[words.indexOf(other, start + HEADER_WORDS)] = one;
    expect(validate).toThrow(
      new RegExp(
        `^list ${list} at word \\d+ is broken: 1 objects that say they are in it have no entry\\.`,
      ),
    );
  });

  it("finds more entries than a list may have, and takes as many as it may", () => {
    const { track, validate, words, start } = makeLists(4);
    const [object] = track(2 * PIECE, 0) as [number];
    track(1, 1);
    const count = start + 4;
    const directory = words[count + 2] as number;
    words[directory + 1] = words[directory] as number;
    words[count] = 1 + PIECE;
    validate();
    words[count] = 2 + PIECE;
    expect(validate).toThrow(/^list 1 at word \d+ is broken: 1026 entries for 1 objects\./);
    expect(object).toBe(4);
  });

  it("takes marks below 0 alone, and those only while objects are gathered", () => {
    const { lists, track, validate, words, marks } = makeLists(4);
    const [object] = track(2, 0) as [number];
    const mark = marks + (object >> 2);
    words[mark] = -1;
    expect(validate).toThrow(`object at word ${object} is broken: its mark is -1 at rest`);
    words[mark] = 0;
    lists.gather(0);
    words[mark] = 5;
    expect(validate).toThrow(`object at word ${object} is broken: its mark is 5 at rest`);
  });
});
