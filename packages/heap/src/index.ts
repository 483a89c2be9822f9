/**
 * The private heap: reserves linear memory, lends arenas from it, takes them back.
 *
 * @packageDocumentation
 */

export type { BufferOwner } from "./backing.js";
export {
  createPrivateHeap,
  openPrivateHeap,
  type PrivateHeapOptions,
} from "./private-heap.js";
