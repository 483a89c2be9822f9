import { IncompatiblePartsError } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { createProgramSubject, decodePrograms, runProgram } from "../src/index.js";
import { shippedRecordingsOf } from "./shipped-recordings.js";

// `ouro demo` runs all programs under cpython-3.13, and its test is in apps/demo. The fast preset
// is shown here on the shorter files: it finalizes what it finds in the order of addresses.
const shorter = shippedRecordingsOf("programs").filter(([name]) =>
  ["hand", "fin", "weak"].includes(name),
);

describe("programs recorded of CPython 3.13, under cpython-3.13-fast,", () => {
  it.each(shorter)(
    "%s agree in every value and the set of events",
    (_, read) => {
      const { name, file } = read();
      const reports = decodePrograms(file, { sourceName: name }).map((program) => {
        const subject = createProgramSubject((needs) =>
          createMemoryManager("cpython-3.13-fast", needs),
        );
        const report = runProgram(subject, program, { events: "set" });
        subject.validate();
        expect(subject.manager.finalization?.programErrorCount).toBe(0);
        return report;
      });
      expect(reports.filter(({ agrees }) => !agrees)).toEqual([]);
    },
    120_000,
  );
});

it("A checked memory manager is refused, as the machine knows objects by where they lie", () => {
  const checked = () => createMemoryManager("cpython-3.13", { checked: true });
  expect(() => createProgramSubject(checked)).toThrow(IncompatiblePartsError);
  expect(() => createProgramSubject(checked)).toThrow(/without `checked`/);
});
