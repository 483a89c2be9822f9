/**
 * Proves memory managers: a shadow heap of plain objects says what should be alive, arbitrary
 * mutator programs try to show otherwise.
 *
 * @packageDocumentation
 */

export { type CheckOptions, checkProgram, runProgram } from "./check-program.js";
export type { Command, ObjectPick, Pick, ValuePick } from "./command.js";
export { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
export { type Program, printProgram, scriptOf } from "./program.js";
export { programTypes } from "./program-types.js";
export { BrokenPromiseError } from "./promise.js";
export {
  type Counterexample,
  type ProofOptions,
  printVerdicts,
  prove,
  type Verdict,
} from "./proof.js";
export * from "./properties.js";
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
