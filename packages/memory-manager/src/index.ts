/**
 * Composes the parts to one memory manager, and refuses parts that cannot fit.
 *
 * @packageDocumentation
 */

export { type CPythonFastOptions, cpythonFastStrategy } from "./cpython-fast-strategy.js";
export { type CPythonOptions, cpythonStrategy } from "./cpython-strategy.js";
export {
  createGc,
  DEBUG_COLLECTABLE,
  DEBUG_LEAK,
  DEBUG_SAVEALL,
  DEBUG_STATS,
  DEBUG_UNCOLLECTABLE,
  type Gc,
  type GcOptions,
  type GenerationStats,
} from "./gc.js";
export {
  type AllocatorParts,
  composeMemoryManager,
  type MemoryManager,
  type MemoryManagerOptions,
  type MemoryManagerStatistics,
} from "./memory-manager.js";
export {
  createMemoryManager,
  DEFAULT_PRESET,
  PRESET_NAMES,
  type PresetName,
} from "./presets.js";
export type {
  TraceDifference,
  TracedAllocation,
  TracedSnapshot,
  TraceKey,
  TraceStatistic,
} from "./traced-snapshot.js";
export type { TracedMemory, Tracemalloc, TracemallocOptions } from "./tracemalloc.js";
export { type TrialDeletionOptions, trialDeletionStrategy } from "./trial-deletion-strategy.js";
export type { WeakReferences } from "./weak-references.js";
export { type WholeHeapOptions, wholeHeapStrategy } from "./whole-heap-strategy.js";
