// The pattern that a verifying replay writes into block id: word k holds a mix of id and k, so that
// neither a neighbour's bytes nor the same block's shifted bytes pass for it. Bytes after the last
// whole word hold the low bytes of the next word.
//
//   block    ┌ mix(id, 0) ┬ mix(id, 1) ┬ … ┬ low bytes of mix(id, n) ┐
//            └ 4 bytes    ┴ 4 bytes    ┴ … ┴ 0 to 3 bytes            ┘

import { type Block, type LinearMemory, WORD_SIZE_BYTES } from "@ouro/interfaces";

// Odd, with their bits spread: the golden ratio's and one of a common integer hash.
const ID_FACTOR = 0x9e3779b1;
const WORD_FACTOR = 0x85ebca6b;

function patternWord(id: number, wordOffset: number): number {
  return Math.imul(id + 1, ID_FACTOR) ^ Math.imul(wordOffset + 1, WORD_FACTOR);
}

function patternByte(id: number, byteOffset: number): number {
  return (patternWord(id, byteOffset >>> 2) >>> ((byteOffset & 3) * 8)) & 255;
}

/** Writes the pattern of `id` over the first `sizeBytes` bytes of the block. O(size). */
export function fillPattern(
  memory: LinearMemory,
  block: Block,
  id: number,
  sizeBytes: number,
): void {
  const { words, bytes } = memory;
  const wordCount = sizeBytes >>> 2;
  for (let offset = 0; offset < wordCount; offset++) {
    words[block + offset] = patternWord(id, offset);
  }
  const address = block * WORD_SIZE_BYTES;
  for (let offset = wordCount * WORD_SIZE_BYTES; offset < sizeBytes; offset++) {
    bytes[address + offset] = patternByte(id, offset);
  }
}

/** Offset of the first of `sizeBytes` bytes that are not the pattern's, −1 if all are. O(size). */
export function firstPatternFault(
  memory: LinearMemory,
  block: Block,
  id: number,
  sizeBytes: number,
): number {
  const { words, bytes } = memory;
  const wordCount = sizeBytes >>> 2;
  let offset = 0;
  while (offset < wordCount && words[block + offset] === patternWord(id, offset)) offset++;
  const address = block * WORD_SIZE_BYTES;
  for (let at = offset * WORD_SIZE_BYTES; at < sizeBytes; at++) {
    if (bytes[address + at] !== patternByte(id, at)) return at;
  }
  return -1;
}

/** What `firstPatternFault` expected at an offset. */
export function expectedByte(id: number, byteOffset: number): number {
  return patternByte(id, byteOffset);
}

/** Offset of the first of `sizeBytes` bytes that is not zero, −1 if all are. O(size). */
export function firstNonZero(memory: LinearMemory, block: Block, sizeBytes: number): number {
  const { words, bytes } = memory;
  const wordCount = sizeBytes >>> 2;
  let offset = 0;
  while (offset < wordCount && words[block + offset] === 0) offset++;
  const address = block * WORD_SIZE_BYTES;
  for (let at = offset * WORD_SIZE_BYTES; at < sizeBytes; at++) {
    if (bytes[address + at] !== 0) return at;
  }
  return -1;
}
