// Turns bytes of the event stream into columns. It takes whole events only: what is cut off at the
// end of the bytes at hand waits for more. One batch is decoded at a time, into the same columns.
//
//   bytes    … ┌ token ┐┌ token  id ┐┌ token ┐┌ tok          the last one waits
//   columns     event 0   event 1      event 2
//   offsets     0         2            5                      where each event began
//
// **Invariant:** every id in the columns has been made by this event or one before it. Whether its
// block is live is for the tally to say.

import {
  DOMAIN_MEM,
  KIND_MASK,
  OPERATION_CALLOC,
  OPERATION_END,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_MASK,
  OPERATION_REALLOC,
  VARINT_SIZE_LIMIT_BYTES,
} from "./allocation-trace-format.js";
import type { EventBatch } from "./trace-events.js";
import type { TraceLimits } from "./trace-limits.js";

const BATCH_EVENT_COUNT = 8192;
const KIND_FACTOR = KIND_MASK + 1;
/** A zigzag value of two ids' difference is below this. */
const ZIGZAG_LIMIT = 2 ** 31;
/** An END token: operation 7, everything else 0. */
const END_TOKEN = OPERATION_END;

export interface EventDecoderOptions {
  readonly limits: TraceLimits;
  /** How many names the marks may choose from. */
  readonly markCount: number;
  /** Throws the error for an event that began at byte `position`. */
  readonly fail: (position: number, problem: string) => never;
  /** Throws the error for a limit that the event at byte `position` passes. */
  readonly exceed: (position: number, what: string, limit: number, actual: number) => never;
}

export interface EventDecoder {
  /**
   * Decodes the events that are complete in bytes `start` … `end − 1`, one batch at most. Answers
   * the position after the last one. O(bytes).
   */
  decode(bytes: Uint8Array, start: number, end: number): number;
  /** The events of the last `decode`, in columns that the next one overwrites. */
  batch(): EventBatch;
  /** Where an event of the last batch began. */
  positionOf(eventIndexInBatch: number): number;
  hasEnded(): boolean;
}

export function createEventDecoder(options: EventDecoderOptions): EventDecoder {
  const { limits, markCount, fail, exceed } = options;
  const kinds = new Uint8Array(BATCH_EVENT_COUNT);
  const ids = new Int32Array(BATCH_EVENT_COUNT);
  const sizesBytes = new Int32Array(BATCH_EVENT_COUNT);
  const positions = new Float64Array(BATCH_EVENT_COUNT);
  let batchEventCount = 0;
  let firstEventIndex = 0;
  let idCount = 0;
  let lastId = 0;
  let hasEnded = false;
  /** Position after the varint read last; −1 when it is cut off. */
  let cursor = 0;

  function readVarint(bytes: Uint8Array, end: number, eventPosition: number): number {
    let value = 0;
    let factor = 1;
    for (let length = 1; cursor < end; length++) {
      const byte = bytes[cursor++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      if (length === VARINT_SIZE_LIMIT_BYTES) {
        fail(eventPosition, `a number has more than ${VARINT_SIZE_LIMIT_BYTES} bytes`);
      }
      factor *= 128;
    }
    cursor = -1;
    return 0;
  }

  function idAfter(zigzag: number, eventPosition: number): number {
    if (zigzag >= ZIGZAG_LIMIT) fail(eventPosition, "the distance to the block's id is too large");
    const id = lastId + ((zigzag >>> 1) ^ -(zigzag & 1));
    if (id < 0 || id >= idCount) {
      fail(eventPosition, `the event names block ${id}, but ${idCount} blocks were made before it`);
    }
    lastId = id;
    return id;
  }

  function newId(eventPosition: number): number {
    if (idCount >= limits.idCount) {
      exceed(eventPosition, "the number of ids", limits.idCount, idCount + 1);
    }
    return idCount++;
  }

  function checkSize(sizeBytes: number, eventPosition: number): number {
    if (sizeBytes > limits.sizeBytes) {
      exceed(eventPosition, "the size of a request in bytes", limits.sizeBytes, sizeBytes);
    }
    return sizeBytes;
  }

  function checkMark(kind: number, markIndex: number, eventPosition: number): number {
    if (kind & DOMAIN_MEM) fail(eventPosition, "a mark has a domain");
    if (markIndex >= markCount) {
      fail(eventPosition, `mark ${markIndex} has no name; the header names ${markCount}`);
    }
    return markIndex;
  }

  function endAt(token: number, eventPosition: number): void {
    if (token !== END_TOKEN) fail(eventPosition, `token ${token} is no event of this format`);
    hasEnded = true;
  }

  function storeEvent(kind: number, id: number, sizeBytes: number, position: number): void {
    kinds[batchEventCount] = kind;
    ids[batchEventCount] = id;
    sizesBytes[batchEventCount] = sizeBytes;
    positions[batchEventCount] = position;
    batchEventCount++;
  }

  function decode(bytes: Uint8Array, start: number, end: number): number {
    firstEventIndex += batchEventCount;
    batchEventCount = 0;
    cursor = start;
    while (batchEventCount < BATCH_EVENT_COUNT && !hasEnded) {
      const position = cursor;
      const token = readVarint(bytes, end, position);
      if (cursor < 0) return position;
      const kind = token & KIND_MASK;
      const operation = kind & OPERATION_MASK;
      const operand = token < ZIGZAG_LIMIT ? token >>> 4 : Math.floor(token / KIND_FACTOR);
      if (operation === OPERATION_FREE) {
        storeEvent(kind, idAfter(operand, position), 0, position);
      } else if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) {
        storeEvent(kind, newId(position), checkSize(operand, position), position);
      } else if (operation === OPERATION_REALLOC) {
        const zigzag = readVarint(bytes, end, position);
        if (cursor < 0) return position;
        storeEvent(kind, idAfter(zigzag, position), checkSize(operand, position), position);
      } else if (operation === OPERATION_MARK) {
        storeEvent(kind, checkMark(kind, operand, position), 0, position);
      } else {
        endAt(token, position);
      }
    }
    return cursor;
  }

  function batch(): EventBatch {
    const eventCount = batchEventCount;
    if (firstEventIndex + eventCount > limits.eventCount) {
      const position = positions[Math.max(0, limits.eventCount - firstEventIndex)] as number;
      const actual = firstEventIndex + eventCount;
      exceed(position, "the number of events", limits.eventCount, actual);
    }
    return { firstEventIndex, eventCount, idCount, kinds, ids, sizesBytes };
  }

  return {
    decode,
    batch,
    positionOf: (eventIndexInBatch) => positions[eventIndexInBatch] as number,
    hasEnded: () => hasEnded,
  };
}
