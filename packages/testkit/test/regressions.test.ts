// What the suite for memory managers once said wrongly, or found, in `npm run prove`,
// with new seeds: each a counterexample as it was written, played on a manager without that fault.

import { composeMemoryManager, cpythonFastStrategy, cpythonStrategy } from "@ouro/memory-manager";
import { type CounterexampleFile, memoryManagerSuite, replayCounterexample } from "@ouro/testkit";
import { expect, it } from "vitest";

const FOUND = {
  format: "ouro/counterexample@1",
  suite: "memory manager",
  subject: "cpython-3.13-fast, checked",
  seed: 1,
  path: "",
  reason: "",
} as const;

/** What becomes of each of them now. */
const HOLDS = expect.objectContaining({ outcome: "holds" });

function replay(property: string, program: unknown, makeStrategy = cpythonFastStrategy) {
  const name = "cpython-3.13-fast, checked";
  const file: CounterexampleFile = { ...FOUND, property, program };
  return replayCounterexample(
    memoryManagerSuite,
    {
      name,
      make: ({ observer }) =>
        composeMemoryManager({
          strategy: makeStrategy(),
          ...{ checked: true, observer, reservationBytes: 2 ** 26 },
        }),
    },
    file,
  );
}

it("Two stores are not swapped where a field would be filled that holds something", () => {
  const first = { root: 0, fields: [] };
  const found = replay(
    "shows a program nothing of the numbers of types, nor of the order of independent stores",
    {
      commands: [
        { do: "allocate", type: 182, length: 10, into: 5 },
        { do: "allocate", type: 0, length: 10, into: 38 },
        { do: "set", object: first, field: 0, value: first },
        { do: "set root", slot: 853, value: { root: 63, fields: [] } },
        { do: "fill", object: first, field: 0, slot: 0 },
      ],
      ...{ collectEvery: 0, collectAtBarrier: 0, collectYoungEvery: 0 },
    },
  );
  expect(found).toEqual(HOLDS);
});

it("What an observer of a death in a collection throws is not thrown by a later call", () => {
  const found = replay("loses nothing when an observer throws", {
    commands: [
      { do: "build", shape: "acyclic tail", type: 0, count: 1, slot: 0 },
      { do: "build", shape: "late edge", type: 0, count: 1, slot: 0 },
    ],
    ...{ collectEvery: 2, collectAtBarrier: 0, collectYoungEvery: 0 },
  });
  expect(found).toEqual(HOLDS);
});

it("A tuple that changes after it left the lists is collected", () => {
  const first = { root: 0, fields: [] };
  const found = replay("keeps exactly what is reachable after a full collection", {
    commands: [
      { do: "allocate", type: 486, length: 0, into: 0 },
      { do: "collect" },
      { do: "set", object: first, field: 0, value: first },
      { do: "set root", slot: 0, value: -1 },
    ],
    ...{ collectEvery: 0, collectAtBarrier: 0, collectYoungEvery: 0 },
  });
  expect(found).toEqual(HOLDS);
});

it("Memory is used up where no collector watches too, when that is apart", () => {
  const found = replay("loses nothing when memory runs out at any allocation", {
    commands: [{ do: "build", shape: "wide", type: 163, count: 2, slot: 0 }],
    ...{ collectEvery: 0, collectAtBarrier: 0, collectYoungEvery: 0 },
  });
  expect(found).toEqual(HOLDS);
});

it("Who resurrects one node of a chain after the other is waited for", () => {
  const found = replay("is whole whatever finalizers and callbacks do", [
    { do: "ring", slot: 1, count: 4, act: "resurrect" },
    { do: "link", from: 1, field: 0, to: 0 },
  ]);
  expect(found).toEqual(HOLDS);
});

it("Who survived an automatic collection may stand behind who was born after it", () => {
  const found = replay(
    "calls finalizers and callbacks in the order of its traits",
    [{ do: "ring", slot: 1, count: 6, act: "nothing" }, { do: "drop", slot: 1 }, { do: "collect" }],
    () => cpythonStrategy({ thresholds: { young: 4, middle: 9, old: 9 } }),
  );
  expect(found).toEqual(HOLDS);
});

it("An automatic collection calls callbacks first, as one that is asked for does", () => {
  const birth = (slot: number) => ({ do: "new", slot, isFinalized: false, act: "nothing" });
  const found = replay(
    "calls finalizers and callbacks in the order of its traits",
    [{ do: "watched ring", slot: 0, count: 1, act: "nothing" }, ...[0, 1, 2, 3].map(birth)],
    () => cpythonStrategy({ thresholds: { young: 5, middle: 2, old: 1 } }),
  );
  expect(found).toEqual(HOLDS);
});
