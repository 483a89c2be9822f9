import { createPrivateHeap } from "@ouro/heap";
import {
  type Block,
  BlockOverrunError,
  DoubleFreeError,
  InvalidAddressError,
  OutOfMemoryError,
  UsageError,
  UseAfterFreeError,
  WrongDomainError,
} from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import {
  type CheckedAllocatorOptions,
  createAllocationSites,
  createCheckedAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
  formatLeakReport,
} from "../src/index.js";
import { CHECKED_MISUSE, checkedMisuseProperty, thrownBy } from "./checked-misuse.js";

type Choices = Partial<CheckedAllocatorOptions> & { limitBytes?: number };

function makeChecked({ limitBytes, ...options }: Choices = {}) {
  const limit = limitBytes === undefined ? {} : { limitBytes };
  const heap = createPrivateHeap({ reservationBytes: 2 ** 24, ...limit });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const below = createSizeRouter({ source: heap, small, large });
  const sites = createAllocationSites();
  const wrap = (more: Partial<CheckedAllocatorOptions> = {}) =>
    createCheckedAllocator(below, { source: heap, sites, ...options, ...more });
  const at = (name: string) => void sites.enter(sites.numberOf(name));
  return { heap, below, sites, at, wrap, checked: wrap() };
}

describe("the checked allocator", () => {
  it("fills fresh and dead bytes and fences as CPython's debug hooks do", () => {
    const { heap, checked } = makeChecked();
    const block = checked.allocate(13);
    const start = block * 4;
    expect(checked.usableSizeBytes(block)).toBe(13);
    expect([...heap.bytes.subarray(start, start + 13)]).toEqual(Array(13).fill(0xcd));
    expect([...heap.bytes.subarray(start - 8, start)]).toEqual(Array(8).fill(0xfd));
    expect([...heap.bytes.subarray(start + 13, start + 21)]).toEqual(Array(8).fill(0xfd));
    checked.free(block);
    expect([...heap.bytes.subarray(start, start + 13)]).toEqual(Array(13).fill(0xdd));
    const zeroed = checked.allocateZeroed(13) * 4;
    expect([...heap.bytes.subarray(zeroed, zeroed + 13)]).toEqual(Array(13).fill(0));
  });

  it.each([
    ["the byte behind a block", 13, 13],
    ["the last byte of the fence behind a block", 13, 20],
    ["the byte behind a block of whole words", 16, 16],
    ["the byte behind a block of nothing", 0, 0],
    ["the byte before a block", 13, -1],
    ["the first byte of the fence before a block", 13, -8],
    ["the serial in the header", 13, -20],
    ["the site in the header", 13, -16],
    ["where the freeing site will stand", 13, -28],
    ["the first byte of the header", 13, -32],
  ])("notices a write to %s, with size, serial and site", (_, requestBytes, offsetBytes) => {
    const { heap, at, checked } = makeChecked();
    checked.allocate(8);
    at("parser: tokens");
    const block = checked.allocate(requestBytes);
    at("elsewhere");
    const target = block * 4 + offsetBytes;
    const isSealed = offsetBytes < -8 && offsetBytes >= -24;
    heap.bytes[target] = (heap.bytes[target] as number) ^ 1;
    for (const call of [
      () => checked.free(block),
      () => checked.reallocate(block, 100),
      () => checked.usableSizeBytes(block),
    ]) {
      const error = thrownBy(call) as BlockOverrunError;
      expect(error).toBeInstanceOf(BlockOverrunError);
      expect(error).toMatchObject({ block, requestBytes, domain: "obj" });
      expect(error.offsetBytes < 0).toBe(offsetBytes < 0);
      if (isSealed) continue;
      const facts = { offsetBytes, serial: 2, allocationSite: "parser: tokens" };
      expect(error).toMatchObject({ ...facts, freeingSite: undefined });
      expect(error.message).toContain("allocated at parser: tokens");
    }
    expect(() => checked.validate()).toThrow(isSealed ? /overwritten/ : BlockOverrunError);
    // The rest of the heap is as usable as before.
    checked.free(checked.allocate(100));
    heap.bytes[target] = (heap.bytes[target] as number) ^ 1;
    checked.free(block);
    checked.validate();
  });

  it("lets an overrun block be freed once it was repaired", () => {
    const { heap, checked } = makeChecked();
    const block = checked.allocate(13);
    heap.bytes.fill(0, block * 4 + 13, block * 4 + 16);
    expect(() => checked.free(block)).toThrow(BlockOverrunError);
    checked.repair(block);
    checked.free(block);
    expect(() => checked.repair(block)).toThrow(DoubleFreeError);
  });

  it("tells of a double free with both sites, also after the block went down", () => {
    const { at, checked } = makeChecked();
    at("maker");
    const block = checked.allocate(40);
    at("first owner");
    checked.free(block);
    at("second owner");
    const facts = {
      block,
      requestBytes: 40,
      serial: 1,
      allocationSite: "maker",
      freeingSite: "first owner",
    };
    for (let round = 0; round < 2; round++) {
      const error = thrownBy(() => checked.free(block));
      expect(error).toBeInstanceOf(DoubleFreeError);
      expect(error).toMatchObject(facts);
      checked.release();
    }
    expect(checked.factsOf(block)).toMatchObject(facts);
    expect(checked.factsOf(4)).toBeUndefined();
  });

  it("tells in which block an interior number lies, and refuses a foreign one", () => {
    const { below, at, checked } = makeChecked();
    at("maker");
    const block = checked.allocate(100);
    const error = thrownBy(() => checked.free((block + 4) as Block));
    expect(error).toBeInstanceOf(InvalidAddressError);
    expect(error).toMatchObject({ address: block + 4, inside: { block, allocationSite: "maker" } });
    expect((error as Error).message).toContain(`inside block ${block}`);
    expect((error as Error).message).toContain("allocated at maker. Pass");
    const foreign = below.allocate(100);
    expect(thrownBy(() => checked.free(foreign))).not.toHaveProperty("inside");
    expect(() => checked.free(Number.NaN as Block)).toThrow(InvalidAddressError);
    expect(checked.owns(block)).toBe(true);
  });

  it("refuses to be made for what is no domain", () => {
    const { wrap } = makeChecked();
    expect(() => wrap({ domain: "object" as "obj" })).toThrow(UsageError);
  });

  it("refuses a free in another domain, and frees it in its own", () => {
    const { at, checked: obj, wrap } = makeChecked();
    const mem = wrap({ domain: "mem" });
    at("maker");
    const block = mem.allocate(24);
    const error = thrownBy(() => obj.free(block));
    expect(error).toBeInstanceOf(WrongDomainError);
    expect(error).toMatchObject({
      domain: "mem",
      calledDomain: "obj",
      block,
      requestBytes: 24,
      allocationSite: "maker",
    });
    expect(mem.owns(block)).toBe(true);
    expect(obj.owns(block)).toBe(false);
    mem.free(block);
    mem.validate();
    obj.validate();
  });

  it("notices a write after the free at the next validate", () => {
    const { heap, at, checked } = makeChecked();
    at("maker");
    const block = checked.allocate(100);
    at("owner");
    checked.free(block);
    heap.bytes[block * 4 + 57] = 1;
    const error = thrownBy(() => checked.validate());
    expect(error).toBeInstanceOf(UseAfterFreeError);
    const sites = { allocationSite: "maker", freeingSite: "owner" };
    expect(error).toMatchObject({ block, requestBytes: 100, offsetBytes: 57, serial: 1, ...sites });
  });

  it("notices it when the block leaves the queue, and leaves that call's own block alone", () => {
    const { heap, below, checked } = makeChecked({ holdBytes: 500 });
    const victim = checked.allocate(200);
    const others = [checked.allocate(200), checked.allocate(200)] as const;
    checked.free(victim);
    heap.words[victim + 49] = 0;
    checked.free(others[0]);
    expect(() => checked.free(others[1])).toThrow(UseAfterFreeError);
    expect(checked.owns(others[1])).toBe(true);
    checked.free(others[1]);
    checked.release();
    checked.validate();
    expect(below.statistics().liveBlockCount).toBe(0);
  });

  it("a reallocation that meets a written block changes nothing", () => {
    const { heap, checked } = makeChecked({ holdBytes: 500 });
    const [victim, other, block] = [200, 200, 200].map((bytes) => checked.allocate(bytes)) as [
      Block,
      Block,
      Block,
    ];
    checked.free(victim);
    checked.free(other);
    heap.words[victim] = 0;
    const liveCount = checked.statistics().liveBlockCount;
    expect(() => checked.reallocate(block, 100)).toThrow(UseAfterFreeError);
    expect(checked.statistics().liveBlockCount).toBe(liveCount);
    checked.validate();
  });

  it("moves every reallocated block, so that its old number is found out", () => {
    const { checked } = makeChecked();
    const block = checked.allocate(100);
    const moved = checked.reallocate(block, 101);
    expect(moved).not.toBe(block);
    expect(() => checked.free(block)).toThrow(DoubleFreeError);
  });

  it("fills and checks a large block at both its ends", () => {
    const { heap, checked } = makeChecked({ fillLimitBytes: 1024, holdBytes: 2 ** 20 });
    for (const [offset, isSeen] of [
      [0, true],
      [511, true],
      [9999, true],
      [9600, true],
      [5000, false],
    ] as const) {
      const block = checked.allocate(10_000);
      checked.free(block);
      heap.bytes[block * 4 + offset] = 1;
      const error = thrownBy(() => checked.release());
      expect(error instanceof UseAfterFreeError, `offset ${offset}`).toBe(isSeen);
    }
  });

  it("gives up what it holds back before it says that memory ran out", () => {
    const { checked } = makeChecked({ limitBytes: 2 ** 20, holdBytes: 2 ** 20 });
    const blocks = Array.from({ length: 9 }, () => checked.allocate(100_000));
    for (const block of blocks) checked.free(block);
    expect(checked.tryAllocate(900_000)).toBeGreaterThan(0);
    expect(() => checked.allocate(900_000)).toThrow(OutOfMemoryError);
    expect(checked.tryAllocate(900_000)).toBe(0);
  });

  it("reports at its close what still lives, by site", () => {
    const { at, checked } = makeChecked();
    at("reader");
    const first = checked.allocate(10);
    checked.free(checked.allocate(5000));
    checked.allocate(20);
    at("writer");
    checked.allocate(500);
    const leaks = checked.close();
    expect(leaks).toEqual([
      expect.objectContaining({ site: "writer", blockCount: 1, requestBytes: 500 }),
      {
        site: "reader",
        domain: "obj",
        blockCount: 2,
        requestBytes: 30,
        oldestBlock: first,
        oldestSerial: 1,
      },
    ]);
    expect(formatLeakReport(leaks)).toMatch(
      /^3 blocks of 530 bytes were never freed:\n +500 bytes in 1 blocks {2}obj {2}writer/,
    );
    expect(formatLeakReport([])).toBe("No block is left.\n");
  });

  it("opens what another view of the heap checked, and names its sites by number", () => {
    const { heap, below, at, checked } = makeChecked();
    at("maker");
    const block = checked.allocate(40);
    const again = createCheckedAllocator(below, { source: heap, sites: createAllocationSites() });
    expect(again.factsOf(block)).toMatchObject({ serial: 1, allocationSite: "site 1" });
    again.free(block);
    expect(checked.owns(block)).toBe(false);
    checked.validate();
  });

  it("serves what the allocator below serves, less its header and fences", () => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 22 });
    const pools = createPoolAllocator({ source: heap });
    const checked = createCheckedAllocator(pools, { source: heap });
    expect(checked.requestLimitBytes).toBe(469);
    expect(checked.usableSizeBytes(checked.allocate(469))).toBe(469);
    expect(() => checked.allocate(470)).toThrow(UsageError);
    expect(() => checked.allocate(1.5)).toThrow(UsageError);
  });
});

it(`over any allocator, the checked layer ${CHECKED_MISUSE}`, () => {
  fc.assert(checkedMisuseProperty(parts), { numRuns: Number(process.env.OURO_RUNS ?? 200) });
});
