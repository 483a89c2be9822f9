// What a call that is a safepoint makes stale in checked mode: what was taken before it, already
// for program code that runs inside, and what that code took.

import { type Mutator, type Reference, StaleReferenceError, slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createCheckedMutator } from "../src/index.js";
import { makeManager } from "./manager.js";

const CALLS = ["allocate", "allocateArray", "poll", "collect"] as const;

/** A checked mutator, behind whose safepoints other code of the program runs. */
function makeScene() {
  const manager = makeManager();
  const { mutator: fast } = manager;
  let inside = (): void => {};
  const running = (call: (typeof CALLS)[number]) => ({
    [call]: (...given: never[]) => {
      inside();
      return (fast[call] as (...given: never[]) => unknown)(...given);
    },
  });
  const mutator: Mutator = Object.assign({ ...fast }, ...CALLS.map(running));
  const checked = createCheckedMutator({ ...manager, mutator });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const row = manager.defineType({ name: "row", variablePart: "visited" });
  const frame = checked.enter(2);
  checked.allocate(pair, frame);
  const passes = {
    allocate: () => checked.allocate(pair, slotAt(frame, 1)),
    allocateArray: () => checked.allocateArray(row, 3, slotAt(frame, 1)),
    poll: () => checked.poll(),
    collect: () => checked.collect(),
  };
  const runInside = (run: () => void): void => {
    inside = run;
  };
  return { checked, frame, passes, runInside };
}

it.each(CALLS)(
  "%s makes stale what was taken before, for code that runs inside as well",
  (call) => {
    const { checked, frame, passes, runInside } = makeScene();
    const before = checked.root(frame) as Reference;
    let ranCount = 0;
    runInside(() => {
      ranCount++;
      expect(() => checked.get(before, 0)).toThrow(StaleReferenceError);
    });
    passes[call]();
    expect(ranCount).toBe(1);
  },
);

it.each(CALLS)("%s makes stale what code that runs inside took", (call) => {
  const { checked, frame, passes, runInside } = makeScene();
  const taken: Reference[] = [];
  runInside(() => void taken.push(checked.root(frame) as Reference));
  passes[call]();
  expect(taken.length).toBe(1);
  expect(() => checked.get(taken[0] as Reference, 0)).toThrow(StaleReferenceError);
  expect(checked.get(checked.root(frame) as Reference, 0)).toBe(0);
});

it.each(CALLS)("%s is counted where nothing was taken since the last safepoint", (call) => {
  const { checked, passes } = makeScene();
  checked.poll();
  const before = checked.safepointCount;
  passes[call]();
  expect(checked.safepointCount).toBe(before + 1);
});
