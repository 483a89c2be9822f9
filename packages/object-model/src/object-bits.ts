// The objects of a word of bits: bit b of map word w stands for the object at (w << 7) | (b << 2).

/** Set bits, added up in parallel (Warren: Hacker's Delight, 5-1). */
export function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Calls `visit` with each object of a map's word, in address order. */
export function eachObject(mapWord: number, bits: number, visit: (object: number) => void): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    visit((mapWord << 7) | ((31 - Math.clz32(left & -left)) << 2));
  }
}
