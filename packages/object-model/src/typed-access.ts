// The types of a typed facade: which accessors a definition's fields become, and what they take.
// Nothing here exists at run time.
//
//   field left: self    left(o)  setLeft(o, v)  giveLeft(o, slot)  fillLeft(o, slot)
// takeLeft(slot, o)
//   field value: i32    value(o) setValue(o, n)
//   field items: array  items(o, i)  setItems(o, i, v)  … each with an index after the object

import type { Mutator, Reference, Slot, TypeId, TypeTable, Value } from "@ouro/interfaces";
import type {
  AnySlotKind,
  AnyType,
  ArrayKind,
  BytesKind,
  ElementKind,
  FieldKinds,
  RawKind,
  Self,
  SlotKind,
} from "./field-kind.js";

declare const typeName: unique symbol;

/** No object. */
export type None = 0;

/** A borrowed reference to an object of the type with this name. */
export type NamedRef<Name extends string> = Reference & { readonly [typeName]: Name };

/** A borrowed reference to an object of a defined type: `Ref<typeof Node>`. */
export type Ref<Type extends AnyType> = NamedRef<Type["name"]>;

/** What an accessor of a field reads and writes. */
export type ContentOf<Name extends string, Kind> =
  Kind extends RawKind<infer Raw>
    ? Raw
    : Kind extends SlotKind<infer Target>
      ? Target extends Self
        ? NamedRef<Name> | None
        : Target extends AnyType
          ? Ref<Target> | None
          : Value
      : number;

/** The names of the fields whose kind is such a kind. */
export type FieldsLike<Fields extends FieldKinds, Kind> = {
  [Field in keyof Fields & string]: Fields[Field] extends Kind ? Field : never;
}[keyof Fields & string];

/** What a variable part consists of. */
export type ElementOf<Kind> = Kind extends ArrayKind<infer Element> ? Element : BytesKind;

/** The accessors of slots and raw words. */
export type SingleAccess<Name extends string, Fields extends FieldKinds> = {
  readonly [F in FieldsLike<Fields, ElementKind>]: (
    object: NamedRef<Name>,
  ) => ContentOf<Name, Fields[F]>;
} & {
  readonly [F in FieldsLike<Fields, ElementKind> as `set${Capitalize<F>}`]: (
    object: NamedRef<Name>,
    value: ContentOf<Name, Fields[F]>,
  ) => void;
} & {
  readonly [F in FieldsLike<Fields, AnySlotKind> as
    | `give${Capitalize<F>}`
    | `fill${Capitalize<F>}`]: (object: NamedRef<Name>, from: Slot) => void;
} & {
  readonly [F in FieldsLike<Fields, AnySlotKind> as `take${Capitalize<F>}`]: (
    into: Slot,
    object: NamedRef<Name>,
  ) => void;
};

/** The accessors of elements and bytes. */
export type ManyAccess<Name extends string, Fields extends FieldKinds> = {
  readonly [F in FieldsLike<Fields, ArrayKind | BytesKind>]: (
    object: NamedRef<Name>,
    index: number,
  ) => ContentOf<Name, ElementOf<Fields[F]>>;
} & {
  readonly [F in FieldsLike<Fields, ArrayKind | BytesKind> as `set${Capitalize<F>}`]: (
    object: NamedRef<Name>,
    index: number,
    value: ContentOf<Name, ElementOf<Fields[F]>>,
  ) => void;
} & {
  readonly [F in FieldsLike<Fields, ArrayKind<AnySlotKind>> as
    | `give${Capitalize<F>}`
    | `fill${Capitalize<F>}`]: (object: NamedRef<Name>, index: number, from: Slot) => void;
} & {
  readonly [F in FieldsLike<Fields, ArrayKind<AnySlotKind>> as `take${Capitalize<F>}`]: (
    into: Slot,
    object: NamedRef<Name>,
    index: number,
  ) => void;
};

/** What every type has. */
export interface CommonAccess<Name extends string> {
  readonly type: TypeId;
  /** Whether a value is a reference to an object of this type. O(1). */
  is(value: Value): value is NamedRef<Name>;
  /** What a root slot holds, which must be an object of this type: `UsageError` if not. O(1). */
  at(slot: Slot): NamedRef<Name>;
  /** Throws `HeapCorruptionError` if a field holds what its kind cannot. O(fields). */
  validate(object: NamedRef<Name>): void;
}

/** What a type without a variable part has. */
export interface FixedLengthAccess<Name extends string> {
  /** A new object in `into`, fields none or zero. As the mutator's `allocate`. Safepoint. */
  allocate(into: Slot): NamedRef<Name>;
}

/** What a type with a variable part has. */
export interface VariableLengthAccess<Name extends string> {
  /** A new object of so many elements. As the mutator's `allocateArray`. Safepoint. O(length). */
  allocate(length: number, into: Slot): NamedRef<Name>;
  /** How many elements it has. */
  lengthOf(object: NamedRef<Name>): number;
}

/** The accessors of a type in one memory manager. */
export type ObjectsOf<Name extends string, Fields extends FieldKinds> = CommonAccess<Name> &
  ([FieldsLike<Fields, ArrayKind | BytesKind>] extends [never]
    ? FixedLengthAccess<Name>
    : VariableLengthAccess<Name>) &
  SingleAccess<Name, Fields> &
  ManyAccess<Name, Fields>;

/** What a memory manager must have for typed objects to live in it. */
export interface ObjectParts {
  readonly mutator: Mutator;
  readonly types: TypeTable;
}
