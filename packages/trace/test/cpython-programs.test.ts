import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { createProgramSubject, decodePrograms, runProgram } from "../src/index.js";
import { recordingsOf } from "./shipped-recordings.js";

describe("programs recorded of CPython 3.13", () => {
  it.each(recordingsOf("programs"))(
    "%s agree with the preset cpython-3.13 in every value and the order of events",
    (_, read) => {
      const { name, file } = read();
      const reports = decodePrograms(file, { sourceName: name }).map((program) => {
        const subject = createProgramSubject((needs) => createMemoryManager("cpython-3.13", needs));
        const report = runProgram(subject, program);
        subject.validate();
        expect(subject.manager.finalization?.programErrorCount).toBe(0);
        return report;
      });
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    120_000,
  );
});
