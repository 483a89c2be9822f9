// The allocators that `--allocator` can name. **To plug in another one, add a line to `PARTS`.**
// `serves` says for which requests it may stand: "small" ones (at most 512 bytes, beside another
// allocator for the rest) or "any". Parts are loaded when they are used, so that help does not pay.

import type { Allocator, ArenaSource } from "@ouro/interfaces";

interface PartFacts {
  readonly name: string;
  readonly meaning: string;
}

type Factory<Made extends Allocator> = () => Promise<(options: { source: ArenaSource }) => Made>;

/** The size router finds the blocks of a small part by its number in the arena table. */
export interface SmallPart extends PartFacts {
  readonly serves: "small";
  readonly load: Factory<Allocator & { readonly borrower: number }>;
}

export interface AnyPart extends PartFacts {
  readonly serves: "any";
  readonly load: Factory<Allocator>;
  /** A freed block's memory waits until the whole region is freed: footprints are not compared. */
  readonly isRegion?: true;
}

/** An allocator over the whole composition. **Another one is a line in `LAYERS`.** */
export interface LayerPart extends PartFacts {
  readonly load: () => Promise<(below: Allocator, source: ArenaSource) => Layer>;
  /** Blocks below are those that the program asked for, no more and no larger. */
  readonly isTransparent: boolean;
}

export interface Layer {
  readonly allocator: Allocator;
  /** Gives back what the layer keeps of freed blocks. */
  readonly settle?: () => void;
}

export type AllocatorPart = SmallPart | AnyPart;

const allocators = () => import("@ouro/allocator");

export const PARTS: readonly AllocatorPart[] = [
  {
    name: "pool",
    serves: "small",
    meaning: "CPython's pymalloc: 32 size classes in 16 KiB pools",
    load: async () => (await allocators()).createPoolAllocator,
  },
  {
    name: "large",
    serves: "any",
    meaning: "blocks of any size with an 8-byte header",
    load: async () => (await allocators()).createLargeBlockAllocator,
  },
  {
    name: "bump",
    serves: "any",
    meaning: "a region: a free only counts, memory comes back when nothing lives",
    load: async () => (await allocators()).createBumpAllocator,
    isRegion: true,
  },
];

export const LAYERS: readonly LayerPart[] = [
  {
    name: "checked",
    meaning: "fences, fresh and dead bytes around every block, after CPython's debug hooks",
    isTransparent: false,
    async load() {
      const { createCheckedAllocator } = await allocators();
      return (below, source) => {
        const allocator = createCheckedAllocator(below, { source });
        return { allocator, settle: allocator.release };
      };
    },
  },
  {
    name: "free-lists",
    meaning: "freed blocks kept by type, with CPython 3.13's sizes and maxima",
    isTransparent: false,
    async load() {
      const { CPYTHON_FREE_LISTS, createFreeListAllocator } = await allocators();
      return (below, source) => {
        const lists = CPYTHON_FREE_LISTS;
        const allocator = createFreeListAllocator({ source, allocator: below, lists });
        return { allocator, settle: () => void allocator.clear() };
      };
    },
  },
  {
    name: "counting",
    meaning: "blocks and bytes counted by size class, domain and site",
    isTransparent: true,
    async load() {
      const { createAllocationCounts, createCountingAllocator } = await allocators();
      return (below) => {
        const counts = createAllocationCounts();
        return { allocator: createCountingAllocator(below, { counts }) };
      };
    },
  },
  {
    name: "asserted",
    meaning: "assertions around each call, at level cheap",
    isTransparent: true,
    async load() {
      const { assertedAllocator } = await allocators();
      return (below) => ({ allocator: assertedAllocator(below, "cheap") });
    },
  },
];
