/**
 * Proves memory managers: a shadow heap of plain objects says what should be alive, arbitrary
 * mutator programs try to show otherwise.
 *
 * @packageDocumentation
 */

export {
  type AllocatorCommand,
  allocatorCommands,
  playOnAllocator,
} from "./allocator/allocator-commands.js";
export {
  allocatorConformance,
  allocatorSuite,
} from "./allocator/allocator-conformance.js";
export type { AllocatorCheck } from "./allocator/allocator-model.js";
export * from "./allocator/allocator-properties.js";
export {
  type AllocatorMaker,
  type AllocatorSubject,
  type AllocatorTraits,
  requestSizes,
} from "./allocator/allocator-subject.js";
export {
  SWEEP_EXACT,
  SWEEP_KEEPS,
  SWEEP_RELEASE,
  SWEEP_SOUND,
  sweepProperties,
} from "./allocator/allocator-sweep.js";
export type { SweepCommand } from "./allocator/sweep-command.js";
export { AGES, GROWTH, PLACES, STALE } from "./audit-properties.js";
export type { CheckOptions } from "./check-program.js";
export type { Command, ObjectPick, Pick, ValuePick } from "./command.js";
export * from "./counterexample-file.js";
export { ACTS, type Act, type DeathCommand } from "./death-program.js";
export * from "./death-properties.js";
export type { DeepCase } from "./deep-case.js";
export { DEEP } from "./deep-property.js";
export type { DetectorProgram, GraphObject } from "./detector/detector-program.js";
export type {
  DetectorMakeOptions,
  DetectorMaker,
  DetectorSubject,
} from "./detector/detector-subject.js";
export * from "./detector/detector-suite.js";
export { checkMaker } from "./door.js";
export type { Flaw, Form } from "./form.js";
export type { HeapCommand } from "./heap/heap-commands.js";
export * from "./heap/heap-conformance.js";
export type { HeapMaker, HeapMakerOptions } from "./heap/heap-subject.js";
export { type DrawnPart, drawAsSvg, drawAsText } from "./heap-drawing.js";
export type { CollectorMaker, ManagerMaker } from "./manager-subject.js";
export {
  collectorConformance,
  collectorSuite,
  memoryManagerConformance,
  memoryManagerSuite,
} from "./manager-suite.js";
export type { MutatorProgramsOptions } from "./mutator-programs.js";
export { LOOKING_OBSERVER, LOWERED_LIMIT, THROWING_OBSERVER } from "./nemesis-properties.js";
export { createNotes, type Notes } from "./notes.js";
export { ACTING_OBSERVER, COLLECTION_CALLBACKS } from "./observer-acts.js";
export { METAMORPHIC, RENAMED, ROOM, WORK } from "./oracle-properties.js";
export type { Program } from "./program.js";
export * from "./program-door.js";
export { programTypes } from "./program-types.js";
export { BrokenPromiseError, expectPromise } from "./promise.js";
export * from "./properties.js";
export type { Entry, Property, Suite, SuiteOptions, Sweep, TryOut } from "./property.js";
export type { Drawing } from "./report.js";
export {
  type Counterexample,
  printReport,
  printVerdict,
  type Report,
  type Verdict,
} from "./report.js";
export type { ScopePart, ScopeProgress } from "./scope-part.js";
export type { ScriptSource } from "./script-source.js";
export {
  createShadowHeap,
  type Path,
  type ShadowHeap,
  type ShadowObject,
  type ShadowValue,
  type SlotName,
} from "./shadow-heap.js";
export { createShadowType, type ShadowType } from "./shadow-type.js";
export { SHAPES, type ShapeName } from "./shape.js";
export { SIDE_AS_SAID } from "./side-memory-property.js";
export { SMALL_COLLECTIONS, SMALL_HEAPS, SMALL_PROGRAMS } from "./small-scope/small-scope.js";
export type { Fate, Snapshot, SnapshotObject } from "./snapshot.js";
export {
  printScript,
  type ScriptCode,
  type ScriptLine,
  type Step,
  type StepValue,
} from "./step.js";
export type {
  Subject,
  SubjectMaker,
  SubjectOptions,
  SubjectWeakReferences,
} from "./subject.js";
export {
  reportOf,
  runSuite,
} from "./suite.js";
export {
  COLLECTS_AS_SAID,
  HEADER_AS_SAID,
  HOOKS_AS_SAID,
  MOVES_AS_SAID,
  RESURRECTS_AS_SAID,
} from "./trait-properties.js";
