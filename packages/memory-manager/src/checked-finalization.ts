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
  { plain, withEpoch }: Pick<CheckedMutator, "plain" | "withEpoch">,
): Finalization {
  const given = (object: Reference | 0): Reference | 0 => (object === 0 ? 0 : withEpoch(object));

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
    sharedWeakReference: (target) => given(finalization.sharedWeakReference(plain(target))),
    attach: (weak, target, callback) => finalization.attach(plain(weak), plain(target), callback),
    reattach: (weak, target) => finalization.reattach(plain(weak), target && plain(target)),
    targetOf: (weak) => given(finalization.targetOf(plain(weak))),
    weakReferencesTo: (target) => finalization.weakReferencesTo(plain(target)).map(withEpoch),
    isFinalized: (object) => finalization.isFinalized(plain(object)),
    // The collector's own, whose references are word indexes.
    validate: finalization.validate,
  };
}
