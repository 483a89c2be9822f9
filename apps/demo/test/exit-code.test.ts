import {
  DoubleFreeError,
  HeapCorruptionError,
  InputFormatError,
  LimitReachedError,
  OutOfMemoryError,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { EXIT_CODES, exitCodeOf, graverExitCode } from "../src/exit-code.js";

describe("exit codes", () => {
  it("follow from the kind of an error", () => {
    const where = "a test";
    const cases: [unknown, number][] = [
      [new UsageError({ where, argument: "x", problem: "is wrong", remedy: "Mend it." }), 2],
      [new LimitReachedError({ where, what: "size", limit: 1, actual: 2 }), 3],
      [new OutOfMemoryError({ where, requestBytes: 1, lentBytes: 1, limitBytes: 1 }), 3],
      [new InputFormatError({ source: where, offsetBytes: 7, problem: "it is cut short" }), 4],
      [new HeapCorruptionError({ structure: "pool", word: 4, problem: "it lies" }), 5],
      [new DoubleFreeError({ where, block: 4 }), 5],
      [new TypeError("x is not a function"), 5],
      ["a thrown string", 5],
    ];
    for (const [error, exitCode] of cases) expect(exitCodeOf(error)).toBe(exitCode);
  });

  it("stand in one table, each once, and the graver one wins whatever the order", () => {
    const codes = EXIT_CODES.map((row) => row.code);
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 130]);
    for (const code of codes) {
      expect(graverExitCode(0, code)).toBe(code);
      expect(graverExitCode(code, 130)).toBe(130);
    }
    expect([1, 4, 3, 0].reduce(graverExitCode)).toBe(4);
    expect([4, 5, 1].reduce(graverExitCode)).toBe(5);
  });
});
