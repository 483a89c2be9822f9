// The state of generations, in words of a region, so that another thread that opens the heap finds
// it and `validate` can look at it.
//
//   │ count 0 1 2 │ threshold 0 1 2 │ enabled │ collecting │ requested │ pending │ total │
//   │ collections, collected, uncollectable of 0, of 1, of 2 │
//
//   count 0        born − died in generation 0, never below 0
//   count 1, 2     collections of the generation below since the last of this one
//   pending, total survivors of generation 1 since the last full collection; what that one left

import {
  checkInteger,
  expectSound,
  type GenerationStatistics,
  type GenerationThresholds,
  type Region,
} from "@ouro/interfaces";

export const COUNT = 0;
export const THRESHOLD = 3;
export const IS_ENABLED = 6;
export const IS_COLLECTING = 7;
export const IS_REQUESTED = 8;
export const PENDING = 9;
export const TOTAL = 10;
const STATISTICS = 11;
export const GENERATIONS_STATE_WORDS = STATISTICS + 9;

export interface GenerationState {
  get(word: number): number;
  set(word: number, value: number): void;
  /** A collection of `generation` begins: it and the younger ones count anew. */
  beginCollection(generation: number, oldest: number): void;
  /** Adds a collection to its generation's statistics. */
  countCollection(generation: number, collected: number, uncollectable: number): void;
  thresholds(): GenerationThresholds;
  /** Throws `UsageError` for one that is no whole number from 0. */
  setThresholds(thresholds: GenerationThresholds): void;
  statistics(): GenerationStatistics[];
  /** Throws `HeapCorruptionError` naming the first word that cannot be. */
  validate(): void;
}

export function createGenerationState(words: Int32Array, region: Region): GenerationState {
  const { start } = region;
  const get = (word: number): number => words[start + word] as number;
  if (!region.existed) words[start + IS_ENABLED] = 1;

  function set(word: number, value: number): void {
    words[start + word] = value;
  }

  function setThresholds({ young, middle, old }: GenerationThresholds): void {
    for (const [name, value] of Object.entries({ young, middle, old })) {
      checkInteger("setThresholds", name, value, 0, 0x7fffffff);
    }
    words.set([young, middle, old], start + THRESHOLD);
  }

  function validate(): void {
    for (let word = 0; word < GENERATIONS_STATE_WORDS; word++) {
      const problem = `word ${word} is ${get(word)}, and none is below 0`;
      expectSound(get(word) >= 0, "generations", start, problem);
    }
    for (const word of [IS_ENABLED, IS_COLLECTING, IS_REQUESTED]) {
      const problem = `word ${word} is ${get(word)}, and is 0 or 1`;
      expectSound(get(word) <= 1, "generations", start, problem);
    }
  }

  return {
    get,
    set,
    beginCollection(generation, oldest) {
      if (generation < oldest) set(COUNT + generation + 1, get(COUNT + generation + 1) + 1);
      for (let younger = 0; younger <= generation; younger++) set(COUNT + younger, 0);
    },
    countCollection(generation, collected, uncollectable) {
      const first = STATISTICS + generation * 3;
      set(first, get(first) + 1);
      set(first + 1, get(first + 1) + collected);
      set(first + 2, get(first + 2) + uncollectable);
    },
    thresholds: () => ({
      young: get(THRESHOLD),
      middle: get(THRESHOLD + 1),
      old: get(THRESHOLD + 2),
    }),
    setThresholds,
    statistics: () =>
      [0, 1, 2].map((generation) => ({
        collections: get(STATISTICS + generation * 3),
        collected: get(STATISTICS + generation * 3 + 1),
        uncollectable: get(STATISTICS + generation * 3 + 2),
      })),
    validate,
  };
}
