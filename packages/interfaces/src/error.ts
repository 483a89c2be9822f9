// Operating errors of the house. Each carries its facts as fields and says what, where and what to
// do. `isOuroError` works across copies of this package: the mark is a registered symbol, the kind
// a string. Programmer errors are assertions (assertion.ts), not these.

const mark = Symbol.for("ouro.error");

export type OuroErrorKind =
  | "out-of-memory"
  | "heap-corruption"
  | "double-free"
  | "block-overrun"
  | "use-after-free"
  | "wrong-domain"
  | "invalid-address"
  | "stale-reference"
  | "incompatible-parts"
  | "usage"
  | "input-format"
  | "limit-reached";

/** Base of all operating errors. What a subclass is made of becomes its fields. */
export abstract class OuroError extends Error {
  abstract readonly kind: OuroErrorKind;
  readonly [mark] = true;

  constructor(message: string, facts: object) {
    super(message);
    this.name = new.target.name;
    Object.assign(this, facts);
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
  declare readonly requestBytes: number;
  declare readonly lentBytes: number;
  declare readonly limitBytes: number;

  constructor(facts: {
    where: string;
    requestBytes: number;
    lentBytes: number;
    limitBytes: number;
  }) {
    const { where, requestBytes, lentBytes, limitBytes } = facts;
    super(
      `${where}: no room for a request of ${requestBytes} bytes; ${lentBytes} of ${limitBytes} ` +
        "bytes are lent. Free blocks or raise the heap's limit.",
      facts,
    );
  }
}

/** A structure in linear memory contradicts itself; found by `validate()`, or where it is used. */
export class HeapCorruptionError extends OuroError {
  readonly kind = "heap-corruption";
  declare readonly structure: string;
  declare readonly word: number;

  constructor(facts: {
    structure: string;
    word: number;
    problem: string;
    remedy?: string | undefined;
  }) {
    super(
      `${facts.structure} at word ${facts.word} is broken: ${facts.problem}. Something wrote ` +
        `where it must not: ${facts.remedy ?? "stop using the heap"}.`,
      facts,
    );
  }
}

/** Throws `HeapCorruptionError` unless a fact holds of the structure at a word. */
export function expectSound(
  fact: boolean,
  structure: string,
  word: number,
  problem: string | (() => string),
): asserts fact {
  if (fact) return;
  const text = typeof problem === "string" ? problem : problem();
  throw new HeapCorruptionError({ structure, word, problem: text });
}

/** What a checked allocator knows of a block. */
export interface BlockFacts {
  readonly block: number;
  readonly requestBytes: number;
  /** The how-manieth request it was, from 1. */
  readonly serial: number;
  readonly domain: string;
  readonly allocationSite: string;
  /** Undefined for a block that was not freed. */
  readonly freeingSite: string | undefined;
  /** All this as a phrase. */
  readonly description: string;
}

/** The facts of a block as a phrase, for an error's message. */
export function describeBlock(facts: Omit<BlockFacts, "description">): string {
  const { block, requestBytes, serial, domain, allocationSite, freeingSite } = facts;
  const freed = freeingSite === undefined ? "" : `, freed at ${freeingSite}`;
  return (
    `block ${block} (byte ${block * 4}) of ${requestBytes} bytes, number ${serial} of domain ` +
    `${domain}, allocated at ${allocationSite}${freed},`
  );
}

/** A block was freed that is already free. The free was refused and changed nothing. */
export class DoubleFreeError extends OuroError {
  readonly kind = "double-free";
  declare readonly block: number;

  /** With `known`, its facts are told and become fields as well. */
  constructor(facts: { where: string; block: number; known?: BlockFacts }) {
    const { where, block, known } = facts;
    const name = known?.description ?? `block ${block} (byte ${block * 4})`;
    super(`${where}: ${name} is already free. Free each block once.`, {
      ...known,
      ...facts,
    });
  }
}

/** Something wrote before or behind a block's bytes. The call was refused; the block lives on. */
export class BlockOverrunError extends OuroError implements BlockFacts {
  readonly kind = "block-overrun";
  declare readonly block: number;
  declare readonly requestBytes: number;
  declare readonly serial: number;
  declare readonly domain: string;
  declare readonly allocationSite: string;
  declare readonly freeingSite: string | undefined;
  declare readonly description: string;
  /** The first wrong byte, counted from the block's first; negative for an underrun. */
  declare readonly offsetBytes: number;

  constructor(facts: BlockFacts & { where: string; offsetBytes: number }) {
    const { where, offsetBytes } = facts;
    const side = offsetBytes < 0 ? "before its first byte" : "behind its last byte";
    super(
      `${where}: byte ${offsetBytes} of ${facts.description} was written, ${side}. ` +
        "Look for an index out of range where it was used.",
      facts,
    );
  }
}

/** Something wrote into a freed block; found when the block was checked next. */
export class UseAfterFreeError extends OuroError implements BlockFacts {
  readonly kind = "use-after-free";
  declare readonly block: number;
  declare readonly requestBytes: number;
  declare readonly serial: number;
  declare readonly domain: string;
  declare readonly allocationSite: string;
  declare readonly freeingSite: string | undefined;
  declare readonly description: string;
  /** The first byte that changed, counted from the block's first. */
  declare readonly offsetBytes: number;

  constructor(facts: BlockFacts & { where: string; offsetBytes: number }) {
    const { where, offsetBytes } = facts;
    super(
      `${where}: byte ${offsetBytes} of ${facts.description} was written after that. ` +
        "Look for a number of the block that outlived its free.",
      facts,
    );
  }
}

/** A block was given to another domain than the one that allocated it. Nothing has changed. */
export class WrongDomainError extends OuroError implements BlockFacts {
  readonly kind = "wrong-domain";
  declare readonly block: number;
  declare readonly requestBytes: number;
  declare readonly serial: number;
  declare readonly domain: string;
  declare readonly allocationSite: string;
  declare readonly freeingSite: string | undefined;
  declare readonly description: string;
  /** The domain that was called. */
  declare readonly calledDomain: string;

  constructor(facts: BlockFacts & { where: string; calledDomain: string }) {
    super(
      `${facts.where}: domain ${facts.calledDomain} was given ${facts.description} which is not ` +
        "its own. Give a block back to the domain that allocated it.",
      facts,
    );
  }
}

/**
 * A number that names no live block, arena or slot was passed. The call was refused and changed
 * nothing.
 */
export class InvalidAddressError extends OuroError {
  readonly kind = "invalid-address";
  declare readonly address: number;
  declare readonly inside?: BlockFacts;

  /** `inside` is the block that the number lies in, where that is known. */
  constructor(facts: { where: string; address: number; expected: string; inside?: BlockFacts }) {
    const { where, address, expected, inside } = facts;
    const place =
      inside === undefined ? "" : ` but lies inside ${inside.description.replace(/,$/, "")}`;
    super(
      `${where}: ${numberText(address)} is not ${expected}${place}. Pass a number that this part ` +
        "returned and that is still in use.",
      facts,
    );
  }
}

/**
 * A borrowed reference was used after it had become stale (checked mode). The call was refused and
 * changed nothing.
 */
export class StaleReferenceError extends OuroError {
  readonly kind = "stale-reference";
  /** The object's word index when the reference was taken. */
  declare readonly reference: number;
  /** How many safepoints there had been when it was taken, and which call gave it out. */
  declare readonly takenAtSafepoint: number;
  declare readonly takenBy: string;
  /** The safepoint call that followed, or that the object died with no safepoint between. */
  declare readonly madeStaleBy: string;
  declare readonly currentSafepoint: number;
  /**
   * Numbers of references come again after many safepoints. If it may be an older one of that
   * number, the last safepoint after which it may have been taken; the rest is of the youngest.
   */
  declare readonly olderSafepoint: number | undefined;
  /** The stack of the call that gave it out, if sites are recorded. */
  declare readonly site: string | undefined;

  constructor(facts: {
    where: string;
    reference: number;
    takenAtSafepoint: number;
    takenBy: string;
    madeStaleBy: string;
    currentSafepoint: number;
    olderSafepoint?: number | undefined;
    remedy?: string;
    site?: string | undefined;
  }) {
    const { where, reference, takenAtSafepoint, takenBy, madeStaleBy, currentSafepoint } = facts;
    const { remedy = "Keep it in a root slot and read it again after a safepoint" } = facts;
    const { olderSafepoint, site } = facts;
    const older =
      olderSafepoint === undefined
        ? ""
        : `, or after safepoint ${olderSafepoint} or before, and where is not known any more`;
    const which = older === "" ? "It" : "Unless it is the older one, it";
    super(
      `${where}: reference ${reference} was taken by ${takenBy} after safepoint ` +
        `${takenAtSafepoint} and made stale by ${madeStaleBy}${older}; now it is after safepoint ` +
        `${currentSafepoint}. ${remedy}.` +
        (site === undefined ? "" : ` ${which} was taken at:\n${site}`),
      facts,
    );
  }
}

/** Two parts cannot work together; nothing was built. */
export class IncompatiblePartsError extends OuroError {
  readonly kind = "incompatible-parts";
  declare readonly parts: readonly [string, string];
  declare readonly reason: string;

  constructor(facts: { parts: readonly [string, string]; reason: string; remedy: string }) {
    const { parts, reason, remedy } = facts;
    super(`${parts[0]} and ${parts[1]} do not fit: ${reason}. ${remedy}`, facts);
  }
}

/** An argument or option is not usable. */
export class UsageError extends OuroError {
  readonly kind = "usage";
  declare readonly argument: string;

  constructor(facts: { where: string; argument: string; problem: string; remedy: string }) {
    super(`${facts.where}: ${facts.argument} ${facts.problem}. ${facts.remedy}`, facts);
  }
}

/** What a value is, in a few words: for the message that refuses it. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  }
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `the BigInt ${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`;
}

/**
 * What should be a number, for the message that refuses it: a symbol, or an object without a text,
 * is no reason to fail.
 */
export function numberText(value: unknown): string {
  return Object(value) === value ? typeof value : String(value);
}

/** Throws a `UsageError` unless an argument is a whole number in [from, to]. O(1). */
export function checkInteger(
  where: string,
  argument: string,
  value: number,
  from: number,
  to: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new UsageError({
    where,
    argument: `${argument} ${numberText(value)}`,
    problem: `is not a whole number from ${from} to ${to}`,
    remedy: "Give one",
  });
}

/** Throws a `UsageError` unless an index names one of so many elements. O(1). */
export function checkIndex(where: string, index: number, length: number): void {
  if (length > 0) {
    checkInteger(where, "index", index, 0, length - 1);
    return;
  }
  throw new UsageError({
    where,
    argument: `index ${numberText(index)}`,
    problem: "names nothing: there are no elements",
    remedy: "Ask for the length first",
  });
}

/**
 * Throws a `UsageError` for a missing or unknown option of a factory, and for options that are no
 * object: they would be lost without a word. `names` is one text; those before the `|` are
 * required. O(options).
 */
export function checkOptions(
  where: string,
  options: object | null | undefined,
  names: string,
): void {
  const [required = [], optional = []] = names.split("|").map((part) => part.match(/\w+/g) ?? []);
  const known = [...required, ...optional];
  const given = (options ?? {}) as Record<string, unknown>;
  const missing = required.find((name) => given[name] === undefined);
  const isNone = options === null || typeof given !== "object";
  const unknown = isNone
    ? numberText(options)
    : Object.keys(given).find((name) => !known.includes(name));
  const argument = missing ?? unknown;
  if (argument === undefined) return;
  throw new UsageError({
    where,
    argument: `option ${argument}`,
    problem: missing === undefined ? "is not known" : "is missing",
    remedy: known.length === 0 ? "There are none" : `Options: ${known.join(", ")}`,
  });
}

/** A file or stream is truncated, damaged or hostile. */
export class InputFormatError extends OuroError {
  readonly kind = "input-format";
  /**
   * Offset in the decoded stream where the faulty item began; undefined where it is no stream of
   * bytes that is wrong. Unit: bytes.
   */
  declare readonly offsetBytes: number | undefined;

  constructor(facts: { source: string; offsetBytes?: number; problem: string; remedy?: string }) {
    const { source, offsetBytes, problem } = facts;
    super(
      `${source}${offsetBytes === undefined ? "" : `, decoded byte ${offsetBytes}`}: ${problem}. ` +
        (facts.remedy ?? "The file is damaged or not of this format; record or copy it again."),
      facts,
    );
  }
}

/** A limit that the caller set was reached; the work stopped there. */
export class LimitReachedError extends OuroError {
  readonly kind = "limit-reached";
  declare readonly limit: number;
  declare readonly actual: number;

  constructor(facts: { where: string; what: string; limit: number; actual: number }) {
    super(
      `${facts.where}: ${facts.what} is ${facts.actual}, above the limit of ${facts.limit}. ` +
        "Raise the limit if this input is meant to be so large.",
      facts,
    );
  }
}
