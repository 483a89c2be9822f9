/**
 * Generations over any cycle detector: thresholds, counts and the 25 % rule, the order of a
 * collection, untracking, freezing; a trigger by growth for one generation of everything.
 *
 * @packageDocumentation
 */

export type { GenerationLists } from "./generation-lists.js";
export { GENERATIONS_STATE_WORDS } from "./generation-state.js";
export {
  createGenerations,
  DEFAULT_THRESHOLDS,
  type GenerationalCollector,
  type GenerationsOptions,
} from "./generations.js";
export {
  createGrowthTrigger,
  type GrowthTrigger,
  type GrowthTriggerOptions,
} from "./growth-trigger.js";
