// The sentences of `ouro explain`: one for each thing that a part tells, with a code that tests and
// translations hold on to. A code never changes its meaning; the words may.
//
//   level 1   what happens to objects: born, unreachable, finalized, de-allocated
//   level 2   the decisions behind it: class, pool, counts, tracking, what is subtracted
//   level 3   every store, block and safepoint
//
// {object}, {type}, {class} and the like stand for the numbers of the event, as EVENTS names them.

import { EVENTS, type EventCode, type EventName } from "@ouro/interfaces";

export type Level = 1 | 2 | 3;

export interface Sentence {
  /** Stable. */
  readonly code: string;
  readonly level: Level;
  /** The event that it tells. */
  readonly event: EventName;
  readonly text: string;
  /** The second thing that is said of the event. */
  readonly isAnswer?: boolean;
  /** Of two sentences for one event, the one that fits these numbers. Default: any. */
  readonly when?: (a: number, b: number, c: number) => boolean;
}

/** The first that fits an event counts. */
export const SENTENCES: readonly Sentence[] = [
  {
    code: "PM-ALLOC-LARGE",
    level: 2,
    event: "block-request",
    text: "request: {requestBytes} bytes are more than pools serve, so it is a large block",
    when: (_bytes, sizeClass) => sizeClass < 0,
  },
  {
    code: "PM-ALLOC-CLASS",
    level: 2,
    event: "block-request",
    text:
      "request: {requestBytes} bytes, so class {sizeClass}: a block of {classBytes} bytes, " +
      "{roundingBytes} of them rounding",
  },
  {
    code: "PM-ALLOC-BLOCK",
    level: 2,
    event: "block-request",
    isAnswer: true,
    text: "block {blockInPool} of pool {poolOf} of arena {arenaOf} is taken from the pool's list",
  },
  {
    code: "PM-ALLOC-MOVE",
    level: 2,
    event: "block-reallocate",
    text: "reallocation to {requestBytes} bytes: block {block} is now block {newBlock}",
  },
  {
    code: "PM-ALLOC-REFUSE",
    level: 1,
    event: "request-refuse",
    text: "a request of {requestBytes} bytes is refused: memory is out",
  },
  {
    code: "PM-ARENA-RESERVE",
    level: 2,
    event: "arena-reserve",
    text: "arena {arena}: {arenaCount} MiB are lent from the private heap",
  },
  {
    code: "PM-ARENA-RELEASE",
    level: 2,
    event: "arena-release",
    text: "arena {arena} holds no block any more and goes back to the private heap",
  },
  {
    code: "PM-ARENA-LIMIT",
    level: 1,
    event: "limit-exceed",
    text: "more than the soft limit of {softLimitBytes} bytes is lent",
  },
  {
    code: "PM-POOL-TAKE",
    level: 2,
    event: "pool-take",
    text: "pool {pool} of arena {arena} was empty, and serves blocks of {classBytes} bytes now",
  },
  {
    code: "PM-POOL-RELEASE",
    level: 2,
    event: "pool-release",
    text: "pool {pool} of arena {arena} is empty again: it can serve any class",
  },
  {
    code: "PM-OBJECT-CREATE",
    level: 1,
    event: "object-create",
    text: "{object} is born: {sizeBytes} bytes",
  },
  {
    code: "PM-ROOT-EMPTY",
    level: 3,
    event: "slot-write",
    text: "a root holds nothing any more",
    when: (_slot, holder, value) => holder === 0 && value === 0,
  },
  {
    code: "PM-ROOT-WRITE",
    level: 3,
    event: "slot-write",
    text: "a root now holds {value}",
    when: (_slot, holder) => holder === 0,
  },
  {
    code: "PM-SLOT-EMPTY",
    level: 3,
    event: "slot-write",
    text: "a slot of {holder} is emptied",
    when: (_slot, _holder, value) => value === 0,
  },
  { code: "PM-SLOT-WRITE", level: 3, event: "slot-write", text: "{holder} now refers to {value}" },
  {
    code: "PM-COUNT-ZERO",
    level: 1,
    event: "count-change",
    text: "{object}: count {oldCount} to 0, so nothing refers to it and it goes at once",
    when: (_object, _old, count) => count === 0,
  },
  {
    code: "PM-COUNT-DOWN",
    level: 2,
    event: "count-change",
    text: "{object}: count {oldCount} to {newCount}, not zero, so it stays",
    when: (_object, old, count) => count < old,
  },
  {
    code: "PM-COUNT-UP",
    level: 2,
    event: "count-change",
    text: "{object}: count {oldCount} to {newCount}",
  },
  {
    code: "PM-GC-TRACK",
    level: 2,
    event: "object-track",
    text: "{object} can be part of a cycle: it is tracked in generation {generation}",
  },
  {
    code: "PM-GC-UNTRACK",
    level: 2,
    event: "object-untrack",
    text: "{object} is not tracked any more",
  },
  {
    code: "PM-GC-PROMOTE",
    level: 2,
    event: "object-promote",
    text: "{object} survived: generation {fromGeneration} to {toGeneration}",
  },
  {
    code: "PM-OBJECT-MOVE",
    level: 2,
    event: "object-move",
    text: "{toObject} is moved: {sizeBytes} bytes",
  },
  {
    code: "PM-SAFEPOINT",
    level: 3,
    event: "safepoint-pass",
    text: "a safepoint: what is due begins",
  },
  {
    code: "PM-GC-DUE",
    level: 1,
    event: "threshold-exceed",
    text: "generation {generation} is due: its count {count} is above the threshold {threshold}",
  },
  {
    code: "PM-GC-START",
    level: 1,
    event: "collection-start",
    text: "collection of generation {generation} begins; objects to examine: {candidateCount}",
  },
  {
    code: "PM-GC-EXAMINE",
    level: 2,
    event: "object-examine",
    text: "{object}: its count {referenceCount} is copied",
  },
  {
    code: "PM-GC-SUBTRACT",
    level: 2,
    event: "reference-subtract",
    text: "{fromObject} refers to {toObject}: one subtracted, {remainingCount} left",
  },
  {
    code: "PM-GC-MARK-ROOT",
    level: 2,
    event: "object-mark",
    text: "{object} is marked: a root holds it",
    when: (_object, from) => from === 0,
  },
  {
    code: "PM-GC-MARK",
    level: 2,
    event: "object-mark",
    text: "{object} is marked: {fromObject} refers to it",
  },
  {
    code: "PM-GC-UNREACHABLE",
    level: 1,
    event: "object-unreachable",
    text: "{object}: no reference from outside is left, so it seems unreachable",
  },
  {
    code: "PM-GC-REACH",
    level: 1,
    event: "object-reach",
    text: "{object} is reachable after all",
  },
  {
    code: "PM-GC-END",
    level: 1,
    event: "collection-end",
    text:
      "collection of generation {generation} is over: {reclaimedCount} unreachable, " +
      "{uncollectableCount} uncollectable",
  },
  {
    code: "PM-WEAK-CLEAR",
    level: 1,
    event: "weak-reference-clear",
    text: "{weakReference}, a weak reference to {object}, is emptied",
  },
  {
    code: "PM-CALLBACK-RUN",
    level: 1,
    event: "callback-run",
    text: "the callback of {weakReference} runs",
  },
  {
    code: "PM-FINALIZER-RUN",
    level: 1,
    event: "finalizer-run",
    text: "the finalizer of {object} runs, once and never again",
  },
  {
    code: "PM-RESURRECT",
    level: 1,
    event: "object-resurrect",
    text: "{object} is resurrected: its finalizer made it reachable",
  },
  {
    code: "PM-GC-CLEAR",
    level: 2,
    event: "object-clear",
    text: "{object} is emptied, which breaks its cycle",
  },
  {
    code: "PM-DEALLOCATE",
    level: 1,
    event: "object-deallocate",
    text: "{object} is de-allocated: what it refers to is released",
  },
  {
    code: "PM-RECLAIM",
    level: 2,
    event: "object-reclaim",
    text: "{object}: its {sizeBytes} bytes are reclaimed",
  },
  {
    code: "PM-FREE-LARGE",
    level: 3,
    event: "block-free",
    text: "a large block of {usableSizeBytes} bytes is free",
    when: (_block, sizeClass) => sizeClass < 0,
  },
  {
    code: "PM-FREE-BLOCK",
    level: 3,
    event: "block-free",
    text: "block {blockInPool} goes back to the list of pool {poolOf} of arena {arenaOf}",
  },
];

/** What is told without an event: somebody looked. */
export const NOTES = {
  "PM-ARENA-KEEP": {
    level: 2,
    text:
      "arena {arena}: none of its pools is in use any more; one such arena is kept for what " +
      "comes, a second one would go back to the private heap",
  },
  "PM-END-ROOTS": {
    level: 1,
    text: "the program ends: what its roots hold is released",
  },
  "PM-END-COLLECT": {
    level: 1,
    text: "what is left refers to itself: all of it is collected",
  },
  "PM-END-EMPTY": { level: 1, text: "no object is left" },
  "PM-END-LEFT": { level: 1, text: "{objects} left, which this preset never reclaims" },
} as const satisfies Readonly<Record<string, { readonly level: Level; readonly text: string }>>;

export type NoteCode = keyof typeof NOTES;

const BY_EVENT = new Map<EventName, readonly Sentence[]>(
  EVENTS.map(({ name }) => [name, SENTENCES.filter(({ event }) => event === name)]),
);

/** The sentence for an event; undefined: there is none. */
export function sentenceFor(
  code: EventCode,
  a: number,
  b: number,
  c: number,
  isAnswer = false,
): Sentence | undefined {
  const { name } = EVENTS[code - 1] as (typeof EVENTS)[number];
  const fits = ({ when, isAnswer: of = false }: Sentence): boolean =>
    of === isAnswer && (when === undefined || when(a, b, c));
  return BY_EVENT.get(name)?.find(fits);
}
