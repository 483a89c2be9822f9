// The lists against a plain model: arrays of the objects that are in each list, in order. Blocks
// are freed and used again at once, so that stale entries and new ones name the same words.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_WORDS, type Reference, type ReferenceList } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTrackedLists, TRACKED_LISTS_BYTES_PER_GRANULE } from "../src/index.js";

const TRACKED = 1 << 16;
const GENERATION = 3 << 17;
const OBJECT_COUNT = 24;
const numRuns = Number(process.env.OURO_RUNS ?? 150);

function makeRig() {
  const heap = createPrivateHeap({ reservationBytes: 1 << 24, regionBytes: 12 << 20 });
  const borrower = heap.registerBorrower("test");
  const arena = heap.reserveArenas(borrower, 1);
  const granules = (heap.arenaCount - heap.firstArenaIndex) * (ARENA_SIZE_WORDS >> 2);
  const marksRegion = heap.reserveRegion(borrower, "marks", granules);
  const sizeWords = (granules * TRACKED_LISTS_BYTES_PER_GRANULE) / 4;
  const region = heap.reserveRegion(borrower, "lists", sizeWords);
  const marks = marksRegion.start - heap.firstArenaIndex * (ARENA_SIZE_WORDS >> 2);
  const live = new Set<number>();
  const lists = createTrackedLists({
    words: heap.words,
    region,
    marks,
    trackedMask: TRACKED,
    generationMask: GENERATION,
    isObject: (word) => live.has(word),
  });
  const objects = Array.from({ length: OBJECT_COUNT }, (_, index) => arena + 4096 + index * 8);
  const walk = (visit: (object: Reference) => void): void => {
    for (const object of [...live].sort((one, other) => one - other)) visit(object as Reference);
  };
  return { words: heap.words, marks, live, lists, objects, walk };
}

type Rig = ReturnType<typeof makeRig>;

function createModel() {
  const lists: number[][] = [[], [], [], []];
  const leave = (object: number): void => {
    for (const [index, list] of lists.entries()) {
      lists[index] = list.filter((each) => each !== object);
    }
  };
  return { lists, leave };
}

const index = fc.integer({ min: 0, max: OBJECT_COUNT - 1 });
const generation = fc.integer({ min: 0, max: 3 });
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("track" as const), index, generation }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("die" as const), index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("untrack" as const), index }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("moveAll" as const), from: generation, to: generation }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("collect" as const),
      generation: fc.integer({ min: 0, max: 2 }),
      found: fc.infiniteStream(fc.boolean()),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("many" as const), index, generation }) },
);
type Command = typeof command extends fc.Arbitrary<infer Type> ? Type : never;

function contents({ lists }: Rig, list: number): number[] {
  const found: number[] = [];
  lists.walk(list, (object) => found.push(object));
  return found;
}

/** What a collection does with the lists: some are promoted, some found and dead, some kept. */
function collect(rig: Rig, model: ReturnType<typeof createModel>, command: Command): void {
  if (command.do !== "collect") return;
  const { lists, words, marks, live } = rig;
  const expected = [
    command.generation,
    ...[0, 1].filter((each) => each < command.generation),
  ].flatMap((each) => model.lists[each] as number[]);
  const list: ReferenceList = lists.gather(command.generation);
  const gathered = expected.map((_, at) => lists.gathered(at));
  expect([list.end, gathered]).toEqual([expected.length, expected]);
  const isFound = expected.map(() => command.found.next().value as boolean);
  const reached = expected.filter((_, at) => !isFound[at]);
  const found = expected.filter((_, at) => isFound[at]);
  for (const [at, object] of [...reached, ...found].entries()) {
    const piece = words[list.directory + (at >> 10)] as number;
    words[piece + (at & 1023)] = object;
  }
  for (const object of found) words[marks + (object >> 2)] = -1;
  const old = Math.min(command.generation + 1, 2);
  for (const object of expected) model.leave(object);
  lists.promote(0, reached.length, old);
  (model.lists[old] as number[]).push(...reached);
  for (const object of found) {
    lists.untrack(object);
    live.delete(object);
    words[object + 1] = 0x7fffffff;
  }
  lists.release();
}

function run(rig: Rig, model: ReturnType<typeof createModel>, command: Command): void {
  const { lists, words, live } = rig;
  if (command.do === "collect") {
    collect(rig, model, command);
    return;
  }
  if (command.do === "moveAll") {
    if (command.from === command.to) return;
    lists.moveAll(command.from, command.to);
    const moved = model.lists[command.from] as number[];
    model.lists[command.from] = [];
    (model.lists[command.to] as number[]).push(...moved);
    return;
  }
  const object = rig.objects[command.index] as number;
  if (command.do === "track" || command.do === "many") {
    if (!live.has(object)) words[object + 1] = 1;
    live.add(object);
    if (lists.isTracked(object)) return;
    // Enough entries for several pieces, all but the last of them stale.
    for (let count = command.do === "many" ? 2500 : 0; count > 0; count--) {
      lists.track(object, command.generation);
      const other = rig.objects[(command.index + 1) % OBJECT_COUNT] as number;
      const isFree = !live.has(other);
      if (isFree) {
        words[other + 1] = 1;
        live.add(other);
        lists.track(other, command.generation);
      }
      lists.untrack(object);
      if (!isFree) continue;
      lists.untrack(other);
      live.delete(other);
    }
    lists.track(object, command.generation);
    (model.lists[command.generation] as number[]).push(object);
    return;
  }
  if (!live.has(object)) return;
  lists.untrack(object);
  model.leave(object);
  if (command.do === "untrack") return;
  live.delete(object);
  words[object + 1] = 0x7fffffff; // whatever uses the memory next
}

describe("tracked lists", () => {
  it("hold what a plain model holds, in its order, whatever is freed and used again", () => {
    const property = fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const rig = makeRig();
      const model = createModel();
      for (const each of commands) {
        run(rig, model, each);
        rig.lists.validate(rig.walk);
        for (const [list, expected] of model.lists.entries()) {
          expect(rig.lists.liveCount(list)).toBe(expected.length);
          for (const object of expected) expect(rig.lists.generationOf(object)).toBe(list);
        }
      }
      for (const [list, expected] of model.lists.entries()) {
        expect(contents(rig, list)).toEqual(expected);
      }
    });
    fc.assert(property, { numRuns, seed: Number(process.env.OURO_SEED ?? 1) });
  }, 60_000);

  it("keep a quarter more entries than objects and a piece, in whatever order objects die", () => {
    const count = 20_000;
    for (const step of [1, 7919, count - 1]) {
      const { lists, words, live, objects, walk } = makeRig();
      const object = (at: number): number => (objects[0] as number) + (at % count) * 8;
      for (let at = 0; at < count; at++) {
        live.add(object(at));
        words[object(at) + 1] = 1;
        lists.track(object(at), 0);
      }
      // Nearly half die in one order, the rest youngest first: those pop, and leave stale entries.
      const first = Array.from({ length: 9500 }, (_, at) => object((at + 1) * step));
      const rest = Array.from({ length: count }, (_, at) => object(count - 1 - at));
      for (const [at, each] of [...new Set([...first, ...rest])].entries()) {
        lists.untrack(each);
        live.delete(each);
        if (at % 2000 === 0) lists.validate(walk);
      }
      expect(lists.liveCount(0)).toBe(0);
      lists.validate(walk);
    }
  });

  it("name the object whose entry is gone, and marks left behind", () => {
    const { lists, words, live, objects, walk, marks } = makeRig();
    const object = objects[0] as number;
    live.add(object);
    words[object + 1] = 1;
    words[marks + (object >> 2)] = 5;
    expect(() => lists.validate(walk)).toThrow(`object at word ${object} is broken: its mark is 5`);
    words[marks + (object >> 2)] = 0;
    words[object + 1] = TRACKED | 1;
    expect(() => lists.validate(walk)).toThrow(/list 0 .* 1 objects say that they are in it/);
  });
});
