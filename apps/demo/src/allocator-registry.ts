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
];
