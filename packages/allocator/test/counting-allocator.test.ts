import { createPrivateHeap } from "@ouro/heap";
import { type Block, HeapCorruptionError, UsageError } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AllocationDomain,
  createAllocationCounts,
  createAllocationSites,
  createCountingAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
} from "../src/index.js";

function makeCounting() {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const below = createSizeRouter({ source: heap, small, large });
  const sites = createAllocationSites();
  const counts = createAllocationCounts({ sites });
  const wrap = (domain: AllocationDomain) => createCountingAllocator(below, { counts, domain });
  return { below, sites, counts, wrap, mem: wrap("mem"), obj: wrap("obj") };
}

describe("the counting allocator", () => {
  it("counts by size class, domain and site", () => {
    const { sites, counts, mem, obj } = makeCounting();
    const parser = sites.numberOf("parser");
    sites.enter(parser);
    const block = obj.allocate(40);
    sites.enter(sites.numberOf("reader"));
    mem.allocate(5000);
    mem.allocate(48);
    obj.free(block);
    expect(counts.byClass().filter((row) => row.allocatedCount > 0)).toMatchObject([
      { blockSizeBytes: 48, allocatedCount: 2, freedCount: 1, liveCount: 1, liveBytes: 48 },
      { blockSizeBytes: Infinity, allocatedCount: 1, liveBytes: 5000 },
    ]);
    expect(counts.byDomain()).toMatchObject([
      { domain: "raw", allocatedCount: 0 },
      { domain: "mem", allocatedCount: 2, liveBytes: 5048 },
      { domain: "obj", allocatedCount: 1, liveBytes: 0, peakLiveBytes: 48 },
    ]);
    expect(counts.bySite()).toMatchObject([
      { site: "reader", liveCount: 2 },
      { site: "parser", liveCount: 0, peakLiveBytes: 48 },
    ]);
    expect(counts.total()).toMatchObject({ allocatedCount: 3, liveCount: 2, liveBytes: 5048 });
  });

  it("gives a reallocated block to the site that asked for it", () => {
    const { sites, counts, obj } = makeCounting();
    sites.enter(sites.numberOf("first"));
    const block = obj.allocate(40);
    sites.enter(sites.numberOf("second"));
    obj.reallocate(block, 400);
    expect(counts.bySite()).toMatchObject([
      { site: "second", liveBytes: 400 },
      { site: "first", liveBytes: 0 },
    ]);
  });

  it("lets blocks through that it never saw, and counts nothing that was refused", () => {
    const { below, counts, obj } = makeCounting();
    const stranger = below.allocate(40);
    const moved = obj.reallocate(stranger, 400);
    obj.free(moved);
    expect(() => obj.free(moved)).toThrow();
    expect(() => obj.allocate(-1)).toThrow(UsageError);
    expect(obj.tryAllocate(2 ** 31)).toBe(0);
    expect(counts.total()).toMatchObject({ allocatedCount: 0, freedCount: 0 });
    obj.validate();
  });

  it("refuses to be made for what is no domain", () => {
    const { wrap } = makeCounting();
    expect(() => wrap("object" as "obj")).toThrow(UsageError);
  });

  it("notices a counted block that was freed past it", () => {
    const { below, obj } = makeCounting();
    below.free(obj.allocate(40));
    expect(() => obj.validate()).toThrow(HeapCorruptionError);
  });

  it("agrees with a table of what every site holds, whatever happens", () => {
    const step = fc.record({
      site: fc.nat({ max: 3 }),
      isMem: fc.boolean(),
      pick: fc.nat({ max: 99 }),
      requestBytes: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { below, sites, counts, mem, obj } = makeCounting();
        const numbers = ["a", "b", "c", "d"].map(sites.numberOf);
        const live: { block: Block; site: string; isMem: boolean }[] = [];
        for (const { site, isMem, pick, requestBytes } of steps) {
          sites.enter(numbers[site] ?? 0);
          if (requestBytes >= 0) {
            const block = (isMem ? mem : obj).allocate(requestBytes);
            live.push({ block, site: sites.nameOf(numbers[site] ?? 0), isMem });
          } else {
            const [victim] = live.splice(pick % Math.max(1, live.length), 1);
            if (victim !== undefined) (victim.isMem ? mem : obj).free(victim.block);
          }
          mem.validate();
          obj.validate();
        }
        const bytesOf = (of: (each: (typeof live)[number]) => boolean) =>
          live.filter(of).reduce((sum, { block }) => sum + below.usableSizeBytes(block), 0);
        for (const row of counts.bySite()) {
          expect(row.liveBytes).toBe(bytesOf(({ site }) => site === row.site));
        }
        expect(counts.byDomain()[1]?.liveBytes).toBe(bytesOf(({ isMem }) => isMem));
      }),
      { numRuns: Number(process.env.OURO_RUNS ?? 50) },
    );
  });
});

describe("allocation sites", () => {
  it("number names once and come back to the site before", () => {
    const sites = createAllocationSites();
    const parser = sites.numberOf("parser");
    expect(sites.numberOf("parser")).toBe(parser);
    expect(sites.current()).toBe(0);
    expect(sites.enter(parser)).toBe(0);
    expect(sites.nameOf(sites.current())).toBe("parser");
    expect(sites.enter(0)).toBe(parser);
    expect(sites.nameOf(0)).toBe("unknown site");
    expect(() => sites.enter(7)).toThrow(UsageError);
    expect(() => sites.nameOf(0.5)).toThrow(UsageError);
  });

  it("ask the caller's description at each request", () => {
    let line = 1;
    const sites = createAllocationSites({ describe: () => `main.py:${line}` });
    const first = sites.current();
    line = 2;
    expect(sites.current()).not.toBe(first);
    expect(sites.nameOf(first)).toBe("main.py:1");
  });
});
