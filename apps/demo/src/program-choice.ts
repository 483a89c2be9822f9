// One program of a file of mutator programs: by name, by place, or the first.

import { UsageError } from "@ouro/interfaces";
import { createProgramReader, type MutatorProgram } from "@ouro/trace";
import { piecesOf, type Recording } from "./recording.js";
import type { Work } from "./replay-work.js";
import { didYouMean } from "./suggestion.js";

/** Throws `UsageError` for a program that the file does not have, and what its reader throws. */
export async function chooseProgram(
  recording: Recording,
  wanted: string | undefined,
  command: string,
  work: Work,
): Promise<MutatorProgram> {
  const { file } = recording;
  let found: MutatorProgram | undefined;
  const names: string[] = [];
  const index = /^\d+$/.test(wanted ?? "0") ? Number(wanted ?? 0) : -1;
  const reader = createProgramReader(
    (program) => {
      if (program.name === wanted || names.length === index) found ??= program;
      names.push(program.name);
    },
    { sourceName: file },
  );
  for await (const piece of piecesOf(recording, work)) reader.push(piece);
  reader.end();
  if (found !== undefined) return found;
  throw new UsageError({
    where: `ouro ${command}`,
    argument: wanted === undefined ? file : `--program ${wanted}`,
    problem: `is no program of ${file}`,
    remedy: didYouMean(
      wanted ?? "",
      names,
      `It has ${names.length}: ${names.slice(0, 5).join(", ")}...`,
    ),
  });
}
