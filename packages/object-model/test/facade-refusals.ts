// What the typed facade refuses, one case a line: definitions that are none, of whoever has no type
// checker, and in checked mode numbers that a raw field cannot hold. The tests run each case on the
// sources as they are, the planted faults on sources in which one test was taken out.

import { isOuroError, slotAt } from "@ouro/interfaces";
import type * as ObjectModel from "../src/index.js";
import { makeManager } from "./manager.js";

export type FacadeParts = Pick<
  typeof ObjectModel,
  "arrayOf" | "bytes" | "defineType" | "f32" | "f64" | "i32" | "owned" | "ref" | "refTo" | "self"
> &
  Pick<typeof ObjectModel, "u32" | "bool">;

export interface FacadeRefusal {
  readonly name: string;
  /** What the message says: where, what, and what is allowed. */
  readonly says: RegExp;
  attempt(parts: FacadeParts): unknown;
}

const KINDS = "Kinds: ref, self, refTo\\(Type\\), owned, i32, u32, f32, f64, bool, arrayOf";
const OPTIONS = "Options: name, fields, visitOrder, releaseOrder, untracking, acyclic, finalizer, ";

/** A definition as somebody writes it without a type checker. */
function definition(
  name: string,
  says: RegExp,
  make: (parts: FacadeParts) => unknown,
): FacadeRefusal {
  const attempt = (parts: FacadeParts) => parts.defineType(make(parts) as never);
  return { name: `the definition of ${name}`, says, attempt };
}

/** The fields of a type "Node". */
function fields(name: string, says: RegExp, make: (parts: FacadeParts) => unknown): FacadeRefusal {
  return definition(name, says, (parts) => ({ name: "Node", fields: make(parts) }));
}

/** A key beside name and fields. */
const key = (name: string, given: object): FacadeRefusal =>
  definition(
    `the unknown key ${name}`,
    new RegExp(`defineType "Node": option ${name} is not known\\. ${OPTIONS}`),
    ({ self }) => ({ name: "Node", fields: { left: self }, ...given }),
  );

const definitions: readonly FacadeRefusal[] = [
  definition("nothing", /defineType: undefined is no definition\. Say it as \{ name/, () => {}),
  definition("no name", /defineType: name undefined is no name of a type/, () => ({ fields: {} })),
  definition("an empty name", /defineType: name "" is no name/, () => ({ name: "", fields: {} })),
  definition("no fields", /defineType "Node": option fields is missing/, () => ({ name: "Node" })),
  fields("a number of fields", /fields 2 is no object\. Give each field its kind/, () => 2),
  fields("a list of fields", /fields of another kind is no object/, ({ self }) => [self]),
  fields(
    "a kind by its name",
    new RegExp(`defineType "Node": field "left" is "ref", which is no kind of field\\. ${KINDS}`),
    () => ({ left: "ref" }),
  ),
  fields("no kind", /field "left" is undefined, which is no kind/, () => ({ left: undefined })),
  fields("the function refTo", /"left" is the function refTo, which/, ({ refTo }) => ({
    left: refTo,
  })),
  fields("an object of no kind", /field "left" is an object, which is no kind/, () => ({
    left: { type: "ref" },
  })),
  fields("a group that there is not", /field "left" is "slot", which is no kind/, () => ({
    left: { group: "slot" },
  })),
  fields("a form that there is not", /field "value" is "raw", which is no kind/, () => ({
    value: { group: "raw", form: "i64" },
  })),
  fields("a target that is none", /field "left" is "visited", which is no kind/, () => ({
    left: { group: "visited", target: 3 },
  })),
  fields(
    "an array of a kind's name",
    /field "items" is an array of "ref", which is no kind of element\. Kinds of elements: ref, /,
    ({ arrayOf }) => ({ items: arrayOf("ref" as never) }),
  ),
  fields("an array of bytes", /"items" is an array of "bytes", which/, ({ arrayOf, bytes }) => ({
    items: arrayOf(bytes as never),
  })),
  key("rawWordCount", { rawWordCount: 2 }),
  key("collected", { collected: false }),
  key("visitorder", { visitorder: "backward" }),
  definition(
    "an order that there is not",
    /type "Node" has the visitOrder "sideways"\. Choose from forward, backward, insertion/,
    ({ self }) => ({ name: "Node", fields: { left: self }, visitOrder: "sideways" }),
  ),
  definition(
    "a truth value that is none",
    /type "Node" has the acyclic "yes"\. Say true or false/,
    ({ i32 }) => ({ name: "Node", fields: { value: i32 }, acyclic: "yes" }),
  ),
  {
    name: "refTo of a type that is not defined yet",
    says: /refTo: type undefined is no defined type\. Define it first/,
    attempt: ({ refTo }) => refTo(undefined as never),
  },
  fields("a name that is no accessor's", /"Left" does not begin with a lower-case/, ({ ref }) => ({
    Left: ref,
  })),
  fields("a name with a hyphen", /"a-b" does not begin .* goes on with none of/, ({ ref }) => ({
    "a-b": ref,
  })),
  fields("a name that every type has", /needs the name type, which is taken/, ({ ref }) => ({
    type: ref,
  })),
  fields("names that make the same accessor", /the name setLeft/, ({ ref, i32 }) => ({
    left: ref,
    setLeft: i32,
  })),
  fields("two variable parts", /"other" is variable, as "one" is/, ({ bytes, arrayOf, ref }) => ({
    one: bytes,
    other: arrayOf(ref),
  })),
  fields("raw words behind slots", /"items" is an array of slots/, ({ i32, arrayOf, ref }) => ({
    count: i32,
    items: arrayOf(ref),
  })),
  fields("owned slots behind visited ones", /lie behind it/, ({ owned, arrayOf, ref }) => ({
    kept: owned,
    items: arrayOf(ref),
  })),
];

type Form = "i32" | "u32" | "f32" | "f64" | "bool" | "byte";

const BAD_VALUES: Readonly<Record<Form, readonly unknown[]>> = {
  i32: [2 ** 31, -(2 ** 31) - 1, Number.NaN, 0.5, Number.POSITIVE_INFINITY, "7", undefined, true],
  u32: [2 ** 32, -1, Number.NaN, 0.5, "7", undefined, true],
  f32: [1e39, -1e39, "7", undefined, true],
  f64: ["7", undefined, true],
  bool: [1, 0, undefined, "true"],
  byte: [256, -1, Number.NaN, 0.5, "7", undefined],
};

const ALLOWED: Readonly<Record<Form, RegExp>> = {
  i32: /is not a whole number from -2147483648 to 2147483647/,
  u32: /is not a whole number from 0 to 4294967295/,
  f32: /is no number that f32 holds/,
  f64: /is no number that f64 holds/,
  bool: /is neither true nor false/,
  byte: /is not a whole number from 0 to 255/,
};

/** A value in a field, and in an element of an array, of a checked manager; nothing is written. */
function value(form: Form, given: unknown): FacadeRefusal {
  return {
    name: `${form} of ${typeof given === "string" ? `"${given}"` : given}`,
    says: new RegExp(`^(Single|Many)\\.set(Value|Items): value .* ${ALLOWED[form].source}`),
    attempt(parts) {
      const { defineType, arrayOf, bytes } = parts;
      const manager = makeManager({ checked: true });
      const frame = manager.mutator.enter(2);
      const element = form === "byte" ? bytes : arrayOf(parts[form]);
      const many = defineType({ name: "Many", fields: { items: element } }).in(manager);
      many.allocate(2, slotAt(frame, 1));
      const items = () => many.at(slotAt(frame, 1));
      const fails = [() => many.setItems(items(), 1, given as never)];
      if (form !== "byte") {
        const kind = parts[form];
        const single = defineType({ name: "Single", fields: { value: kind } }).in(manager);
        single.allocate(frame);
        fails.push(() => single.setValue(single.at(frame), given as never));
      }
      const errors = fails.map(errorOf);
      const other = errors.find((error) => !isOuroError(error, "usage"));
      throw errors.includes(undefined) ? new Error("it was stored") : (other ?? errors[0]);
    },
  };
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

export const facadeRefusals: readonly FacadeRefusal[] = [
  ...definitions,
  ...Object.entries(BAD_VALUES).flatMap(([form, values]) =>
    values.map((given) => value(form as Form, given)),
  ),
];

/** What is wrong with a refusal; undefined when nothing is. */
export function facadeFlawOf(refusal: FacadeRefusal, parts: FacadeParts): string | undefined {
  const error = errorOf(() => refusal.attempt(parts));
  if (error === undefined) return "it was not refused";
  if (!isOuroError(error, "usage")) return `it threw ${error}`;
  return refusal.says.test(error.message) ? undefined : `it says: ${error.message}`;
}
