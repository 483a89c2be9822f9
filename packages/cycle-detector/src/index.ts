/**
 * Finds objects that only keep each other alive, by subtracting references inside a set from the
 * objects' counts: exactly as CPython does over a list, or over maps, fast. And reports the cycles
 * of a heap, with the references to make weak.
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
export {
  createMapDetector,
  MAP_DETECTOR_BYTES_PER_GRANULE,
  type MapDetectorOptions,
} from "./map-detector.js";
export type { GraphSource } from "./object-graph.js";
export { createSubtractDetector, type SubtractDetectorOptions } from "./subtract-detector.js";
