// All sections of planted faults: every `fault-section.ts` in a folder of a package's tests, or of
// an app's.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../workspace.ts";
import type { FaultSection } from "./planted-fault.ts";

const GROUPS = ["packages", "apps"];

/** In the order of the page: packages by name, then apps. */
export async function loadSections(): Promise<FaultSection[]> {
  const sections: FaultSection[] = [];
  const members = GROUPS.flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => join(root, group, name)),
  );
  for (const member of members) {
    const tests = join(member, "test");
    if (!existsSync(tests)) continue;
    for (const folder of readdirSync(tests).sort()) {
      const file = join(tests, folder, "fault-section.ts");
      if (!existsSync(file)) continue;
      const { section } = await import(pathToFileURL(file).href);
      sections.push(section);
    }
  }
  return sections;
}
