// The footer of a trace: everything its events add up to, so that a reader can prove that it read
// them right. `differingFigure` is that proof: it names the first figure that does not agree.

import { type Fail, parseJsonFields } from "./json-fields.js";

/** `[events so far, live blocks, live bytes]`, after every 65536 events. */
export type Checkpoint = readonly [eventCount: number, liveBlockCount: number, liveBytes: number];

/** What the events add up to. Byte figures are requested bytes, without rounding or headers. */
export interface TraceFigures {
  /** Marks included, END not. */
  readonly eventCount: number;
  readonly operationCounts: {
    readonly free: number;
    readonly malloc: number;
    readonly calloc: number;
    readonly realloc: number;
    readonly mark: number;
  };
  readonly domainCounts: { readonly obj: number; readonly mem: number };
  readonly idCount: number;
  /** Sum of the sizes of malloc, calloc and realloc events. */
  readonly requestedBytes: number;
  readonly peakLiveBytes: number;
  /** Index of the event that first reaches `peakLiveBytes`; 0 when nothing was ever live. */
  readonly peakLiveBytesEventIndex: number;
  readonly peakLiveBlockCount: number;
  readonly endLiveBlockCount: number;
  readonly endLiveBytes: number;
  readonly maxSizeBytes: number;
  /** malloc and calloc events by size class; 33 rows, see `histogramRow`. */
  readonly allocationHistogram: readonly number[];
  /** Blocks live at the end, by size class. */
  readonly endLiveHistogram: readonly number[];
  readonly reallocsChangingClassCount: number;
  readonly crc32: number;
  readonly fnv32: number;
  readonly checkpoints: readonly Checkpoint[];
}

/** Calls that the recorder saw and left out. */
export interface NotRecordedCounts {
  readonly freeNull: number;
  readonly foreignFree: number;
  readonly foreignRealloc: number;
  readonly failed: number;
}

/** What a trace says of itself at its end. */
export interface TraceFooter extends TraceFigures {
  readonly notRecorded: NotRecordedCounts;
}

/** Reads the footer's JSON; `fail` is told what is wrong with it. */
export function parseTraceFooter(text: string, fail: Fail): TraceFooter {
  const fields = parseJsonFields(text, "the footer", fail);
  const operations = fields.object("ops");
  const domains = fields.object("by_domain");
  const notRecorded = fields.object("not_recorded");
  return {
    eventCount: fields.count("events"),
    operationCounts: {
      free: operations.count("free"),
      malloc: operations.count("malloc"),
      calloc: operations.count("calloc"),
      realloc: operations.count("realloc"),
      mark: operations.count("mark"),
    },
    domainCounts: { obj: domains.count("obj"), mem: domains.count("mem") },
    idCount: fields.count("ids"),
    requestedBytes: fields.count("bytes_requested"),
    peakLiveBytes: fields.count("peak_live_bytes"),
    peakLiveBytesEventIndex: fields.count("peak_live_bytes_event"),
    peakLiveBlockCount: fields.count("peak_live_blocks"),
    endLiveBlockCount: fields.count("end_live_blocks"),
    endLiveBytes: fields.count("end_live_bytes"),
    maxSizeBytes: fields.count("max_size"),
    allocationHistogram: fields.counts("alloc_class_histogram"),
    endLiveHistogram: fields.counts("end_live_class_histogram"),
    reallocsChangingClassCount: fields.count("reallocs_changing_class"),
    crc32: fields.count("crc32"),
    fnv32: fields.count("fnv32"),
    checkpoints: fields.rows("checkpoints", 3) as unknown as readonly Checkpoint[],
    notRecorded: {
      freeNull: notRecorded.count("free_null"),
      foreignFree: notRecorded.count("foreign_free"),
      foreignRealloc: notRecorded.count("foreign_realloc"),
      failed: notRecorded.count("failed"),
    },
  };
}

/** The checked part of the footer in the file's own names and order. */
function figureFields(figures: TraceFigures): Record<string, unknown> {
  return {
    events: figures.eventCount,
    ops: figures.operationCounts,
    by_domain: figures.domainCounts,
    ids: figures.idCount,
    bytes_requested: figures.requestedBytes,
    peak_live_bytes: figures.peakLiveBytes,
    peak_live_bytes_event: figures.peakLiveBytesEventIndex,
    peak_live_blocks: figures.peakLiveBlockCount,
    end_live_blocks: figures.endLiveBlockCount,
    end_live_bytes: figures.endLiveBytes,
    max_size: figures.maxSizeBytes,
    alloc_class_histogram: figures.allocationHistogram,
    end_live_class_histogram: figures.endLiveHistogram,
    reallocs_changing_class: figures.reallocsChangingClassCount,
    crc32: figures.crc32,
    fnv32: figures.fnv32,
    checkpoints: figures.checkpoints,
  };
}

/** The footer as it stands in a file. */
export function formatTraceFooter(footer: TraceFooter): string {
  const { freeNull, foreignFree, foreignRealloc, failed } = footer.notRecorded;
  return JSON.stringify({
    ...figureFields(footer),
    not_recorded: {
      free_null: freeNull,
      foreign_free: foreignFree,
      foreign_realloc: foreignRealloc,
      failed,
    },
  });
}

/** A sentence about the first figure in which a footer differs from what was counted, if any. */
export function differingFigure(stated: TraceFigures, counted: TraceFigures): string | undefined {
  const countedFields = figureFields(counted);
  for (const [name, statedFigure] of Object.entries(figureFields(stated))) {
    const [path, statedPart, countedPart] = firstDifference(
      name,
      statedFigure,
      countedFields[name],
    );
    if (path !== undefined) {
      return `the footer says ${path} = ${statedPart}, the events give ${countedPart}`;
    }
  }
  return undefined;
}

/** Compares numbers, and objects and lists of them; figures are three levels deep at most. */
function firstDifference(
  path: string,
  stated: unknown,
  counted: unknown,
): [path: string | undefined, stated?: unknown, counted?: unknown] {
  if (typeof stated !== "object" || stated === null) {
    return stated === counted ? [undefined] : [path, stated, counted];
  }
  const statedParts = Object.entries(stated);
  const countedParts = Object(counted) as Record<string, unknown>;
  const countedPartCount = Object.keys(countedParts).length;
  for (const [name, part] of statedParts) {
    const difference = firstDifference(`${path}.${name}`, part, countedParts[name]);
    if (difference[0] !== undefined) return difference;
  }
  if (statedParts.length === countedPartCount) return [undefined];
  return [`the length of ${path}`, statedParts.length, countedPartCount];
}
