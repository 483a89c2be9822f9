// The small scopes: that every case is there, once, and that what only shows after other cases is
// found and can be played again.

import type { Collection } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  counterexampleFiles,
  type ManagerMaker,
  memoryManagerConformance,
  memoryManagerSuite,
  printVerdict,
  replayCounterexample,
  type ScopePart,
  type ScopeProgress,
  SMALL_COLLECTIONS,
  SMALL_HEAPS,
  SMALL_PROGRAMS,
  type Subject,
  type Verdict,
} from "../src/index.js";
import type { PlayableCase, SmallCase } from "../src/small-scope/small-case.js";
import {
  type Branch,
  collectionBranches,
  heapBranches,
  programBranches,
  visitCases,
} from "../src/small-scope/small-cases.js";
import { collectionsOf, createSmallRunner } from "../src/small-scope/small-runner.js";
import { type History, type StartHeap, startHeaps } from "../src/small-scope/start-heap.js";
import { subjectsOf } from "./subjects.js";
import { TOY_KINDS, toyStrategy } from "./toy-strategies.js";

const toy = (...[kind, fault]: Parameters<typeof toyStrategy>): ManagerMaker => ({
  name: fault ?? kind,
  make: subjectsOf(toyStrategy(kind, fault)),
});

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

const COLLECTIONS = { hasGenerations: false, isExact: true, leavesCycles: false };
const options = { collections: COLLECTIONS, histories: [0], stride: 1, seed: 1 };

function casesOf(branches: readonly Branch[]): SmallCase[] {
  const cases: SmallCase[] = [];
  for (const branch of branches) {
    visitCases(branch, ({ rootCount, start, letters }) => {
      cases.push({ rootCount, start, letters: [...letters] });
    });
  }
  return cases;
}

function countOf(branches: readonly Branch[]): number {
  let count = 0;
  for (const branch of branches) visitCases(branch, () => count++);
  return count;
}

describe("Small programs", () => {
  /** Each list is a case, so those of 7 letters have all their beginnings before them. */
  const EXPECTED = 223_095;

  it(`are ${EXPECTED}, no two alike`, () => {
    let count = 0;
    const seen = new Set<string>();
    for (const branch of programBranches(options)) {
      visitCases(branch, ({ letters }) => {
        count++;
        if (letters.length <= 5) seen.add(JSON.stringify(letters));
      });
    }
    expect(count).toBe(EXPECTED);
    expect(seen.size).toBe(2745);
  });
});

describe("Small cases from start heaps on", () => {
  const ofTwo = ({ first }: Branch): boolean => first.start.slots.length <= 2;

  it("are fewer in a share, and a share's are among all of them", () => {
    const named = (stride: number) =>
      casesOf(heapBranches({ ...options, stride }).filter(ofTwo)).map((one) => JSON.stringify(one));
    const all = new Set(named(1));
    const share = named(200);
    expect(share.length).toBeGreaterThan(50);
    expect(share.length).toBeLessThan(all.size / 10);
    expect(share.filter((name) => !all.has(name))).toEqual([]);
  });

  it("are as many as counted, and no two alike", () => {
    const branches = heapBranches({ ...options, histories: [0, 1] });
    expect(countOf(branches.filter(ofTwo))).toBe(1284 + 268_808);
    const cases = casesOf(branches.filter(({ first }) => first.start.slots.length === 1));
    expect(new Set(cases.map((one) => JSON.stringify(one))).size).toBe(1284);
  });

  it("name each object that can be reached in each of their commands", () => {
    // The ring of three that one root holds.
    const isRing = ({ first: { start } }: Branch): boolean =>
      start.slots.join() === "0,2,0,3,0,1" && start.isRooted.join() === "false,false,true";
    const [ring] = heapBranches(options).filter(isRing);
    expect(ring).toBeDefined();
    const letters = casesOf([{ ...(ring as Branch), letterLimit: 1 }]).map((one) => one.letters[0]);
    const countIn = (name: string): number =>
      letters.filter((letter) => letter?.do === name).length;
    // Of 3 objects 2 fields take 3 others each; a root is dropped, an empty one takes each of 3.
    expect(["write", "root", "allocate", "collect"].map(countIn)).toEqual([18, 4, 1, 1]);
  });

  it("are four objects and one command in the largest heaps", () => {
    const branches = collectionBranches({ ...options, stride: 101 });
    for (const { rootCount, start, letters } of casesOf(branches)) {
      expect([rootCount, start.slots.length]).toEqual([5, 4]);
      expect(letters.length).toBeLessThanOrEqual(1);
    }
    expect(countOf(branches)).toBeGreaterThan(branches.length * 10);
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
  const replay = (on: ManagerMaker) => replayCounterexample(memoryManagerSuite, on, file);
  expect(replay(maker).counterexample?.reason).toMatch(/./);
  expect(replay(losingFrom(1e9)).outcome).toBe("holds");
});

const NOTHING: Collection = {
  ...{ generation: 0, examinedCount: 0, promotedCount: 0, reclaimedCount: 0, reclaimedBytes: 0 },
  ...{ resurrectedCount: 0, uncollectableCount: 0 },
};

/** Two objects or more that die together in the last collection wait for the next one. */
const waitingOnce = (): ManagerMaker => ({
  name: "waits once",
  make(options) {
    const subject = toy("tracing").make(options);
    const { mutator, collector, roots, heap } = subject;
    let isWaiting = false;
    const collect: typeof mutator.collect = (generation) => {
      const frames = heap.words.subarray(roots.framesStart, heap.words[roots.topWord]);
      const { liveCount } = collector.statistics();
      isWaiting = !isWaiting && liveCount > 1 && frames.every((word) => word === 0);
      return isWaiting ? NOTHING : mutator.collect(generation);
    };
    return { ...subject, mutator: { ...mutator, collect } };
  },
});

it("What the runner alone finds names the objects, as the player beside the shadow does", () => {
  const report = memoryManagerConformance(waitingOnce(), { properties: [SMALL_PROGRAMS] });
  const found = report.verdicts[0]?.counterexample;
  const named = '2 live though nothing is held: "record" 1, "record" 2 are garbage';
  expect(found?.reason).toBe(named);
  expect(found?.script.split("\n").at(-1)).toBe(`// ${found?.reason}`);
});

it("A verdict says how many cases were played, and of how many", () => {
  const maker = toy("tracing");
  const { verdicts } = memoryManagerConformance(maker, { properties: SCOPES, scopeStride: 50_000 });
  for (const { outcome, programCount, stride } of verdicts) {
    expect([outcome, stride]).toEqual(["holds", 50_000]);
    expect(programCount).toBeGreaterThan(10);
  }
});

it("Parts of a scope are the whole of it, each case once", () => {
  const maker = toy("tracing");
  const verdictOf = (scopePart?: ScopePart): Verdict => {
    const shared = { properties: [SMALL_COLLECTIONS], scopeStride: 20_000 };
    const withPart = scopePart === undefined ? shared : { ...shared, scopePart };
    return memoryManagerConformance(maker, withPart).verdicts[0] as Verdict;
  };
  const parts = [0, 1, 2].map((index) => verdictOf({ index, count: 3 }));
  const counts = parts.map(({ programCount }) => programCount);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(counts.reduce((sum, count) => sum + count)).toBe(verdictOf().programCount);
  expect(printVerdict(parts[1] as Verdict)).toMatch(/\(\d+, about one in 20000 of part 2 of 3\)$/);
});

it("Whoever asks is told how far a scope is", () => {
  const maker = toy("tracing");
  const told: ScopeProgress[] = [];
  const { programCount } = memoryManagerConformance(maker, {
    properties: [SMALL_COLLECTIONS],
    scopeStride: 20_000,
    onScopeProgress: (progress) => told.push(progress),
  });
  const { branchCount } = told[0] as ScopeProgress;
  expect(told.map(({ doneCount }) => doneCount)).toEqual([...new Array(branchCount).keys()]);
  expect(told.at(-1)?.programCount).toBeLessThan(programCount);
});

describe("What breaks a promise is answered as the smallest case that does", () => {
  const smallestOf = (property: string, maker: ManagerMaker): SmallCase => {
    const { verdicts } = memoryManagerConformance(maker, {
      properties: [property],
      scopeStride: property === SMALL_PROGRAMS ? 1 : 100,
    });
    return verdicts[0]?.counterexample?.program as SmallCase;
  };
  it("of programs: a root overwritten by what its object alone held", () => {
    const { letters } = smallestOf(
      SMALL_PROGRAMS,
      toy("counting", "decrements before it increments"),
    );
    expect(letters).toEqual([
      { do: "allocate", root: 0 },
      { do: "allocate", root: 1 },
      { do: "write", object: 1, field: 0, value: 2 },
      { do: "allocate", root: 1 },
      { do: "root", root: 0, value: 2 },
    ]);
  });

  it("of heaps: a ring of one that nothing holds", () => {
    const { start, letters } = smallestOf(SMALL_HEAPS, toy("tracing", "leaks rings"));
    expect(start.slots).toEqual([[0, 1]]);
    expect(letters).toEqual([]);
  });

  it("of collections: a chain of four that one root holds", () => {
    const fault = "drops what lies three references from a root";
    const { start, letters } = smallestOf(SMALL_COLLECTIONS, toy("tracing", fault));
    expect(start.isRooted.filter(Boolean)).toHaveLength(1);
    expect(letters).toEqual([]);
  });
});

describe("The runner of many cases", () => {
  const setWrong =
    (maker: ManagerMaker, plant: (subject: Subject) => Partial<Subject>): ManagerMaker["make"] =>
    (options) => {
      const subject = maker.make(options);
      return { ...subject, ...plant(subject) };
    };
  const oneCountTooMany = setWrong(toy("counting"), ({ mutator, heap }) => ({
    mutator: {
      ...mutator,
      allocate: (type, into) => {
        const object = mutator.allocate(type, into);
        heap.words[object] = 2;
        return object;
      },
    },
  }));
  const broken = setWrong(toy("tracing"), () => ({
    validate() {
      throw new Error("a structure is broken");
    },
  }));

  /** What the runner says to the first case that it refuses. */
  function reasonOf(make: ManagerMaker["make"], isWanted = (_: StartHeap) => true): string {
    const subject = make({ observer: { wants: [], event() {} } });
    const runner = createSmallRunner(subject);
    const collections = collectionsOf(subject.collector);
    const branches = heapBranches({ ...options, collections, stride: 2000 });
    const play = (small: PlayableCase): void => runner.play(small);
    try {
      for (const branch of branches) if (isWanted(branch.first.start)) visitCases(branch, play);
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing is refused";
  }

  it.each(TOY_KINDS)("refuses nothing of the %s toy", (kind) => {
    expect(reasonOf(toy(kind).make)).toBe("nothing is refused");
  });

  it.each([
    [
      "garbage that waits",
      toy("counting", "lets the dead wait").make,
      /live after the last letter/,
    ],
    [
      "an object in another slot",
      toy("tracing", "swaps two slots when it collects").make,
      /is held where/,
    ],
    [
      "a root that is not updated",
      toy("moving", "forgets to update a root").make,
      /reclaimed|is at/,
    ],
    ["a count of one too many", oneCountTooMany, /has count 2, not 1|live after/],
    ["a structure that is broken", broken, /a structure is broken/],
  ])("refuses %s", (_, make, expected) => {
    expect(reasonOf(make)).toMatch(expected);
  });

  it("refuses garbage that stays: behind the collection, or when roots are dropped", () => {
    const { make } = toy("tracing", "leaks rings");
    const isRing = ({ slots, isRooted }: StartHeap, isHeld: boolean): boolean =>
      slots.join() === "0,1" && isRooted[0] === isHeld;
    expect(reasonOf(make, (start) => isRing(start, false))).toMatch(/1 live after a full/);
    expect(reasonOf(make, (start) => isRing(start, true))).toMatch(/1 live though nothing is held/);
  });
});
