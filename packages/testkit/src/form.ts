// Forms: what data must look like that comes from outside, be it options, makers or the program in
// a file. A form looks at a value and answers the first flaw that it finds, with where it lies.
//
//   record({ seed: wholeNumber() }) on { seed: 1.7 }  ─►  seed "is 1.7, which it cannot be"

import { describeValue } from "@ouro/interfaces";

/** What is wrong, as the words of an error. */
export interface Flaw {
  /** From the value that was looked at, such as `commands[3].slot`; "" is that value itself. */
  readonly at: string;
  readonly problem: string;
  readonly remedy: string;
}

export type Form = (value: unknown, at?: string) => Flaw | undefined;

/** A form of its own: `wanted` ends the sentence "Give …". */
export function form(wanted: string, fits: (value: unknown) => boolean): Form {
  return (value, at = "") => {
    if (fits(value)) return undefined;
    const problem =
      value === undefined ? "is missing" : `is ${describeValue(value)}, which it cannot be`;
    return { at, problem, remedy: `Give ${wanted}` };
  };
}

export const TEXT: Form = form("a text", (value) => typeof value === "string");
export const FLAG: Form = form("true or false", (value) => typeof value === "boolean");
export const FUNCTION: Form = form("a function", (value) => typeof value === "function");

export function wholeNumber(from = 0, to: number = Number.MAX_SAFE_INTEGER): Form {
  const isNegative = from < 0 && from === -to;
  const wanted = isNegative ? "a whole number" : `a whole number from ${from} to ${to}`;
  return form(wanted, (value) => isWhole(value) && value >= from && value <= to);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function oneOf(...words: readonly string[]): Form {
  const wanted = `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`;
  return (value, at = "") => {
    if (words.includes(value as string)) return undefined;
    const flaw = form(wanted, () => false)(value, at) as Flaw;
    return { ...flaw, remedy: didYouMean(value, words) + flaw.remedy };
  };
}

/** Either: the flaw that is told is that of the last one, which says what all of them are. */
export function either(...forms: readonly Form[]): Form {
  return (value, at) => {
    let flaw: Flaw | undefined;
    for (const each of forms) {
      flaw = each(value, at);
      if (flaw === undefined) return undefined;
    }
    return flaw;
  };
}

/** It may be left out. */
export function optional(given: Form): Form {
  return (value, at) => (value === undefined ? undefined : given(value, at));
}

export function listOf(element: Form, leastCount = 0): Form {
  const wanted = leastCount === 0 ? "a list" : `a list of ${leastCount} or more`;
  const list = form(wanted, (value) => Array.isArray(value) && value.length >= leastCount);
  return (value, at = "") => {
    const flaw = list(value, at);
    if (flaw !== undefined) return flaw;
    for (const [index, each] of (value as unknown[]).entries()) {
      const inside = element(each, `${at}[${index}]`);
      if (inside !== undefined) return inside;
    }
    return undefined;
  };
}

type Fields = Readonly<Record<string, Form>>;

const OBJECT: Form = form("an object", (value) => typeof value === "object" && value !== null);

/** An object with these fields at least; what else it has is its own. */
export function parts(fields: Fields): Form {
  return (value, at = "") => OBJECT(value, at) ?? flawOfFields(value as object, fields, at);
}

/** An object that has these functions at least: `calls` is their names. */
export function having(calls: string): Form {
  return parts(Object.fromEntries(calls.split(" ").map((call) => [call, FUNCTION])));
}

/** An object of these fields and no others. */
export function record(fields: Fields, optional: Fields = {}): Form {
  const known = [...Object.keys(fields), ...Object.keys(optional)];
  const plain = form(
    known.length === 0 ? "an object" : `an object of ${known.join(", ")}`,
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  );
  return (value, at = "") => {
    const flaw = plain(value, at);
    if (flaw !== undefined) return flaw;
    const given = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    // A name that is wrong explains why another one is missing.
    if (unknown !== undefined) {
      const remedy = `${didYouMean(unknown, known)}There are: ${known.join(", ")}`;
      return { at: inside(at, unknown), problem: "is not known", remedy };
    }
    const said = Object.entries(optional).filter(([key]) => given[key] !== undefined);
    return flawOfFields(given, { ...fields, ...Object.fromEntries(said) }, at);
  };
}

function flawOfFields(value: object, fields: Fields, at: string): Flaw | undefined {
  const given = value as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(fields)) {
    const flaw = field(given[key], inside(at, key));
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

const inside = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

/** An object whose names are as said, and whose values are. */
export function dictionary(name: Form, element: Form): Form {
  const plain = record({});
  return (value, at = "") => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return plain(value, at);
    for (const [key, each] of Object.entries(value)) {
      const flaw = name(key, at) ?? element(each, `${at}[${JSON.stringify(key)}]`);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  };
}

/** Objects of several kinds, told apart by the word in one of their fields. */
export function kindsBy(field: string, kinds: Readonly<Record<string, Fields>>): Form {
  const words = oneOf(...Object.keys(kinds));
  const forms = new Map(
    Object.entries(kinds).map(([word, fields]) => [word, record({ [field]: TEXT, ...fields })]),
  );
  return (value, at = "") => {
    const flaw = parts({ [field]: words })(value, at);
    if (flaw !== undefined) return flaw;
    const word = (value as Readonly<Record<string, string>>)[field] as string;
    return forms.get(word)?.(value, at);
  };
}

/** "Did you mean …? " for the nearest of the known names, if there is a near one. */
export function didYouMean(name: unknown, known: readonly string[]): string {
  if (typeof name !== "string" || name === "") return "";
  let nearest: string | undefined;
  let leastCount = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const count = slipCount(name.toLowerCase(), candidate.toLowerCase());
    if (count >= leastCount || count >= Math.max(name.length, candidate.length) - 1) continue;
    leastCount = count;
    nearest = candidate;
  }
  // Long names are sentences: the beginning of one means it.
  if (name.length >= 4) nearest ??= known.find((candidate) => candidate.startsWith(name));
  return nearest === undefined ? "" : `Did you mean ${JSON.stringify(nearest)}? `;
}

/** Letters to change, leave out or put in. O(letters of one · letters of the other). */
function slipCount(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const isSame = letter === other[column - 1];
      const changed = (row[column - 1] as number) + (isSame ? 0 : 1);
      next.push(Math.min(changed, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
