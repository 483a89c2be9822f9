// The numbers that parts exchange. Linear memory is one Int32Array; whatever lives in it is named
// by the index of its first word. A word index is always a small integer to V8, up to 4 GiB of
// memory.
//
//   byte      0    4    8   12   16   20 …
//   word      0    1    2    3    4    5 …
//   granule   0                   1      …     a granule is 16 bytes, the alignment of every block
//
// Brands exist for the type checker alone: at run time each of these is a plain number.

declare const kind: unique symbol;

/** Index of a word in linear memory. Unit: words of 4 bytes. */
export type WordIndex = number;

/** Byte offset in linear memory; used only at the edges (traces, debugging, byte-wise callers). */
export type Address = number & { readonly [kind]: "address" };

/** Word index of an arena's first word; a multiple of `ARENA_SIZE_WORDS`. 0 = none. */
export type Arena = number & { readonly [kind]: "arena" };

/** Word index of a block's first word; a multiple of `GRANULE_SIZE_WORDS`. 0 = none. */
export type Block = number & { readonly [kind]: "block" };

/**
 * Word index of an object's header; a multiple of `GRANULE_SIZE_WORDS`, always above 0.
 * *Borrowed* wherever a JavaScript variable holds it: good until the next safepoint, as long as
 * its object stays reachable.
 */
export type Reference = number & { readonly [kind]: "reference" };

/** What a slot holds: a reference (> 0), none (0), or an immediate integer (< 0). */
export type Value = number;

/** Word index of a root slot. Slots never move; `slot + 1` is the next slot of the same frame. */
export type Slot = number & { readonly [kind]: "slot" };

/** Number of a row in the type table. */
export type TypeId = number & { readonly [kind]: "type" };

export const WORD_SIZE_BYTES = 4;
/** Alignment of every block and every object. */
export const GRANULE_SIZE_BYTES = 16;
export const GRANULE_SIZE_WORDS = GRANULE_SIZE_BYTES / WORD_SIZE_BYTES;
/** CPython: `ARENA_SIZE`, 1 MiB since 3.10. */
export const ARENA_SIZE_BYTES = 1 << 20;
export const ARENA_SIZE_WORDS = ARENA_SIZE_BYTES / WORD_SIZE_BYTES;
/** `wordIndex >>> ARENA_SHIFT` is the arena's index. */
export const ARENA_SHIFT = 18;
/** CPython: `POOL_SIZE`, 16 KiB since 3.10. */
export const POOL_SIZE_BYTES = 1 << 14;
export const POOL_SIZE_WORDS = POOL_SIZE_BYTES / WORD_SIZE_BYTES;
/** CPython: `SMALL_REQUEST_THRESHOLD`; larger requests are not the pool allocator's. */
export const SMALL_REQUEST_LIMIT_BYTES = 512;
export const SIZE_CLASS_COUNT = SMALL_REQUEST_LIMIT_BYTES / GRANULE_SIZE_BYTES;

/** The byte offset of a word. O(1). */
export function addressOf(word: WordIndex): Address {
  return (word * WORD_SIZE_BYTES) as Address;
}

/** The block at a byte offset; says nothing about whether one lives there. O(1). */
export function blockAt(address: number): Block {
  return (address / WORD_SIZE_BYTES) as Block;
}
