import { createPrivateHeap } from "@ouro/heap";
import {
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REALLOCATE,
  EVENT_BLOCK_REQUEST,
  EVENT_REQUEST_REFUSE,
  UsageError,
  WrongDomainError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  ALLOCATION_DOMAINS,
  createAllocatorDomains,
  createCheckedAllocator,
  createPoolAllocator,
} from "../src/index.js";

function makeDomains() {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 24 });
  const pools = createPoolAllocator({ source: heap });
  const raw = createPoolAllocator({ source: heap, name: "raw-pools" });
  return { heap, pools, raw, domains: createAllocatorDomains({ raw, mem: pools, obj: pools }) };
}

describe("allocator domains", () => {
  it("are looked up at each call, so that a hook needs no other part's help", () => {
    const { domains, pools } = makeDomains();
    const { obj, mem } = domains;
    const seen: number[] = [];
    const stop = domains.trace("obj", { event: (code) => void seen.push(code) });
    const block = obj.reallocate(obj.allocate(40), 400);
    mem.free(mem.allocate(40));
    obj.free(block);
    expect(seen).toEqual([EVENT_BLOCK_REQUEST, EVENT_BLOCK_REALLOCATE, EVENT_BLOCK_FREE]);
    stop();
    expect(domains.get("obj")).toBe(pools);
    obj.free(obj.allocate(40));
    expect(seen).toHaveLength(3);
  });

  it("chain hooks, which end in the reverse order", () => {
    const { domains } = makeDomains();
    const counts = [0, 0];
    const observe = (index: number) => ({
      event: () => {
        counts[index] = (counts[index] as number) + 1;
      },
    });
    const stopFirst = domains.trace("mem", observe(0));
    const stopSecond = domains.trace("mem", observe(1));
    domains.mem.allocate(8);
    expect(counts).toEqual([1, 1]);
    expect(stopFirst).toThrow(/reverse order/);
    stopSecond();
    stopFirst();
    domains.mem.allocate(8);
    expect(counts).toEqual([1, 1]);
  });

  it("find a block that crosses domains when each is checked", () => {
    const { heap, domains, pools } = makeDomains();
    for (const domain of ALLOCATION_DOMAINS) {
      domains.set(domain, createCheckedAllocator(pools, { source: heap, domain }));
    }
    const block = domains.raw.allocate(24);
    expect(() => domains.obj.free(block)).toThrow(WrongDomainError);
    expect(domains.raw.usableSizeBytes(block)).toBe(24);
    domains.raw.free(block);
    for (const domain of ALLOCATION_DOMAINS) domains[domain].validate();
  });

  it("refuse an allocator that does not know what lives, and domains that are none", () => {
    const { domains, pools, raw } = makeDomains();
    const block = domains.obj.allocate(24);
    expect(() => domains.set("obj", raw)).toThrow(UsageError);
    expect(domains.get("obj")).toBe(pools);
    domains.obj.free(block);
    domains.set("obj", raw);
    expect(domains.obj.name).toBe("raw-pools");
    expect(domains.obj.requestLimitBytes).toBe(512);
    for (const call of [
      () => domains.get("gil" as never),
      () => domains.set("gil" as never, raw),
      () => domains.trace("gil" as never, { event() {} }),
    ]) {
      expect(call).toThrow(/Choose from raw, mem, obj/);
    }
  });

  it("offer every call of an allocator", () => {
    const { heap, domains } = makeDomains();
    const { raw } = domains;
    const block = raw.allocateZeroed(32);
    expect(heap.words.subarray(block, block + 8).every((word) => word === 0)).toBe(true);
    expect(raw.owns(raw.tryAllocate(8))).toBe(true);
    const walked: number[] = [];
    raw.walk((each) => walked.push(each));
    expect(walked).toHaveLength(2);
    expect(raw.statistics().liveBlockCount).toBe(2);
    raw.validate();
  });

  it("say what cannot be: a strange allocator, a hook that is not the newest, no domain", () => {
    const { domains, raw } = makeDomains();
    const block = domains.obj.allocate(24);
    domains.set("mem", domains.get("mem"));
    expect(() => domains.set("obj", raw)).toThrow(
      `domains.set: allocator "raw-pools" does not know block ${block}, which lives in domain ` +
        "obj. Set a layer over the allocator in place, or do so before anything lives.",
    );
    const stop = domains.trace("mem", { event() {} });
    domains.trace("mem", { event() {} });
    expect(stop).toThrow(
      "domains.trace: the hook of domain mem is not the newest one. " +
        "End hooks in the reverse order of their setting.",
    );
    const none = '"gil" is no domain. Choose from raw, mem, obj.';
    expect(() => domains.get("gil" as never)).toThrow(`domains.get: ${none}`);
    expect(() => domains.set("gil" as never, raw)).toThrow(`domains.set: ${none}`);
    expect(() => domains.trace("gil" as never, { event() {} })).toThrow(`domains.trace: ${none}`);
  });

  it("tell a hook of a refusal with the limits that it was given", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 22, limitBytes: 0 });
    const pools = createPoolAllocator({ source: heap });
    const domains = createAllocatorDomains({ raw: pools, mem: pools, obj: pools });
    const seen: number[][] = [];
    const observer = {
      event: (code: number, a: number, b: number, c: number) => void seen.push([code, a, b, c]),
    };
    domains.trace("raw", observer);
    domains.trace("obj", observer, () => ({ lentBytes: 5, limitBytes: 6 }));
    expect(domains.raw.tryAllocate(16)).toBe(0);
    expect(domains.obj.tryAllocate(16)).toBe(0);
    expect(seen).toEqual([
      [EVENT_REQUEST_REFUSE, 16, 0, 0],
      [EVENT_REQUEST_REFUSE, 16, 5, 6],
    ]);
  });

  it("trim and validate what stands in a domain now", () => {
    const { heap, domains } = makeDomains();
    domains.raw.free(domains.raw.allocate(24));
    expect(heap.statistics().lentArenaCount).toBe(1);
    domains.raw.trim?.();
    expect(heap.statistics().lentArenaCount).toBe(0);
    const block = domains.raw.allocate(24);
    heap.words[heap.arenaTable + (block >>> 18)] = 0;
    expect(() => domains.raw.validate()).toThrow(/arena count/);
    domains.obj.validate();
    const { trim: _, ...without } = domains.get("obj");
    domains.set("obj", without);
    domains.obj.trim?.();
  });
});
