// Bytes in the raw words of a variable-length object: what byte arrays and strings have in common.
//
//   field    0        1 …                first …
//          │ length │ other raw words │ 3 2 1 0 │ 7 6 5 4 │ … 0 0 9 8 │
//
// Byte i is bits 8 × (i & 3) and up of word first + (i >> 2), whatever the machine's byte order.
// The last word is padded with zeros, so that whole words can be compared and hashed.

import { expectSound, type Mutator, type Reference } from "@ouro/interfaces";

export interface RawBytes {
  byteAt(object: Reference, index: number): number;
  setByte(object: Reference, index: number, byte: number): void;
  /** Copies `count` bytes; the ranges may overlap. The caller checks the ranges. O(count). */
  copy(
    target: Reference,
    targetIndex: number,
    source: Reference,
    sourceIndex: number,
    count: number,
  ): void;
  /** Sets all bytes of an object from `source`, from `start` on. O(length). */
  load(object: Reference, source: ArrayLike<number>, start: number): void;
  /** Whether two objects hold the same bytes. O(length). */
  equals(one: Reference, other: Reference): boolean;
  /** Of the bytes alone, 32 bits unsigned. O(length). */
  hash(object: Reference, seed: number): number;
  /** Throws `HeapCorruptionError` if the padding is not zero. O(1). */
  validate(object: Reference): void;
}

/** The bytes of objects whose first byte lies in field `first`. */
export function createRawBytes(mutator: Mutator, first: number): RawBytes {
  const { word, setWord, lengthOf } = mutator;

  function byteAt(object: Reference, index: number): number {
    return (word(object, first + (index >> 2)) >>> ((index & 3) << 3)) & 0xff;
  }

  function setByte(object: Reference, index: number, byte: number): void {
    const field = first + (index >> 2);
    const shift = (index & 3) << 3;
    setWord(object, field, (word(object, field) & ~(0xff << shift)) | ((byte & 0xff) << shift));
  }

  function copy(
    target: Reference,
    targetIndex: number,
    source: Reference,
    sourceIndex: number,
    count: number,
  ): void {
    if (target === source && targetIndex > sourceIndex) {
      for (let index = count - 1; index >= 0; index--) {
        setByte(target, targetIndex + index, byteAt(source, sourceIndex + index));
      }
      return;
    }
    let index = 0;
    if (((targetIndex | sourceIndex) & 3) === 0) {
      for (; index + 4 <= count; index += 4) {
        const from = first + ((sourceIndex + index) >> 2);
        setWord(target, first + ((targetIndex + index) >> 2), word(source, from));
      }
    }
    for (; index < count; index++) {
      setByte(target, targetIndex + index, byteAt(source, sourceIndex + index));
    }
  }

  function load(object: Reference, source: ArrayLike<number>, start: number): void {
    const length = lengthOf(object);
    for (let index = 0; index < length; index += 4) {
      let packed = 0;
      for (let at = Math.min(index + 3, length - 1); at >= index; at--) {
        packed = (packed << 8) | ((source[start + at] as number) & 0xff);
      }
      setWord(object, first + (index >> 2), packed);
    }
  }

  function equals(one: Reference, other: Reference): boolean {
    const length = lengthOf(one);
    if (lengthOf(other) !== length) return false;
    const end = first + ((length + 3) >> 2);
    for (let field = first; field < end; field++) {
      if (word(one, field) !== word(other, field)) return false;
    }
    return true;
  }

  /** MurmurHash3 for 32 bits (Austin Appleby, public domain), the padding counted as bytes. */
  function hash(object: Reference, seed: number): number {
    const length = lengthOf(object);
    const end = first + ((length + 3) >> 2);
    let state = seed;
    for (let field = first; field < end; field++) {
      let part = Math.imul(word(object, field), 0xcc9e2d51);
      part = Math.imul((part << 15) | (part >>> 17), 0x1b873593);
      state ^= part;
      state = (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
    }
    return mixWord(state ^ length);
  }

  function validate(object: Reference): void {
    const length = lengthOf(object);
    if ((length & 3) === 0) return;
    const padding = word(object, first + (length >> 2)) >>> ((length & 3) << 3);
    const at = mutator.fieldsStart(object) + first + (length >> 2);
    expectSound(padding === 0, "byte array or string", at, "its padding is not zero");
  }

  return { byteAt, setByte, copy, load, equals, hash, validate };
}

/**
 * MurmurHash3's last step: each bit of a word decides about half of the result, 32 bits
 * unsigned.
 */
export function mixWord(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
