// The counting layer: every block that goes through it is counted by size class, domain and site
// (allocation-counts.ts). The allocator below is not touched and neither are its blocks; which site
// a live block came from, a table of this layer knows. A reallocation counts as a free and an
// allocation, the new block belongs to the site that asked for it.
//
//   program → counting(mem) ─┐                          ┌─ by class
//   program → counting(obj) ─┴→ allocators below        ├─ by domain    one AllocationCounts
//                   └───────────── add, remove ────────→└─ by site
//
// What was allocated past the layer is let through and not counted.

import {
  type Allocator,
  type Block,
  checkOptions,
  expectSound,
  type SweepableAllocator,
} from "@ouro/interfaces";
import { type AllocationCounts, type AllocationDomain, expectDomain } from "./allocation-counts.js";

/** What a counting layer counts into, and as whose. */
export interface CountingAllocatorOptions {
  /** Where blocks are counted; layers of several domains may share one. */
  counts: AllocationCounts;
  /** The domain that its blocks are counted under. Default `obj`. */
  domain?: AllocationDomain;
}

/** Wraps an allocator so that its blocks are counted. Throws `UsageError` for what is no domain. */
export function createCountingAllocator(
  allocator: Allocator,
  options: CountingAllocatorOptions,
): Allocator {
  checkOptions("createCountingAllocator", options, "counts|domain");
  const { counts, domain = "obj" } = options;
  expectDomain("createCountingAllocator", domain);
  const { sites } = counts;
  const { usableSizeBytes } = allocator;
  const siteOf = new Map<number, number>();
  let liveBytes = 0;

  function given(block: Block): Block {
    if (block === 0) return block;
    const site = sites === undefined ? 0 : sites.current();
    const sizeBytes = usableSizeBytes(block);
    siteOf.set(block, site);
    liveBytes += sizeBytes;
    counts.add(domain, site, sizeBytes);
    return block;
  }

  function freed(block: Block, sizeBytes: number): void {
    const site = siteOf.get(block);
    if (site === undefined) return;
    siteOf.delete(block);
    liveBytes -= sizeBytes;
    counts.remove(domain, site, sizeBytes);
  }

  // What a sweep takes is never told here: a layer that counts blocks offers none.
  const {
    beginSweep: _begin,
    finishSweep: _finish,
    isSweeping: _is,
    ...below
  } = allocator as Allocator & Partial<SweepableAllocator>;
  return {
    ...below,
    tryAllocate: (requestBytes) => given(allocator.tryAllocate(requestBytes)),
    allocate: (requestBytes) => given(allocator.allocate(requestBytes)),
    allocateZeroed: (requestBytes) => given(allocator.allocateZeroed(requestBytes)),
    reallocate(block, requestBytes) {
      const sizeBytes = usableSizeBytes(block);
      const isCounted = siteOf.has(block);
      const moved = allocator.reallocate(block, requestBytes);
      if (!isCounted) return moved;
      freed(block, sizeBytes);
      return given(moved);
    },
    free(block) {
      const sizeBytes = usableSizeBytes(block);
      allocator.free(block);
      freed(block, sizeBytes);
    },
    /** Every counted block is live below, and their bytes are what was counted. */
    validate() {
      allocator.validate();
      counts.validate();
      let bytes = 0;
      for (const block of siteOf.keys()) {
        expectSound(allocator.owns(block), "counting layer", block, "a counted block is not live");
        bytes += usableSizeBytes(block as Block);
      }
      expectSound(bytes === liveBytes, "counting layer", 0, "live bytes");
    },
  };
}
