import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type ArenaSource,
  InvalidAddressError,
  isOuroError,
  OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, test } from "vitest";
import { createPrivateHeap, openPrivateHeap } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;

/** Arenas 1 to 7 can be lent: the heap's own tables lie in arena 0. */
const smallHeap = (options = {}) => createPrivateHeap({ reservationBytes: 8 * MIB, ...options });

const at = (arenaIndex: number) => (arenaIndex * ARENA_SIZE_WORDS) as Arena;

const tableOf = (heap: ArenaSource) => [
  ...heap.words.slice(heap.arenaTable, heap.arenaTable + heap.arenaCount),
];

/** What a refused call must leave as it was: all tables, and the first regions. */
const frontOf = (heap: ArenaSource) => heap.words.slice(0, 4096);

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call was not refused");
}

describe("lending", () => {
  test("arenas start at multiples of their size, at addresses that differ", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    const arenas = Array.from({ length: 7 }, () => heap.reserveArenas(borrower, 1));
    expect(arenas.map((arena) => arena % ARENA_SIZE_WORDS)).toEqual(arenas.map(() => 0));
    expect(arenas).toEqual([1, 2, 3, 4, 5, 6, 7].map(at));
    heap.validate();
  });

  test("the lowest free arena is lent first, also after a release below", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    for (let count = 0; count < 5; count++) heap.reserveArenas(borrower, 1);
    heap.releaseArenas(borrower, at(4), 1);
    heap.releaseArenas(borrower, at(2), 1);
    expect(heap.reserveArenas(borrower, 1)).toBe(at(2));
    expect(heap.reserveArenas(borrower, 1)).toBe(at(4));
    expect(heap.reserveArenas(borrower, 1)).toBe(at(6));
  });

  test("a run is adjacent, and lies in the lowest gap that holds it", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("large");
    heap.reserveArenas(borrower, 7);
    heap.releaseArenas(borrower, at(2), 1);
    heap.releaseArenas(borrower, at(4), 2);
    expect(heap.reserveArenas(borrower, 2)).toBe(at(4));
    expect(heap.reserveArenas(borrower, 2)).toBe(0);
    expect(tableOf(heap)).toEqual([0, 1, 0, 1, 1, 1, 1, 1]);
    heap.validate();
  });

  test("reserveArenasAt gives exactly the arenas asked for, or none", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("large");
    expect(heap.reserveArenasAt(borrower, at(3), 2)).toBe(true);
    const before = frontOf(heap);
    expect(heap.reserveArenasAt(borrower, at(2), 2)).toBe(false);
    expect(heap.reserveArenasAt(borrower, at(0), 1)).toBe(false);
    expect(heap.reserveArenasAt(borrower, at(7), 2)).toBe(false);
    expect(heap.reserveArenasAt(borrower, at(2 ** 14), 1)).toBe(false);
    expect(frontOf(heap)).toEqual(before);
    expect(tableOf(heap)).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    expect(heap.reserveArenas(borrower, 1)).toBe(at(1));
  });

  test.each([1, at(3) + 4, 0.5, -ARENA_SIZE_WORDS, Number.NaN, 2 ** 32 + 1])(
    "reserveArenasAt refuses %d, which is no arena's first word",
    (word) => {
      const heap = smallHeap();
      const borrower = heap.registerBorrower("large");
      const call = () => heap.reserveArenasAt(borrower, word as Arena, 1);
      expect(errorOf(call)).toBeInstanceOf(InvalidAddressError);
      expect(heap.statistics().lentArenaCount).toBe(0);
    },
  );

  test("part of a run can be given back, and lent to another borrower", () => {
    const heap = smallHeap();
    const large = heap.registerBorrower("large");
    const pools = heap.registerBorrower("pools");
    heap.reserveArenas(large, 4);
    heap.releaseArenas(large, at(2), 2);
    expect(heap.reserveArenas(pools, 1)).toBe(at(2));
    expect(tableOf(heap)).toEqual([0, large, pools, 0, large, 0, 0, 0]);
    heap.validate();
  });

  test("the walk visits every lent arena in address order with its borrower", () => {
    const heap = smallHeap();
    const pools = heap.registerBorrower("pools");
    const large = heap.registerBorrower("large");
    heap.reserveArenasAt(large, at(5), 2);
    heap.reserveArenas(pools, 1);
    const seen: [number, string][] = [];
    heap.walkArenas((arena, borrower) => seen.push([arena, borrower]));
    expect(seen).toEqual([
      [at(1), "pools"],
      [at(5), "large"],
      [at(6), "large"],
    ]);
  });

  test("several heaps in one process do not see one another", () => {
    const first = smallHeap();
    const second = smallHeap({ backing: "shared" });
    const borrower = first.registerBorrower("pools");
    expect(second.registerBorrower("large")).toBe(borrower);
    first.reserveArenas(borrower, 3);
    first.words[at(1)] = 7;
    expect(second.statistics().lentArenaCount).toBe(0);
    expect(second.reserveArenas(borrower, 1)).toBe(at(1));
    expect(second.words[at(1)]).toBe(0);
  });
});

describe("refused releases", () => {
  const lend = () => {
    const heap = smallHeap();
    const mine = heap.registerBorrower("mine");
    const theirs = heap.registerBorrower("theirs");
    heap.reserveArenas(mine, 2);
    heap.reserveArenas(theirs, 2);
    return { heap, mine, theirs };
  };

  test.each<[string, number, number, number]>([
    ["an arena that is free", 1, at(5), 1],
    ["an arena of another borrower", 1, at(3), 1],
    ["a run that reaches into another borrower's", 1, at(2), 2],
    ["a run that reaches past the memory", 2, at(4), 2 ** 30],
    ["the arena of the heap's own tables", 1, at(0), 1],
    ["a word inside an arena", 1, at(1) + 1, 1],
    ["a negative word", 1, -ARENA_SIZE_WORDS, 1],
    ["a word beyond 4 GiB whose low bits name a lent arena", 1, 2 ** 32 + at(1), 1],
    ["no number", 1, Number.NaN, 1],
  ])("%s is refused, and nothing changes", (_, borrower, word, count) => {
    const { heap } = lend();
    const before = frontOf(heap);
    const call = () => heap.releaseArenas(borrower, word as Arena, count);
    expect(errorOf(call)).toBeInstanceOf(InvalidAddressError);
    expect(frontOf(heap)).toEqual(before);
    heap.validate();
  });

  test("a second release of the same arena is refused", () => {
    const { heap, mine } = lend();
    heap.releaseArenas(mine, at(1), 1);
    const before = frontOf(heap);
    const error = errorOf(() => heap.releaseArenas(mine, at(1), 1));
    expect(error.message).toMatch(
      /releaseArenas: \d+ is not .*lent to this borrower\. Pass a number/,
    );
    expect(frontOf(heap)).toEqual(before);
  });

  test.each([0, 3, -1, 1.5, Number.NaN])(
    "borrower %d, which nobody registered, is refused",
    (no) => {
      const { heap } = lend();
      const before = frontOf(heap);
      expect(errorOf(() => heap.reserveArenas(no, 1))).toBeInstanceOf(InvalidAddressError);
      expect(errorOf(() => heap.reserveArenasAt(no, at(6), 1))).toBeInstanceOf(InvalidAddressError);
      expect(errorOf(() => heap.releaseArenas(no, at(1), 1))).toBeInstanceOf(InvalidAddressError);
      expect(errorOf(() => heap.reserveRegion(no, "map", 4))).toBeInstanceOf(InvalidAddressError);
      expect(frontOf(heap)).toEqual(before);
    },
  );

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "a count of %d arenas is refused",
    (count) => {
      const { heap, mine } = lend();
      const before = frontOf(heap);
      expect(errorOf(() => heap.reserveArenas(mine, count))).toBeInstanceOf(UsageError);
      expect(errorOf(() => heap.reserveArenasAt(mine, at(6), count))).toBeInstanceOf(UsageError);
      expect(errorOf(() => heap.releaseArenas(mine, at(1), count))).toBeInstanceOf(UsageError);
      expect(frontOf(heap)).toEqual(before);
    },
  );
});

describe("limits", () => {
  test("a full memory answers 0, stays intact, and serves again after a release", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    for (let count = 0; count < 7; count++) heap.words.fill(count, heap.reserveArenas(borrower, 1));
    const before = frontOf(heap);
    expect(heap.reserveArenas(borrower, 1)).toBe(0);
    expect(heap.reserveArenas(borrower, 2 ** 31)).toBe(0);
    expect(frontOf(heap)).toEqual(before);
    expect(heap.words[at(3)]).toBe(2);
    heap.validate();
    heap.releaseArenas(borrower, at(3), 1);
    expect(heap.reserveArenas(borrower, 1)).toBe(at(3));
  });

  test("the hard limit counts whole lent arenas of all borrowers", () => {
    const heap = smallHeap({ limitBytes: 3 * MIB + MIB / 2 });
    expect(heap.limitBytes).toBe(3 * MIB);
    const pools = heap.registerBorrower("pools");
    const large = heap.registerBorrower("large");
    expect(heap.reserveArenas(pools, 2)).toBe(at(1));
    const before = frontOf(heap);
    expect(heap.reserveArenas(large, 2)).toBe(0);
    expect(heap.reserveArenasAt(large, at(5), 2)).toBe(false);
    expect(frontOf(heap)).toEqual(before);
    expect(heap.reserveArenas(large, 1)).toBe(at(3));
    expect(heap.reserveArenas(large, 1)).toBe(0);
    heap.releaseArenas(pools, at(1), 1);
    expect(heap.reserveArenas(large, 1)).toBe(at(1));
    heap.validate();
  });

  test("a limit can be raised and lowered; what is lent stays lent", () => {
    const heap = smallHeap({ limitBytes: 0 });
    const borrower = heap.registerBorrower("pools");
    expect(heap.reserveArenas(borrower, 1)).toBe(0);
    heap.setLimitBytes(2 ** 40);
    expect(heap.limitBytes).toBe(7 * MIB);
    expect(heap.reserveArenas(borrower, 3)).toBe(at(1));
    heap.setLimitBytes(MIB);
    expect(heap.statistics()).toMatchObject({ lentBytes: 3 * MIB, limitBytes: MIB });
    expect(heap.reserveArenas(borrower, 1)).toBe(0);
    heap.validate();
    heap.releaseArenas(borrower, at(1), 3);
    expect(heap.reserveArenas(borrower, 1)).toBe(at(1));
  });

  test("the soft limit reports each crossing once, from a consistent heap", () => {
    const reports: unknown[] = [];
    const heap = smallHeap({
      softLimitBytes: 2 * MIB,
      onSoftLimit: (facts: unknown) => {
        heap.validate();
        reports.push([facts, heap.statistics().lentArenaCount]);
      },
    });
    const borrower = heap.registerBorrower("pools");
    heap.reserveArenas(borrower, 2);
    expect(reports).toEqual([]);
    heap.reserveArenas(borrower, 1);
    heap.reserveArenas(borrower, 1);
    expect(reports).toEqual([[{ lentBytes: 3 * MIB, softLimitBytes: 2 * MIB }, 3]]);
    heap.releaseArenas(borrower, at(1), 2);
    expect(heap.reserveArenasAt(borrower, at(5), 3)).toBe(true);
    expect(reports.slice(1)).toEqual([[{ lentBytes: 5 * MIB, softLimitBytes: 2 * MIB }, 5]]);
  });

  test("a callback may lend and release in the same heap", () => {
    const heap = smallHeap({
      softLimitBytes: MIB,
      onSoftLimit: () => {
        heap.releaseArenas(1, at(1), 1);
        expect(heap.reserveArenas(1, 1)).toBe(at(1));
      },
    });
    heap.registerBorrower("pools");
    heap.reserveArenas(1, 1);
    expect(heap.reserveArenas(1, 2)).toBe(at(2));
    expect(tableOf(heap)).toEqual([0, 1, 1, 1, 0, 0, 0, 0]);
    heap.validate();
  });
});

test("statistics give each figure of the heap", () => {
  const heap = smallHeap({ limitBytes: 6 * MIB, softLimitBytes: 5 * MIB });
  const pools = heap.registerBorrower("pools");
  const large = heap.registerBorrower("large");
  const fresh = heap.statistics();
  expect(fresh.topArena).toBeUndefined();
  expect(fresh.committedBytes).toBe(MIB);
  heap.reserveArenas(pools, 2);
  heap.reserveArenas(large, 3);
  heap.releaseArenas(pools, at(1), 2);
  heap.releaseArenas(large, at(5), 1);
  expect(heap.statistics()).toEqual({
    backing: "fixed",
    reservedBytes: 8 * MIB,
    limitBytes: 6 * MIB,
    softLimitBytes: 5 * MIB,
    lentArenaCount: 2,
    lentBytes: 2 * MIB,
    highWaterBytes: 5 * MIB,
    reserveCount: 2,
    releasedArenaCount: 3,
    returnedBytes: 0,
    committedBytes: 6 * MIB,
    topArena: { arenaIndex: 4, borrower: "large" },
    borrowers: [
      { name: "pools", lentArenaCount: 0 },
      { name: "large", lentArenaCount: 2 },
    ],
  });
});

describe("names", () => {
  test("the same name opens the same borrower", () => {
    const heap = smallHeap();
    expect(heap.registerBorrower("pools")).toBe(1);
    expect(heap.registerBorrower("large")).toBe(2);
    expect(heap.registerBorrower("pools")).toBe(1);
  });

  test("a name of 32 characters is kept to the last", () => {
    const heap = smallHeap();
    const name = "abcdefghijklmnopqrstuvwxyz~!#012";
    heap.registerBorrower(name);
    heap.registerBorrower(name.slice(0, 31));
    expect(heap.statistics().borrowers.map((each) => each.name)).toEqual([name, name.slice(0, 31)]);
    heap.validate();
  });

  test.each(["", "two words", "33 characters".padEnd(33, "x"), "größe", "a\0b", 5, undefined])(
    "%j is refused as a name",
    (name) => {
      const heap = smallHeap();
      const borrower = heap.registerBorrower("pools");
      const before = frontOf(heap);
      const error = errorOf(() => heap.registerBorrower(name as string));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(/^registerBorrower: .* is not 1 to 32 printable .* Choose/);
      const call = () => heap.reserveRegion(borrower, name as string, 4);
      expect(errorOf(call).message).toMatch(/^reserveRegion: /);
      expect(frontOf(heap)).toEqual(before);
    },
  );

  test("a seventeenth borrower is refused, the sixteen go on", () => {
    const heap = smallHeap();
    for (let number = 1; number <= 16; number++) heap.registerBorrower(`borrower-${number}`);
    const before = frontOf(heap);
    const error = errorOf(() => heap.registerBorrower("one-more"));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/"one-more" is one more than the 16/);
    expect(frontOf(heap)).toEqual(before);
    expect(heap.reserveArenas(16, 1)).toBe(at(1));
  });
});

describe("regions", () => {
  test("a region is zero-filled, aligned to 16 bytes, below the first arena", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    const first = heap.reserveRegion(borrower, "map", 5);
    const second = heap.reserveRegion(borrower, "lists", 4);
    expect(first).toMatchObject({ sizeWords: 8, existed: false });
    expect(first.start % 4).toBe(0);
    expect(second.start).toBe(first.start + 8);
    expect(first.start).toBeGreaterThanOrEqual(heap.arenaTable + heap.arenaCount);
    expect(second.start + 4).toBeLessThanOrEqual(at(heap.firstArenaIndex));
    expect([...heap.words.slice(first.start, second.start + 4)]).toEqual(new Array(12).fill(0));
    heap.validate();
  });

  test("a region in an adopted memory is zero-filled whatever lay there", () => {
    const memory = new Uint8Array(4 * MIB).fill(0xff);
    const heap = createPrivateHeap({ adopt: memory.buffer });
    const region = heap.reserveRegion(heap.registerBorrower("pools"), "map", 64);
    expect([...heap.words.slice(region.start, region.start + 64)]).toEqual(new Array(64).fill(0));
    heap.validate();
  });

  test("the same name opens a region with what lies in it", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    const region = heap.reserveRegion(borrower, "map", 6);
    heap.words[region.start] = 42;
    expect(heap.reserveRegion(borrower, "map", 6)).toEqual({ ...region, existed: true });
    expect(heap.words[region.start]).toBe(42);
  });

  test("two borrowers may give one name to two regions", () => {
    const heap = smallHeap();
    const mine = heap.reserveRegion(heap.registerBorrower("mine"), "map", 4);
    const theirs = heap.reserveRegion(heap.registerBorrower("theirs"), "map", 4);
    expect(theirs.start).toBe(mine.start + 4);
    heap.validate();
  });

  test("opening a region with another size is refused", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    heap.reserveRegion(borrower, "map", 6);
    const error = errorOf(() => heap.reserveRegion(borrower, "map", 9));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/region "map" of 12 words exists already with 8 words\. Open it/);
  });

  test.each([0, -4, 1.5, Number.NaN])("a region of %d words is refused", (sizeWords) => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    const before = frontOf(heap);
    const error = errorOf(() => heap.reserveRegion(borrower, "map", sizeWords));
    expect(error).toBeInstanceOf(UsageError);
    expect(frontOf(heap)).toEqual(before);
  });

  test.each([2 ** 18, 2 ** 32 + 4, 2 ** 52])(
    "a region of %d words finds no room; a smaller one does afterwards",
    (sizeWords) => {
      const heap = smallHeap({ regionBytes: 1024 });
      const borrower = heap.registerBorrower("pools");
      const before = frontOf(heap);
      const error = errorOf(() => heap.reserveRegion(borrower, "map", sizeWords));
      expect(error).toBeInstanceOf(OutOfMemoryError);
      expect(error).toMatchObject({ requestBytes: sizeWords * 4, lentBytes: 0 });
      expect(error.message).toMatch(/reserveRegion "map" \(regionBytes of createPrivateHeap/);
      expect(frontOf(heap)).toEqual(before);
      expect(heap.reserveRegion(borrower, "map", 256).existed).toBe(false);
      heap.validate();
    },
  );

  test("regionBytes moves the first arena up until the regions fit", () => {
    const heap = smallHeap({ regionBytes: 2 * MIB });
    const borrower = heap.registerBorrower("pools");
    expect(heap.firstArenaIndex).toBe(3);
    heap.reserveRegion(borrower, "map", (2 * MIB) / 4);
    expect(heap.reserveArenas(borrower, 1)).toBe(at(3));
    heap.validate();
  });

  test("a thirty-third region is refused", () => {
    const heap = smallHeap();
    const borrower = heap.registerBorrower("pools");
    for (let number = 1; number <= 32; number++) heap.reserveRegion(borrower, `r${number}`, 4);
    const error = errorOf(() => heap.reserveRegion(borrower, "one-more", 4));
    expect(isOuroError(error, "usage")).toBe(true);
    expect(heap.reserveRegion(borrower, "r32", 4).existed).toBe(true);
    heap.validate();
  });
});

test("a second opening sees what the first does, and the other way round", () => {
  const heap = smallHeap({ backing: "shared" });
  const borrower = heap.registerBorrower("pools");
  heap.reserveArenas(borrower, 2);
  const opened = openPrivateHeap(heap.words.buffer);
  expect(opened.statistics()).toEqual(heap.statistics());
  expect(opened.registerBorrower("pools")).toBe(borrower);
  expect(opened.reserveArenas(borrower, 1)).toBe(at(3));
  opened.setLimitBytes(3 * MIB);
  expect(heap.reserveArenas(borrower, 1)).toBe(0);
  heap.releaseArenas(borrower, at(1), 3);
  expect(opened.statistics()).toEqual(heap.statistics());
  opened.validate();
});
