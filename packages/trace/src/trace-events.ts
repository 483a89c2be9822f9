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

const FIRST_COLUMN_LENGTH = 1024;

/** Columns that grow: batches and single events are added at the end. */
export interface EventGatherer {
  /** O(batch). */
  add(batch: TraceEvents): void;
  /** Adds one event; `idCount` says how many blocks have been made with it. O(1). */
  addEvent(kind: number, id: number, sizeBytes: number, idCount: number): void;
  /** All events so far; what is added later does not change them. O(1). */
  events(): TraceEvents;
}

/** Gathers events into columns of their own; nothing is sized by a claim. */
export function gatherEvents(): EventGatherer {
  let kinds = new Uint8Array(FIRST_COLUMN_LENGTH);
  let ids = new Int32Array(FIRST_COLUMN_LENGTH);
  let sizesBytes = new Int32Array(FIRST_COLUMN_LENGTH);
  let eventCount = 0;
  let idCount = 0;

  function grow(neededCount: number): void {
    if (neededCount <= kinds.length) return;
    const length = Math.max(neededCount, kinds.length * 2);
    const [oldKinds, oldIds, oldSizesBytes] = [kinds, ids, sizesBytes];
    kinds = new Uint8Array(length);
    ids = new Int32Array(length);
    sizesBytes = new Int32Array(length);
    kinds.set(oldKinds);
    ids.set(oldIds);
    sizesBytes.set(oldSizesBytes);
  }

  function add(batch: TraceEvents): void {
    grow(eventCount + batch.eventCount);
    kinds.set(batch.kinds.subarray(0, batch.eventCount), eventCount);
    ids.set(batch.ids.subarray(0, batch.eventCount), eventCount);
    sizesBytes.set(batch.sizesBytes.subarray(0, batch.eventCount), eventCount);
    eventCount += batch.eventCount;
    idCount = batch.idCount;
  }

  function addEvent(kind: number, id: number, sizeBytes: number, newIdCount: number): void {
    grow(eventCount + 1);
    kinds[eventCount] = kind;
    ids[eventCount] = id;
    sizesBytes[eventCount] = sizeBytes;
    eventCount++;
    idCount = newIdCount;
  }

  function events(): TraceEvents {
    return {
      eventCount,
      idCount,
      kinds: kinds.subarray(0, eventCount),
      ids: ids.subarray(0, eventCount),
      sizesBytes: sizesBytes.subarray(0, eventCount),
    };
  }

  return { add, addEvent, events };
}
