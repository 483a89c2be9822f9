// Finalization as a program of checked mode has it. Finalization itself knows no epochs: what it is
// given is tested and made plain, what it answers is given out with the epoch that is current.
//
//   program ──► checked finalization: epoch, object ──► finalization
//           ◄── reference with epoch                ◄── word index

import type { Finalization, Reference } from "@ouro/interfaces";
import type { CheckedMutator } from "@ouro/object-model";

/** Every call is O(1) over that of `finalization` for each reference. */
export function createCheckedFinalization(
  finalization: Finalization,
  { plainFor, withEpochFor }: Pick<CheckedMutator, "plainFor" | "withEpochFor">,
): Finalization {
  /** Errors name the call, and so does what is told of a reference that it gave out. */
  const taken = (call: string, reference: Reference): Reference =>
    plainFor(`finalization.${call}`, reference);
  const given = (call: string, object: Reference | 0): Reference | 0 =>
    object === 0 ? 0 : withEpochFor(`finalization.${call}`, object);

  return {
    setFinalizer: finalization.setFinalizer,
    setCallable: finalization.setCallable,
    setErrorReporter: finalization.setErrorReporter,
    get programErrors() {
      return finalization.programErrors;
    },
    get programErrorCount() {
      return finalization.programErrorCount;
    },
    sharedWeakReference(target) {
      const call = "sharedWeakReference";
      return given(call, finalization.sharedWeakReference(taken(call, target)));
    },
    attach: (weak, target, callback) =>
      finalization.attach(taken("attach", weak), taken("attach", target), callback),
    reattach: (weak, target) =>
      finalization.reattach(taken("reattach", weak), target && taken("reattach", target)),
    targetOf: (weak) => given("targetOf", finalization.targetOf(taken("targetOf", weak))),
    weakReferencesTo(target) {
      const call = "weakReferencesTo";
      const found = finalization.weakReferencesTo(taken(call, target));
      return found.map((weak) => given(call, weak) as Reference);
    },
    isFinalized: (object) => finalization.isFinalized(taken("isFinalized", object)),
    // The collector's own, whose references are word indexes.
    validate: finalization.validate,
  };
}
