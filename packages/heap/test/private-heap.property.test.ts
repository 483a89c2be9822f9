import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPrivateHeap, type PrivateHeapOptions } from "../src/index.js";
import { heapCommands, modelOf, type Subject } from "./heap-model.js";

const MIB = ARENA_SIZE_BYTES;
const SOFT_LIMIT_ARENAS = 3;

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

/** The property: commands on this memory, and on the model, come to the same. */
function equalsModel(memory: () => Memory, plant: (heap: PrivateHeap) => PrivateHeap) {
  return fc.property(heapCommands, (commands) => {
    fc.modelRun(() => {
      let reportCount = 0;
      const options = memory();
      const heap = createPrivateHeap({
        ...options,
        softLimitBytes: SOFT_LIMIT_ARENAS * MIB,
        onSoftLimit: () => {
          heap.validate();
          reportCount++;
        },
      });
      const model = modelOf(heap, options.window?.startBytes ?? 0, SOFT_LIMIT_ARENAS);
      const real: Subject = { heap: plant(heap), reportCount: () => reportCount };
      return { model, real };
    }, commands);
  });
}

describe("the heap equals a naive model after each command; refused calls change nothing", () => {
  test.each(Object.entries(memories))("on a %s memory", (_, memory) => {
    fc.assert(
      equalsModel(memory, (heap) => heap),
      { numRuns: 60 },
    );
  });
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
  "gives two regions the same words": (heap) => ({
    reserveRegion: (borrower, _, sizeWords) => heap.reserveRegion(borrower, "same", sizeWords),
  }),
};

/** The heap with the methods of a fault in place of its own. */
function planted(heap: PrivateHeap, methods: Partial<PrivateHeap>): PrivateHeap {
  return new Proxy(heap, { get: (_, key) => Reflect.get(methods, key) ?? Reflect.get(heap, key) });
}

test("the property holds on a heap with no fault planted", () => {
  fc.assert(equalsModel(memories.fixed!, (heap) => planted(heap, {})));
});

describe("the property fails on a heap that", () => {
  test.each(Object.entries(faults))("%s", (_, fault) => {
    const plant = (heap: PrivateHeap) => planted(heap, fault(heap));
    const result = fc.check(equalsModel(memories.fixed!, plant), {
      numRuns: 500,
      endOnFailure: true,
    });
    expect(result.failed).toBe(true);
    expect(result.seed).toBeTypeOf("number");
  });

  test("keeps its tail though it is resizable", () => {
    const plant = (heap: PrivateHeap) => {
      const buffer = heap.words.buffer as ArrayBuffer & { resize(lengthBytes: number): void };
      const { resize } = buffer;
      buffer.resize = (lengthBytes) => {
        if (lengthBytes > buffer.byteLength) resize.call(buffer, lengthBytes);
      };
      return heap;
    };
    const result = fc.check(equalsModel(memories.resizable!, plant), {
      numRuns: 500,
      endOnFailure: true,
    });
    expect(result.failed).toBe(true);
  });
});
