// Ours: a private heap with the pool allocator, alone and behind the size router, and layers over
// them.

import {
  assertedAllocator,
  createCheckedAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
} from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, AssertionLevel, Block } from "@ouro/interfaces";
import { createNumberSlots, type Handle, type Subject } from "../subject.js";

/** Reserved, not resident: only what is touched counts. */
const RESERVATION_BYTES = 2 ** 30;

function subjectOf(allocator: Allocator, bytes: Uint8Array): Subject {
  return {
    allocate: allocator.allocate as Subject["allocate"],
    allocateZeroed: allocator.allocateZeroed as Subject["allocate"],
    reallocate: allocator.reallocate as unknown as NonNullable<Subject["reallocate"]>,
    free: allocator.free as Subject["free"],
    touch(handle: Handle) {
      // A byte: recorded programs ask for one to three as well.
      bytes[(handle as Block) << 2] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}

export function createPoolSubject(level: AssertionLevel = "off"): Subject {
  const heap = createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
  const pools = createPoolAllocator({ source: heap });
  return subjectOf(assertedAllocator(pools, level), heap.bytes);
}

export function createRouterSubject(isChecked = false): Subject {
  const heap = createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const router = createSizeRouter({ source: heap, small, large });
  const allocator = isChecked ? createCheckedAllocator(router, { source: heap }) : router;
  return subjectOf(allocator, heap.bytes);
}
