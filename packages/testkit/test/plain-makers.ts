// Makers of sound subjects, as plain as can be, for tests that say something false of them.

import {
  createBumpAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
} from "@ouro/allocator";
import { createSubtractDetector } from "@ouro/cycle-detector";
import { createPrivateHeap } from "@ouro/heap";
import type { PrivateHeap } from "@ouro/interfaces";
import { createTypeTable } from "@ouro/object-model";
import fc from "fast-check";
import {
  type AllocatorMaker,
  type AllocatorSubject,
  type DetectorMaker,
  requestSizes,
} from "../src/index.js";

/** Over a heap that is given, or one of its own. */
export interface PlainAllocators extends AllocatorMaker {
  make(heap?: PrivateHeap): AllocatorSubject;
}

const newHeap = () => createPrivateHeap({ reservationBytes: 2 ** 24 });

export const pools: PlainAllocators = {
  name: "pool allocator",
  keptArenaCount: 1,
  requestBytes: requestSizes.small,
  bulkBytes: fc.oneof(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 440, max: 512 })),
  make(heap = newHeap()) {
    return { heap, allocator: createPoolAllocator({ source: heap }) };
  },
};

export const large: PlainAllocators = {
  name: "large block allocator",
  overrunKind: "heap-corruption",
  keptArenaCount: 0,
  requestBytes: requestSizes.large,
  bulkBytes: fc.integer({ min: 400, max: 5000 }),
  make(heap = newHeap()) {
    return { heap, allocator: createLargeBlockAllocator({ source: heap }) };
  },
};

export const bump: AllocatorMaker = {
  name: "bump allocator",
  keptArenaCount: 1,
  reusesFreed: false,
  forgetsFreed: true,
  requestBytes: requestSizes.mixed,
  bulkBytes: fc.integer({ min: 1, max: 1200 }),
  make(heap = newHeap()) {
    return { heap, allocator: createBumpAllocator({ source: heap }) };
  },
};

/** The exact detector: in CPython's order. */
export const subtract: DetectorMaker = {
  name: "subtract-references",
  complete: true,
  order: "cpython",
  make() {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 24, regionBytes: 2 ** 22 });
    const borrower = heap.registerBorrower("types");
    const types = createTypeTable({ heap, borrower, typeLimitCount: 16 });
    const marks = heap.reserveRegion(borrower, "marks", 2 ** 19).start;
    const { words } = heap;
    const untrack = () => {};
    const parts = { words, types, marks, immortalCount: 2 ** 30, untrack };
    return { heap, types, marks, detector: createSubtractDetector(parts) };
  },
};
