// Operating errors of the house. Each carries its facts as fields and says what, where and what to
// do. `isOuroError` works across copies of this package: the mark is a registered symbol, the kind
// a string. Programmer errors are assertions (assertion.ts), not these.

const mark = Symbol.for("ouro.error");

export type OuroErrorKind =
  | "out-of-memory"
  | "heap-corruption"
  | "double-free"
  | "invalid-address"
  | "stale-reference"
  | "incompatible-parts"
  | "usage"
  | "input-format"
  | "limit-reached";

/** Base of all operating errors. */
export abstract class OuroError extends Error {
  abstract readonly kind: OuroErrorKind;
  readonly [mark] = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Whether `value` is an operating error of the house, of `kind` if one is given. */
export function isOuroError(value: unknown, kind?: OuroErrorKind): value is OuroError {
  if (typeof value !== "object" || value === null) return false;
  const error = value as { [mark]?: boolean; kind?: string };
  return error[mark] === true && (kind === undefined || error.kind === kind);
}

/** No memory is left under the limit. Nothing has changed; a retry after a release may succeed. */
export class OutOfMemoryError extends OuroError {
  readonly kind = "out-of-memory";
  readonly requestBytes: number;
  readonly lentBytes: number;
  readonly limitBytes: number;

  constructor(facts: {
    where: string;
    requestBytes: number;
    lentBytes: number;
    limitBytes: number;
  }) {
    const { where, requestBytes, lentBytes, limitBytes } = facts;
    super(
      `${where}: no room for a request of ${requestBytes} bytes; ${lentBytes} of ${limitBytes} ` +
        "bytes are lent. Free blocks or raise the heap's limit, then try again; " +
        "nothing has changed.",
    );
    this.requestBytes = requestBytes;
    this.lentBytes = lentBytes;
    this.limitBytes = limitBytes;
  }
}

/** A structure in linear memory contradicts itself; found by `validate()`. */
export class HeapCorruptionError extends OuroError {
  readonly kind = "heap-corruption";
  readonly structure: string;
  readonly word: number;

  constructor(facts: { structure: string; word: number; problem: string }) {
    super(
      `${facts.structure} at word ${facts.word} is broken: ${facts.problem}. Something wrote ` +
        "where it must not, or this is a defect of the allocator: stop using the heap.",
    );
    this.structure = facts.structure;
    this.word = facts.word;
  }
}

/** A block was freed that is already free. The free was refused. */
export class DoubleFreeError extends OuroError {
  readonly kind = "double-free";
  readonly block: number;

  constructor(facts: { where: string; block: number }) {
    super(
      `${facts.where}: block ${facts.block} (byte ${facts.block * 4}) is already free; the call ` +
        "was refused and changed nothing. Free each block once.",
    );
    this.block = facts.block;
  }
}

/** A number that names no live block, arena or slot was passed. The call was refused. */
export class InvalidAddressError extends OuroError {
  readonly kind = "invalid-address";
  readonly address: number;

  constructor(facts: { where: string; address: number; expected: string }) {
    super(
      `${facts.where}: ${facts.address} is not ${facts.expected}; the call was refused and ` +
        "changed nothing. Pass a number that this part returned and that is still in use.",
    );
    this.address = facts.address;
  }
}

/** A borrowed reference was used after it had become stale (checked mode). */
export class StaleReferenceError extends OuroError {
  readonly kind = "stale-reference";
  readonly reference: number;
  readonly takenAtSafepoint: number;
  readonly currentSafepoint: number;

  constructor(facts: {
    where: string;
    reference: number;
    takenAtSafepoint: number;
    currentSafepoint: number;
    madeStaleBy: string;
  }) {
    super(
      `${facts.where}: reference ${facts.reference} was taken at safepoint ` +
        `${facts.takenAtSafepoint} and made stale by ${facts.madeStaleBy} at safepoint ` +
        `${facts.currentSafepoint}. Keep it in a root slot and read it again after a safepoint.`,
    );
    this.reference = facts.reference;
    this.takenAtSafepoint = facts.takenAtSafepoint;
    this.currentSafepoint = facts.currentSafepoint;
  }
}

/** Two parts cannot work together; nothing was built. */
export class IncompatiblePartsError extends OuroError {
  readonly kind = "incompatible-parts";
  readonly parts: readonly [string, string];
  readonly reason: string;

  constructor(facts: { parts: readonly [string, string]; reason: string; remedy: string }) {
    super(`${facts.parts[0]} and ${facts.parts[1]} do not fit: ${facts.reason}. ${facts.remedy}`);
    this.parts = facts.parts;
    this.reason = facts.reason;
  }
}

/** An argument or option is not usable. */
export class UsageError extends OuroError {
  readonly kind = "usage";
  readonly argument: string;

  constructor(facts: { where: string; argument: string; problem: string; remedy: string }) {
    super(`${facts.where}: ${facts.argument} ${facts.problem}. ${facts.remedy}`);
    this.argument = facts.argument;
  }
}

/** A file or stream is truncated, damaged or hostile. */
export class InputFormatError extends OuroError {
  readonly kind = "input-format";
  /** Offset in the decoded stream where the faulty item began. Unit: bytes. */
  readonly offsetBytes: number;

  constructor(facts: { source: string; offsetBytes: number; problem: string; remedy?: string }) {
    super(
      `${facts.source}, decoded byte ${facts.offsetBytes}: ${facts.problem}. ` +
        (facts.remedy ?? "The file is damaged or not of this format; record or copy it again."),
    );
    this.offsetBytes = facts.offsetBytes;
  }
}

/** A limit that the caller set was reached; the work stopped there. */
export class LimitReachedError extends OuroError {
  readonly kind = "limit-reached";
  readonly limit: number;
  readonly actual: number;

  constructor(facts: { where: string; what: string; limit: number; actual: number }) {
    super(
      `${facts.where}: ${facts.what} is ${facts.actual}, above the limit of ${facts.limit}. ` +
        "Raise the limit if this input is meant to be so large.",
    );
    this.limit = facts.limit;
    this.actual = facts.actual;
  }
}
