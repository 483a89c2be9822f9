// What would be published holds together: publint and are-the-types-wrong look at the tarballs, and
// each package has what its reader needs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PackedPackage, packPublicPackages } from "./pack.ts";
import { report, runCommand } from "./workspace.ts";

function checkPackage({ member, tarball }: PackedPackage): string[] {
  const problems: string[] = [];
  for (const file of ["README.md", "LICENSE"]) {
    if (!existsSync(join(member.folder, file))) problems.push(`${member.name} has no ${file}`);
  }
  const publint = runCommand("publint", ["run", tarball, "--strict"]);
  if (!publint.isOk) problems.push(`publint on ${member.name}:\n${publint.output}`);
  // A package that is only a command has no types to be wrong.
  if (!member.isLibrary) return problems;
  const types = runCommand("attw", [tarball, "--no-emoji", "--no-color"]);
  if (!types.isOk) problems.push(`are-the-types-wrong on ${member.name}:\n${types.output}`);
  return problems;
}

const packed = packPublicPackages();
report("packages", packed.flatMap(checkPackage), `${packed.length} tarballs`);
