// Tracked lists in a region of three pieces: what is stale in any list makes room for what lives in
// another, before more than there is would be asked for.

import { LIST_PIECE_SHIFT, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createTrackedLists } from "../src/index.js";

const PIECE = 1 << LIST_PIECE_SHIFT;
const TRACKED = 1 << 16;
const GENERATION = 3 << 17;
/** The lists' own words before their directories and pieces, one directory a list and gathered. */
const HEADER_WORDS = 24;
const LIST_COUNT = 5;
const PIECE_COUNT = 3;

function makeLists() {
  const objectCount = 3 * PIECE;
  const marks = 4 * objectCount;
  const start = marks + objectCount;
  const sizeWords = HEADER_WORDS + PIECE_COUNT * (PIECE + LIST_COUNT);
  const words = new Int32Array(start + sizeWords + 1);
  const lists = createTrackedLists({
    ...{ words, marks, trackedMask: TRACKED, generationMask: GENERATION },
    region: { start, sizeWords, existed: false },
    isObject: (word) => word > 0 && word < marks,
  });
  let next = 0;
  const born = (): number => {
    next += 4;
    return next;
  };
  /** A list that one object lives in, and stale entries fill a piece and one entry more. */
  function makeStale(list: number): number {
    const kept = born();
    lists.track(kept, list);
    const [one, other] = [born(), born()];
    for (let count = 2; count <= PIECE; count += 2) {
      lists.track(one, list);
      lists.track(other, list);
      lists.untrack(one);
      lists.track(one, list);
      lists.untrack(other);
      lists.untrack(one);
    }
    return kept;
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
  return { lists, born, makeStale, contents, validate, words, end: start + sizeWords };
}

describe("tracked lists without a piece left", () => {
  it.each([0, 1, 2, 3])("take the room that is stale in list %d", (stale) => {
    const { lists, born, makeStale, contents, validate, words, end } = makeLists();
    const kept = makeStale(stale);
    const living = (stale + 1) % 4;
    const objects = Array.from({ length: 2 * PIECE }, () => {
      const object = born();
      lists.track(object, living);
      return object;
    });
    expect(contents(living)).toEqual(objects);
    expect(contents(stale)).toEqual([kept]);
    expect([0, 1, 2, 3].map((list) => lists.liveCount(list))).toEqual(
      [0, 1, 2, 3].map((list) => (list === stale ? 1 : list === living ? 2 * PIECE : 0)),
    );
    validate();
    expect(words[end]).toBe(0);
  });

  it("give pieces back as a list is moved, gathered and promoted", () => {
    const { lists, born, contents, validate } = makeLists();
    const objects = Array.from({ length: 2 * PIECE - 3 }, () => {
      const object = born();
      lists.track(object, 0);
      return object;
    });
    lists.moveAll(0, 1);
    lists.moveAll(1, 0);
    expect(contents(0)).toEqual(objects);
    lists.gather(0);
    lists.promote(0, objects.length, 1);
    lists.release();
    expect(contents(1)).toEqual(objects);
    const young = born();
    for (const object of objects.slice(0, PIECE)) lists.untrack(object);
    lists.track(young, 0);
    lists.gather(1);
    lists.promote(0, PIECE, 2);
    lists.release();
    expect(contents(2)).toEqual([...objects.slice(PIECE), young]);
    validate();
  });
});
