import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { createProgramSubject, decodePrograms, runProgram } from "../src/index.js";
import { recordingsOf } from "./shipped-recordings.js";

/** The fast preset finalizes what it finds in the order of addresses. */
const presets = [
  ["cpython-3.13", "order"],
  ["cpython-3.13-fast", "set"],
] as const;

describe.each(presets)("programs recorded of CPython 3.13, under %s,", (preset, events) => {
  it.each(recordingsOf("programs"))(
    `%s agree in every value and the ${events} of events`,
    (_, read) => {
      const { name, file } = read();
      const reports = decodePrograms(file, { sourceName: name }).map((program) => {
        const subject = createProgramSubject((needs) => createMemoryManager(preset, needs));
        const report = runProgram(subject, program, { events });
        subject.validate();
        expect(subject.manager.finalization?.programErrorCount).toBe(0);
        return report;
      });
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    120_000,
  );
});
