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
  type Collector,
  checkInteger,
  GRANULE_SIZE_BYTES,
  IncompatiblePartsError,
  type Mutator,
  type Observer,
  type PrivateHeap,
  type RootStack,
  type Strategy,
  type StrategyParts,
  type TypeId,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import {
  createHandleSet,
  createMutator,
  createRootStack,
  createTypeTable,
  describeType,
  type HandleSet,
  type TypeOptions,
  validateObjects,
} from "@ouro/object-model";
import { checkTraits, layOutHeader } from "./traits-check.js";

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
  /** Defines a type; what is left out is as `describeType` says. Throws `UsageError`. */
  defineType(options: TypeOptions): TypeId;
  /** Throws `HeapCorruptionError` naming the first thing found broken in any part. O(heap). */
  validate(): void;
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
    observer: options.observer,
    get allocator() {
      allocator ??= makeAllocator(heap, name, budgetWord);
      return allocator;
    },
  };
  const collector = strategy.create(parts);
  checkHooks(strategy, collector);
  const mutator = createMutator({ heap, types, roots, collector });
  const handles = createHandleSet({ mutator, roots });

  return {
    name,
    strategy,
    heap,
    types,
    roots,
    collector,
    mutator,
    handles,
    defineType: (type) => types.define(describeType(type)),
    validate() {
      heap.validate();
      collector.validate();
      validateObjects(heap.words, types, roots, collector);
    },
  };
}

/** Room for every part's tables: those are reserved, and committed only as they are used. */
function makeHeap(options: MemoryManagerOptions): PrivateHeap {
  const { reservationBytes = 1 << 30, limitBytes } = options;
  checkInteger("composeMemoryManager", "reservationBytes", reservationBytes, 4 * ARENA_SIZE_BYTES);
  const regionBytes = Math.ceil(reservationBytes / 16) + (1 << 20);
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

function checkHooks(strategy: Strategy, collector: Collector): void {
  for (const hook of strategy.traits.hooks) {
    if (typeof collector[hook] === "function") continue;
    throw new IncompatiblePartsError({
      parts: [strategy.name, "mutator"],
      reason: `its traits name the barrier hook "${hook}", and its collector has none`,
      remedy: "Implement the hook or do not name it",
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
