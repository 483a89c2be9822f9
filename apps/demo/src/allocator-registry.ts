// The allocators that `--allocator` can name. **To plug in another one, add a line to `PARTS`.**
// `serves` says for which requests it may stand: "small" ones (at most 512 bytes) or "any". Parts are
// loaded when they are used, so that help does not pay for them.

import type { Allocator, ArenaSource } from "@ouro/interfaces";

export interface AllocatorPart {
  readonly name: string;
  readonly serves: "small" | "any";
  readonly meaning: string;
  readonly load: () => Promise<(options: { source: ArenaSource }) => Allocator>;
}

const allocators = () => import("@ouro/allocator");

// biome-ignore format: one line a part
export const PARTS: readonly AllocatorPart[] = [
  { name: "pool", serves: "small", meaning: "CPython's pymalloc: 32 size classes in 16 KiB pools", load: async () => (await allocators()).createPoolAllocator },
  { name: "large", serves: "any", meaning: "blocks of any size with an 8-byte header", load: async () => (await allocators()).createLargeBlockAllocator },
];
