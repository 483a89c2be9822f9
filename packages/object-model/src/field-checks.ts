// Which fields of an object are slots, and which are raw words: the tests that checked mode makes
// of a field, a run of fields or a type before the fast mutator is called, and what they say when
// one is neither.
//
//   field     0 … slotCount − 1    … fieldsEnd − 1         of fixed length: at hand, by type
//             slots                raw words
//
//   field     0       1 …                    …             of variable length: from row and length
//             length  slots                  raw words
//
// A type never changes once it is defined, so what is at hand stays true. A type not met yet has no
// entry and passes no test at hand; the test from its row follows, and makes the entry.

import {
  checkInteger,
  InvalidAddressError,
  LENGTH_NONE,
  LENGTH_WORD_OFFSET,
  OBJECT_HEADER_SIZE_WORDS,
  type Reference,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  TYPE_LIMIT_COUNT,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeId,
  type TypeTable,
  UsageError,
} from "@ouro/interfaces";
import { createObjectLayout } from "./object-layout.js";
import { checkNumber } from "./value-check.js";

export interface FieldChecks {
  /** Throws unless the field is a slot. O(1). */
  slot(where: string, object: Reference, field: number): void;
  /** Throws unless `count` fields from `field` on are slots. O(1). */
  slots(where: string, object: Reference, field: number, count: number): void;
  /** Throws unless the field is a raw word from field `first` on; 0 lets a length pass. O(1). */
  raw(where: string, object: Reference, field: number, first: number): void;
  /** Throws unless it is a type, of fixed length or of variable. O(1). */
  type(where: string, type: TypeId, isArray: boolean): void;
  /** Throws unless the object is of variable length. O(1). */
  variable(where: string, object: Reference): void;
}

const UNKNOWN = 0;
const FIXED = 1;
const VARIABLE = 2;

/** The tests of fields in one memory under one type table. */
export function createFieldChecks(words: Int32Array, types: TypeTable): FieldChecks {
  const layout = createObjectLayout(words, types);
  const rows = types.base;
  /** By type, for those that were met: 0 stands for unknown, or for none. */
  const kinds = new Uint8Array(TYPE_LIMIT_COUNT + 1);
  const slotCounts = new Int32Array(TYPE_LIMIT_COUNT + 1);
  const fieldsEnds = new Int32Array(TYPE_LIMIT_COUNT + 1);
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const HEADER = OBJECT_HEADER_SIZE_WORDS;
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;

  /** Takes a type's row to hand. */
  function meet(type: number): void {
    const row = rows + (type << TYPE_ROW_SHIFT);
    const isFixed = words[row + ROW_LENGTH] === LENGTH_NONE;
    kinds[type] = isFixed ? FIXED : VARIABLE;
    if (!isFixed) return;
    slotCounts[type] = (words[row + ROW_SLOTS_END] as number) - HEADER;
    fieldsEnds[type] = (words[row + ROW_SIZE] as number) - HEADER;
  }

  function slot(where: string, object: Reference, field: number): void {
    checkNumber(where, "field", field);
    const type = (words[object + TYPE] as number) & MASK;
    const isAtHand = field >= 0 && field < (slotCounts[type] as number) && field === (field | 0);
    if (!isAtHand) slots(where, object, field, 1);
  }

  function slots(where: string, object: Reference, field: number, count: number): void {
    checkNumber(where, "field", field);
    const type = (words[object + TYPE] as number) & MASK;
    if (kinds[type] === UNKNOWN) meet(type);
    const row = rows + (type << TYPE_ROW_SHIFT);
    const length =
      (words[object + LENGTH_WORD_OFFSET] as number) & (words[row + ROW_SLOTS_MASK] as number);
    const start = HEADER + field;
    const end = (words[row + ROW_SLOTS_END] as number) + length;
    const isInside = start >= (words[row + ROW_SLOTS_START] as number) && start + count <= end;
    if (!isInside || field !== (field | 0)) refuseSlots(where, object, field, count);
  }

  /** Names the first field of the run that is no slot. */
  function refuseSlots(where: string, object: Reference, field: number, count: number): never {
    const first = layout.slotsStart(object) - (object + HEADER);
    const end = layout.slotsEnd(object) - (object + HEADER);
    const beginsWell = field >= first && field + count > end && field < end;
    const isWhole = field === (field | 0);
    refuseField(where, object, beginsWell && isWhole ? end : field, "slot");
  }

  function raw(where: string, object: Reference, field: number, first: number): void {
    checkNumber(where, "field", field);
    const type = (words[object + TYPE] as number) & MASK;
    const isAtHand =
      field >= (slotCounts[type] as number) &&
      field < (fieldsEnds[type] as number) &&
      field === (field | 0);
    if (!isAtHand) rawOfAny(where, object, field, first);
  }

  function rawOfAny(where: string, object: Reference, field: number, first: number): void {
    const type = layout.typeOf(object);
    if (kinds[type] === UNKNOWN) meet(type);
    const start = object + HEADER + field;
    const isLength = field === 0 && first === 0 && kinds[type] === VARIABLE;
    const isRaw = start >= layout.slotsEnd(object) && start < object + layout.sizeWords(object);
    if (!(isRaw || isLength) || field !== (field | 0))
      refuseField(where, object, field, "raw word");
  }

  function refuseField(where: string, object: Reference, field: number, kind: string): never {
    const { name } = types.descriptor(layout.typeOf(object));
    const start = object + HEADER;
    const end = object + layout.sizeWords(object);
    const at = start + field;
    if (!(field >= 0 && at < end && field === (field | 0))) {
      const expected = `a field of this "${name}", whose fields are 0 to ${end - start - 1}`;
      throw new InvalidAddressError({ where, address: field, expected });
    }
    const isLength = field === 0 && layout.isVariable(object);
    const isSlot = at >= layout.slotsStart(object) && at < layout.slotsEnd(object);
    throw new UsageError({
      where,
      argument: `field ${field} of "${name}"`,
      problem: isLength
        ? "is the length, which never changes"
        : `is ${isSlot ? "a slot" : "a raw word"}, where a ${kind} is needed`,
      remedy: "Look at the type's descriptor: slots come first, raw words after",
    });
  }

  function type(where: string, wanted: TypeId, isArray: boolean): void {
    checkNumber(where, "type", wanted);
    if (kinds[wanted] !== (isArray ? VARIABLE : FIXED)) typeNotMet(where, wanted, isArray);
  }

  function typeNotMet(where: string, wanted: TypeId, isArray: boolean): void {
    checkInteger(where, "type", wanted, 1, types.count);
    meet(wanted);
    if (kinds[wanted] === (isArray ? VARIABLE : FIXED)) return;
    throw new UsageError({
      where,
      argument: `type "${types.descriptor(wanted).name}"`,
      problem: isArray ? "is of fixed length" : "is of variable length",
      remedy: isArray ? "Use allocate" : "Use allocateArray and say the length",
    });
  }

  function variable(where: string, object: Reference): void {
    if (layout.isVariable(object)) return;
    throw new UsageError({
      where,
      argument: `an object of type "${types.descriptor(layout.typeOf(object)).name}"`,
      problem: "is of fixed length",
      remedy: "Ask for lengths of variable-length objects only",
    });
  }

  return { slot, slots, raw, type, variable };
}
