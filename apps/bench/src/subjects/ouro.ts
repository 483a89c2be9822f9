// Ours: a private heap with the pool allocator, alone and behind the size router.

import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import type { Allocator, Block } from "@ouro/interfaces";
import { createNumberSlots, type Handle, type Subject } from "../subject.js";

/** Reserved, not resident: only what is touched counts. */
const RESERVATION_BYTES = 2 ** 30;

function subjectOf(allocator: Allocator, words: Int32Array): Subject {
  return {
    allocate: allocator.allocate as Subject["allocate"],
    allocateZeroed: allocator.allocateZeroed as Subject["allocate"],
    reallocate: allocator.reallocate as unknown as NonNullable<Subject["reallocate"]>,
    free: allocator.free as Subject["free"],
    touch(handle: Handle) {
      words[handle as Block] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}

export function createPoolSubject(): Subject {
  const heap = createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
  return subjectOf(createPoolAllocator({ source: heap }), heap.words);
}

export function createRouterSubject(): Subject {
  const heap = createPrivateHeap({ reservationBytes: RESERVATION_BYTES });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  return subjectOf(createSizeRouter({ source: heap, small, large }), heap.words);
}
