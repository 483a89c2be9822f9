/**
 * Generations over any cycle detector: thresholds, counts and the 25 % rule, the order of a
 * collection, untracking, freezing.
 *
 * @packageDocumentation
 */

export type { GenerationLists } from "./generation-lists.js";
export {
  createGenerations,
  DEFAULT_THRESHOLDS,
  GENERATIONS_STATE_WORDS,
  type GenerationalCollector,
  type GenerationsOptions,
} from "./generations.js";
