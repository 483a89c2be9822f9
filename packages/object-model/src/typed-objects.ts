// The accessors of one type in one memory manager, made once from the placed fields: each is a
// closure over a field's number. Over a checked mutator each is wrapped in the tests that the type
// makes possible.

import {
  checkIndex,
  checkInteger,
  expectSound,
  type Reference,
  type Slot,
  type TypeId,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import type { CheckedMutator } from "./checked-mutator.js";
import type { AnySlotKind, ElementKind, RawKind } from "./field-kind.js";
import {
  accessorName,
  isMany,
  isSlotKind,
  type PlacedField,
  rawWordCount,
} from "./field-layout.js";
import { createRawBytes } from "./raw-bytes.js";
import { checkRaw, createRawForms, type Raw, type RawForm } from "./raw-form.js";
import type { ObjectParts } from "./typed-access.js";
import { checkNumber, checkValue } from "./value-check.js";

export interface ObjectsOptions {
  parts: ObjectParts;
  type: TypeId;
  name: string;
  placed: readonly PlacedField[];
}

// biome-ignore lint/suspicious/noExplicitAny: accessors differ in their arguments, all numbers.
type Accessor = (...numbers: any[]) => unknown;

/** All accessors of a type, by name. */
export function createObjects(options: ObjectsOptions): Record<string, unknown> {
  const { parts, type, name, placed } = options;
  const { mutator, types } = parts;
  const { typeOf, root } = mutator;
  const checked = "plainFor" in mutator ? (mutator as CheckedMutator) : undefined;
  const many = placed.find(({ kind }) => isMany(kind));
  const forms = createRawForms(mutator);

  function is(value: Value): boolean {
    return value > 0 && typeOf(value as Reference) === type;
  }

  /** `is` in checked mode. */
  function isOfType(value: Value): boolean {
    checkValue(`${name}.is`, value);
    checkObject("is", value);
    return is(value);
  }

  function refuseObject(where: string, value: Value): never {
    const isObject = value > 0;
    const found = isObject ? types.descriptor(typeOf(value as Reference)).name : "";
    throw new UsageError({
      where: `${name}.${where}`,
      argument: isObject ? `an object of type "${found}"` : `value ${value}`,
      problem: `is no "${name}"`,
      remedy: "Ask `is` first",
    });
  }

  function targetNameOf(kind: ElementKind): string | undefined {
    if (kind.group === "raw" || kind.target === undefined) return undefined;
    return "self" in kind.target ? name : (kind.target.name as string);
  }

  function isFor(target: string | undefined, value: Value): boolean {
    if (target === undefined || value === 0) return true;
    return value > 0 && types.descriptor(typeOf(value as Reference)).name === target;
  }

  function checkContent(where: string, kind: ElementKind, value: unknown): void {
    const target = targetNameOf(kind);
    checkValue(`${name}.${where}`, value);
    if (value > 0) checked?.plainFor(`${name}.${where}`, value as Reference);
    if (target === undefined || isFor(target, value)) return;
    throw new UsageError({
      where: `${name}.${where}`,
      argument: `value ${value}`,
      problem: `is neither none nor a "${target}"`,
      remedy: "Store one of those",
    });
  }

  /** Wraps an accessor in its tests; `at` is where the object stands among its arguments. */
  function guarded(where: string, accessor: Accessor, at: number, test?: Accessor): Accessor {
    if (checked === undefined) return accessor;
    return (...numbers) => {
      const object = numbers[at] as Reference;
      checkObject(where, object);
      if (!is(object)) refuseObject(where, object);
      test?.(...numbers);
      return accessor(...numbers);
    };
  }

  /** Whatever may be an object is a reference of now. */
  function checkObject(where: string, object: Value): void {
    if (checked === undefined) return;
    checkNumber(`${name}.${where}`, "object", object);
    if (object > 0) checked.plainFor(`${name}.${where}`, object as Reference);
  }

  function checkSlot(where: string, slot: Slot): void {
    checked?.plainSlotFor(`${name}.${where}`, slot);
  }

  function contentOf(where: string, from: Slot): Value {
    checkSlot(where, from);
    return root(from);
  }

  const accessors: Record<string, unknown> = {
    type,
    is: checked === undefined ? is : isOfType,
    at(slot: Slot) {
      const value = contentOf("at", slot);
      if (!is(value)) refuseObject("at", value);
      return value;
    },
    validate,
  };

  function addSingleSlot({ name: field, field: number, kind }: PlacedField): void {
    const { get, set, give, fill, take } = mutator;
    const [setter, giver, filler, taker] = ["set", "give", "fill", "take"].map((verb) =>
      accessorName(verb, field),
    ) as [string, string, string, string];
    const fromSlot = (where: string) => (_: Reference, from: Slot) =>
      checkContent(where, kind as ElementKind, contentOf(where, from));
    accessors[field] = guarded(field, (object: Reference) => get(object, number), 0);
    accessors[setter] = guarded(
      setter,
      (object: Reference, value: Value) => set(object, number, value),
      0,
      (_: Reference, value: Value) => checkContent(setter, kind as ElementKind, value),
    );
    accessors[giver] = guarded(
      giver,
      (object: Reference, from: Slot) => give(object, number, from),
      0,
      fromSlot(giver),
    );
    accessors[filler] = guarded(
      filler,
      (object: Reference, from: Slot) => fill(object, number, from),
      0,
      fromSlot(filler),
    );
    accessors[taker] = guarded(
      taker,
      (into: Slot, object: Reference) => take(into, object, number),
      1,
      (into: Slot) => checkSlot(taker, into),
    );
  }

  function addSingleRaw({ name: field, field: number }: PlacedField, kind: RawKind): void {
    const { read, write } = forms[kind.form];
    const setter = accessorName("set", field);
    accessors[field] = guarded(field, (object: Reference) => read(object, number), 0);
    accessors[setter] = guarded(
      setter,
      (object: Reference, value: Raw) => write(object, number, value),
      0,
      (_: Reference, value: unknown) => checkRaw(`${name}.${setter}`, kind.form, value),
    );
  }

  function addManySlots({ name: field, field: first }: PlacedField, kind: AnySlotKind): void {
    const { get, set, give, fill, take } = mutator;
    const [setter, giver, filler, taker] = ["set", "give", "fill", "take"].map((verb) =>
      accessorName(verb, field),
    ) as [string, string, string, string];
    const fromSlot = (where: string) => (object: Reference, index: number, from: Slot) => {
      checkElement(where, object, index);
      checkContent(where, kind, contentOf(where, from));
    };
    accessors[field] = guarded(
      field,
      (object: Reference, index: number) => get(object, first + index),
      0,
      (object: Reference, index: number) => checkElement(field, object, index),
    );
    accessors[setter] = guarded(
      setter,
      (object: Reference, index: number, value: Value) => set(object, first + index, value),
      0,
      (object: Reference, index: number, value: Value) => {
        checkElement(setter, object, index);
        checkContent(setter, kind, value);
      },
    );
    accessors[giver] = guarded(
      giver,
      (object: Reference, index: number, from: Slot) => give(object, first + index, from),
      0,
      fromSlot(giver),
    );
    accessors[filler] = guarded(
      filler,
      (object: Reference, index: number, from: Slot) => fill(object, first + index, from),
      0,
      fromSlot(filler),
    );
    accessors[taker] = guarded(
      taker,
      (into: Slot, object: Reference, index: number) => take(into, object, first + index),
      1,
      (into: Slot, object: Reference, index: number) => {
        checkSlot(taker, into);
        checkElement(taker, object, index);
      },
    );
  }

  /** Raw elements and bytes: read and written by index. */
  function addManyRaw({ name: field, kind }: PlacedField, form: RawForm): void {
    const element = kind.group === "array" ? (kind.element as RawKind).form : "byte";
    const setter = accessorName("set", field);
    accessors[field] = guarded(
      field,
      (object: Reference, index: number) => form.read(object, index),
      0,
      (object: Reference, index: number) => checkElement(field, object, index),
    );
    accessors[setter] = guarded(
      setter,
      (object: Reference, index: number, value: Raw) => form.write(object, index, value),
      0,
      (object: Reference, index: number, value: unknown) => {
        checkElement(setter, object, index);
        checkRaw(`${name}.${setter}`, element, value);
      },
    );
  }

  /** An element as the form of a field: `index` counts elements. */
  function elementForm({ kind, field: first }: PlacedField): RawForm {
    if (kind.group === "array" && kind.element.group === "raw") {
      const { read, write } = forms[kind.element.form];
      const stride = rawWordCount(kind.element);
      return {
        read: (object, index) => read(object, first + index * stride),
        write: (object, index, value) => write(object, first + index * stride, value),
      };
    }
    const raw = createRawBytes(mutator, first);
    return {
      read: raw.byteAt,
      write: (object, index, value) => raw.setByte(object, index, value as number),
    };
  }

  function checkElement(where: string, object: Reference, index: number): void {
    checkIndex(`${name}.${where}`, index, lengthOf(object));
  }

  const isDouble =
    many?.kind.group === "array" &&
    many.kind.element.group === "raw" &&
    rawWordCount(many.kind.element) === 2;

  function lengthOf(object: Reference): number {
    return isDouble ? mutator.lengthOf(object) >> 1 : mutator.lengthOf(object);
  }

  function allocateMany(length: number, into: Slot): Reference {
    checkInteger(`${name}.allocate`, "length", length, 0, 0x1fffffff);
    checkSlot("allocate", into);
    return mutator.allocateArray(type, isDouble ? length * 2 : length, into);
  }

  function allocateOne(into: Slot): Reference {
    checkSlot("allocate", into);
    return mutator.allocate(type, into);
  }

  function validate(object: Reference): void {
    checked?.plainFor(`${name}.validate`, object);
    const start = mutator.fieldsStart(object);
    expectSound(is(object), `"${name}"`, start, "its type is another");
    for (const { name: field, field: number, kind } of placed) {
      if (kind.group === "raw" && kind.form === "bool") {
        const word = mutator.word(object, number);
        expectSound(
          word === 0 || word === 1,
          `"${name}"`,
          start,
          () => `${field} is ${word}, not a bool`,
        );
      } else if (kind.group === "array" ? isSlotKind(kind.element) : isSlotKind(kind)) {
        const count = kind.group === "array" ? lengthOf(object) : 1;
        const element = (kind.group === "array" ? kind.element : kind) as AnySlotKind;
        const target = targetNameOf(element);
        for (let index = 0; index < count; index++) {
          const isRight = isFor(target, mutator.get(object, number + index));
          expectSound(isRight, `"${name}"`, start, () => `${field} names no "${target}"`);
        }
      }
    }
  }

  for (const each of placed) {
    const { kind } = each;
    if (kind.group === "raw") addSingleRaw(each, kind);
    else if (isSlotKind(kind)) addSingleSlot(each);
    else if (kind.group === "array" && isSlotKind(kind.element)) addManySlots(each, kind.element);
    else addManyRaw(each, elementForm(each));
  }
  const allocate = (into: Slot) => mutator.allocate(type, into);
  const allocateFixed = checked === undefined ? allocate : allocateOne;
  accessors.allocate = many === undefined ? allocateFixed : allocateMany;
  if (many !== undefined) accessors.lengthOf = guarded("lengthOf", lengthOf as Accessor, 0);
  return Object.freeze(accessors);
}
