// The small scopes: that every case is there, once, and that what only shows after other cases is
// found and can be played again.

import { describe, expect, it } from "vitest";
import {
  counterexampleFiles,
  type ManagerMaker,
  memoryManagerConformance,
  memoryManagerSuite,
  replayCounterexample,
  SMALL_COLLECTIONS,
  SMALL_HEAPS,
  SMALL_PROGRAMS,
  type Subject,
} from "../src/index.js";
import { smallHeaps, smallPrograms } from "../src/small-scope/small-cases.js";
import { type History, type StartHeap, startHeaps } from "../src/small-scope/start-heap.js";
import { subjectsOf } from "./subjects.js";
import { toyStrategy } from "./toy-strategies.js";

const SCOPES = [SMALL_PROGRAMS, SMALL_HEAPS, SMALL_COLLECTIONS];

/** All names of a heap: objects in any order, the slots of each in any order. */
function namesOf({ slots, isRooted, histories }: StartHeap): string[] {
  const orders = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((first) =>
          orders(left.filter((other) => other !== first)).map((rest) => [first, ...rest]),
        );
  return orders([...slots.keys()]).map((order) => {
    const renamed = (value: number): number => (value === 0 ? 0 : order.indexOf(value - 1) + 1);
    return order
      .map((index) => {
        const pair = (slots[index] as readonly number[]).map(renamed).sort();
        return `${pair}${isRooted[index]}${histories[index]}`;
      })
      .join(" ");
  });
}

describe("Start heaps", () => {
  const HISTORIES: readonly History[] = [0, 1, 2];

  it.each([
    [1, 6 * 3],
    [2, 666],
    [3, 36_740],
  ])("of %i objects are there once each, %i in three states", (objectCount, expectedCount) => {
    const heaps = [...startHeaps(objectCount, HISTORIES, true, 1)];
    expect(heaps).toHaveLength(expectedCount);
    if (objectCount > 2) return;
    const named = new Set(heaps.map((heap) => namesOf(heap).sort()[0]));
    expect(named.size).toBe(expectedCount);
  });

  it("of 2 objects are all there: any that can be written down is one of them renamed", () => {
    const known = new Set([...startHeaps(2, [0], true, 1)].flatMap(namesOf));
    const values = [0, 1, 2];
    const slots = values.flatMap((one) => values.map((other) => [one, other] as const));
    for (const first of slots) {
      for (const second of slots) {
        for (const isRooted of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          const heap = { slots: [first, second], isRooted, histories: [0, 0] };
          expect(known).toContain(namesOf(heap)[0]);
        }
      }
    }
  });
});

describe("Small programs", () => {
  const options = { hasGenerations: false, histories: [0, 1], stride: 1, seed: 1 };
  /** Each list is a case, so those of 7 letters have all their beginnings before them. */
  const EXPECTED = 223_095;

  it(`are ${EXPECTED}, no two alike`, () => {
    let count = 0;
    const seen = new Set<string>();
    for (const { letters } of smallPrograms(options)) {
      count++;
      if (letters.length <= 5) seen.add(JSON.stringify(letters));
    }
    expect(count).toBe(EXPECTED);
    expect(seen.size).toBe(2745);
  });

  it("from start heaps on are fewer in a share, and a share's are among all of them", () => {
    const named = (stride: number) => {
      const names: string[] = [];
      for (const small of smallHeaps({ ...options, histories: [0], stride })) {
        if (small.start.slots.length > 2) break;
        names.push(JSON.stringify(small));
      }
      return names;
    };
    const all = new Set(named(1));
    const share = named(200);
    expect(share.length).toBeGreaterThan(50);
    expect(share.length).toBeLessThan(all.size / 10);
    expect(share.filter((name) => !all.has(name))).toEqual([]);
  });
});

/** From the nth birth on, the object is gone at once. */
function losingFrom(birthCount: number): ManagerMaker {
  const make = subjectsOf(toyStrategy("tracing"));
  return {
    name: "loses a birth",
    make: (options) => {
      const subject: Subject = make(options);
      const { mutator } = subject;
      let count = 0;
      const allocate: typeof mutator.allocate = (type, into) => {
        const object = mutator.allocate(type, into);
        if (++count >= birthCount) mutator.setRoot(into, 0);
        return object;
      };
      return { ...subject, mutator: { ...mutator, allocate } };
    },
  };
}

it("What breaks late is found again on a fresh subject, with the cases before it", () => {
  const maker = losingFrom(90);
  const report = memoryManagerConformance(maker, { properties: [SMALL_PROGRAMS] });
  const [file] = counterexampleFiles(report);
  if (file === undefined) throw new Error("nothing was found");
  const { before } = file.program as { before: unknown[] };
  expect(before.length).toBeGreaterThan(3);
  expect(replayCounterexample(memoryManagerSuite, maker, file)?.reason).toMatch(/./);
  expect(replayCounterexample(memoryManagerSuite, losingFrom(1e9), file)).toBeUndefined();
});

it("A verdict says how many cases were played, and of how many", () => {
  const maker = { name: "tracing", make: subjectsOf(toyStrategy("tracing")) };
  const { verdicts } = memoryManagerConformance(maker, { properties: SCOPES, scopeStride: 50_000 });
  for (const { outcome, programCount, stride } of verdicts) {
    expect([outcome, stride]).toEqual(["holds", 50_000]);
    expect(programCount).toBeGreaterThan(10);
  }
});
