// The maps of generations beside a model, over objects of four tracts in two arenas of a bare heap:
// one that has no map lies between them. Each command is done to both, and everything that the maps
// answer is compared.

import { ARENA_SIZE_WORDS, isOuroError, NOT_TRACKED, TRACT_HAS_FOUND } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGenerationMaps, generationMapsStateWords } from "../src/index.js";

const FIRST_ARENA = 1;
const ARENA_COUNT = 4;
const MAP_WORDS_PER_ARENA = ARENA_SIZE_WORDS >>> 7;
const OUT_MASK = 1 << 20;
const PLAIN_TYPE = 5;
const UNCOLLECTED_TYPE = 6;

/** Granules at both ends of tracts and of words of the maps. */
const PLACES = [
  ...[0, 4, 8, 124, 128, 4092].map((word) => ARENA_SIZE_WORDS + word),
  ...[4096, 4100, 8188].map((word) => ARENA_SIZE_WORDS + word),
  ...[2 * ARENA_SIZE_WORDS - 4, 3 * ARENA_SIZE_WORDS, 3 * ARENA_SIZE_WORDS + 20_000],
  4 * ARENA_SIZE_WORDS - 4,
];

function makeMaps() {
  const arenas = ARENA_COUNT - FIRST_ARENA;
  const mapWords = arenas * MAP_WORDS_PER_ARENA;
  const heapEnd = ARENA_COUNT * ARENA_SIZE_WORDS;
  const words = new Int32Array(heapEnd + 6 * mapWords + generationMapsStateWords(arenas));
  const allocated = heapEnd - FIRST_ARENA * MAP_WORDS_PER_ARENA;
  const region = { start: heapEnd + mapWords, sizeWords: 5 * mapWords, existed: false };
  const sizeWords = generationMapsStateWords(arenas);
  const state = { start: heapEnd + 6 * mapWords, sizeWords, existed: false };
  const maps = createGenerationMaps({
    ...{ words, region, state, firstArenaIndex: FIRST_ARENA, arenaCount: ARENA_COUNT },
    mapOf: (arenaIndex) => (arenaIndex === 2 ? 0 : allocated),
    outMask: OUT_MASK,
  });
  const live = new Map<number, number>();
  const bit = (object: number): number => 1 << (object >>> 2);
  function flip(object: number): void {
    const word = allocated + (object >>> 7);
    words[word] = (words[word] as number) ^ bit(object);
  }
  function bear(object: number, generation: number): void {
    flip(object);
    words[object] = 1;
    words[object + 1] = PLAIN_TYPE | (generation === NOT_TRACKED ? OUT_MASK : 0);
    live.set(object, generation);
    if (generation === NOT_TRACKED) maps.noteUntrackedBirth(object);
    else maps.noteBirth(object);
  }
  function bury(object: number): void {
    flip(object);
    live.delete(object);
  }
  const objects = (): number[] => [...live.keys()].sort((one, other) => one - other);
  const validate = (): void =>
    maps.validate(
      (visit) => objects().forEach((object) => void visit(object as never)),
      (object) => ((words[object + 1] as number) & ~OUT_MASK) !== UNCOLLECTED_TYPE,
    );
  return { words, maps, region, state, live, bit, bear, bury, objects, validate };
}

type Rig = ReturnType<typeof makeMaps>;

function expectSame({ maps, live, objects, validate }: Rig): void {
  for (const object of objects()) {
    const generation = live.get(object) as number;
    expect([object, maps.generationOf(object)]).toEqual([object, generation]);
    expect(maps.isTracked(object)).toBe(generation !== NOT_TRACKED);
  }
  for (const generation of [0, 1, 2, 3]) {
    const expected = objects().filter((object) => live.get(object) === generation);
    const walked: number[] = [];
    maps.walk(generation, (object) => walked.push(object));
    expect(walked).toEqual(expected);
    expect(maps.liveCount(generation)).toBe(expected.length);
  }
  validate();
}

/** The found are those of `choice`; they die, and the others are promoted. */
function collect(rig: Rig, generation: number, choice: number): void {
  const { maps, words, live, bit, bury, objects } = rig;
  const candidates = objects().filter((object) => {
    const age = live.get(object) as number;
    return age !== NOT_TRACKED && age <= generation;
  });
  const map = maps.gather(generation);
  const inTracts = new Set(candidates.map((object) => object >>> 12));
  expect(map).toMatchObject({
    ...{ candidateCount: candidates.length, tractCount: inTracts.size },
    ...{ isWhole: generation === 2, special: [], found: maps.found },
  });
  const isCandidate = (object: number): boolean =>
    ((words[map.candidates + ((object >>> 7) << 2)] as number) & bit(object)) !== 0;
  expect(objects().filter(isCandidate)).toEqual(candidates);
  const found = candidates.filter((_, index) => ((choice >> (index % 12)) & 1) !== 0);
  const tracts = [...inTracts].sort((one, other) => one - other);
  for (const [index, tract] of tracts.entries()) {
    expect([words[map.list + 2 * index], words[map.list + 2 * index + 1]]).toEqual([tract, 0]);
    if (!found.some((object) => object >>> 12 === tract)) continue;
    words[map.list + 2 * index + 1] = TRACT_HAS_FOUND;
  }
  for (const object of found) {
    words[maps.found + (object >>> 7)] =
      (words[maps.found + (object >>> 7)] as number) | bit(object);
    map.special?.push(object as never);
  }
  const older = Math.min(2, generation + 1);
  expect(maps.promote(older, (2 << generation) - 1)).toBe(candidates.length - found.length);
  for (const object of candidates) if (!found.includes(object)) live.set(object, older);
  expectFound(rig, found, choice);
  maps.forgetFound();
  for (const object of found) bury(object);
  maps.release();
}

function expectFound({ maps, words, bit, objects }: Rig, found: number[], choice: number): void {
  const [dying] = found;
  if (dying !== undefined) words[dying] = -1;
  expect(maps.foundCount()).toBe(found.length);
  const [walked, special]: number[][] = [[], []];
  maps.walkFound((object) => walked?.push(object));
  maps.walkSpecial((object) => special?.push(object));
  expect(walked).toEqual(found.slice(1));
  expect(special).toEqual(found.slice(1));
  const foundTracts: number[] = [];
  maps.eachFoundTract((start, bits) => {
    expect(bits).toBe(maps.found + (start >>> 7));
    foundTracts.push(start >>> 12);
  });
  expect(foundTracts).toEqual([...new Set(found.map((object) => object >>> 12))]);
  expect(objects().filter((object) => maps.isFound(object))).toEqual(found);
  const narrowed = maps.narrow((choice & 1) !== 0);
  expect([narrowed.candidateCount, narrowed.isWhole]).toEqual([found.length, false]);
  expect(narrowed.special).toEqual((choice & 1) === 0 ? [] : undefined);
  const isCandidate = (object: number): boolean =>
    ((words[narrowed.candidates + ((object >>> 7) << 2)] as number) & bit(object)) !== 0;
  expect(objects().filter(isCandidate)).toEqual(found);
}

const commands = fc.array(
  fc.tuple(fc.nat(12), fc.nat(PLACES.length - 1), fc.integer({ min: -1, max: 3 }), fc.nat(4095)),
  { minLength: 4, maxLength: 40 },
);

function play(rig: Rig, [kind, place, generation, choice]: [number, number, number, number]) {
  const { maps, live, bear, bury, words } = rig;
  const object = PLACES[place] as number;
  const isLive = live.has(object);
  if (kind < 6 && !isLive) bear(object, kind === 0 ? NOT_TRACKED : 0);
  else if (kind < 4 && generation >= 0) {
    maps.track(object, generation);
    live.set(object, generation);
  } else if (kind === 4) {
    maps.untrack(object);
    live.set(object, NOT_TRACKED);
  } else if (kind === 5) {
    maps.noteDeath(object);
    bury(object);
  } else if (kind === 6 && isLive) {
    maps.forget(object);
    bury(object);
  } else if (kind === 7 && generation >= 0) {
    const to = choice % 4;
    maps.moveAll(generation, to);
    for (const [each, age] of live) if (age === generation) live.set(each, to);
  } else if (kind === 8 && choice % 5 === 0) {
    maps.clear();
    for (const each of live.keys()) live.set(each, NOT_TRACKED);
  } else if (kind > 8 && generation >= 0 && generation < 3) collect(rig, generation, choice);
  for (const [each, age] of live) {
    expect(((words[each + 1] as number) & OUT_MASK) !== 0).toBe(age === NOT_TRACKED);
  }
}

describe("the maps of generations", () => {
  it("say what a list of the objects says, whatever is done to them", () => {
    const property = fc.property(commands, (program) => {
      const rig = makeMaps();
      for (const command of program) {
        play(rig, command);
        expectSame(rig);
      }
    });
    fc.assert(property, { numRuns: Number(process.env.OURO_RUNS ?? 25) });
  });

  it("know nothing of an arena that has none of them", () => {
    const { maps } = makeMaps();
    const object = 2 * ARENA_SIZE_WORDS + 400;
    expect([maps.isTracked(object), maps.generationOf(object)]).toEqual([false, NOT_TRACKED]);
  });

  it("visit nobody who is being deallocated", () => {
    const { maps, bear, words } = makeMaps();
    for (const object of PLACES.slice(0, 3)) bear(object, 0);
    words[PLACES[1] as number] = -1;
    expect(maps.liveCount(0)).toBe(2);
  });
});

describe("a validation of the maps of generations", () => {
  const [object = 0, other = 0] = PLACES;
  const damages: [string, (rig: Rig) => void, string][] = [
    [
      "a bit where no object begins",
      ({ words, region }) => words.fill(1 << 9, region.start + 1, region.start + 2),
      "generation maps at word # is broken: a bit is set where no object begins",
    ],
    [
      "the same at the end of the last arena",
      ({ words, region }) => {
        const last = region.start + 4 * (3 * MAP_WORDS_PER_ARENA - 1);
        words[last + 2] = 1 << 5;
      },
      "generation maps at word # is broken: a bit is set where no object begins",
    ],
    [
      "candidates after a collection",
      ({ words, region }) => words.fill(1, region.start + 3, region.start + 4),
      "generation maps at word # is broken: candidates are left",
    ],
    [
      "a found object after a collection",
      ({ words, maps }) =>
        words.fill(1, maps.found + (object >>> 7), maps.found + 1 + (object >>> 7)),
      "generation maps at word # is broken: candidates are left",
    ],
    [
      "a header that says less",
      ({ words }) => words.fill(PLAIN_TYPE | OUT_MASK, object + 1, object + 2),
      "object at word # is broken: its header and the maps differ on whether it is tracked",
    ],
    [
      "a tract without the generation of its object",
      ({ words, state }) => words.fill(8, state.start + 4, state.start + 5),
      "object at word # is broken: its tract does not say that it has generation 0",
    ],
    [
      "a tracked object of a type that is not",
      ({ words }) => words.fill(UNCOLLECTED_TYPE, object + 1, object + 2),
      "object at word # is broken: it is tracked, and of a type that is not",
    ],
    [
      "a collected object outside of the maps",
      ({ live, words }) => {
        words[2 * ARENA_SIZE_WORDS + 1] = PLAIN_TYPE | OUT_MASK;
        live.set(2 * ARENA_SIZE_WORDS, NOT_TRACKED);
      },
      "object at word # is broken: it is collected, and lies outside the maps",
    ],
  ];

  it.each(damages)("finds %s", (_name, damage, message) => {
    const rig = makeMaps();
    rig.bear(object, 0);
    rig.bear(other, NOT_TRACKED);
    rig.validate();
    damage(rig);
    let said = "";
    try {
      rig.validate();
    } catch (error) {
      if (!isOuroError(error)) throw error;
      said = error.message.replace(/word \d+/, "word #");
    }
    expect(said).toContain(message);
  });
});
