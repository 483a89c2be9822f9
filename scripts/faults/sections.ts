// All sections of planted faults: every `fault-section.ts` in a folder of a package's tests.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../workspace.ts";
import type { FaultSection } from "./planted-fault.ts";

/** In the order of the layers' packages on the page: by name. */
export async function loadSections(): Promise<FaultSection[]> {
  const sections: FaultSection[] = [];
  for (const name of readdirSync(join(root, "packages")).sort()) {
    const tests = join(root, "packages", name, "test");
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
