// Replays the events of a trace on any allocator. A table gives each id its block and size:
//
//   id           0        1        2
//   blocks     ┌ word   ┬ 0      ┬ word   ┐   0: not made yet, or freed
//   sizes      └ bytes  ┴        ┴ bytes  ┘   as last requested
//
// **Invariant:** between events the table holds exactly the live blocks. This replayer proves and
// measures memory; replay-timer.ts measures time, in a loop that does nothing else.

import {
  type Allocator,
  type Block,
  isOuroError,
  type LinearMemory,
  type OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";
import {
  CHECKPOINT_INTERVAL_EVENTS,
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MASK,
  OPERATION_REALLOC,
  operationName,
} from "./allocation-trace-format.js";
import { ReplayOutOfMemoryError } from "./replay-error.js";
import { type AllocationMeter, createReplayGauge, type MeterFigures } from "./replay-gauge.js";
import { AFTER_EVENTS, createReplayVerifier, type ReplayMismatch } from "./replay-verifier.js";
import type { TraceEvents } from "./trace-events.js";

/** Only the allocator is needed; the rest is for proofs and measurements. */
export interface ReplayerOptions {
  readonly allocator: Allocator;
  /**
   * Writes a pattern made from the id into every block, and checks it on realloc, on free and in
   * `verifyLive()`. Needs `memory`, the one in which the allocator's blocks lie.
   */
  readonly verify?: boolean;
  readonly memory?: LinearMemory;
  readonly meter?: AllocationMeter;
  /** After this event `onWatchedEvent` is called: the footer's `peakLiveBytesEventIndex`, say. */
  readonly watchedEventIndex?: number;
  readonly onWatchedEvent?: () => void;
}

/** What a replay has come to; `figures()` takes it at any time between events. */
export interface ReplayFigures {
  /** Events replayed so far, marks included. */
  readonly eventCount: number;
  readonly liveBlockCount: number;
  /** Requested bytes, as in `peakLiveBytes`. */
  readonly liveBytes: number;
  readonly peakLiveBytes: number;
  readonly peakLiveBytesEventIndex: number;
  /** Undefined without a meter. */
  readonly meter: MeterFigures | undefined;
  /** Findings of `verify`: all are counted, the first 20 kept. */
  readonly mismatchCount: number;
  readonly mismatches: readonly ReplayMismatch[];
}

/** Replays decoded events on one allocator. */
export interface Replayer {
  /**
   * Replays events `from` … `to − 1` (default: all) after those replayed before; ids go on, so a
   * trace may come in batches. Throws `ReplayOutOfMemoryError` naming the event when no memory is
   * left: the events before it stay replayed, `freeAll()` works. Throws `UsageError` for an event
   * that frees or reallocates a block which is not live, or makes one twice. O(events).
   */
  run(events: TraceEvents, from?: number, to?: number): void;
  /** Checks the pattern of all live blocks; answers how many are broken, 0 without `verify`. */
  verifyLive(): number;
  /** Frees every live block in the order of ids, checked first with `verify`. O(ids). */
  freeAll(): void;
  figures(): ReplayFigures;
  /** The live block of an id, 0 if it has none. O(1). */
  blockOf(id: number): number;
}

const FIRST_TABLE_LENGTH = 1024;

/** A replayer for one pass over one trace. Throws `UsageError` for `verify` without `memory`. */
export function createReplayer(options: ReplayerOptions): Replayer {
  const { allocator, memory, meter, onWatchedEvent } = options;
  const watchedEventCount = (options.watchedEventIndex ?? -1) + 1;
  if (options.verify === true && memory === undefined) {
    refuse("memory", "is missing, and `verify` writes into the blocks", "Pass the heap as memory.");
  }
  const verifier =
    options.verify === true && memory !== undefined
      ? createReplayVerifier(allocator, memory)
      : undefined;
  const gauge = meter === undefined ? undefined : createReplayGauge(meter);
  let blocks = new Int32Array(FIRST_TABLE_LENGTH);
  let sizesBytes = new Int32Array(FIRST_TABLE_LENGTH);
  let eventCount = 0;
  let liveBlockCount = 0;
  let liveBytes = 0;
  let peakLiveBytes = 0;
  let peakLiveBytesEventIndex = 0;

  function growTable(neededLength: number): void {
    if (neededLength <= blocks.length) return;
    const length = Math.max(neededLength, blocks.length * 2);
    const [oldBlocks, oldSizesBytes] = [blocks, sizesBytes];
    blocks = new Int32Array(length);
    sizesBytes = new Int32Array(length);
    blocks.set(oldBlocks);
    sizesBytes.set(oldSizesBytes);
  }

  function liveBlock(id: number, kind: number): Block {
    const block = blocks[id];
    if (block === undefined || block === 0) refuseEvent(eventCount, kind, id, "is not live");
    return block as Block;
  }

  function notePeak(): void {
    if (liveBytes <= peakLiveBytes) return;
    peakLiveBytes = liveBytes;
    peakLiveBytesEventIndex = eventCount;
  }

  function make(kind: number, id: number, sizeBytes: number): void {
    if (blocks[id] !== 0) refuseEvent(eventCount, kind, id, "is live already, or out of range");
    if ((kind & OPERATION_MASK) === OPERATION_CALLOC) {
      const block = allocator.allocateZeroed(sizeBytes);
      blocks[id] = block;
      if (verifier !== undefined) verifier.placeZeroed(eventCount, kind, id, block, sizeBytes);
    } else {
      const block = allocator.allocate(sizeBytes);
      blocks[id] = block;
      if (verifier !== undefined) verifier.place(eventCount, kind, id, block, sizeBytes);
    }
    sizesBytes[id] = sizeBytes;
    liveBlockCount++;
    liveBytes += sizeBytes;
    notePeak();
  }

  function free(kind: number, id: number): void {
    const block = liveBlock(id, kind);
    const sizeBytes = sizesBytes[id] as number;
    if (verifier !== undefined) verifier.check(eventCount, kind, id, block, sizeBytes);
    allocator.free(block);
    forget(id, sizeBytes);
  }

  function forget(id: number, sizeBytes: number): void {
    blocks[id] = 0;
    liveBlockCount--;
    liveBytes -= sizeBytes;
  }

  function resize(kind: number, id: number, sizeBytes: number): void {
    const oldBlock = liveBlock(id, kind);
    const oldSizeBytes = sizesBytes[id] as number;
    const wasWhole = verifier?.check(eventCount, kind, id, oldBlock, oldSizeBytes) ?? true;
    const block = allocator.reallocate(oldBlock, sizeBytes);
    blocks[id] = block;
    sizesBytes[id] = sizeBytes;
    liveBytes += sizeBytes - oldSizeBytes;
    notePeak();
    if (verifier === undefined) return;
    // A block that was broken before is one finding, not two.
    const keptBytes = wasWhole ? Math.min(oldSizeBytes, sizeBytes) : 0;
    verifier.resize(eventCount, kind, id, block, keptBytes, sizeBytes);
  }

  function replaySpan(events: TraceEvents, from: number, to: number): void {
    const { kinds, ids, sizesBytes: requestsBytes } = events;
    for (let index = from; index < to; index++) {
      const kind = kinds[index] as number;
      const operation = kind & OPERATION_MASK;
      const id = ids[index] as number;
      if (operation === OPERATION_FREE) free(kind, id);
      else if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) {
        make(kind, id, requestsBytes[index] as number);
      } else if (operation === OPERATION_REALLOC) resize(kind, id, requestsBytes[index] as number);
      eventCount++;
      if (gauge !== undefined) gauge.read();
    }
  }

  /** Events until something is to be done between two of them. */
  function spanLimit(): number {
    const toCheckpoint = CHECKPOINT_INTERVAL_EVENTS - (eventCount % CHECKPOINT_INTERVAL_EVENTS);
    const toWatched = watchedEventCount - eventCount;
    return toWatched > 0 ? Math.min(toCheckpoint, toWatched) : toCheckpoint;
  }

  function run(events: TraceEvents, from = 0, to = events.eventCount): void {
    if (!(from >= 0 && from <= to && to <= events.eventCount)) {
      const remedy = `Stay within 0 … ${events.eventCount}.`;
      refuse(`events ${from} … ${to}`, "are not in the trace", remedy);
    }
    growTable(events.idCount);
    let index = from;
    while (index < to) {
      const spanEnd = Math.min(to, index + spanLimit());
      const countBefore = eventCount;
      try {
        replaySpan(events, index, spanEnd);
      } catch (error) {
        if (!isOuroError(error, "out-of-memory")) throw error;
        const failedIndex = index + eventCount - countBefore;
        const cause = error as OutOfMemoryError;
        throw new ReplayOutOfMemoryError(cause, events, failedIndex, eventCount);
      }
      index = spanEnd;
      if (eventCount % CHECKPOINT_INTERVAL_EVENTS === 0) gauge?.markCurve(eventCount);
      if (eventCount === watchedEventCount) onWatchedEvent?.();
    }
  }

  function verifyLive(): number {
    let brokenCount = 0;
    if (verifier === undefined) return brokenCount;
    for (let id = 0; id < blocks.length; id++) {
      const block = blocks[id] as Block;
      if (block === 0) continue;
      const sizeBytes = sizesBytes[id] as number;
      if (!verifier.check(AFTER_EVENTS, OPERATION_FREE, id, block, sizeBytes)) brokenCount++;
    }
    return brokenCount;
  }

  function freeAll(): void {
    for (let id = 0; id < blocks.length; id++) {
      const block = blocks[id] as Block;
      if (block === 0) continue;
      const sizeBytes = sizesBytes[id] as number;
      if (verifier !== undefined)
        verifier.check(AFTER_EVENTS, OPERATION_FREE, id, block, sizeBytes);
      allocator.free(block);
      forget(id, sizeBytes);
    }
    gauge?.read();
  }

  const figures = (): ReplayFigures => ({
    eventCount,
    liveBlockCount,
    liveBytes,
    peakLiveBytes,
    peakLiveBytesEventIndex,
    meter: gauge?.figures(),
    mismatchCount: verifier?.mismatchCount() ?? 0,
    mismatches: verifier?.mismatches() ?? [],
  });

  return { run, verifyLive, freeAll, figures, blockOf: (id) => blocks[id] ?? 0 };
}

function refuse(argument: string, problem: string, remedy: string): never {
  throw new UsageError({ where: "replay", argument, problem, remedy });
}

function refuseEvent(eventIndex: number, kind: number, id: number, problem: string): never {
  const event = `event ${eventIndex} (${operationName(kind)} of block ${id})`;
  return refuse(
    event,
    `cannot be replayed: the block ${problem}`,
    "Replay events a reader checked.",
  );
}
