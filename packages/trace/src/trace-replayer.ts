import { type Allocator, type LinearMemory, OutOfMemoryError } from "@ouro/interfaces";
import type { TraceEvents } from "./trace-events.js";

/** Cheap figures of the composition that is being replayed on; asked after each event. */
export interface AllocationMeter {
  /** Arenas the pool allocator holds. */
  poolArenaCount(): number;
  /** Blocks above the small-request limit in use, with their headers. Unit: bytes. */
  largeBytesInUse(): number;
  /** Everything lent from the heap. Unit: bytes. */
  lentBytes(): number;
}

export interface ReplayerOptions {
  readonly allocator: Allocator;
  /**
   * Writes a pattern made from the id into every block, and checks it on realloc, on free and in
   * `verifyLive()`. Needs `memory`, the one in which the allocator's blocks lie.
   */
  readonly verify?: boolean;
  readonly memory?: LinearMemory;
  readonly meter?: AllocationMeter;
  /** Event after which `onEvent` is called once: the footer's `peakLiveBytesEventIndex`, say. */
  readonly watchedEventIndex?: number;
  readonly onWatchedEvent?: () => void;
}

/** A finding of the replay: the allocator did not do what the trace needs. */
export interface ReplayMismatch {
  /** "event 17 (realloc of block 3), word 2", for example. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

export interface ReplayFigures {
  /** Events replayed so far, marks included. */
  readonly eventCount: number;
  readonly liveBlockCount: number;
  /** Requested bytes. */
  readonly liveBytes: number;
  readonly peakLiveBytes: number;
  readonly peakLiveBytesEventIndex: number;
  /** The rest is 0 (and `curve` empty) without a meter. `…Now` is after the last call. */
  readonly peakArenaCount: number;
  readonly arenaCountNow: number;
  readonly peakLargeBytes: number;
  readonly largeBytesNow: number;
  /** Arenas × 1 MiB + large bytes. */
  readonly peakFootprintBytes: number;
  readonly footprintBytesNow: number;
  readonly peakLentBytes: number;
  readonly lentBytesNow: number;
  /** `[events so far, arenas, large bytes]` after every 65536 events, as facts files have it. */
  readonly curve: readonly (readonly [number, number, number])[];
  /** Findings, all counted, the first 20 kept. */
  readonly mismatchCount: number;
  readonly mismatches: readonly ReplayMismatch[];
}

/** Replays decoded events on one allocator. */
export interface Replayer {
  /**
   * Replays events `from` … `to − 1` (default: all) after those replayed before; ids go on, so a
   * trace may come in batches. Throws `ReplayOutOfMemoryError` naming the event when the allocator
   * has no memory left: the events before it stay replayed, `freeAll()` works.
   */
  run(events: TraceEvents, from?: number, to?: number): void;
  /** Checks the pattern of all live blocks; 0 without `verify`. Answers the new mismatches. */
  verifyLive(): number;
  /** Frees every live block in the order of ids (checked first with `verify`). */
  freeAll(): void;
  figures(): ReplayFigures;
  /** The live block of an id, 0 if none. */
  blockOf(id: number): number;
}

/** The allocator had no memory left for an event of the trace. */
export declare class ReplayOutOfMemoryError extends OutOfMemoryError {
  readonly eventIndex: number;
}

export declare function createReplayer(options: ReplayerOptions): Replayer;
