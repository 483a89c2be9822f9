// Faults of what checked mode says to arguments that are no numbers, and the entry of
// odd-arguments.ts that kills each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

/** The entry of odd-arguments.ts that takes what is no number. */
export const odd = (name: string): string => `checked mode refuses what is no number: ${name}`;

const CHECKED = { file: "checked-mutator.ts" } as const;
const FIELDS = { file: "field-checks.ts" } as const;
const LOCKS = { file: "slot-locks.ts" } as const;

export const numberFaults: readonly PlantedFault[] = [
  {
    ...CHECKED,
    name: "a reference need not be a number",
    find: `checkNumber(where, "reference", reference);
    const object = wordOf(reference);`,
    replace: "const object = wordOf(reference);",
    killedBy: odd("get"),
  },
  {
    ...CHECKED,
    name: "a value need not be a number",
    find: `if (typeof value !== "number") refuseValue(where, value);
    `,
    replace: "",
    killedBy: odd("set"),
  },
  {
    ...CHECKED,
    name: "a raw value need not be a number",
    find: 'checkNumber("setWord", "value", value);',
    replace: "",
    killedBy: odd("setWord"),
  },
  {
    ...CHECKED,
    name: "the word index of an object need not be a number",
    find: 'checkNumber(where, "reference", object);',
    replace: "",
    killedBy: odd("withEpoch"),
  },
  {
    ...CHECKED,
    name: "the fields of a copy of nothing are not looked at",
    find: 'checkInteger("copy (source)", "field", sourceField, 0);',
    replace: "",
    killedBy: odd("copy of nothing"),
  },
  {
    ...LOCKS,
    name: "a slot need not be a number",
    find: 'checkNumber(where, "slot", slot);',
    replace: "",
    killedBy: odd("root"),
  },
  {
    ...LOCKS,
    name: "a frame need not be a number",
    find: 'checkNumber("leave", "frame", frame);',
    replace: "",
    killedBy: odd("leave"),
  },
  {
    ...FIELDS,
    name: "a field need not be a number",
    find: `function slot(where: string, object: Reference, field: number): void {
    checkNumber(where, "field", field);`,
    replace: "function slot(where: string, object: Reference, field: number): void {",
    killedBy: odd("take"),
  },
  {
    ...FIELDS,
    name: "a field of a run need not be a number",
    find: `field: number, count: number): void {
    checkNumber(where, "field", field);`,
    replace: "field: number, count: number): void {",
    killedBy: odd("copy"),
  },
  {
    ...FIELDS,
    name: "the field of a raw word need not be a number",
    find: `field: number, first: number): void {
    checkNumber(where, "field", field);`,
    replace: "field: number, first: number): void {",
    killedBy: odd("word"),
  },
  {
    ...FIELDS,
    name: "a type need not be a number",
    find: 'checkNumber(where, "type", wanted);',
    replace: "",
    killedBy: odd("allocate"),
  },
];
