import { describe, expect, it } from "vitest";
import {
  ARENA_SHIFT,
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  addressOf,
  blockAt,
  FLAGS_SHIFT,
  GRANULE_SIZE_BYTES,
  GRANULE_SIZE_WORDS,
  IMMEDIATE_MAX,
  IMMEDIATE_MIN,
  immediateOf,
  integerOf,
  isImmediate,
  isReference,
  NONE,
  POOL_SIZE_BYTES,
  POOL_SIZE_WORDS,
  SIZE_CLASS_COUNT,
  type Slot,
  SMALL_REQUEST_LIMIT_BYTES,
  slotAt,
  TYPE_LIMIT_COUNT,
  TYPE_MASK,
  WORD_SIZE_BYTES,
} from "../src/index.js";

describe("the constants of linear memory", () => {
  it("say the same size in bytes and in words", () => {
    expect(GRANULE_SIZE_WORDS * WORD_SIZE_BYTES).toBe(GRANULE_SIZE_BYTES);
    expect(ARENA_SIZE_WORDS * WORD_SIZE_BYTES).toBe(ARENA_SIZE_BYTES);
    expect(POOL_SIZE_WORDS * WORD_SIZE_BYTES).toBe(POOL_SIZE_BYTES);
    expect(2 ** ARENA_SHIFT).toBe(ARENA_SIZE_WORDS);
  });

  it("nest: granules in pools, pools in arenas, all found by masking", () => {
    expect(POOL_SIZE_WORDS & (POOL_SIZE_WORDS - 1)).toBe(0);
    expect(ARENA_SIZE_WORDS % POOL_SIZE_WORDS).toBe(0);
    expect(POOL_SIZE_WORDS % GRANULE_SIZE_WORDS).toBe(0);
  });

  it("are CPython's", () => {
    const sizes = [ARENA_SIZE_BYTES, POOL_SIZE_BYTES, GRANULE_SIZE_BYTES];
    expect(sizes).toEqual([1_048_576, 16_384, 16]);
    expect([SMALL_REQUEST_LIMIT_BYTES, SIZE_CLASS_COUNT]).toEqual([512, 32]);
  });

  it("leave every word index of 4 GiB a small integer", () => {
    const lastWord = 2 ** 32 / WORD_SIZE_BYTES - 1;
    expect(lastWord | 0).toBe(lastWord);
    expect(lastWord).toBeLessThan(2 ** 30);
  });

  it("put a type and its flags into one word", () => {
    expect(TYPE_MASK).toBe(2 ** FLAGS_SHIFT - 1);
    expect(TYPE_LIMIT_COUNT).toBe(TYPE_MASK);
  });
});

describe("addresses", () => {
  it("are byte offsets, up to the last word of 4 GiB", () => {
    expect(addressOf(4)).toBe(16);
    expect(addressOf(2 ** 30 - 4)).toBe(2 ** 32 - 16);
    expect(blockAt(addressOf(1_073_741_820))).toBe(1_073_741_820);
  });

  it("of slots follow one another", () => {
    expect(slotAt(4096 as Slot, 3)).toBe(4099);
  });
});

describe("values", () => {
  it("are a reference, none or an immediate, and never two of these", () => {
    const kinds = (value: number) => [isReference(value), value === NONE, isImmediate(value)];
    expect(kinds(4)).toEqual([true, false, false]);
    expect(kinds(0)).toEqual([false, true, false]);
    expect(kinds(immediateOf(0))).toEqual([false, false, true]);
  });

  it("keep integers of 31 bits exactly, in a word", () => {
    const integers = [0, 1, -1, 2, -2, 1000, -1000];
    const edges = [IMMEDIATE_MAX, IMMEDIATE_MAX - 1, IMMEDIATE_MIN, IMMEDIATE_MIN + 1];
    for (const integer of [...integers, ...edges]) {
      const value = immediateOf(integer);
      expect(new Int32Array([value])[0]).toBe(value);
      expect(isImmediate(value)).toBe(true);
      expect(integerOf(value)).toBe(integer);
    }
  });

  it("refuse a number that an immediate cannot keep", () => {
    for (const number of [IMMEDIATE_MAX + 1, IMMEDIATE_MIN - 1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => immediateOf(number)).toThrow(/is not a whole number from -1073741824 to/);
    }
  });
});
