// What an object of a type looks like, as data. Collectors read layouts from a table; nobody calls
// the type back for each object, so an inner loop over slots stays a loop over numbers.
//
//   word 0          word 1           [word 2]    visited      owned only    raw
//  │ the strategy's │ type │ flags │ [length] │ slot slot … │ slot slot … │ word word … │
//  └──────── header ───────────────┘          └──────────────── fields ──────────────────┘
//
// Field f is word 2 + f, whatever the type, so that reading a field needs no look at the type. The
// length of a variable-length object is therefore its field 0, and its slots begin at field 1. The
// part that `variablePart` names is repeated `length` times more than its fixed count and is always
// the last part present, so that every fixed field stays at the same offset.
//
// A *visited* slot is seen by every collector. An *owned-only* slot holds a counted reference that
// is released at death, but that a cycle detector must not subtract (CPython: references that
// `tp_traverse` skips); a tracing collector follows it. A *raw* word is nobody's reference.

import type { TypeId, WordIndex } from "./word.js";

/** Word 0 belongs to the strategy; word 1 is the type and its flags and survives moving. */
export const OBJECT_HEADER_SIZE_WORDS = 2;
export const TYPE_WORD_OFFSET = 1;
/** Only in objects of variable length; written at birth, never changed. */
export const LENGTH_WORD_OFFSET = 2;
/** The first field behind the length of a variable-length object. */
export const ELEMENTS_FIELD = 1;
/** `words[object + TYPE_WORD_OFFSET] & TYPE_MASK` is the type; 0 in a free block. */
export const TYPE_MASK = 0xffff;
/** Header flags lie above the type: bits 16 to 31. */
export const FLAGS_SHIFT = 16;
export const TYPE_LIMIT_COUNT = 0xffff;

/**
 * Order in which the slots of an object are visited or released. `insertion`: pairs of key and
 * value in the order in which the keys came in, deleted pairs skipped (CPython: dict). Who lays out
 * such a type puts the pairs in that order and leaves none where a pair was deleted, so that the
 * way of collectors is the way forward.
 */
export type SlotOrder = "forward" | "backward" | "insertion";

/** Which objects leave the collector's watch once nothing they hold could close a cycle. */
export type UntrackingRule = "never" | "tuple" | "dict";

/**
 * **Invariants:** counts are whole numbers from 0; a type with a variable part has no fixed part
 * behind it; an acyclic type is never a candidate; a type that is not `collected` may own
 * references but has no visited slot; a type of weak references is collected, of fixed length, with
 * one visited slot, two owned-only slots and at least three raw words.
 */
export interface TypeDescriptor {
  /** Unique in its type table. */
  readonly name: string;
  readonly visitedSlotCount: number;
  readonly ownedSlotCount: number;
  readonly rawWordCount: number;
  /**
   * The part that the length repeats; `none` for objects of fixed length. `bytes` is a raw part
   * whose length counts bytes; its last word is padded with zeros.
   */
  readonly variablePart: "none" | "visited" | "owned" | "raw" | "bytes";
  readonly visitOrder: SlotOrder;
  readonly releaseOrder: SlotOrder;
  readonly untracking: UntrackingRule;
  /** Whether a cycle collector watches objects of this type (CPython: `Py_TPFLAGS_HAVE_GC`). */
  readonly collected: boolean;
  /** Its objects can never be part of a cycle, whatever they hold. */
  readonly acyclic: boolean;
  /** Code runs once before an object is deallocated. */
  readonly finalizer: boolean;
  readonly weaklyReferable: boolean;
  /** A collector may empty its slots to break a cycle (CPython: `tp_clear`). */
  readonly clearable: boolean;
  /**
   * Its objects are weak references: field 0 is visited and holds the callback, field 1 is
   * owned-only and for finalization, fields 2 to 4 are raw and name the referent and its next and
   * previous weak reference. Only finalization writes them.
   */
  readonly weakReference: boolean;
}

/**
 * The types of one memory manager. **Invariant:** a type, once defined, never changes, and its
 * number is the same for as long as the table lives.
 */
export interface TypeTable {
  /** First word of the rows in linear memory; the row of type t is at `base + (t << 3)`. */
  readonly base: WordIndex;
  readonly count: number;
  /** So many types there is room for. */
  readonly limitCount: number;
  /** Throws `UsageError` for a descriptor that breaks an invariant or repeats another's name. */
  define(descriptor: TypeDescriptor): TypeId;
  /** Throws `UsageError` for a number that is no type. O(1). */
  descriptor(type: TypeId): TypeDescriptor;
  /** Undefined when no type has this name. */
  find(name: string): TypeId | undefined;
}
