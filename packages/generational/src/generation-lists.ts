// What generations need of the lists of tracked objects; those of the object model fit.

import type { ReferenceList, WordIndex } from "@ouro/interfaces";

export interface GenerationLists {
  track(object: WordIndex, generation: number): void;
  untrack(object: WordIndex): void;
  isTracked(object: WordIndex): boolean;
  generationOf(object: WordIndex): number;
  liveCount(generation: number): number;
  gather(generation: number): ReferenceList;
  gathered(index: number): number;
  dropGathered(index: number): void;
  promote(start: number, end: number, generation: number): void;
  release(): void;
  moveAll(from: number, to: number): void;
  walk(generation: number, visit: (object: WordIndex) => void): void;
}
