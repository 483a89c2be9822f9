// Byte arrays: variable-length raw objects whose bytes may change, their length never.
//
//   object  │ header │ length in bytes │ bytes, four a word … │

import {
  checkIndex,
  checkInteger,
  describeValue,
  ELEMENTS_FIELD,
  type Mutator,
  type Reference,
  type Slot,
  type TypeId,
  type TypeTable,
  UsageError,
} from "@ouro/interfaces";
import { withKindChecks } from "./kind-checks.js";
import { checkParts } from "./parts-check.js";
import { createRawBytes } from "./raw-bytes.js";
import { findOrDefineType } from "./type-table.js";
import { checkNumber } from "./value-check.js";

const LENGTH_LIMIT = 0x3fffffff;

export interface ByteArrays {
  readonly type: TypeId;
  /** `length` zero bytes. Throws as the mutator's `allocateArray`. Safepoint. O(length). */
  allocate(length: number, into: Slot): Reference;
  /** The bytes of host memory. Throws as `allocate`. Safepoint. O(length). */
  allocateFrom(source: Uint8Array, into: Slot): Reference;
  lengthOf(bytes: Reference): number;
  /** Throws `UsageError` for an index that is none. O(1). */
  byteAt(bytes: Reference, index: number): number;
  /** Keeps the lowest 8 bits. Throws `UsageError` for an index that is none. O(1). */
  setByte(bytes: Reference, index: number, byte: number): void;
  /** The ranges may overlap. Throws `UsageError` for one that is not inside. O(count). */
  copy(
    target: Reference,
    targetIndex: number,
    source: Reference,
    sourceIndex: number,
    count: number,
  ): void;
  equals(one: Reference, other: Reference): boolean;
  /** Below, equal or above 0, byte by byte, a prefix first. O(length). */
  compare(one: Reference, other: Reference): number;
  /** Of the contents, so it changes with them. O(length). */
  hash(bytes: Reference): number;
  /** A copy in host memory. O(length). */
  copyOut(bytes: Reference): Uint8Array;
  /** Throws `HeapCorruptionError`. O(1). */
  validate(bytes: Reference): void;
}

/** Byte arrays of one memory manager; defines the type `bytes` unless it is there. */
export function createByteArrays(parts: { mutator: Mutator; types: TypeTable }): ByteArrays {
  checkParts("createByteArrays", parts, "mutator types");
  const { mutator, types } = parts;
  const { lengthOf, allocateArray } = mutator;
  const raw = createRawBytes(mutator, ELEMENTS_FIELD);
  const type = findOrDefineType(types, { name: "bytes", variablePart: "bytes" });

  function checkRange(argument: string, bytes: Reference, index: number, count: number): void {
    checkInteger("bytes.copy", argument, index, 0, lengthOf(bytes) - count);
  }

  function compare(one: Reference, other: Reference): number {
    const shared = Math.min(lengthOf(one), lengthOf(other));
    for (let index = 0; index < shared; index++) {
      const difference = raw.byteAt(one, index) - raw.byteAt(other, index);
      if (difference !== 0) return difference;
    }
    return lengthOf(one) - lengthOf(other);
  }

  function checkSource(source: Uint8Array): void {
    const isOdd = (each: unknown): boolean => typeof each !== "number";
    if (source?.length >= 0 && !Array.prototype.some.call(source, isOdd)) return;
    throw new UsageError({
      where: "bytes.allocateFrom",
      argument: describeValue(source),
      problem: "is no list of bytes",
      remedy: "Pass a Uint8Array",
    });
  }

  const arrays: ByteArrays = {
    type,
    allocate(length, into) {
      checkInteger("bytes.allocate", "length", length, 0, LENGTH_LIMIT);
      return allocateArray(type, length, into);
    },
    allocateFrom(source, into) {
      checkSource(source);
      const bytes = allocateArray(type, source.length, into);
      raw.load(bytes, source, 0);
      return bytes;
    },
    lengthOf,
    byteAt(bytes, index) {
      checkIndex("bytes.byteAt", index, lengthOf(bytes));
      return raw.byteAt(bytes, index);
    },
    setByte(bytes, index, byte) {
      checkIndex("bytes.setByte", index, lengthOf(bytes));
      checkNumber("bytes.setByte", "byte", byte, "Give a number");
      raw.setByte(bytes, index, byte);
    },
    copy(target, targetIndex, source, sourceIndex, count) {
      checkInteger("bytes.copy", "count", count, 0);
      checkRange("targetIndex", target, targetIndex, count);
      checkRange("sourceIndex", source, sourceIndex, count);
      raw.copy(target, targetIndex, source, sourceIndex, count);
    },
    equals: raw.equals,
    compare,
    hash: (bytes) => raw.hash(bytes, 0),
    copyOut(bytes) {
      const copied = new Uint8Array(lengthOf(bytes));
      for (let index = 0; index < copied.length; index++) copied[index] = raw.byteAt(bytes, index);
      return copied;
    },
    validate: raw.validate,
  };
  const both = [0, 1];
  return withKindChecks(arrays, parts, {
    ...{ name: "byte array", calls: "bytes", types: [type] },
    byReference: {
      ...{ lengthOf: [0], byteAt: [0], setByte: [0], copy: [0, 2], equals: both, compare: both },
      ...{ hash: [0], copyOut: [0] },
    },
    bySlot: {},
    references: { validate: [0] },
    slots: { allocate: [1], allocateFrom: [1] },
  });
}
