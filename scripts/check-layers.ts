// The layer rules hold on the tree, and each of them can fail: one bad import per rule is planted
// in a copy of the tree, and that rule must be among those that fire on it.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { report, root, runCommand } from "./workspace.ts";

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** Rule -> files with the bad import. A second file is there only to complete a circle. */
const plants: Record<string, Record<string, string>> = {
  "layer-0-imports-downwards": { "packages/interfaces/src/planted.ts": 'import "@ouro/heap";' },
  "layer-1-imports-downwards": { "packages/allocator/src/planted.ts": 'import "@ouro/heap";' },
  "layer-2-imports-downwards": { "packages/refcount/src/planted.ts": 'import "@ouro/trace";' },
  "layer-3-imports-downwards": {
    "packages/trace/src/planted.ts": 'import "../../testkit/src/planted-target.js";',
    "packages/testkit/src/planted-target.ts": "export {};",
  },
  "package-has-a-layer": { "packages/unheard-of/src/planted.ts": 'import "@ouro/heap";' },
  "no-circular": {
    "packages/heap/src/planted.ts": 'import "./planted-back.js";',
    "packages/heap/src/planted-back.ts": 'import "./planted.js";',
  },
  "no-unresolvable": { "packages/heap/src/planted.ts": 'import "left-out-of-package-json";' },
  "no-node-in-packages": { "packages/trace/src/planted.ts": 'import "node:fs";' },
  "no-dependency-in-layers-0-to-2": { "packages/heap/src/planted.ts": 'import "fast-check";' },
  "no-development-dependency-in-sources": {
    "packages/trace/src/planted.ts": 'import "fast-check";',
  },
  "no-relative-import-across-packages": {
    "packages/trace/src/planted.ts": 'import "../../heap/src/index.js";',
  },
  "no-apps-in-packages": {
    "packages/trace/test/planted.ts": 'import "../../../apps/demo/src/cli.js";',
  },
  "no-scripts-in-sources": {
    "packages/trace/src/planted.ts": 'import "../../../scripts/faults/planted-fault.js";',
  },
};

function findViolations(folder: string): Violation[] {
  const depcruise = join(root, "node_modules/.bin/depcruise");
  const result = runCommand(depcruise, ["--output-type", "json", "packages", "apps"], folder);
  const start = result.output.indexOf("{");
  if (start < 0) throw new Error(`dependency-cruiser gave no result:\n${result.output}`);
  return JSON.parse(result.output.slice(start, result.output.lastIndexOf("}") + 1)).summary
    .violations;
}

/** Copies what the rules look at; installed packages are linked, built ones are not needed. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "ouro-layers-"));
  const isWanted = (path: string) =>
    !["node_modules", "dist", ".turbo", "temp", "heavy"].includes(basename(path));
  for (const folder of ["packages", "apps", "scripts"]) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true, filter: isWanted });
  }
  for (const file of [
    "package.json",
    "tsconfig.json",
    "tsconfig.base.json",
    ".dependency-cruiser.cjs",
  ]) {
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Says what is wrong with a rule: it has no plant, or it is silent on its plant. */
function tryRule(copy: string, rule: string): string | undefined {
  const files = plants[rule];
  if (files === undefined) return `rule ${rule} has no planted import in scripts/check-layers.ts`;
  const folders: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    const folder = mkdirSync(dirname(join(copy, file)), { recursive: true });
    if (folder !== undefined) folders.push(folder);
    writeFileSync(join(copy, file), `${text}\n`);
  }
  const hasFired = findViolations(copy).some(
    (violation) => violation.rule.name === rule && violation.from.includes("planted"),
  );
  for (const file of Object.keys(files)) rmSync(join(copy, file), { force: true });
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return hasFired ? undefined : `rule ${rule} does not fire on the import planted for it`;
}

const configuration = createRequire(import.meta.url)("../.dependency-cruiser.cjs");
const rules: string[] = configuration.forbidden.map((rule: { name: string }) => rule.name);
const problems = findViolations(root).map(
  (violation) => `${violation.rule.name}: ${violation.from} imports ${violation.to}`,
);
const copy = copyTree();
try {
  for (const rule of rules) {
    const problem = tryRule(copy, rule);
    if (problem !== undefined) problems.push(problem);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
report("layers", problems, `${rules.length} rules, each tried on a planted import`);
