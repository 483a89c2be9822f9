// Generations: which objects are examined together, and when. The names are those of CPython's
// module `gc`, whose meanings these calls have; the facade of the memory manager gives them the
// module's shape.

import type { Handle } from "./root.js";
import type { Reference, WordIndex } from "./word.js";

export const GENERATION_COUNT = 3;
export const OLDEST_GENERATION = GENERATION_COUNT - 1;
/** Objects here are never examined (CPython: frozen). */
export const PERMANENT_GENERATION = 3;
/** The generation of an object that no cycle detector watches. */
export const NOT_TRACKED = -1;

/** CPython's thresholds; a collection is due when a count is strictly greater. 0 disables. */
export interface GenerationThresholds {
  /** Net objects born in generation 0. */
  readonly young: number;
  /** Collections of generation 0 since the last of generation 1. */
  readonly middle: number;
  /** Collections of generation 1 since the last of generation 2. */
  readonly old: number;
}

export interface GenerationStatistics {
  readonly collections: number;
  /** Objects found unreachable and given to reclamation, as CPython counts them. */
  readonly collected: number;
  readonly uncollectable: number;
}

/** What a collection callback is told; all counts are 0 at the start. */
export interface CollectionInfo {
  readonly generation: number;
  readonly collected: number;
  readonly uncollectable: number;
}

export type CollectionCallback = (phase: "start" | "stop", info: CollectionInfo) => void;

export interface GenerationsDebugging {
  /** Those of Python's module, for whoever asks which were set. Default 0. */
  readonly flags?: number;
  /** Garbage is kept and given to `onSaved` instead of being reclaimed. */
  readonly savesAll: boolean;
  onSaved(object: Reference): void;
  /** Told of each object found unreachable, before anything happens to it. */
  onCollectable?(object: Reference): void;
  onStart?(generation: number): void;
  onStop?(collected: number, uncollectable: number): void;
}

export interface Generations {
  /** The highest generation that `collect` takes; its survivors stay in it. */
  readonly oldestGeneration: number;
  /** Collects; answers what `gc.collect` answers, and 0 if a collection runs already. */
  collect(generation: number): number;
  isEnabled(): boolean;
  setEnabled(isEnabled: boolean): void;
  isCollecting(): boolean;
  thresholds(): GenerationThresholds;
  setThresholds(thresholds: GenerationThresholds): void;
  /** Net births in generation 0; collections of 0, of 1, since the next older one was collected. */
  counts(): [number, number, number];
  statistics(): GenerationStatistics[];
  /** Survivors of the last full collection, and of collections of generation 1 since. */
  longLived(): { readonly totalCount: number; readonly pendingCount: number };
  /** 0 to 2, `PERMANENT_GENERATION` or `NOT_TRACKED`. O(1). */
  generationOf(object: Reference | WordIndex): number;
  liveCount(generation: number): number;
  /** In list order. The visitor must not allocate, store or collect. O(generation). */
  walk(generation: number, visit: (object: Reference) => void): void;
  /** Moves all objects to the permanent generation; counts become 0. O(objects). */
  freeze(): void;
  /** Moves the permanent generation to the end of generation 2. O(frozen). */
  unfreeze(): void;
  /** Called before and after each collection, in order; read anew at each. */
  readonly callbacks: CollectionCallback[];
  /** What debugging saved, by whoever did: one list for all that look at these generations. */
  readonly garbage: Handle[];
  setDebugging(debugging: GenerationsDebugging | undefined): void;
  /** What was set last. */
  debugging(): GenerationsDebugging | undefined;
}
