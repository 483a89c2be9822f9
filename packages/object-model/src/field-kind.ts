// What a field of a typed object can be, as constants that say it to the type checker as well.
//
//   slots       ref, self, refTo(Type)    visited      owned    owned only
//   raw words   i32, u32, f32, bool       one word     f64      two, the lower one first
//   many        arrayOf(any of these), bytes           one a type: its length is given at birth
//
// `ref` and `owned` hold any value; `self` and `refTo` hold none or an object of the one type.

import { describeValue, UsageError } from "@ouro/interfaces";

/** Marks fields that name objects of the type that is being defined. */
export interface Self {
  readonly self: true;
}

export interface SlotKind<Target = undefined> {
  readonly group: "visited" | "owned";
  readonly target: Target;
}

export interface RawKind<Value extends number | boolean = number | boolean> {
  readonly group: "raw";
  readonly form: "i32" | "u32" | "f32" | "f64" | "bool";
  /** An example of what is read and written, for the type checker. */
  readonly zero: Value;
}

export interface ArrayKind<Element extends ElementKind = ElementKind> {
  readonly group: "array";
  readonly element: Element;
}

export interface BytesKind {
  readonly group: "bytes";
}

/** Any defined type, whatever its fields. */
export interface AnyType {
  readonly name: string;
  readonly fields: object;
}

export type AnySlotKind = SlotKind<undefined | Self | AnyType>;
export type ElementKind = AnySlotKind | RawKind;
export type FieldKind = ElementKind | ArrayKind | BytesKind;
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/** A visited slot for any value. */
export const ref: SlotKind = { group: "visited", target: undefined };
/** A visited slot for an object of the type itself, or none. */
export const self: SlotKind<Self> = { group: "visited", target: { self: true } };
/** An owned-only slot for any value. */
export const owned: SlotKind = { group: "owned", target: undefined };
export const i32: RawKind<number> = { group: "raw", form: "i32", zero: 0 as number };
export const u32: RawKind<number> = { group: "raw", form: "u32", zero: 0 as number };
export const f32: RawKind<number> = { group: "raw", form: "f32", zero: 0 as number };
export const f64: RawKind<number> = { group: "raw", form: "f64", zero: 0 as number };
export const bool: RawKind<boolean> = { group: "raw", form: "bool", zero: false as boolean };
/** As many bytes as the length says. */
export const bytes: BytesKind = { group: "bytes" };

/**
 * A visited slot for an object of `type`, or none. Throws `UsageError` for what is no type: modules
 * that import each other may ask before it is defined, and the slot would take anything.
 */
export function refTo<Type extends AnyType>(type: Type): SlotKind<Type> {
  if (typeof type?.name !== "string" || typeof type.fields !== "object") {
    throw new UsageError({
      where: "refTo",
      argument: `type ${describeValue(type)}`,
      problem: "is no defined type",
      remedy: "Define it first, with defineType; a type refers to itself by self",
    });
  }
  return { group: "visited", target: type };
}

/** As many elements as the length says. */
export function arrayOf<Element extends ElementKind>(element: Element): ArrayKind<Element> {
  return { group: "array", element };
}
