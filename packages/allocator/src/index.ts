/**
 * Allocators: arenas into pools into blocks by size class, and large blocks of any size.
 *
 * @packageDocumentation
 */

export { assertedAllocator } from "./asserted-allocator.js";
export {
  createLargeBlockAllocator,
  type LargeBlockAllocator,
  type LargeBlockAllocatorOptions,
} from "./large-block-allocator.js";
export { formatMallocStats } from "./malloc-stats.js";
export { type ObservedAllocatorOptions, observedAllocator } from "./observed-allocator.js";
export {
  createPoolAllocator,
  type PoolAllocator,
  type PoolAllocatorOptions,
} from "./pool-allocator.js";
export {
  createSizeRouter,
  type SizeRouterOptions,
  type SweepableSizeRouterOptions,
} from "./size-router.js";
