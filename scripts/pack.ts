// Packs the public packages as they would be published.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listPackages, root, runCommand, type WorkspacePackage } from "./workspace.ts";

export interface PackedPackage {
  readonly member: WorkspacePackage;
  /** Absolute path of the tarball. */
  readonly tarball: string;
}

/** Throws with pnpm's own words when a package cannot be packed. */
export function packPublicPackages(): PackedPackage[] {
  const base = join(root, "temp/pack");
  rmSync(base, { recursive: true, force: true });
  return listPackages()
    .filter((member) => member.isPublic)
    .map((member) => {
      const folder = join(base, member.name.replace(/^@/, "").replace("/", "-"));
      mkdirSync(folder, { recursive: true });
      const result = runCommand("pnpm", ["pack", "--pack-destination", folder], member.folder);
      const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"));
      if (!result.isOk || tarball === undefined) {
        throw new Error(`${member.name} cannot be packed:\n${result.output}`);
      }
      return { member, tarball: join(folder, tarball) };
    });
}
