// The files that a command is asked to write, looked at before it begins: who waited for an answer
// should not learn only then that its folder is not there.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { FileNotWritableError, type Terminal } from "./terminal.js";

/** Each option that names a file to write, and what it names. */
function outputPathsOf(line: CommandLine): readonly (readonly [string, string | undefined])[] {
  return [
    ["--output", line.outputPath],
    ["--heapsnapshot", line.heapSnapshotPath],
    ["--image", line.imagePath],
    ["--svg", line.svgPath],
    ["--trace-events", line.traceEventsPath],
    ["--speedscope", line.speedscopePath],
    ["--pprof", line.pprofPath],
    ["--prometheus", line.prometheusPath],
  ];
}

/** Throws `UsageError` for the first that can not be written, and for two that are one file. */
export async function checkOutputs(line: CommandLine, terminal: Terminal): Promise<void> {
  const seen = new Map<string, string>();
  for (const [option, path] of outputPathsOf(line)) {
    if (path === undefined) continue;
    const fail = (problem: string, remedy: string): never => {
      throw new UsageError({
        where: `ouro ${line.command}`,
        argument: `${option} ${path}`,
        problem,
        remedy,
      });
    };
    const other = seen.get(path);
    if (other !== undefined) fail(`is the file of ${other} too`, "Give each a file of its own.");
    seen.set(path, option);
    try {
      await terminal.checkWritable(path);
    } catch (error) {
      if (!(error instanceof FileNotWritableError)) throw error;
      fail(`cannot be written: ${error.reason}`, error.remedy);
    }
  }
}
