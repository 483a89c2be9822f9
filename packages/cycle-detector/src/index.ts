/**
 * Finds objects that only keep each other alive, by subtracting references inside a set from the
 * objects' counts: exactly as CPython does over a list, or over maps, fast.
 *
 * @packageDocumentation
 */

export {
  createMapDetector,
  MAP_DETECTOR_BYTES_PER_GRANULE,
  type MapDetectorOptions,
} from "./map-detector.js";
export { createSubtractDetector, type SubtractDetectorOptions } from "./subtract-detector.js";
