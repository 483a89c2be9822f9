// Decoded events, as columns: one typed array a field and no object per event, so that a loop over
// millions of events handles numbers only.
//
//   event          0        1        2        3
//   kinds        ┌ malloc ┬ malloc ┬ realloc┬ free   ┐   operation, plus DOMAIN_MEM
//   ids          │ 0      │ 1      │ 0      │ 1      │   block id; for a mark its index
//   sizesBytes   └ 32     ┴ 600    ┴ 48     ┴ 0      ┘   0 for free and mark

/** **Invariant:** only the first `eventCount` entries of each column mean anything. */
export interface TraceEvents {
  readonly eventCount: number;
  /** Blocks made by these events and those before: every id is below. */
  readonly idCount: number;
  readonly kinds: Uint8Array;
  readonly ids: Int32Array;
  readonly sizesBytes: Int32Array;
}

/** Events in the order they came out of a stream; the columns are reused for the next batch. */
export interface EventBatch extends TraceEvents {
  /** Index of the batch's first event in the trace. */
  readonly firstEventIndex: number;
}
