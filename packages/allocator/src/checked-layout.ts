// A checked block stands in a block of the allocator below, with a header of 32 bytes before it and
// a fence of 8 bytes right behind its last byte:
//
//   │ next │ freed at │ size │ serial │ site │ seal │ FD FD FD FD FD FD FD FD │ block … │ FD × 8 │
//     word 0   1        2      3        4      5      6           7             8
//
//   live    CD, the fresh byte, wherever nothing was written yet; FD in `next` and `freed at`
//   freed   DD, the dead byte; held back in a queue (`next`) before it goes down
//
// The seal is made of the header's place, size, serial, sites, domain and state: no live block's
// contents pass for a header. With the fences, it covers all of a live block's header, so that a
// write there is noticed wherever it went. The header of a block that left
// the queue stays where it was until the memory is used again, so that a late double free can still
// be told with its facts.
//
// The layer's own words, one region of the heap:
//
//   │ serial │ freed count │ first held │ last held │ held bytes │ – – – │
//
// After CPython's debug hooks in `Objects/obmalloc.c` (`_PyMem_DebugRawAlloc`); the queue after
// Valgrind's and AddressSanitizer's.

import type { AllocationDomain } from "./allocation-counts.js";

export const NEXT_HELD = 0;
export const FREEING_SITE = 1;
export const REQUEST = 2;
export const SERIAL = 3;
export const SITE = 4;
export const SEAL = 5;
export const FENCE = 6;
export const CHECKED_HEADER_SIZE_WORDS = 8;
/** What a request grows by, at most: the header, the fence, and up to a whole word. */
export const CHECKED_OVERHEAD_BYTES = CHECKED_HEADER_SIZE_WORDS * 4 + 8 + 3;

/** Offsets in the layer's region. */
export const NEXT_SERIAL = 0;
export const FREED_COUNT = 1;
export const FIRST_HELD = 2;
export const LAST_HELD = 3;
export const HELD_BYTES = 4;
export const CHECKED_REGION_SIZE_WORDS = 8;

/** CPython's bytes, four of each: fresh, dead and fence. */
export const FRESH_WORD = 0xcdcdcdcd | 0;
export const DEAD_WORD = 0xdddddddd | 0;
export const FENCE_WORD = 0xfdfdfdfd | 0;
export const FENCE_BYTE = 0xfd;
export const DEAD_BYTE = 0xdd;

const LIVE = 0x4c495645;
const DEAD = 0x44454144;

/** The letters of PEP 445's domains, as CPython writes them into its headers. */
export const LETTERS: Readonly<Record<AllocationDomain, number>> = {
  raw: 0x72,
  mem: 0x6d,
  obj: 0x6f,
};

/** Bytes of the block below for a request: header and fence, 40, and the bytes in whole words. */
export function checkedSizeBytes(requestBytes: number): number {
  return requestBytes + (-requestBytes & 3) + 40;
}

/** The seal of a header: anything that changes a field breaks it. `mark` is of one of these two. */
export function sealOf(
  base: number,
  requestBytes: number,
  serial: number,
  site: number,
  mark: number,
): number {
  const sites = Math.imul(serial, 0x85ebca6b) ^ Math.imul(site, 0xc2b2ae35);
  return Math.imul(base ^ requestBytes ^ sites, 0x9e3779b1) ^ mark;
}

export function liveMark(letter: number): number {
  return letter ^ LIVE;
}

export function deadMark(letter: number, freeingSite: number): number {
  return letter ^ DEAD ^ Math.imul(freeingSite, 0x27d4eb2f);
}
