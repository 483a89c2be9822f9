import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import * as suite from "@ouro/testkit";
import { type HeapMaker, heapConformance, heapSuite } from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import { describe, expect, test } from "vitest";
import { createPrivateHeap, type PrivateHeapOptions } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;
const programCount = Number(process.env.OURO_RUNS ?? 25);
const seed = Number(process.env.OURO_SEED ?? 1);

type Memory = Pick<PrivateHeapOptions, "reservationBytes" | "backing" | "adopt" | "window">;

const memories: Record<string, () => Memory> = {
  fixed: () => ({ reservationBytes: 8 * MIB }),
  shared: () => ({ reservationBytes: 8 * MIB, backing: "shared" }),
  resizable: () => ({ reservationBytes: 8 * MIB, backing: "resizable" }),
  // The front of this one is noise, and its window starts in the second arena.
  adopted: () => {
    const bytes = new Uint8Array(8 * MIB);
    bytes.fill(0xa5, 0, 2 * MIB);
    return { adopt: bytes.buffer, window: { startBytes: MIB + 4096 } };
  },
};

function heapsOn(name: string, plant = (heap: PrivateHeap) => heap): HeapMaker {
  const memory = memories[name] as () => Memory;
  return {
    name: `heap on a ${name} memory`,
    returnsMemory: name === "resizable",
    windowStartBytes: memory().window?.startBytes ?? 0,
    make: (options) => plant(createPrivateHeap({ ...memory(), ...options })),
  };
}

describe.each(Object.keys(memories))("the heap on a %s memory", (name) => {
  testSuite(heapSuite, heapsOn(name), { programCount, seed });
});

/** Heaps with one defect each; the figures stand in docs/fault-matrix.md. */
const faults: Record<string, (heap: PrivateHeap) => Partial<PrivateHeap>> = {
  "lends the highest arena first": (heap) => ({
    reserveArenas: (borrower, count) => {
      for (let arenaIndex = heap.arenaCount - count; arenaIndex > 0; arenaIndex--) {
        const arena = (arenaIndex * (MIB / 4)) as never;
        if (heap.reserveArenasAt(borrower, arena, count)) return arena;
      }
      return 0 as never;
    },
  }),
  "lends one arena of a run": (heap) => ({
    reserveArenas: (borrower) => heap.reserveArenas(borrower, 1),
  }),
  "lends an arena that is lent already": (heap) => ({
    reserveArenasAt: (borrower, arena, count) => {
      const word = heap.arenaTable + arena / (MIB / 4);
      if (heap.words[word] === 0) return heap.reserveArenasAt(borrower, arena, count);
      heap.words[word] = borrower;
      return true;
    },
  }),
  "keeps the last arena of a released run": (heap) => ({
    releaseArenas: (borrower, arena, count) =>
      heap.releaseArenas(borrower, arena, Math.max(1, count - 1)),
  }),
  "takes an arena back from a borrower that does not have it": (heap) => ({
    releaseArenas: (borrower, arena, count) =>
      heap.releaseArenas(heap.words[heap.arenaTable + arena / (MIB / 4)] || borrower, arena, count),
  }),
  "limits one arena too late": (heap) => ({
    setLimitBytes: (limitBytes) => heap.setLimitBytes(limitBytes + MIB),
  }),
  "writes a word when it refuses": (heap) => ({
    reserveArenas: (borrower, count) => {
      const arena = heap.reserveArenas(borrower, count);
      if (arena === 0) heap.bytes[heap.arenaTable * 4 + 8000]!++;
      return arena;
    },
  }),
  "forgets the high water": (heap) => ({
    statistics: () => ({ ...heap.statistics(), highWaterBytes: heap.statistics().lentBytes }),
  }),
  "overlooks the last arena in its walk": (heap) => ({
    walkArenas: (visit) => {
      const last = heap.statistics().topArena?.arenaIndex;
      heap.walkArenas((arena, name) => {
        if (arena / (MIB / 4) !== last) visit(arena, name);
      });
    },
  }),
  "leaves a word of its table broken": (heap) => ({
    setLimitBytes: (limitBytes) => {
      heap.setLimitBytes(limitBytes);
      heap.words[heap.arenaTable + heap.firstArenaIndex] = 77;
    },
  }),
  "gives two regions the same words": (heap) => ({
    reserveRegion: (borrower, _, sizeWords) => heap.reserveRegion(borrower, "same", sizeWords),
  }),
};

/** The heap with the methods of a fault in place of its own. */
function planted(heap: PrivateHeap, methods: Partial<PrivateHeap>): PrivateHeap {
  return new Proxy(heap, { get: (_, key) => Reflect.get(methods, key) ?? Reflect.get(heap, key) });
}

/** Each is killed by the property that is named for it, the others not looking. */
const killers: Record<keyof typeof faults, string> = {
  "lends the highest arena first": suite.LENDING,
  "lends one arena of a run": suite.LENDING,
  "lends an arena that is lent already": suite.HEAP_REFUSALS,
  "keeps the last arena of a released run": suite.LENDING,
  "takes an arena back from a borrower that does not have it": suite.HEAP_REFUSALS,
  "limits one arena too late": suite.HEAP_REFUSALS,
  "writes a word when it refuses": suite.HEAP_REFUSALS,
  "forgets the high water": suite.BOOKS,
  "overlooks the last arena in its walk": suite.ARENA_WALK,
  "gives two regions the same words": suite.REGIONS,
  "leaves a word of its table broken": suite.HEAP_SOUND,
};

const SEEDS = [1, 20_26, -77_777];

function expectRefuted(maker: HeapMaker, property: string): void {
  for (const each of SEEDS) {
    const options = { properties: [property], programCount: 500, seed: each, shrinks: false };
    expect(heapConformance(maker, options).failCount, `seed ${each}`).toBe(1);
  }
}

test("every property holds on a heap with no fault planted", () => {
  const report = heapConformance(
    heapsOn("fixed", (heap) => planted(heap, {})),
    { programCount },
  );
  expect(suite.printReport(report)).toContain("Nothing refuted; 7 hold, 0 not run.");
});

describe("a property of the suite fails on a heap that", () => {
  test.each(Object.entries(faults))("%s", (name, fault) => {
    const maker = heapsOn("fixed", (heap) => planted(heap, fault(heap)));
    expectRefuted(maker, killers[name] as string);
  });

  test("keeps its tail though it is resizable", () => {
    const maker = heapsOn("resizable", (heap) => {
      const buffer = heap.words.buffer as ArrayBuffer & { resize(lengthBytes: number): void };
      const { resize } = buffer;
      buffer.resize = (lengthBytes) => {
        if (lengthBytes > buffer.byteLength) resize.call(buffer, lengthBytes);
      };
      return heap;
    });
    expectRefuted(maker, suite.HEAP_SOUND);
  });

  test("tells of its soft limit once in its life", () => {
    const maker = heapsOn("fixed");
    const make: HeapMaker["make"] = (options) => {
      let isTold = false;
      const onSoftLimit = () => {
        if (!isTold) options.onSoftLimit();
        isTold = true;
      };
      return maker.make({ ...options, onSoftLimit });
    };
    expectRefuted({ ...maker, make }, suite.SOFT_LIMIT);
  });

  test("returns memory and is declared not to, or the other way round", () => {
    expectRefuted({ ...heapsOn("resizable"), returnsMemory: false }, suite.BOOKS);
    expectRefuted({ ...heapsOn("fixed"), returnsMemory: true }, suite.BOOKS);
  });
});

test("a counterexample says which calls show it", () => {
  const maker = heapsOn("fixed", (heap) =>
    planted(heap, faults["limits one arena too late"]!(heap)),
  );
  const options = { properties: [suite.HEAP_REFUSALS], seed };
  const [verdict] = heapConformance(maker, options).verdicts;
  expect(verdict?.counterexample?.script.split("\n").slice(3)).toEqual([
    "heap.setLimitBytes(17);",
    "heap.reserveArenas(1, 1);",
  ]);
  expect(verdict?.counterexample?.reason).toBe("reserveArenas ended as 262144, not as 0");
});
