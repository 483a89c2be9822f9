// Checked mode of a whole memory manager: the same parts, with a checked mutator, and handles that
// go through it. What a program is given by it, it gives back to it: references of checked and fast
// mode do not mix, as those of checked mode carry an epoch.

import type { CheckedMutatorOptions } from "./checked-mutator.js";
import { type CheckedMutator, createCheckedMutator } from "./checked-mutator.js";
import { createHandleSet, type HandleLeak, type HandleSet } from "./handle-set.js";
import { createStressMutator } from "./stress-mutator.js";

export interface CheckedModeOptions {
  /** Whether each reference remembers the stack of the call that gave it out. Default false. */
  sites?: boolean;
  /** A full collection at every so many safepoints. Default: only when one is due. */
  collectEvery?: number;
  /** Told of each handle that `handles.reportLeaks` finds, with the stack of the call that made it. */
  onLeak?: (leak: HandleLeak) => void;
}

/** The memory manager in checked mode; everything but `mutator` and `handles` is its own. O(1). */
export function checkedMode<Manager extends CheckedMutatorOptions>(
  manager: Manager,
  options: CheckedModeOptions = {},
): Omit<Manager, "mutator" | "handles"> & { mutator: CheckedMutator; handles: HandleSet } {
  const { sites = false, collectEvery, onLeak } = options;
  const behind =
    collectEvery === undefined
      ? manager.mutator
      : createStressMutator({ mutator: manager.mutator, collectEvery });
  const { heap, types, roots, collector } = manager;
  const mutator = createCheckedMutator({ mutator: behind, heap, types, roots, collector, sites });
  const reporter = onLeak === undefined ? {} : { onLeak };
  return { ...manager, mutator, handles: createHandleSet({ mutator, roots, ...reporter }) };
}
