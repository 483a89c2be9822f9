// Writes events as an allocation trace. It keeps the format's rules or refuses: what it writes, the
// reader accepts.

import { UsageError } from "@ouro/interfaces";
import { gzipSync, strToU8 } from "fflate";
import {
  DOMAIN_MEM,
  KIND_MASK,
  KIND_SIZE_BITS,
  LENGTH_SIZE_BYTES,
  OPERATION_CALLOC,
  OPERATION_END,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_MASK,
  OPERATION_REALLOC,
  operationName,
  TRACE_END_MAGIC,
  TRACE_ID_LIMIT,
  TRACE_MAGIC,
} from "./allocation-trace-format.js";
import { isPlainText } from "./json-fields.js";
import { updateCrc32 } from "./trace-checksum.js";
import type { TraceEvents } from "./trace-events.js";
import { formatTraceFooter, type NotRecordedCounts } from "./trace-footer.js";
import { formatTraceHeader } from "./trace-header.js";
import { createTraceTally } from "./trace-tally.js";

/** What the header says beside the counts. */
export interface TraceDescription {
  readonly name: string;
  readonly description?: string;
  /** What recorded the trace, and where. */
  readonly source?: string;
  readonly isWholeProcess?: boolean;
  /** Names of the marks in the order of the mark events, one for each. */
  readonly markNames?: readonly string[];
  readonly notRecorded?: Partial<NotRecordedCounts>;
}

const KIND_FACTOR = 2 ** KIND_SIZE_BITS;
/** Token and second varint of one event. */
const EVENT_SIZE_LIMIT_BYTES = 10;

/**
 * The bytes of an `.altrace.gz` file. The same events give the same bytes. Throws `UsageError`
 * naming the first event that breaks the format's rules. O(events).
 */
export function encodeTrace(description: TraceDescription, events: TraceEvents): Uint8Array {
  const markNames = description.markNames ?? [];
  refuseControlCharacters(description);
  refuseBrokenEvents(events, markNames.length);
  const tally = createTraceTally();
  const countedEvents = tally.count(events);
  if (countedEvents < events.eventCount) {
    refuseEvent(events, countedEvents, "names a block that is not live");
  }
  const eventBytes = encodeEvents(events);
  const figures = tally.figures(updateCrc32(0, eventBytes));
  const header = formatTraceHeader({
    name: description.name,
    description: description.description ?? "",
    source: description.source ?? "",
    isWholeProcess: description.isWholeProcess ?? false,
    eventCount: figures.eventCount,
    idCount: figures.idCount,
    peakLiveBlockCount: figures.peakLiveBlockCount,
    domains: ["obj", "mem"],
    markNames,
  });
  const {
    freeNull = 0,
    foreignFree = 0,
    foreignRealloc = 0,
    failed = 0,
  } = description.notRecorded ?? {};
  const notRecorded = { freeNull, foreignFree, foreignRealloc, failed };
  const footer = formatTraceFooter({ ...figures, notRecorded });
  const decoded = joinBytes([
    strToU8(TRACE_MAGIC),
    withLength(strToU8(header)),
    eventBytes,
    withLength(strToU8(footer)),
    strToU8(TRACE_END_MAGIC),
  ]);
  // A modification time would make the same events give other bytes; 0 means none.
  return gzipSync(decoded, { mtime: 0 });
}

function refuse(argument: string, problem: string, remedy: string): never {
  throw new UsageError({ where: "encodeTrace", argument, problem, remedy });
}

function refuseEvent(events: TraceEvents, eventIndex: number, problem: string): never {
  const operation = operationName(events.kinds[eventIndex] as number) ?? "unknown operation";
  const numbers = `id ${events.ids[eventIndex]}, size ${events.sizesBytes[eventIndex]}`;
  const remedy = "A TraceRecorder numbers the blocks; free and reallocate only live ones.";
  return refuse(`event ${eventIndex} (${operation}, ${numbers})`, problem, remedy);
}

function refuseControlCharacters(description: TraceDescription): void {
  const { name, description: text = "", source = "", markNames = [] } = description;
  for (const value of [name, text, source, ...markNames]) {
    if (isPlainText(value)) continue;
    refuse(JSON.stringify(value), "has control characters", "Use plain text on one line.");
  }
}

/** Everything about the events but whether blocks are live, which is the tally's to say. */
function refuseBrokenEvents(events: TraceEvents, markCount: number): void {
  const { kinds, ids, sizesBytes, eventCount } = events;
  let idCount = 0;
  let marksSeen = 0;
  for (let index = 0; index < eventCount; index++) {
    const kind = kinds[index] as number;
    const operation = kind & OPERATION_MASK;
    const id = ids[index] as number;
    const sizeBytes = sizesBytes[index] as number;
    if (kind > KIND_MASK || operation > OPERATION_MARK) refuseEvent(events, index, "is unknown");
    if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) {
      if (id !== idCount) refuseEvent(events, index, `makes a block whose id is not ${idCount}`);
      if (id >= TRACE_ID_LIMIT) refuseEvent(events, index, "has an id beyond the format");
      idCount++;
    } else if (operation === OPERATION_MARK) {
      if (kind & DOMAIN_MEM) refuseEvent(events, index, "is a mark with a domain");
      if (id < 0 || id >= markCount) refuseEvent(events, index, "is a mark without a name");
      marksSeen++;
    } else if (id < 0 || id >= idCount) {
      refuseEvent(events, index, "names a block that has not been made");
    }
    const takesNoSize = operation === OPERATION_FREE || operation === OPERATION_MARK;
    if (sizeBytes < 0) refuseEvent(events, index, "has a size below 0 or above 2^31 − 1");
    if (takesNoSize && sizeBytes !== 0) refuseEvent(events, index, "has a size and takes none");
  }
  if (marksSeen !== markCount) {
    const remedy = "Name each mark event once, in order.";
    refuse("markNames", `has ${markCount} names for ${marksSeen} mark events`, remedy);
  }
  if (events.idCount !== idCount) {
    const remedy = "Pass events as a reader or recorder gives them.";
    refuse("events.idCount", `is ${events.idCount}, the events make ${idCount} blocks`, remedy);
  }
}

function encodeEvents(events: TraceEvents): Uint8Array {
  const { kinds, ids, sizesBytes, eventCount } = events;
  const bytes = new Uint8Array(eventCount * EVENT_SIZE_LIMIT_BYTES + 1);
  let length = 0;
  let lastId = 0;

  function put(value: number): void {
    let rest = value;
    while (rest >= 128) {
      bytes[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  }
  function zigzagTo(id: number): number {
    const distance = id - lastId;
    lastId = id;
    return distance >= 0 ? distance * 2 : -distance * 2 - 1;
  }

  for (let index = 0; index < eventCount; index++) {
    const kind = kinds[index] as number;
    const operation = kind & OPERATION_MASK;
    const id = ids[index] as number;
    if (operation === OPERATION_FREE) put(zigzagTo(id) * KIND_FACTOR + kind);
    else if (operation === OPERATION_MARK) put(id * KIND_FACTOR + kind);
    else put((sizesBytes[index] as number) * KIND_FACTOR + kind);
    if (operation === OPERATION_REALLOC) put(zigzagTo(id));
  }
  put(OPERATION_END);
  return bytes.subarray(0, length);
}

function withLength(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(LENGTH_SIZE_BYTES + bytes.length);
  new DataView(result.buffer).setUint32(0, bytes.length, true);
  result.set(bytes, LENGTH_SIZE_BYTES);
  return result;
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
