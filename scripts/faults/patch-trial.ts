// A patch before the properties of every section that imports what it changes, those of the changed
// package first; each verdict is told when it is there, as all of them take long. A file that no
// section imports meets no property: then the tests of its package judge (patch-tests.ts).

import type { EditedSources } from "./edit-sources.ts";
import { hold, isKilled, type Verdict } from "./hold.ts";
import type { FaultSection } from "./planted-fault.ts";

export interface JudgedSection {
  readonly section: string;
  /** Why nothing was asked. */
  readonly problem: string | undefined;
  readonly verdicts: readonly Verdict[];
}

export async function judgePatch(
  sources: EditedSources,
  sections: readonly FaultSection[],
  seeds: readonly number[],
  say: (line: string) => void,
): Promise<readonly JudgedSection[]> {
  const judged: JudgedSection[] = [];
  for (const { name, propertiesModule } of nearestFirst(sections, [...sources.keys()])) {
    let verdictCount = 0;
    const held = await hold(sources, {
      ...{ seeds, propertiesModule, shrinks: true },
      isAsked: () => true,
      isNamed: () => true,
      onVerdict(verdict) {
        if (verdictCount++ === 0) say(`\n${name}:`);
        say(verdictLine(verdict));
      },
    });
    if (!held.meetsEdits) continue;
    judged.push({ section: name, problem: held.problem, verdicts: held.verdicts });
    if (held.problem !== undefined) say(`\n${name}: does not load: ${held.problem}`);
    else sayKills(name, held.verdicts, say);
  }
  return judged;
}

/** Sections of the folders that are changed, then the others, each in their order. */
function nearestFirst(
  sections: readonly FaultSection[],
  files: readonly string[],
): readonly FaultSection[] {
  const isNear = ({ folder }: FaultSection): boolean =>
    files.some((file) => file.startsWith(`${folder}/`) && folder !== "packages");
  return [...sections.filter(isNear), ...sections.filter((section) => !isNear(section))];
}

function verdictLine({ property, on, outcomes }: Verdict): string {
  const where = on === undefined ? "" : ` (${on})`;
  const said = outcomes.map(({ hangs, isKilled: isDead, programCount }) => {
    if (hangs === true) return "hangs";
    return isDead ? `${programCount}` : ".";
  });
  return `  ${said.join(" ").padStart(12)}  ${property}${where}`;
}

function sayKills(
  section: string,
  verdicts: readonly Verdict[],
  say: (line: string) => void,
): void {
  const killing = verdicts.filter(isKilled);
  say(`${section}: ${killing.length} of ${verdicts.length} properties kill it`);
  const [first] = killing;
  const outcome = first?.outcomes[0];
  if (first === undefined || outcome === undefined) return;
  say(`  "${first.property}", seed ${outcome.seed}:`);
  for (const line of (outcome.reason ?? "").split("\n").slice(0, 6)) say(`    saw:   ${line}`);
  for (const line of (outcome.input ?? "").split("\n").slice(0, 30)) say(`    input: ${line}`);
}
