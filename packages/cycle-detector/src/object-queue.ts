// The queue of objects that were reached behind the cursor: first in, first out, so that the loads of
// those at its front do not wait for one another. A ring of words in a region; it takes memory only
// as far as it was ever long.
//
//   region   │ … │ head ─► next to take │ … │ tail ─► next to write │ … │      2^k words

import type { Region } from "@ouro/interfaces";

export interface ObjectQueue {
  /** False when the queue is full, and the object is not in it. O(1). */
  push(object: number): boolean;
  /** The object that waits longest, or 0. O(1). */
  take(): number;
  reset(): void;
}

export function createObjectQueue(words: Int32Array, region: Region): ObjectQueue {
  const { start } = region;
  const mask = (1 << (31 - Math.clz32(region.sizeWords))) - 1;
  let head = 0;
  let tail = 0;

  function push(object: number): boolean {
    const next = (tail + 1) & mask;
    if (next === head) return false;
    words[start + tail] = object;
    tail = next;
    return true;
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

  function reset(): void {
    head = 0;
    tail = 0;
  }

  return { push, take, reset };
}
