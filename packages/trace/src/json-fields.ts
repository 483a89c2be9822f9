// Typed access to the JSON of headers, footers and facts files. A field that is missing or of
// another kind is reported by its path ("ops.free") through the caller's `fail`, which knows the
// file and the offset. Text with control characters is refused: it ends up on terminals.

export type Fail = (problem: string) => never;

/** One JSON object whose fields are asked for by name and kind. */
export interface JsonFields {
  /** An integer from 0 to 2^53 − 1. */
  count(name: string): number;
  /** A number from 0, fractions allowed. */
  amount(name: string): number;
  /** An integer from −(2^53 − 1) to 2^53 − 1. */
  integer(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
  texts(name: string): readonly string[];
  counts(name: string): readonly number[];
  /** A list of lists of counts, `width` each. */
  rows(name: string, width: number): readonly (readonly number[])[];
  object(name: string): JsonFields;
  /** A list of objects. */
  objects(name: string): readonly JsonFields[];
  /** Whether there is a field of this name. */
  has(name: string): boolean;
  isText(name: string): boolean;
  countOrNull(name: string): number | null;
  countsOrNull(name: string): readonly (number | null)[];
  /** As `rows`, with numbers below 0 too. */
  integerRows(name: string, width: number): readonly (readonly number[])[];
  /** A list of lists of anything. */
  mixedRows(name: string): readonly (readonly unknown[])[];
}

/** Parses `text` as one JSON object; `fail` is called when it is none. */
export function parseJsonFields(text: string, what: string, fail: Fail): JsonFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail(`${what} can not be parsed as JSON`);
  }
  return createJsonFields(value, what, "", fail);
}

/** Whether `text` can be printed on one line of a terminal. */
export function isPlainText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function createJsonFields(value: unknown, what: string, prefix: string, fail: Fail): JsonFields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(prefix === "" ? `${what} must be one JSON object` : `${what}: "${prefix}" is no object`);
  }
  const fields = value as Record<string, unknown>;
  const path = (name: string): string => (prefix === "" ? name : `${prefix}.${name}`);
  const wrong = (name: string, wanted: string): never => {
    const verdict = Object.hasOwn(fields, name) ? "is not" : "is missing; it is";
    return fail(`${what}: "${path(name)}" ${verdict} ${wanted}`);
  };
  const field = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

  function list(name: string, wanted: string, fits: (item: unknown) => boolean): unknown[] {
    const items = field(name);
    return Array.isArray(items) && items.every(fits) ? items : wrong(name, wanted);
  }
  const isText = (item: unknown): boolean => typeof item === "string" && isPlainText(item);

  return {
    count(name) {
      const number = field(name);
      return isCount(number) ? number : wrong(name, "an integer from 0 to 2^53 − 1");
    },
    amount(name) {
      const number = field(name);
      return typeof number === "number" && number >= 0 ? number : wrong(name, "a number from 0");
    },
    integer(name) {
      const number = field(name);
      return Number.isSafeInteger(number) ? (number as number) : wrong(name, "an integer");
    },
    text(name) {
      const text = field(name);
      return isText(text) ? (text as string) : wrong(name, "a text without control characters");
    },
    flag(name) {
      const flag = field(name);
      return typeof flag === "boolean" ? flag : wrong(name, "true or false");
    },
    texts(name) {
      return list(name, "a list of texts without control characters", isText) as string[];
    },
    counts(name) {
      return list(name, "a list of integers from 0 to 2^53 − 1", isCount) as number[];
    },
    rows(name, width) {
      const isRow = (row: unknown): boolean =>
        Array.isArray(row) && row.length === width && row.every(isCount);
      return list(name, `a list of rows of ${width} integers`, isRow) as number[][];
    },
    object(name) {
      const object = field(name);
      if (object === undefined) wrong(name, "an object");
      return createJsonFields(object, what, path(name), fail);
    },
    objects(name) {
      const items = list(name, "a list of objects", () => true);
      return items.map((item, index) =>
        createJsonFields(item, what, `${path(name)}[${index}]`, fail),
      );
    },
    has: (name) => Object.hasOwn(fields, name),
    isText: (name) => isText(field(name)),
    countOrNull(name) {
      const number = field(name);
      return number === null || isCount(number) ? number : wrong(name, "null or an integer from 0");
    },
    countsOrNull(name) {
      const fits = (item: unknown): boolean => item === null || isCount(item);
      return list(name, "a list of integers from 0 and nulls", fits) as (number | null)[];
    },
    integerRows(name, width) {
      const isRow = (row: unknown): boolean =>
        Array.isArray(row) && row.length === width && row.every(Number.isSafeInteger);
      return list(name, `a list of rows of ${width} integers`, isRow) as number[][];
    },
    mixedRows: (name) => list(name, "a list of lists", Array.isArray) as unknown[][],
  };
}
