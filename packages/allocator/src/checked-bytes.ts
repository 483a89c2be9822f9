// The bytes that the checked layer writes around and into blocks, and how it finds the first one
// that is not what was written (checked-layout.ts). Blocks begin at a granule, so that they are
// filled and compared two words at a time, as numbers of 64 bits; none of the three fill bytes
// makes a pair that is not a number, and so two pairs are equal only if all their bytes are.

import type { LinearMemory } from "@ouro/interfaces";
import * as layout from "./checked-layout.js";

/** No byte of a fence is wrong. */
export const FENCES_HOLD = 0x7fffffff;

/** Beyond so many words the built-in `fill` is faster than a loop. */
const LOOP_LIMIT_WORDS = 1024;

export interface CheckedBytes {
  /** Fills a block with a byte; of a large one, the first and the last half of the limit. */
  fillBlock(block: number, sizeWords: number, value: number): void;
  /** Writes the fences of the block whose header is at `base`, filled with a byte all over. */
  writeFences(base: number, requestBytes: number, value: number): void;
  /** Writes them anew; the block's own bytes stay. */
  repairFences(base: number, requestBytes: number): void;
  /** Offset of a wrong byte of a fence, from the block's first; FENCES_HOLD if none is. */
  brokenFence(base: number): number;
  /** Offset of the first byte of a freed block that is not dead any more; -1 without one. */
  firstWritten(base: number): number;
}

/** The memory as numbers of 64 bits; it follows a memory that is resized. */
function viewPairs({ buffer }: Int32Array): Float64Array {
  const { byteLength } = buffer;
  if (byteLength % 8 === 0) return new Float64Array(buffer);
  return new Float64Array(buffer, 0, byteLength >>> 3);
}

/** Two words with the same contents, as one number. */
function pairOf(word: number): number {
  return new Float64Array(Int32Array.of(word, word).buffer)[0] as number;
}

/** Of a word in which `n` bytes are a block's, the bits of the others: those of its fence. */
function makeFenceBits(): Int32Array {
  const bits = new Int32Array(4);
  const bitBytes = new Uint8Array(bits.buffer);
  for (let at = 0; at < 16; at++) bitBytes[at] = (at & 3) < at >> 2 ? 0 : 0xff;
  return bits;
}

export function createCheckedBytes(memory: LinearMemory, fillLimitBytes: number): CheckedBytes {
  const { words, bytes } = memory;
  const pairs = viewPairs(words);
  const edgeWords = Math.max(4, (fillLimitBytes >> 5) * 4);
  const limitWords = 2 * edgeWords;
  const loopLimitWords = Math.min(limitWords, LOOP_LIMIT_WORDS);
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const HEADER = layout.CHECKED_HEADER_SIZE_WORDS;
  const REQUEST = layout.REQUEST;
  const FENCE = layout.FENCE;
  const FRESH_WORD = layout.FRESH_WORD;
  const DEAD_WORD = layout.DEAD_WORD;
  const DEAD_BYTE = layout.DEAD_BYTE;
  const FENCE_WORD = layout.FENCE_WORD;
  const FENCE_BYTE = layout.FENCE_BYTE;
  const freshPair = pairOf(FRESH_WORD);
  const deadPair = pairOf(DEAD_WORD);
  const fencePair = pairOf(FENCE_WORD);
  const fenceBits = makeFenceBits();
  const get = (word: number): number => words[word] as number;

  function fillBlock(block: number, sizeWords: number, value: number): void {
    if (sizeWords > loopLimitWords) {
      fillLarge(block, sizeWords, value);
      return;
    }
    if (sizeWords === 0) return;
    const pair = value === DEAD_WORD ? deadPair : value === FRESH_WORD ? freshPair : 0;
    const end = (block + sizeWords) >> 1;
    let at = block >> 1;
    const last = end - 4;
    if (at > last) {
      while (at < end) pairs[at++] = pair;
    } else {
      for (; at < last; at += 4) {
        pairs[at] = pair;
        pairs[at + 1] = pair;
        pairs[at + 2] = pair;
        pairs[at + 3] = pair;
      }
      // The last four overlap those before: a second loop would be guessed wrong as often.
      pairs[last] = pair;
      pairs[last + 1] = pair;
      pairs[last + 2] = pair;
      pairs[last + 3] = pair;
    }
    words[block + sizeWords - 1] = value;
  }

  /** A zeroed block is zero all over. */
  function fillLarge(block: number, sizeWords: number, value: number): void {
    const end = block + sizeWords;
    if (sizeWords <= limitWords || value === 0) words.fill(value, block, end);
    else {
      words.fill(value, block, block + edgeWords);
      words.fill(value, block + tailOf(sizeWords), end);
    }
  }

  /** Where the last words of a large block begin: at a pair. */
  function tailOf(sizeWords: number): number {
    return (sizeWords - edgeWords) & ~1;
  }

  /** To read the word that the block and its fence share could miss the cache: it is known. */
  function writeFences(base: number, requestBytes: number, value: number): void {
    pairs[base >> 1] = fencePair;
    pairs[(base + FENCE) >> 1] = fencePair;
    const last = base + HEADER + (requestBytes >>> 2);
    const pad = requestBytes & 3;
    const end = last + ((pad + 3) >> 2);
    words[last] = value ^ ((value ^ FENCE_WORD) & (fenceBits[pad] as number));
    words[end] = FENCE_WORD;
    words[end + 1] = FENCE_WORD;
  }

  function repairFences(base: number, requestBytes: number): void {
    writeFences(base, requestBytes, get(base + HEADER + (requestBytes >>> 2)));
  }

  /** One test of all seven words: no branch in it can be guessed wrong. */
  function brokenFence(base: number): number {
    const requestBytes = get(base + REQUEST);
    const last = (base + HEADER + (requestBytes >>> 2)) | 0;
    const pad = requestBytes & 3;
    const end = (last + ((pad + 3) >> 2)) | 0;
    const broken =
      ((get(last) ^ FENCE_WORD) & (fenceBits[pad] as number)) |
      (get(end) ^ FENCE_WORD) |
      (get(end + 1) ^ FENCE_WORD) |
      (get(base) ^ FENCE_WORD) |
      (get(base + 1) ^ FENCE_WORD) |
      (get(base + FENCE) ^ FENCE_WORD) |
      (get(base + FENCE + 1) ^ FENCE_WORD);
    return broken === 0 ? FENCES_HOLD : findBreak(base, requestBytes >>> 0);
  }

  /** The byte nearest to the block: the one behind it first, if one there is wrong. */
  function findBreak(base: number, requestBytes: number): number {
    const first = (base + HEADER) * 4;
    const behind = first + requestBytes;
    const end = ((behind + 3) & ~3) + 8;
    for (let at = behind; at < end; at++) if (bytes[at] !== FENCE_BYTE) return at - first;
    let before = first - 1;
    while (bytes[before] === FENCE_BYTE && before >= first - 8) before--;
    // Not there: in the two words that the header begins with.
    if (before < first - 8) before = (base + 2) * 4 - 1;
    while (bytes[before] === FENCE_BYTE) before--;
    return before - first;
  }

  function firstWritten(base: number): number {
    const block = base + HEADER;
    const requestBytes = get(base + REQUEST) >>> 0;
    const sizeWords = (requestBytes + 3) >>> 2;
    const isWhole = sizeWords <= limitWords;
    const written = firstWrittenWord(block, isWhole ? sizeWords : edgeWords);
    if (written !== 0) return firstNotDead(written) - block * 4;
    if (isWhole) return -1;
    const tail = tailOf(sizeWords);
    const writtenBehind = firstWrittenWord(block + tail, sizeWords - tail);
    return writtenBehind === 0 ? -1 : firstNotDead(writtenBehind) - block * 4;
  }

  /** The first of so many words that is not dead; 0 without one. `start` is even. */
  function firstWrittenWord(start: number, sizeWords: number): number {
    if (sizeWords === 0) return 0;
    const end = (start + sizeWords) >> 1;
    let at = start >> 1;
    for (; at + 3 < end; at += 4) {
      if (pairs[at] !== deadPair || pairs[at + 1] !== deadPair) break;
      if (pairs[at + 2] !== deadPair || pairs[at + 3] !== deadPair) break;
    }
    while (at < end && pairs[at] === deadPair) at++;
    if (at < end) return get(2 * at) === DEAD_WORD ? 2 * at + 1 : 2 * at;
    const last = start + sizeWords - 1;
    return get(last) === DEAD_WORD ? 0 : last;
  }

  function firstNotDead(word: number): number {
    let at = word * 4;
    while (bytes[at] === DEAD_BYTE) at++;
    return at;
  }

  return { fillBlock, writeFences, repairFences, brokenFence, firstWritten };
}
