// Runs the `ouro` command from its sources, as a process of its own.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

export const shipped = (name: string): string => path(`apps/demo/${name}`);

/** Its standard output. Throws for any other exit code than 0. */
export function runOuro(argv: readonly string[]): string {
  const node = ["--import", path("scripts/from-sources.mjs"), shipped("src/cli.ts"), ...argv];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  throw new Error(`ouro ${argv.join(" ")} ended with code ${status}: ${stderr}`);
}
