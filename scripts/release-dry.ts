// Shows what a release would do and changes nothing here: the versions are bumped in a copy of the
// tree, then the packages are packed and checked.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packPublicPackages } from "./pack.ts";
import { readOptions } from "./script-options.ts";
import { listPackages, root, runCommand } from "./workspace.ts";

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "ouro-release-"));
  const listing = runCommand("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
  if (!listing.isOk) throw new Error(`git cannot list the files: ${listing.output}`);
  for (const path of listing.output.split("\0")) {
    if (path !== "" && existsSync(join(root, path))) cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  return copy;
}

function showBumps(copy: string): boolean {
  const result = runCommand("changeset", ["version"], copy);
  if (!result.isOk) {
    console.error(`changeset version fails:\n${result.output}`);
    return false;
  }
  for (const member of listPackages().filter((each) => each.isPublic)) {
    const path = relative(root, member.folder);
    const versionIn = (folder: string) =>
      JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8")).version;
    console.log(`${member.name}: ${versionIn(root)} → ${versionIn(copy)}`);
    const changelog = join(copy, path, "CHANGELOG.md");
    if (existsSync(changelog)) console.log(readFileSync(changelog, "utf8").replace(/^/gm, "    "));
  }
  return true;
}

readOptions({ command: "npm run release:dry", text: "" }, {});
const copy = copyTree();
let isOk = false;
try {
  isOk = showBumps(copy);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
for (const { member, tarball } of packPublicPackages()) {
  console.log(`${member.name}: packed as ${relative(root, tarball)}`);
}
for (const check of ["packages", "api", "size", "readmes"]) {
  const result = runCommand(process.execPath, [`scripts/check-${check}.ts`]);
  console.log(result.output.trimEnd());
  isOk &&= result.isOk;
}
if (!isOk) process.exitCode = 1;
