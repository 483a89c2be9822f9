// The random sequence that every peer runs, in whatever language it is written. peers/loops.c draws
// the same numbers in the same order; equal checksums show that it did.
//
//   entry   bits 0–19   slot index       bits 20–31   request, bytes
//           bits 0–14                    bits 15–31   where requests are drawn log-uniformly

const SLOT_BITS = 20;
const SLOT_BITS_OF_LOG = 15;
/** Entries of one batch at most. */
export const BATCH_LIMIT = 1 << 20;
export const SEED = 0x9e3779b9;
export const CHECKSUM_START = 0x811c9dc5;

/** What a replace workload draws: requests of one size when both ends are equal. */
export interface ReplaceShape {
  readonly liveCount: number;
  readonly smallestBytes: number;
  readonly largestBytes: number;
  /** True: always the slot filled last, so that the block freed is the one given next. */
  readonly lastOnly: boolean;
  /** True: as many requests of 8–15 bytes as of 16–31, and so on; both ends are powers of two. */
  readonly isLog?: boolean;
}

export function slotBitsOf(shape: ReplaceShape): number {
  return shape.isLog === true ? SLOT_BITS_OF_LOG : SLOT_BITS;
}

export interface Sequence {
  /** The next number: 32 bits, never 0. */
  next(): number;
}

/** Xorshift32 (Marsaglia, "Xorshift RNGs", 2003), shifts 13, 17, 5. */
export function createSequence(seed = SEED): Sequence {
  let state = seed >>> 0;
  function next(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  }
  return { next };
}

/** One request of the shape. Draws nothing when there is only one size. */
export function drawRequest(sequence: Sequence, shape: ReplaceShape): number {
  if (shape.isLog === true) {
    const smallest = 31 - Math.clz32(shape.smallestBytes);
    const power = smallest + (sequence.next() % (31 - Math.clz32(shape.largestBytes) - smallest));
    return (1 << power) + (sequence.next() & ((1 << power) - 1));
  }
  const span = shape.largestBytes - shape.smallestBytes + 1;
  return span === 1 ? shape.smallestBytes : shape.smallestBytes + (sequence.next() % span);
}

/** Fills `entries` from the sequence, slot first, request second. */
export function fillEntries(sequence: Sequence, shape: ReplaceShape, entries: Int32Array): void {
  const slotBits = slotBitsOf(shape);
  for (let i = 0; i < entries.length; i++) {
    const slot = shape.lastOnly ? shape.liveCount - 1 : sequence.next() % shape.liveCount;
    entries[i] = slot | (drawRequest(sequence, shape) << slotBits);
  }
}

/** A random order of 0 … count-1 (Fisher–Yates). */
export function shuffledOrder(sequence: Sequence, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = sequence.next() % (i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}

/** Continues an FNV-1a checksum over whole words. */
export function addToChecksum(checksum: number, words: Int32Array): number {
  let sum = checksum;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ (words[i] as number), 16777619);
  return sum >>> 0;
}
