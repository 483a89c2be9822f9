// The log of references against a list of all that were given out: while it has forgotten nothing,
// it knows of each number its youngest giving, and whether there was an older one.

import type { TypeId } from "@ouro/interfaces";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CALLS, type Call, createReferenceLog } from "../src/reference-log.js";
import { makeManager } from "./manager.js";

const HEAP_SIZE_WORDS = 4096;
const UNIT = 2 ** 22;
const EPOCH_COUNT = 255;
const NAMES = Array.from({ length: 14 }, (_, index) => `part ${index}`);

interface Giving {
  readonly reference: number;
  readonly word: number;
  readonly safepoint: number;
  readonly taker: string;
}

function makeLog(stampCount?: number) {
  const { types, defineType } = makeManager();
  const type = defineType({ name: "pair", visitedSlotCount: 2 });
  const log = createReferenceLog({
    ...{ heapSizeWords: HEAP_SIZE_WORDS, types, sites: false },
    ...(stampCount === undefined ? {} : { stampCount }),
  });
  return { log, type };
}

/** What follows each safepoint, by its number. */
function nameOf(call: Call, type: TypeId | 0, number: number): string {
  return `${CALLS[call]}${type === 0 ? "" : ' "pair"'} (safepoint ${number})`;
}

const words = fc.constantFrom(4, 8, 1024, HEAP_SIZE_WORDS - 4);
const command = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant("give" as const), words, fc.nat(17)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant("pass" as const), fc.integer({ min: 2, max: 5 }), fc.nat(1)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant("pass many" as const), fc.nat(300), fc.nat(1)) },
);

it("explains each number by its youngest giving, and says if there was an older one", () => {
  const property = fc.property(fc.array(command, { maxLength: 40 }), (program) => {
    const { log, type } = makeLog();
    const givings: Giving[] = [];
    const followed: string[] = [""];
    const pass = (call: Call, of: TypeId | 0): void => {
      log.passSafepoint(call, of);
      followed.push(nameOf(call, of, log.safepointCount));
    };
    for (const [kind, number, other] of program) {
      if (kind === "pass") pass(number as Call, other === 0 ? 0 : type);
      else if (kind === "pass many") for (let count = 0; count < number; count++) pass(4, 0);
      else {
        const name = NAMES[other - 4];
        const taker = name === undefined ? other : log.takerOf(name);
        const reference = log.give(number, taker);
        const isNamed = name === undefined || taker < 15;
        const said = isNamed ? (name ?? (CALLS[other] as string)) : "another part";
        givings.push({ reference, word: number, safepoint: log.safepointCount, taker: said });
        expect(log.wordOf(reference)).toBe(number);
      }
      const now = log.safepointCount;
      expect(log.hasGiven()).toBe(givings.at(-1)?.safepoint === now);
      for (const { reference, word, safepoint } of givings) {
        const isFresh = givings.some(
          (each) => each.reference === reference && each.safepoint === now,
        );
        expect(log.wordOf(reference)).toBe(isFresh ? word : 0);
        expect(safepoint).toBeLessThanOrEqual(now);
      }
    }
    for (const { reference } of givings) {
      const same = givings.filter((each) => each.reference === reference);
      const youngest = same.at(-1) as Giving;
      const older = same.findLast((each) => each.safepoint < youngest.safepoint);
      expect(log.explain(reference)).toEqual({
        reference: youngest.word,
        takenAtSafepoint: youngest.safepoint,
        takenBy: youngest.taker,
        followedBy: followed[youngest.safepoint + 1] ?? "none",
        olderSafepoint: older?.safepoint,
        site: undefined,
      });
    }
  });
  fc.assert(property, { numRuns: Number(process.env.OURO_RUNS ?? 40) });
});

it("explains no number that it never gave out", () => {
  const { log } = makeLog();
  const reference = log.give(HEAP_SIZE_WORDS - 4, 0);
  const last = EPOCH_COUNT * UNIT + 4;
  const others = [
    ...[reference + 0.5, reference + 1, reference + 2, reference + 4, reference - 4],
    ...[reference + UNIT, reference - UNIT, 4, 0, -4, Number.NaN, Number.POSITIVE_INFINITY],
    ...[last, last + UNIT, last + 2 ** 30, UNIT + 2 ** 21, 2 ** 40],
  ];
  for (const each of others) expect([each, log.explain(each)]).toEqual([each, undefined]);
  expect(log.explain(reference)?.reference).toBe(HEAP_SIZE_WORDS - 4);
  for (let count = 1; count < EPOCH_COUNT; count++) log.passSafepoint(4, 0);
  expect(log.give(4, 0)).toBe(last);
  expect(log.explain(last)?.takenAtSafepoint).toBe(EPOCH_COUNT - 1);
  log.passSafepoint(4, 0);
  expect(log.give(4, 0)).toBe(UNIT + 4);
});

it("goes on when its stamps are used up: nothing of before is a reference", () => {
  const { log } = makeLog(6);
  let before: number[] = [];
  for (let count = 0; count < 40; count++) {
    const reference = log.give(1024, 1);
    for (const each of before) expect(log.wordOf(each)).toBe(0);
    expect([log.wordOf(reference), log.hasGiven()]).toEqual([1024, true]);
    expect(log.explain(reference)).toMatchObject({ takenAtSafepoint: count, followedBy: "none" });
    before = [...before.slice(-200), reference];
    log.passSafepoint(5, 0);
    expect([log.safepointCount, log.hasGiven()]).toEqual([count + 1, false]);
    expect(log.explain(reference)).toMatchObject({ takenAtSafepoint: count });
  }
});
