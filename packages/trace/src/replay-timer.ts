// Measures the time of an allocator on a trace: whole passes over decoded events in a loop that
// does nothing else. What lives after a pass is freed before the next, untimed. The loop's own
// price is measured by the same loop with no allocator in it.
//
// After the recorded figures of the real allocators: the first word of a new block is written, if
// it has one, and the first pass, in which the heap grows, is told apart from the others.

import {
  type Allocator,
  type Block,
  isOuroError,
  type OutOfMemoryError,
  UsageError,
  WORD_SIZE_BYTES,
} from "@ouro/interfaces";
import {
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MASK,
  OPERATION_REALLOC,
} from "./allocation-trace-format.js";
import { ReplayOutOfMemoryError } from "./replay-error.js";
import type { TraceEvents } from "./trace-events.js";

/** The clock to measure with, and how often. */
export interface ReplayTimingOptions {
  /** A monotonic clock, `performance.now` for example. Unit: milliseconds. */
  readonly nowMs: () => number;
  /** Passes after the first. Default: 5. */
  readonly passCount?: number;
}

/** Unit: nanoseconds per event. Smallest, median, largest and spread leave the first pass out. */
export interface ReplayTiming {
  readonly firstPassNsPerEvent: number;
  readonly minNsPerEvent: number;
  readonly medianNsPerEvent: number;
  readonly maxNsPerEvent: number;
  /** (largest − smallest) / median. */
  readonly spread: number;
  readonly passesNsPerEvent: readonly number[];
}

const DEFAULT_PASS_COUNT = 5;
const NANOSECONDS_PER_MILLISECOND = 1e6;
/** The loops run in spans: one call for a whole pass would be optimised in its middle only. */
const SPAN_EVENT_COUNT = 16384;

/**
 * Times passes over the events on `allocator`, whose blocks lie in `words`. Give it an allocator of
 * its own: counters and arenas change. Events must be a reader's or recorder's. Throws
 * `ReplayOutOfMemoryError` naming the event, with nothing left allocated. O(events × passes).
 */
export function timeReplay(
  events: TraceEvents,
  allocator: Allocator,
  words: Int32Array,
  options: ReplayTimingOptions,
): ReplayTiming {
  const blocks = new Int32Array(events.idCount);
  const freeLive = (): void => {
    for (let id = 0; id < blocks.length; id++) {
      const block = blocks[id] as Block;
      if (block !== 0) allocator.free(block);
      blocks[id] = 0;
    }
  };
  return timePasses(events.eventCount, options, {
    pass() {
      try {
        replayPass(events, allocator, words, blocks);
      } catch (error) {
        freeLive();
        throw error;
      }
    },
    rewind: freeLive,
  });
}

/** The same loop with no allocator: subtract it from the others. O(events × passes). */
export function timeEmptyReplay(events: TraceEvents, options: ReplayTimingOptions): ReplayTiming {
  const blocks = new Int32Array(events.idCount);
  return timePasses(events.eventCount, options, {
    pass: () => emptyPass(events, blocks),
    rewind: () => blocks.fill(0),
  });
}

function timePasses(
  eventCount: number,
  options: ReplayTimingOptions,
  steps: { readonly pass: () => void; readonly rewind: () => void },
): ReplayTiming {
  const { nowMs, passCount = DEFAULT_PASS_COUNT } = options;
  if (!Number.isInteger(passCount) || passCount < 1) {
    const remedy = "Pass an integer from 1.";
    const problem = "is no number of passes";
    throw new UsageError({
      where: "timeReplay",
      argument: `passCount ${passCount}`,
      problem,
      remedy,
    });
  }
  const nsPerEvent: number[] = [];
  for (let passIndex = 0; passIndex <= passCount; passIndex++) {
    const startMs = nowMs();
    steps.pass();
    const elapsedMs = nowMs() - startMs;
    nsPerEvent.push((elapsedMs * NANOSECONDS_PER_MILLISECOND) / Math.max(1, eventCount));
    steps.rewind();
  }
  const [first, ...passes] = nsPerEvent as [number, ...number[]];
  const sorted = [...passes].sort((a, b) => a - b);
  const min = sorted[0] as number;
  const max = sorted[sorted.length - 1] as number;
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
  return {
    firstPassNsPerEvent: first,
    minNsPerEvent: min,
    medianNsPerEvent: median,
    maxNsPerEvent: max,
    spread: median > 0 ? (max - min) / median : 0,
    passesNsPerEvent: passes,
  };
}

/** One pass; `blocks` is left as the events leave it. */
function replayPass(
  events: TraceEvents,
  allocator: Allocator,
  words: Int32Array,
  blocks: Int32Array,
): void {
  for (let from = 0; from < events.eventCount; from += SPAN_EVENT_COUNT) {
    replaySpan(events, allocator, words, blocks, from);
  }
}

function replaySpan(
  events: TraceEvents,
  allocator: Allocator,
  words: Int32Array,
  blocks: Int32Array,
  from: number,
): void {
  const { kinds, ids, sizesBytes, eventCount } = events;
  const to = Math.min(eventCount, from + SPAN_EVENT_COUNT);
  let index = from;
  try {
    for (; index < to; index++) {
      const operation = (kinds[index] as number) & OPERATION_MASK;
      const id = ids[index] as number;
      if (operation === OPERATION_FREE) {
        allocator.free(blocks[id] as Block);
        blocks[id] = 0;
      } else if (operation === OPERATION_MALLOC) {
        const sizeBytes = sizesBytes[index] as number;
        const block = allocator.allocate(sizeBytes);
        if (sizeBytes >= WORD_SIZE_BYTES) words[block] = id;
        blocks[id] = block;
      } else if (operation === OPERATION_REALLOC) {
        blocks[id] = allocator.reallocate(blocks[id] as Block, sizesBytes[index] as number);
      } else if (operation === OPERATION_CALLOC) {
        const sizeBytes = sizesBytes[index] as number;
        const block = allocator.allocateZeroed(sizeBytes);
        if (sizeBytes >= WORD_SIZE_BYTES) words[block] = id;
        blocks[id] = block;
      }
    }
  } catch (error) {
    if (!isOuroError(error, "out-of-memory")) throw error;
    throw new ReplayOutOfMemoryError(error as OutOfMemoryError, events, index, index);
  }
}

/** As `replayPass`, with a number in the place of each block. */
function emptyPass(events: TraceEvents, blocks: Int32Array): void {
  const oneWord = new Int32Array(1);
  for (let from = 0; from < events.eventCount; from += SPAN_EVENT_COUNT) {
    emptySpan(events, oneWord, blocks, from);
  }
}

function emptySpan(
  events: TraceEvents,
  oneWord: Int32Array,
  blocks: Int32Array,
  from: number,
): void {
  const { kinds, ids, sizesBytes, eventCount } = events;
  const to = Math.min(eventCount, from + SPAN_EVENT_COUNT);
  for (let index = from; index < to; index++) {
    const operation = (kinds[index] as number) & OPERATION_MASK;
    const id = ids[index] as number;
    if (operation === OPERATION_FREE) {
      oneWord[0] = blocks[id] as number;
      blocks[id] = 0;
    } else if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) {
      const sizeBytes = sizesBytes[index] as number;
      if (sizeBytes >= WORD_SIZE_BYTES) oneWord[0] = id;
      blocks[id] = sizeBytes;
    } else if (operation === OPERATION_REALLOC) {
      blocks[id] = (blocks[id] as number) + (sizesBytes[index] as number);
    }
  }
}
