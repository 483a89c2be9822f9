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
// typed field, and each index; over a fast one they are the mutator's calls and nothing else.

import { type TypeDescriptor, UsageError } from "@ouro/interfaces";
import type { FieldKind, FieldKinds } from "./field-kind.js";
import { accessorName, isMany, layOut, variablePartOf } from "./field-layout.js";
import { describeType, findOrDefineType, type TypeOptions } from "./type-table.js";
import type { ObjectParts, ObjectsOf } from "./typed-access.js";
import { createObjects } from "./typed-objects.js";

const NAME = /^[a-z][A-Za-z0-9_]*$/;
const RESERVED = ["type", "is", "at", "validate", "allocate", "lengthOf"];

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

/** Defines a type. Throws `UsageError` for fields that cannot be, naming the field. */
export function defineType<const Name extends string, const Fields extends FieldKinds>(
  definition: TypeDefinition<Name, Fields>,
): DefinedType<Name, Fields> {
  const { name, fields, ...manners } = definition;
  checkFields(name, fields);
  const { options, placed } = layOut(name, fields);
  const described: TypeOptions = { ...options, ...manners };
  return Object.freeze({
    name,
    fields,
    descriptor: describeType(described),
    in(parts: ObjectParts) {
      const type = findOrDefineType(parts.types, described);
      return createObjects({ parts, type, name, placed }) as ObjectsOf<Name, Fields>;
    },
  });
}

function checkFields(name: string, fields: FieldKinds): void {
  const refuse = (argument: string, problem: string, remedy: string): never => {
    throw new UsageError({ where: `defineType "${name}"`, argument, problem, remedy });
  };
  const taken = new Set(RESERVED);
  const groups = new Set<string>();
  let manyName: string | undefined;
  for (const [field, kind] of Object.entries(fields)) {
    if (!NAME.test(field)) {
      refuse(`field "${field}"`, "does not begin with a lower-case letter", "Rename it");
    }
    for (const verb of ["", "set", "give", "fill", "take"]) {
      const accessor = verb === "" ? field : accessorName(verb, field);
      if (taken.has(accessor)) {
        refuse(`field "${field}"`, `needs the name ${accessor}, which is taken`, "Rename it");
      }
      taken.add(accessor);
    }
    if (!isMany(kind)) groups.add(kind.group);
    else if (manyName === undefined) manyName = field;
    else refuse(`field "${field}"`, `is variable, as "${manyName}" is`, "Keep one of them");
  }
  if (manyName === undefined) return;
  const part = variablePartOf(fields[manyName] as FieldKind);
  const isSlots = part === "visited" || part === "owned";
  const isBeforeFixed = (part === "visited" && groups.has("owned")) || groups.has("raw");
  if (isSlots && isBeforeFixed) {
    const problem = "is an array of slots, and other fields would lie behind it";
    refuse(
      `field "${manyName}"`,
      problem,
      "Put those fields, or the array, in an object of its own",
    );
  }
}
