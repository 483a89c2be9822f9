// An allocator with assertions around each call. Refusals are the allocator's own and stay whatever
// the level; these are facts that must hold of a call that was not refused. At `off` there is no
// layer at all: the allocator itself is handed back.
//
//   cheap       alignment, ownership and usable size of what a call gave or took: O(1)
//   expensive   and validate() after each call that changes something: O(heap)

import {
  type Allocator,
  type AssertionLevel,
  assert,
  type Block,
  GRANULE_SIZE_WORDS,
  UsageError,
} from "@ouro/interfaces";

/** Wraps an allocator in assertions of a level. Throws `AssertionError` where one fails. */
export function assertedAllocator(allocator: Allocator, level: AssertionLevel): Allocator {
  if (level === "off") return allocator;
  if (level !== "cheap" && level !== "expensive") {
    throw new UsageError({
      where: "assertedAllocator",
      argument: `level "${level}"`,
      problem: "is no assertion level",
      remedy: "Choose from off, cheap, expensive.",
    });
  }
  const { tryAllocate, allocate, allocateZeroed, reallocate, free, validate } = allocator;
  const after = level === "expensive" ? validate : () => {};

  function given(block: Block, requestBytes: number): Block {
    assert(block > 0, "a block is not at word 0");
    assert(block % GRANULE_SIZE_WORDS === 0, "a block is aligned to a granule");
    assert(allocator.owns(block), "a block just given is live");
    assert(allocator.usableSizeBytes(block) >= requestBytes, "a block holds its request");
    after();
    return block;
  }

  function trim(): void {
    allocator.trim?.();
    after();
  }

  return {
    ...allocator,
    tryAllocate(requestBytes) {
      const block = tryAllocate(requestBytes);
      return block === 0 ? block : given(block, requestBytes);
    },
    allocate: (requestBytes) => given(allocate(requestBytes), requestBytes),
    allocateZeroed: (requestBytes) => given(allocateZeroed(requestBytes), requestBytes),
    reallocate(block, requestBytes) {
      const moved = reallocate(block, requestBytes);
      assert(moved === block || !allocator.owns(block), "a moved block is free at its old place");
      return given(moved, requestBytes);
    },
    free(block) {
      free(block);
      assert(!allocator.owns(block), "a freed block is not live");
      after();
    },
    ...(allocator.trim === undefined ? {} : { trim }),
  };
}
