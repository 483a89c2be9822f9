// Runs a command that looks at a heap, and holds its document against the schema that ships.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { main } from "../src/main.js";
import { type FakeTerminalOptions, fakeTerminal } from "./fake-terminal.js";

export const shipped = (name: string): string =>
  fileURLToPath(new URL(`../${name}`, import.meta.url));

export const smallGraph = shipped("graphs/small.hgraph.gz");

export async function run(argv: readonly string[], options?: FakeTerminalOptions) {
  const terminal = fakeTerminal(options);
  const exitCode = await main(argv, terminal);
  const { written, writtenBytes } = terminal;
  const texts = { stdout: terminal.stdoutText(), stderr: terminal.stderrText() };
  return { exitCode, ...texts, written, writtenBytes };
}

/** The document of `ouro COMMAND … --json`, which must be as schema/COMMAND-1.schema.json says. */
export async function runDocument(argv: readonly string[], options?: FakeTerminalOptions) {
  const { stdout, stderr, exitCode } = await run([...argv, "--json"], options);
  expect(stderr).toBe("");
  const document = JSON.parse(stdout);
  const schema = JSON.parse(readFileSync(shipped(`schema/${argv[0]}-1.schema.json`), "utf8"));
  const isSound = new Ajv2020({ allErrors: true, strictTypes: false }).compile(schema);
  isSound(document);
  expect(isSound.errors ?? []).toEqual([]);
  return { document, exitCode };
}
