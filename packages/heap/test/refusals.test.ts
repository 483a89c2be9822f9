// Which call a refusal names, and what it says was expected; what makes a memory no heap; and what
// an observer is told of arenas.

import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_LIMIT_EXCEED,
  type EventCode,
  isOuroError,
  type PrivateHeap,
} from "@ouro/interfaces";
import { describe, expect, test, vi } from "vitest";
import { createPrivateHeap, openPrivateHeap } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;
const at = (arenaIndex: number) => (arenaIndex * ARENA_SIZE_WORDS) as Arena;

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

const calls: [name: string, call: (heap: PrivateHeap, borrower: number, count: number) => void][] =
  [
    ["reserveArenas", (heap, borrower, count) => heap.reserveArenas(borrower, count)],
    ["reserveArenasAt", (heap, borrower, count) => heap.reserveArenasAt(borrower, at(3), count)],
    ["releaseArenas", (heap, borrower, count) => heap.releaseArenas(borrower, at(1), count)],
    ["reserveRegion", (heap, borrower, size) => heap.reserveRegion(borrower, "map", size)],
  ];

test.each(calls)("%s names itself when it refuses a borrower or a count", (name, call) => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
  const borrower = heap.registerBorrower("pools");
  expect(messageOf(() => call(heap, 2, 1))).toMatch(
    new RegExp(`^${name}: 2 is not a borrower's number from registerBorrower\\. `),
  );
  expect(messageOf(() => call(heap, borrower, 0))).toMatch(
    new RegExp(`^${name}: (arenaCount|sizeWords) 0 is not a whole number`),
  );
});

test("an address is refused with what it should have been", () => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
  const borrower = heap.registerBorrower("pools");
  expect(messageOf(() => heap.reserveArenasAt(borrower, 4 as Arena, 1))).toMatch(
    /^reserveArenasAt: 4 is not an arena\. /,
  );
  expect(messageOf(() => heap.releaseArenas(borrower, -4 as Arena, 1))).toMatch(
    /^releaseArenas: -4 is not an arena\. /,
  );
  for (const [arena, count] of [
    [at(1), 1],
    [at(7), 2],
  ] as const) {
    expect(messageOf(() => heap.releaseArenas(borrower, arena, count))).toMatch(
      new RegExp(`^releaseArenas: ${arena} is not the first of arenas lent to this borrower\\. `),
    );
  }
});

test("what is one too many, or of another size, is refused with what to do", () => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB });
  for (let number = 1; number <= 16; number++) heap.registerBorrower(`borrower-${number}`);
  const remedy = "Use one of them, or make a second heap";
  expect(messageOf(() => heap.registerBorrower("more"))).toBe(
    `registerBorrower: "more" is one more than the 16 that a heap has room for. ${remedy}`,
  );
  for (let number = 1; number <= 32; number++) heap.reserveRegion(1, `r${number}`, 4);
  expect(messageOf(() => heap.reserveRegion(2, "more", 4))).toBe(
    `reserveRegion: "more" is one more than the 32 that a heap has room for. ${remedy}`,
  );
  expect(messageOf(() => heap.reserveRegion(1, "r1", 5))).toBe(
    'reserveRegion: region "r1" of 8 words exists already with 4 words. Open it with that size',
  );
  expect(messageOf(() => heap.reserveRegion(1, "a b", 4))).toBe(
    'reserveRegion: the name "a b" is not 1 to 32 printable ASCII characters. ' +
      'Choose one such as "pools"',
  );
});

test("room for regions that is gone is said in bytes", () => {
  const heap = createPrivateHeap({ reservationBytes: 8 * MIB, regionBytes: 1 << 20 });
  const borrower = heap.registerBorrower("pools");
  const first = heap.reserveRegion(borrower, "first", 1000);
  const roomBytes = (at(heap.firstArenaIndex) - first.start) * 4;
  let error: unknown;
  try {
    heap.reserveRegion(borrower, "second", roomBytes / 4 - 996);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    requestBytes: roomBytes - 996 * 4,
    lentBytes: 4000,
    limitBytes: roomBytes,
  });
  expect(heap.reserveRegion(borrower, "second", roomBytes / 4 - 1000).existed).toBe(false);
  heap.validate();
});

describe("opening", () => {
  test.each([0, 1, 2, 3, 4, 5, 19])("is refused when word %d of the header is another", (word) => {
    const heap = createPrivateHeap({ reservationBytes: 4 * MIB, backing: "shared" });
    const before = heap.words[word] as number;
    for (const value of [before + 1, -1, 0x7fffffff]) {
      heap.words[word] = value;
      // A backing or a first arena can be another one that exists.
      const isOther = (word === 4 || word === 19) && value === before + 1;
      const message = messageOf(() => openPrivateHeap(heap.words.buffer));
      if (word === 19 && isOther) expect(message).toMatch(/is resizable and so has one owner/);
      else if (!isOther) {
        expect(message).toBe(
          "openPrivateHeap: the memory at byte 0 holds no private heap of this version. " +
            "Pass the buffer, and the window, of a heap made by createPrivateHeap",
        );
      }
    }
    heap.words[word] = before;
    expect(openPrivateHeap(heap.words.buffer).statistics()).toEqual(heap.statistics());
  });

  test("is refused where the first arena is none, and names the byte where it looked", () => {
    const adopt = new ArrayBuffer(8 * MIB);
    const window = { startBytes: MIB };
    const heap = createPrivateHeap({ adopt, window });
    heap.words[MIB / 4 + 4] = heap.arenaCount;
    expect(messageOf(() => openPrivateHeap(adopt, { window }))).toMatch(
      /^openPrivateHeap: the memory at byte 1048576 holds no private heap/,
    );
  });

  test("takes a window, a callback and an observer, and nothing else", () => {
    const heap = createPrivateHeap({
      reservationBytes: 8 * MIB,
      softLimitBytes: MIB,
      backing: "shared",
    });
    const told: unknown[] = [];
    const opened = openPrivateHeap(heap.words.buffer, {
      onSoftLimit: (facts) => told.push(facts),
      observer: { event: (...event) => void told.push(event) },
    });
    opened.reserveArenas(opened.registerBorrower("pools"), 2);
    expect(told).toEqual([
      [EVENT_ARENA_RESERVE, at(1), 2, 1],
      [EVENT_LIMIT_EXCEED, 2 * MIB, MIB, 1],
      { lentBytes: 2 * MIB, softLimitBytes: MIB },
    ]);
    expect(messageOf(() => openPrivateHeap(heap.words.buffer, { limit: 1 } as never))).toMatch(
      /^openPrivateHeap: option limit is not known/,
    );
  });

  test("says what to do instead of a resizable heap", () => {
    const heap = createPrivateHeap({ reservationBytes: 4 * MIB, backing: "resizable" });
    expect(messageOf(() => openPrivateHeap(heap.words.buffer))).toBe(
      "openPrivateHeap: the heap is resizable and so has one owner, who gives its tail back. " +
        'Make the heap with backing "shared" to open it a second time',
    );
  });
});

test("what a host throws beside a RangeError reaches who asked for more", () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * MIB, backing: "resizable" });
  const borrower = heap.registerBorrower("pools");
  const host = vi.spyOn(ArrayBuffer.prototype as never as { resize(): void }, "resize");
  host.mockImplementation(() => {
    throw new TypeError("detached");
  });
  try {
    expect(() => heap.reserveArenas(borrower, 1)).toThrow("detached");
  } finally {
    host.mockRestore();
  }
  heap.validate();
});

test.each<[EventCode, number[]]>([
  [EVENT_ARENA_RESERVE, [at(1), 3, 1]],
  [EVENT_LIMIT_EXCEED, [3 * MIB, 2 * MIB, 1]],
  [EVENT_ARENA_RELEASE, [at(2), 2, 1]],
])("an observer that wants event %d alone hears it alone", (code, numbers) => {
  const told: number[][] = [];
  const heap = createPrivateHeap({
    reservationBytes: 8 * MIB,
    softLimitBytes: 2 * MIB,
    observer: { wants: [code], event: (...event) => void told.push(event) },
  });
  const borrower = heap.registerBorrower("pools");
  heap.reserveArenas(borrower, 3);
  heap.releaseArenas(borrower, at(2), 2);
  expect(told).toEqual([[code, ...numbers]]);
});
