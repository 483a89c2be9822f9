// `npm run bench`: figures to stdout or a file, progress to stderr.

import { writeFileSync, writeSync } from "node:fs";
import { isOuroError } from "@ouro/interfaces";
import { runBench } from "./bench.js";
import { type BenchOptions, HELP, parseOptions } from "./options.js";
import { renderDocument } from "./report.js";

function progress(message: string): void {
  const end = process.stderr.isTTY ? "\u001b[K\r" : "\n";
  process.stderr.write(`${message}${end}`);
}

async function measure(options: BenchOptions, words: readonly string[]): Promise<void> {
  const command = ["npm run bench", ...(words.length === 0 ? [] : ["--", ...words])].join(" ");
  const document = await runBench(options, command, progress);
  const text =
    options.format === "json"
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : renderDocument(document, options.format === "markdown" ? "markdown" : "text");
  if (options.outputFile !== undefined) writeFileSync(options.outputFile, text);
  else writeSync(1, text);
}

async function main(words: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(words);
    if (options.isHelp) writeSync(1, HELP);
    else await measure(options, words);
    return 0;
  } catch (error) {
    if (!isOuroError(error)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return (error as { kind: string }).kind === "usage" ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
