/**
 * Finds objects that only keep each other alive: by subtracting references inside a set from the
 * objects' counts, exactly as CPython does over a list, or over maps, fast; or by trial deletion of
 * what lost a reference. And reports the cycles of a heap, with the references to make weak.
 *
 * @packageDocumentation
 */

export {
  CANDIDATE_STATE_WORDS,
  type CandidateBuffer,
  type CandidateBufferOptions,
  createCandidateBuffer,
} from "./candidate-buffer.js";
export {
  type Cycle,
  type CycleReference,
  type CycleReport,
  type CycleType,
  type FindCyclesOptions,
  findCycles,
  formatCycles,
} from "./cycle-report.js";
export {
  createMapDetector,
  MAP_DETECTOR_BYTES_PER_GRANULE,
  type MapDetectorOptions,
} from "./map-detector.js";
export type { GraphSource } from "./object-graph.js";
export { createSubtractDetector, type SubtractDetectorOptions } from "./subtract-detector.js";
export {
  createTrialDetector,
  type Examination,
  type TrialDetector,
  type TrialDetectorOptions,
} from "./trial-detector.js";
