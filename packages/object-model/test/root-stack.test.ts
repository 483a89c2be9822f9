// The root stack by itself: which slots are live, which handle is taken next, what the walk meets,
// and what a validation finds broken.

import { createPrivateHeap } from "@ouro/heap";
import { isOuroError, type Slot } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRootStack } from "../src/index.js";

function makeStack(handleLimitCount = 70, frameSlotLimitCount = 8) {
  const heap = createPrivateHeap({ reservationBytes: 4 << 20, regionBytes: 1 << 20 });
  const borrower = heap.registerBorrower("test");
  const roots = createRootStack({ heap, borrower, handleLimitCount, frameSlotLimitCount });
  return { roots, words: heap.words };
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

describe("the root stack", () => {
  it("has room for as many handles and frame slots as it was made for", () => {
    const { roots, words } = makeStack();
    expect(roots.framesStart - roots.start).toBe(70);
    expect(roots.end - roots.framesStart).toBe(8);
    expect(words[roots.topWord]).toBe(roots.framesStart);
    expect(words[roots.handlesEndWord]).toBe(roots.start);
    const taken = Array.from({ length: 71 }, () => roots.takeHandle());
    expect(taken).toEqual([...Array.from({ length: 70 }, (_, each) => roots.start + each), 0]);
    expect([roots.liveHandleCount, words[roots.handlesEndWord]]).toEqual([70, roots.framesStart]);
    expect(makeStack(0).roots.takeHandle()).toBe(0);
  });

  it.each<[number, number, string]>([
    [-1, 8, "handleLimitCount -1 "],
    [2 ** 24 + 1, 8, "handleLimitCount 16777217 "],
    [8, 0, "frameSlotLimitCount 0 "],
    [8, 2 ** 26 + 1, "frameSlotLimitCount 67108865 "],
  ])("refuses %d handles and %d frame slots", (handleCount, slotCount, message) => {
    expect(messageOf(() => makeStack(handleCount, slotCount))).toMatch(
      new RegExp(`^createRootStack: ${message}is not a whole number`),
    );
  });

  it("takes the lowest handle that is free, whatever was given back", () => {
    const command = fc.tuple(fc.nat(3), fc.nat(80));
    const property = fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
      const { roots, words } = makeStack();
      const live = new Set<number>();
      let end = 0;
      for (const [kind, number] of commands) {
        const slot = (roots.start + number) as Slot;
        if (kind < 2) {
          const free = Array.from({ length: 70 }, (_, at) => at).find((at) => !live.has(at));
          expect(roots.takeHandle()).toBe(free === undefined ? 0 : roots.start + free);
          if (free !== undefined) live.add(free);
        } else if (kind === 2) {
          expect(roots.takeHandleAt(slot)).toBe(number < 70 && !live.has(number));
          if (number < 70) live.add(number);
        } else if (live.delete(number)) roots.giveHandle(slot);
        end = Math.max(end, ...[...live].map((each) => each + 1));
        expect(roots.liveHandleCount).toBe(live.size);
        expect(words[roots.handlesEndWord]).toBe(roots.start + end);
        const isLive = Array.from({ length: 70 }, (_, at) => roots.isLive(roots.start + at));
        expect(isLive).toEqual(isLive.map((_, at) => live.has(at)));
        roots.validate();
      }
    });
    fc.assert(property, { numRuns: Number(process.env.OURO_RUNS ?? 30) });
  });

  it("knows which numbers are live slots, and gives no handle for others", () => {
    const { roots, words } = makeStack();
    words[roots.topWord] = roots.framesStart + 2;
    const { start, framesStart } = roots;
    for (const each of [start - 1, start, framesStart - 1, framesStart + 2, start + 0.5]) {
      expect(roots.isLive(each)).toBe(false);
    }
    for (const each of [framesStart, framesStart + 1]) expect(roots.isLive(each)).toBe(true);
    for (const each of [start - 1, start + 0.5, framesStart, Number.NaN]) {
      expect(roots.takeHandleAt(each as Slot)).toBe(false);
    }
    expect(roots.liveHandleCount).toBe(0);
  });

  it("takes back no handle that is none, is not in use, or holds a value", () => {
    const { roots, words } = makeStack();
    const slot = roots.takeHandle() as Slot;
    words[slot] = 8;
    words[roots.topWord] = roots.framesStart + 1;
    for (const each of [slot, slot + 1, slot + 0.5, roots.framesStart, roots.start - 1]) {
      expect(messageOf(() => roots.giveHandle(each as Slot))).toContain(
        `giveHandle: ${each} is not a handle slot in use that holds none`,
      );
    }
    words[slot] = 0;
    roots.giveHandle(slot);
    expect(roots.liveHandleCount).toBe(0);
  });

  it("is walked from the handles in use to the top of the frames", () => {
    const { roots, words } = makeStack();
    const slots = [0, 1, 2].map(() => roots.takeHandle() as Slot);
    roots.giveHandle(slots[1] as Slot);
    words.set([16, 0, 24], roots.start);
    words.set([32, -5, 40], roots.framesStart);
    words[roots.topWord] = roots.framesStart + 2;
    const seen: number[][] = [];
    roots.walk((slot, value) => seen.push([slot, value]));
    const [first, frames] = [roots.start as number, roots.framesStart as number];
    expect(seen).toEqual([
      ...[
        [first, 16],
        [first + 2, 24],
      ],
      ...[
        [frames, 32],
        [frames + 1, -5],
      ],
    ]);
  });
});

describe("a validation of the root stack", () => {
  type Damage = (words: Int32Array, roots: ReturnType<typeof makeStack>["roots"]) => void;
  const damages: [string, Damage, RegExp][] = [
    [
      "a top below the frames",
      (words, { topWord, framesStart }) => words.fill(framesStart - 1, topWord, topWord + 1),
      /^root stack at word \d+ is broken: its top is outside of it/,
    ],
    [
      "a top above the frames",
      (words, { topWord, end }) => words.fill(end + 1, topWord, topWord + 1),
      /its top is outside of it/,
    ],
    [
      "an end of the handles before them",
      (words, { handlesEndWord, start }) =>
        words.fill(start - 1, handlesEndWord, handlesEndWord + 1),
      /^root stack at word \d+ is broken: the end of its handles is outside of it/,
    ],
    [
      "an end of the handles behind them",
      (words, { handlesEndWord, framesStart }) =>
        words.fill(framesStart + 1, handlesEndWord, handlesEndWord + 1),
      /the end of its handles is outside of it/,
    ],
    [
      "a handle past their end",
      (words, { handlesEndWord, start }) =>
        words.fill(start + 1, handlesEndWord, handlesEndWord + 1),
      /^root stack at word \d+ is broken: a handle in use lies past their end/,
    ],
    [
      "a value in a free handle",
      (words, { framesStart }) => words.fill(8, framesStart - 1, framesStart),
      /^root stack at word \d+ is broken: a free handle holds a value/,
    ],
    [
      "a wrong count",
      (words, { topWord }) => words.fill(1, topWord + 3, topWord + 4),
      /^root stack at word \d+ is broken: its count of handles is wrong/,
    ],
  ];

  it.each(damages)("finds %s", (_name, damage, message) => {
    const { roots, words } = makeStack();
    for (let count = 0; count < 2; count++) roots.takeHandle();
    words[roots.topWord] = roots.end;
    roots.validate();
    damage(words, roots);
    expect(messageOf(roots.validate)).toMatch(message);
  });
});
