// The order of test files: those that take long come first, so that no core waits at the end for
// the other. Vitest would start the largest files first, and a property is a small file.

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Longest first. */
const LONG = [
  /memory-manager\/test\/conformance/,
  /\/[a-z-]*faults\//,
  /recorded-arena-choice/,
  /\.property\.test/,
  /apps\/demo\/test\/(every-command|demo|recordings|replay)/,
  /trace\/test\/cpython/,
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONG.findIndex((pattern) => pattern.test(moduleId));
  return rank < 0 ? LONG.length : rank;
}

export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
