// What the collector says of itself, what it refuses, where and how large its space is, and what a
// validation finds in it: figures that random programs meet and hold against nothing.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Borrower,
  type Collection,
  EVENT_COLLECTION_END,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  isOuroError,
  type Slot,
  type StrategyParts,
} from "@ouro/interfaces";
import { composeMemoryManager, type MemoryManagerOptions } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { POISON, type SemispaceOptions, semispaceStrategy } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;

/** Words of the collector's region, by their place in it. */
const STATE = {
  ...{ start: 0, free: 1, end: 2, liveCount: 3, mappedEnd: 4, fromStart: 5, fromEnd: 6 },
  ...{ refusedWords: 7, reclaimedLow: 9, reclaimedHigh: 10, safepoints: 12 },
  ...{ touchedStart: 13, touchedEnd: 14 },
} as const;

function manage(options: SemispaceOptions = {}, rest: Partial<MemoryManagerOptions> = {}) {
  const strategy = semispaceStrategy({ minimumBytes: MIB, ...options });
  let parts: StrategyParts | undefined;
  const create: typeof strategy.create = (given) => {
    parts = given;
    return strategy.create(given);
  };
  const manager = composeMemoryManager({
    strategy: { ...strategy, create },
    ...(rest.heap === undefined ? { reservationBytes: 64 * MIB } : {}),
    ...rest,
  });
  const { borrower, sideTable } = parts as unknown as StrategyParts;
  const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
  const raw = manager.defineType({ name: "raw", variablePart: "raw" });
  const bytes = manager.defineType({ name: "bytes", variablePart: "bytes" });
  const { heap, mutator } = manager;
  const region = heap.reserveRegion(borrower, "semispace", 16);
  const get = (name: keyof typeof STATE): number =>
    heap.words[region.start + STATE[name]] as number;
  const set = (name: keyof typeof STATE, value: number): void => {
    heap.words[region.start + STATE[name]] = value;
  };
  const frame = mutator.enter(4);
  const arenas = (): number => (get("end") - get("start")) / ARENA_SIZE_WORDS;
  /** A raw array that takes so many whole arenas, with its header. */
  const fill = (slot: number, arenaCount: number): void => {
    mutator.allocateArray(raw, arenaCount * ARENA_SIZE_WORDS - 3, (frame + slot) as Slot);
  };
  const state = { get, set, region, sideTable, arenas, fill };
  return { ...manager, node, raw, bytes, borrower, frame, ...state };
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

const NOTHING: Collection = {
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
};

describe("the strategy", () => {
  it.each([
    [0, ["allocate", "collect"]],
    [1, ["allocate", "poll", "collect"]],
  ])("promises what it does, stressed at each %d safepoints", (interval, collectsAt) => {
    const { strategy, collector } = manage({ collectionIntervalCount: interval });
    expect([strategy.name, collector.name]).toEqual(["semispace", "semispace"]);
    for (const { traits } of [strategy, collector]) {
      expect(traits).toEqual({
        moves: true,
        collectsAt,
        counts: false,
        cycles: "full collection",
        death: "collection",
        exact: true,
        slices: false,
        programCode: "at safepoints",
        finalizationOrder: "weak references first",
        resurrection: false,
        hooks: [],
        headerBits: [],
        sideBytesPerGranule: 1 / 8,
      });
    }
  });

  it.each<[object, string]>([
    [{ growthFactor: 1025 }, "growthFactor 1025 is no number above 1 and up to 1024. Give one; 2"],
    [{ minimumBytes: 2 ** 32 + 1 }, `minimumBytes ${2 ** 32 + 1} is not`],
    [{ collectionIntervalCount: 2 ** 30 + 1 }, `collectionIntervalCount ${2 ** 30 + 1} is not`],
    [{ collectionIntervalCount: -1 }, "collectionIntervalCount -1 is not"],
    [{ poison: true }, "poison"],
    [
      { poisonFromSpace: 1 },
      "poisonFromSpace 1 is neither true nor false. Leave it out to poison in checked mode",
    ],
  ])("refuses %j, and says what it would take", (options, problem) => {
    const message = messageOf(() => semispaceStrategy(options as SemispaceOptions));
    expect(message).toMatch(/^semispaceStrategy: /);
    expect(message).toContain(problem);
  });

  it("takes the most and the least that it may be given", () => {
    const most = { growthFactor: 1024, minimumBytes: 2 ** 32, collectionIntervalCount: 2 ** 30 };
    expect(() => semispaceStrategy({ ...most, poisonFromSpace: true })).not.toThrow();
    const least = { growthFactor: 1.001, minimumBytes: 0, collectionIntervalCount: 0 };
    expect(() => semispaceStrategy(least)).not.toThrow();
  });

  it("names the call that asks for another generation", () => {
    expect(messageOf(() => manage().collector.collect(1))).toMatch(
      /^semispace\.collect: generation/,
    );
  });

  it("poisons what it left in checked mode, or when it is asked to, and else does not", () => {
    for (const [poisonFromSpace, isChecked, isPoisoned] of [
      [undefined, false, false],
      [undefined, true, true],
      [false, true, false],
      [true, false, true],
    ] as const) {
      const options = poisonFromSpace === undefined ? {} : { poisonFromSpace };
      const { mutator, node, frame, heap, plain } = manage(options, { checked: isChecked });
      const object = plain(mutator.allocate(node, frame));
      mutator.collect();
      expect(heap.words[object] === POISON).toBe(isPoisoned);
      expect(heap.words[object + 4]).toBe(0);
    }
  });
});

describe("the space", () => {
  it("is as large as its least size, or the growth factor times what lives", () => {
    for (const [growthFactor, minimumBytes, live, arenaCount] of [
      [2, 3 * MIB, 1, 3],
      [2, 3 * MIB, 4, 8],
      [1.5, MIB, 4, 6],
      [4, MIB, 4, 16],
      [2, 3 * MIB - 4, 1, 3],
    ] as const) {
      const managed = manage({ growthFactor, minimumBytes });
      managed.fill(0, live);
      managed.mutator.collect();
      expect(managed.arenas()).toBe(arenaCount);
      expect(managed.heap.statistics().lentArenaCount).toBe(arenaCount);
      managed.validate();
    }
  });

  it("has 16 MiB when nothing else is said", () => {
    const manager = composeMemoryManager({
      strategy: semispaceStrategy(),
      reservationBytes: 64 * MIB,
    });
    const node = manager.defineType({ name: "node", visitedSlotCount: 2 });
    manager.mutator.allocate(node, manager.mutator.enter(1));
    expect(manager.heap.statistics().lentArenaCount).toBe(16);
  });

  it("is trimmed when less lives, and given back whole when nothing does", () => {
    const managed = manage();
    managed.fill(0, 5);
    managed.mutator.collect();
    expect(managed.arenas()).toBe(10);
    managed.mutator.setRoot(managed.frame, 0);
    managed.mutator.allocate(managed.node, managed.frame);
    expect(managed.mutator.collect().reclaimedCount).toBe(1);
    expect(managed.arenas()).toBe(1);
    managed.mutator.setRoot(managed.frame, 0);
    managed.mutator.collect();
    expect(["start", "free", "end"].map((name) => managed.get(name as "end"))).toEqual([0, 0, 0]);
    expect(managed.heap.statistics().lentArenaCount).toBe(0);
    expect(managed.mutator.collect()).toEqual(NOTHING);
  });

  it("never grows to what could not be lent a second time", () => {
    const managed = manage({ growthFactor: 1000 }, { limitBytes: 12 * MIB });
    managed.fill(0, 1);
    expect(managed.arenas()).toBe(6);
    managed.mutator.collect();
    expect(managed.arenas()).toBe(6);
    managed.fill(1, 5);
    expect(messageOf(() => managed.fill(2, 1))).toMatch(/no room/);
    managed.validate();
    expect(managed.mutator.collect().examinedCount).toBe(2);
  });

  it("leaves room for what was refused, at the collection that follows", () => {
    const managed = manage({ growthFactor: 1.25 });
    managed.fill(0, 1);
    const { collector, raw } = managed;
    managed.heap.setLimitBytes(4 * MIB);
    expect(collector.tryAllocate(raw, 4 * ARENA_SIZE_WORDS)).toBe(0);
    expect(managed.get("refusedWords")).toBe(4 * ARENA_SIZE_WORDS);
    managed.heap.setLimitBytes(64 * MIB);
    managed.mutator.collect();
    expect(managed.get("refusedWords")).toBe(0);
    expect(managed.arenas()).toBe(Math.ceil(5 * 1.25));
    managed.validate();
  });

  it("goes back and forth between two places while nothing grows, and notes both", () => {
    const { mutator, node, frame, get, validate } = manage();
    mutator.allocate(node, frame);
    const places = new Set<number>();
    for (let round = 0; round < 6; round++) {
      mutator.collect();
      places.add(get("start"));
      validate();
    }
    expect(places.size).toBe(2);
    const [low, high] = [...places].sort((one, other) => one - other) as [number, number];
    expect([get("touchedStart"), get("touchedEnd")]).toEqual([low, high + ARENA_SIZE_WORDS]);
    expect(high - low).toBe(ARENA_SIZE_WORDS);
  });

  it("begins at the bottom of a resizable heap, and in the middle of another", () => {
    const reservationBytes = 64 * MIB;
    for (const backing of ["fixed", "resizable"] as const) {
      const heap = createPrivateHeap({ reservationBytes, backing });
      const { mutator, node, frame, get } = manage({}, { heap });
      mutator.allocate(node, frame);
      const arenaCount = heap.arenaCount - heap.firstArenaIndex;
      const middle = heap.firstArenaIndex + arenaCount - Math.ceil(arenaCount / 2) - 1;
      const index = backing === "fixed" ? middle : heap.firstArenaIndex;
      expect(get("start") / ARENA_SIZE_WORDS).toBe(index);
    }
  });
});

describe("collections", () => {
  it("say all that they did", () => {
    const { mutator, node, bytes, frame } = manage();
    mutator.allocateArray(bytes, 9, frame);
    mutator.allocate(node, frame);
    expect(mutator.collect()).toEqual({
      ...NOTHING,
      examinedCount: 2,
      reclaimedCount: 1,
      reclaimedBytes: 32,
    });
  });

  it("count what they reclaimed beyond what one word holds", () => {
    const { mutator, collector, node, frame, set, get } = manage();
    set("reclaimedLow", 2 ** 30 - 2);
    for (let index = 0; index < 4; index++) mutator.allocate(node, frame);
    mutator.collect();
    expect([get("reclaimedLow"), get("reclaimedHigh")]).toEqual([1, 1]);
    expect(collector.statistics()).toEqual({
      liveCount: 1,
      liveBytes: 16,
      collectionCount: 1,
      reclaimedCount: 2 ** 30 + 1,
    });
  });

  it("come at each nth safepoint under stress, be it an allocation or a poll", () => {
    const { mutator, collector, node, frame } = manage({ collectionIntervalCount: 3 });
    const seen: number[] = [];
    for (let round = 0; round < 9; round++) {
      if (round % 2 === 0) mutator.allocate(node, frame);
      else mutator.poll();
      seen.push(collector.statistics().collectionCount);
    }
    expect(seen).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3]);
    mutator.poll();
    mutator.collect();
    mutator.poll();
    mutator.poll();
    expect(collector.statistics().collectionCount).toBe(4);
  });

  it("are told to who asks only for moves, deaths or ends", () => {
    for (const code of [EVENT_OBJECT_MOVE, EVENT_OBJECT_RECLAIM, EVENT_COLLECTION_END] as const) {
      const told: number[][] = [];
      const event = (...numbers: number[]): void => void told.push(numbers);
      const { mutator, node, bytes, frame } = manage({}, { observer: { wants: [code], event } });
      const dead = mutator.allocate(node, frame);
      const moved = mutator.allocateArray(bytes, 9, frame);
      mutator.collect();
      const expected: Partial<Record<EventCode, number[]>> = {
        [EVENT_OBJECT_MOVE]: [moved, mutator.root(frame), 6],
        [EVENT_OBJECT_RECLAIM]: [dead, node, 4],
        [EVENT_COLLECTION_END]: [0, 1, 0],
      };
      expect(told).toEqual([[code, ...(expected[code] as number[])]]);
    }
  });

  it("whose observer throws are over, and the next one is whole", () => {
    let isThrowing = true;
    const event = (): void => {
      if (isThrowing) throw new Error("enough");
    };
    const observer = { wants: [EVENT_OBJECT_RECLAIM] as EventCode[], event };
    const { mutator, collector, node, frame, validate, get } = manage({}, { observer });
    mutator.allocate(node, frame);
    mutator.allocate(node, frame);
    expect(() => mutator.collect()).toThrow("enough");
    expect([get("fromStart"), get("fromEnd")]).toEqual([0, 0]);
    expect(collector.statistics()).toMatchObject({ collectionCount: 1, reclaimedCount: 1 });
    validate();
    isThrowing = false;
    mutator.allocate(node, frame);
    expect(mutator.collect()).toMatchObject({ examinedCount: 2, reclaimedCount: 1 });
  });
});

describe("a validation", () => {
  type Managed = ReturnType<typeof manage> & {
    readonly object: number;
    /** The word of the start map that speaks of a word of the heap. */
    readonly startWord: (word: number) => number;
  };
  type Damage = (managed: Managed) => void;

  function write({ heap }: Managed, word: number, value: number): void {
    heap.words[word] = value;
  }

  const damages: [name: string, damage: Damage, problem: RegExp][] = [
    [
      "a space that begins within an arena",
      ({ set, get }) => set("start", get("start") + 4),
      /^semispace at word \d+ is broken: it does not consist of whole arenas\./,
    ],
    [
      "a space that ends within an arena",
      ({ set, get }) => set("end", get("end") - 4),
      /it does not consist of whole arenas/,
    ],
    [
      "a free word below the space",
      ({ set, get }) => set("free", get("start") - 4),
      /its free word lies outside of it/,
    ],
    [
      "a free word above the space",
      ({ set, get }) => set("free", get("end") + 4),
      /its free word lies outside of it/,
    ],
    [
      "a free word within a granule",
      ({ set, get }) => set("free", get("free") + 1),
      /its free word lies outside of it/,
    ],
    [
      "a start map that is ahead",
      ({ set, get }) => set("mappedEnd", get("free") + 4),
      /its start map is ahead of its objects/,
    ],
    [
      "a start map that begins before the space",
      ({ set, get }) => set("mappedEnd", get("start") - 4),
      /its start map is ahead of its objects/,
    ],
    [
      "a count that is wrong",
      ({ set }) => set("liveCount", 9),
      /^semispace at word \d+ is broken: it counts wrong: 2 are there\./,
    ],
    [
      "an arena that is lent for nothing",
      ({ heap, borrower }) => void heap.reserveArenas(borrower as Borrower, 1),
      /^arena at word \d+ is broken: it is lent, and part of no space\./,
    ],
    [
      "an arena that is not lent",
      ({ set, get }) => set("end", get("end") + ARENA_SIZE_WORDS),
      /^arena at word \d+ is broken: it is part of a space, not lent\./,
    ],
    [
      "a type that is none",
      (managed) => write(managed, managed.object + 1, 0),
      /^object at word \d+ is broken: its type 0 is none\./,
    ],
    [
      "a type that nobody defined",
      (managed) => write(managed, managed.object + 1, 4),
      /^object at word \d+ is broken: its type 4 is none\./,
    ],
    [
      "an object that is forwarded",
      (managed) => write(managed, managed.object, 8),
      /^object at word \d+ is broken: it is forwarded, and in the space in use\./,
    ],
    [
      "an object that is longer than the space is used",
      (managed) => write(managed, managed.object + 2, 400),
      /^object at word \d+ is broken: it reaches past the objects\./,
    ],
    [
      "a word behind an object's end",
      (managed) => write(managed, managed.object + 7, 1),
      /^object at word \d+ is broken: something wrote past its end\./,
    ],
    [
      "an object that the start map lacks",
      (managed) => {
        managed.collector.isObject(managed.object);
        write(managed, managed.startWord(managed.object), 0);
      },
      /^start map at word \d+ is broken: an object is not in it\./,
    ],
    [
      "a start map that names the inside of an object",
      (managed) => {
        managed.collector.isObject(managed.object);
        write(managed, managed.startWord(managed.object), -1);
      },
      /^start map at word \d+ is broken: it names the inside of an object\./,
    ],
  ];

  it.each(damages)("finds %s", (_name, damage, problem) => {
    const managed = manage();
    const { mutator, bytes, node, frame, heap } = managed;
    const object = mutator.allocateArray(bytes, 15, frame);
    mutator.allocate(node, (frame + 1) as Slot);
    managed.validate();
    const mapStart = managed.sideTable.start - heap.firstArenaIndex * (ARENA_SIZE_WORDS >>> 7);
    const startWord = (word: number): number => mapStart + (word >>> 7);
    damage({ ...managed, object, startWord });
    expect(messageOf(managed.collector.validate)).toMatch(problem);
  });
});
