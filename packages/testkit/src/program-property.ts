// Properties of memory managers whose programs are mutator programs: what they have in common.

import type { ManagerMaker } from "./manager-subject.js";
import { type MutatorProgramsOptions, mutatorPrograms } from "./mutator-programs.js";
import type { Notes } from "./notes.js";
import { type Program, printProgram } from "./program.js";
import { drawProgram } from "./program-drawing.js";
import { PROGRAM } from "./program-forms.js";
import type { Property, SuiteOptions } from "./suite.js";
import { tightenProgram } from "./tightened-program.js";

export interface ProgramPropertyRow {
  readonly name: string;
  readonly source?: string;
  /** Of the programs, where they differ from the usual ones. */
  readonly programs?: MutatorProgramsOptions;
  whyNot?(maker: ManagerMaker): string | undefined;
  check(program: Program, maker: ManagerMaker, notes: Notes): void;
}

export function programProperty(row: ProgramPropertyRow): Property<ManagerMaker, Program> {
  const { name, source, programs = {}, check } = row;
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
    script: (program) => printProgram(program),
    drawing: (program, maker) => drawProgram(program, maker.make),
  };
}
