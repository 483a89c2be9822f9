// The typed facade: a type is said once, with names, and each memory manager gets accessors that
// are closures over a field's number. No view object, no proxy: an access is a call on two numbers,
// and the type checker knows which objects it is for.
//
//   const Node = defineType({ name: "Node", fields: { left: self, right: self, value: i32 } });
//   const node = Node.in(manager);     node.setValue(node.allocate(slot), 7)
//
//   slots in the order of the fields: visited │ owned only │ raw words │ elements
//
// Over a checked mutator the accessors also test the type of each object and of each value for a
// typed field, each index, and that a raw field can hold the number; over a fast one they are the
// mutator's calls and nothing else.

import type { TypeDescriptor } from "@ouro/interfaces";
import type { FieldKinds } from "./field-kind.js";
import { layOut } from "./field-layout.js";
import { checkParts } from "./parts-check.js";
import { checkDefinition } from "./type-definition.js";
import { checkDescriptor, describeType, findOrDefineType, type TypeOptions } from "./type-table.js";
import type { ObjectParts, ObjectsOf } from "./typed-access.js";
import { createObjects } from "./typed-objects.js";

/** Everything of a type descriptor that fields do not say. */
export type TypeManners = Partial<
  Pick<
    TypeDescriptor,
    | "visitOrder"
    | "releaseOrder"
    | "untracking"
    | "acyclic"
    | "finalizer"
    | "weaklyReferable"
    | "clearable"
  >
>;

export interface TypeDefinition<Name extends string, Fields extends FieldKinds>
  extends TypeManners {
  /** Unique in a memory manager; the type checker tells references apart by it. */
  readonly name: Name;
  /** Names begin with a lower-case letter. At most one is `arrayOf(…)` or `bytes`. */
  readonly fields: Fields;
}

/** A type, defined for any number of memory managers. */
export interface DefinedType<Name extends string, Fields extends FieldKinds> {
  readonly name: Name;
  readonly fields: Fields;
  /** What a type table is told. */
  readonly descriptor: TypeDescriptor;
  /**
   * Defines the type in a memory manager, or finds it there, and makes its accessors: once at the
   * start, not for each use. Throws `UsageError` if another type of this name looks otherwise.
   */
  in(parts: ObjectParts): ObjectsOf<Name, Fields>;
}

/** Defines a type. Throws `UsageError` for what is no definition, naming the field if it is one. */
export function defineType<const Name extends string, const Fields extends FieldKinds>(
  definition: TypeDefinition<Name, Fields>,
): DefinedType<Name, Fields> {
  checkDefinition(definition);
  const { name, fields, ...manners } = definition;
  const { options, placed } = layOut(name, fields);
  const described: TypeOptions = { ...options, ...manners };
  const descriptor = describeType(described);
  checkDescriptor(descriptor);
  return Object.freeze({
    name,
    fields,
    descriptor,
    in(parts: ObjectParts) {
      checkParts(`${name}.in`, parts, "mutator types");
      const type = findOrDefineType(parts.types, described);
      return createObjects({ parts, type, name, placed }) as ObjectsOf<Name, Fields>;
    },
  });
}
