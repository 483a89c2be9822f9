// The maps of generations at their edges: what lies before their region and in arenas without a
// map, and objects that share a word of the maps.

import { ARENA_SIZE_WORDS, TRACT_HAS_FOUND } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createGenerationMaps, generationMapsStateWords } from "../src/index.js";

const FIRST_ARENA = 1;
const ARENA_COUNT = 3;
const MAP_WORDS = (ARENA_COUNT - FIRST_ARENA) * (ARENA_SIZE_WORDS >>> 7);
const HEAP_END = ARENA_COUNT * ARENA_SIZE_WORDS;
/** The allocated map, what is others', the maps, their state. */
const OTHERS = HEAP_END + MAP_WORDS;
const REGION = OTHERS + 5 * MAP_WORDS;
const STATE = REGION + 5 * MAP_WORDS;

function makeMaps() {
  const stateWords = generationMapsStateWords(ARENA_COUNT - FIRST_ARENA);
  const words = new Int32Array(STATE + stateWords);
  const allocated = HEAP_END - FIRST_ARENA * (ARENA_SIZE_WORDS >>> 7);
  const covered = new Set([1, 2]);
  const maps = createGenerationMaps({
    words,
    region: { start: REGION, sizeWords: 5 * MAP_WORDS, existed: false },
    state: { start: STATE, sizeWords: stateWords, existed: false },
    firstArenaIndex: FIRST_ARENA,
    arenaCount: ARENA_COUNT,
    mapOf: (arenaIndex) => (covered.has(arenaIndex) ? allocated : 0),
    outMask: 1 << 20,
  });
  function bear(object: number, generation: number): void {
    const word = allocated + (object >>> 7);
    words[word] = (words[word] as number) | (1 << (object >>> 2));
    words[object] = 1;
    maps.noteBirth(object);
    if (generation > 0) maps.track(object, generation);
  }
  const find = (object: number): void => {
    words[maps.found + (object >>> 7)] = 1 << (object >>> 2);
  };
  return { words, maps, covered, bear, find };
}

it("objects that share a word of the maps keep their generations as another is tracked", () => {
  for (const generation of [0, 1, 2, 3]) {
    const { maps, bear } = makeMaps();
    const objects = [0, 1, 2, 3].map((index) => ARENA_SIZE_WORDS + 4 * index);
    for (const [index, object] of objects.entries()) bear(object, index);
    const another = ARENA_SIZE_WORDS + 4 * 31;
    bear(another, 0);
    maps.track(another, generation);
    expect(objects.map((object) => maps.generationOf(object))).toEqual([0, 1, 2, 3]);
    expect(maps.generationOf(another)).toBe(generation);
  }
});

it("a collection writes nothing that lies before the maps", () => {
  const { words, maps, bear, find } = makeMaps();
  words.fill(77, OTHERS, REGION);
  const objects = [0, 1, 2].map((index) => ARENA_SIZE_WORDS + 4 * index);
  for (const object of objects) bear(object, 0);
  const { list, found } = maps.gather(0);
  expect([found + 1 * (ARENA_SIZE_WORDS >>> 7), words[list]]).toEqual([
    REGION + 4 * MAP_WORDS,
    ARENA_SIZE_WORDS >>> 12,
  ]);
  words[list + 1] = TRACT_HAS_FOUND;
  find(objects[1] as number);
  maps.promote(1, 1);
  maps.forgetFound();
  maps.release();
  expect(words.subarray(OTHERS, REGION).every((word) => word === 77)).toBe(true);
  expect(maps.liveCount(1)).toBe(2);
});

it("the found whose blocks were given back are candidates no more", () => {
  const { words, maps, bear, find } = makeMaps();
  const object = ARENA_SIZE_WORDS + 8;
  bear(object, 0);
  const { list, candidates } = maps.gather(0);
  const word = candidates + ((object >>> 7) << 2);
  expect(words[word]).toBe(1 << 2);
  find(object);
  words[list + 1] = TRACT_HAS_FOUND;
  maps.forgetFound();
  expect(words[word]).toBe(0);
  expect(maps.promote(1, 0)).toBe(0);
});

it("nobody is walked or gathered in an arena that has no map any more", () => {
  const { words, maps, covered, bear } = makeMaps();
  bear(ARENA_SIZE_WORDS, 0);
  bear(2 * ARENA_SIZE_WORDS, 0);
  covered.delete(2);
  // Words of others that would read as its allocated map, and their counts.
  words.fill(-1, 0, 3 * (ARENA_SIZE_WORDS >>> 7));
  for (let object = 2 * ARENA_SIZE_WORDS; object < HEAP_END; object += 4) words[object] = 1;
  expect(maps.liveCount(0)).toBe(1);
  expect(maps.gather(0)).toMatchObject({ candidateCount: 1, tractCount: 1 });
});

it("moving a generation writes nothing of the arena behind, which has no map", () => {
  const { words, maps, covered, bear } = makeMaps();
  covered.delete(2);
  const last = 2 * ARENA_SIZE_WORDS - 4;
  bear(last, 0);
  // The word behind the arena's own allocated map is not of that map.
  words[HEAP_END + (ARENA_SIZE_WORDS >>> 7)] = -1;
  const behind = REGION + ((ARENA_SIZE_WORDS >>> 7) << 2);
  maps.moveAll(0, 3);
  expect([...words.subarray(behind, behind + 4)]).toEqual([0, 0, 0, 0]);
  expect(maps.generationOf(last)).toBe(3);
});
