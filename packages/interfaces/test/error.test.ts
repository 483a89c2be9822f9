import { describe, expect, it } from "vitest";
import * as interfaces from "../src/index.js";
import { isOuroError, type OuroError, type OuroErrorKind } from "../src/index.js";

interface Row {
  make: () => OuroError;
  kind: OuroErrorKind;
  /** Parts that the message must contain. */
  what: RegExp;
  where: RegExp;
  remedy: RegExp;
  facts: Record<string, unknown>;
}

const block = {
  block: 4104,
  requestBytes: 40,
  serial: 17,
  domain: "obj",
  allocationSite: "parser",
};
const phraseOf = (freeingSite?: string): string =>
  interfaces.describeBlock({ ...block, freeingSite });

const rows: Record<string, Row> = {
  OutOfMemoryError: {
    make: () =>
      new interfaces.OutOfMemoryError({
        where: "pools.allocate",
        requestBytes: 48,
        lentBytes: 1_048_576,
        limitBytes: 2_097_152,
      }),
    kind: "out-of-memory",
    what: /no room for a request of 48 bytes; 1048576 of 2097152 bytes are lent/,
    where: /^pools\.allocate: /,
    remedy: /Free blocks or raise the heap's limit/,
    facts: { requestBytes: 48, lentBytes: 1_048_576, limitBytes: 2_097_152 },
  },
  HeapCorruptionError: {
    make: () =>
      new interfaces.HeapCorruptionError({
        structure: "pool",
        word: 4096,
        problem: "its used count is 0",
      }),
    kind: "heap-corruption",
    what: /its used count is 0/,
    where: /^pool at word 4096/,
    remedy: /stop using the heap/,
    facts: { structure: "pool", word: 4096 },
  },
  DoubleFreeError: {
    make: () => new interfaces.DoubleFreeError({ where: "pools.free", block: 4104 }),
    kind: "double-free",
    what: /block 4104 \(byte 16416\) is already free/,
    where: /^pools\.free: /,
    remedy: /Free each block once/,
    facts: { block: 4104 },
  },
  BlockOverrunError: {
    make: () =>
      new interfaces.BlockOverrunError({
        ...block,
        freeingSite: undefined,
        description: phraseOf(),
        where: "checked.free",
        offsetBytes: 40,
      }),
    kind: "block-overrun",
    what: /byte 40 of block 4104 \(.*number 17 of domain obj, allocated at parser, was written/,
    where: /^checked\.free: /,
    remedy: /Look for an index out of range/,
    facts: { ...block, offsetBytes: 40 },
  },
  UseAfterFreeError: {
    make: () =>
      new interfaces.UseAfterFreeError({
        ...block,
        freeingSite: "reader",
        description: phraseOf("reader"),
        where: "checked.validate",
        offsetBytes: 8,
      }),
    kind: "use-after-free",
    what: /byte 8 of block 4104 .* allocated at parser, freed at reader, was written after that/,
    where: /^checked\.validate: /,
    remedy: /Look for a number of the block that outlived its free/,
    facts: { ...block, freeingSite: "reader", offsetBytes: 8 },
  },
  WrongDomainError: {
    make: () =>
      new interfaces.WrongDomainError({
        ...block,
        freeingSite: undefined,
        description: phraseOf(),
        where: "checked-mem.free",
        calledDomain: "mem",
      }),
    kind: "wrong-domain",
    what: /domain mem was given block 4104 .* of domain obj/,
    where: /^checked-mem\.free: /,
    remedy: /Give a block back to the domain that allocated it/,
    facts: { ...block, calledDomain: "mem" },
  },
  InvalidAddressError: {
    make: () =>
      new interfaces.InvalidAddressError({
        where: "pools.free",
        address: 4107,
        expected: "a live block",
      }),
    kind: "invalid-address",
    what: /4107 is not a live block/,
    where: /^pools\.free: /,
    remedy: /Pass a number that this part returned/,
    facts: { address: 4107 },
  },
  StaleReferenceError: {
    make: () =>
      new interfaces.StaleReferenceError({
        where: "get",
        reference: 8192,
        takenAtSafepoint: 3,
        takenBy: "root",
        currentSafepoint: 5,
        madeStaleBy: "allocate (safepoint 4)",
        site: "at build (tree.ts:7)",
      }),
    kind: "stale-reference",
    what: new RegExp(
      "reference 8192 was taken by root after safepoint 3 and made stale by allocate " +
        "\\(safepoint 4\\); now it is after safepoint 5",
    ),
    where: /^get: /,
    remedy: /Keep it in a root slot .*\. It was taken at:\nat build \(tree\.ts:7\)$/,
    facts: { reference: 8192, takenAtSafepoint: 3, takenBy: "root", currentSafepoint: 5 },
  },
  IncompatiblePartsError: {
    make: () =>
      new interfaces.IncompatiblePartsError({
        parts: ["semispace", "refcount"],
        reason: "one moves objects and the other counts them",
        remedy: "Choose one of the two.",
      }),
    kind: "incompatible-parts",
    what: /one moves objects and the other counts them/,
    where: /^semispace and refcount do not fit: /,
    remedy: /Choose one of the two\.$/,
    facts: {
      parts: ["semispace", "refcount"],
      reason: "one moves objects and the other counts them",
    },
  },
  UsageError: {
    make: () =>
      new interfaces.UsageError({
        where: "createHeap",
        argument: "limitBytes",
        problem: "is −1",
        remedy: "Give a multiple of 1 MiB.",
      }),
    kind: "usage",
    what: /limitBytes is −1/,
    where: /^createHeap: /,
    remedy: /Give a multiple of 1 MiB\.$/,
    facts: { argument: "limitBytes" },
  },
  InputFormatError: {
    make: () =>
      new interfaces.InputFormatError({
        source: "json.altrace.gz",
        offsetBytes: 77,
        problem: "the event stream ends early",
      }),
    kind: "input-format",
    what: /the event stream ends early/,
    where: /^json\.altrace\.gz, decoded byte 77: /,
    remedy: /record or copy it again/,
    facts: { offsetBytes: 77 },
  },
  LimitReachedError: {
    make: () =>
      new interfaces.LimitReachedError({
        where: "readTrace",
        what: "the number of events",
        limit: 10,
        actual: 11,
      }),
    kind: "limit-reached",
    what: /the number of events is 11, above the limit of 10/,
    where: /^readTrace: /,
    remedy: /Raise the limit/,
    facts: { limit: 10, actual: 11 },
  },
};

describe("operating errors", () => {
  it("are all in the table below", () => {
    const errorClasses = Object.entries(interfaces)
      .filter(([, value]) => Object.prototype.isPrototypeOf.call(interfaces.OuroError, value))
      .map(([name]) => name);
    expect(Object.keys(rows).sort()).toEqual(errorClasses.sort());
    const kinds = Object.values(rows).map((row) => row.kind);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  for (const [name, row] of Object.entries(rows)) {
    it(`${name} says what is wrong, where, and what to do, and carries its facts`, () => {
      const error = row.make();
      expect(error.message).toMatch(row.what);
      expect(error.message).toMatch(row.where);
      expect(error.message).toMatch(row.remedy);
      expect(error.message).not.toMatch(/undefined|NaN|\[object/);
      expect(error).toMatchObject({ ...row.facts, kind: row.kind, name });
      expect(error).toBeInstanceOf(Error);
      expect(isOuroError(error, row.kind)).toBe(true);
      expect(isOuroError(error)).toBe(true);
    });
  }

  it("lets the maker of an input format say what to do", () => {
    const facts = { source: "a", offsetBytes: 0, problem: "it is empty", remedy: "Give a file." };
    expect(new interfaces.InputFormatError(facts).message).toBe(
      "a, decoded byte 0: it is empty. Give a file.",
    );
  });
});

describe("isOuroError", () => {
  it("tells kinds apart and refuses what is no operating error", () => {
    const error = new interfaces.DoubleFreeError({ where: "free", block: 4 });
    expect(isOuroError(error, "out-of-memory")).toBe(false);
    const lookalike = { kind: "double-free", name: "DoubleFreeError" };
    const others = [
      new Error("x"),
      new interfaces.AssertionError("x"),
      lookalike,
      null,
      0,
      "usage",
    ];
    for (const other of others) expect(isOuroError(other)).toBe(false);
  });

  it("knows the errors of another copy of this package", async () => {
    const copy = new URL("../src/error.ts?copy", import.meta.url).href;
    const other: typeof interfaces = await import(copy);
    expect(other.OuroError).not.toBe(interfaces.OuroError);
    const error = new other.DoubleFreeError({ where: "free", block: 4 });
    expect(error).not.toBeInstanceOf(interfaces.OuroError);
    expect(isOuroError(error, "double-free")).toBe(true);
    expect(other.isOuroError(new interfaces.DoubleFreeError({ where: "free", block: 4 }))).toBe(
      true,
    );
  });
});

describe("assert", () => {
  it("is silent for a fact and names the belief that was wrong", () => {
    expect(() => interfaces.assert(true, "a used pool has a free block")).not.toThrow();
    expect(() => interfaces.assert(false, "a used pool has a free block")).toThrow(
      "assertion failed: a used pool has a free block",
    );
  });
});

describe("errors that know a block", () => {
  const known = { ...block, freeingSite: "reader", description: phraseOf("reader") };

  it("tell of a double free with the block's facts, as fields too", () => {
    const error = new interfaces.DoubleFreeError({ where: "free", block: 4104, known });
    expect(error).toMatchObject(known);
    expect(error.message).toMatch(/^free: block 4104 .* freed at reader, is already free\./);
  });

  it("tell in which block a number lies", () => {
    const facts = { where: "free", address: 4107, expected: "a live block", inside: known };
    const error = new interfaces.InvalidAddressError(facts);
    expect(error.inside).toEqual(known);
    expect(error.message).toMatch(/4107 is not a live block but lies inside block 4104 /);
  });
});
