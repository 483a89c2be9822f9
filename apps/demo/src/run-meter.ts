// Measures one run of an input on one strategy, without a clock: units of work, pauses, memory and
// garbage. It listens to the manager, and is told after each call of the program.
//
//   manager ──events──► cost model, bytes held
//   after each call: bytes lent, and what of the bytes held no root reaches (the oracle says)

import {
  EVENT_COLLECTION_END,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_RECLAIM,
  GRANULE_SIZE_BYTES,
  OBJECT_HEADER_SIZE_WORDS,
  type Observer,
  WORD_SIZE_BYTES,
} from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import {
  combineObservers,
  createCostModel,
  createTimeSeries,
  type SeriesEntry,
} from "@ouro/monitor";
import type { RunFigures } from "./compare-result.js";

/** Entries of a curve. */
const CURVE_ENTRIES = 64;

export interface RunMeter {
  readonly observer: Observer;
  /** A manager begins, with so many objects and bytes in it. */
  begin(manager: MemoryManager, heldCount: number, heldBytes: number): void;
  /** Bytes of the object that was born last. */
  bornBytes(): number;
  /** A call of the program is over. */
  endOperation(): void;
  /** Whether a collection ended since the last question. */
  hasCollected(): boolean;
  /** What the oracle says: bytes that roots reach now. */
  noteReachable(bytes: number): void;
  /** What follows is no part of the course: it costs nothing. */
  finish(): void;
  figures(): RunFigures;
}

export function createRunMeter(): RunMeter {
  const cost = createCostModel();
  const garbage = createTimeSeries(CURVE_ENTRIES);
  const held = { count: 0, bytes: 0 };
  const peak = { heldBytes: 0, heldCount: 0, lentBytes: 0, sideBytes: 0 };
  const footprint = { peakBytes: 0, endBytes: 0 };
  const most = { garbageBytes: 0, garbageEndBytes: 0 };
  let manager: MemoryManager | undefined;
  let bornBytes = 0;
  let collectionCount = 0;
  let heardCount = 0;
  let operationCount = 0;
  let isCosting = true;

  const own: Observer = {
    wants: [EVENT_OBJECT_CREATE, EVENT_OBJECT_RECLAIM, EVENT_COLLECTION_END],
    event(code, _a, _b, sizeWords) {
      if (code === EVENT_COLLECTION_END) collectionCount += isCosting ? 1 : 0;
      else if (code === EVENT_OBJECT_CREATE) {
        bornBytes = sizeWords * WORD_SIZE_BYTES;
        held.count++;
        held.bytes += bornBytes;
        noteHeld();
      } else {
        held.count--;
        held.bytes -= sizeWords * WORD_SIZE_BYTES;
      }
    },
  };

  const priced: Observer = {
    ...cost.observer,
    event(code, a, b, c) {
      if (isCosting) cost.observer.event(code, a, b, c);
    },
  };

  function noteHeld(): void {
    if (held.bytes <= peak.heldBytes || manager === undefined) return;
    const { lentBytes } = manager.heap.statistics();
    const { sideBytesPerGranule } = manager.strategy.traits;
    peak.heldBytes = held.bytes;
    peak.heldCount = held.count;
    peak.lentBytes = lentBytes;
    peak.sideBytes = Math.round((lentBytes / GRANULE_SIZE_BYTES) * sideBytesPerGranule);
  }

  function noteFootprint(): void {
    const { highWaterBytes, lentBytes } = (manager as MemoryManager).heap.statistics();
    footprint.peakBytes = Math.max(footprint.peakBytes, highWaterBytes);
    footprint.endBytes = lentBytes;
  }

  return {
    observer: combineObservers([priced, own]),
    begin(next, heldCount, heldBytes) {
      isCosting = true;
      manager = next;
      held.count = heldCount;
      held.bytes = heldBytes;
      noteHeld();
      noteFootprint();
    },
    bornBytes: () => bornBytes,
    endOperation() {
      operationCount++;
      cost.endOperation();
      noteFootprint();
    },
    hasCollected() {
      const isNew = collectionCount > heardCount;
      heardCount = collectionCount;
      return isNew;
    },
    noteReachable(bytes) {
      const garbageBytes = held.bytes - bytes;
      garbage.note(operationCount, garbageBytes);
      most.garbageBytes = Math.max(most.garbageBytes, garbageBytes);
      most.garbageEndBytes = garbageBytes;
    },
    finish() {
      isCosting = false;
    },
    figures() {
      const { program, counting, pauses } = cost.totals();
      const total = program + counting + pauses;
      return {
        operations: operationCount,
        collections: collectionCount,
        work: { total, program, counting, pauses },
        throughput: total === 0 ? 0 : (1000 * operationCount) / total,
        pause: {
          count: cost.pauses.count,
          p50: cost.pauses.quantile(0.5),
          p99: cost.pauses.quantile(0.99),
          max: cost.pauses.greatest,
        },
        footprint: { ...footprint },
        held: { peakBytes: peak.heldBytes, endBytes: held.bytes },
        fragmentation: peak.lentBytes === 0 ? 0 : 1 - peak.heldBytes / peak.lentBytes,
        garbage: {
          maxBytes: most.garbageBytes,
          endBytes: most.garbageEndBytes,
          curve: garbage.entries().map(pointOf),
        },
        overhead: {
          headerBytes: peak.heldCount * OBJECT_HEADER_SIZE_WORDS * WORD_SIZE_BYTES,
          sideTableBytes: peak.sideBytes,
        },
      };
    },
  };
}

function pointOf({ end, greatest }: SeriesEntry) {
  return { operation: end, bytes: greatest };
}
