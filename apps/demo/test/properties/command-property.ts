// What is promised of the command as sentences that can be tried, on the sources as they are
// (test/properties.test.ts) and with a fault in them (test/faults). Each is played in this process.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { main } from "../../src/main.js";
import { type FakeTerminalOptions, fakeTerminal } from "../fake-terminal.js";

export interface CommandProperty {
  readonly name: string;
  /** Throws if the sentence is false. What is drawn by chance follows from the seed. */
  play(seed: number): void | Promise<void>;
}

export function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

export function expectSame(got: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
  expectThat(one === other, `${what}: ${one}, not ${other}`);
}

export const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url));

export const hand = shipped("programs/hand.jsonl.gz");

/** The first programs of a file that ships. */
export function firstPrograms(count: number): Uint8Array {
  const lines = gunzipSync(readFileSync(hand)).toString().split("\n");
  return gzipSync(`${lines.slice(0, count).join("\n")}\n`);
}

export function schemaText(name: string): string {
  return readFileSync(shipped(`schema/${name}-1.schema.json`), "utf8");
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  /** In one line. */
  readonly stderr: string;
}

export async function ouro(argv: readonly string[], options?: FakeTerminalOptions): Promise<Ended> {
  const terminal = fakeTerminal(options);
  const exitCode = await main(argv, terminal);
  const stderr = terminal.stderrText().replace(/\s+/g, " ");
  return { exitCode, stdout: terminal.stdoutText(), stderr };
}
