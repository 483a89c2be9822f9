// The facade of Python's module `gc`: its names in the project's style, its meanings, its numbers.
// Everything is asked of the collector's generations and kept there, debug flags and garbage too:
// all facades of a manager are one. The collector knows no epochs: what checked mode put on a
// reference is taken off before the collector is asked, and put on what it answers.
//
//   gc.collect() · gc.get_threshold() · …   here: gc.collect() · gc.getThreshold() · …

import {
  type CollectionCallback,
  checkInteger,
  checkOptions,
  describeValue,
  type Finalization,
  type Generations,
  type Handle,
  InvalidAddressError,
  NOT_TRACKED,
  PERMANENT_GENERATION,
  type Reference,
  ROW_FLAGS,
  TYPE_VISIT_BACKWARD,
  UsageError,
} from "@ouro/interfaces";
import { type CheckedMutator, createObjectLayout } from "@ouro/object-model";
import type { MemoryManager } from "./memory-manager.js";

/** Tell `write` of each collection's start and end. */
export const DEBUG_STATS = 1;
/** Tell `write` of each object found unreachable. */
export const DEBUG_COLLECTABLE = 2;
/** Python's flag for objects that cannot be collected; there are none here. */
export const DEBUG_UNCOLLECTABLE = 4;
/** Keep all garbage in `garbage`, with a handle for each object, instead of reclaiming it. */
export const DEBUG_SAVEALL = 32;
export const DEBUG_LEAK = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

export interface GenerationStats {
  readonly collections: number;
  readonly collected: number;
  readonly uncollectable: number;
}

/**
 * Results are borrowed references: hold what you want to keep over a safepoint. In checked mode
 * they carry an epoch, and references that are given are tested, as by the mutator; in fast mode
 * too, what is no object is refused: `InvalidAddressError`. All facades of a manager share flags,
 * garbage and callbacks.
 */
export interface Gc {
  /**
   * `gc.collect(generation=2)`: how many objects were found unreachable; 0 while another collection
   * runs. Throws `UsageError` for a generation that is not 0, 1 or 2 (only 0 where there is one).
   */
  collect(generation?: number): number;
  /** `gc.enable()`: automatic collection on. */
  enable(): void;
  /** `gc.disable()`: automatic collection off, one already requested too. */
  disable(): void;
  /** `gc.isenabled()`. */
  isEnabled(): boolean;
  /** `gc.get_threshold()`. */
  getThreshold(): [number, number, number];
  /**
   * `gc.set_threshold(threshold0[, threshold1[, threshold2]])`: those left out stay; 0 as the first
   * turns automatic collection off. Under `refcount-whole-heap` bytes say when a collection is due:
   * there they are kept and change nothing, and `disable` turns it off. Throws `UsageError`.
   */
  setThreshold(threshold0: number, threshold1?: number, threshold2?: number): void;
  /** `gc.get_count()`. */
  getCount(): [number, number, number];
  /** `gc.get_stats()`: three entries, as in Python; with one generation the others stay 0. */
  getStats(): GenerationStats[];
  /**
   * `gc.get_objects(generation=None)`: tracked objects in list order; without an argument those of
   * all three generations, frozen ones not. Throws `UsageError`. O(objects).
   */
  getObjects(generation?: number): Reference[];
  /** `gc.get_referrers(*objs)`: tracked objects that refer to one of them. O(heap). */
  getReferrers(...objects: Reference[]): Reference[];
  /** `gc.get_referents(*objs)`: what a cycle detector visits in them, in its order. */
  getReferents(...objects: Reference[]): Reference[];
  /** `gc.is_tracked(obj)`. */
  isTracked(object: Reference): boolean;
  /** `gc.is_finalized(obj)`. */
  isFinalized(object: Reference): boolean;
  /** `gc.freeze()`: everything tracked is never examined again. O(objects). */
  freeze(): void;
  /** `gc.unfreeze()`: back to the oldest generation. O(frozen). */
  unfreeze(): void;
  /** `gc.get_freeze_count()`. */
  getFreezeCount(): number;
  /**
   * `gc.garbage`: what `DEBUG_SAVEALL` kept, a handle for each object: no more than the manager's
   * `handleLimitCount` has room for; one without room is a program error, and garbage as before. An
   * object is let go by `dispose` of its handle: `length = 0` would keep it for good.
   */
  readonly garbage: Handle[];
  /** `gc.callbacks`: called before and after each collection. */
  readonly callbacks: CollectionCallback[];
  /** `gc.set_debug(flags)`. Throws `UsageError` for a flag that is none. */
  setDebug(flags: number): void;
  /** `gc.get_debug()`. */
  getDebug(): number;
}

export interface GcOptions {
  /**
   * Where debug lines go; Python writes them to stderr. Default: nowhere. Lines go to the facade
   * whose `setDebug` was called last.
   */
  write?: (line: string) => void;
}

/** Throws `UsageError` for a memory manager whose strategy has no generations. */
export function createGc(manager: MemoryManager, options: GcOptions = {}): Gc {
  checkGcOptions(manager, options);
  const { write = () => {} } = options;
  const { heap, types, mutator, handles, collector, withEpoch } = manager;
  const checked = "plainFor" in mutator ? (mutator as CheckedMutator) : undefined;
  const { words } = heap;
  const { generations, finalization } = partsOf(manager);
  const { oldestGeneration: oldest } = generations;
  const layout = createObjectLayout(words, types);
  const { garbage } = generations;

  /** The word index of a reference that was given to a call. */
  function taken(call: string, reference: Reference): Reference {
    if (checked !== undefined) return checked.plainFor(`gc.${call}`, reference);
    if (typeof reference === "number" && collector.isObject(reference)) return reference;
    const expected = "a reference to an object";
    throw new InvalidAddressError({ where: `gc.${call}`, address: reference, expected });
  }

  /** A reference to an object, as a call gives it out. */
  function given(call: string, object: Reference): Reference {
    return checked?.withEpochFor(`gc.${call}`, object) ?? object;
  }

  /** In the order in which the type is visited. Both references are plain. */
  function eachReferent(object: Reference, visit: (referent: Reference) => void): void {
    const start = layout.slotsStart(object);
    const count = layout.visitedEnd(object) - start;
    const flags = words[layout.rowOf(object) + ROW_FLAGS] as number;
    const isBackward = (flags & TYPE_VISIT_BACKWARD) !== 0;
    for (let index = 0; index < count; index++) {
      const value = words[start + (isBackward ? count - 1 - index : index)] as number;
      if (value > 0) visit(value as Reference);
    }
  }

  function plainObjects(generation?: number): Reference[] {
    if (generation !== undefined) {
      checkInteger("getObjects", "generation", generation, 0, oldest);
    }
    const objects: Reference[] = [];
    for (let each = 0; each <= oldest; each++) {
      if (generation === undefined || generation === each) {
        generations.walk(each, (object) => objects.push(object));
      }
    }
    return objects;
  }

  function getReferrers(...objects: Reference[]): Reference[] {
    const wanted = new Set(objects.map((object) => taken("getReferrers", object)));
    const referrers = plainObjects().filter((object) => {
      let isReferrer = false;
      eachReferent(object, (referent) => {
        isReferrer ||= wanted.has(referent);
      });
      return isReferrer;
    });
    return referrers.map((object) => given("getReferrers", object));
  }

  function save(object: Reference): void {
    const frame = mutator.enter(1);
    try {
      mutator.setRoot(frame, withEpoch(object));
      garbage.push(handles.hold(frame));
    } finally {
      mutator.leave(frame);
    }
  }

  function tellStart(generation: number): void {
    const sizes = [0, 1, 2].map((each) => generations.liveCount(each)).join(" ");
    write(`gc: collecting generation ${generation}...`);
    write(`gc: objects in each generation: ${sizes}`);
    write(`gc: objects in permanent generation: ${generations.liveCount(PERMANENT_GENERATION)}`);
  }

  function tellStop(collected: number, uncollectable: number): void {
    const unreachable = collected + uncollectable;
    write(`gc: done, ${unreachable} unreachable, ${uncollectable} uncollectable`);
  }

  function setDebug(flags: number): void {
    checkInteger("setDebug", "flags", flags, 0, DEBUG_STATS | DEBUG_LEAK);
    if ((flags & ~(DEBUG_STATS | DEBUG_LEAK)) !== 0) refuseFlags(flags);
    if (flags === 0) {
      generations.setDebugging(undefined);
      return;
    }
    const onCollectable = (object: Reference): void =>
      write(`gc: collectable <${types.descriptor(layout.typeOf(object)).name} ${object}>`);
    generations.setDebugging({
      flags,
      savesAll: (flags & DEBUG_SAVEALL) !== 0,
      onSaved: save,
      ...((flags & DEBUG_COLLECTABLE) !== 0 ? { onCollectable } : {}),
      ...((flags & DEBUG_STATS) !== 0 ? { onStart: tellStart, onStop: tellStop } : {}),
    });
  }

  function getThreshold(): [number, number, number] {
    const { young, middle, old } = generations.thresholds();
    return [young, middle, old];
  }

  return {
    collect: (generation = oldest) => generations.collect(generation),
    enable: () => generations.setEnabled(true),
    disable: () => generations.setEnabled(false),
    isEnabled: generations.isEnabled,
    getThreshold,
    setThreshold(young, middle = getThreshold()[1], old = getThreshold()[2]) {
      generations.setThresholds({ young, middle, old });
    },
    getCount: generations.counts,
    getStats: generations.statistics,
    getObjects: (generation) =>
      plainObjects(generation).map((object) => given("getObjects", object)),
    getReferrers,
    getReferents(...objects) {
      const call = "getReferents";
      const referents: Reference[] = [];
      for (const object of objects.map((each) => taken(call, each))) {
        eachReferent(object, (referent) => referents.push(given(call, referent)));
      }
      return referents;
    },
    isTracked: (object) => generations.generationOf(taken("isTracked", object)) !== NOT_TRACKED,
    isFinalized: (object) => finalization.isFinalized(taken("isFinalized", object)),
    freeze: generations.freeze,
    unfreeze: generations.unfreeze,
    getFreezeCount: () => generations.liveCount(PERMANENT_GENERATION),
    garbage,
    callbacks: generations.callbacks,
    setDebug,
    getDebug: () => generations.debugging()?.flags ?? 0,
  };
}

function checkGcOptions(manager: unknown, options: GcOptions): void {
  const { collector, strategy } = (manager ?? {}) as Partial<MemoryManager>;
  if (typeof collector !== "object" || typeof strategy !== "object") {
    throw new UsageError({
      where: "createGc",
      argument: describeValue(manager),
      problem: "is no memory manager",
      remedy: "Pass one, as createMemoryManager makes it",
    });
  }
  checkOptions("createGc", options, "|write");
  if (options.write === undefined || typeof options.write === "function") return;
  throw new UsageError({
    where: "createGc",
    argument: `option write, ${describeValue(options.write)},`,
    problem: "is no function",
    remedy: "Give one that takes a line, or leave it out",
  });
}

function partsOf({ collector, strategy }: MemoryManager): {
  generations: Generations;
  finalization: Finalization;
} {
  const { generations, finalization } = collector;
  if (generations !== undefined && finalization !== undefined) return { generations, finalization };
  throw new UsageError({
    where: "createGc",
    argument: `strategy "${strategy.name}"`,
    problem: "has no generations",
    remedy: 'Compose a preset of CPython\'s, as "cpython-3.13"',
  });
}

function refuseFlags(flags: number): never {
  throw new UsageError({
    where: "setDebug",
    argument: `flags ${describeValue(flags)}`,
    problem: "have a bit that is no flag",
    remedy: "Add up constants DEBUG_*",
  });
}
