/**
 * Composes the parts to one memory manager, and refuses parts that cannot fit.
 *
 * @packageDocumentation
 */

export type { MemoryManager, MemoryManagerOptions } from "./memory-manager.js";
export { composeMemoryManager } from "./memory-manager.js";
