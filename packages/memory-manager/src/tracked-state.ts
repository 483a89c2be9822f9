// What a heap image says of an object under generations: whether it is tracked, in which one, and
// whether its finalizer has run. The same for tracked lists and for generation maps.
//
//   placed ─► tracked in generation 0 ─► first state read: all out ─► as the image says

import type { GenerationalCollector } from "@ouro/generational";
import {
  type Collector,
  type Generations,
  IMAGE_FINALIZED,
  IMAGE_GENERATION_SHIFT,
  IMAGE_TRACKED,
  IMAGE_UNTRACKED,
  NOT_TRACKED,
  PERMANENT_GENERATION,
  type Reference,
  ROW_FLAGS,
  TYPE_COLLECTED,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";

export interface TrackedStateOptions {
  /** Of the counting collector, whose state of an object goes along. */
  base: Collector;
  words: Int32Array;
  /** First word of the type rows. */
  rows: number;
  finalizedMask: number;
  sets: {
    track(object: number, generation: number): void;
    generationOf(object: number): number;
    clear(): void;
  };
  generational: Pick<GenerationalCollector, "generations" | "reset">;
}

export interface TrackedState {
  /** Whether a detector looks at objects of its type. */
  isCollected(object: number): boolean;
  readonly calls: Required<Pick<Collector, "stateOf" | "setState" | "restored" | "statistics">>;
}

/** The calls of a collector about an object's state, in and out of heap images. */
export function createTrackedState(options: TrackedStateOptions): TrackedState {
  const { base, words, rows, finalizedMask, sets, generational } = options;
  const { generations, reset } = generational;
  const { oldestGeneration } = generations;
  let isListed = false;

  const headerOf = (object: number): number => words[object + TYPE_WORD_OFFSET] as number;

  function isCollected(object: number): boolean {
    const row = rows + ((headerOf(object) & TYPE_MASK) << TYPE_ROW_SHIFT);
    return ((words[row + ROW_FLAGS] as number) & TYPE_COLLECTED) !== 0;
  }

  function setState(object: Reference, state: number): void {
    base.setState?.(object, state);
    if ((state & IMAGE_FINALIZED) !== 0) {
      words[object + TYPE_WORD_OFFSET] = headerOf(object) | finalizedMask;
    }
    if ((state & (IMAGE_TRACKED | IMAGE_UNTRACKED)) === 0) return;
    if (!isListed) sets.clear(); // they were tracked as they were placed; the image knows better
    isListed = true;
    if ((state & IMAGE_TRACKED) === 0) return;
    const generation = state >> IMAGE_GENERATION_SHIFT;
    const isPermanent = generation === PERMANENT_GENERATION;
    sets.track(object, isPermanent ? generation : Math.min(generation, oldestGeneration));
  }

  function stateOf(object: Reference): number {
    const generation = sets.generationOf(object);
    const untracked = isCollected(object) ? IMAGE_UNTRACKED : 0;
    const tracked = IMAGE_TRACKED | (generation << IMAGE_GENERATION_SHIFT);
    const finalized = (headerOf(object) & finalizedMask) === 0 ? 0 : IMAGE_FINALIZED;
    const watch = generation === NOT_TRACKED ? untracked : tracked;
    return (base.stateOf?.(object) ?? 0) | watch | finalized;
  }

  return {
    isCollected,
    calls: {
      setState,
      stateOf,
      restored() {
        isListed = false;
        base.restored();
        reset();
      },
      statistics: () => ({ ...base.statistics(), collectionCount: countOf(generations) }),
    },
  };
}

function countOf(generations: Generations): number {
  return generations.statistics().reduce((sum, { collections }) => sum + collections, 0);
}
