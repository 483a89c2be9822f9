// What object-model is tested on: memory managers of every preset there is, and the null strategy
// on allocators that place blocks in another order than they were asked for.

import { createLargeBlockAllocator } from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import type {
  Allocator,
  Block,
  Collector,
  Mutator,
  PrivateHeap,
  RootStack,
  TypeTable,
} from "@ouro/interfaces";
import { createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import {
  createHandleSet,
  createMutator,
  createRootStack,
  createTypeTable,
  type HandleSet,
  validateObjects,
} from "@ouro/object-model";

export interface Rig {
  readonly heap: PrivateHeap;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
  readonly mutator: Mutator;
  readonly handles: HandleSet;
  validate(): void;
}

export interface RigOptions {
  limitBytes?: number;
  handleLimitCount?: number;
  frameSlotLimitCount?: number;
}

export type RigMaker = (options?: RigOptions) => Rig;

const MIB = 1 << 20;

/** A memory manager of each preset there is, by its name; the one without mechanism first. */
export const managers: readonly (readonly [string, RigMaker])[] = [
  "null" as const,
  ...PRESET_NAMES.filter((preset) => preset !== "null"),
].map((preset) => [
  preset,
  (options = {}) => createMemoryManager(preset, { reservationBytes: 64 * MIB, ...options }),
]);

/** All of those, and the null strategy on other allocators. */
export const rigs: readonly (readonly [string, RigMaker])[] = [
  ...managers,
  ["null on large blocks", (options) => composeOn(createLarge, options)],
  ["null on scattered blocks", (options) => composeOn(createScattered, options)],
];

function composeOn(createAllocator: (heap: PrivateHeap) => Allocator, options: RigOptions = {}) {
  const { limitBytes = 48 * MIB, ...limits } = options;
  const heap = createPrivateHeap({ reservationBytes: 64 * MIB, regionBytes: 5 * MIB, limitBytes });
  const borrower = heap.registerBorrower("rig");
  const types = createTypeTable({ heap, borrower });
  const roots = createRootStack({ heap, borrower, ...limits });
  const none = { start: 0, sizeWords: 0, existed: false };
  const collector = nullStrategy().create({
    heap,
    borrower,
    types,
    roots,
    isChecked: false,
    allocator: createAllocator(heap),
    headerMask: () => 0,
    sideTable: none,
    budgetWord: heap.reserveRegion(borrower, "budget", 4).start,
    observer: undefined,
  });
  const mutator = createMutator({ heap, types, roots, collector });
  const handles = createHandleSet({ mutator, roots });
  const validate = () => {
    collector.validate();
    validateObjects(heap.words, types, roots, collector);
  };
  return { heap, types, roots, collector, mutator, handles, validate };
}

function createLarge(source: PrivateHeap): Allocator {
  return createLargeBlockAllocator({ source, name: "large" });
}

/** Takes blocks in fours and gives out one of the four that is neither the lowest nor the next. */
function createScattered(source: PrivateHeap): Allocator {
  const inner = createLarge(source);
  const kept = new Map<number, Block[]>();
  const given = new Map<Block, number>();
  let turn = 0;

  function tryAllocate(requestBytes: number): Block {
    const blocks = kept.get(requestBytes) ?? [];
    kept.set(requestBytes, blocks);
    while (blocks.length < 4) {
      const block = inner.tryAllocate(requestBytes);
      if (block === 0) break;
      blocks.push(block);
    }
    turn = (turn * 5 + 3) & 0xffff;
    const [block] = blocks.splice(turn % Math.max(1, blocks.length), 1);
    if (block === undefined) return 0 as Block;
    given.set(block, requestBytes);
    return block;
  }

  return {
    ...inner,
    tryAllocate,
    free(block) {
      inner.free(block);
      given.delete(block);
    },
    owns: (block) => given.has(block as Block),
    statistics: () => ({ ...inner.statistics(), liveBlockCount: given.size }),
    walk(visit) {
      const blocks = [...given.keys()].sort((one, other) => one - other);
      for (const block of blocks) visit(block, inner.usableSizeBytes(block));
    },
  };
}
