// One sequence of numbers for all languages: peers/collections.py draws the same.

/** Marsaglia's xorshift, 32 bits. */
export function createRandom(): (limit: number) => number {
  let state = 0x9e3779b9 | 0;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** The numbers below `count` in random order: Fisher and Yates. */
export function shuffled(count: number): Int32Array {
  const random = createRandom();
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const chosen = random(last + 1);
    const swapped = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = swapped;
  }
  return order;
}
