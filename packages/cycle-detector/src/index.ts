/**
 * Finds objects that only keep each other alive, by subtracting references inside a list from the
 * objects' counts; and reports the cycles of a heap, with the references to make weak.
 *
 * @packageDocumentation
 */

export {
  type Cycle,
  type CycleReference,
  type CycleReport,
  type CycleType,
  type FindCyclesOptions,
  findCycles,
  formatCycles,
} from "./cycle-report.js";
export type { GraphSource } from "./object-graph.js";
export { createSubtractDetector, type SubtractDetectorOptions } from "./subtract-detector.js";
