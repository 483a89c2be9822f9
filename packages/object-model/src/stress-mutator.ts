// The stress mutator stands before any mutator and collects everything at every n-th safepoint: the
// cheapest finder of references that nobody roots. It changes when collections run, and nothing
// else.
//
//   checked (if wanted) ──► stress: every n-th allocate, allocateArray, poll ──► collect ──► fast

import { checkInteger, type Mutator } from "@ouro/interfaces";

export interface StressMutatorOptions {
  /**
   * The mutator behind it. Checked mode stands before the stress, so that it sees the
   * safepoint.
   */
  mutator: Mutator;
  /** A full collection before every so many safepoints; 1 is before each. */
  collectEvery: number;
}

/** Makes a mutator that collects often. Throws `UsageError` unless `collectEvery` is from 1. */
export function createStressMutator(options: StressMutatorOptions): Mutator {
  const { mutator, collectEvery } = options;
  checkInteger("createStressMutator", "collectEvery", collectEvery, 1);
  const { allocate, allocateArray, poll, collect } = mutator;
  let safepointCount = 0;

  function collectIfDue(): void {
    safepointCount++;
    if (safepointCount % collectEvery === 0) collect();
  }

  return {
    ...mutator,
    allocate(type, into) {
      collectIfDue();
      return allocate(type, into);
    },
    allocateArray(type, length, into) {
      collectIfDue();
      return allocateArray(type, length, into);
    },
    poll() {
      collectIfDue();
      poll();
    },
  };
}
