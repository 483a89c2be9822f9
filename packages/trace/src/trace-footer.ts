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

export interface TraceFooter extends TraceFigures {
  readonly notRecorded: NotRecordedCounts;
}
