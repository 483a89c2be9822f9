// What the faults of CPython's preset are held against: the recorded programs, the quick ones
// first; the hand-written ones name most faults.

import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import {
  createProgramSubject,
  decodePrograms,
  type MutatorProgram,
  runProgram,
} from "../../src/index.js";
import { shippedRecordingsOf } from "../shipped-recordings.js";
import { AGREES } from "./planted-faults.js";

const programs = ["hand", "fin", "weak", "exact", "mixed", "auto", "long"].flatMap((name) => {
  const found = shippedRecordingsOf("programs").find(([each]) => each === name);
  return found === undefined ? [] : decodePrograms(found[1]().file);
});

/** What is wrong with a program's run; undefined when it agrees. */
function problemOf(program: MutatorProgram): string | undefined {
  try {
    const strategy = cpythonStrategy();
    const subject = createProgramSubject((needs) => composeMemoryManager({ strategy, ...needs }));
    const { agrees, differences } = runProgram(subject, program, { differenceLimitCount: 1 });
    subject.validate();
    return agrees ? undefined : JSON.stringify(differences[0]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const agreement: FaultProperty = {
  name: AGREES,
  programLimit: programs.length,
  ask({ programCount }) {
    for (const [index, program] of programs.slice(0, programCount).entries()) {
      const reason = problemOf(program);
      if (reason === undefined) continue;
      const input = `the recorded program "${program.name}"`;
      return { isKilled: true, programCount: index + 1, reason, input };
    }
    return { isKilled: false, programCount };
  },
};

export const properties = [agreement];
