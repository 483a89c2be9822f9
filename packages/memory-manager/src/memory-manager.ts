// The memory manager: all parts of one composition wired to one object. It makes the parts that a
// strategy asks for in its traits, lays out header bits and side table, and refuses what cannot fit
// before anything is built.
//
//   strategy.traits ─► header bits, side table, hooks        checked here, reasons named
//   heap ◄─ allocator (made when asked for) ◄─ collector ◄─ mutator ◄─ program
//     ▲          type table ─┘      roots ─┘        └ checked mode stands before it
//     └ regions: type table, roots, budget, side table

import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import {
  type Allocator,
  ARENA_SIZE_BYTES,
  type BarrierHook,
  type Collector,
  type CollectorStatistics,
  checkInteger,
  type Finalization,
  GRANULE_SIZE_BYTES,
  type HeapImage,
  type HeapStatistics,
  IncompatiblePartsError,
  type Mutator,
  type Observer,
  type PrivateHeap,
  type RootStack,
  type Strategy,
  type StrategyParts,
  type TypeDescriptor,
  type TypeId,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import {
  createCheckedMutator,
  createHandleSet,
  createMutator,
  createRootStack,
  createStressMutator,
  createTypeTable,
  describeType,
  type HandleLeak,
  type HandleSet,
  type MutatorOptions,
  restoreHeap,
  saveHeap,
  type TypeOptions,
  validateObjects,
} from "@ouro/object-model";
import { checkTraits, layOutHeader } from "./traits-check.js";
import { createWeakReferences, type WeakReferences } from "./weak-references.js";

export interface MemoryManagerOptions {
  strategy: Strategy;
  /** A heap to work in; by default one of the manager's own. */
  heap?: PrivateHeap;
  /** Bytes reserved up front for a heap of the manager's own. Default 1 GiB. */
  reservationBytes?: number;
  /** The hard limit on lent bytes of a heap of the manager's own. Default: all of it. */
  limitBytes?: number;
  /** Tells managers that share a heap apart. Default `manager`. */
  name?: string;
  typeLimitCount?: number;
  handleLimitCount?: number;
  frameSlotLimitCount?: number;
  /**
   * Whether every call is checked before it is made: stale references, slots out of frame and the
   * like are refused. With `sites` a stale reference also says where it was taken. Default: fast.
   */
  checked?: boolean | { sites: boolean };
  /** Stress: a full collection at every so many safepoints. Default: when one is due. */
  collectEvery?: number;
  /** Told by `handles.reportLeaks` of each handle still live, with the stack that made it. */
  onHandleLeak?: (leak: HandleLeak) => void;
  /** Told what the collector does; blocks, pools and arenas have observers of their own. */
  observer?: Observer;
}

export interface MemoryManager {
  readonly name: string;
  readonly strategy: Strategy;
  readonly heap: PrivateHeap;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
  readonly mutator: Mutator;
  readonly handles: HandleSet;
  /** Finalizers and what became of them. Undefined where the strategy runs none. */
  readonly finalization: Finalization | undefined;
  /** Undefined where the strategy has no finalization. */
  readonly weakReferences: WeakReferences | undefined;
  /** Defines a type; what is left out is as `describeType` says. Throws `UsageError`. */
  defineType(options: TypeOptions): TypeId;
  /** The heap as an image: types, objects, roots. Changes nothing. O(heap). */
  saveHeap(): HeapImage;
  /**
   * Fills this manager's empty heap. Throws `InputFormatError`, `UsageError` or `OutOfMemoryError`,
   * and then the heap is empty as before. O(image).
   */
  restoreHeap(image: HeapImage): void;
  /** Objects, bytes and collections, and what the heap lends for them. */
  statistics(): MemoryManagerStatistics;
  /** Throws `HeapCorruptionError` naming the first thing found broken in any part. O(heap). */
  validate(): void;
}

export interface MemoryManagerStatistics extends CollectorStatistics {
  readonly heap: HeapStatistics;
}

/**
 * Composes one memory manager. Throws `IncompatiblePartsError` naming two parts and the reason when
 * they cannot fit; then nothing was built.
 */
export function composeMemoryManager(options: MemoryManagerOptions): MemoryManager {
  const { strategy, name = "manager" } = options;
  checkTraits(strategy);
  const headerMask = layOutHeader(strategy);
  const heap = options.heap ?? makeHeap(options);
  const borrower = heap.registerBorrower(name);
  const types = createTypeTable({ heap, borrower, ...pick(options, "typeLimitCount") });
  const roots = createRootStack({
    heap,
    borrower,
    ...pick(options, "handleLimitCount"),
    ...pick(options, "frameSlotLimitCount"),
  });
  const budgetWord = heap.reserveRegion(borrower, "budget", 4).start;
  heap.words[budgetWord] = 0x7fffffff;
  let allocator: Allocator | undefined;
  const parts: StrategyParts = {
    heap,
    borrower,
    types,
    roots,
    headerMask,
    budgetWord,
    sideTable: makeSideTable(heap, borrower, strategy),
    isChecked: (options.checked ?? false) !== false,
    observer: options.observer,
    get allocator() {
      allocator ??= makeAllocator(heap, name, budgetWord);
      return allocator;
    },
  };
  const collector = strategy.create(parts);
  checkHooks(strategy, collector);
  const mutator = makeMutator(options, { heap, types, roots, collector });
  const { finalization } = collector;
  const { onHandleLeak: onLeak } = options;
  const handles = createHandleSet({ mutator, roots, ...(onLeak === undefined ? {} : { onLeak }) });

  return {
    name,
    strategy,
    heap,
    types,
    roots,
    collector,
    mutator,
    handles,
    finalization,
    weakReferences:
      finalization === undefined
        ? undefined
        : createWeakReferences({ mutator, types, finalization }),
    defineType(typeOptions) {
      const descriptor = describeType(typeOptions);
      if (finalization === undefined) refuseFinalization(descriptor);
      return types.define(descriptor);
    },
    saveHeap: () => saveHeap({ heap, types, roots, collector }),
    restoreHeap: (image) => restoreHeap({ heap, types, roots, collector }, image),
    statistics: () => ({ ...collector.statistics(), heap: heap.statistics() }),
    validate() {
      heap.validate();
      collector.validate();
      validateObjects(heap.words, types, roots, collector);
    },
  };
}

const BARRIER_HOOKS: readonly BarrierHook[] = ["born", "write", "move", "copy", "drop"];

/**
 * Fast, before it the stress, before that the checks: they see the safepoints that the stress
 * makes.
 */
function makeMutator(options: MemoryManagerOptions, parts: MutatorOptions): Mutator {
  const { checked = false, collectEvery } = options;
  const fast = createMutator(parts);
  const behind =
    collectEvery === undefined ? fast : createStressMutator({ mutator: fast, collectEvery });
  if (checked === false) return behind;
  const sites = checked !== true && checked.sites;
  return createCheckedMutator({ ...parts, mutator: behind, sites });
}

function refuseFinalization({ name, finalizer, weakReference }: TypeDescriptor): void {
  if (!finalizer && !weakReference) return;
  throw new IncompatiblePartsError({
    parts: [`type "${name}"`, "finalization"],
    reason: finalizer
      ? "it has a finalizer, and this memory manager has no part that runs finalizers"
      : "it is of weak references, and this memory manager has no part that empties them",
    remedy: "Leave it out, or compose a strategy with finalization",
  });
}

/** Room for every part's tables: those are reserved, and committed only as they are used. */
function makeHeap(options: MemoryManagerOptions): PrivateHeap {
  const { reservationBytes = 1 << 30, limitBytes } = options;
  checkInteger("composeMemoryManager", "reservationBytes", reservationBytes, 4 * ARENA_SIZE_BYTES);
  const tableBytes = reservationBytes / 16 + (1 << 20);
  // What is left holds objects and, for each granule of them, the side table.
  const sideBytes = options.strategy.traits.sideBytesPerGranule;
  const sideShare = sideBytes / (GRANULE_SIZE_BYTES + sideBytes);
  const regionBytes = Math.ceil(tableBytes + (reservationBytes - tableBytes) * sideShare);
  return createPrivateHeap({
    reservationBytes,
    regionBytes,
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
}

function makeAllocator(source: PrivateHeap, name: string, budgetWord: WordIndex): Allocator {
  const small = createPoolAllocator({ source, name: `${name}-pools`, budgetWord });
  const large = createLargeBlockAllocator({ source, name: `${name}-large`, budgetWord });
  return createSizeRouter({ source, small, large, name: `${name}-objects` });
}

function makeSideTable(heap: PrivateHeap, borrower: number, strategy: Strategy) {
  const { sideBytesPerGranule } = strategy.traits;
  if (sideBytesPerGranule === 0) return { start: 0, sizeWords: 0, existed: false };
  const arenas = heap.arenaCount - heap.firstArenaIndex;
  const sizeBytes = arenas * (ARENA_SIZE_BYTES / GRANULE_SIZE_BYTES) * sideBytesPerGranule;
  return heap.reserveRegion(borrower, "side-table", Math.ceil(sizeBytes / 4));
}

/** A collector has exactly the hooks that its traits name. */
function checkHooks(strategy: Strategy, collector: Collector): void {
  for (const hook of BARRIER_HOOKS) {
    const isNamed = strategy.traits.hooks.includes(hook);
    if (isNamed === (collector[hook] !== undefined)) continue;
    throw new IncompatiblePartsError({
      parts: [strategy.name, "mutator"],
      reason: isNamed
        ? `its traits name the barrier hook "${hook}", and its collector has none`
        : `its collector has the barrier hook "${hook}", and its traits do not name it`,
      remedy: "Implement the hook and name it, or neither",
    });
  }
}

/** An option that is there, as an object to spread: absent and undefined differ. */
function pick<Key extends keyof MemoryManagerOptions>(
  options: MemoryManagerOptions,
  key: Key,
): { [K in Key]?: NonNullable<MemoryManagerOptions[K]> } {
  const value = options[key];
  return (value === undefined ? {} : { [key]: value }) as {
    [K in Key]?: NonNullable<MemoryManagerOptions[K]>;
  };
}
