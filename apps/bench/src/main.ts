// `npm run bench`: figures to stdout or a file, progress to stderr.

import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isOuroError, UsageError } from "@ouro/interfaces";
import { runBench } from "./bench.js";
import { readDocument } from "./document.js";
import { type BenchOptions, HELP, parseOptions } from "./options.js";
import { renderPage } from "./report.js";

function progress(message: string): void {
  const end = process.stderr.isTTY ? "\u001b[K\r" : "\n";
  process.stderr.write(`${message}${end}`);
}

/** The command that measures the same again: where the result went is nobody's business. */
function repeatingCommand(words: readonly string[]): string {
  const kept = words.filter(
    (word, i) => !word.startsWith("--output") && words[i - 1] !== "--output",
  );
  return ["npm run bench", ...(kept.length === 0 ? [] : ["--", ...kept])].join(" ");
}

/** Who measured for minutes should not learn only then that the folder is not there. */
function checkOutput(file: string): void {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch {
    const problem = "cannot be written: its folder is not there, or may not be written to";
    const remedy = "Make the folder first, or name another one.";
    throw new UsageError({ where: "bench", argument: `--output ${file}`, problem, remedy });
  }
}

async function measure(options: BenchOptions, words: readonly string[]): Promise<void> {
  if (options.outputFile !== undefined) checkOutput(options.outputFile);
  const documents =
    options.sources.length > 0
      ? options.sources.map(readDocument)
      : [await runBench(options, repeatingCommand(words), progress)];
  const text =
    options.format === "json"
      ? `${JSON.stringify(documents[0], undefined, 2)}\n`
      : renderPage(documents, options.format === "markdown" ? "markdown" : "text");
  if (options.outputFile !== undefined) writeFileSync(options.outputFile, text);
  else process.stdout.write(text);
}

async function main(words: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(words);
    if (options.isHelp) process.stdout.write(HELP);
    else await measure(options, words);
    return 0;
  } catch (error) {
    if (!isOuroError(error)) throw error;
    const isUsage = (error as { kind: string }).kind === "usage";
    process.stderr.write(`${(error as Error).message}\n${isUsage ? `\n${HELP}` : ""}`);
    return isUsage ? 2 : 1;
  }
}

// A reader such as `head` may have had enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await main(process.argv.slice(2));
