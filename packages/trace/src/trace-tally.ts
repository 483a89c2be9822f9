// The tally follows the events of a trace and counts everything that a footer states. It also
// proves that each freed or reallocated block is live. Reader and writer share it.
//
//   liveSizes[id]   −1 before the block is made and after it is freed, else its size in bytes
//
// **Invariant:** the table is never longer than twice the ids that really occurred.

import {
  CHECKPOINT_INTERVAL_EVENTS,
  DOMAIN_MEM,
  HISTOGRAM_ROW_COUNT,
  histogramRow,
  KIND_MASK,
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_MASK,
  OPERATION_REALLOC,
} from "./allocation-trace-format.js";
import { FNV32_START, updateFnv32 } from "./trace-checksum.js";
import type { TraceEvents } from "./trace-events.js";
import type { Checkpoint, TraceFigures } from "./trace-footer.js";

const NOT_LIVE = -1;
const FIRST_TABLE_LENGTH = 1024;

export interface TraceTally {
  /**
   * Counts all of `events`, which follow those counted before; ids of malloc and calloc are in
   * order. Answers the index of the first event whose block is not live, or the number of events.
   */
  count(events: TraceEvents): number;
  /** What has been counted; the CRC-32 is the caller's, who has the bytes. O(ids). */
  figures(crc32: number): TraceFigures;
}

export function createTraceTally(): TraceTally {
  let liveSizes = new Int32Array(FIRST_TABLE_LENGTH).fill(NOT_LIVE);
  const kindCounts = new Float64Array(KIND_MASK + 1);
  const allocationHistogram = new Float64Array(HISTOGRAM_ROW_COUNT);
  const checkpoints: Checkpoint[] = [];
  let eventCount = 0;
  let idCount = 0;
  let requestedBytes = 0;
  let liveBytes = 0;
  let liveBlockCount = 0;
  let peakLiveBytes = 0;
  let peakLiveBytesEventIndex = 0;
  let peakLiveBlockCount = 0;
  let maxSizeBytes = 0;
  let reallocsChangingClassCount = 0;
  let fnv32 = FNV32_START;

  function growTable(neededLength: number): void {
    if (neededLength <= liveSizes.length) return;
    const grown = new Int32Array(Math.max(neededLength, liveSizes.length * 2)).fill(NOT_LIVE);
    grown.set(liveSizes);
    liveSizes = grown;
  }

  function countSize(sizeBytes: number, eventIndex: number): void {
    requestedBytes += sizeBytes;
    if (sizeBytes > maxSizeBytes) maxSizeBytes = sizeBytes;
    if (liveBytes > peakLiveBytes) {
      peakLiveBytes = liveBytes;
      peakLiveBytesEventIndex = eventIndex;
    }
  }

  function countNew(id: number, sizeBytes: number, eventIndex: number): void {
    liveSizes[id] = sizeBytes;
    idCount++;
    liveBytes += sizeBytes;
    liveBlockCount++;
    if (liveBlockCount > peakLiveBlockCount) peakLiveBlockCount = liveBlockCount;
    const row = histogramRow(sizeBytes);
    allocationHistogram[row] = (allocationHistogram[row] as number) + 1;
    countSize(sizeBytes, eventIndex);
  }

  /** Counts events `from` … `to − 1`; answers the index of the first faulty one, or `to`. */
  function countSpan(events: TraceEvents, from: number, to: number): number {
    const { kinds, ids, sizesBytes } = events;
    const base = eventCount - from;
    for (let index = from; index < to; index++) {
      const kind = kinds[index] as number;
      const operation = kind & OPERATION_MASK;
      const id = ids[index] as number;
      kindCounts[kind] = (kindCounts[kind] as number) + 1;
      if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) {
        countNew(id, sizesBytes[index] as number, base + index);
      } else if (operation === OPERATION_FREE) {
        const oldSizeBytes = liveSizes[id] as number;
        if (oldSizeBytes === NOT_LIVE) return index;
        liveSizes[id] = NOT_LIVE;
        liveBytes -= oldSizeBytes;
        liveBlockCount--;
      } else if (operation === OPERATION_REALLOC) {
        const oldSizeBytes = liveSizes[id] as number;
        if (oldSizeBytes === NOT_LIVE) return index;
        const sizeBytes = sizesBytes[index] as number;
        if (histogramRow(oldSizeBytes) !== histogramRow(sizeBytes)) reallocsChangingClassCount++;
        liveSizes[id] = sizeBytes;
        liveBytes += sizeBytes - oldSizeBytes;
        countSize(sizeBytes, base + index);
      }
    }
    return to;
  }

  function count(events: TraceEvents): number {
    growTable(events.idCount);
    let from = 0;
    while (from < events.eventCount) {
      const toCheckpoint = CHECKPOINT_INTERVAL_EVENTS - (eventCount % CHECKPOINT_INTERVAL_EVENTS);
      const to = Math.min(events.eventCount, from + toCheckpoint);
      const end = countSpan(events, from, to);
      if (end < to) return end;
      fnv32 = updateFnv32(fnv32, events, from, to);
      eventCount += to - from;
      from = to;
      if (eventCount % CHECKPOINT_INTERVAL_EVENTS === 0) {
        checkpoints.push([eventCount, liveBlockCount, liveBytes]);
      }
    }
    return from;
  }

  function endLiveHistogram(): readonly number[] {
    const histogram = new Array<number>(HISTOGRAM_ROW_COUNT).fill(0);
    for (let id = 0; id < idCount; id++) {
      const sizeBytes = liveSizes[id] as number;
      if (sizeBytes === NOT_LIVE) continue;
      const row = histogramRow(sizeBytes);
      histogram[row] = (histogram[row] as number) + 1;
    }
    return histogram;
  }

  const countOf = (kind: number): number => kindCounts[kind] as number;
  const operationCount = (operation: number): number =>
    countOf(operation) + countOf(operation | DOMAIN_MEM);
  const domainCount = (domain: number): number =>
    countOf(OPERATION_FREE | domain) +
    countOf(OPERATION_MALLOC | domain) +
    countOf(OPERATION_CALLOC | domain) +
    countOf(OPERATION_REALLOC | domain);

  function figures(crc32: number): TraceFigures {
    return {
      eventCount,
      operationCounts: {
        free: operationCount(OPERATION_FREE),
        malloc: operationCount(OPERATION_MALLOC),
        calloc: operationCount(OPERATION_CALLOC),
        realloc: operationCount(OPERATION_REALLOC),
        mark: operationCount(OPERATION_MARK),
      },
      domainCounts: { obj: domainCount(0), mem: domainCount(DOMAIN_MEM) },
      idCount,
      requestedBytes,
      peakLiveBytes,
      peakLiveBytesEventIndex,
      peakLiveBlockCount,
      endLiveBlockCount: liveBlockCount,
      endLiveBytes: liveBytes,
      maxSizeBytes,
      allocationHistogram: Array.from(allocationHistogram),
      endLiveHistogram: endLiveHistogram(),
      reallocsChangingClassCount,
      crc32,
      fnv32,
      checkpoints: [...checkpoints],
    };
  }

  return { count, figures };
}
