/**
 * Generations over any cycle detector: thresholds, counts and the 25 % rule, the order of a
 * collection, untracking, freezing; triggers by growth and by candidates for strategies without.
 *
 * @packageDocumentation
 */

export {
  type CandidateTrigger,
  type CandidateTriggerOptions,
  createCandidateTrigger,
} from "./candidate-trigger.js";
export type { CollectionReports } from "./collection-reports.js";
export { type CollectionRunOptions, createCollectionRun, type Run } from "./collection-run.js";
export {
  createFoundReclaim,
  type FoundReclaim,
  type FoundReclaimOptions,
} from "./found-reclaim.js";
export type { GenerationLists } from "./generation-lists.js";
export { GENERATIONS_STATE_WORDS } from "./generation-state.js";
export {
  createGenerations,
  DEFAULT_THRESHOLDS,
  type GenerationalCollector,
  type GenerationSets,
  type GenerationsOptions,
  type SharedRunOptions,
} from "./generations.js";
export {
  createGrowthTrigger,
  type GrowthTrigger,
  type GrowthTriggerOptions,
} from "./growth-trigger.js";
export { createMapCollectionRun, type MapCollectionRunOptions } from "./map-collection-run.js";
export type { TrackedMaps } from "./tracked-maps.js";
export type { Untracking } from "./untracking.js";
