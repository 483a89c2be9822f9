// Every planted fault finds its place in the sources, and docs/fault-matrix.md says what was seen
// of these faults, not of older ones. Nothing is run. `npm run faults:list` (--update) writes the
// page anew: what was seen of unchanged sections stays.

import { writeFileSync } from "node:fs";
import { sourcesWith } from "./faults/edit-sources.ts";
import { findStale, PAGE, printPage } from "./faults/matrix-page.ts";
import { loadSections } from "./faults/sections.ts";
import { readOptions } from "./script-options.ts";
import { report, root } from "./workspace.ts";

const options = { update: { type: "boolean", default: false } } as const;
const { values } = readOptions({ command: "npm run faults:list", text: "" }, { options });
const sections = await loadSections();
const problems: string[] = [];
for (const section of sections) {
  const names = new Set<string>();
  for (const fault of section.faults) {
    if (names.has(fault.name)) problems.push(`${section.name}: two faults "${fault.name}"`);
    names.add(fault.name);
    try {
      sourcesWith(fault, section, root);
    } catch (error) {
      problems.push(`${section.name}: ${(error as Error).message}`);
    }
  }
}
if (values.update) writeFileSync(PAGE, printPage(sections, []));
problems.push(...findStale(sections));
const count = sections.reduce((sum, { faults }) => sum + faults.length, 0);
report("faults", problems, `${count} faults in ${sections.length} sections`);
