/**
 * What an object is and how a program uses it: type table, header and slots, root slots and
 * handles, the mutator in fast and checked form, collections that grow, heap images.
 *
 * @packageDocumentation
 */

export { type ByteArrays, createByteArrays } from "./byte-array.js";
export {
  type CheckedMutator,
  type CheckedMutatorOptions,
  createCheckedMutator,
} from "./checked-mutator.js";
export {
  type DefinedType,
  defineType,
  type TypeDefinition,
  type TypeManners,
} from "./define-type.js";
export {
  type AnySlotKind,
  type AnyType,
  type ArrayKind,
  arrayOf,
  type BytesKind,
  bool,
  bytes,
  type ElementKind,
  type FieldKind,
  type FieldKinds,
  f32,
  f64,
  i32,
  owned,
  type RawKind,
  ref,
  refTo,
  type Self,
  type SlotKind,
  self,
  u32,
} from "./field-kind.js";
export {
  createGenerationMaps,
  GENERATION_MAPS_BYTES_PER_GRANULE,
  type GenerationMaps,
  type GenerationMapsOptions,
  generationMapsStateWords,
} from "./generation-maps.js";
export type { HandleSetOptions } from "./handle-set.js";
export { createHandleSet, type HandleLeak, type HandleSet } from "./handle-set.js";
export {
  type HeapImageParts,
  objectsInImageOrder,
  saveHeap,
  type WalkedParts,
} from "./heap-image.js";
export { expectHeapImage } from "./heap-image-check.js";
export { decodeHeapImage, encodeHeapImage } from "./heap-image-file.js";
export { restoreHeap } from "./heap-image-restore.js";
export { createLists, type Lists } from "./list.js";
export { createMaps, type Maps, type MapsOptions } from "./map.js";
export { createMutator, type MutatorOptions } from "./mutator.js";
export { createObjectLayout, type ObjectLayout } from "./object-layout.js";
export { validateObjects } from "./object-validate.js";
export { type ObservedMutatorOptions, observedMutator } from "./observed-mutator.js";
export { createRootStack, type RootStackOptions } from "./root-stack.js";
export { createStressMutator, type StressMutatorOptions } from "./stress-mutator.js";
export { createStrings, type Strings, type StringsOptions } from "./string.js";
export {
  createTrackedLists,
  TRACKED_LISTS_BYTES_PER_GRANULE,
  type TrackedLists,
  type TrackedListsOptions,
} from "./tracked-lists.js";
export type { TypeOptions, TypeTableOptions } from "./type-table.js";
export { createTypeTable, describeType, findOrDefineType } from "./type-table.js";
export type {
  CommonAccess,
  ContentOf,
  ElementOf,
  FieldsLike,
  FixedLengthAccess,
  ManyAccess,
  NamedRef,
  None,
  ObjectParts,
  ObjectsOf,
  Ref,
  SingleAccess,
  VariableLengthAccess,
} from "./typed-access.js";
