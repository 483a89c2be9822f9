// The memory manager: all parts of one composition wired to one object. It makes the parts that a
// strategy asks for in its traits, lays out header bits and side table, and refuses what cannot fit
// before anything is built.
//
//   strategy.traits ─► header bits, side table, hooks        checked here, reasons named
//   heap ◄─ allocator (made when asked for) ◄─ collector ◄─ mutator ◄─ program
//     ▲          type table ─┘      roots ─┘        └ checked mode stands before it
//     └ regions: type table, roots, budget, side table

import {
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
  observedAllocator,
} from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import {
  type Allocator,
  ARENA_SIZE_BYTES,
  type Collector,
  type CollectorStatistics,
  checkInteger,
  combineObservers,
  type Finalization,
  GRANULE_SIZE_BYTES,
  type HeapImage,
  type HeapStatistics,
  IncompatiblePartsError,
  type Mutator,
  NO_BUDGET,
  type Observer,
  type PrivateHeap,
  type Reference,
  type RootStack,
  type Slot,
  type Strategy,
  type StrategyParts,
  TYPE_ROW_SHIFT,
  type TypeDescriptor,
  type TypeId,
  type TypeTable,
  UsageError,
  type WordIndex,
} from "@ouro/interfaces";
import {
  type CheckedMutator,
  createCheckedMutator,
  createHandleSet,
  createMutator,
  createRootStack,
  createStressMutator,
  createTypeTable,
  describeType,
  expectHeapImage,
  type HandleLeak,
  type HandleSet,
  type MutatorOptions,
  observedMutator,
  restoreHeap,
  saveHeap,
  type TypeOptions,
  validateObjects,
} from "@ouro/object-model";
import { createCheckedFinalization } from "./checked-finalization.js";
import { checkCollector, checkHooks } from "./collector-check.js";
import { checkManagerOptions } from "./options-check.js";
import {
  createTracing,
  type TracedManager,
  type Tracemalloc,
  type TracemallocOptions,
  type Tracing,
} from "./tracemalloc.js";
import { checkTraits, layOutHeader } from "./traits-check.js";
import { createWeakReferences, type WeakReferences } from "./weak-references.js";

/** What an allocator is made of: it serves the objects of one manager. */
export interface AllocatorParts {
  readonly heap: PrivateHeap;
  /** Unique at the heap, for regions and borrowers. */
  readonly name: string;
  /** Counted down by allocators that can: without, a collection comes when memory runs out. */
  readonly budgetWord: WordIndex;
  readonly memoryObserver: Observer | undefined;
}

export interface MemoryManagerOptions {
  strategy: Strategy;
  /**
   * Makes the allocator of the objects, over the heap that it is given. By default pools and large
   * blocks. `IncompatiblePartsError` names a strategy and an allocator that do not fit.
   */
  allocator?: (parts: AllocatorParts) => Allocator;
  /** A heap to work in; by default one of the manager's own. */
  heap?: PrivateHeap;
  /** Bytes reserved up front for a heap of the manager's own. Default 1 GiB. */
  reservationBytes?: number;
  /** The hard limit on lent bytes of a heap of the manager's own. Default: all of it. */
  limitBytes?: number;
  /** Tells managers that share a heap apart: no two have the same. Default `manager`. */
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
  /** Told what the program and the collector do. What it does not want costs nothing. */
  observer?: Observer;
  /**
   * Told of blocks and pools, and of arenas of a heap of the manager's own, in the middle of what
   * other parts do: it must not throw. What it does not want costs nothing.
   */
  memoryObserver?: Observer;
  /**
   * Whether births and deaths can be traced, by `tracemalloc` of the manager. Default: no, and
   * nothing is paid.
   */
  tracemalloc?: boolean | TracemallocOptions;
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
  /**
   * Finalizers and what became of them; in checked mode it tests and gives out references as the
   * mutator does. Undefined where the strategy runs none.
   */
  readonly finalization: Finalization | undefined;
  /** Undefined where the strategy has no finalization. */
  readonly weakReferences: WeakReferences | undefined;
  /** Undefined unless the manager was composed with it. */
  readonly tracemalloc: Tracemalloc | undefined;
  /**
   * Defines a type; what is left out is as `describeType` says. Throws `UsageError`, and
   * `IncompatiblePartsError` for a type with a finalizer where nothing runs it, as all that define
   * types here do.
   */
  defineType(options: TypeOptions): TypeId;
  /**
   * A reference without the epoch that checked mode puts on it, as the heap's words hold it: for
   * `heap.words` and `collector.isObject`. Throws in checked mode as any call that takes a
   * reference. O(1).
   */
  plain(reference: Reference): Reference;
  /**
   * The inverse of `plain`: a borrowed reference as the mutator gives it out, to an object that
   * `heap.words` or the collector named. Throws `InvalidAddressError` in checked mode if there is
   * no object. O(1).
   */
  withEpoch(object: Reference): Reference;
  /**
   * A root slot without the key that checked mode puts on the slots of frames: its place in
   * `heap.words`. Throws in checked mode as any call that takes a slot. O(1).
   */
  plainSlot(slot: Slot): Slot;
  /** The heap as an image: types, objects, roots. Changes nothing. O(heap). */
  saveHeap(): HeapImage;
  /**
   * Fills this manager's empty heap. Throws `InputFormatError`, `UsageError`, `OutOfMemoryError`,
   * or `IncompatiblePartsError` for a type with a finalizer, and then the heap is empty as before.
   * The frame slots of the image are those from `roots.framesStart` on. O(image).
   */
  restoreHeap(image: HeapImage): void;
  /**
   * Gives back to the heap what is kept for what comes next, object free lists and wholly free
   * arenas; how many arenas it was. After `collect` with nothing alive none is left. No object
   * moves or dies, and what comes next is served as ever. O(what is kept).
   */
  trim(): number;
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
 * they cannot fit, `UsageError` for an option that cannot be; then there is no memory manager.
 */
export function composeMemoryManager(given: MemoryManagerOptions): MemoryManager {
  checkManagerOptions(given);
  const tracing = makeTracing(given, () => manager);
  const options = withObserver(given, tracing);
  const { strategy, name = "manager" } = options;
  checkTraits(strategy);
  const headerMask = layOutHeader(strategy);
  const heap = options.heap ?? makeHeap(options);
  const borrower = heap.registerBorrower(name);
  const budgetWord = heap.reserveRegion(borrower, "budget", 4).start;
  const nameWord = budgetWord + 1;
  if (heap.words[nameWord] !== 0) refuseName(name);
  heap.words[budgetWord] = NO_BUDGET;
  // Known once the collector is made; the collector may define types of its own before.
  let runsFinalizers = true;
  const types = refusingTypes(
    createTypeTable({ heap, borrower, ...pick(options, "typeLimitCount") }),
    (descriptor) => {
      if (!runsFinalizers) refuseFinalization(descriptor);
    },
  );
  const roots = createRootStack({
    heap,
    borrower,
    ...pick(options, "handleLimitCount"),
    ...pick(options, "frameSlotLimitCount"),
  });
  const layOut = { heap, borrower, types, roots, headerMask, budgetWord };
  const collector = makeCollector(strategy, makeParts(options, name, layOut));
  checkHooks(strategy, collector);
  runsFinalizers = collector.finalization !== undefined;
  const mutator = makeMutator(options, { heap, types, roots, collector });
  const checkedMutator = "plain" in mutator ? (mutator as CheckedMutator) : undefined;
  const { finalization } = collector;
  const { onHandleLeak: onLeak } = options;
  const handles = createHandleSet({ mutator, roots, ...(onLeak === undefined ? {} : { onLeak }) });
  heap.words[nameWord] = NAME_TAKEN;

  const manager: MemoryManager = {
    ...{ name, strategy, heap, types, roots, collector, mutator, handles, tracemalloc: tracing },
    defineType: (typeOptions) => types.define(describeType(typeOptions)),
    plain: checkedMutator?.plain ?? ((reference) => reference),
    withEpoch: checkedMutator?.withEpoch ?? ((object) => object),
    plainSlot: checkedMutator?.plainSlot ?? ((slot) => slot),
    finalization:
      checkedMutator === undefined || finalization === undefined
        ? finalization
        : createCheckedFinalization(finalization, checkedMutator),
    weakReferences:
      finalization === undefined
        ? undefined
        : makeWeakReferences(mutator, finalization, { heap, types, roots, collector }),
    saveHeap: () => saveHeap({ heap, types, roots, collector }),
    restoreHeap(image) {
      expectHeapImage("restoreHeap", image);
      // Here and not at the table: nothing of the image is defined if one type of it cannot be.
      if (finalization === undefined) image.types.forEach(refuseFinalization);
      restoreHeap({ heap, types, roots, collector }, image);
    },
    trim: () => trimHeap(heap, collector),
    statistics: () => ({ ...collector.statistics(), heap: heap.statistics() }),
    validate() {
      heap.validate();
      collector.validate();
      validateObjects(heap.words, types, roots, collector);
      tracing?.validate();
    },
  };
  return manager;
}

/** How many arenas the collector gave back. */
function trimHeap(heap: PrivateHeap, collector: Collector): number {
  const { lentArenaCount } = heap.statistics();
  collector.trim?.();
  return lentArenaCount - heap.statistics().lentArenaCount;
}

/** Undefined unless it is asked for. */
function makeTracing(
  { tracemalloc = false }: MemoryManagerOptions,
  manager: TracedManager,
): Tracing | undefined {
  if (tracemalloc === false) return undefined;
  return createTracing(tracemalloc === true ? {} : tracemalloc, manager);
}

/** The tracing hears first: what another observer throws does not keep anything from it. */
function withObserver(
  options: MemoryManagerOptions,
  tracing: Tracing | undefined,
): MemoryManagerOptions {
  if (tracing === undefined) return options;
  const { observer } = options;
  const { observer: tracer } = tracing;
  const both = observer === undefined ? tracer : combineObservers([tracer, observer]);
  return { ...options, observer: both };
}

interface ManagerParts extends StrategyParts {
  /** Whether an allocator is given that nobody has asked for. */
  wastesAllocator(): boolean;
}

function makeCollector(strategy: Strategy, parts: ManagerParts): Collector {
  const collector = strategy.create(parts);
  checkCollector(strategy, collector);
  if (parts.wastesAllocator()) refuseAllocator(strategy);
  return collector;
}

/** What a strategy is handed; its allocator is made when it is asked for. */
function makeParts(
  options: MemoryManagerOptions,
  name: string,
  made: Pick<StrategyParts, "heap" | "borrower" | "types" | "roots" | "headerMask" | "budgetWord">,
): ManagerParts {
  let allocator: Allocator | undefined;
  const { allocator: makeOther, memoryObserver } = options;
  const { heap, budgetWord } = made;
  return {
    ...made,
    wastesAllocator: () => makeOther !== undefined && allocator === undefined,
    sideTable: makeSideTable(made.heap, made.borrower, options.strategy),
    isChecked: (options.checked ?? false) !== false,
    observer: options.observer,
    get allocator() {
      allocator ??=
        makeOther === undefined
          ? makeAllocator(heap, name, budgetWord, memoryObserver)
          : expectAllocator(
              makeOther({ heap, name: `${name}-blocks`, budgetWord, memoryObserver }),
            );
      return allocator;
    },
  };
}

function expectAllocator(made: Allocator): Allocator {
  const calls = ["tryAllocate", "free", "owns", "walk", "statistics", "validate"] as const;
  const missing = calls.find((call) => typeof made?.[call] !== "function");
  if (missing === undefined) return made;
  throw new UsageError({
    where: "composeMemoryManager",
    argument: "what option allocator made",
    problem: `is no allocator: it has no function ${missing}`,
    remedy: "Return one, as createPoolAllocator of @ouro/allocator makes it",
  });
}

function refuseAllocator({ name }: Strategy): never {
  throw new IncompatiblePartsError({
    parts: [name, "allocator"],
    reason: "the strategy places objects by itself, and would not use the allocator",
    remedy: "Leave the allocator out, or choose a strategy that asks for one, as mark-sweep does",
  });
}

/** Written when a manager is whole: one that was refused half way does not hold its name. */
const NAME_TAKEN = 1;

/**
 * Fast, before it who is told of it, then the stress, then the checks: they see the safepoints that
 * the stress makes.
 */
function makeMutator(options: MemoryManagerOptions, parts: MutatorOptions): Mutator {
  const { checked = false, collectEvery } = options;
  const { types, heap } = parts;
  const { observer } = options;
  const plain = createMutator(parts);
  const fast = observedMutator({ mutator: plain, words: heap.words, types, observer });
  const behind =
    collectEvery === undefined ? fast : createStressMutator({ mutator: fast, collectEvery });
  if (checked === false) return behind;
  const sites = checked !== true && checked.sites;
  return createCheckedMutator({ ...parts, mutator: behind, sites });
}

/** Tables of the same name in one heap are the same words: each would write over the other's. */
function refuseName(name: string): never {
  throw new UsageError({
    where: "composeMemoryManager",
    argument: `name ${JSON.stringify(name)}`,
    problem: "is that of another memory manager in this heap",
    remedy: "Give each memory manager of a heap a name of its own",
  });
}

/** The one table of types, whoever defines one: the manager, a typed facade, a list, an image. */
function refusingTypes(table: TypeTable, refuse: (type: TypeDescriptor) => void): TypeTable {
  return {
    base: table.base,
    limitCount: table.limitCount,
    get count() {
      return table.count;
    },
    define(descriptor) {
      refuse(descriptor);
      return table.define(descriptor);
    },
    descriptor: table.descriptor,
    find: table.find,
  };
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
  const { reservationBytes = 1 << 30, limitBytes, memoryObserver } = options;
  checkInteger("composeMemoryManager", "reservationBytes", reservationBytes, 4 * ARENA_SIZE_BYTES);
  const moreBytes = moreTableBytes(options);
  const tableBytes = reservationBytes / 16 + (1 << 20) + moreBytes;
  // What is left holds objects and, for each granule of them, the side table.
  const sideBytes = options.strategy.traits.sideBytesPerGranule;
  const sideShare = sideBytes / (GRANULE_SIZE_BYTES + sideBytes);
  const regionBytes = Math.ceil(tableBytes + (reservationBytes - tableBytes) * sideShare);
  if (moreBytes > 0 && regionBytes + ARENA_SIZE_BYTES > reservationBytes) {
    throw new UsageError({
      where: "composeMemoryManager",
      argument: `reservationBytes ${reservationBytes}`,
      problem: `leaves no room for objects beside tables of ${regionBytes} bytes`,
      remedy: "Raise it, or lower typeLimitCount, handleLimitCount or frameSlotLimitCount",
    });
  }
  return createPrivateHeap({
    reservationBytes,
    regionBytes,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(memoryObserver === undefined ? {} : { observer: memoryObserver }),
  });
}

/**
 * What tables take for more types, handles and frame slots than are the default. What is no number
 * is refused by who makes them.
 */
function moreTableBytes(options: MemoryManagerOptions): number {
  const more = (count: number | undefined, usualCount: number): number =>
    Number.isInteger(count) ? Math.max(0, (count as number) - usualCount) : 0;
  const { typeLimitCount, handleLimitCount, frameSlotLimitCount } = options;
  const typeBytes = more(typeLimitCount, 1023) * (4 << TYPE_ROW_SHIFT);
  const handleBytes = more(handleLimitCount, 4096) * 5; // a word and a bit
  return typeBytes + handleBytes + more(frameSlotLimitCount, 65536) * 4;
}

function makeAllocator(
  source: PrivateHeap,
  name: string,
  budgetWord: WordIndex,
  observer: Observer | undefined,
): Allocator {
  const watched = observer === undefined ? {} : { observer };
  const small = createPoolAllocator({ source, name: `${name}-pools`, budgetWord, ...watched });
  const large = createLargeBlockAllocator({ source, name: `${name}-large`, budgetWord });
  const router = createSizeRouter({ source, small, large, name: `${name}-objects` });
  return observedAllocator(router, { observer, limits: source.statistics });
}

function makeSideTable(heap: PrivateHeap, borrower: number, strategy: Strategy) {
  const { sideBytesPerGranule } = strategy.traits;
  if (sideBytesPerGranule === 0) return { start: 0, sizeWords: 0, existed: false };
  const arenas = heap.arenaCount - heap.firstArenaIndex;
  const sizeBytes = arenas * (ARENA_SIZE_BYTES / GRANULE_SIZE_BYTES) * sideBytesPerGranule;
  return heap.reserveRegion(borrower, "side-table", Math.ceil(sizeBytes / 4));
}

/** Finalization knows no epochs: weak references speak to it behind the checks. */
function makeWeakReferences(
  mutator: Mutator,
  finalization: Finalization,
  parts: MutatorOptions,
): WeakReferences {
  const { types } = parts;
  if (!("plain" in mutator)) return createWeakReferences({ mutator, types, finalization });
  const checks = { checked: mutator as CheckedMutator, behind: createMutator(parts) };
  return createWeakReferences({ mutator, types, finalization, checks });
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
