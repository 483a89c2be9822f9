// Watches over the blocks of a replay: each new block is where a block may be and large enough, a
// zeroed one is zero, and every block still holds its pattern when it is reallocated, freed or
// checked at the end. Findings are counted, and the first of them described.

import {
  type Allocator,
  type Block,
  GRANULE_SIZE_WORDS,
  type LinearMemory,
  WORD_SIZE_BYTES,
} from "@ouro/interfaces";
import { operationName } from "./allocation-trace-format.js";
import { expectedByte, fillPattern, firstNonZero, firstPatternFault } from "./block-pattern.js";

/** A finding of the replay: the allocator did not do what the trace needs. */
export interface ReplayMismatch {
  /** "event 17 (realloc of block 3), byte 8", for example. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

const KEPT_MISMATCH_COUNT = 20;
/** Event index of checks that belong to no event. */
export const AFTER_EVENTS = -1;

export interface ReplayVerifier {
  /** A new block: checks it and writes the pattern. O(size), as the others. */
  place(eventIndex: number, kind: number, id: number, block: Block, sizeBytes: number): void;
  /** As `place`, for a block whose first `sizeBytes` bytes must be zero. */
  placeZeroed(eventIndex: number, kind: number, id: number, block: Block, sizeBytes: number): void;
  /** A reallocated block: checks the bytes it kept, then writes the pattern anew. */
  resize(
    eventIndex: number,
    kind: number,
    id: number,
    block: Block,
    keptBytes: number,
    sizeBytes: number,
  ): void;
  /** Checks the pattern of a live block; false when it is broken. */
  check(eventIndex: number, kind: number, id: number, block: Block, sizeBytes: number): boolean;
  mismatchCount(): number;
  mismatches(): readonly ReplayMismatch[];
}

export function createReplayVerifier(allocator: Allocator, memory: LinearMemory): ReplayVerifier {
  const mismatches: ReplayMismatch[] = [];
  let mismatchCount = 0;

  function report(
    eventIndex: number,
    kind: number,
    id: number,
    detail: string,
    expected: string,
    actual: string,
  ): void {
    mismatchCount++;
    if (mismatches.length === KEPT_MISMATCH_COUNT) return;
    const event = `event ${eventIndex} (${operationName(kind)} of block ${id})`;
    const place = eventIndex === AFTER_EVENTS ? `block ${id} after the events` : event;
    mismatches.push({ where: `${place}, ${detail}`, expected, actual });
  }

  /** A block of size 0 has a pattern too where it has room: else nobody sees two share a place. */
  function patternSizeBytes(block: Block, sizeBytes: number): number {
    if (sizeBytes > 0) return sizeBytes;
    return Math.min(WORD_SIZE_BYTES, allocator.usableSizeBytes(block));
  }

  /** Whether the block may be written to. */
  function checkPlace(
    eventIndex: number,
    kind: number,
    id: number,
    block: Block,
    sizeBytes: number,
  ): boolean {
    const endAddress = block * WORD_SIZE_BYTES + sizeBytes;
    if (!(block > 0) || block % GRANULE_SIZE_WORDS !== 0 || endAddress > memory.bytes.length) {
      const expected = "a multiple of 16 bytes inside the memory";
      report(eventIndex, kind, id, "address", expected, `byte ${block * WORD_SIZE_BYTES}`);
      return false;
    }
    const usableBytes = allocator.usableSizeBytes(block);
    if (usableBytes >= sizeBytes) return true;
    const expected = `at least ${sizeBytes} bytes`;
    report(eventIndex, kind, id, "usable size", expected, `${usableBytes} bytes`);
    return false;
  }

  function checkBytes(
    eventIndex: number,
    kind: number,
    id: number,
    block: Block,
    sizeBytes: number,
  ): boolean {
    const at = firstPatternFault(memory, block, id, sizeBytes);
    if (at < 0) return true;
    const actual = memory.bytes[block * WORD_SIZE_BYTES + at];
    const expected = `${expectedByte(id, at)} (the pattern)`;
    report(eventIndex, kind, id, `byte ${at}`, expected, String(actual));
    return false;
  }

  function place(
    eventIndex: number,
    kind: number,
    id: number,
    block: Block,
    sizeBytes: number,
  ): void {
    if (!checkPlace(eventIndex, kind, id, block, sizeBytes)) return;
    fillPattern(memory, block, id, patternSizeBytes(block, sizeBytes));
  }

  return {
    place,
    placeZeroed(eventIndex, kind, id, block, sizeBytes) {
      const at = firstNonZero(memory, block, sizeBytes);
      if (at >= 0) {
        const actual = memory.bytes[block * WORD_SIZE_BYTES + at];
        report(eventIndex, kind, id, `byte ${at}`, "0 (zeroed block)", String(actual));
      }
      place(eventIndex, kind, id, block, sizeBytes);
    },
    resize(eventIndex, kind, id, block, keptBytes, sizeBytes) {
      if (!checkPlace(eventIndex, kind, id, block, sizeBytes)) return;
      checkBytes(eventIndex, kind, id, block, keptBytes);
      fillPattern(memory, block, id, patternSizeBytes(block, sizeBytes));
    },
    check: (eventIndex, kind, id, block, sizeBytes) =>
      checkBytes(eventIndex, kind, id, block, patternSizeBytes(block, sizeBytes)),
    mismatchCount: () => mismatchCount,
    mismatches: () => [...mismatches],
  };
}
