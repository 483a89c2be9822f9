// Which number an object has, by its address: a table for each arena that holds one, made when it
// is first needed. A map of a million entries costs seconds, most of them in V8's collector.
//
//   address   │ arena │ granule │ 0 │        arenas[arena][granule] = number + 1; 0: none

import { ARENA_SHIFT, ARENA_SIZE_WORDS, GRANULE_SIZE_WORDS } from "@ouro/interfaces";

const GRANULE_SHIFT = Math.log2(GRANULE_SIZE_WORDS);
const GRANULES_PER_ARENA = ARENA_SIZE_WORDS >> GRANULE_SHIFT;

export interface ObjectNumbers {
  /** −1 where no object is known. O(1). */
  get(address: number): number;
  set(address: number, number: number): void;
  delete(address: number): void;
}

/** A table that knows no object. */
export function createObjectNumbers(): ObjectNumbers {
  const arenas: (Int32Array | undefined)[] = [];
  const granuleOf = (address: number): number =>
    (address & (ARENA_SIZE_WORDS - 1)) >> GRANULE_SHIFT;

  return {
    get: (address) => (arenas[address >>> ARENA_SHIFT]?.[granuleOf(address)] ?? 0) - 1,
    set(address, number) {
      const index = address >>> ARENA_SHIFT;
      arenas[index] ??= new Int32Array(GRANULES_PER_ARENA);
      (arenas[index] as Int32Array)[granuleOf(address)] = number + 1;
    },
    delete(address) {
      const arena = arenas[address >>> ARENA_SHIFT];
      if (arena !== undefined) arena[granuleOf(address)] = 0;
    },
  };
}
