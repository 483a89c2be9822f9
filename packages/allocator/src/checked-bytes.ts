// The bytes that the checked layer writes around and into blocks, and how it finds the first one
// that is not what was written (checked-layout.ts).

import type { LinearMemory } from "@ouro/interfaces";
import * as layout from "./checked-layout.js";

/** No byte of a fence is wrong. */
export const FENCES_HOLD = 0x7fffffff;

const HEADER = layout.CHECKED_HEADER_SIZE_WORDS;
/** Beyond so many words the built-in `fill` is faster than a loop. */
const LOOP_LIMIT_WORDS = 48;

export interface CheckedBytes {
  /** Fills the words [from, to). */
  fill(from: number, to: number, value: number): void;
  /** Fills a block; of a large one, the first and the last half of the limit. */
  fillBlock(block: number, sizeWords: number, value: number): void;
  /** Writes both fences of the block whose header is at `base`. */
  writeFences(base: number, requestBytes: number): void;
  /** Offset of a wrong byte of a fence, from the block's first; FENCES_HOLD if none is. */
  brokenFence(base: number): number;
  /** Offset of the first byte of a freed block that is not dead any more; -1 without one. */
  firstWritten(base: number): number;
}

export function createCheckedBytes(memory: LinearMemory, fillLimitBytes: number): CheckedBytes {
  const { words, bytes } = memory;
  const edgeWords = Math.max(1, fillLimitBytes >> 3);
  const REQUEST = layout.REQUEST;
  const FENCE = layout.FENCE;
  const DEAD_WORD = layout.DEAD_WORD;
  const FENCE_WORD = layout.FENCE_WORD;
  const FENCE_BYTE = layout.FENCE_BYTE;
  const get = (word: number): number => words[word] as number;

  function fill(from: number, to: number, value: number): void {
    if (to - from > LOOP_LIMIT_WORDS) words.fill(value, from, to);
    else for (let word = from; word < to; word++) words[word] = value;
  }

  /** Fills the words of a block, of a large one the first and the last. */
  function fillBlock(block: number, sizeWords: number, value: number): void {
    if (sizeWords <= 2 * edgeWords) fill(block, block + sizeWords, value);
    else {
      fill(block, block + edgeWords, value);
      fill(block + sizeWords - edgeWords, block + sizeWords, value);
    }
  }

  function writeFences(base: number, requestBytes: number): void {
    words[base + FENCE] = FENCE_WORD;
    words[base + FENCE + 1] = FENCE_WORD;
    let at = (base + HEADER) * 4 + requestBytes;
    while ((at & 3) !== 0) bytes[at++] = FENCE_BYTE;
    words[at >>> 2] = FENCE_WORD;
    words[(at >>> 2) + 1] = FENCE_WORD;
  }

  function brokenFence(base: number): number {
    const first = (base + HEADER) * 4;
    const end = first + get(base + REQUEST);
    let at = end;
    while ((at & 3) !== 0) if (bytes[at++] !== FENCE_BYTE) return at - 1 - first;
    const isSound =
      get(base + FENCE) === FENCE_WORD &&
      get(base + FENCE + 1) === FENCE_WORD &&
      get(at >>> 2) === FENCE_WORD &&
      get((at >>> 2) + 1) === FENCE_WORD;
    if (isSound) return FENCES_HOLD;
    for (let back = first - 1; back >= first - 8; back--) {
      if (bytes[back] !== FENCE_BYTE) return back - first;
    }
    while (bytes[at] === FENCE_BYTE) at++;
    return at - first;
  }

  /** Offset of the first byte of a freed block that is not dead any more; -1 without one. */
  function firstWritten(base: number): number {
    const block = base + HEADER;
    const requestBytes = get(base + REQUEST) >>> 0;
    const wholeWords = requestBytes >>> 2;
    const isWhole = (requestBytes + 3) >>> 2 <= 2 * edgeWords;
    const from = isWhole ? wholeWords : edgeWords;
    const written = firstWrittenWord(block, block + from);
    if (written !== 0) return firstNotDead(written) - block * 4;
    const tail = isWhole ? wholeWords : ((requestBytes + 3) >>> 2) - edgeWords;
    const writtenBehind = firstWrittenWord(block + tail, block + wholeWords);
    if (writtenBehind !== 0) return firstNotDead(writtenBehind) - block * 4;
    const end = block * 4 + requestBytes;
    for (let at = end & ~3; at < end; at++) if (bytes[at] !== 0xdd) return at - block * 4;
    return -1;
  }

  /** The first of [from, to) that is not dead; 0 without one. Four words a step. */
  function firstWrittenWord(from: number, to: number): number {
    let word = from;
    for (; word + 3 < to; word += 4) {
      const first = (get(word) ^ DEAD_WORD) | (get(word + 1) ^ DEAD_WORD);
      const second = (get(word + 2) ^ DEAD_WORD) | (get(word + 3) ^ DEAD_WORD);
      if ((first | second) !== 0) break;
    }
    while (word < to && words[word] === DEAD_WORD) word++;
    return word < to ? word : 0;
  }

  function firstNotDead(word: number): number {
    let at = word * 4;
    while (bytes[at] === 0xdd) at++;
    return at;
  }

  return { fill, fillBlock, writeFences, brokenFence, firstWritten };
}
