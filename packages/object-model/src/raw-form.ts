// The forms of raw words in typed objects: how one word, or two, are read and written as a number
// or a truth value, and which values a form takes. Checked mode asks that before a write; fast mode
// writes what fits, as a typed array does.
//
//   i32 u32   whole numbers       f32 f64   any number, NaN too       bool   true, false       byte
//             of 32 bits                    f32 none that becomes infinite              0 to 255

import {
  checkInteger,
  type Mutator,
  numberText,
  type Reference,
  UsageError,
} from "@ouro/interfaces";
import type { RawKind } from "./field-kind.js";

export type Raw = number | boolean;
type FormName = RawKind["form"];

export interface RawForm {
  read(object: Reference, field: number): Raw;
  write(object: Reference, field: number, value: Raw): void;
}

/** Throws `UsageError` for a value that the form cannot hold. O(1). */
export function checkRaw(where: string, form: FormName | "byte", value: unknown): void {
  if (form === "i32") checkInteger(where, "value", value as number, -(2 ** 31), 2 ** 31 - 1);
  else if (form === "u32") checkInteger(where, "value", value as number, 0, 2 ** 32 - 1);
  else if (form === "byte") checkInteger(where, "value", value as number, 0, 255);
  else if (form === "bool") expectRaw(where, form, value, typeof value === "boolean");
  else expectRaw(where, form, value, typeof value === "number" && isKept(form, value));
}

/** Whether it stays what it is: finite, or not. */
function isKept(form: FormName, value: number): boolean {
  return form === "f64" || !Number.isFinite(value) || Number.isFinite(Math.fround(value));
}

function expectRaw(where: string, form: FormName, value: unknown, isHeld: boolean): void {
  if (isHeld) return;
  throw new UsageError({
    where,
    argument: `value ${numberText(value)}`,
    problem: form === "bool" ? "is neither true nor false" : `is no number that ${form} holds`,
    remedy: "Give one",
  });
}

/** The forms over a mutator; numbers change their form in a few words of their own. */
export function createRawForms(mutator: Mutator): Record<FormName, RawForm> {
  const { word, setWord } = mutator;
  const halves = new Int32Array(2);
  const single = new Float32Array(halves.buffer);
  const double = new Float64Array(halves.buffer);
  return {
    i32: { read: word, write: (object, field, value) => setWord(object, field, value as number) },
    u32: {
      read: (object, field) => word(object, field) >>> 0,
      write: (object, field, value) => setWord(object, field, value as number),
    },
    bool: {
      read: (object, field) => word(object, field) !== 0,
      write: (object, field, value) => setWord(object, field, value ? 1 : 0),
    },
    f32: {
      read(object, field) {
        halves[0] = word(object, field);
        return single[0] as number;
      },
      write(object, field, value) {
        single[0] = value as number;
        setWord(object, field, halves[0] as number);
      },
    },
    f64: {
      read(object, field) {
        halves[0] = word(object, field);
        halves[1] = word(object, field + 1);
        return double[0] as number;
      },
      write(object, field, value) {
        double[0] = value as number;
        setWord(object, field, halves[0] as number);
        setWord(object, field + 1, halves[1] as number);
      },
    },
  };
}
