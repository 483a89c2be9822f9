// `npm run bench`: figures to stdout or a file, progress to stderr.

import { writeFileSync } from "node:fs";
import { isOuroError } from "@ouro/interfaces";
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

async function measure(options: BenchOptions, words: readonly string[]): Promise<void> {
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
    process.stderr.write(`${(error as Error).message}\n`);
    return (error as { kind: string }).kind === "usage" ? 2 : 1;
  }
}

// A reader such as `head` may have had enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await main(process.argv.slice(2));
