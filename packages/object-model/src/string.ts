// Strings: raw objects that never change. As in CPython since PEP 393 a string is as narrow as its
// widest character allows, in two widths here: one byte a unit up to U+00FF, else two, which are
// UTF-16's code units, as in JavaScript. Equal strings so have equal types and equal words.
//
//   string-8    │ header │ length in bytes │ hash │ u u u u │ …
//   string-16   │ header │ length in bytes │ hash │ u   u   │ …
//   field                        0            1       2 …
//
// The hash is computed when first asked for and kept in its word; 0 is not computed yet.

import {
  checkIndex,
  checkInteger,
  describeValue,
  expectSound,
  type Mutator,
  type Reference,
  type Slot,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { withKindChecks } from "./kind-checks.js";
import { checkParts } from "./parts-check.js";
import { createRawBytes } from "./raw-bytes.js";
import { findOrDefineType } from "./type-table.js";

const HASH_FIELD = 1;
const FIRST_FIELD = 2;
const NARROW_LIMIT = 0xff;
/** `String.fromCharCode` takes so many arguments anywhere. */
const TEXT_PART_COUNT = 4096;

export interface StringsOptions {
  mutator: Mutator;
  types: TypeTable;
  /**
   * Makes hashes unforeseeable to those who choose the strings, if it is secret and random.
   * A whole number of 32 bits. Default 0: the same hashes in every run.
   */
  hashSeed?: number;
}

export interface Strings {
  readonly narrowType: TypeId;
  readonly wideType: TypeId;
  /** A string with the units of a JavaScript string. Throws as `allocateArray`. Safepoint. O(n). */
  allocate(text: string, into: Slot): Reference;
  /** As `allocate`, from code units in host memory, of which each is cut to 16 bits. */
  allocateUnits(units: ArrayLike<number>, start: number, end: number, into: Slot): Reference;
  isString(value: Value): value is Reference;
  /** Code units. */
  lengthOf(string: Reference): number;
  /** Throws `UsageError` for an index that is none. O(1). */
  unitAt(string: Reference, index: number): number;
  text(string: Reference): string;
  equals(one: Reference, other: Reference): boolean;
  /** Below, equal or above 0: unit by unit, a prefix first, as JavaScript's `<`. O(length). */
  compare(one: Reference, other: Reference): number;
  /** 32 bits unsigned, not 0. O(length) once, then O(1). */
  hash(string: Reference): number;
  /** One string after the other; `into` may be one of them. Safepoint. O(length). */
  concatenate(one: Slot, other: Slot, into: Slot): Reference;
  /** Units [start, end); `into` may be `from`. Throws `UsageError`. Safepoint. O(end - start). */
  slice(from: Slot, start: number, end: number, into: Slot): Reference;
  /** Throws `HeapCorruptionError`. O(length). */
  validate(string: Reference): void;
}

/** Strings of one memory manager; defines the types `string-8` and `string-16` if needed. */
export function createStrings(options: StringsOptions): Strings {
  checkParts("createStrings", options, "mutator types");
  const { mutator, types, hashSeed = 0 } = options;
  checkInteger("createStrings", "hashSeed", hashSeed, -(2 ** 31), 2 ** 32 - 1);
  const { word, setWord, typeOf, lengthOf: byteLengthOf } = mutator;
  const raw = createRawBytes(mutator, FIRST_FIELD);
  const common = { rawWordCount: 1, variablePart: "bytes" } as const;
  const narrowType = findOrDefineType(types, { name: "string-8", ...common });
  const wideType = findOrDefineType(types, { name: "string-16", ...common });

  const isWide = (string: Reference): boolean => typeOf(string) === wideType;

  function lengthOf(string: Reference): number {
    return isWide(string) ? byteLengthOf(string) >> 1 : byteLengthOf(string);
  }

  function narrowAt(string: Reference, index: number): number {
    return (word(string, FIRST_FIELD + (index >> 2)) >>> ((index & 3) << 3)) & 0xff;
  }

  function wideAt(string: Reference, index: number): number {
    return (word(string, FIRST_FIELD + (index >> 1)) >>> ((index & 1) << 4)) & 0xffff;
  }

  function readUnit(string: Reference, index: number): number {
    return isWide(string) ? wideAt(string, index) : narrowAt(string, index);
  }

  /** Only before anyone else has seen the string. */
  function writeUnit(string: Reference, isWideString: boolean, index: number, unit: number): void {
    if (!isWideString) raw.setByte(string, index, unit);
    else {
      raw.setByte(string, index * 2, unit);
      raw.setByte(string, index * 2 + 1, unit >> 8);
    }
  }

  function place(isWideString: boolean, length: number, into: Slot): Reference {
    return isWideString
      ? mutator.allocateArray(wideType, length * 2, into)
      : mutator.allocateArray(narrowType, length, into);
  }

  function allocateUnits(
    units: ArrayLike<number>,
    start: number,
    end: number,
    into: Slot,
  ): Reference {
    if (typeof units?.length !== "number") refuseUnits(describeValue(units));
    checkInteger("strings.allocateUnits", "end", end, 0, units.length);
    checkInteger("strings.allocateUnits", "start", start, 0, end);
    let all = 0;
    for (let index = start; index < end; index++) {
      const unit = units[index] as number;
      if (typeof unit !== "number") refuseUnits(`${describeValue(unit)}, at ${index},`);
      all |= unit;
    }
    const isWideString = (all & 0xffff) > NARROW_LIMIT;
    const string = place(isWideString, end - start, into);
    if (!isWideString) raw.load(string, units, start);
    else
      for (let index = start; index < end; index++) {
        writeUnit(string, true, index - start, units[index] as number);
      }
    return string;
  }

  function allocate(text: string, into: Slot): Reference {
    if (typeof text !== "string") refuseText(text);
    let isWideString = false;
    for (let index = 0; index < text.length && !isWideString; index++) {
      isWideString = text.charCodeAt(index) > NARROW_LIMIT;
    }
    const string = place(isWideString, text.length, into);
    for (let index = 0; index < text.length; index++) {
      writeUnit(string, isWideString, index, text.charCodeAt(index));
    }
    return string;
  }

  function text(string: Reference): string {
    const length = lengthOf(string);
    const units: number[] = [];
    let whole = "";
    for (let index = 0; index < length; index++) {
      units.push(readUnit(string, index));
      if (units.length < TEXT_PART_COUNT && index < length - 1) continue;
      whole += String.fromCharCode(...units);
      units.length = 0;
    }
    return whole;
  }

  function equals(one: Reference, other: Reference): boolean {
    return one === other || (typeOf(one) === typeOf(other) && raw.equals(one, other));
  }

  function compare(one: Reference, other: Reference): number {
    const shared = Math.min(lengthOf(one), lengthOf(other));
    for (let index = 0; index < shared; index++) {
      const difference = readUnit(one, index) - readUnit(other, index);
      if (difference !== 0) return difference;
    }
    return lengthOf(one) - lengthOf(other);
  }

  function hash(string: Reference): number {
    const known = word(string, HASH_FIELD);
    if (known !== 0) return known >>> 0;
    const computed = raw.hash(string, hashSeed) || 1;
    setWord(string, HASH_FIELD, computed);
    return computed;
  }

  /** Appends units [start, end) of `source` to what `target` holds up to `at`. */
  function copyUnits(
    target: Reference,
    at: number,
    source: Reference,
    start: number,
    end: number,
  ): void {
    const isTargetWide = isWide(target);
    if (isTargetWide === isWide(source)) {
      const shift = isTargetWide ? 1 : 0;
      raw.copy(target, at << shift, source, start << shift, (end - start) << shift);
      return;
    }
    for (let index = start; index < end; index++) {
      writeUnit(target, isTargetWide, at + index - start, readUnit(source, index));
    }
  }

  function concatenate(one: Slot, other: Slot, into: Slot): Reference {
    const first = mutator.root(one) as Reference;
    const second = mutator.root(other) as Reference;
    const firstLength = lengthOf(first);
    const length = firstLength + lengthOf(second);
    const isWideString = isWide(first) || isWide(second);
    const frame = mutator.enter(1);
    try {
      const whole = place(isWideString, length, frame);
      copyUnits(whole, 0, mutator.root(one) as Reference, 0, firstLength);
      copyUnits(whole, firstLength, mutator.root(other) as Reference, 0, length - firstLength);
      mutator.moveRoot(into, frame);
    } finally {
      mutator.leave(frame);
    }
    return mutator.root(into) as Reference;
  }

  function slice(from: Slot, start: number, end: number, into: Slot): Reference {
    const source = mutator.root(from) as Reference;
    checkInteger("strings.slice", "end", end, 0, lengthOf(source));
    checkInteger("strings.slice", "start", start, 0, end);
    let isWideString = false;
    for (let index = start; index < end && !isWideString; index++) {
      isWideString = readUnit(source, index) > NARROW_LIMIT;
    }
    const frame = mutator.enter(1);
    try {
      const part = place(isWideString, end - start, frame);
      copyUnits(part, 0, mutator.root(from) as Reference, start, end);
      mutator.moveRoot(into, frame);
    } finally {
      mutator.leave(frame);
    }
    return mutator.root(into) as Reference;
  }

  function validate(string: Reference): void {
    const at = mutator.fieldsStart(string);
    expectSound(isString(string), "string", at, "its type is not a string's");
    raw.validate(string);
    const length = lengthOf(string);
    let isNeeded = false;
    for (let index = 0; index < length; index++) isNeeded ||= readUnit(string, index) > 0xff;
    expectSound(isWide(string) === isNeeded, "string", at, "its units are wider than they need be");
    const known = word(string, HASH_FIELD) >>> 0;
    const isTrue = known === 0 || known === (raw.hash(string, hashSeed) || 1);
    expectSound(isTrue, "string", at, "its hash is not that of its units");
  }

  function isString(value: Value): value is Reference {
    if (value <= 0) return false;
    const type = typeOf(value as Reference);
    return type === narrowType || type === wideType;
  }

  const strings: Strings = {
    narrowType,
    wideType,
    allocate,
    allocateUnits,
    isString,
    lengthOf,
    unitAt(string, index) {
      checkIndex("strings.unitAt", index, lengthOf(string));
      return readUnit(string, index);
    },
    text,
    equals,
    compare,
    hash,
    concatenate,
    slice,
    validate,
  };
  const both = [0, 1];
  return withKindChecks(strings, options, {
    ...{ name: "string", calls: "strings", types: [narrowType, wideType] },
    byReference: { lengthOf: [0], unitAt: [0], text: [0], equals: both, compare: both, hash: [0] },
    bySlot: { concatenate: both, slice: [0] },
    references: { validate: [0] },
    slots: { allocate: [1], allocateUnits: [3], concatenate: [2], slice: [3] },
    values: { isString: [0] },
  });
}

function refuseUnits(given: string): never {
  throw new UsageError({
    where: "strings.allocateUnits",
    argument: given,
    problem: "is no code unit, nor a list of those",
    remedy: "Pass an array of numbers, as a Uint16Array",
  });
}

function refuseText(given: unknown): never {
  throw new UsageError({
    where: "strings.allocate",
    argument: describeValue(given),
    problem: "is no text",
    remedy: "Pass a JavaScript string, or its units to allocateUnits",
  });
}
