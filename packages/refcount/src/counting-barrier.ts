// The counting barrier: what counts do when slots change. Nobody else changes a count, so that a
// program cannot forget to, and every count is exact between any two calls.
//
//   write   count the new value → store → release the old value
//   move    empty `from` → store → release the old value of `into`
//   copy    slot by slot as write; what died waits in a chain until the whole run is stored
//   drop    slot by slot: empty → release
//
// To release is to decrement and, at zero, to deallocate at once. Released is last in each hook:
// when program code runs, every slot holds what it will hold. The chain of `copy` goes through
// word 0 of the dead, as ~ next, so that it costs no memory and `source` outlives the copy even if
// an old value was all that kept it.

import type { Barrier } from "@ouro/interfaces";

export interface CountingBarrierOptions {
  words: Int32Array;
  /** The heap word that holds the top of the root stack. */
  topWord: number;
  increment: (object: number) => void;
  /** Takes one reference away and says whether it was the last. */
  decrement: (object: number) => boolean;
  deallocate: (object: number) => void;
}

/** The five hooks of a strategy that counts. */
export function createCountingBarrier(options: CountingBarrierOptions): Barrier {
  const { words, topWord, increment, decrement, deallocate } = options;

  function release(value: number): void {
    if (value > 0 && decrement(value)) deallocate(value);
  }

  /** Stores one slot of a run; the old value if it died with it, else 0. */
  function replace(into: number, from: number): number {
    const value = words[from] as number;
    const old = words[into] as number;
    if (value > 0) increment(value);
    words[into] = value;
    return old > 0 && decrement(old) ? old : 0;
  }

  /** A run that moves up in its own object is stored from its end, as in `memmove`. */
  function copyFromEnd(into: number, from: number, count: number): number {
    let first = 0;
    for (let index = count - 1; index >= 0; index--) {
      const dead = replace(into + index, from + index);
      if (dead === 0) continue;
      words[dead] = ~first;
      first = dead;
    }
    return first;
  }

  function copyFromStart(into: number, from: number, count: number): number {
    let first = 0;
    let last = 0;
    for (let index = 0; index < count; index++) {
      const dead = replace(into + index, from + index);
      if (dead === 0) continue;
      words[dead] = ~0;
      if (last === 0) first = dead;
      else words[last] = ~dead;
      last = dead;
    }
    return first;
  }

  return {
    /** The birth counts as one reference already. */
    born(slot, object) {
      const old = words[slot] as number;
      words[slot] = object;
      release(old);
    },
    write(slot, value) {
      if (value > 0) increment(value);
      const old = words[slot] as number;
      words[slot] = value;
      release(old);
    },
    move(into, from) {
      const value = words[from] as number;
      words[from] = 0;
      const old = words[into] as number;
      words[into] = value;
      release(old);
    },
    copy(into, from, count, holder, source) {
      const isUpwards = holder === source && into > from;
      let dead = isUpwards ? copyFromEnd(into, from, count) : copyFromStart(into, from, count);
      while (dead !== 0) {
        const next = ~(words[dead] as number);
        deallocate(dead);
        dead = next;
      }
    },
    /** The top is back above the slots meanwhile: those not yet released still count. */
    drop(start, end) {
      words[topWord] = end;
      for (let slot: number = start; slot < end; slot++) {
        const value = words[slot] as number;
        words[slot] = 0;
        release(value);
      }
      words[topWord] = start;
    },
  };
}
