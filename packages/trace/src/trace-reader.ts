// Reads an allocation trace as it arrives and believes nothing: sizes of tables follow what was
// really decoded, and the footer must agree with every figure that the events give.
//
//   magic → header length → header → events → footer length → footer → end magic → complete
//
// A stage takes its item when all of it is there, else it waits. **Invariant:** `itemOffset` is the
// decoded offset of the first byte that no stage has taken; errors name it or an event after it.

import { InputFormatError, LimitReachedError } from "@ouro/interfaces";
import { strFromU8, strToU8 } from "fflate";
import {
  LENGTH_SIZE_BYTES,
  MAGIC_SIZE_BYTES,
  OPERATION_MASK,
  operationName,
  TRACE_END_MAGIC,
  TRACE_MAGIC,
} from "./allocation-trace-format.js";
import { createEventDecoder, type EventDecoder } from "./event-decoder.js";
import { createGzipStream } from "./gzip-stream.js";
import { updateCrc32 } from "./trace-checksum.js";
import { type EventBatch, gatherEvents, type TraceEvents } from "./trace-events.js";
import { differingFigure, parseTraceFooter, type TraceFooter } from "./trace-footer.js";
import { parseTraceHeader, type TraceHeader } from "./trace-header.js";
import { type TraceLimits, traceLimits } from "./trace-limits.js";
import { createTraceTally } from "./trace-tally.js";

/** Who is told what while a trace is read, and when to stop. */
export interface TraceReaderOptions {
  /** Names the file in messages. Default: "trace". */
  readonly sourceName?: string;
  readonly limits?: Partial<TraceLimits>;
  readonly onHeader?: (header: TraceHeader) => void;
  /** Called with events whose ids are checked; the whole is proved only by `end()`. */
  readonly onEvents?: (batch: EventBatch) => void;
}

/** Takes a trace as it arrives, in pieces of any size. */
export interface TraceReader {
  /**
   * Throws `InputFormatError` with the decoded offset where the faulty item began, or
   * `LimitReachedError`; after that each call throws the same error.
   */
  push(compressed: Uint8Array): void;
  /** Says that the file is complete. Throws as `push` does; answers what every check agreed on. */
  end(): { readonly header: TraceHeader; readonly footer: TraceFooter };
  /** Compressed bytes taken so far: what a progress bar needs. */
  takenBytes(): number;
}

/** A whole trace in memory: 9 bytes an event. */
export interface AllocationTrace {
  readonly header: TraceHeader;
  readonly events: TraceEvents;
  readonly footer: TraceFooter;
}

/** Options of the functions that read a whole trace. */
export type TraceReadOptions = Pick<TraceReaderOptions, "sourceName" | "limits">;

/** Each stage and the name of the item it waits for. */
const stageItems = {
  magic: "the magic bytes",
  headerLength: "the length of the header",
  header: "the header",
  events: "an event",
  footerLength: "the length of the footer",
  footer: "the footer",
  endMagic: "the magic bytes at the end",
  complete: "nothing",
} as const;

type Stage = keyof typeof stageItems;

/** A reader with all checks. Throws `UsageError` for limits out of range. */
export function createTraceReader(options: TraceReaderOptions = {}): TraceReader {
  const { sourceName = "trace", onHeader, onEvents } = options;
  const limits = traceLimits(options.limits);
  const tally = createTraceTally();
  let waiting = new Uint8Array(0);
  let waitingStart = 0;
  let waitingEnd = 0;
  let itemOffset = 0;
  let stage: Stage = "magic";
  let lengthBytes = 0;
  let eventsCrc32 = 0;
  let header: TraceHeader | undefined;
  let footer: TraceFooter | undefined;
  let decoder: EventDecoder | undefined;
  let failure: unknown;

  const failAt = (offsetBytes: number, problem: string): never => {
    throw new InputFormatError({ source: sourceName, offsetBytes, problem });
  };
  const fail = (problem: string): never => failAt(itemOffset, problem);
  const exceedAt = (offsetBytes: number, what: string, limit: number, actual: number): never => {
    const where = `${sourceName}, decoded byte ${offsetBytes}`;
    throw new LimitReachedError({ where, what, limit, actual });
  };
  const offsetOf = (position: number): number => itemOffset + (position - waitingStart);

  function addWaiting(bytes: Uint8Array): void {
    const keptBytes = waitingEnd - waitingStart;
    if (keptBytes + bytes.length > waiting.length) {
      const grown = new Uint8Array(Math.max(keptBytes + bytes.length, waiting.length * 2));
      grown.set(waiting.subarray(waitingStart, waitingEnd));
      waiting = grown;
    } else {
      waiting.copyWithin(0, waitingStart, waitingEnd);
    }
    waiting.set(bytes, keptBytes);
    waitingStart = 0;
    waitingEnd = keptBytes + bytes.length;
  }

  function moveTo(nextStage: Stage, takenBytes: number): true {
    waitingStart += takenBytes;
    itemOffset += takenBytes;
    stage = nextStage;
    return true;
  }

  function takeMagic(magic: string, problem: string, nextStage: Stage): boolean {
    if (waitingEnd - waitingStart < MAGIC_SIZE_BYTES) return false;
    for (let index = 0; index < MAGIC_SIZE_BYTES; index++) {
      if (waiting[waitingStart + index] !== magic.charCodeAt(index)) fail(problem);
    }
    return moveTo(nextStage, MAGIC_SIZE_BYTES);
  }

  function takeLength(what: string, limitBytes: number, nextStage: Stage): boolean {
    if (waitingEnd - waitingStart < LENGTH_SIZE_BYTES) return false;
    lengthBytes = new DataView(waiting.buffer).getUint32(waitingStart, true);
    if (lengthBytes > limitBytes) exceedAt(itemOffset, what, limitBytes, lengthBytes);
    return moveTo(nextStage, LENGTH_SIZE_BYTES);
  }

  /** The JSON text of header or footer, or undefined while it is incomplete. */
  function waitingText(): string | undefined {
    if (waitingEnd - waitingStart < lengthBytes) return undefined;
    const bytes = waiting.subarray(waitingStart, waitingStart + lengthBytes);
    const text = strFromU8(bytes);
    const again = strToU8(text);
    const isSame = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
    return isSame ? text : fail(`${stageItems[stage]} is not UTF-8`);
  }

  function takeHeader(): boolean {
    const text = waitingText();
    if (text === undefined) return false;
    header = parseTraceHeader(text, fail);
    const markCount = header.markNames.length;
    decoder = createEventDecoder({
      limits,
      markCount,
      fail: (position, problem) => failAt(offsetOf(position), problem),
      exceed: (position, what, limit, actual) => exceedAt(offsetOf(position), what, limit, actual),
    });
    onHeader?.(header);
    return moveTo("events", lengthBytes);
  }

  function takeEvents(events: EventDecoder): boolean {
    const end = events.decode(waiting, waitingStart, waitingEnd);
    const takenBytes = end - waitingStart;
    const batch = events.batch();
    const countedEvents = tally.count(batch);
    if (countedEvents < batch.eventCount) {
      const offset = offsetOf(events.positionOf(countedEvents));
      const operation = operationName((batch.kinds[countedEvents] as number) & OPERATION_MASK);
      failAt(offset, `${operation} of block ${batch.ids[countedEvents]}, which is not live`);
    }
    eventsCrc32 = updateCrc32(eventsCrc32, waiting, waitingStart, end);
    if (batch.eventCount > 0) onEvents?.(batch);
    moveTo(events.hasEnded() ? "footerLength" : "events", takenBytes);
    return takenBytes > 0;
  }

  function takeFooter(claims: TraceHeader): boolean {
    const text = waitingText();
    if (text === undefined) return false;
    footer = parseTraceFooter(text, fail);
    const counted = tally.figures(eventsCrc32);
    const difference = differingFigure(footer, counted);
    if (difference !== undefined) fail(difference);
    const claim = (name: string, stated: number, actual: number): void => {
      if (stated !== actual) fail(`the header says ${name} = ${stated}, the events give ${actual}`);
    };
    claim("events", claims.eventCount, counted.eventCount);
    claim("ids", claims.idCount, counted.idCount);
    claim("peak_live_blocks", claims.peakLiveBlockCount, counted.peakLiveBlockCount);
    claim("the number of marks", claims.markNames.length, counted.operationCounts.mark);
    return moveTo("endMagic", lengthBytes);
  }

  /** Takes one item; false when it is not all there yet. */
  function takeItem(): boolean {
    switch (stage) {
      case "magic":
        return takeMagic(TRACE_MAGIC, "this is no allocation trace", "headerLength");
      case "headerLength":
        return takeLength("the header's length in bytes", limits.headerBytes, "header");
      case "header":
        return takeHeader();
      case "events":
        return takeEvents(decoder as EventDecoder);
      case "footerLength":
        return takeLength("the footer's length in bytes", limits.footerBytes, "footer");
      case "footer":
        return takeFooter(header as TraceHeader);
      case "endMagic":
        return takeMagic(TRACE_END_MAGIC, "the trace does not end with ALTREND1", "complete");
      case "complete":
        return waitingEnd > waitingStart ? fail("data follows the end of the trace") : false;
    }
  }

  const gzip = createGzipStream({
    sourceName,
    limits,
    fail,
    onDecoded(bytes) {
      addWaiting(bytes);
      while (takeItem());
    },
  });

  /** Runs a step of the caller's; the first failure is the answer to every later call. */
  function guarded(step: () => void): void {
    if (failure !== undefined) throw failure;
    try {
      step();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  function end(): { header: TraceHeader; footer: TraceFooter } {
    guarded(() => {
      gzip.end();
      if (stage !== "complete") fail(`the file ends where ${stageItems[stage]} should be`);
    });
    return { header: header as TraceHeader, footer: footer as TraceFooter };
  }

  return {
    push: (compressed) => guarded(() => gzip.push(compressed)),
    end,
    takenBytes: gzip.takenBytes,
  };
}

/** Reads a whole trace that is in memory. Throws as `TraceReader.push` does. O(events). */
export function decodeTrace(
  compressed: Uint8Array,
  options: TraceReadOptions = {},
): AllocationTrace {
  const gatherer = gatherEvents();
  const reader = createTraceReader({ ...options, onEvents: gatherer.add });
  reader.push(compressed);
  return { ...reader.end(), events: gatherer.events() };
}

/** Reads a whole trace from a stream of pieces. Throws as `TraceReader.push` does. O(events). */
export async function readTrace(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: TraceReadOptions = {},
): Promise<AllocationTrace> {
  const gatherer = gatherEvents();
  const reader = createTraceReader({ ...options, onEvents: gatherer.add });
  for await (const piece of pieces) reader.push(piece);
  return { ...reader.end(), events: gatherer.events() };
}
