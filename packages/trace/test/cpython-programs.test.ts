import { cpythonFastStrategy, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { decodePrograms, runProgram } from "../src/index.js";
import { createCPythonSubject } from "./cpython-subject.js";
import { recordingsOf } from "./shipped-recordings.js";

/** The fast preset finalizes what it finds in the order of addresses. */
const presets = [
  ["cpython-3.13", cpythonStrategy, "order"],
  ["cpython-3.13-fast", cpythonFastStrategy, "set"],
] as const;

describe.each(presets)("programs recorded of CPython 3.13, under %s,", (_, strategy, events) => {
  it.each(recordingsOf("programs"))(
    `%s agree in every value and the ${events} of events`,
    (_, read) => {
      const { name, file } = read();
      const reports = decodePrograms(file, { sourceName: name }).map((program) => {
        const subject = createCPythonSubject(strategy());
        const report = runProgram(subject, program, { events });
        subject.validate();
        expect(subject.programErrorCount).toBe(0);
        return report;
      });
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    120_000,
  );
});
