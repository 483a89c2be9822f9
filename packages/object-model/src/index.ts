/**
 * What an object is and how a program uses it: type table, header and slots, root slots and handles,
 * the mutator in fast and checked form, collections that grow, heap images.
 *
 * @packageDocumentation
 */

export { type CheckedModeOptions, checkedMode } from "./checked-mode.js";
export {
  type CheckedMutator,
  type CheckedMutatorOptions,
  createCheckedMutator,
} from "./checked-mutator.js";
export type { HandleSetOptions } from "./handle-set.js";
export { createHandleSet, type HandleLeak, type HandleSet } from "./handle-set.js";
export { type HeapImageParts, saveHeap } from "./heap-image.js";
export { decodeHeapImage, encodeHeapImage } from "./heap-image-file.js";
export { restoreHeap } from "./heap-image-restore.js";
export { createMutator, type MutatorOptions } from "./mutator.js";
export { createObjectLayout, type ObjectLayout } from "./object-layout.js";
export { validateObjects } from "./object-validate.js";
export { createRootStack, type RootStackOptions } from "./root-stack.js";
export { createStressMutator, type StressMutatorOptions } from "./stress-mutator.js";
export type { TypeOptions, TypeTableOptions } from "./type-table.js";
export { createTypeTable, describeType } from "./type-table.js";
