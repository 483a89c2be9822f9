// What the suite writes into blocks, so that it can tell whose bytes are there: the pattern with a
// number of its own for each block that was given.

/** The word of pattern `number` at an index. */
export function patternAt(index: number, number: number): number {
  return Math.imul(index + 0x10001 * number, 0x9e3779b1);
}

export function fillBlock(
  words: Int32Array,
  block: number,
  number: number,
  wordCount: number,
): void {
  for (let index = 0; index < wordCount; index++) words[block + index] = patternAt(index, number);
}

/** The first word that is not of the pattern, counted from the block's first; −1 if all are. */
export function changedAt(
  words: Int32Array,
  block: number,
  number: number,
  wordCount: number,
): number {
  for (let index = 0; index < wordCount; index++) {
    if (words[block + index] !== patternAt(index, number)) return index;
  }
  return -1;
}

/** The same as JavaScript, for scripts. */
export const PATTERN_LINES = [
  "const patternAt = (index, number) => Math.imul(index + 0x10001 * number, 0x9e3779b1);",
  "const fill = (block, number) => {",
  "  const wordCount = allocator.usableSizeBytes(block) >> 2;",
  "  for (let i = 0; i < wordCount; i++) heap.words[block + i] = patternAt(i, number);",
  "};",
  "const changedAt = (block, number, wordCount) => heap.words",
  "  .subarray(block, block + wordCount).findIndex((word, i) => word !== patternAt(i, number));",
];
