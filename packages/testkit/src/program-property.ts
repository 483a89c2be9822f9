// Properties of memory managers whose programs are mutator programs: what they have in common.

import { type ManagerMaker, sourceOf } from "./manager-subject.js";
import { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
import { createNotes, type Notes } from "./notes.js";
import type { Program } from "./program.js";
import { drawCheck } from "./program-drawing.js";
import { PROGRAM } from "./program-forms.js";
import { printRecording, type Recording, reasonLines, record } from "./record.js";
import type { Property, SuiteOptions } from "./suite.js";
import { tightenProgram } from "./tightened-program.js";

export interface ProgramPropertyRow {
  readonly name: string;
  readonly source?: string;
  /** Of the programs, where they differ from the usual ones. */
  readonly programs?: MutatorProgramsOptions;
  whyNot?(maker: ManagerMaker): string | undefined;
  check(program: Program, maker: ManagerMaker, notes: Notes): void;
  /** What the check calls on `manager`, as JavaScript: for checks that play no program. */
  readonly calls?: string;
}

export function programProperty(row: ProgramPropertyRow): Property<ManagerMaker, Program> {
  const { name, source, programs = {}, check, calls } = row;
  const recordingOf = (program: Program, maker: ManagerMaker): Recording =>
    record(maker.make, (make) => check(program, { ...maker, make }, createNotes()));
  return {
    name,
    ...(source === undefined ? {} : { source }),
    whyNot: (maker) => row.whyNot?.(maker),
    programs: (_, { commandLimitCount }: SuiteOptions) =>
      mutatorPrograms({
        ...programs,
        ...(commandLimitCount === undefined ? {} : { commandLimitCount }),
      }),
    check,
    form: PROGRAM,
    commandCount: ({ commands }) => commands.length,
    tightened: tightenProgram,
    script(program, maker) {
      const recording = recordingOf(program, maker);
      if (calls === undefined) return printRecording(maker, recording);
      return [sourceOf(maker), calls, ...reasonLines(recording.reason)].join("\n");
    },
    drawing: (program, maker) =>
      drawCheck(maker.make, (make) => check(program, { ...maker, make }, createNotes())),
  };
}
