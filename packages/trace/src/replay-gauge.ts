// Reads a composition's meter after every event and keeps the extremes, as the recorded figures of
// the real pymalloc were taken: footprint = pool arenas × 1 MiB + bytes of large blocks in use.

import { ARENA_SIZE_BYTES } from "@ouro/interfaces";

/** Cheap figures of the composition that is being replayed on; asked after each event. */
export interface AllocationMeter {
  /** Arenas the pool allocator holds. */
  poolArenaCount(): number;
  /** Blocks above the small-request limit in use, with their headers. Unit: bytes. */
  largeBytesInUse(): number;
  /** Everything lent from the heap. Unit: bytes. */
  lentBytes(): number;
}

/** `[events so far, arenas, large bytes]`. */
export type CurvePoint = readonly [eventCount: number, arenaCount: number, largeBytes: number];

/** Extremes and last reading of a meter; a reading follows every event. */
export interface MeterFigures {
  readonly peakArenaCount: number;
  /** `…Now`: as of the last reading. */
  readonly arenaCountNow: number;
  readonly peakLargeBytes: number;
  readonly largeBytesNow: number;
  /** Arenas × 1 MiB + large bytes. */
  readonly peakFootprintBytes: number;
  readonly footprintBytesNow: number;
  readonly peakLentBytes: number;
  readonly lentBytesNow: number;
  /** A point after every 65536 events, as facts files have it. */
  readonly curve: readonly CurvePoint[];
}

export interface ReplayGauge {
  /** Reads the meter. O(1). */
  read(): void;
  /** Adds a point to the curve. */
  markCurve(eventCount: number): void;
  figures(): MeterFigures;
}

export function createReplayGauge(meter: AllocationMeter): ReplayGauge {
  const curve: CurvePoint[] = [];
  let arenaCountNow = 0;
  let largeBytesNow = 0;
  let lentBytesNow = 0;
  let peakArenaCount = 0;
  let peakLargeBytes = 0;
  let peakLentBytes = 0;
  let peakFootprintBytes = 0;

  function read(): void {
    arenaCountNow = meter.poolArenaCount();
    largeBytesNow = meter.largeBytesInUse();
    lentBytesNow = meter.lentBytes();
    const footprintBytes = arenaCountNow * ARENA_SIZE_BYTES + largeBytesNow;
    if (arenaCountNow > peakArenaCount) peakArenaCount = arenaCountNow;
    if (largeBytesNow > peakLargeBytes) peakLargeBytes = largeBytesNow;
    if (lentBytesNow > peakLentBytes) peakLentBytes = lentBytesNow;
    if (footprintBytes > peakFootprintBytes) peakFootprintBytes = footprintBytes;
  }

  return {
    read,
    markCurve(eventCount) {
      curve.push([eventCount, arenaCountNow, largeBytesNow]);
    },
    figures: () => ({
      peakArenaCount,
      arenaCountNow,
      peakLargeBytes,
      largeBytesNow,
      peakFootprintBytes,
      footprintBytesNow: arenaCountNow * ARENA_SIZE_BYTES + largeBytesNow,
      peakLentBytes,
      lentBytesNow,
      curve: [...curve],
    }),
  };
}
