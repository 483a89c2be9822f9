import type { Block } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeRigs, newHeap } from "./rigs.js";

const PROGRAMS = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 15 : 5));
const steps = fc.array(
  fc.record({ kind: fc.constantFrom("fill", "free", "trim"), count: fc.nat(3000), from: fc.nat() }),
  { minLength: 1, maxLength: 12 },
);

describe.each(makeRigs(parts).map((rig) => [rig.name, rig] as const))(
  "trim of the %s",
  (_, rig) => {
    it("moves no live block and leaves all sound, whenever it comes", { timeout: 60_000 }, () => {
      const property = fc.property(
        steps,
        fc.integer({ min: 4, max: 500 }),
        (program, sizeBytes) => {
          const { heap, allocator } = rig.make();
          const live: Block[] = [];
          for (const { kind, count, from } of program) {
            for (let index = 0; kind === "fill" && index < count; index++) {
              const block = allocator.tryAllocate(sizeBytes);
              if (block === 0) break;
              heap.words[block] = block;
              live.push(block);
            }
            const [start, end] = [from % (live.length + 1), count];
            if (kind === "free") for (const block of live.splice(start, end)) allocator.free(block);
            if (kind === "trim") allocator.trim?.();
            allocator.validate();
            for (const block of live) expect(heap.words[block]).toBe(block);
          }
          for (const block of live) allocator.free(block);
          allocator.trim?.();
          allocator.validate();
          expect(heap.statistics().lentArenaCount).toBe(0);
        },
      );
      fc.assert(property, { numRuns: PROGRAMS, seed: 1 });
    });
  },
);

it("a bump allocator keeps its first arena as long as a mark stands in it", () => {
  const heap = newHeap();
  const allocator = parts.createBumpAllocator({ source: heap });
  allocator.allocate(16);
  const mark = allocator.mark();
  allocator.allocate(16);
  allocator.walk((block) => allocator.free(block));
  allocator.trim?.();
  expect(heap.statistics().lentArenaCount).toBe(1);
  expect(allocator.rewind(mark)).toBe(0);
  allocator.clear();
  allocator.trim?.();
  allocator.validate();
  expect(heap.statistics().lentArenaCount).toBe(0);
});
