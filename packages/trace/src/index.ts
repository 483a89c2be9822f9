/**
 * Reads and replays what was recorded of CPython: allocation traces, heap graphs, mutator programs.
 *
 * @packageDocumentation
 */
export {
  DOMAIN_MEM,
  histogramRow,
  KIND_MASK,
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_MASK,
  OPERATION_REALLOC,
  type OperationName,
  operationName,
} from "./allocation-trace-format.js";
export {
  GENERATION_DEAD,
  GENERATION_PERMANENT,
  GENERATION_UNTRACKED,
  GRAPH_COLLECTED,
  GRAPH_FINALIZED,
  GRAPH_IMMORTAL,
  GRAPH_TRACKED,
  type GraphSlotNames,
  type GraphStep,
  type GraphType,
  type GraphWeakReferences,
  type HeapGraph,
} from "./heap-graph.js";
export * from "./heap-graph-facts.js";
export * from "./heap-graph-image.js";
export * from "./heap-graph-plan.js";
export * from "./heap-graph-reader.js";
export * from "./manager-graph-subject.js";
export * from "./manager-program-subject.js";
export * from "./mutator-program.js";
export * from "./mutator-program-reader.js";
export * from "./program-reach-runner.js";
export * from "./program-runner.js";
export * from "./program-subject.js";
export {
  DEFAULT_HEAP_GRAPH_LIMITS,
  DEFAULT_PROGRAM_LIMITS,
  type HeapGraphLimits,
  type ProgramLimits,
} from "./recording-limits.js";
export * from "./replay-error.js";
export type { AllocationMeter, CurvePoint, MeterFigures } from "./replay-gauge.js";
export * from "./replay-timer.js";
export type { ReplayMismatch } from "./replay-verifier.js";
export {
  behavesAsCPython,
  type MakeSubjectManager,
  type SubjectManager,
  type SubjectNeeds,
  type SubjectWeakReferences,
} from "./subject-manager.js";
export {
  type EventBatch,
  type EventGatherer,
  gatherEvents,
  type TraceEvents,
} from "./trace-events.js";
export * from "./trace-facts.js";
export type { Checkpoint, NotRecordedCounts, TraceFigures, TraceFooter } from "./trace-footer.js";
export type { TraceHeader } from "./trace-header.js";
export { DEFAULT_TRACE_LIMITS, type TraceLimits } from "./trace-limits.js";
export * from "./trace-reader.js";
export * from "./trace-recorder.js";
export * from "./trace-replayer.js";
export * from "./trace-writer.js";
