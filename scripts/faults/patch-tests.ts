// The fallback for a patch that no section's properties kill, or meet: the tests of the packages
// and apps that it changes, with the patched texts in place of the sources.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../workspace.ts";
import type { EditedSources } from "./edit-sources.ts";

export interface FailedTest {
  readonly file: string;
  readonly title: string;
  readonly reason: string;
}

export interface TestedPatch {
  /** Folders whose tests were run. */
  readonly folders: readonly string[];
  readonly testCount: number;
  readonly failed: readonly FailedTest[];
  /** Why no test could be run. */
  readonly problem: string | undefined;
}

interface JsonReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** `packages/trace` of `packages/trace/src/…`, each once. */
export function foldersOf(sources: EditedSources): string[] {
  const folders = [...sources.keys()].map((path) => path.split("/").slice(0, 2).join("/"));
  return [...new Set(folders)];
}

/** Tests that plant faults of their own are left out; built commands do not see the patch. */
export function testPatched(sources: EditedSources): TestedPatch {
  const folders = foldersOf(sources);
  const scratch = mkdtempSync(join(tmpdir(), "ouro-patch-"));
  try {
    const texts = join(scratch, "texts.json");
    const output = join(scratch, "report.json");
    const addressed = [...sources].map(([path, text]) => [urlOf(path), text]);
    writeFileSync(texts, JSON.stringify(Object.fromEntries(addressed)));
    const run = spawnSync(
      process.execPath,
      [
        ...[join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter=json"],
        ...[`--outputFile=${output}`, "--exclude", "**/*faults/**"],
        ...folders.map((folder) => `${folder}/`),
      ],
      { cwd: root, env: { ...process.env, OURO_PATCHED: texts }, encoding: "utf8" },
    );
    return reportOf(folders, output, run.stderr);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const urlOf = (path: string): string => pathToFileURL(join(root, path)).href;

function reportOf(folders: readonly string[], output: string, said: string): TestedPatch {
  let report: JsonReport;
  try {
    report = JSON.parse(readFileSync(output, "utf8"));
  } catch {
    const problem = `the tests do not start: ${said.trim().split("\n").slice(-3).join(" ")}`;
    return { folders, testCount: 0, failed: [], problem };
  }
  const failed = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(`${root}/`, "");
    const tests = assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName, failureMessages }) => ({
        file,
        title: fullName,
        reason: firstLine(failureMessages[0] ?? ""),
      }));
    const isLost = status === "failed" && tests.length === 0;
    return isLost ? [{ file, title: "does not load", reason: firstLine(message) }] : tests;
  });
  return { folders, testCount: report.numTotalTests, failed, problem: undefined };
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";
