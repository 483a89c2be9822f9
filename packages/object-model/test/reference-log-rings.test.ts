// Where the rings of the reference log begin to forget, and numbers beside those that were given
// out: what is remembered is named exactly, what is forgotten is said to be.

import { expect, it } from "vitest";
import { type Call, createReferenceLog } from "../src/reference-log.js";
import { makeManager } from "./manager.js";

const HEAP_SIZE_WORDS = 4096;
const UNIT = 2 ** 22;
const POLL: Call = 4;
const COLLECT: Call = 5;
const FORGOTTEN = "a call too long ago to be remembered";

function makeLog(stampCount?: number) {
  const { types } = makeManager();
  const log = createReferenceLog({
    ...{ heapSizeWords: HEAP_SIZE_WORDS, types, sites: false },
    ...(stampCount === undefined ? {} : { stampCount }),
  });
  const pass = (count: number): void => {
    for (let each = 0; each < count; each++) log.passSafepoint(POLL, 0);
  };
  return { log, pass };
}

it("remembers who gave a reference for 4095 safepoints, and what followed for one more", () => {
  const { log, pass } = makeLog();
  const reference = log.give(8, 1);
  pass(4094);
  log.passSafepoint(COLLECT, 0);
  const known = { takenAtSafepoint: 0, followedBy: "poll (safepoint 1)" };
  expect(log.explain(reference)).toMatchObject({ ...known, takenBy: "get" });
  log.passSafepoint(COLLECT, 0);
  expect(log.explain(reference)).toMatchObject({ ...known, takenBy: FORGOTTEN });
  log.passSafepoint(COLLECT, 0);
  const forgotten = { takenAtSafepoint: 0, followedBy: "safepoint 1", takenBy: FORGOTTEN };
  expect(log.explain(reference)).toMatchObject(forgotten);
});

it("remembers the last 1024 references", () => {
  for (const count of [1, 600, 1024, 1025]) {
    const { log } = makeLog();
    const reference = log.give(8, 1);
    for (let each = 1; each < count; each++) log.give(16, 0);
    log.passSafepoint(COLLECT, 0);
    expect(log.explain(reference)?.takenBy).toBe(count <= 1024 ? "get" : FORGOTTEN);
  }
});

it("names what followed when stamps begin anew, and no safepoint of before", () => {
  const { log, pass } = makeLog(6);
  pass(4);
  const older = log.give(8, 1);
  pass(1);
  const reference = log.give(12, 1);
  log.passSafepoint(COLLECT, 0);
  expect(log.explain(reference)?.followedBy).toBe("collect (safepoint 6)");
  expect(log.explain(older)?.followedBy).toBe("safepoint 5");
  const young = log.give(16, 1);
  pass(1);
  expect(log.explain(young)).toMatchObject({ takenBy: "get", followedBy: "poll (safepoint 7)" });
});

it("explains no number of another epoch, word or heap, however much is forgotten", () => {
  const { log, pass } = makeLog();
  let last = 0;
  for (let count = 0; count < 300; count++) {
    last = log.give(8, 0);
    pass(1);
  }
  const beside = [8, 256 * UNIT + 8, last + 0.5, last + 1, last + HEAP_SIZE_WORDS - 8];
  for (const each of beside) expect([each, log.explain(each)]).toEqual([each, undefined]);
  pass(5000);
  for (const each of beside) expect([each, log.explain(each)]).toEqual([each, undefined]);
  expect(log.explain(last)?.takenBy).toBe(FORGOTTEN);
});

it("knows a taker by its name, however often it takes", () => {
  const { log } = makeLog();
  expect(log.takerOf("root")).toBe(0);
  const numbers = Array.from({ length: 20 }, () => log.takerOf("one"));
  expect(new Set(numbers).size).toBe(1);
  const reference = log.give(8, log.takerOf("other"));
  log.passSafepoint(COLLECT, 0);
  expect(log.explain(reference)?.takenBy).toBe("other");
});

it("takes no reference of before for one of now when stamps and epochs come round together", () => {
  const { log, pass } = makeLog(255);
  const reference = log.give(8, 1);
  pass(255);
  expect(log.wordOf(reference)).toBe(0);
  expect(log.give(8, 1)).toBe(reference);
  expect(log.wordOf(reference)).toBe(8);
});
