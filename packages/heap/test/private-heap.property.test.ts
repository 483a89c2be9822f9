import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import * as suite from "@ouro/testkit";
import { type HeapMaker, heapConformance, heapSuite } from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import { describe, expect, test } from "vitest";
import { heapsOn, memoryNames } from "./heap-makers.js";

const programCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 25 : 12));
const seed = Number(process.env.OURO_SEED ?? 1);

describe.each(memoryNames)("the heap on a %s memory", (name) => {
  testSuite(heapSuite, heapsOn(name), { programCount, seed });
});

describe("a property of the suite fails on a heap that", () => {
  test("returns memory and is declared not to, or the other way round", () => {
    const wrong: HeapMaker[] = [
      { ...heapsOn("resizable"), returnsMemory: false },
      { ...heapsOn("fixed"), returnsMemory: true },
    ];
    for (const maker of wrong) {
      const options = { properties: [suite.BOOKS], programCount: 500, seed, shrinks: false };
      expect(heapConformance(maker, options).failCount).toBe(1);
    }
  });
});

test("a counterexample says which calls show it", () => {
  const setLate = (heap: PrivateHeap, limitBytes: number) =>
    heap.setLimitBytes(limitBytes + ARENA_SIZE_BYTES);
  const maker = heapsOn("fixed", (heap): PrivateHeap => {
    const get = (_: unknown, key: string | symbol) =>
      key === "setLimitBytes"
        ? (limitBytes: number) => setLate(heap, limitBytes)
        : Reflect.get(heap, key);
    return new Proxy(heap, { get }) as PrivateHeap;
  });
  const options = { properties: [suite.HEAP_REFUSALS], seed };
  const [verdict] = heapConformance(maker, options).verdicts;
  // Which of two calls shows it is up to the seed.
  const { script = "", reason } = verdict?.counterexample ?? {};
  const [limits, reserves, ...rest] = script.split("\n").slice(-3);
  expect([limits, rest]).toEqual(["heap.setLimitBytes(17);", [`// ${reason}`]]);
  expect(reserves).toMatch(/^console\.log\(heap\.reserveArenas(\(1, 1\)|At\(1, 262144, 1\))\);$/);
  expect(reason).toMatch(/^reserveArenas(At)? ended as (262144|true), not as (0|false)$/);
});
