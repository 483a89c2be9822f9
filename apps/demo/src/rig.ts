// A rig: a fresh private heap with one composition on it, with or without a meter in between.

import { type Allocator, ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import type { Composition } from "./composition.js";
import type { Meter } from "./meter.js";

export interface Rig {
  readonly heap: PrivateHeap;
  readonly allocator: Allocator;
  /** Undefined when one allocator serves all requests. */
  readonly small: Allocator | undefined;
  /** Gives back what layers keep of freed blocks. */
  settle(): void;
}

export interface RigOptions {
  readonly composition: Composition;
  /** What the trace holds at its peak: the reservation is made from it. */
  readonly peakLiveBytes: number;
  readonly limitBytes?: number | undefined;
  readonly meter?: Meter | undefined;
}

/** Regions take memory for every request, until nothing lives. */
const REGION_RESERVATION_BYTES = 2 ** 31;
const RESERVATION_MOST_BYTES = 2 ** 32 - ARENA_SIZE_BYTES;

/** Throws `OutOfMemoryError` when the host refuses the reservation. */
export async function createRig(options: RigOptions): Promise<Rig> {
  const { composition, meter, limitBytes } = options;
  const [{ createPrivateHeap }, { createSizeRouter }, createLarge, createSmall, makeLayers] =
    await Promise.all([
      import("@ouro/heap"),
      import("@ouro/allocator"),
      composition.large.load(),
      composition.small?.load(),
      Promise.all(composition.layers.map((layer) => layer.load())),
    ]);
  const heap = createPrivateHeap({
    reservationBytes: composition.large.isRegion
      ? REGION_RESERVATION_BYTES
      : reservationFor(options.peakLiveBytes),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  const plainLarge = createLarge({ source: meter?.source(heap, "large") ?? heap });
  const large = meter?.countBlocks(plainLarge) ?? plainLarge;
  const small = createSmall?.({ source: meter?.source(heap, "small") ?? heap });
  let allocator = small === undefined ? large : createSizeRouter({ source: heap, small, large });
  const settles: (() => void)[] = [];
  for (const makeLayer of makeLayers.reverse()) {
    const layer = makeLayer(allocator, heap);
    allocator = layer.allocator;
    if (layer.settle !== undefined) settles.unshift(layer.settle);
  }
  const settle = () => {
    for (const each of settles) each();
  };
  return { heap, allocator, small, settle };
}

/** Room for four times the peak and 64 MiB: addresses only, memory is committed when touched. */
function reservationFor(peakLiveBytes: number): number {
  const arenaCount = Math.ceil((4 * peakLiveBytes) / ARENA_SIZE_BYTES) + 64;
  return Math.min(RESERVATION_MOST_BYTES, arenaCount * ARENA_SIZE_BYTES);
}
