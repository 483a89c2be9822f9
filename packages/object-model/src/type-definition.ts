// What a type's definition must be before anything is made of it: its keys, its fields' names and
// kinds, and what may stand beside what. Programs without a type checker define types too, and a
// misspelt kind would otherwise show as a field that is not there.
//
//   definition   { name, fields: { left: self, … }, visitOrder … }
//                          names │    └ kinds: constants of field-kind.ts, or made by its functions

import { checkOptions, UsageError } from "@ouro/interfaces";
import type { ElementKind, FieldKind, FieldKinds } from "./field-kind.js";
import { accessorName, isMany, variablePartOf } from "./field-layout.js";

const NAME = /^[a-z][A-Za-z0-9_]*$/;
const RESERVED = ["type", "is", "at", "validate", "allocate", "lengthOf"];
const VERBS = ["set", "give", "fill", "take"];
const RAW_FORMS = ["i32", "u32", "f32", "f64", "bool"];
const OPTIONS =
  "name fields|visitOrder releaseOrder untracking acyclic finalizer weaklyReferable clearable";
const ELEMENT_KINDS = `ref, self, refTo(Type), owned, ${RAW_FORMS.join(", ")}`;
const KINDS = `${ELEMENT_KINDS}, arrayOf(kind), bytes`;

type Unknown = Readonly<Record<string, unknown>>;
type Refuse = (field: string, problem: string, remedy: string) => never;

/** Throws `UsageError`, naming type and field, for a definition that cannot be. O(fields). */
export function checkDefinition(definition: { name: string; fields: FieldKinds }): void {
  const name = isObject(definition) ? definition.name : undefined;
  if (typeof name !== "string" || name === "") {
    throw new UsageError({
      where: "defineType",
      argument: isObject(definition) ? `name ${quote(name)}` : quote(definition),
      problem: isObject(definition) ? "is no name of a type" : "is no definition",
      remedy: 'Say it as { name: "Node", fields: { next: self } }',
    });
  }
  const where = `defineType "${name}"`;
  checkOptions(where, definition, OPTIONS);
  const refuse = (argument: string, problem: string, remedy: string): never => {
    throw new UsageError({ where, argument, problem, remedy });
  };
  const { fields } = definition;
  if (!isObject(fields) || Array.isArray(fields)) {
    refuse(`fields ${quote(fields)}`, "is no object", `Give each field its kind: ${KINDS}`);
  }
  const refuseField: Refuse = (field, problem, remedy) =>
    refuse(`field "${field}"`, problem, remedy);
  for (const [field, kind] of Object.entries(fields)) checkKind(field, kind, refuseField);
  checkNames(Object.keys(fields), refuseField);
  checkTogether(fields, refuseField);
}

function isObject(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null;
}

/** A value as it stands in a message. */
function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return isObject(value) ? "of another kind" : String(value);
}

function checkKind(field: string, kind: unknown, refuse: Refuse): void {
  if (isElementKind(kind) || (isObject(kind) && kind.group === "bytes")) return;
  if (!isObject(kind) || kind.group !== "array") {
    refuse(field, `is ${describe(kind)}, which is no kind of field`, `Kinds: ${KINDS}`);
  } else if (!isElementKind(kind.element)) {
    const problem = `is an array of ${describe(kind.element)}, which is no kind of element`;
    refuse(field, problem, `Kinds of elements: ${ELEMENT_KINDS}`);
  }
}

function describe(kind: unknown): string {
  if (isObject(kind) && typeof kind.group === "string") return quote(kind.group);
  if (typeof kind === "function") return `the function ${kind.name}`;
  return isObject(kind) ? "an object" : quote(kind);
}

function isElementKind(kind: unknown): kind is ElementKind {
  if (!isObject(kind)) return false;
  if (kind.group === "raw") return RAW_FORMS.includes(kind.form as string);
  if (kind.group !== "visited" && kind.group !== "owned") return false;
  const { target } = kind;
  return target === undefined || (isObject(target) && ("self" in target || "name" in target));
}

function checkNames(fields: readonly string[], refuse: Refuse): void {
  const taken = new Set(RESERVED);
  for (const field of fields) {
    if (!NAME.test(field)) {
      const problem =
        "does not begin with a lower-case letter, or goes on with none of A-Z a-z 0-9 _";
      refuse(field, problem, "Rename it");
    }
    for (const accessor of [field, ...VERBS.map((verb) => accessorName(verb, field))]) {
      if (taken.has(accessor)) {
        refuse(field, `needs the name ${accessor}, which is taken`, "Rename it");
      }
      taken.add(accessor);
    }
  }
}

/** One variable part, and behind everything else. */
function checkTogether(fields: FieldKinds, refuse: Refuse): void {
  const groups = new Set(Object.values(fields).map(({ group }) => group));
  const [many, other] = Object.keys(fields).filter((field) => isMany(fields[field] as FieldKind));
  if (many === undefined) return;
  if (other !== undefined) refuse(other, `is variable, as "${many}" is`, "Keep one of them");
  const part = variablePartOf(fields[many] as FieldKind);
  const isSlots = part === "visited" || part === "owned";
  const isBeforeFixed = (part === "visited" && groups.has("owned")) || groups.has("raw");
  if (!isSlots || !isBeforeFixed) return;
  refuse(
    many,
    "is an array of slots, and other fields would lie behind it",
    "Put those fields, or the array, in an object of its own",
  );
}
