/**
 * Finalizers, weak references and their callbacks, in the two orders of CPython: one for objects
 * that die by their count, one for objects found unreachable.
 *
 * @packageDocumentation
 */

export { createFinalization, type FinalizationOptions } from "./finalization.js";
export type { ProgramCode } from "./program-code.js";
export { WEAK_REFERENCE_TYPE } from "./weak-reference-table.js";
