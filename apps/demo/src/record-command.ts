// `ouro record`: writes the Python script that records a program's heap.

import { readFile } from "node:fs/promises";
import type { CommandLine } from "./arguments.js";
import { EXIT_OK } from "./exit-code.js";
import { fileOperands } from "./operands.js";
import type { Terminal } from "./terminal.js";

const SCHEMA = "ouro/record@1";
/** Versions of CPython that the script runs on. */
const PYTHON = { from: "3.9", to: "3.14" };

export async function runRecord(line: CommandLine, terminal: Terminal): Promise<number> {
  fileOperands(line, 0, line.operands);
  const script = await readFile(new URL("../record/ouro_record.py", import.meta.url), "utf8");
  const { outputPath } = line;
  if (outputPath !== undefined) {
    await terminal.writeFile(outputPath, [script]);
    terminal.stderr.write(
      `ouro: wrote ${outputPath}. Now: python3 ${outputPath} -o heap.hgraph.gz app.py\n`,
    );
  }
  if (line.isJson) {
    const document = { schema: SCHEMA, script, python: PYTHON, wrote: outputPath ?? null };
    terminal.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (outputPath === undefined) terminal.stdout.write(script);
  return EXIT_OK;
}
