import { ARENA_SHIFT, ARENA_SIZE_BYTES, type Arena, slotAt } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { nullProperties } from "./null-properties.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? 40);
const TIMEOUT_MS = 60_000;

function compose() {
  const strategy = parts.nullStrategy();
  return composeMemoryManager({ strategy, reservationBytes: 4 * ARENA_SIZE_BYTES });
}

describe("the null collector", () => {
  it.each([...nullProperties])(
    "%s",
    (_name, property) => {
      fc.assert(property(parts), {
        numRuns: RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );

  it("promises nothing that it does not do", () => {
    const { name, traits } = parts.nullStrategy();
    expect(name).toBe("null");
    expect(traits).toEqual({
      moves: false,
      collectsAt: [],
      counts: false,
      cycles: "never",
      death: "collection",
      exact: false,
      slices: false,
      programCode: "at safepoints",
      finalizationOrder: "weak references first",
      resurrection: false,
      hooks: [],
      headerBits: [],
      sideBytesPerGranule: 0,
    });
  });

  it("names the call that it refuses, and what was wrong with it", () => {
    expect(() => parts.nullStrategy({ sweep: "lazy" } as never)).toThrow(/^nullStrategy: .*sweep/);
    const { collector } = compose();
    expect(() => collector.collect(1)).toThrow(/^null\.collect: generation 1 /);
  });

  it("places the next object where one was withdrawn, and changes nothing beside it", () => {
    const { collector, mutator, heap, defineType } = compose();
    const pair = defineType({ name: "pair", visitedSlotCount: 2 });
    const frame = mutator.enter(2);
    const first = mutator.allocate(pair, frame);
    const second = mutator.allocate(pair, slotAt(frame, 1));
    mutator.set(second, 1, first);
    const before = [...heap.words.subarray(second, second + 4)];
    expect(second).toBe(first + 4);
    collector.withdraw?.(first);
    expect(collector.isObject(first)).toBe(false);
    expect(mutator.allocate(pair, frame)).toBe(first);
    expect([...heap.words.subarray(second, second + 4)]).toEqual(before);
    collector.validate();
  });

  it("leaves alone what lies behind the last object of an arena", () => {
    const { mutator, heap, defineType } = compose();
    const pair = defineType({ name: "pair", visitedSlotCount: 2 });
    const frame = mutator.enter(1);
    const first = mutator.allocate(pair, frame);
    const behind = ((first >>> ARENA_SHIFT) + 1) << ARENA_SHIFT;
    expect(heap.reserveArenasAt(heap.registerBorrower("other"), behind as Arena, 1)).toBe(true);
    heap.words[behind] = 7;
    let last = first;
    while (last < behind - 4 && last >= first) last = mutator.allocate(pair, frame);
    expect([last, heap.words[behind]]).toEqual([behind - 4, 7]);
  });

  it("finds its allocator's words broken", () => {
    const { collector, mutator, heap, defineType } = compose();
    const pair = defineType({ name: "pair", visitedSlotCount: 2 });
    mutator.allocate(pair, mutator.enter(1));
    collector.validate();
    // Regions of the allocator, where it knows its pools by, begin behind the arena table.
    const regions = heap.arenaTable + heap.arenaCount;
    heap.words.fill(-1, regions, heap.firstArenaIndex << ARENA_SHIFT);
    expect(() => collector.validate()).toThrow(/is broken/);
  });
});
