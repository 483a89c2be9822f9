// What checked mode says of a number that no slot may hold, in the name of the call that it was
// given to: the mutator's, or a list's, a map's or a typed object's.

import { describeValue, UsageError, type Value } from "@ouro/interfaces";

/** Throws `UsageError`: neither a reference nor 0 nor an integer below it. */
export function refuseValue(where: string, value: unknown): never {
  throw new UsageError({
    where,
    argument: `value ${describeValue(value)}`,
    problem: "is neither a reference, none nor an immediate",
    remedy: "Make an immediate with immediateOf, or keep the number in a raw word",
  });
}

/**
 * Throws `UsageError` for an argument that is no number. JavaScript would make one of a text or of
 * an object, and of a BigInt an error without a name.
 */
export function checkNumber(
  where: string,
  argument: string,
  given: unknown,
  remedy?: string,
): void {
  if (typeof given !== "number") refuseKind(where, argument, given, remedy);
}

const GIVEN_OUT =
  "References, slots, types and fields are plain numbers: pass it as it was given out";

function refuseKind(where: string, argument: string, given: unknown, remedy = GIVEN_OUT): never {
  const problem = `is ${describeValue(given)}, which is no number`;
  throw new UsageError({ where, argument: `the ${argument}`, problem, remedy });
}

/** Throws `UsageError` for what is no value; whether a reference is one, the mutator knows. */
export function checkValue(where: string, value: unknown): asserts value is Value {
  if (typeof value === "number" && (value > 0 || value === (value | 0))) return;
  refuseValue(where, value);
}
