// The maps of generations where objects lie in neighbouring words of them: what is said of one says
// nothing of another, and a tract keeps the generations that it has.

import { ARENA_SIZE_WORDS, NOT_TRACKED, TRACT_HAS_FOUND } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createGenerationMaps, generationMapsStateWords } from "../src/index.js";

const FIRST_ARENA = 1;
const ARENA_COUNT = 3;
const OUT_MASK = 1 << 20;
const BASE = ARENA_SIZE_WORDS;

function makeMaps() {
  const mapWords = (ARENA_COUNT - FIRST_ARENA) * (ARENA_SIZE_WORDS >>> 7);
  const heapEnd = ARENA_COUNT * ARENA_SIZE_WORDS;
  const stateWords = generationMapsStateWords(ARENA_COUNT - FIRST_ARENA);
  const words = new Int32Array(heapEnd + 6 * mapWords + stateWords);
  const allocated = heapEnd - FIRST_ARENA * (ARENA_SIZE_WORDS >>> 7);
  const state = { start: heapEnd + 6 * mapWords, sizeWords: stateWords, existed: false };
  const maps = createGenerationMaps({
    words,
    region: { start: heapEnd + mapWords, sizeWords: 5 * mapWords, existed: false },
    state,
    firstArenaIndex: FIRST_ARENA,
    arenaCount: ARENA_COUNT,
    mapOf: () => allocated,
    outMask: OUT_MASK,
  });
  function bear(object: number, generation: number): void {
    const word = allocated + (object >>> 7);
    words[word] = (words[word] as number) | (1 << (object >>> 2));
    words[object] = 1;
    maps.noteBirth(object);
    if (generation > 0) maps.track(object, generation);
  }
  const walked = (generation: number): number[] => {
    const found: number[] = [];
    maps.walk(generation, (object) => found.push(object));
    return found;
  };
  return { words, maps, state, bear, walked };
}

/** The same place in five words of the maps, one after the other. */
const ROW = [0, 1, 2, 3, 4].map((word) => BASE + 128 * word + 8);

describe("the maps of generations", () => {
  it("keep the generations of objects beside one that is tracked anew", () => {
    for (const generation of [0, 1, 2, 3]) {
      for (const others of [0, 1, 2, 3]) {
        const { maps, bear } = makeMaps();
        for (const [index, object] of ROW.entries()) bear(object, index === 2 ? 0 : others);
        maps.track(ROW[2] as number, generation);
        expect(ROW.map((object) => maps.generationOf(object))).toEqual(
          ROW.map((_, index) => (index === 2 ? generation : others)),
        );
      }
    }
  });

  it("keep who is tracked beside one that is born untracked", () => {
    const { maps, bear } = makeMaps();
    for (const object of ROW) bear(object, 1);
    maps.untrack(ROW[1] as number);
    maps.noteUntrackedBirth((ROW[2] as number) + 4);
    expect(ROW.map((object) => maps.generationOf(object))).toEqual([1, NOT_TRACKED, 1, 1, 1]);
    expect(maps.isTracked((ROW[2] as number) + 4)).toBe(false);
  });

  it("keep the other generations of a tract of which one is moved", () => {
    const { maps, bear, walked } = makeMaps();
    const [young, middle, old] = ROW as [number, number, number];
    bear(old, 2);
    bear(middle, 0);
    maps.moveAll(0, 1);
    bear(young, 0);
    maps.moveAll(0, 3);
    expect([0, 1, 2, 3].map(walked)).toEqual([[], [middle], [old], [young]]);
  });

  it("keep the older generations of a tract that has no candidate", () => {
    const { words, maps, state, bear, walked } = makeMaps();
    const [young, old] = ROW as [number, number];
    bear(old, 2);
    bear(young, 0);
    maps.untrack(young);
    expect(maps.gather(0)).toMatchObject({ candidateCount: 0, tractCount: 0 });
    maps.release();
    expect(walked(2)).toEqual([old]);
    expect(words[state.start + 4]).toBe(1 << 2);
  });

  it("walk past those that a collection found", () => {
    const { words, maps, bear, walked } = makeMaps();
    for (const object of ROW) bear(object, 0);
    maps.gather(0);
    const found = ROW[1] as number;
    words[maps.found + (found >>> 7)] = 1 << (found >>> 2);
    expect(walked(0)).toEqual(ROW.filter((object) => object !== found));
    expect(maps.liveCount(0)).toBe(4);
  });

  it("forget all that were found, be they a whole word but one", () => {
    const { words, maps, bear, walked } = makeMaps();
    const objects = Array.from({ length: 32 }, (_, granule) => BASE + 4 * granule);
    for (const object of objects) bear(object, 1);
    const { list } = maps.gather(1);
    words[list + 1] = TRACT_HAS_FOUND;
    words[maps.found + (BASE >>> 7)] = ~1;
    expect(maps.foundCount()).toBe(31);
    maps.forgetFound();
    expect(objects.filter((object) => maps.isFound(object))).toEqual([]);
    expect(walked(1)).toEqual([BASE]);
    expect(objects.slice(1).map((object) => maps.generationOf(object))).toEqual(
      new Array(31).fill(0),
    );
  });

  it("know the special ones after a narrowing that was told them", () => {
    const { words, maps, bear } = makeMaps();
    const object = ROW[0] as number;
    bear(object, 0);
    const { special } = maps.gather(0);
    words[maps.found + (object >>> 7)] = 1 << (object >>> 2);
    special?.push(object as never);
    maps.narrow(true);
    const seen: number[] = [];
    maps.walkSpecial((each) => seen.push(each));
    expect(seen).toEqual([object]);
    maps.narrow(false);
    maps.walkSpecial((each) => seen.push(each));
    expect(seen).toEqual([object]);
  });

  it("forget everybody, the permanent ones too", () => {
    const { maps, bear } = makeMaps();
    for (const [generation, object] of ROW.slice(0, 4).entries()) bear(object, generation);
    maps.clear();
    expect(ROW.slice(0, 4).map((object) => maps.generationOf(object))).toEqual(
      new Array(4).fill(NOT_TRACKED),
    );
  });
});
