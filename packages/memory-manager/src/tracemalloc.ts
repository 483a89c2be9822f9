// The tracing of allocations, after Python's tracemalloc: which site asked for what is alive, how
// much that is, and how much it was at most.
//
//   object-create ─► entry: site, type, size │ current + size │ peak?
//   object-move   ─► the entry follows
//   object-reclaim ─► entry free again       │ current − size
//   takeSnapshot  ─► a copy of the entries (traced-snapshot.ts)
//
// It is an observer like any other, so that a memory manager that was composed without has neither
// call nor branch for it: its functions are the plain ones. In one that was composed with it,
// births and deaths are told; while it is stopped each costs a call and a test, where references
// are counted each write a call, and a collection nothing.
//
// What was born before `start`, or came with an image, is not traced, and its death is not counted.
//
// Source: CPython 3.13 Lib/tracemalloc.py, Python/tracemalloc.c; PEP 454.

import { type AllocationSites, createAllocationSites } from "@ouro/allocator";
import {
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  expectSound,
  type Mutator,
  type Observer,
  type Reference,
  type TypeTable,
  UsageError,
} from "@ouro/interfaces";
import type { CheckedMutator } from "@ouro/object-model";
import {
  createTracedSnapshot,
  type TracedAllocation,
  type TracedSnapshot,
} from "./traced-snapshot.js";

export interface TracemallocOptions {
  /**
   * Names the place that allocates now: `enter` says so, or its `describe` is asked. Default: a
   * table of its own, whose `enter` the program calls.
   */
  sites?: AllocationSites;
}

export interface TracedMemory {
  /** Bytes of what was born since `start` and is alive. */
  readonly currentBytes: number;
  readonly currentCount: number;
  /** The most that `currentBytes` was since `start` or the last `resetPeak`. */
  readonly peakBytes: number;
}

/** Python's tracemalloc, for the objects of one memory manager. */
export interface Tracemalloc {
  readonly sites: AllocationSites;
  /** Traces what is born from now on. Nothing changes if it traces already. */
  start(): void;
  /** Traces no more, and forgets all traces: take a snapshot before. */
  stop(): void;
  isTracing(): boolean;
  /** Forgets all traces; what is alive now is traced no more. Current and peak are 0. */
  clearTraces(): void;
  getTracedMemory(): TracedMemory;
  /** The peak is what is current now. */
  resetPeak(): void;
  /** What is alive and traced now. Throws `UsageError` while it does not trace. O(traced). */
  takeSnapshot(): TracedSnapshot;
  /**
   * Where the object was born, of what type and size; undefined for one that is not traced. In
   * checked mode throws as any call that takes a reference. O(1).
   */
  getObjectTraceback(object: Reference): TracedAllocation | undefined;
  /** Throws `HeapCorruptionError` if the sums are not those of the traces. O(traced). */
  validate(): void;
}

export interface Tracing extends Tracemalloc {
  readonly observer: Observer;
}

/** The types, and who takes the epoch off a reference, are there once the manager is made. */
export type TracedManager = () => {
  readonly types: Pick<TypeTable, "descriptor">;
  readonly mutator: Mutator | CheckedMutator;
};

const WANTS: readonly EventCode[] = [EVENT_OBJECT_CREATE, EVENT_OBJECT_MOVE, EVENT_OBJECT_RECLAIM];

/** A tracing that has not begun. */
export function createTracing(options: TracemallocOptions, manager: TracedManager): Tracing {
  const { sites = createAllocationSites() } = options;
  // Entry e: sites[e], types[e], sizes[e]. Whose it is, the map says; free ones are used again.
  const entries = new Map<number, number>();
  const siteNumbers: number[] = [];
  const types: number[] = [];
  const sizesBytes: number[] = [];
  const freeEntries: number[] = [];
  let isTracing = false;
  let currentBytes = 0;
  let peakBytes = 0;

  function noteBirth(object: number, type: number, sizeBytes: number): void {
    const entry = freeEntries.pop() ?? siteNumbers.length;
    siteNumbers[entry] = sites.current();
    types[entry] = type;
    sizesBytes[entry] = sizeBytes;
    entries.set(object, entry);
    currentBytes += sizeBytes;
    if (currentBytes > peakBytes) peakBytes = currentBytes;
  }

  function noteMove(from: number, to: number): void {
    const entry = entries.get(from);
    if (entry === undefined) return;
    entries.delete(from);
    entries.set(to, entry);
  }

  function noteDeath(object: number): void {
    const entry = entries.get(object);
    if (entry === undefined) return;
    entries.delete(object);
    freeEntries.push(entry);
    currentBytes -= sizesBytes[entry] as number;
  }

  function event(code: EventCode, a: number, b: number, c: number): void {
    if (!isTracing) return;
    if (code === EVENT_OBJECT_CREATE) noteBirth(a, b, c * 4);
    else if (code === EVENT_OBJECT_MOVE) noteMove(a, b);
    else noteDeath(a);
  }

  function clearTraces(): void {
    for (const list of [siteNumbers, types, sizesBytes, freeEntries]) list.length = 0;
    entries.clear();
    currentBytes = 0;
    peakBytes = 0;
  }

  function allocationOf(entry: number): TracedAllocation {
    return {
      site: sites.nameOf(siteNumbers[entry] as number),
      typeName: manager().types.descriptor(types[entry] as never).name,
      sizeBytes: sizesBytes[entry] as number,
    };
  }

  return {
    observer: { wants: WANTS, isListening: () => isTracing, event },
    sites,
    start() {
      isTracing = true;
    },
    stop() {
      isTracing = false;
      clearTraces();
    },
    isTracing: () => isTracing,
    clearTraces,
    getTracedMemory: () => ({ currentBytes, currentCount: entries.size, peakBytes }),
    resetPeak() {
      peakBytes = currentBytes;
    },
    takeSnapshot() {
      if (!isTracing) refuseSnapshot();
      return createTracedSnapshot([...entries.values()].map(allocationOf));
    },
    getObjectTraceback(object) {
      const { mutator } = manager();
      const where = "tracemalloc.getObjectTraceback";
      const plain = "plainFor" in mutator ? mutator.plainFor(where, object) : object;
      const entry = entries.get(plain);
      return entry === undefined ? undefined : allocationOf(entry);
    },
    validate() {
      let bytes = 0;
      for (const entry of entries.values()) bytes += sizesBytes[entry] as number;
      expectSound(bytes === currentBytes, "traces", 0, `${bytes} bytes, and ${currentBytes} said`);
      expectSound(currentBytes <= peakBytes, "traces", 0, "more is alive than ever was");
    },
  };
}

function refuseSnapshot(): never {
  throw new UsageError({
    where: "tracemalloc.takeSnapshot",
    argument: "the tracing",
    problem: "is not started, so that there are no traces",
    remedy: "Call start() before what is to be traced, and take the snapshot before stop()",
  });
}
