/**
 * Allocators: arenas into pools into blocks by size class, and large blocks of any size.
 *
 * @packageDocumentation
 */

export {
  ALLOCATION_DOMAINS,
  type AllocationCount,
  type AllocationCounts,
  type AllocationDomain,
  createAllocationCounts,
  type SizeClassCount,
} from "./allocation-counts.js";
export {
  type AllocationSites,
  type AllocationSitesOptions,
  createAllocationSites,
  type SiteNumber,
} from "./allocation-sites.js";
export { type AllocatorDomains, createAllocatorDomains } from "./allocator-domains.js";
export { assertedAllocator } from "./asserted-allocator.js";
export {
  type BumpAllocator,
  type BumpAllocatorOptions,
  type BumpMark,
  createBumpAllocator,
} from "./bump-allocator.js";
export {
  type CheckedAllocator,
  type CheckedAllocatorOptions,
  createCheckedAllocator,
} from "./checked-allocator.js";
export { type CountingAllocatorOptions, createCountingAllocator } from "./counting-allocator.js";
export { CPYTHON_FREE_LISTS, type FreeListSpec } from "./cpython-free-lists.js";
export {
  createFreeListAllocator,
  type FreeListAllocator,
  type FreeListAllocatorOptions,
} from "./free-list-allocator.js";
export {
  createLargeBlockAllocator,
  type LargeBlockAllocator,
  type LargeBlockAllocatorOptions,
} from "./large-block-allocator.js";
export { formatLeakReport, type Leak } from "./leak-report.js";
export {
  type AnyArray,
  createMalloc,
  type ElementArrays,
  type ElementType,
  type Malloc,
  type MallocOptions,
} from "./malloc.js";
export { formatMallocStats } from "./malloc-stats.js";
export { type ObservedAllocatorOptions, observedAllocator } from "./observed-allocator.js";
export {
  createPartedAllocator,
  type PartedAllocator,
  type PartedAllocatorOptions,
} from "./parted-allocator.js";
export {
  createPoolAllocator,
  type PoolAllocator,
  type PoolAllocatorOptions,
} from "./pool-allocator.js";
export type { PoolVisitor } from "./pool-statistics.js";
export {
  createSizeRouter,
  type SizeRouterOptions,
  type SweepableSizeRouterOptions,
} from "./size-router.js";
