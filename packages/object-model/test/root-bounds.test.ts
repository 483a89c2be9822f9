// What lies before the root stack and behind it is others': no number beside it is a slot of it,
// and nothing that is done to its own slots, up to the last one, writes there. The ends of type
// tables, and of what a length may be.

import { createPrivateHeap } from "@ouro/heap";
import { immediateOf, type Slot, slotAt, UsageError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createRootStack, createTypeTable } from "../src/index.js";
import { makeManager } from "./manager.js";

const OTHERS = 77;

/** A root stack of 32 handles and 27 frame slots between two regions of others. */
function makeRoots() {
  const heap = createPrivateHeap({ reservationBytes: 4 << 20, regionBytes: 1 << 20 });
  const borrower = heap.registerBorrower("test");
  const before = heap.reserveRegion(borrower, "before", 16).start;
  heap.words.fill(OTHERS, before, before + 16);
  const roots = createRootStack({ heap, borrower, handleLimitCount: 32, frameSlotLimitCount: 27 });
  const behind = heap.reserveRegion(borrower, "behind", 16).start;
  heap.words.fill(OTHERS, behind, behind + 16);
  const others = (): number[] =>
    [before, behind].flatMap((start) => [...heap.words.subarray(start, start + 16)]);
  return { heap, borrower, roots, before, behind, others };
}

describe("the root stack", () => {
  it("gives out, takes back and gives out again handles between regions of others", () => {
    const { roots, before, behind, others } = makeRoots();
    expect([before + 16, roots.end]).toEqual([roots.topWord, behind]);
    const taken = Array.from({ length: 32 }, () => roots.takeHandle()) as Slot[];
    expect(taken).toEqual(taken.map((_, index) => roots.start + index));
    expect(roots.takeHandle()).toBe(0);
    for (const slot of taken) roots.giveHandle(slot);
    expect(roots.takeHandle()).toBe(roots.start);
    expect(others()).toEqual(new Array(32).fill(OTHERS));
  });

  it("has no live slot beside its slots, nor between two of them", () => {
    const { roots } = makeRoots();
    const handle = roots.takeHandle() as number;
    expect(roots.isLive(handle)).toBe(true);
    for (const beside of [handle + 0.5, roots.start - 1, roots.start - 32, 0, -1, Number.NaN]) {
      expect([beside, roots.isLive(beside)]).toEqual([beside, false]);
    }
  });
});

it("a frame up to the end of the root stack leaves the word behind it", () => {
  const { mutator, roots, heap } = makeManager({ frameSlotLimitCount: 16 });
  heap.words[roots.end] = OTHERS;
  const frame = mutator.enter(16);
  expect(slotAt(frame, 16)).toBe(roots.end);
  expect(heap.words[roots.end]).toBe(OTHERS);
});

it("frame slots that are restored up to the end of the root stack leave the word behind it", () => {
  const saved = makeManager({ frameSlotLimitCount: 16 });
  const frame = saved.mutator.enter(16);
  saved.mutator.setRoot(slotAt(frame, 15), immediateOf(9));
  const { heap, roots, restoreHeap } = makeManager({ frameSlotLimitCount: 16 });
  heap.words[roots.end] = OTHERS;
  restoreHeap(saved.saveHeap());
  expect([...heap.words.subarray(roots.end - 1, roots.end + 1)]).toEqual([immediateOf(9), OTHERS]);
});

describe("in checked mode", () => {
  it("the word index above the last frame is no slot, nor is one of a frame that was left", () => {
    const { mutator, heap, roots } = makeManager({ checked: true });
    const top = heap.words[roots.topWord] as number;
    expect(() => mutator.root(top as Slot)).toThrow(`root: ${top} is not a root slot`);
    mutator.leave(mutator.enter(1));
    expect(() => mutator.root(top as Slot)).toThrow(`root: ${top} is not a root slot`);
  });

  it("slots that others left, by lowering the top, are none once a frame lies there", () => {
    const { mutator, heap, roots } = makeManager({ checked: true });
    mutator.enter(1);
    const top = heap.words[roots.topWord] as number;
    const forgotten = mutator.enter(4);
    heap.words[roots.topWord] = top;
    const frame = mutator.enter(1);
    for (const index of [0, 1, 3]) {
      expect(() => mutator.root(slotAt(forgotten, index))).toThrow("(its frame was left)");
    }
    expect(mutator.root(frame)).toBe(0);
  });
});

it("a length is a whole number up to 2^30 - 1", () => {
  const { mutator, defineType } = makeManager();
  const frame = mutator.enter(1);
  for (const variablePart of ["bytes", "raw"] as const) {
    const type = defineType({ name: variablePart, variablePart });
    for (const length of [3n, "3", 2 ** 30, 0.5]) {
      const call = () => mutator.allocateArray(type, length as number, frame);
      expect(call).toThrow(UsageError);
      expect(call).toThrow("is not a whole number from 0 to 1073741823");
    }
  }
});

it("a type table says in whose name it refuses a number of types", () => {
  const { heap, borrower } = makeRoots();
  expect(() => createTypeTable({ heap, borrower, typeLimitCount: 0 })).toThrow(
    "createTypeTable: typeLimitCount 0 is not a whole number from 1 to 65535.",
  );
});

it("the last type that a table can have is known in checked mode", () => {
  const reservationBytes = 64 << 20;
  const { mutator, defineType } = makeManager({
    ...{ checked: true, isWide: true, reservationBytes, typeLimitCount: 65535 },
  });
  let last = defineType({ name: "type 1", visitedSlotCount: 1 });
  for (let number = 2; number <= 65535; number++) {
    last = defineType({ name: `type ${number}`, visitedSlotCount: 1 });
  }
  const frame = mutator.enter(1);
  mutator.allocate(last, frame);
  expect(mutator.get(mutator.allocate(last, frame), 0)).toBe(0);
});
