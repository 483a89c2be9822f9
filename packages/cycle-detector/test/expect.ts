// The three expectations of the pitfalls, without a test runner: planted faults are tried in a bare
// thread.

import assert from "node:assert/strict";

export function expect(found: unknown) {
  return {
    toBe: (expected: unknown): void => assert.equal(found, expected),
    toEqual: (expected: unknown): void => assert.deepEqual(found, expected),
    toMatchObject: (expected: object): void => assert.partialDeepStrictEqual(found, expected),
  };
}
