// Runs every check but the tests, or the ones named as arguments, and counts them. The counts are
// left in reports/checks.json for .ci/run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneOfNames, readOptions, type ScriptUsage } from "./script-options.ts";
import { root, runCommand } from "./workspace.ts";

interface Check {
  readonly name: string;
  /** Commands that must all succeed. */
  readonly commands: readonly (readonly [string, ...string[]])[];
}

const script = (name: string) => ["node", `scripts/check-${name}.ts`] as const;

const checks: readonly Check[] = [
  {
    name: "types",
    commands: [
      ["turbo", "run", "typecheck", "--output-logs=errors-only"],
      ["tsc", "-p", "tsconfig.json"],
    ],
  },
  { name: "style", commands: [["biome", "check", "."]] },
  { name: "layers", commands: [script("layers")] },
  { name: "unused", commands: [["knip"]] },
  { name: "packages", commands: [script("packages")] },
  { name: "api", commands: [script("api")] },
  { name: "size", commands: [script("size")] },
  { name: "readmes", commands: [script("readmes")] },
  { name: "house", commands: [script("house")] },
  {
    name: "faults",
    commands: [["node", "--import", "./scripts/from-sources.mjs", "scripts/check-faults.ts"]],
  },
];

function runCheck(check: Check): boolean {
  for (const [command, ...args] of check.commands) {
    const result = runCommand(command, args);
    if (result.isOk) continue;
    console.error(`\n── ${check.name}: ${[command, ...args].join(" ")} ──\n${result.output}`);
    return false;
  }
  return true;
}

const known = checks.map((check) => check.name);
const USAGE: ScriptUsage = {
  command: "npm run check",
  text: `  CHECK...   only these: ${known.join(", ")}`,
};

function selectChecks(words: readonly string[]): readonly Check[] {
  const names = words.map((word) => oneOfNames(USAGE, "check", word, known));
  return names.length === 0 ? checks : checks.filter((check) => names.includes(check.name));
}

const results = selectChecks(readOptions(USAGE, { allowPositionals: true }).positionals).map(
  (check) => {
    const isOk = runCheck(check);
    console.log(`${isOk ? "passed" : "FAILED"}  ${check.name}`);
    return isOk;
  },
);
const passed = results.filter(Boolean).length;
const failed = results.length - passed;
mkdirSync(join(root, "reports"), { recursive: true });
writeFileSync(join(root, "reports/checks.json"), `${JSON.stringify({ passed, failed })}\n`);
if (failed > 0) process.exitCode = 1;
