// Events: what every part tells an observer. The explaining command, the cost model and the monitor
// live off this list. An event is a code and three whole numbers, given to one function:
//
//   observer.event(EVENT_BLOCK_REQUEST, requestBytes, sizeClass, block)
//
// Why one function and not a method an event: one call site shape stays quick in V8 with any number
// of events, a recorder stores four numbers without knowing their meaning, and a new event breaks
// no observer. `EVENTS` says what the numbers of each code are.
//
// With no observer there is no call and no branch on the hot path: a part takes the observer when
// it is made, asks `isObserved` once for each of its events, and picks the function with the event
// or the one without:
//
//   const free = isObserved(observer, EVENT_BLOCK_FREE) ? observedFree : plainFree;
//
// An event is emitted when its fact is complete and the heap is consistent, before the call returns
// (`-run` and `-start`: just before). An observer may read and `validate()`. One of an
// allocator or a heap must not change memory, and what it throws goes to whoever called the part.
// One of a memory manager may call the mutator: the call in which it does so is a safepoint then,
// and a collection that is asked for inside of another examines nothing.

/** Listens to the parts it is given to. */
export interface Observer {
  /** The codes it wants to hear; without it every event. Read once, when a part is made. */
  readonly wants?: readonly EventCode[];
  /**
   * Whether it would hear of it now. Asked where there is much to do before an event can be told,
   * once a collection; it may be told all the same. Without it: always.
   */
  isListening?(code: EventCode): boolean;
  /** `a`, `b` and `c` are as `EVENTS` says, 0 where an event has fewer. Numbers only. */
  event(code: EventCode, a: number, b: number, c: number): void;
}

/** Whether a part has to emit `code`. Asked when the part is made, never on a hot path. */
export function isObserved(observer: Observer | undefined, code: EventCode): observer is Observer {
  return observer !== undefined && (observer.wants?.includes(code) ?? true);
}

/** Whether somebody would hear of `code` now. Asked once a collection, never on a hot path. */
export function isHeard(observer: Observer | undefined, code: EventCode): observer is Observer {
  return isObserved(observer, code) && (observer.isListening?.(code) ?? true);
}

/**
 * What a number in an event is. `arena`, `pool`, `block`, `object` and `slot` are word indexes;
 * bytes, words and counts say so; a `sizeClass` is −1 for a large block.
 */
export type EventNumber =
  | "arena"
  | "arenaCount"
  | "borrower"
  | "lentBytes"
  | "softLimitBytes"
  | "pool"
  | "sizeClass"
  | "requestBytes"
  | "block"
  | "usableSizeBytes"
  | "newBlock"
  | "limitBytes"
  | "object"
  | "type"
  | "sizeWords"
  | "slot"
  | "holder"
  | "value"
  | "oldCount"
  | "newCount"
  | "generation"
  | "fromGeneration"
  | "toGeneration"
  | "fromObject"
  | "toObject"
  | "safepoint"
  | "count"
  | "threshold"
  | "candidateCount"
  | "referenceCount"
  | "remainingCount"
  | "reclaimedCount"
  | "uncollectableCount"
  | "weakReference";

// Heap: arenas lent and taken back.
export const EVENT_ARENA_RESERVE = 1;
export const EVENT_ARENA_RELEASE = 2;
/** The soft limit was passed; the arenas were lent all the same. */
export const EVENT_LIMIT_EXCEED = 3;

// Allocator: pools and blocks.
/** An empty pool begins to serve a size class. */
export const EVENT_POOL_TAKE = 4;
/** A pool's last block was freed. */
export const EVENT_POOL_RELEASE = 5;
export const EVENT_BLOCK_REQUEST = 6;
export const EVENT_BLOCK_FREE = 7;
/** `newBlock` is `block` when it stayed in place. */
export const EVENT_BLOCK_REALLOCATE = 8;
/** Out of memory. */
export const EVENT_REQUEST_REFUSE = 9;

// Object model: objects, slots and the collector's watch.
export const EVENT_OBJECT_CREATE = 10;
/** `holder` is 0 for a root slot; the value is stored already. */
export const EVENT_SLOT_WRITE = 11;
export const EVENT_COUNT_CHANGE = 12;
export const EVENT_OBJECT_TRACK = 13;
export const EVENT_OBJECT_UNTRACK = 14;
export const EVENT_OBJECT_PROMOTE = 15;
export const EVENT_OBJECT_MOVE = 16;
export const EVENT_SAFEPOINT_PASS = 17;

// Collections.
export const EVENT_THRESHOLD_EXCEED = 18;
export const EVENT_COLLECTION_START = 19;
export const EVENT_OBJECT_EXAMINE = 20;
/** An internal reference; what remains comes from outside. */
export const EVENT_REFERENCE_SUBTRACT = 21;
/** Reached from `fromObject`, 0 for a root. */
export const EVENT_OBJECT_MARK = 22;
export const EVENT_OBJECT_UNREACHABLE = 23;
/** Held unreachable until now, and reached after all. */
export const EVENT_OBJECT_REACH = 24;
export const EVENT_COLLECTION_END = 25;

// Death.
export const EVENT_WEAK_REFERENCE_CLEAR = 26;
/** Emitted before it runs. */
export const EVENT_CALLBACK_RUN = 27;
/** Emitted before it runs. */
export const EVENT_FINALIZER_RUN = 28;
export const EVENT_OBJECT_RESURRECT = 29;
/** A collector empties its slots to break a cycle. */
export const EVENT_OBJECT_CLEAR = 30;
/** The object ends; its slots are not released yet. */
export const EVENT_OBJECT_DEALLOCATE = 31;
/** Its block was given back. */
export const EVENT_OBJECT_RECLAIM = 32;

/** Every event, in the order of the codes: `EVENTS[code - 1]` describes `code`. */
export const EVENTS = [
  {
    code: EVENT_ARENA_RESERVE,
    name: "arena-reserve",
    numbers: ["arena", "arenaCount", "borrower"],
  },
  {
    code: EVENT_ARENA_RELEASE,
    name: "arena-release",
    numbers: ["arena", "arenaCount", "borrower"],
  },
  {
    code: EVENT_LIMIT_EXCEED,
    name: "limit-exceed",
    numbers: ["lentBytes", "softLimitBytes", "borrower"],
  },
  { code: EVENT_POOL_TAKE, name: "pool-take", numbers: ["pool", "sizeClass", "arena"] },
  { code: EVENT_POOL_RELEASE, name: "pool-release", numbers: ["pool", "sizeClass", "arena"] },
  {
    code: EVENT_BLOCK_REQUEST,
    name: "block-request",
    numbers: ["requestBytes", "sizeClass", "block"],
  },
  {
    code: EVENT_BLOCK_FREE,
    name: "block-free",
    numbers: ["block", "sizeClass", "usableSizeBytes"],
  },
  {
    code: EVENT_BLOCK_REALLOCATE,
    name: "block-reallocate",
    numbers: ["block", "requestBytes", "newBlock"],
  },
  {
    code: EVENT_REQUEST_REFUSE,
    name: "request-refuse",
    numbers: ["requestBytes", "lentBytes", "limitBytes"],
  },
  { code: EVENT_OBJECT_CREATE, name: "object-create", numbers: ["object", "type", "sizeWords"] },
  { code: EVENT_SLOT_WRITE, name: "slot-write", numbers: ["slot", "holder", "value"] },
  { code: EVENT_COUNT_CHANGE, name: "count-change", numbers: ["object", "oldCount", "newCount"] },
  { code: EVENT_OBJECT_TRACK, name: "object-track", numbers: ["object", "type", "generation"] },
  { code: EVENT_OBJECT_UNTRACK, name: "object-untrack", numbers: ["object", "type", "generation"] },
  {
    code: EVENT_OBJECT_PROMOTE,
    name: "object-promote",
    numbers: ["object", "fromGeneration", "toGeneration"],
  },
  {
    code: EVENT_OBJECT_MOVE,
    name: "object-move",
    numbers: ["fromObject", "toObject", "sizeWords"],
  },
  { code: EVENT_SAFEPOINT_PASS, name: "safepoint-pass", numbers: ["safepoint"] },
  {
    code: EVENT_THRESHOLD_EXCEED,
    name: "threshold-exceed",
    numbers: ["generation", "count", "threshold"],
  },
  {
    code: EVENT_COLLECTION_START,
    name: "collection-start",
    numbers: ["generation", "candidateCount"],
  },
  {
    code: EVENT_OBJECT_EXAMINE,
    name: "object-examine",
    numbers: ["object", "type", "referenceCount"],
  },
  {
    code: EVENT_REFERENCE_SUBTRACT,
    name: "reference-subtract",
    numbers: ["fromObject", "toObject", "remainingCount"],
  },
  { code: EVENT_OBJECT_MARK, name: "object-mark", numbers: ["object", "fromObject"] },
  { code: EVENT_OBJECT_UNREACHABLE, name: "object-unreachable", numbers: ["object", "type"] },
  { code: EVENT_OBJECT_REACH, name: "object-reach", numbers: ["object", "fromObject"] },
  {
    code: EVENT_COLLECTION_END,
    name: "collection-end",
    numbers: ["generation", "reclaimedCount", "uncollectableCount"],
  },
  {
    code: EVENT_WEAK_REFERENCE_CLEAR,
    name: "weak-reference-clear",
    numbers: ["weakReference", "object"],
  },
  { code: EVENT_CALLBACK_RUN, name: "callback-run", numbers: ["weakReference"] },
  { code: EVENT_FINALIZER_RUN, name: "finalizer-run", numbers: ["object", "type"] },
  {
    code: EVENT_OBJECT_RESURRECT,
    name: "object-resurrect",
    numbers: ["object", "type", "generation"],
  },
  { code: EVENT_OBJECT_CLEAR, name: "object-clear", numbers: ["object", "type"] },
  { code: EVENT_OBJECT_DEALLOCATE, name: "object-deallocate", numbers: ["object", "type"] },
  { code: EVENT_OBJECT_RECLAIM, name: "object-reclaim", numbers: ["object", "type", "sizeWords"] },
] as const satisfies readonly EventDescription[];

export interface EventDescription {
  readonly code: number;
  /** Noun and verb. */
  readonly name: string;
  /** What `a`, `b` and `c` are, in this order. */
  readonly numbers: readonly EventNumber[];
}

export type EventCode = (typeof EVENTS)[number]["code"];
export type EventName = (typeof EVENTS)[number]["name"];
