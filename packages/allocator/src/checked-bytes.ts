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
/** Up to so many, a loop of one step each is short enough to be inlined in the layer's calls. */
const QUICK_LIMIT_WORDS = 16;

export interface CheckedBytes {
  /** Eight fresh bytes, as `fillBlock` takes them. */
  readonly freshPair: number;
  /** Eight dead ones. */
  readonly deadPair: number;
  /**
   * Fills a block with a pair; of a large one, the first and the last half of the limit, unless the
   * pair is 0. The word behind an odd number of words is filled too: it is the fence's.
   */
  fillBlock(block: number, sizeWords: number, pair: number): void;
  /** Writes the fences of the block whose header is at `base`; the block's own bytes stay. */
  writeFences(base: number, requestBytes: number): void;
  /** Offset of a wrong byte of a fence, from the block's first; FENCES_HOLD if none is. */
  brokenFence(base: number): number;
  /** Whether no fence of a block that lives is broken. */
  holdsFences(base: number): boolean;
  /** Whether a freed block is still dead all over. */
  isDead(base: number): boolean;
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
  const QUICK_LIMIT = QUICK_LIMIT_WORDS;
  const edgeWords = Math.max(4, (fillLimitBytes >> 5) * 4);
  const limitWords = 2 * edgeWords;
  const loopLimitPairs = Math.min(limitWords, LOOP_LIMIT_WORDS) / 2;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const HEADER = layout.CHECKED_HEADER_SIZE_WORDS;
  const REQUEST = layout.REQUEST;
  const FENCE = layout.FENCE;
  const DEAD_WORD = layout.DEAD_WORD;
  const DEAD_BYTE = layout.DEAD_BYTE;
  const FENCE_WORD = layout.FENCE_WORD;
  const FENCE_BYTE = layout.FENCE_BYTE;
  const deadPair = pairOf(DEAD_WORD);
  const fencePair = pairOf(FENCE_WORD);
  const fenceBits = makeFenceBits();
  const get = (word: number): number => words[word] as number;

  function fillBlock(block: number, sizeWords: number, pair: number): void {
    const end = (block + sizeWords + 1) >> 1;
    if (sizeWords > QUICK_LIMIT) fillLong(block >> 1, end, pair);
    else for (let at = block >> 1; at < end; at++) pairs[at] = pair;
  }

  function fillLong(start: number, end: number, pair: number): void {
    if (end - start > loopLimitPairs) {
      fillLarge(start, end, pair);
      return;
    }
    const last = end - 4;
    for (let at = start; at < last; at += 4) {
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

  /** A zeroed block is zero all over. */
  function fillLarge(start: number, end: number, pair: number): void {
    if (end - start <= edgeWords || pair === 0) pairs.fill(pair, start, end);
    else {
      pairs.fill(pair, start, start + edgeWords / 2);
      // From where the tail begins, whether its last pair is whole or not.
      pairs.fill(pair, end - 1 - edgeWords / 2, end);
    }
  }

  /** Where the last words of a large block begin: at a pair. */
  function tailOf(sizeWords: number): number {
    return (sizeWords - edgeWords) & ~1;
  }

  function writeFences(base: number, requestBytes: number): void {
    pairs[base >> 1] = fencePair;
    pairs[(base + FENCE) >> 1] = fencePair;
    const last = base + HEADER + (requestBytes >>> 2);
    const pad = requestBytes & 3;
    const end = last + ((pad + 3) >> 2);
    const shared = words[last] as number;
    words[last] = shared ^ ((shared ^ FENCE_WORD) & (fenceBits[pad] as number));
    words[end] = FENCE_WORD;
    words[end + 1] = FENCE_WORD;
  }

  function holdsFences(base: number): boolean {
    const requestBytes = words[base + REQUEST] as number;
    const last = (base + HEADER + (requestBytes >>> 2)) | 0;
    const pad = requestBytes & 3;
    const end = (last + ((pad + 3) >> 2)) | 0;
    return (
      pairs[base >> 1] === fencePair &&
      pairs[(base + FENCE) >> 1] === fencePair &&
      (((words[last] as number) ^ FENCE_WORD) & (fenceBits[pad] as number)) === 0 &&
      words[end] === FENCE_WORD &&
      words[end + 1] === FENCE_WORD
    );
  }

  function brokenFence(base: number): number {
    return holdsFences(base) ? FENCES_HOLD : findBreak(base, get(base + REQUEST) >>> 0);
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

  /** A small block was filled to the end of its last pair. If a fence was written, look closer. */
  function isDead(base: number): boolean {
    const sizeWords = ((words[base + REQUEST] as number) + 3) >>> 2;
    if (sizeWords > QUICK_LIMIT) return firstWritten(base) < 0;
    let at = (base + HEADER) >> 1;
    const end = (base + HEADER + sizeWords + 1) >> 1;
    while (at < end && pairs[at] === deadPair) at++;
    return at === end || firstWritten(base) < 0;
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

  return {
    freshPair: pairOf(layout.FRESH_WORD),
    deadPair,
    fillBlock,
    writeFences,
    brokenFence,
    holdsFences,
    isDead,
    firstWritten,
  };
}
