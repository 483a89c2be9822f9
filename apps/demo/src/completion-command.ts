// `ouro completion SHELL`: prints the script that makes a shell complete the command.

import { PRESET_NAMES } from "@ouro/memory-manager";
import { type CommandLine, GC_LOG_STYLES } from "./arguments.js";
import { completionScript, shellNamed } from "./completion.js";
import { compositionNames } from "./composition.js";
import { EXIT_OK } from "./exit-code.js";
import { fileOperands } from "./operands.js";
import type { Terminal } from "./terminal.js";

export function runCompletion(line: CommandLine, terminal: Terminal): number {
  const shell = shellNamed(line.operands[0]);
  fileOperands(line, 1, line.operands);
  const script = completionScript(shell, {
    preset: PRESET_NAMES,
    allocator: compositionNames(),
    level: ["1", "2", "3"],
    "gc-log": GC_LOG_STYLES,
  });
  terminal.stdout.write(script);
  return EXIT_OK;
}
