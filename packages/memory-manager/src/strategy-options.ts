// What is refused of the options of strategies with finalization, by the factory that was given
// them: a version that there is not would run with another's thresholds, and what should be a
// function would be missed when the first finalizer throws.

import {
  checkInteger,
  checkOptions,
  describeValue,
  type GenerationThresholds,
  UsageError,
} from "@ouro/interfaces";

const VERSIONS: readonly unknown[] = ["3.12", "3.13"];
const THRESHOLDS = ["young", "middle", "old"] as const;

/** Options by their names; those that a strategy has not are not there. */
type Options = Readonly<Record<string, unknown>>;

/** Throws `UsageError` naming the first option that cannot be. `known` is as for `checkOptions`. */
export function checkStrategyOptions(where: string, given: object, known: string): void {
  checkOptions(where, given, known);
  const options = given as Options;
  const { version, thresholds, emptiesWeakReferencesAgain } = options;
  if (version !== undefined && !VERSIONS.includes(version)) {
    refuse(where, "version", version, `Choose from ${VERSIONS.join(", ")}`);
  }
  if (thresholds !== undefined) checkThresholds(where, thresholds as GenerationThresholds);
  if (emptiesWeakReferencesAgain !== undefined && typeof emptiesWeakReferencesAgain !== "boolean") {
    refuse(where, "emptiesWeakReferencesAgain", emptiesWeakReferencesAgain, "Say true or false");
  }
  for (const option of ["createDetector", "onProgramError"]) {
    if (options[option] === undefined || typeof options[option] === "function") continue;
    refuse(where, option, options[option], "Give a function, or leave it out");
  }
}

function checkThresholds(where: string, thresholds: GenerationThresholds): void {
  checkOptions(`${where} (thresholds)`, thresholds, THRESHOLDS.join(" "));
  for (const name of THRESHOLDS) {
    checkInteger(where, `thresholds.${name}`, thresholds[name], 0, 2 ** 31 - 1);
  }
}

function refuse(where: string, option: string, value: unknown, remedy: string): never {
  const problem = `is ${describeValue(value)}, which it cannot be`;
  throw new UsageError({ where, argument: `option ${option}`, problem, remedy });
}
