import type { Allocator, PrivateHeap } from "@ouro/interfaces";

/** All that can be seen of a heap and its allocators, which are valid. */
export function viewOf(heap: PrivateHeap, allocators: readonly Allocator[]) {
  heap.validate();
  const arenas: [number, string][] = [];
  heap.walkArenas((arena, name) => arenas.push([arena, name]));
  const parts = allocators.map((allocator) => {
    allocator.validate();
    const blocks: [number, number, number | undefined][] = [];
    allocator.walk((block, sizeBytes) => blocks.push([block, sizeBytes, heap.words[block]]));
    return { statistics: allocator.statistics(), blocks };
  });
  return { statistics: heap.statistics(), arenas, parts };
}
