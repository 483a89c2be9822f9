/**
 * Reference counting: increments and decrements behind the barrier, death at zero inside the store,
 * object free lists, immortal objects, a report of leaked cycles.
 *
 * @packageDocumentation
 */

export type { FreeListMaxima } from "./free-lists.js";
export {
  findLeaks,
  formatLeaks,
  type LeakedCycle,
  type LeakedType,
  type LeakReport,
  type LeakSource,
} from "./leak-report.js";
export {
  type Counting,
  createRefcountCollector,
  type Ending,
  type RefcountCollectorOptions,
  type RefcountOptions,
  refcountStrategy,
} from "./refcount-collector.js";
export {
  type CountedHeap,
  IMMORTAL_COUNT,
  isImmortal,
  makeImmortal,
  referenceCount,
} from "./reference-count.js";
