// What a slot holds. One word tells three things apart by its sign, so that a collector needs one
// comparison and an interpreter can keep small numbers without allocating:
//
//   above 0   a reference, the word index of an object's header
//   0         none
//   below 0   an immediate integer of 31 bits, which no collector looks at
//
// An immediate is the zigzag form of the integer, inverted: 0 → −1, −1 → −2, 1 → −3, … so that an
// integer near 0 stays a small integer to V8 also where those have 31 bits.

import { numberText, UsageError } from "./error.js";
import type { Reference, Value } from "./word.js";

export const NONE: Value = 0;
export const IMMEDIATE_MIN = -(2 ** 30);
export const IMMEDIATE_MAX = 2 ** 30 - 1;

/** Whether a slot's value names an object. O(1). */
export function isReference(value: Value): value is Reference {
  return value > 0;
}

/** Whether a slot's value is an integer. O(1). */
export function isImmediate(value: Value): boolean {
  return value < 0;
}

/** The value that stands for an integer. Throws `UsageError` outside 31 bits. O(1). */
export function immediateOf(integer: number): Value {
  if (typeof integer !== "number" || integer !== (integer << 1) >> 1) refuseInteger(integer);
  return ~((integer << 1) ^ (integer >> 31));
}

function refuseInteger(integer: unknown): never {
  throw new UsageError({
    where: "immediateOf",
    argument: `integer ${numberText(integer)}`,
    problem: `is not a whole number from ${IMMEDIATE_MIN} to ${IMMEDIATE_MAX}`,
    remedy: "Keep larger numbers in raw words",
  });
}

/** The integer that an immediate stands for; meaningless for other values. O(1). */
export function integerOf(immediate: Value): number {
  const zigzag = ~immediate;
  return (zigzag >>> 1) ^ -(zigzag & 1);
}
