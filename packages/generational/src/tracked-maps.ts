// What generations need of the maps of tracked objects; those of the object model fit.

import type { CandidateMap, WordIndex } from "@ouro/interfaces";

export interface TrackedMaps {
  track(object: WordIndex, generation: number): void;
  untrack(object: WordIndex): void;
  isTracked(object: WordIndex): boolean;
  generationOf(object: WordIndex): number;
  liveCount(generation: number): number;
  moveAll(from: number, to: number): void;
  walk(generation: number, visit: (object: WordIndex) => void): void;
  gather(generation: number): CandidateMap;
  promote(generation: number, emptied: number): number;
  narrow(knowsSpecial: boolean): CandidateMap;
  isFound(object: WordIndex): boolean;
  walkFound(visit: (object: WordIndex) => void): void;
  walkSpecial(visit: (object: WordIndex) => void): void;
  eachFoundTract(visit: (start: WordIndex, bits: WordIndex) => void): void;
  foundCount(): number;
  forgetFound(): void;
  release(): void;
}
