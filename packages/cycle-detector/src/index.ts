/**
 * Finds objects that only keep each other alive, by subtracting references inside a list from the
 * objects' counts.
 *
 * @packageDocumentation
 */

export { createSubtractDetector, type SubtractDetectorOptions } from "./subtract-detector.js";
