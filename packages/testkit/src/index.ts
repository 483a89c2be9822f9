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
  type SweepCommand,
  sweepProperties,
} from "./allocator/allocator-sweep.js";
export { checkProgram, runProgram } from "./check-program.js";
export type { Command, ObjectPick, Pick, ValuePick } from "./command.js";
export type { HeapCommand } from "./heap/heap-commands.js";
export * from "./heap/heap-conformance.js";
export type { HeapMaker, HeapMakerOptions } from "./heap/heap-subject.js";
export { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
export { createNotes, type Notes } from "./notes.js";
export { type Program, printProgram, scriptOf } from "./program.js";
export { programTypes } from "./program-types.js";
export { BrokenPromiseError, expectPromise } from "./promise.js";
export {
  type Counterexample,
  type ProofOptions,
  printVerdicts,
  prove,
  type Verdict,
} from "./proof.js";
export * from "./properties.js";
export {
  type Counterexample as SuiteCounterexample,
  printReport,
  printVerdict,
  type Report,
} from "./report.js";
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
export { printScript, type Step, type StepValue } from "./step.js";
export type { Subject, SubjectMaker, SubjectOptions } from "./subject.js";
export { type Drawing, type Property, runSuite, type Suite, type SuiteOptions } from "./suite.js";
