// Where the packages are and how a check runs a command. Every script stands on this.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the clone, without a slash at the end. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

export interface WorkspacePackage {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly isPublic: boolean;
  /** Offers a module to import, not only a command. */
  readonly isLibrary: boolean;
}

/** The members of the workspace, in alphabetical order of their folders. */
export function listPackages(): WorkspacePackage[] {
  const packages: WorkspacePackage[] = [];
  for (const group of ["packages", "apps"]) {
    for (const name of readdirSync(join(root, group)).sort()) {
      const folder = join(root, group, name);
      const manifestFile = join(folder, "package.json");
      if (name === "heavy" || !existsSync(manifestFile)) continue;
      const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
      packages.push({
        name: manifest.name,
        folder,
        isPublic: manifest.private !== true,
        isLibrary: manifest.exports?.["."] !== undefined,
      });
    }
  }
  return packages;
}

export interface CommandResult {
  readonly isOk: boolean;
  /** Standard output and standard error, in this order. */
  readonly output: string;
}

/** Runs a command to its end. A command that cannot be started is a failed command. */
export function runCommand(
  command: string,
  args: readonly string[],
  folder: string = root,
): CommandResult {
  const result = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error !== undefined) return { isOk: false, output: result.error.message };
  return { isOk: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

/** Prints what was found wrong and sets the exit code: the end of every check. */
export function report(check: string, problems: readonly string[], facts: string): void {
  for (const problem of problems) console.error(`${check}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  console.log(`${check}: ${problems.length === 0 ? "ok" : `${problems.length} wrong`} (${facts})`);
}

/** Whether this module is the script that node was started with, not an import of it. */
export function isMain(moduleUrl: string): boolean {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === process.argv[1];
}
