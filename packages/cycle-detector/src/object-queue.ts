// The queue of objects that were reached behind the cursor: first in, first out, so that the loads
// of those at its front do not wait for one another. A ring of words at the start of a region, and
// doubled when it is full: memory is touched only as far as the queue was ever long.
//
//   region   │ … │ head ─► next to take │ … │ tail ─► next to write │ … │ not yet of the ring │
//              2^k words

import type { Region } from "@ouro/interfaces";

const AHEAD_COUNT = 32;
const FIRST_SIZE_WORDS = 1 << 10;

export interface ObjectQueue {
  /** False when the queue is full, and the object is not in it. O(1). */
  push(object: number): boolean;
  /** The object that waits longest, or 0. O(1). */
  take(): number;
  /**
   * Reads a word of each of the next objects: loads from all over the heap that do not wait for one
   * another, as scanning them one by one would. Answers how many objects that is good for. O(1).
   */
  touchAhead(): number;
  reset(): void;
}

export function createObjectQueue(words: Int32Array, region: Region): ObjectQueue {
  const { start } = region;
  const largestMask = (1 << (31 - Math.clz32(region.sizeWords - 1))) - 1;
  // A word is left for what `touchAhead` read: nobody wants it, but it has to be read.
  const sumWord = start + largestMask + 1;
  let mask = Math.min(FIRST_SIZE_WORDS - 1, largestMask);
  let head = 0;
  let tail = 0;

  function push(object: number): boolean {
    const next = (tail + 1) & mask;
    if (next === head) return pushLarger(object);
    words[start + tail] = object;
    tail = next;
    return true;
  }

  /** What stands before the head in the full ring comes to stand behind its old end. */
  function pushLarger(object: number): boolean {
    if (mask === largestMask) return false;
    const size = mask + 1;
    mask = 2 * size - 1;
    if (tail < head) {
      words.copyWithin(start + size, start, start + tail);
      tail += size;
    }
    return push(object);
  }

  function take(): number {
    if (head === tail) {
      head = 0;
      tail = 0;
      return 0;
    }
    const object = words[start + head] as number;
    head = (head + 1) & mask;
    return object;
  }

  function touchAhead(): number {
    const end = Math.min(head + AHEAD_COUNT, head <= tail ? tail : mask + 1);
    let sum = 0;
    for (let place = start + head; place < start + end; place++) {
      sum += words[words[place] as number] as number;
    }
    words[sumWord] = sum | 0;
    return end > head ? end - head : 1;
  }

  function reset(): void {
    mask = Math.min(FIRST_SIZE_WORDS - 1, largestMask);
    head = 0;
    tail = 0;
  }

  return { push, take, touchAhead, reset };
}
